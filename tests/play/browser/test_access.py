"""Without a mouse, and for those who listen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .reading import asked_why, at_step, cell, contrast, luminance, step_to

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
HEARD = """(count) => new Promise((done) => {
  const times = [];
  const seen = new MutationObserver(() => {
    times.push(performance.now());
    if (times.length < count) return;
    seen.disconnect();
    done(times);
  });
  seen.observe(document.getElementById('polite'), { childList: true, characterData: true, subtree: true });
})"""  # noqa: E501
FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
  const rgb = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const ground = (at) => { while (at.parentElement && (rgb(getComputedStyle(at).backgroundColor)[3] ?? 1) === 0) at = at.parentElement;
    return rgb(getComputedStyle(at).backgroundColor).slice(0, 3); };
  return { what: e.tagName + ' ' + e.className, body: e === document.body, style: s.outlineStyle,
    wide: parseFloat(s.outlineWidth), seen: r.width > 0 && (e.contains(top) || top === e || top?.contains(e)),
    line: rgb(s.outlineColor).slice(0, 3), grounds: [ground(e), ground(e.parentElement ?? e)] };
}"""  # noqa: E501


def _start(page: Any) -> None:
    page.locator(".brand").click()
    expect(page.locator(".preset.main")).to_be_visible()


def _walk(page: Any) -> None:
    page.keyboard.press(".")
    expect(page.locator("#sheet")).to_have_attribute("data-depth", "walk")
    page.keyboard.press(".")


def _why(page: Any) -> None:
    if page.viewport_size["width"] < 900:  # one part at a time
        page.locator("#parts li button").nth(2).click()
    asked_why(page, "hidden_layer_input[2,1]")


def _asking(page: Any) -> None:
    page.locator("#sheet").focus()
    page.keyboard.press("p")
    expect(cell(page, "hidden_layer_input[2,1]")).to_have_text("?")


def _dialog(name: str) -> Callable[[Any], None]:
    def go(page: Any) -> None:
        page.locator("#sheet").focus()
        page.keyboard.press({"help": "?", "data": "d", "network": "n", "export": "e"}[name])
        expect(page.locator("dialog")).to_be_visible()

    return go


def _compare(page: Any) -> None:
    if page.viewport_size["width"] < 900:
        page.locator(".menu").click()
        page.locator("dialog .menu-list").get_by_role("button", name="Compare").click()
    else:
        page.locator("[data-open=compare]").click()
    expect(page.locator("dialog .runs li").first).to_be_visible()


STATES: dict[str, Callable[[Any], None]] = {
    "start": _start, "ready": lambda page: None, "walking": _walk, "why": _why, "data": _dialog("data"),  # noqa: E501
    "network": _dialog("network"), "compare": _compare, "export": _dialog("export"),
    "help": _dialog("help"), "asking": _asking,
}  # fmt: skip


def left(page: Any) -> None:
    """Back to the sheet, whatever is open."""
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("#start")).to_be_hidden()


def themed(page: Any, theme: str) -> None:
    """Chooses a theme."""
    if page.locator("html").get_attribute("data-theme") != theme:
        page.locator("#sheet").focus()
        page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe(article: Any, theme: str) -> None:
    """Nothing is found by axe in ten states."""
    themed(article, theme)
    for state, go in STATES.items():
        go(article)
        found = Axe().run(article, options=RULES)
        said = [
            f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['html'][:160]}"
            for one in found.response["violations"]
        ]
        assert not said, f"{state}, {theme}: " + "\n".join(said)
        left(article)


def test_keyboard_only(start: Any) -> None:
    """Pick, train, walk, step, ask why, edit, fork, export: without a mouse."""
    page = start
    page.keyboard.press("Enter")
    expect(page.locator("#sheet [role=grid]").first).to_be_visible()
    expect(page.locator("body.starting")).to_have_count(0)
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    expect(page.locator("button:focus")).to_have_count(0)  # a space would press it
    page.keyboard.press(" ")
    expect(page.locator(".track")).to_have_attribute("aria-valuenow", re.compile(r"[1-9]"))
    if page.get_by_role("button", name="Pause", exact=True).count():
        page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    page.keyboard.press("s")
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    at_step(page, 0)
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    expect(page.locator("#sheet")).to_have_attribute("data-depth", "walk")
    page.keyboard.press("1")
    page.keyboard.press("]")
    at_step(page, 1)
    grids = page.locator("#sheet [role=grid]").count()
    expect(page.locator("#sheet [role=gridcell][tabindex='0']")).to_have_count(grids)
    cell(page, "X[1,1]").focus()
    page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(cell(page, "wh[2,1]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#why")).to_have_attribute("data-cell", "wh[2,1]")
    page.keyboard.press("Alt+ArrowUp")
    expect(cell(page, "hidden_layer_input[1,1]")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(cell(page, "X[1,1]")).to_be_focused()
    page.keyboard.press("Control+ArrowRight")
    expect(cell(page, "wh[2,1]")).to_be_focused()
    page.keyboard.press("F2")
    page.keyboard.press("Control+a")
    page.keyboard.type("0.3")
    page.keyboard.press("Enter")
    expect(cell(page, "wh[2,1]")).to_have_text(re.compile("0.30*$"))
    page.locator("#sheet").focus()
    page.keyboard.press("e")
    with page.expect_download():
        page.locator("dialog [data-kind=numpy]").press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("s")
    expect(page.locator("#step")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_keyboard_only_focus(article: Any, theme: str) -> None:
    """At every stop the focus is drawn, three times as light or dark as its ground, and not hidden."""  # noqa: E501
    themed(article, theme)
    seen = set()
    for _ in range(60):
        article.keyboard.press("Tab")
        at = article.evaluate(FOCUS)
        if at["body"]:
            continue
        seen.add(at["what"])
        assert at["style"] != "none", at
        assert at["wide"] >= 2, at
        assert at["seen"], at
        apart = [contrast(luminance(at["line"]), luminance(one)) for one in at["grounds"]]
        assert max(apart) >= 3, at  # it lies between the two
    assert len(seen) > 6


def test_single_keys_can_be_switched_off(article: Any) -> None:
    article.keyboard.press("?")
    article.get_by_label("Single keys act").uncheck()
    article.keyboard.press("Escape")
    expect(article.locator("dialog")).to_have_count(0)
    article.keyboard.press("]")
    article.keyboard.press(".")
    at_step(article, 0)
    expect(article.locator("#sheet")).to_have_attribute("data-depth", "train")


def test_aria_snapshot(article: Any) -> None:
    """Grids, rows and cells, each named by sample and neuron, as a screen reader is told them."""
    expect(article.locator("#sheet [data-name=hidden_layer_input]")).to_match_aria_snapshot("""
      - grid "hidden layer input":
        - row:
          - columnheader "h1"
          - columnheader "h2"
          - columnheader "h3"
        - row:
          - gridcell /hidden layer input, sample 1, neuron h1, 1\\.48.*; ./
          - gridcell /hidden layer input, sample 1, neuron h2, 1\\.78/
          - gridcell /hidden layer input, sample 1, neuron h3, 1\\.10/
        - row:
          - gridcell /hidden layer input, sample 2, neuron h1, 2\\.40/
          - gridcell /hidden layer input, sample 2, neuron h2, 1\\.89/
          - gridcell /hidden layer input, sample 2, neuron h3, 1\\.62/
        - row:
          - gridcell /hidden layer input, sample 3, neuron h1/
          - gridcell /hidden layer input, sample 3, neuron h2/
          - gridcell /hidden layer input, sample 3, neuron h3/
    """)
    assert article.locator("#sheet [role=gridcell]:not([aria-label])").count() == 0
    assert article.locator("#sheet [role=grid]:not([aria-label])").count() == 0
    article.keyboard.press(".")
    expect(article.locator("#polite")).to_contain_text("Part 0")
    article.keyboard.press("]")
    expect(article.locator("#polite")).to_contain_text("step 1", ignore_case=True)


def test_little_is_said_while_training(opened: Any) -> None:
    """Two messages are five seconds apart, by the page's own clock."""
    page = opened("xor")
    page.locator(".speed select").select_option("60")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".track")).to_have_attribute("aria-valuenow", re.compile(r"[1-9]"))
    first, second = page.evaluate(HEARD, 2)
    assert second - first >= 4900
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    expect(page.locator("#polite")).not_to_be_empty()
    expect(page.locator("#assertive")).to_be_empty()
    step_to(page, 0)
