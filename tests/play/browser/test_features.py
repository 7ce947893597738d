"""Drawing, the effect of an update, regions, waiting, long presses, and what links leave out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Server, at_the_doors, chosen
from .reading import at_step, cell, exact, step_to


def points_said(page: Any) -> Any:
    return page.locator(".board > p[role=status]")


def drawing(page: Any) -> Any:
    """Opens the board of points."""
    page.get_by_role("button", name="Open a table…").click()
    page.get_by_role("button", name="…or draw points").click()
    board = page.locator("canvas.drawn")
    expect(board).to_be_visible()
    return board


def test_points_are_drawn_and_trained_on(start: Any) -> None:
    board = drawing(start)
    for place, letter in enumerate("AABB"):
        start.get_by_role("button", name=re.compile(f" {letter}$")).click()
        board.click(position={"x": 80 + 90 * place, "y": 60 + 40 * place})
    expect(points_said(start)).to_have_text("4 points: A 2, B 2.")
    start.get_by_role("button", name="Remove", exact=True).click()
    board.click(position={"x": 80, "y": 60})
    expect(points_said(start)).to_have_text("3 points: A 1, B 2.")
    start.get_by_role("button", name="Undo", exact=True).click()
    expect(points_said(start)).to_have_text("4 points: A 2, B 2.")
    start.get_by_role("button", name="Use these points").click()
    expect(start.locator("dialog .shape")).to_contain_text("X is 4×2")
    start.get_by_role("button", name="Open this table").click()
    expect(start.locator("dialog")).to_have_count(0)
    step_to(start, 3)
    assert abs(exact(start, "X[1,1]")) < 10


def test_points_are_drawn_without_a_mouse(start: Any) -> None:
    board = drawing(start)
    board.focus()
    for key in ("Enter", "ArrowRight", "ArrowRight", "2", "Enter", "ArrowUp", "ArrowUp", "Enter"):
        board.press(key)
    expect(points_said(start)).to_have_text("3 points: A 1, B 2.")
    board.press("Delete")
    expect(points_said(start)).to_have_text("2 points: A 1, B 1.")
    start.get_by_role("textbox", name="x", exact=True).fill("0,25")
    start.get_by_role("textbox", name="y", exact=True).fill("3")
    start.get_by_role("button", name="Add this point").click()
    expect(points_said(start)).to_have_text("3 points: A 1, B 2.")


def test_a_region_of_points_is_chosen_moved_to_a_class_and_removed(start: Any) -> None:
    board = drawing(start)
    for x, y in ((100, 60), (130, 80), (400, 200)):
        board.click(position={"x": x, "y": y})
    start.get_by_role("button", name="Select", exact=True).click()
    box = board.bounding_box()
    start.mouse.move(box["x"] + 60, box["y"] + 30)
    start.mouse.down()
    start.mouse.move(box["x"] + 200, box["y"] + 120, steps=3)
    start.mouse.up()
    start.get_by_role("button", name=re.compile(" C$")).click()
    expect(points_said(start)).to_have_text("3 points: A 1, C 2.")
    start.get_by_role("button", name="Remove 2", exact=True).click()
    expect(points_said(start)).to_have_text("1 points: A 1.")


def test_the_proof_of_scaling_is_on_the_sheet(start: Any) -> None:
    start.get_by_role("button", name="Open a table…").click()
    start.locator("dialog .others select").select_option("iris")
    rows = start.locator(".scaling [data-column]")
    expect(rows).to_have_count(4, timeout=20000)  # scikit-learn is loaded for this table
    for row in rows.all():
        used, training, every = (row.locator("td").nth(k).inner_text() for k in range(3))
        assert used == training != every


def test_the_update_says_its_true_size(article: Any) -> None:
    step_to(article, 1)
    article.locator("#parts li button").nth(10).click()
    expect(article.locator("[data-effect]")).to_have_text("loss 0.3541 → 0.3530")
    article.locator("#parts li button").nth(7).click()
    toggle = article.get_by_role("switch")
    expect(toggle).to_have_attribute("aria-checked", "false")
    expect(article.locator("#why")).to_contain_text("There is no learning rate in this part")
    toggle.click()
    expect(toggle).to_have_attribute("aria-checked", "true")
    row = article.locator(".pictured tbody tr").first
    expect(row).to_contain_text("0.0350")
    expect(row).to_contain_text("0.0035")


def test_a_region_of_the_map_becomes_the_rows_of_the_sheet(opened: Any) -> None:
    page = opened("moons")
    page.wait_for_timeout(400)
    box = page.locator("canvas.map").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 70, steps=3)
    page.mouse.up()
    chosen = page.locator(".sheet-top .only")
    expect(chosen).to_contain_text("chosen samples")
    expect(page.locator('[data-matrix="X"] .more')).not_to_have_text("1–12 of 64")
    chosen.click()
    expect(page.locator('[data-matrix="X"] .more')).to_have_text("1–12 of 64")
    page.get_by_label("Show some samples alone").fill("1-9999")
    page.get_by_label("Show some samples alone").press("Enter")
    expect(chosen).to_contain_text("500 chosen samples")


def test_columns_of_a_cut_matrix_have_statistics(opened: Any) -> None:
    page = opened("moons")
    page.locator('[data-matrix="X"] .more').click()
    table = page.locator('[data-matrix="X"] .statistics')
    expect(table.locator("tbody tr")).to_have_count(4)
    expect(table.locator("caption")).to_have_text("Over all 64 rows")


def test_a_long_way_shows_a_skeleton_and_can_be_given_up(opened: Any) -> None:
    page = opened("spiral")
    page.locator("#step").fill("900000")
    page.locator("#step").press("Enter")
    page.locator("#waiting button").click(timeout=8000)
    expect(page.locator("#waiting .over")).to_be_hidden()
    expect(page.locator("#sheet")).to_have_attribute("data-dimmed", "false", timeout=10000)
    track = page.locator(".track")
    expect(track).not_to_have_attribute("aria-valuenow", "0")  # some of the way was gone
    assert int(track.get_attribute("aria-valuenow")) < 900_000


def test_a_number_is_moved_by_hand(article: Any) -> None:
    step_to(article, 1)
    cell(article, "wh[1,1]").click()
    slider = article.get_by_label("Move wh[1,1]")
    expect(slider).to_be_enabled()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("0.4200: loss 0.3541"))
    slider.focus()
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("0.4700"))
    article.get_by_role("button", name="Try in a fork").click()
    expect(cell(article, "wh[1,1]")).to_have_text(re.compile("0.470*"))


def test_distributions_have_a_past_and_zones(opened: Any) -> None:
    page = opened("dead-relus")
    step_to(page, 40)
    page.locator("[data-go=distributions]").click()
    first = page.locator(".spread").first
    expect(first).to_contain_text("all dead")
    expect(first).to_contain_text("Steps 1 to 40")
    expect(first.locator("canvas.heat")).to_be_visible()


def test_a_loss_is_smoothed_when_asked_for(opened: Any) -> None:
    page = opened("moons")
    step_to(page, 120)
    page.locator("[data-tab=loss]").click()
    smooth = page.get_by_role("button", name="Smooth")
    expect(smooth).to_have_attribute("aria-pressed", "false")
    smooth.click()
    expect(smooth).to_have_attribute("title", "Running mean over 3 steps")


def test_samples_are_read_by_arrows_and_as_a_table(opened: Any) -> None:
    page = opened("xor")
    page.wait_for_timeout(300)
    page.locator("canvas.map").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".sample select")).to_have_value("2")
    expect(page.locator("#polite")).to_contain_text("sample 2: x1")
    page.locator(".result").get_by_role("button", name="As table").click()
    expect(page.get_by_role("region", name="Samples as table").locator("tbody tr")).to_have_count(4)


def test_the_way_of_a_weight_is_enough_of_an_answer(article: Any) -> None:
    step_to(article, 1)
    article.locator("#sheet").focus()
    article.keyboard.press("p")
    cell(article, "new_wout[1,1]").click()
    article.locator("[data-way=up]").click()
    expect(article.locator("#why .said")).to_contain_text("the other way")
    article.locator("[data-way=down]").click()
    expect(article.locator("#why")).to_have_attribute("data-cell", "new_wout[1,1]")
    expect(article.locator(".sheet-top")).to_contain_text("1 of 2 right")


def test_a_finger_that_stays_edits(looks: Callable[..., Any], server: Server) -> None:
    context = looks(viewport={"width": 400, "height": 800}, has_touch=True)
    page = chosen(at_the_doors(context.new_page(), server.address), "article")
    page.locator("#parts li button").nth(1).click()
    touched = cell(page, "wh[1,1]")
    touched.wait_for()
    touched.dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    expect(touched.locator("input")).to_be_visible(timeout=3000)
    touched.locator("input").press("Escape")
    touched.dispatch_event("pointerup", {"pointerType": "touch", "bubbles": True})
    touched.dispatch_event("click")  # the end of the press opens nothing
    expect(page.locator("#why")).to_have_attribute("data-cell", "")
    touched.tap()
    expect(page.locator("#why")).to_have_attribute("data-cell", "wh[1,1]")


def test_a_fresh_browser_shows_what_was_shared_and_leaves_out_what_was_said(
    article: Any, looks: Callable[..., Any], server: Server
) -> None:
    step_to(article, 4)
    article.keyboard.press("t")
    cell(article, "wh[1,2]").click()
    field = article.get_by_label("New value of wh[1,2]")
    field.fill("0.5")
    field.press("Enter")
    expect(article.locator("#polite")).not_to_be_empty()
    expect(cell(article, "wh[1,2]")).to_have_text(re.compile("0.50*"))
    step_to(article, 6)
    article.locator("#parts li button").nth(7).click()
    check = article.locator("#sheet").get_attribute("data-check")
    article.locator("[data-open=export]").click()
    article.get_by_text("Leave controls out").click()
    link = article.locator("dialog .share")
    expect(link).to_have_value(re.compile("s="))
    for name in ("compare", "check", "diagnosis"):
        before = link.input_value()
        article.locator(f"[data-hidable={name}]").check()
        expect(link).not_to_have_value(before)
    text = link.input_value()
    assert len(text) <= 6000
    article.close()
    page = looks().new_page()
    token = server.address.partition("#")[2]
    page.goto(f"{text.partition('#')[0]}#{token}&{text.partition('#')[2]}")
    expect(page.locator("#why")).to_have_attribute("data-cell", "wh[1,2]")
    at_step(page, 6)
    expect(page.locator("#sheet")).to_have_attribute("data-check", check)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#parts button[aria-current=step] .n")).to_have_text("7")
    for left_out in ("[data-open=compare]", ".panel.diagnosis", "#why .check"):
        expect(page.locator(left_out).first).to_be_hidden()
    expect(page.locator("[data-open=export]")).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    page.wait_for_timeout(300)
    at_step(page, 6)  # nothing was started


@pytest.mark.parametrize(
    "fragment", ["s=AAAA", "s=" + "A" * 100_000, "s=%25%25", "hide=evil,compare&s=x"]
)
def test_a_hostile_address_leaves_the_page_usable(page: Any, server: Server, fragment: str) -> None:
    token = server.address.partition("#")[2]
    page.goto(f"{server.address.partition('#')[0]}#{token}&{fragment}")
    expect(page.locator("#banner")).to_be_visible()
    page.locator(".brand").click()
    page.locator("[data-preset=and]").click()
    expect(page.locator("#sheet [role=grid]").first).to_be_visible()
