"""A sum that is played, and what Why shows when another run is opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .reading import asked_why, cell, number, step_to
from .test_access import RULES

LIST = "#why .terms[data-of]"
LONGEST = 1200  # milliseconds that may pass until the sum stands where it belongs
PLAYED = """() => {
  const button = document.querySelector('.show-me');
  button.click();
  const all = document.querySelector('.scene').getAnimations({ subtree: true });
  for (const one of all) one.pause(); // a slow machine sees the same
  return { said: button.textContent, ends: all.map((one) => one.effect.getComputedTiming().endTime),
    still: document.querySelectorAll('.stage > :not(.name, .label)').length };
}"""
MOVING = "() => document.querySelector('.scene').getAnimations({ subtree: true }).length"


def numbers(page: Any, where: str) -> list[float]:
    """The numbers of a list or of the scene, in their order."""
    return [number(one.strip("()")) for one in page.locator(where).all_inner_texts()]


def alike(page: Any) -> None:
    """What is played is what the list says."""
    assert numbers(page, ".stage .product") == numbers(page, f"{LIST} .term:not(.sum) .num")
    assert numbers(page, ".stage .total") == numbers(page, f"{LIST} .sum strong")
    factors = numbers(page, ".stage :is(.left, .right)")
    assert factors == numbers(page, f"{LIST} .product .link")


def test_a_sum_is_played_to_its_end_and_again(article: Any) -> None:
    step_to(article, 1)
    asked_why(article, "hidden_layer_input[2,1]")
    expect(article.locator(".scene")).to_be_hidden()
    played = article.evaluate(PLAYED)
    assert played["said"] == "Finish"
    assert len(played["ends"]) == played["still"] > 20  # nothing stands there from the start
    assert max(played["ends"]) <= LONGEST
    alike(article)
    assert numbers(article, ".stage .right")[-1] == 0.46  # the bias stands under its weights
    button = article.locator(".show-me")
    button.focus()
    article.keyboard.press("Enter")
    expect(button).to_have_text("Again")
    assert article.evaluate(MOVING) == 0
    alike(article)
    assert article.evaluate(PLAYED)["said"] == "Finish"
    assert article.evaluate(MOVING) == played["still"]
    button.press(" ")
    expect(button).to_have_text("Again")
    found = Axe().run(article, options=RULES)
    assert not found.response["violations"]
    article.evaluate("() => document.querySelector('.show-me').click()")
    expect(button).to_have_text("Again")  # by itself, when all have come to rest


@pytest.mark.parametrize(
    ("name", "said"),
    [("d_output[1,1]", "Show me"),
     ("d_wh[1,1]", "Show me the sum"), ("new_bh[1,2]", "Show me the sum"),
     ("loss", "Show me the sum")],
)  # fmt: skip
def test_every_kind_of_number_is_played(article: Any, name: str, said: str) -> None:
    step_to(article, 1)
    asked_why(article, name)
    expect(article.locator(".show-me")).to_have_text(said)
    assert max(article.evaluate(PLAYED)["ends"]) <= LONGEST
    alike(article)


def test_of_a_long_sum_the_largest_are_played(opened: Callable[..., Any]) -> None:
    page = opened("moons")
    step_to(page, 1)
    asked_why(page, "d_bout[1,1]")
    for width in (1440, 400):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(PLAYED)
        expect(page.locator(".stage .equals")).to_have_count(12)
        expect(page.locator(".stage .rest")).to_have_text("and 52 more")
        left_out = page.locator(f"{LIST} .rest").inner_text()
        assert page.locator(".stage .product").last.inner_text() in left_out
        page.locator(".show-me").click()
    page.get_by_role("button", name="show all").click()
    expect(page.locator(f"{LIST} .term:not(.sum)")).to_have_count(64)
    page.evaluate(PLAYED)
    every = numbers(page, f"{LIST} .term:not(.sum) .num")
    played = numbers(page, ".stage .product")
    assert len(played) == 5
    assert sorted(map(abs, played)) == sorted(map(abs, every))[-5:]
    expect(page.locator(".stage .rest")).to_have_text("and 59 more")


def test_what_does_not_move_is_not_played(article: Any) -> None:
    asked_why(article, "hidden_layer_input[2,1]")
    expect(article.locator(".show-me")).to_have_count(1)
    article.locator("#sheet").focus()
    article.keyboard.press("m")
    expect(article.locator(".show-me, .scene")).to_have_count(0)
    article.keyboard.press("m")
    expect(article.locator(".show-me")).to_have_count(1)


def other(page: Any, go: Callable[[], object]) -> None:
    """Does what opens another run, and waits until its numbers are there."""
    before = page.locator("#sheet").get_attribute("data-run")
    go()
    expect(page.locator("#sheet")).not_to_have_attribute("data-run", str(before))
    expect(page.locator("#sheet [role=grid]").first).to_be_visible()


def through_a_door(page: Any, preset: str) -> None:
    page.locator(".brand").click()
    page.locator(f"[data-preset='{preset}']").click()


def told(page: Any, name: str) -> None:
    """Why is open on a cell, and says what the sheet says."""
    run = str(page.locator("#sheet").get_attribute("data-of"))
    expect(page.locator("#why")).to_have_attribute("data-cell", name)
    expect(page.locator("#why")).to_have_attribute("data-of", run)
    shown = number(cell(page, name).inner_text())
    value = number(page.locator("#why [data-exact]").inner_text())
    assert value == pytest.approx(shown, abs=6e-5)  # four decimals are shown


def is_closed(page: Any) -> None:
    """Why shows the part again, and nothing is chosen on the sheet."""
    part = page.locator("#parts button[aria-current=step] .n").inner_text()
    expect(page.locator("#why h2")).to_have_text(re.compile(rf"^{part} · "))
    expect(page.locator("#why")).to_have_attribute("data-cell", "")
    expect(page.locator("#why .trail, #why .wrong")).to_have_count(0)
    expect(page.locator("#sheet .cell.open")).to_have_count(0)


def test_why_of_a_cell_that_is_gone_closes(article: Any) -> None:
    """In a smaller problem, in a smaller network, and in a table of one's own."""
    asked_why(article, "wh[4,3]")
    other(article, lambda: through_a_door(article, "xor"))  # of two inputs
    is_closed(article)
    asked_why(article, "bh[1,4]")
    article.locator("#sheet").focus()
    article.keyboard.press("n")
    article.locator("dialog [data-path='network.hidden.0.units']").fill("3")
    other(article, lambda: article.get_by_role("button", name="Start a new run").click())
    expect(article.locator("dialog")).to_have_count(0)
    is_closed(article)
    asked_why(article, "X[4,2]")
    other(article, lambda: own_table(article))  # of three rows
    is_closed(article)


def test_why_of_a_cell_that_is_there_still_is_asked_again(article: Any) -> None:
    asked_why(article, "wh[4,3]")
    asked_why(article, "wh[2,1]")
    expect(article.locator("#why .trail")).to_have_text("wh[4,3]")
    other(article, lambda: through_a_door(article, "xor"))
    told(article, "wh[2,1]")
    expect(article.locator("#why .trail")).to_have_count(0)  # there is no way back to it
    asked_why(article, "X[2,1]")
    other(article, lambda: own_table(article))
    told(article, "X[2,1]")
    expect(article.locator("#why")).to_contain_text("In the table it is 4.5")  # it was scaled


def own_table(page: Any) -> None:
    """Pastes a table of two inputs and three rows, and opens it."""
    page.locator("#sheet").focus()
    page.keyboard.press("d")
    page.locator("dialog textarea").fill("width,height,heavy\n1.5,2,0\n4.5,5,1\n7.5,8,0\n")
    page.get_by_role("button", name="Use these rows").click()
    page.get_by_role("button", name="Open this table").click()
    expect(page.locator("dialog")).to_have_count(0)


def test_why_of_a_sample_waits_for_the_steps_it_is_in(opened: Callable[..., Any]) -> None:
    """A batch holds some of the rows: where its row is not, the cell is not another row's."""
    page = opened("iris")
    step_to(page, 1)
    name = page.locator("#sheet [data-cell^='losses[']").first.get_attribute("data-cell")
    asked_why(page, str(name))
    value = page.locator("#why [data-exact]").inner_text()
    step_to(page, 2)
    expect(page.locator("#why .wrong")).to_be_visible()
    step_to(page, 1)
    expect(page.locator("#why [data-exact]")).to_have_text(value)
