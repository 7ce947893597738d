"""What bounds the page's speed, without a clock: sizes, counts, requests. Times: benchmarks/playground.py."""  # noqa: E501

from __future__ import annotations

import json
import re
import struct
from typing import Any

from playwright.sync_api import expect

from .conftest import Server, at_the_doors, chosen
from .reading import asked_why, at_step

KINDS = {1: ("TICK", 8_000), 2: ("TAPE", 65_536)}
PACE = 50  # requests a second


class Line:
    """What went over the websocket of a page."""

    def __init__(self, page: Any) -> None:
        self.largest: dict[int, int] = {}
        self.asked: list[str] = []
        page.on("websocket", self._opened)

    def _opened(self, line: Any) -> None:
        line.on("framereceived", self._came)
        line.on("framesent", self._went)

    def _came(self, data: Any) -> None:
        if isinstance(data, bytes):
            kind, size = data[4], struct.unpack_from("<I", data, 28)[0]
            self.largest[kind] = max(self.largest.get(kind, 0), size)

    def _went(self, data: Any) -> None:
        if isinstance(data, str):
            self.asked.append(json.loads(data)["op"])


def test_perf(page: Any, server: Server) -> None:
    """Frames are small, cells and lines are few, and a step asks for little."""
    line = Line(page)
    chosen(at_the_doors(page, server.address), "moons")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".track")).to_have_attribute("aria-valuenow", re.compile(r"\d{3}"))
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    for kind, (name, most) in KINDS.items():
        assert 0 < line.largest[kind] <= most, name
    assert page.locator("svg.edges .edge").count() <= 200
    page.locator(".brand").click()
    chosen(page, "article")
    assert page.locator("#sheet [role=gridcell]").count() <= 400
    asked_why(page, "wh[1,1]")
    line.asked.clear()
    page.keyboard.press("]")
    at_step(page, 1)
    expect(page.locator("#why")).to_have_attribute("data-cell", "wh[1,1]")
    asked = [one for one in line.asked if one != "ack"]
    assert asked.count("step") == 1
    assert len(asked) <= 6, asked


def test_perf_page_weight(page: Any, server: Server) -> None:
    """All that the page loads, as it comes over the line, is less than 250 kB, and all from here."""  # noqa: E501
    done: dict[str, Any] = {}
    page.on("requestfinished", lambda one: done.update({one.url: one}))
    at_the_doors(page, server.address)
    page.wait_for_load_state("networkidle")
    weights = [one.sizes()["responseBodySize"] for one in done.values()]
    assert len(weights) > 20
    assert min(weights) > 100
    assert sum(weights) <= 250_000


def test_perf_unchanged_numbers_are_not_written_again(article: Any) -> None:
    """A step writes the cells that changed, once each: X, y and what stays are left alone."""
    written = """() => {
      window.written = new Map();
      new MutationObserver((all) => { for (const { target } of all) {
        const cell = (target.nodeType === 3 ? target.parentElement : target)?.closest('[role=gridcell]');
        if (cell) window.written.set(cell.dataset.cell, (window.written.get(cell.dataset.cell) ?? 0) + 1);
      } }).observe(document.getElementById('sheet'), { childList: true, characterData: true, subtree: true });
    }"""  # noqa: E501
    article.keyboard.press("]")
    at_step(article, 1)
    article.evaluate(written)
    article.keyboard.press("]")
    at_step(article, 2)
    expect(article.locator("#sheet")).to_have_attribute("data-dimmed", "false")
    found = dict(article.evaluate("[...window.written]"))
    assert found
    assert not any(name.startswith(("X[", "y[")) for name in found)
    assert set(found.values()) == {1}
