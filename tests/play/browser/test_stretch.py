"""The loss chart: where a number was made, and a stretch of steps that is enlarged."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import expect

from .conftest import Server, at_the_doors, chosen
from .reading import asked_why, at_step, cell, number, pixels, step_to

YELLOW = np.array([255, 240, 122])  # the active cell, in the light theme
SAID = re.compile(r"^Steps (\d+) to (\d+)\.")


def chart(page: Any, steps: int) -> Any:
    """Trains, and opens the loss chart."""
    step_to(page, steps)
    page.locator("[data-tab=loss]").click()
    found = page.locator("canvas.chart")
    expect(found).to_be_visible()
    expect(said(page)).to_contain_text(f"step {steps}: ")
    return found


def said(page: Any) -> Any:
    return page.locator(".result > p.small.muted")


def stretch(page: Any) -> tuple[int, int]:
    """From which step to which the chart goes."""
    expect(said(page)).to_have_text(re.compile("^Steps "))
    found = SAID.match(said(page).inner_text().replace("\u202f", ""))
    assert found
    return int(found[1]), int(found[2])


def drawn_across(page: Any, canvas: Any, share: tuple[float, float]) -> None:
    """Draws the pointer over a part of the chart."""
    box = canvas.bounding_box()
    one, other = (box["x"] + box["width"] * part for part in share)
    page.mouse.move(one, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(other, box["y"] + 80, steps=3)
    expect(page.locator(".region")).to_be_visible()
    page.mouse.up()
    expect(page.locator(".region")).to_be_hidden()


def yellow(page: Any, canvas: Any) -> int:
    """How many pixels of a chart have the colour of what is looked at."""
    found = pixels(page, canvas.screenshot())
    return int((np.abs(found - YELLOW).max(axis=-1) < 12).sum())


def test_a_number_marks_the_step_it_was_made_in(article: Any) -> None:
    """In the loss chart, by pointer and by focus; and its bin in the distributions."""
    canvas = chart(article, 30)
    article.mouse.move(0, 0)
    assert yellow(article, canvas) == 0
    cell(article, "hidden_layer_input[2,1]").hover()
    expect(said(article)).to_contain_text("hidden_layer_input[2,1] was made in step 30.")
    assert yellow(article, canvas) > 10
    cell(article, "wh[2,1]").focus()
    article.mouse.move(0, 0)
    cell(article, "wh[1,1]").hover()
    expect(said(article)).to_contain_text("wh[1,1] was made in step 29.")
    cell(article, "X[1,1]").hover()
    expect(said(article)).not_to_contain_text("was made")  # it is given
    asked_why(article, "hidden_layer_input[2,1]")
    shown = cell(article, "hidden_layer_input[2,1]").inner_text()
    article.locator("[data-go=distributions]").click()
    told = article.locator("dialog canvas[aria-label*='hidden_layer_input[2,1] is']")
    expect(told).to_have_count(1)
    name = str(told.get_attribute("aria-label"))
    assert abs(number(name.rpartition(" is ")[2].rstrip(".")) - number(shown)) < 0.01
    assert yellow(article, told) > 60  # a bar, not a line alone


def test_a_stretch_is_drawn_out_and_left_again(opened: Callable[..., Any]) -> None:
    page = opened("moons")
    canvas = chart(page, 400)
    drawn_across(page, canvas, (0.4, 0.7))
    first, last = stretch(page)
    assert 60 < first < 200 < last < 360
    at_step(page, 400)  # to draw is not to seek
    page.get_by_role("button", name="As table").click()
    steps = [number(one) for one in page.locator(".result tbody th").all_inner_texts()]
    assert (steps[0], steps[-1]) == (first, last)
    box = canvas.bounding_box()
    middle = {"x": box["width"] * 0.6, "y": 60}
    canvas.click(position=middle)  # without drawing: goes there
    expect(page.locator(".track")).not_to_have_attribute("aria-valuenow", "400")
    at = int(str(page.locator(".track").get_attribute("aria-valuenow")))
    assert first < at < last
    assert stretch(page) == (first, last)
    canvas.dblclick(position=middle)
    expect(page.get_by_role("button", name="Whole run")).to_be_hidden()
    at_step(page, at)  # the first of two clicks goes nowhere
    expect(page.locator(".result tbody th").first).to_have_text("1")
    drawn_across(page, canvas, (0.3, 0.5))
    before = stretch(page)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".track")).to_have_attribute(
        "aria-valuemax", re.compile(r"^[4-9]\d\d|\d{4}")
    )
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    assert stretch(page) == before
    page.get_by_role("button", name="Whole run").click()
    expect(canvas).to_be_focused()
    expect(said(page)).not_to_contain_text("Steps ")


def test_a_stretch_is_chosen_by_keys(opened: Callable[..., Any]) -> None:
    page = opened("xor")
    canvas = chart(page, 200)
    asked_why(page, "wh[1,1]")
    canvas.focus()
    canvas.press("Home")
    for _ in range(5):
        canvas.press("PageDown")
    expect(said(page)).to_contain_text("step 51: ")
    canvas.press("+")
    assert stretch(page) == (26, 126)
    expect(said(page)).to_contain_text("step 51: ")  # the same is read on
    expect(page.locator("#polite")).to_have_text("Steps 26 to 126.")
    canvas.press("ArrowRight")
    expect(page.locator("#polite")).to_contain_text("step 52: loss")
    canvas.press("Enter")
    at_step(page, 52)
    canvas.press("+")
    expect(said(page)).to_contain_text("Steps 39 to 89.")
    for _ in range(8):
        canvas.press("+")
        page.wait_for_timeout(100)
    first, last = stretch(page)
    assert first <= 52 <= last
    assert last - first in (2, 3)
    canvas.press("-")
    expect(said(page)).not_to_contain_text(f"Steps {first} to {last}.")
    canvas.press("Escape")
    expect(said(page)).not_to_contain_text("Steps ")
    expect(page.locator("#why")).to_have_attribute("data-cell", "wh[1,1]")
    canvas.press("Escape")  # the second one is not for the chart
    expect(page.locator("#why")).to_have_attribute("data-cell", "")


def wiped(page: Any, x: float, y: float) -> None:
    """A finger comes down there, goes down the screen and is lifted."""
    line = page.context.new_cdp_session(page)
    moves = [[{"x": x, "y": y + 12 * k}] for k in range(9)]
    kinds = ["touchStart", *["touchMove"] * 8, "touchEnd"]
    for kind, points in zip(kinds, [*moves, []], strict=True):
        line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_scrolls_past_the_chart(looks: Callable[..., Any], server: Server) -> None:
    context = looks(viewport={"width": 400, "height": 800}, has_touch=True)
    page = chosen(at_the_doors(context.new_page(), server.address), "xor")
    page.keyboard.press("}")
    at_step(page, 100)
    page.locator("[data-side=result]").tap()
    page.locator("[data-tab=loss]").tap()
    canvas = page.locator("canvas.chart")
    canvas.scroll_into_view_if_needed()
    expect(canvas).to_have_css("touch-action", re.compile("^(auto|pan-y|manipulation)$"))
    box = canvas.bounding_box()
    before = page.evaluate("scrollY")
    wiped(page, box["x"] + 100, box["y"] + 30)
    for _ in range(50):
        if page.evaluate("scrollY") != before:
            break
        page.wait_for_timeout(100)
    assert page.evaluate("scrollY") < before
    expect(page.get_by_role("button", name="Whole run")).to_be_hidden()
    page.get_by_role("button", name="Closer").tap()
    first, last = stretch(page)
    assert last == 100
    assert first >= 40
    canvas.tap(position={"x": box["width"] * 0.6, "y": 60})
    expect(page.locator(".track")).not_to_have_attribute("aria-valuenow", "100")
