"""Pictures of the panels, taken away: whole, safe, alone, and as they are on the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Trees

import numpy as np
import pytest
from playwright.sync_api import expect

from .conftest import Server, at_the_doors, chosen
from .reading import pixels, step_to
from .test_access import themed
from .test_tables import offered

STEP = 12
SVG = "{http://www.w3.org/2000/svg}"
KNOWN = {"svg", "g", "title", "desc", "rect", "path", "text", "image", "clipPath"}
AROUND = 12  # pixels about a picture
PANELS = {
    "moons": {"network", "map", "loss", "space", "distributions"},
    "sine": {"network", "fit", "loss", "space", "distributions"},
    "hundred-neurons": {"network", "map", "loss", "space", "distributions"},
}
MARKUP = '<script>alert(1)</script> & "b" \x07'  # and a letter that no XML may hold


def taken(page: Any, panel: str, form: str, folder: Path) -> Path:
    """Takes a picture; gives the file, named as it was offered."""
    with page.expect_download() as waiting:
        page.locator(f"dialog [data-picture='{panel}.{form}']").click()
    path = folder / str(waiting.value.suggested_filename)
    waiting.value.save_as(path)
    expect(page.locator("dialog .said")).to_contain_text(path.name)
    return path


def read(path: Path) -> Trees.Element:
    """The picture as XML: it needs nothing from elsewhere, runs nothing, and says what it is."""
    text = path.read_text(encoding="utf-8")
    root = Trees.fromstring(text)  # noqa: S314  ours, made a moment ago
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= KNOWN
    for one in root.iter():
        for name, value in one.attrib.items():
            assert not name.startswith("on")
            assert "var(" not in value
            assert name != "href" or value.startswith("data:image/png;base64,")
            assert "url(" not in value or re.fullmatch(r"url\(#cut-\d+\)", value)
            assert name == "href" or "NaN" not in value
    assert root.attrib["font-family"].endswith("sans-serif")
    return root


def lettering(root: Trees.Element) -> str:
    return " ".join(one.text or "" for one in root.iter(f"{SVG}text"))


@pytest.mark.parametrize("preset", PANELS)
def test_every_panel_is_taken_as_svg_and_png(
    opened: Callable[..., Any], preset: str, tmp_path: Path
) -> None:
    """Each by the same drawing as on the page: whatever its pen does not know is an error."""
    page = opened(preset)
    step_to(page, STEP)
    page.locator("[data-open=export]").click()
    expect(page.locator("dialog [data-picture]").first).to_be_visible()
    names = page.locator("dialog [data-picture]").evaluate_all(
        "all => all.map(e => e.dataset.picture)"
    )
    assert {one.partition(".")[0] for one in names} >= PANELS[preset]
    for name in names:
        panel, _, form = name.partition(".")
        path = taken(page, panel, form, tmp_path)
        assert re.fullmatch(rf"workings-[a-z0-9-]+-{panel}-step-{STEP}\.{form}", path.name)
        if form == "svg":
            root = read(path)
            assert f"step {STEP}" in (root.findtext(f"{SVG}title") or "")
            assert lettering(root)
            assert len(list(root.iter(f"{SVG}path"))) + len(list(root.iter(f"{SVG}rect"))) > 5
        else:
            assert path.read_bytes().startswith(b"\x89PNG")
    expect(page.locator("body > [inert]")).to_have_count(0)  # nothing is left behind


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_looks_as_it_does_on_the_page(
    opened: Callable[..., Any], theme: str, tmp_path: Path
) -> None:
    """The network and the map, pixel by pixel, but for how smooth their edges come out."""
    page = opened("circles")
    step_to(page, STEP)
    themed(page, theme)
    page.mouse.move(0, 0)
    expect(page.locator(".neuron.mapped").first).to_be_visible()
    for panel, place in (("network", ".graph"), ("map", "canvas.map")):
        page.locator(place).scroll_into_view_if_needed()
        there = pixels(page, page.locator(place).screenshot())
        page.locator("[data-open=export]").click()
        picture = pixels(page, taken(page, panel, "png", tmp_path).read_bytes())
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
        high, wide = (size // 2 for size in picture.shape[:2])
        small = picture[: high * 2, : wide * 2].reshape(high, 2, wide, 2, 3).mean(axis=(1, 3))
        high, wide = there.shape[0] - 2, there.shape[1]
        cut = small[AROUND:, AROUND:][:high, :wide]
        ways = [np.abs(cut - there[down:][:high]) for down in (0, 1)]  # it begins within a pixel
        apart = min(ways, key=np.mean)
        assert there.std() > 8  # something is drawn
        assert apart.mean() < there.std() / 5, (panel, apart.mean())
        assert (apart.max(axis=2) > 128).mean() < 0.02, panel


def test_a_network_of_many_lines_is_drawn_with_all_of_them(
    opened: Callable[..., Any], tmp_path: Path
) -> None:
    """Where lines are drawn on a canvas, and not as elements."""
    page = opened("moons")
    page.keyboard.press("n")
    for _ in range(2):
        page.get_by_role("button", name="Add a layer").click()
    page.get_by_role("button", name="Start a new run").click()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("canvas.edges")).to_be_visible()
    page.locator("[data-open=export]").click()
    root = read(taken(page, "network", "svg", tmp_path))
    lines = [one for one in root.iter(f"{SVG}path") if "C" in one.attrib["d"]]
    assert len(lines) == 2 * 8 + 3 * 8 * 8 + 8
    assert {"none"} == {one.attrib["fill"] for one in lines}
    assert any("stroke-dasharray" in one.attrib for one in lines)  # the negative ones


def test_markup_in_a_column_is_text_in_a_picture(start: Any, tmp_path: Path) -> None:
    """Names from a table are escaped; what XML cannot hold is left out."""
    quoted = MARKUP.replace('"', '""')
    rows = "\n".join(f"{i * 0.1:.1f},{(i % 7) * 0.3:.1f},kind {i % 2}" for i in range(40))
    offered(start, "a&b.csv", f'"{quoted}",z,y\n{rows}\n'.encode())
    start.get_by_role("button", name="Open this table").click()
    expect(start.locator("dialog")).to_have_count(0)
    step_to(start, 3)
    start.locator("[data-open=export]").click()
    for panel in ("network", "map", "loss", "distributions"):
        root = read(taken(start, panel, "svg", tmp_path))
        if panel == "map":
            assert '<script>alert(1)</script> & "b"' in lettering(root)
    assert start.locator("script:not([src])").count() == 0


def test_what_a_class_is_not_shown_is_not_offered(
    looks: Callable[..., Any], server: Server
) -> None:
    page = looks().new_page()
    chosen(at_the_doors(page, f"{server.address}&hide=loss,distributions"), "article")
    page.locator("[data-open=export]").click()
    expect(page.locator("dialog [data-picture='map.svg']")).to_be_visible()
    expect(page.locator("dialog [data-picture^='loss']")).to_have_count(0)
    expect(page.locator("dialog [data-picture^='distributions']")).to_have_count(0)
