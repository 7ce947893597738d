"""Small pictures of the page, kept and compared: what went, came or moved is found.

A picture is the page in squares of 12 × 12 pixels, each its mean colour. Two pictures are as far
apart as the mean colours of the 4 × 4 squares where they differ most, from 0 to 255. Measured:
hinting of letters 0.1, letters on whole pixels 3; a colour of a theme that is missing 7.5 and 9, a
row of buttons 14, a matrix, a picture or a panel from 47. Letters of other widths break lines
elsewhere, 10 to 80: so the page is drawn in families of the same widths.

`WORKINGS_GOLDENS=renew` writes the pictures anew: look at them before they go in.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect

from .conftest import HERE, Server, at_the_doors, chosen
from .reading import asked_why, step_to
from .test_access import STATES
from .test_tables import flowers, offered

KEPT = HERE / "goldens"
RENEWED = os.environ.get("WORKINGS_GOLDENS") == "renew"
SQUARE = 12  # pixels
NEAR = 4  # squares that are looked at together
FAR = 5.0  # between what letters make and what a defect makes
WIDE, MIDDLE, NARROW = (1440, 900), (1024, 768), (400, 800)
LETTERS = """(() => { // families of the same widths
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:root { --sans: "Liberation Sans", Arimo, Arial, sans-serif !important;
    --mono: "Liberation Mono", Cousine, "Courier New", monospace !important; }`);
  document.adoptedStyleSheets = [sheet];
})()"""
WIDTH = """() => {
  const pen = new OffscreenCanvas(9, 9).getContext('2d');
  pen.font = '100px "Liberation Sans", Arimo, Arial, sans-serif';
  return pen.measureText('Hamburgefonstiv 0123').width;
}"""
THEIRS = 1006.2  # that width
BROKEN = """(rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [document.adoptedStyleSheets[0], sheet];
}"""
DEFECTS = {
    "why is not there": ".why > * { visibility: hidden; }",
    "a panel is hidden": ".panel.network { visibility: hidden; }",
    "the parts are hidden": ".parts { visibility: hidden; }",
    "a column is collapsed": ".workings { grid-template-columns: 252px 20px 1fr 9vw !important; }",
    "the map is not drawn": "canvas.map { visibility: hidden; }",
    "the weights are not drawn": ".graph .edges { visibility: hidden; }",
    "a matrix is not there": "[data-matrix='bh'] { visibility: hidden; }",
    "the ground of the panels is missing": ":root { --panel: initial !important; }",
    "the soft ground is missing": ":root { --soft: initial !important; }",
    "sources are not marked": ".grid .cell.source { background: none !important; outline: 0; }",
    "the active cell is not marked": ".grid .cell.active { background: none; outline: 0; }",
    "what is open is not said": ".chips { visibility: hidden; }",
}  # fmt: skip

Picture = NDArray[np.float64]


class Golden(NamedTuple):
    """How a picture comes about: the size of the window, the theme, the door, what is done."""

    size: tuple[int, int]
    theme: str
    preset: str
    go: Callable[[Any], object]


def _trained(page: Any) -> None:
    step_to(page, 500)
    asked_why(page, "hidden_layer_input1[608,1]")


def _diverged(page: Any) -> None:
    page.locator("#step").fill("40")
    page.locator("#step").press("Enter")
    expect(page.locator(".banner.severe")).to_be_visible()


def _forked(page: Any) -> None:
    step_to(page, 80)
    step_to(page, 40)
    page.keyboard.press("n")
    page.locator("dialog").get_by_label("Learning rate").fill("2")
    page.get_by_role("button", name="From this step on").click()
    expect(page.locator("dialog")).to_have_count(0)
    step_to(page, 80)
    STATES["compare"](page)
    expect(page.locator("canvas.boundary")).to_have_count(2)


def _spread(page: Any) -> None:
    step_to(page, 200)
    page.locator("[data-go=distributions]").click()
    expect(page.locator("canvas.bars").first).to_be_visible()


def _scores(page: Any) -> None:
    step_to(page, 200)
    page.locator("[data-side=result]").click()
    page.locator("[data-tab=table]").click()
    expect(page.locator(".result table")).not_to_have_count(0)


def _stepped(page: Any) -> None:
    step_to(page, 1)
    page.locator("#parts li button").nth(9).click()
    page.keyboard.press("2")
    expect(page.locator("#sheet")).to_have_attribute("data-depth", "walk")


def _own(page: Any) -> None:
    offered(page, "flowers.csv", flowers().encode())
    expect(page.locator("dialog .shape")).to_be_visible()


GOLDENS = {
    "start": Golden(WIDE, "light", "", lambda page: None),
    "start-narrow": Golden(NARROW, "dark", "", lambda page: None),
    "article": Golden(WIDE, "light", "article", STATES["why"]),
    "article-dark": Golden(WIDE, "dark", "article", STATES["why"]),
    "article-narrow": Golden(NARROW, "light", "article", STATES["why"]),
    "walking": Golden(WIDE, "dark", "article", _stepped),
    "moons": Golden(WIDE, "light", "moons", _trained),
    "distributions": Golden(WIDE, "light", "moons", _spread),
    "iris-middle": Golden(MIDDLE, "dark", "iris", _scores),
    "diverged": Golden(WIDE, "light", "lr-too-large", _diverged),
    "compare": Golden(WIDE, "dark", "xor", _forked),
    "data": Golden(WIDE, "light", "", _own),
}


def reached(looks: Callable[..., Any], server: Server, golden: Golden) -> Any:
    """A page of its own in the state of a golden picture, at rest."""
    width, height = golden.size
    context = looks(
        viewport={"width": width, "height": height}, color_scheme=golden.theme,
        reduced_motion="reduce", device_scale_factor=1,
    )  # fmt: skip
    page = context.new_page()
    page.add_init_script(LETTERS)
    at_the_doors(page, server.address)
    if abs(page.evaluate(WIDTH) / THEIRS - 1) > 0.01:
        pytest.skip("letters of the widths of Arial are not here: install fonts-liberation")
    if golden.preset:
        chosen(page, golden.preset)
    golden.go(page)
    page.mouse.move(0, 0)
    if golden.preset:  # the doctor has looked, or there was nothing to look at
        expect(page.locator("#side .tested, #side .well.yet").first).to_be_attached()
    return page


def small(page: Any) -> Picture:
    """The page as it is, in squares."""
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    size = (shot.width // SQUARE, shot.height // SQUARE)
    return np.asarray(shot.resize(size, Image.Resampling.BOX), float)


def at_rest(page: Any) -> Picture:
    """The same once it does not change any more."""
    before, now = np.zeros(0), small(page)
    while not np.array_equal(before, now):
        page.wait_for_timeout(700)
        before, now = now, small(page)
    return now


def apart(one: Picture, other: Picture) -> float:
    """How far two pictures are apart where they differ most; infinite if their sizes do."""
    if one.shape != other.shape:
        return float("inf")
    summed = np.pad(one - other, ((1, 0), (1, 0), (0, 0))).cumsum(0).cumsum(1)
    high, low = summed[NEAR:], summed[:-NEAR]
    means = (high[:, NEAR:] - high[:, :-NEAR] - low[:, NEAR:] + low[:, :-NEAR]) / NEAR**2
    return float(np.abs(means).max())


def kept(name: str) -> Picture:
    return np.asarray(Image.open(KEPT / f"{name}.png").convert("RGB"), float)


def written(picture: Picture, path: Path) -> Path:
    Image.fromarray(picture.round().astype(np.uint8)).save(path, optimize=True)
    return path


@pytest.mark.parametrize("name", GOLDENS)
def test_it_looks_as_it_did(
    own_server: Server, looks: Callable[..., Any], name: str, tmp_path: Path
) -> None:
    now = at_rest(reached(looks, own_server, GOLDENS[name]))
    if RENEWED:
        KEPT.mkdir(exist_ok=True)
        written(now, KEPT / f"{name}.png")
    far = apart(now, kept(name))
    assert far <= FAR, (
        f"{name} is {far:.1f} from its picture: compare {written(now, tmp_path / 'now.png')} with "
        f"{KEPT / name}.png; if it is better now, WORKINGS_GOLDENS=renew writes it"
    )


def test_what_is_broken_is_found(own_server: Server, looks: Callable[..., Any]) -> None:
    """Each defect is farther from the kept picture than letters can be."""
    page = reached(looks, own_server, GOLDENS["article"])
    at_rest(page)
    for defect, rules in DEFECTS.items():
        page.evaluate(BROKEN, rules)
        far = apart(at_rest(page), kept("article"))
        assert far > FAR, f"{defect}: {far:.1f}"
    page.evaluate(BROKEN, "")
    assert apart(at_rest(page), kept("article")) <= FAR


def test_every_picture_belongs_to_a_state() -> None:
    assert {path.stem for path in KEPT.glob("*.png")} == set(GOLDENS)
