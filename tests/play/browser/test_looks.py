"""Without motion, without colours, on every width, with fingers, in longer words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from .conftest import Server, at_the_doors, chosen
from .reading import asked_why, at_step, cell, contrast, luminance, pixels
from .test_access import STATES, left, themed

NAME = "hidden_layer_input[2,1]"
SEEN = ["", "achromatopsia", "deuteranopia"]
WIDE = "[document.documentElement.scrollWidth, innerWidth]"
LONG = re.compile(r'"((?:[^"\\\n]|\\.)+)"')
UNCOVERED = """async () => {
  const e = document.activeElement;
  let seen = false;
  for (let frame = 0; frame < 90 && !seen; frame += 1) { // it may be on its way into view
    const r = e.getBoundingClientRect();
    if (e === document.body || !r.width) return null;
    const top = document.elementFromPoint(r.x + r.width / 2, r.y + Math.min(r.height / 2, 20));
    seen = e === top || e.contains(top) || top?.contains(e) || false;
    await new Promise(requestAnimationFrame);
  }
  return seen || e.outerHTML.slice(0, 120);
}"""
SMALL = """() => [...document.querySelectorAll('button, select, input')].filter((e) => e.getClientRects().length
  && !e.closest('.grid, .graph, .terms, .doors, p')).map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, r]) => r.height < 44 || r.width < 24).map(([html, r]) => `${html} ${r.width}x${r.height}`)"""  # noqa: E501
SPILT = """() => [...document.querySelectorAll('button, .chip, h2, h3, label')].filter((e) => e.getClientRects().length
  && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow === 'visible' && getComputedStyle(e).display !== 'inline')
  .map((e) => e.outerHTML.slice(0, 120))"""  # noqa: E501


def walked(page: Any) -> Any:
    """Through some parts, into Why and back: the picture of the sheet at the end."""
    page.keyboard.press(".")
    page.keyboard.press(".")
    page.keyboard.press("1")
    page.keyboard.press("]")
    at_step(page, 1)
    asked_why(page, NAME)
    page.mouse.move(0, 0)
    expect(page.locator("#sheet .cell.source")).to_have_count(9)
    return pixels(page, at_rest(page))


def at_rest(page: Any) -> bytes:
    """The picture of the sheet once it does not change any more."""
    before, now = b"", bytes(page.locator("#sheet").screenshot(animations="disabled"))
    while now != before:
        page.wait_for_timeout(300)
        before, now = now, bytes(page.locator("#sheet").screenshot(animations="disabled"))
    return now


def test_reduced_motion(looks: Callable[..., Any], server: Server) -> None:
    """Nothing moves, and the pictures at the end are the same."""
    ends = []
    for motion in ("reduce", "no-preference"):
        context = looks(reduced_motion=motion)
        page = chosen(at_the_doors(context.new_page(), server.address), "article")
        ends.append(walked(page))
        if motion == "reduce":
            moving = "document.getAnimations().filter((a) => a.playState === 'running').length"
            assert page.evaluate(moving) == 0
            expect(page.get_by_role("button", name="Show me the sum")).to_have_count(0)
        context.close()
    assert np.abs(ends[0] - ends[1]).max() <= 8  # of 255: how smooth letters come out


def test_forced_colors(looks: Callable[..., Any], server: Server) -> None:
    """The borders stay: solid is the cell, dashed is what it was made from."""
    context = looks(forced_colors="active")
    page = chosen(at_the_doors(context.new_page(), server.address), "article")
    cell(page, NAME).hover()
    expect(page.locator("#sheet .cell.source")).to_have_count(9)
    for which, style in (("active", "solid"), ("source", "dashed")):
        found = page.locator(f"#sheet .cell.{which}").first
        expect(found).to_have_css("outline-style", style)


@pytest.mark.parametrize("width", [320, 400, 768, 1024, 1440, 2560])
def test_reflow(article: Any, width: int) -> None:
    """No width scrolls sideways, and no bar is too high."""
    article.set_viewport_size({"width": width, "height": 800})
    article.locator("#sheet").focus()
    article.keyboard.press("]")
    at_step(article, 1)
    for state in ("ready", "why", "start"):
        STATES[state](article)
        wide = article.evaluate(WIDE)
        assert wide[0] <= wide[1], f"{state} at {width}: {wide[0]} px wide"
        if width < 900 and state == "ready":
            bar = article.locator("#transport").bounding_box()
            assert bar is not None
            assert bar["height"] <= 112


def test_reflow_zoomed(looks: Callable[..., Any], server: Server) -> None:
    """1440 × 900 at 400 %: everything is there, and nothing covers what has the focus."""
    context = looks(viewport={"width": 360, "height": 225}, device_scale_factor=4)
    page = at_the_doors(context.new_page(), server.address)
    chosen(page, "article")
    for state in ("ready", "why"):
        STATES[state](page)
        wide = page.evaluate(WIDE)
        assert wide[0] <= wide[1], state


def test_focus_is_never_covered_on_a_small_screen(article: Any) -> None:
    """The bars that stay in place hide nothing that has the focus."""
    article.set_viewport_size({"width": 400, "height": 800})
    stops = 0
    for _ in range(50):
        article.keyboard.press("Tab")
        shown = article.evaluate(UNCOVERED)
        stops += shown is not None
        assert shown in (None, True), shown
    assert stops > 20


def test_touch(looks: Callable[..., Any], server: Server) -> None:
    """Fingers: targets of 44 px; a tap lights a cell and what it was made from, and says why."""
    context = looks(viewport={"width": 400, "height": 800}, has_touch=True, is_mobile=True)
    page = at_the_doors(context.new_page(), server.address)
    page.locator("[data-preset='article']").tap()
    expect(page.locator("#sheet [role=grid]").first).to_be_visible()
    small = page.evaluate(SMALL)
    assert not small, "\n".join(small)
    page.locator("#parts li button").nth(2).tap()
    cell(page, NAME).tap()
    expect(page.locator("#why .place")).to_be_in_viewport()
    expect(page.locator("#sheet .cell.active")).to_have_attribute("data-cell", NAME)
    expect(page.locator("#sheet .cell.source")).to_have_count(9)


def edge(picture: Any) -> Any:
    """The luminance along the upper border of a cell, without its corners."""
    return luminance(picture[1, 8:-8])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colour(article: Any, theme: str) -> None:
    """The contrast of numbers on their ground, from the pixels as they are drawn."""
    themed(article, theme)
    asked_why(article, NAME)
    article.mouse.move(0, 0)
    expect(article.locator("#sheet .cell.source")).to_have_count(9)
    for name in (NAME, "wh[1,1]", "wh[1,2]", "y[1,1]"):
        inside = pixels(article, cell(article, name).screenshot())[5:-5, 5:-5]
        light = luminance(inside).ravel()
        ground = np.median(light)
        ink = light[np.argmax(np.abs(light - ground))]
        assert contrast(ink, ground) >= 4.5, (name, contrast(ink, ground))
    styles = article.evaluate("""() => {
      const probe = document.body.appendChild(document.createElement('i'));
      const rgb = (name) => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number).slice(0, 3); };
      const all = Object.fromEntries(['ink', 'muted', 'accent', 'pos', 'neg', 'danger', 'good', 'edge', 'source-edge', 'active-edge', 'bg', 'panel'].map((name) => [name, rgb(name)]));
      probe.remove();
      return all; }""")  # noqa: E501
    for ground in ("bg", "panel"):
        for name in ("ink", "muted", "accent", "pos", "neg", "danger", "good"):
            assert contrast(luminance(styles[name]), luminance(styles[ground])) >= 4.5, name
    for name in ("edge", "source-edge", "active-edge"):
        assert contrast(luminance(styles[name]), luminance(styles["bg"])) >= 3, name


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SEEN)
def test_screenshots(article: Any, theme: str, sight: str) -> None:
    """In every sight, from the pixels: the active cell has a closed border, sources a broken one."""  # noqa: E501
    themed(article, theme)
    asked_why(article, NAME)
    article.mouse.move(0, 0)
    expect(article.locator("#sheet .cell.source")).to_have_count(9)
    if sight:
        line = article.context.new_cdp_session(article)
        line.send("Emulation.setEmulatedVisionDeficiency", {"type": sight})
    for name, broken in ((NAME, False), ("wh[2,1]", True), ("X[2,3]", True)):
        along = edge(pixels(article, cell(article, name).screenshot()))
        middle = (along.max() + along.min()) / 2
        changes = int(np.count_nonzero(np.diff(along > middle)))
        apart = contrast(along.max(), along.min())
        if broken:
            assert changes >= 4, (name, changes)
            assert apart >= 1.5, (name, apart)
        else:
            assert apart < 1.2, (name, apart)
    whole = luminance(pixels(article, article.screenshot()))
    assert whole.std() > 0.02  # something is drawn
    signs = article.locator(".edge.negative").evaluate_all(
        "all => all.map((e) => getComputedStyle(e).strokeDasharray)"
    )
    assert "none" not in signs


@pytest.mark.parametrize("width", [400, 1440])
def test_i18n_pseudo(page: Any, server: Server, width: int) -> None:
    """Words that are 40 % longer break nothing."""

    def longer(route: Any) -> None:
        body = route.fetch().text()
        lines = [line if line.startswith("import") else LONG.sub(_longer, line)
                 for line in body.splitlines()]  # fmt: skip
        route.fulfill(body="\n".join(lines), content_type="text/javascript; charset=utf-8")

    page.route("**/strings.js", longer)
    page.set_viewport_size({"width": width, "height": 900})
    at = page.goto(server.address)
    assert at.ok
    page.locator(".brand, [data-preset='article']").filter(visible=True).first.wait_for()
    if not page.locator("[data-preset='article']").is_visible():
        page.locator(".brand").click()
    chosen(page, "article")
    expect(page.locator("#parts h2")).to_contain_text("ä")
    for state in ("ready", "why", "walking", "help", "network"):
        STATES[state](page)
        wide = page.evaluate(WIDE)
        assert wide[0] <= wide[1], state
        spilt = page.evaluate(SPILT)
        assert not spilt, (state, *spilt)
        left(page)


def _longer(found: re.Match[str]) -> str:
    text = found[1]
    return f'"{text}{"ä" * -(-len(text) * 2 // 5)}"'
