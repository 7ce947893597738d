"""Training, pausing, seeking, forking: what was is never lost."""

from __future__ import annotations

import random
import re
from typing import Any

from playwright.sync_api import expect

from .reading import at_step, cell, check, exact, step_to

SOUGHT = """async (steps) => {
  const sheet = document.getElementById('sheet'), field = document.getElementById('step');
  const track = document.querySelector('.track');
  const found = [];
  for (const step of steps) {
    const there = () => Number(track.getAttribute('aria-valuenow')) === step && sheet.dataset.dimmed === 'false';
    const told = there() ? null : new Promise((done) => {
      const seen = new MutationObserver(() => there() && (seen.disconnect(), done()));
      seen.observe(document.body, { attributes: true, subtree: true, attributeFilter: ['aria-valuenow', 'data-dimmed'] });
    });
    field.value = String(step);
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    await told;
    found.push([step, sheet.dataset.check]);
  }
  return found;
}"""  # noqa: E501
HIDE = """(hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def paused(page: Any) -> int:
    """Pauses a run; the step at which it stands."""
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    expect(page.locator("#sheet")).to_have_attribute("data-running", "false")
    return int(page.locator(".track").get_attribute("aria-valuenow"))


def trained(page: Any) -> int:
    """Trains for a while and pauses."""
    page.locator(".speed select").select_option("60")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".track")).to_have_attribute("aria-valuenow", re.compile(r"[1-9]\d+"))
    return paused(page)


def test_train_pause_seek(opened: Any) -> None:
    """Random seeks, each to the very same bits; and a second run from 0 has them too."""
    page = opened("xor")
    last = trained(page)
    choose = random.Random(7)  # noqa: S311
    steps = [choose.randint(0, last) for _ in range(60)]
    seen: dict[int, str] = {}
    for step, bits in page.evaluate(SOUGHT, [*steps, last, *steps[::-1]]):
        assert bits == seen.setdefault(step, bits), step
    assert len(set(seen.values())) == len(seen)
    page.locator(".brand").click()
    page.locator("[data-preset='xor']").click()
    at_step(page, 0)
    step_to(page, last)
    assert check(page) == seen[last]


def test_everything_agrees_on_the_step(article: Any) -> None:
    step_to(article, 120)
    expect(article.locator(".track")).to_have_attribute("aria-valuetext", re.compile("120"))
    expect(article).to_have_title(re.compile("120"))
    shown = article.locator("[data-loss]").inner_text()
    assert abs(float(shown) - exact(article, "loss")) < 1e-3


def test_reset_same_weights(article: Any) -> None:
    before = exact(article, "wh[1,1]")
    bits = check(article)
    step_to(article, 50)
    assert exact(article, "wh[1,1]") != before
    article.keyboard.press("n")
    article.get_by_role("button", name="Back to step 0, same weights").click()
    at_step(article, 0)
    assert exact(article, "wh[1,1]") == before
    assert check(article) == bits


def test_new_weights_are_a_separate_act(article: Any) -> None:
    before = exact(article, "wh[1,1]")
    article.keyboard.press("n")
    run = article.locator("#sheet").get_attribute("data-run")
    article.get_by_role("button", name="New starting weights").click()
    expect(article.locator("dialog")).to_have_count(0)
    expect(article.locator("#sheet")).not_to_have_attribute("data-run", str(run))
    told = article.locator("#why [data-exact]")  # the cell stays chosen: it is told anew
    expect(told).not_to_have_text(str(before))
    assert exact(article, "wh[1,1]") != before


def test_fork_lr(article: Any) -> None:
    """The rate changes on the way, without a reset; earlier it makes a fork."""
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
    run = article.locator("#sheet").get_attribute("data-run")
    article.keyboard.press("n")
    article.locator("dialog").get_by_label("Learning rate").fill("0.2")
    article.get_by_role("button", name="From this step on").click()
    expect(article.locator("#sheet")).not_to_have_attribute("data-run", str(run))
    at_step(article, 30)
    article.locator("[data-open=compare]").click()
    expect(article.locator("dialog .runs li").last).to_contain_text("from step 30")
    expect(article.locator("dialog table")).to_contain_text("0.2")


def test_edit_weight_f2(article: Any) -> None:
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
    expect(article.locator("dialog canvas").first).to_have_attribute("aria-label", re.compile(";"))
    runs.nth(-2).get_by_role("button", name="Show", exact=True).click()
    step_to(article, 3)
    assert exact(article, "new_wh[1,1]") == parent


def test_f_forks_here(article: Any) -> None:
    step_to(article, 20)
    run = article.locator("#sheet").get_attribute("data-run")
    article.locator("#sheet").focus()
    article.keyboard.press("f")
    expect(article.locator("#sheet")).not_to_have_attribute("data-run", str(run))
    article.locator("[data-open=compare]").click()
    expect(article.locator("dialog .runs li").last).to_contain_text("from step 20")


def test_diverge_and_recover(opened: Any) -> None:
    page = opened("lr-too-large")
    page.get_by_role("button", name="Train", exact=True).click()
    banner = page.locator(".banner.severe")
    expect(banner).to_be_visible()
    expect(page.locator("#assertive")).not_to_be_empty()
    expect(banner).to_contain_text(re.compile(r"\w+\[\d+,\d+\]"))
    assert not re.search(r"\bNaN\b|infin|no number", page.locator("#workings").inner_text())
    run = page.locator("#sheet").get_attribute("data-run")
    banner.locator("button.primary").first.click()
    expect(banner).to_be_hidden()
    expect(page.locator("#sheet")).not_to_have_attribute("data-run", str(run))
    before = int(page.locator(".track").get_attribute("aria-valuenow"))
    page.keyboard.press("]")
    at_step(page, before + 1)
    expect(banner).to_be_hidden()


def test_long_run(opened: Any) -> None:
    """A hundred thousand steps: the page stays small, and its curve thin."""
    page = opened("xor")
    step_to(page, 100_000)
    assert page.evaluate("performance.memory.usedJSHeapSize") < 150e6
    page.locator("[data-tab=loss]").click()
    page.get_by_role("button", name="As table").click()
    expect(page.locator("#side tbody tr")).not_to_have_count(0)
    assert page.locator("#side tbody tr").count() <= 24
    step_to(page, 77_777)
    assert exact(page, "loss") > 0


def test_hidden_tab(page: Any, opened: Any) -> None:
    """A hidden page is sent no pictures, and comes back to what is."""
    frames: list[Any] = []
    page.on("websocket", lambda line: line.on("framereceived", lambda data: frames.append(data)))
    opened("xor")
    page.reload()
    expect(page.locator("#sheet [role=grid]").first).to_be_visible()
    page.evaluate(HIDE, True)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    pictures = [one for one in frames if isinstance(one, bytes)]
    assert pictures
    before = page.locator(".track").get_attribute("aria-valuenow")
    page.wait_for_timeout(500)  # time in which nothing may come
    assert [one for one in frames if isinstance(one, bytes)] == pictures
    assert page.locator(".track").get_attribute("aria-valuenow") == before
    page.evaluate(HIDE, False)
    expect(page.locator(".track")).not_to_have_attribute("aria-valuenow", str(before))
