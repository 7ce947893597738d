"""What is taken away from the page, and what a link brings back."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from .reading import at_step, cell, step_to


def taken(page: Any, kind: str, folder: Path) -> Path:
    """Exports and gives the path of the file."""
    with page.expect_download() as waiting:
        page.locator(f"dialog [data-kind='{kind}']").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_every_export_is_a_file_and_numpy_runs_alone(article: Any, tmp_path: Path) -> None:
    step_to(article, 5)
    cell(article, "wh[2,1]").click()  # one of them is about a number
    expect(article.locator("#why")).to_have_attribute("data-cell", "wh[2,1]")
    article.locator("[data-open=export]").click()
    kinds = article.locator("dialog [data-kind]").evaluate_all(
        "all => all.map(e => e.dataset.kind)"
    )
    assert {"numpy", "r", "xlsx", "latex", "python", "cell"} <= set(kinds)
    for kind in kinds:
        path = taken(article, kind, tmp_path)
        assert path.stat().st_size > 100, kind
        if kind in ("numpy", "python"):
            done = subprocess.run(  # noqa: S603
                [sys.executable, path], capture_output=True, text=True, check=False
            )  # noqa: RUF100, S603
            assert done.returncode == 0, done.stderr


def test_a_link_brings_step_part_cell_and_theme_back(article: Any, server: Any) -> None:
    step_to(article, 7)
    article.keyboard.press("t")
    cell(article, "wh[2,1]").click()
    article.locator("#parts button").nth(4).click()
    article.locator("[data-open=export]").click()
    link = article.locator("input.share")
    expect(link).to_have_value(re.compile("s="))
    text = link.input_value()
    assert len(text) <= 6000
    article.goto("about:blank")
    token = server.address.partition("#")[2]
    article.goto(f"{text.partition('#')[0]}#{token}&{text.partition('#')[2]}")
    at_step(article, 7)
    expect(article.locator("#why")).to_have_attribute("data-cell", "wh[2,1]")
    expect(article.locator("#parts button[aria-current=step] .n")).to_have_text("4")
    expect(article.locator("html")).to_have_attribute("data-theme", "dark")
    assert "#" not in article.url
    expect(article.get_by_role("button", name="Train", exact=True)).to_be_visible()


def doctored(page: Any) -> None:
    """Waits for the doctor; skips where the library has none."""
    panel = page.locator(".panel.diagnosis")
    expect(panel).not_to_contain_text("Nothing was tested yet")
    if "not part of this version" in panel.inner_text():
        pytest.skip("this version has no diagnosis")


SEVERE = {"hundred-neurons": "saturat", "dead-relus": "dead"}


@pytest.mark.parametrize("preset", SEVERE)
def test_a_preset_shows_its_disease(opened: Any, preset: str) -> None:
    page = opened(preset)
    step_to(page, 60)
    doctored(page)
    expect(page.locator(".finding").first).to_be_visible(timeout=15000)
    assert SEVERE[preset] in page.locator(".findings").inner_text().lower()


def test_the_article_has_no_error(article: Any) -> None:
    step_to(article, 40)
    doctored(article)
    expect(article.locator(".panel.diagnosis summary", has_text="What was tested")).to_be_visible()
    expect(article.locator(".finding.error")).to_have_count(0)
