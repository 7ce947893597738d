"""Decimals as the reader writes them: a comma where that is the mark, a point in what is reused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Server, at_the_doors, chosen
from .reading import asked_why, at_step, cell, cells, number, step_to
from .test_access import STATES, left
from .test_pictures import lettering, read, taken

POINT = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")
READ = """() => {
  const left = 'code, pre, kbd, script, style, textarea, [translate=no]';
  const found = [document.title];
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (all.nextNode()) if (!all.currentNode.parentElement.closest(left)) found.push(all.currentNode.data);
  for (const name of ['aria-label', 'aria-valuetext', 'title', 'placeholder'])
    for (const one of document.querySelectorAll(`[${name}]`)) if (!one.closest(left)) found.push(one.getAttribute(name));
  for (const one of document.querySelectorAll('input:not([type=range], .share)')) found.push(one.value);
  return found;
}"""  # noqa: E501
WRITTEN = {
    "0.5": "0,5",
    "\u22120.25, 0.5, 3": "\u22120,25; 0,5; 3",  # a list stays a list
    "0.1,0.2": "0,1;0,2",
    "0.1\u20130.5 and 0.1-0.5": "0,1\u20130,5 and 0,1-0,5",
    "sample 2, 2.4; made from": "sample 2; 2,4; made from",
    "loss 0.25, test 0.26.": "loss 0,25, test 0,26.",
    "\u00d71.5e\u22127": "\u00d71,5e\u22127",
    "rows 1, 2, 3 of wh[1,2]": "rows 1, 2, 3 of wh[1,2]",
    **{same: same for same in ("workings 0.9.1", "v1.5", "http://127.0.0.1:80/a?b=0.5", "127.0.0.1",
                               "run-0.5.csv", "data_0.5", "x1.5", "22.11.2026")},
}  # fmt: skip
SHOWN = """() => {
  const asked = CanvasRenderingContext2D.prototype.fillText;
  window.lettered = [];
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    window.lettered.push(text);
    return asked.call(this, text, ...rest);
  };
}"""


def shown(looks: Callable[..., Any], server: Server, locale: str, preset: str) -> Any:
    """A page of someone from there."""
    context = looks(locale=locale)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.add_init_script(f"({SHOWN})()")
    return chosen(at_the_doors(page, server.address), preset)


def pointed(page: Any) -> list[str]:
    """What is read on a page and has a decimal point; text on canvases too."""
    texts = [*page.evaluate(READ), *page.evaluate("window.lettered.splice(0)")]
    return [text for text in texts if POINT.search(text)]


@pytest.mark.parametrize("preset", ["article", "iris"])
def test_decimals_have_the_reader_s_comma(
    looks: Callable[..., Any], server: Server, preset: str
) -> None:
    """In every state: cells, axes, terms, sentences, formulas, labels, fields, the title."""
    page = shown(looks, server, "de-DE", preset)
    step_to(page, 5)
    for state, go in STATES.items():
        if state in ("asking", "why") and preset != "article":
            continue
        go(page)
        page.wait_for_timeout(400)  # answers that come later are read too
        assert not pointed(page), state
        left(page)
    for tab in page.locator(".panel.result [data-tab]").all():
        tab.click()
        page.wait_for_timeout(400)
        assert not pointed(page), tab.inner_text()
    page.get_by_role("button", name="Distributions").click()
    expect(page.locator("dialog .spread").first).to_be_visible()
    page.wait_for_timeout(400)
    assert not pointed(page)


def test_decimals_while_it_trains(looks: Callable[..., Any], server: Server) -> None:
    page = shown(looks, server, "de-DE", "moons")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".track")).to_have_attribute("aria-valuenow", re.compile(r"\d{2}"))
    assert not pointed(page)
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    assert not pointed(page)
    assert any("," in text for text in cells(page).values())


def test_where_the_mark_is_a_point_it_stays_one(looks: Callable[..., Any], server: Server) -> None:
    """The same numbers in both, but for their mark."""
    english = shown(looks, server, "en-US", "article")
    step_to(english, 5)
    before = cells(english)
    assert "0.5" in str(pointed(english))
    assert not [text for text in before.values() if "," in text]
    english.close()
    german = shown(looks, server, "de-DE", "article")
    step_to(german, 5)
    assert {name: text.replace(",", ".") for name, text in cells(german).items()} == before


@pytest.mark.parametrize("locale", ["de-DE", "en-US"])
def test_what_is_a_decimal_and_what_is_not(
    looks: Callable[..., Any], server: Server, locale: str
) -> None:
    page = at_the_doors(looks(locale=locale).new_page(), server.address)
    found = page.evaluate(
        "async (texts) => texts.map((await import('/format.js')).local)",
        list(WRITTEN),
    )
    assert found == list(WRITTEN.values() if locale == "de-DE" else WRITTEN)


@pytest.mark.parametrize("locale", ["de-DE", "en-US"])
@pytest.mark.parametrize("entry", ["0,5", "0.5"])
def test_fields_take_both(
    looks: Callable[..., Any], server: Server, locale: str, entry: str
) -> None:
    """A weight, and a row by hand."""
    page = shown(looks, server, locale, "sine")
    step_to(page, 3)
    cell(page, "wh[1,1]").press("F2")
    page.get_by_label("New value of wh[1,1]").first.fill(entry)
    page.get_by_label("New value of wh[1,1]").first.press("Enter")
    expect(page.locator("#why")).to_have_attribute("data-cell", "wh[1,1]")
    at_step(page, 3)
    assert number(cell(page, "wh[1,1]").inner_text().replace(",", ".")) == 0.5
    page.locator("[data-tab=predict]").click()
    said = page.locator(".predicted [data-exact]")
    page.locator(".predict input").fill("0.50")
    page.locator(".predict button").click()
    expect(said).to_have_text(re.compile(r"\d"))
    right = said.inner_text()
    page.locator(".predict input").fill("-1")
    page.locator(".predict button").click()
    expect(said).not_to_have_text(right)
    page.locator(".predict input").fill(entry)
    page.locator(".predict button").click()
    expect(said).to_have_text(right)


def test_what_is_reused_keeps_its_point(
    looks: Callable[..., Any], server: Server, tmp_path: Path
) -> None:
    """What is copied, and files; a picture is read, so it is as the page is."""
    page = shown(looks, server, "de-DE", "article")
    step_to(page, 5)
    asked_why(page, "wh[1,1]")
    assert "," in page.locator("#why [data-exact]").inner_text()
    page.locator("#why .exactly button").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert POINT.fullmatch(copied)
    assert page.locator("#why [data-exact]").inner_text().replace(",", ".") == copied
    page.locator("[data-open=export]").click()
    with page.expect_download() as waiting:
        page.locator("dialog [data-kind='tape']").click()
    waiting.value.save_as(tmp_path / "tape.csv")
    assert POINT.search((tmp_path / "tape.csv").read_text())
    expect(page.locator("dialog input.share")).to_have_value(re.compile(r"127\.0\.0\.1"))
    text = lettering(read(taken(page, "loss", "svg", tmp_path)))
    assert re.search(r"0,\d", text)
    assert not POINT.search(text)
