"""A server that ends and comes back, and a second page."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from .conftest import CUT, Server, Watch
from .reading import at_step, cell, cells, step_to


def test_a_cut_is_told_and_mended(page: Any, watch: Watch, own_server: Server) -> None:
    watch.allowed.append(CUT)
    page.goto(own_server.address)
    page.locator(".preset.main").click()
    step_to(page, 12)
    cell(page, "wh[1,1]").click()
    expect(page.locator("#why")).to_have_attribute("data-cell", "wh[1,1]")
    before = cells(page)
    own_server.end()
    banner = page.locator("#banner")
    expect(banner).to_contain_text("server stopped", timeout=2000)
    assert cells(page) == before
    expect(page.locator("#why .place")).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    token = own_server.address.rpartition("t=")[2]
    own_server.token = token
    own_server.start()
    expect(banner).to_be_hidden(timeout=12000)
    at_step(page, 12)
    assert cells(page) == before


def test_a_second_page_reads_and_takes_over(article: Any, context: Any, server: Server) -> None:
    second = context.new_page()
    second.goto(server.address)
    expect(second.locator("#banner")).to_contain_text("Another page holds the controls")
    expect(second.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    second.get_by_role("button", name="Take over").click()
    expect(second.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    expect(article.locator("#banner")).to_contain_text("Another page holds the controls")
    second.close()


def test_a_page_without_the_key_says_so(page: Any, watch: Watch, server: Server) -> None:
    watch.allowed.append(re.compile("WebSocket"))
    page.goto(server.address.partition("#")[0])
    expect(page.locator("#banner")).to_contain_text("Open the address")
