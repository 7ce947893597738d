"""Training, pausing, seeking, forking: what was is never lost."""

from __future__ import annotations

import random
import re
from typing import Any

from playwright.sync_api import expect

from .reading import at_step, cell, exact, step_to

CHECK = "() => document.querySelector('#sheet').dataset.check"


def check(page: Any) -> str:
    """The checksum of the weights of the step that is shown."""
    return str(page.evaluate(CHECK))


def paused(page: Any) -> int:
    """Pauses a run; the step at which it stands."""
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    return int(page.locator(".track").get_attribute("aria-valuenow"))


def trained(page: Any, most: int = 0) -> int:
    """Trains for a while and pauses."""
    page.locator(".speed select").select_option("60")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".track")).to_have_attribute("aria-valuenow", re.compile(r"[1-9]\d+"))
    return paused(page)


def test_train_pause_and_seek_are_exact(opened: Any) -> None:
    page = opened("xor")
    last = trained(page)
    seen = {}
    choose = random.Random(7)  # noqa: S311
    for _ in range(12):
        step = choose.randint(0, last)
        step_to(page, step)
        seen.setdefault(step, check(page))
        assert check(page) == seen[step]
    step_to(page, last)
    there = check(page)
    step_to(page, 0)
    page.locator(".brand").click()
    page.locator("[data-preset='xor']").click()
    at_step(page, 0)
    step_to(page, last)
    assert check(page) == there


def test_everything_agrees_on_the_step(article: Any) -> None:
    step_to(article, 120)
    expect(article.locator(".track")).to_have_attribute("aria-valuetext", re.compile("120"))
    expect(article).to_have_title(re.compile("120"))
    shown = article.locator("[data-loss]").inner_text()
    assert abs(float(shown) - exact(article, "loss")) < 1e-3


def test_back_to_the_start_keeps_the_weights(article: Any) -> None:
    before = exact(article, "wh[1,1]")
    step_to(article, 50)
    assert exact(article, "wh[1,1]") != before
    article.keyboard.press("n")
    article.get_by_role("button", name="Back to step 0, same weights").click()
    at_step(article, 0)
    assert exact(article, "wh[1,1]") == before


def test_new_weights_are_a_separate_act(article: Any) -> None:
    before = exact(article, "wh[1,1]")
    article.keyboard.press("n")
    run = article.locator("#sheet").get_attribute("data-run")
    article.get_by_role("button", name="New starting weights").click()
    expect(article.locator("dialog")).to_have_count(0)
    expect(article.locator("#sheet")).not_to_have_attribute("data-run", str(run))
    assert exact(article, "wh[1,1]") != before


def test_the_rate_changes_without_a_reset(article: Any) -> None:
    step_to(article, 40)
    article.keyboard.press("n")
    article.locator("dialog").get_by_label("Learning rate").fill("0,5")
    article.get_by_role("button", name="From this step on").click()
    expect(article.locator("dialog")).to_have_count(0)
    at_step(article, 40)
    step_to(article, 60)
    assert exact(article, "lr") == 0.5
    step_to(article, 30)
    assert exact(article, "lr") == 0.1


def test_an_edited_weight_is_a_fork(article: Any) -> None:
    step_to(article, 3)
    parent = exact(article, "new_wh[1,1]")
    cell(article, "wh[1,1]").press("F2")
    field = article.get_by_label("New value of wh[1,1]").first
    field.fill("0,9")
    field.press("Enter")
    expect(article.locator("#why")).to_have_attribute("data-cell", "wh[1,1]")
    expect(cell(article, "wh[1,1]")).to_have_text("0.9000")
    at_step(article, 3)
    article.locator("[data-open=compare]").click()
    runs = article.locator("dialog .runs li")
    expect(runs.last).to_contain_text("wh[1,1]")
    runs.nth(-2).get_by_role("button", name="Show", exact=True).click()
    step_to(article, 3)
    assert exact(article, "new_wh[1,1]") == parent


def test_f_forks_here(article: Any) -> None:
    step_to(article, 20)
    article.locator("#sheet").focus()
    article.keyboard.press("f")
    article.locator("[data-open=compare]").click()
    expect(article.locator("dialog .runs li").last).to_contain_text("from step 20")


def test_a_run_that_diverges_halts_and_recovers(opened: Any) -> None:
    page = opened("lr-too-large")
    page.get_by_role("button", name="Train", exact=True).click()
    banner = page.locator(".banner.severe")
    expect(banner).to_be_visible(timeout=20000)
    expect(page.locator("#assertive")).not_to_be_empty()
    assert not re.search(r"\bNaN\b|infin|no number", page.locator("#sheet").inner_text())
    banner.locator("button.primary").first.click()
    expect(banner).to_be_hidden()
    expect(page.locator(".track")).to_have_attribute("aria-valuenow", re.compile(r"\d+"))


def test_a_long_run_keeps_a_thin_curve(opened: Any) -> None:
    page = opened("xor")
    step_to_far(page, 30000)
    points = page.evaluate("performance.memory ? performance.memory.usedJSHeapSize : 0")
    assert points < 150e6
    expect(page.locator("[data-tab=loss]")).to_be_visible()
    page.locator("[data-tab=loss]").click()
    page.get_by_role("button", name="As table").click()
    assert page.locator("#side tbody tr").count() <= 24


def step_to_far(page: Any, step: int) -> None:
    page.locator("#step").fill(str(step))
    page.locator("#step").press("Enter")
    at_step(page, step, 60000)


def test_a_hidden_page_is_sent_nothing(opened: Any) -> None:
    page = opened("xor")
    frames: list[int] = []
    page.reload()
    page.on("websocket", lambda _: None)
    page.locator("#sheet [role=grid]").first.wait_for()
    page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }"
    )
    page.get_by_role("button", name="Train", exact=True).click()
    before = page.locator(".track").get_attribute("aria-valuenow")
    page.wait_for_timeout(600)
    assert page.locator(".track").get_attribute("aria-valuenow") == before
    page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', { value: false, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }"
    )
    expect(page.locator(".track")).not_to_have_attribute("aria-valuenow", str(before))
    assert not frames
