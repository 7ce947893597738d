"""What is taken away from the page, what a link brings back, and what the doctor says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from exports import test_latex as latex
from exports.spreadsheets import place, read, recalculated, saved, value
from tools import needed

from .conftest import Server, at_the_doors
from .reading import asked_why, at_step, cell, exact, step_to

STEPS = 5


def taken(page: Any, kind: str, folder: Path) -> Path:
    """Exports and gives the path of the file."""
    with page.expect_download() as waiting:
        page.locator(f"dialog [data-kind='{kind}']").click()
    path = folder / f"taken-{kind}.{waiting.value.suggested_filename.rpartition('.')[2]}"
    waiting.value.save_as(path)
    return path


def ran(command: list[str | Path], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_exports_run(article: Any, tmp_path: Path) -> None:
    """Every form is a file; each is run by the language it is for, and agrees with the page."""
    step_to(article, STEPS)
    asked_why(article, "wh[1,1]")
    article.locator("[data-open=export]").click()
    expect(article.locator("dialog [data-kind]").first).to_be_visible()
    kinds = article.locator("dialog [data-kind]").evaluate_all(
        "all => all.map(e => e.dataset.kind)"
    )
    assert {"numpy", "r", "xlsx", "latex", "python", "cell"} <= set(kinds)
    files = {kind: taken(article, kind, tmp_path) for kind in kinds}
    assert all(path.stat().st_size > 100 for path in files.values())
    text = files["numpy"].read_text()
    assert "import workings" not in text
    for kind in ("numpy", "python"):
        ran([sys.executable, files[kind]], tmp_path)  # it compares itself, to 1e-12
    ran([needed("Rscript", "r-base-core"), files["r"]], tmp_path)
    assert "colSums" in files["r"].read_text()
    latex.check(files["latex"].read_text(), tmp_path)


def test_exports_run_in_a_workbook(article: Any, tmp_path: Path) -> None:
    """Another weight in the workbook changes its output, and what comes of the step."""
    step_to(article, 1)
    article.locator("[data-open=export]").click()
    content = taken(article, "xlsx", tmp_path).read_bytes()
    edited = read(content, values=False)
    sheet, row, column = place(edited, "wh")
    sheet.cell(row, column).value = 0.9
    books = recalculated({"as_it_is": content, "edited": saved(edited)}, tmp_path)
    before, after = (value(books[one], "output") for one in ("as_it_is", "edited"))
    assert not np.allclose(before, after)
    assert not np.allclose(*(value(books[one], "new_wh") for one in ("as_it_is", "edited")))
    article.keyboard.press("Escape")
    assert exact(article, "output[1,1]") == pytest.approx(before[0, 0], abs=1e-12)


def test_share_roundtrip(article: Any, server: Server, looks: Any) -> None:
    """A link brings step, part, cell, fork and theme back in a fresh browser, and trains nothing."""  # noqa: E501
    step_to(article, 7)
    cell(article, "wh[2,1]").press("F2")
    article.get_by_label("New value of wh[2,1]").first.fill("0.3")
    article.get_by_label("New value of wh[2,1]").first.press("Enter")
    expect(article.locator("#why")).to_have_attribute("data-cell", "wh[2,1]")
    at_step(article, 7)
    bits = article.locator("#sheet").get_attribute("data-check")
    article.keyboard.press("t")
    article.locator("#parts li button").nth(4).click()
    article.locator("[data-open=export]").click()
    link = article.locator("input.share")
    expect(link).to_have_value(re.compile("s="))
    text = link.input_value()
    assert len(text) <= 6000
    article.goto("about:blank")
    fresh = looks().new_page()
    token = server.address.partition("#")[2]
    fresh.goto(f"{text.partition('#')[0]}#{token}&{text.partition('#')[2]}")
    at_step(fresh, 7)
    expect(fresh.locator("#why")).to_have_attribute("data-cell", "wh[2,1]")
    expect(fresh.locator("#sheet")).to_have_attribute("data-check", str(bits))
    expect(fresh.locator("#parts button[aria-current=step] .n")).to_have_text("4")
    expect(fresh.locator("html")).to_have_attribute("data-theme", "dark")
    assert "#" not in fresh.url
    expect(fresh.locator(".track")).to_have_attribute("aria-valuemax", "7")
    expect(fresh.get_by_role("button", name="Train", exact=True)).to_be_visible()


HOSTILE = ["s=%%%", "s=" + "A" * 20_000, "nonsense", "s=" + "A" * 1_000_000]


def test_share_roundtrip_hostile(page: Any, server: Server) -> None:
    """A link that is none is told so, in the field and in the address; the page goes on."""
    at_the_doors(page, server.address)
    for link in HOSTILE[:3]:
        page.get_by_label("Paste a link").fill(link)
        page.get_by_role("button", name="Open", exact=True).click()
        expect(page.locator("#start .wrong")).not_to_be_empty()
    for link in HOSTILE[:2]:
        page.goto("about:blank")
        page.goto(f"{server.address}&{link}")
        told = page.locator("#banner, #start .wrong").filter(has_text=re.compile(r"\w"))
        expect(told.first).to_be_visible()
    at_the_doors(page, server.address)
    page.locator(".preset.main").click()
    expect(page.locator("#sheet [role=grid]").first).to_be_visible()


def doctored(page: Any) -> None:
    """Waits for the doctor's whole look."""
    expect(page.locator(".panel.diagnosis summary", has_text="What was tested")).to_be_visible()


SICK = {
    "hundred-neurons": "saturated-units", "dead-relus": "dead-relu",
    "lr-too-large": "rate-too-large",
}  # fmt: skip
WELL = ["article", "and", "xor", "circles", "moons", "spiral", "sine", "iris"]


@pytest.mark.parametrize("preset", SICK)
def test_diagnosis_presets(opened: Any, preset: str) -> None:
    """A sick preset shows its disease, with numbers and a remedy."""
    page = opened(preset)
    page.locator("#step").fill("60")
    page.locator("#step").press("Enter")
    doctored(page)
    finding = page.locator(f".finding[data-disease='{SICK[preset]}']").first
    expect(finding).to_be_visible()
    finding.locator("summary").first.click()
    expect(finding.locator(".evidence dd").first).to_contain_text(re.compile(r"\d"))


@pytest.mark.parametrize("preset", WELL)
def test_diagnosis_presets_that_are_well(opened: Any, preset: str) -> None:
    """None of the severe findings shows where nothing is wrong."""
    page = opened(preset)
    step_to(page, 40)
    doctored(page)
    expect(page.locator(".finding.error")).to_have_count(0)
