"""Without a mouse, without colours, without motion, on small screens, for those who listen."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .conftest import READY, Server
from .reading import at_step, cell, step_to


def _start(page: Any) -> None:
    page.locator(".brand").click()


def _walk(page: Any) -> None:
    page.keyboard.press(".")
    page.keyboard.press(".")


def _why(page: Any) -> None:
    if not cell(page, "hidden_layer_input[2,1]").is_visible():  # one part at a time
        page.locator("#parts li button").nth(2).click()
    cell(page, "hidden_layer_input[2,1]").click()
    expect(page.locator("#why .place")).to_be_visible()


def _dialog(name: str) -> Callable[[Any], None]:
    def go(page: Any) -> None:
        page.locator("#sheet").focus()
        page.keyboard.press({"help": "?", "data": "d", "network": "n", "export": "e"}[name])
        expect(page.locator("dialog")).to_be_visible()

    return go


def _compare(page: Any) -> None:
    page.locator("[data-open=compare]").click()
    expect(page.locator("dialog .runs li").first).to_be_visible()


STATES: dict[str, Callable[[Any], None]] = {
    "start": _start, "ready": lambda page: None, "walking": _walk, "why": _why, "data": _dialog("data"),  # noqa: E501
    "network": _dialog("network"), "compare": _compare, "help": _dialog("help"),
}  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(article: Any, theme: str) -> None:
    article.evaluate("t => document.documentElement.dataset.theme === t", theme)
    if article.locator("html").get_attribute("data-theme") != theme:
        article.locator("#sheet").focus()
        article.keyboard.press("t")
    expect(article.locator("html")).to_have_attribute("data-theme", theme)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    for state, go in STATES.items():
        go(article)
        found = Axe().run(article, options=options)
        said = [
            f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['html'][:160]}"
            for one in found.response["violations"]
        ]
        assert not said, f"{state}, {theme}: " + "\n".join(said)
        article.keyboard.press("Escape")
        article.keyboard.press("Escape")
        expect(article.locator("dialog")).to_have_count(0)


def test_the_whole_way_without_a_mouse(start: Any) -> None:
    page = start
    page.keyboard.press("Enter")
    expect(page.locator("#sheet [role=grid]").first).to_be_visible()
    page.keyboard.press(".")
    expect(page.locator("#sheet")).to_have_attribute("data-depth", "walk")
    page.keyboard.press("1")
    page.keyboard.press("]")
    at_step(page, 1)
    grids = page.locator("#sheet [role=grid]").count()
    assert page.locator("#sheet [role=gridcell][tabindex='0']").count() == grids
    cell(page, "X[1,1]").focus()
    page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("ArrowDown")
    focused = page.evaluate("document.activeElement.dataset.cell")
    assert focused == "wh[2,1]"
    page.keyboard.press("Enter")
    expect(page.locator("#why")).to_have_attribute("data-cell", "wh[2,1]")
    page.keyboard.press("Alt+ArrowUp")
    expect(cell(page, "hidden_layer_input[1,1]")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(cell(page, "X[1,1]")).to_be_focused()
    cell(page, "wh[2,1]").focus()
    page.keyboard.press("F2")
    page.keyboard.type("0.3")
    page.keyboard.press("Enter")
    expect(cell(page, "wh[2,1]")).to_have_text(re.compile("0.30*"))
    page.locator("#sheet").focus()
    page.keyboard.press("e")
    with page.expect_download():
        page.locator("dialog [data-kind=numpy]").press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("s")
    expect(page.locator("#step")).to_be_focused()


def test_focus_is_seen_and_not_hidden(article: Any) -> None:
    seen = set()
    for _ in range(40):
        article.keyboard.press("Tab")
        style = article.evaluate(
            "() => { const e = document.activeElement; const s = getComputedStyle(e), r = e.getBoundingClientRect();"  # noqa: E501
            " const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);"
            " return [e.tagName + e.className, s.outlineStyle, parseFloat(s.outlineWidth), r.width > 0 && (e.contains(top) || top === e)] }"  # noqa: E501
        )
        if style[0].startswith("BODY"):
            continue
        seen.add(style[0])
        assert style[1] != "none", style
        assert style[2] >= 2, style
        assert style[3], f"{style[0]} is hidden"
    assert len(seen) > 6


def test_single_keys_can_be_switched_off(article: Any) -> None:
    article.keyboard.press("?")
    article.get_by_label("Single keys act").uncheck()
    article.keyboard.press("Escape")
    expect(article.locator("dialog")).to_have_count(0)
    article.keyboard.press("]")
    article.wait_for_timeout(150)
    at_step(article, 0)


def test_cells_are_named_by_sample_and_neuron(article: Any) -> None:
    name = cell(article, "hidden_layer_input[2,1]").get_attribute("aria-label") or ""
    assert re.search(r"hidden layer input, sample 2, \S+ ?h?1.*2\.40*", name), name
    unnamed = article.locator("#sheet [role=gridcell]:not([aria-label])")
    assert unnamed.count() == 0
    heads = article.locator("#sheet [role=grid]").first
    assert heads.get_attribute("aria-label")


def test_little_is_said_while_training(opened: Any) -> None:
    page = opened("xor")
    page.evaluate(
        "() => { window.said = []; new MutationObserver(() => window.said.push(performance.now()))"
        ".observe(document.getElementById('polite'), { childList: true, characterData: true, subtree: true }); }"  # noqa: E501
    )
    page.locator(".speed select").select_option("60")
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_timeout(3000)
    said = page.evaluate("window.said.length")
    assert said <= 2, f"{said} messages in three seconds"
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("#polite")).not_to_be_empty()


def test_nothing_moves_where_motion_is_not_wanted(
    browser: Any, server: Server, browser_context_args: Any
) -> None:
    context = browser.new_context(**browser_context_args, reduced_motion="reduce")
    page = context.new_page()
    page.goto(server.address)
    page.locator(READY).first.wait_for()
    if page.locator(".preset.main").is_visible():
        page.locator(".preset.main").click()
    page.keyboard.press(".")
    page.keyboard.press("]")
    page.locator("#sheet [role=gridcell]").first.click()
    assert (
        page.evaluate("document.getAnimations().filter(a => a.playState === 'running').length") == 0
    )
    context.close()


def test_forced_colours_keep_the_borders(
    browser: Any, server: Server, browser_context_args: Any
) -> None:
    context = browser.new_context(**browser_context_args, forced_colors="active")
    page = context.new_page()
    page.goto(server.address)
    page.locator(READY).first.wait_for()
    if not page.locator(".preset.main").is_visible():
        page.locator(".brand").click()
    page.locator(".preset.main").click()
    cell(page, "hidden_layer_input[2,1]").hover()
    expect(page.locator("#sheet .cell.source").first).to_be_visible()
    styles = page.evaluate(
        "() => ['active', 'source'].map(w => getComputedStyle(document.querySelector('#sheet .cell.' + w)).outlineStyle)"  # noqa: E501
    )
    assert styles == ["solid", "dashed"]
    context.close()


@pytest.mark.parametrize("width", [320, 400, 768, 1024, 1440, 2560])
def test_no_width_scrolls_sideways(article: Any, width: int) -> None:
    article.set_viewport_size({"width": width, "height": 800})
    step_to_any(article)
    for state in ("ready", "why", "start"):
        STATES[state](article)
        wide = article.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], f"{state} at {width}: {wide[0]} px wide"
        if width < 900 and state == "ready":
            bar = article.locator("#transport").bounding_box()
            assert bar is not None
            assert bar["height"] <= 112


def step_to_any(page: Any) -> None:
    page.locator("#sheet").focus()
    page.keyboard.press("]")
    expect(page.locator(".track")).to_have_attribute("aria-valuenow", "1")


def test_targets_are_large_enough_for_fingers(article: Any) -> None:
    article.set_viewport_size({"width": 400, "height": 800})
    small = article.evaluate(
        "() => [...document.querySelectorAll('button, select, input')].filter(e => e.getClientRects().length"  # noqa: E501
        " && !e.closest('.grid, .graph, .terms, .doors, p')).map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])"  # noqa: E501
        ".filter(([, r]) => r.height < 44 || r.width < 24).map(([html, r]) => `${html} ${r.width}x${r.height}`)"  # noqa: E501
    )
    assert not small, "\n".join(small)


def test_why_is_reached_by_a_tap(article: Any) -> None:
    article.set_viewport_size({"width": 400, "height": 800})
    article.locator("#parts button").nth(2).click()
    cell(article, "hidden_layer_input[2,1]").click()
    expect(article.locator("#why .place")).to_be_in_viewport()


def luminance(colour: str) -> float:
    parts = [float(one) / 255 for one in re.findall(r"[\d.]+", colour)[:3]]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT = list(
    itertools.product(
        ["--ink", "--muted", "--accent", "--pos", "--neg", "--danger", "--good"],
        ["--bg", "--panel"],
    )
)
PAIRS = [
    *TEXT,
    ("--on-active", "--active"),
    ("--on-source", "--source"),
    ("--on-accent", "--accent"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_told_apart(article: Any, theme: str) -> None:
    found = article.evaluate(
        """([theme, pairs]) => {
          document.documentElement.dataset.theme = theme;
          const probe = document.body.appendChild(document.createElement('i'));
          const rgb = (name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
          return pairs.map(([a, b]) => [a, b, rgb(a), rgb(b)]);
        }""",  # noqa: E501
        [theme, PAIRS],
    )
    low = [(a, b) for a, b, one, other in found if contrast(one, other) < 4.5]
    assert not low
    edges = article.evaluate(
        """(theme) => { const probe = document.body.appendChild(document.createElement('i'));
          return ['--edge', '--source-edge', '--active-edge', '--bg'].map((name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; }); }""",  # noqa: E501
        theme,
    )
    assert all(contrast(one, edges[-1]) >= 3 for one in edges[:-1])


def test_longer_words_break_nothing(article: Any) -> None:
    article.evaluate(
        "() => { for (const e of document.querySelectorAll('#parts button span:last-child, .tabs button, .chip > span, .transport button'))"  # noqa: E501
        " for (const t of e.childNodes) if (t.nodeType === 3) t.nodeValue += ' ' + 'ä'.repeat(Math.ceil(t.nodeValue.length * 0.4)); }"  # noqa: E501
    )
    wide = article.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    step_to(article, 2)
