"""The four doors, and what stands behind each."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect


def test_start(start: Any) -> None:
    """Four doors; Enter goes through the first, and trains nothing."""
    for door in ("The article", "My data", "A link", "A problem"):
        expect(start.get_by_role("region", name=door, exact=True)).to_be_visible()
    expect(start.locator(".problems .preset")).not_to_have_count(0)
    expect(start.locator(".preset.main")).to_be_focused()
    start.keyboard.press("Enter")
    expect(start.locator(".parts li button")).to_have_count(12)
    expect(start.locator("#step")).to_have_value("0")
    expect(start.locator("#parts button[aria-current=step] .n")).to_have_text("0")
    expect(start).to_have_title(re.compile("workings"))


def test_the_article_is_whole_on_a_desktop(article: Any) -> None:
    article.get_by_role("button", name="One step on (])").click()
    expect(article.locator("#step")).to_have_value("1")
    sheet = article.locator("#sheet").evaluate(
        "e => [e.scrollHeight, e.clientHeight, e.scrollWidth, e.clientWidth]"
    )
    assert sheet[0] <= sheet[1], f"the sheet is {sheet[0] - sheet[1]} px too high"
    assert sheet[2] <= sheet[3], f"the sheet is {sheet[2] - sheet[3]} px too wide"
    page = article.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert page[0] <= page[1]
    for button in article.locator(".parts li button").all():
        expect(button).to_be_in_viewport(ratio=1)


def test_every_preset_opens(start: Any) -> None:
    names = start.locator("[data-preset]").evaluate_all("all => all.map(e => e.dataset.preset)")
    assert len(names) > 6
    for name in names:
        start.locator(f"[data-preset='{name}']").click()
        expect(start.locator("#sheet [role=grid]").first).to_be_visible()
        expect(start.locator(".neuron").first).to_be_visible()
        start.locator(".brand").click()
        expect(start.locator(".preset.main")).to_be_visible()
