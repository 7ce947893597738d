"""What tests read from a page: cells by name, numbers as numbers."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

MINUS = "\u2212"


def cell(page: Any, name: str) -> Locator:
    """One cell of the sheet."""
    return page.locator(f'#sheet [role=gridcell][data-cell="{name}"]')


def number(text: str) -> float:
    return float(text.replace(MINUS, "-").replace("\u202f", ""))


def cells(page: Any) -> dict[str, str]:
    """Every cell of the sheet by its name, as it is shown."""
    pairs = page.locator("#sheet [role=gridcell]").evaluate_all(
        "all => all.map(e => [e.dataset.cell, e.textContent])"
    )
    return dict(pairs)


def step_to(page: Any, step: int) -> None:
    """Types a step, and waits until it is there."""
    page.locator("#step").fill(str(step))
    page.locator("#step").press("Enter")
    at_step(page, step)
    page.locator("#step").press("Escape")  # out of the field, so that keys act again


def at_step(page: Any, step: int, timeout: float = 10000) -> None:
    expect(page.locator(".track")).to_have_attribute("aria-valuenow", str(step), timeout=timeout)
    expect(page.locator("#sheet")).to_have_attribute("data-dimmed", "false", timeout=timeout)


def exact(page: Any, name: str) -> float:
    """The exact value that Why shows for a cell."""
    cell(page, name).click()
    expect(page.locator("#why .place")).to_be_visible()
    expect(page.locator("#why")).to_have_attribute("data-cell", name)
    return number(page.locator("#why [data-exact]").inner_text())
