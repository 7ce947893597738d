"""A server that ends and comes back, a second page, and pages that have no business here."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from .conftest import CUT, Server, Watch, at_the_doors, chosen
from .reading import asked_why, at_step, cells, step_to

FOREIGN = """async ([port, token]) => {
  const tried = (make) => new Promise((done) => {
    try {
      const line = make();
      line.onopen = () => done('open');
      line.onerror = () => done('refused');
    } catch (error) { done('refused'); }
  });
  const read = (url) => fetch(url).then((one) => one.text(), () => 'refused');
  return [
    await tried(() => new WebSocket(`ws://127.0.0.1:${port}/ws`, ['workings.1', `t.${token}`])),
    await tried(() => new WebSocket(`ws://localhost:${port}/ws`, ['workings.1', `t.${token}`])),
    await read(`http://127.0.0.1:${port}/`), await read(`http://localhost:${port}/main.js`),
  ];
}"""
BROKEN = """async () => {
  const broken = [];
  document.addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));
  const image = new Image();
  image.src = 'http://127.0.0.2:9/x.png';
  const script = document.createElement('script');
  script.textContent = 'window.ran = true';
  document.body.append(script);
  const fetched = await fetch('http://127.0.0.2:9/').then(() => 'went', () => 'refused');
  let ran = 'ran';
  await new Promise((done) => setTimeout(() => { // in a task of its own: a driven one may
    try { new Function('return 1')(); } catch { ran = 'refused'; }
    done();
  }));
  return { fetched, ran, inline: window.ran === true, broken: broken.sort() };
}"""  # noqa: E501


def test_disconnect_reconnect(page: Any, watch: Watch, own_server: Server) -> None:
    """The page stays readable without its server, and goes on where it was when it is back."""
    watch.allowed.append(CUT)
    at_the_doors(page, own_server.address)
    chosen(page, "article")
    step_to(page, 12)
    asked_why(page, "wh[1,1]")
    before = cells(page)
    own_server.end()
    banner = page.locator("#banner")
    expect(banner).to_contain_text("server stopped")
    assert cells(page) == before
    expect(page.locator("#why .place")).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    own_server.start()  # at the same port, with the same token
    expect(banner).to_be_hidden()
    at_step(page, 12)
    assert cells(page) == before
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()


def test_second_tab(article: Any, context: Any, server: Server) -> None:
    """A second page only looks, until it takes over; then the first only looks."""
    second = context.new_page()
    second.goto(server.address)
    expect(second.locator("#banner")).to_contain_text("Another page holds the controls")
    expect(second.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    step_to(article, 5)
    at_step(second, 5)
    second.get_by_role("button", name="Take over").click()
    expect(second.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    expect(article.locator("#banner")).to_contain_text("Another page holds the controls")
    second.close()
    expect(article.get_by_role("button", name="Train", exact=True)).to_be_enabled()


def test_held_keys_are_not_too_many_requests(article: Any) -> None:
    """A key that is held, with Why open, never asks for more than the server takes."""
    asked_why(article, "wh[1,1]")
    article.locator("#sheet").focus()
    for _ in range(150):
        article.keyboard.press("]")
    at_step(article, 150)
    for name in list(cells(article))[:120]:
        article.evaluate(
            "name => document.querySelector(`[data-cell='${name}']`)"
            ".dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))", name,
        )  # fmt: skip
    at_step(article, 150)
    expect(article.locator("#banner")).to_be_hidden()
    expect(article.get_by_role("button", name="Train", exact=True)).to_be_enabled()


def test_a_page_without_the_key_says_so(page: Any, watch: Watch, server: Server) -> None:
    watch.allowed.append(re.compile("WebSocket"))
    page.goto(server.address.partition("#")[0])
    expect(page.locator("#banner")).to_contain_text("Open the address")


class _Elsewhere(BaseHTTPRequestHandler):
    """Another site: an empty page, or one that frames ours."""

    framed = ""

    def do_GET(self) -> None:
        """The one page there is."""
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>x</title>{self.framed}".encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """The address of another origin, which serves the markup it is given."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
    beside = threading.Thread(target=server.serve_forever, daemon=True)
    beside.start()

    def at(markup: str = "") -> str:
        _Elsewhere.framed = markup
        return f"http://127.0.0.1:{server.server_port}/"

    yield at
    server.shutdown()
    server.server_close()
    beside.join()


def test_security_http(page: Any, watch: Watch, server: Server, elsewhere: Any) -> None:
    """Another site reaches nothing, though it knows the token; raw sockets: tests/play/test_security.py."""  # noqa: E501
    watch.allowed.append(re.compile("WebSocket|CORS|ERR_FAILED|frame|X-Frame|ERR_BLOCKED|favicon"))
    page.goto(elsewhere())
    assert page.evaluate(FOREIGN, [server.port, server.token]) == ["refused"] * 4
    page.goto(elsewhere(f'<iframe src="http://127.0.0.1:{server.port}/"></iframe>'))
    framed = page.frames[1]
    assert framed.locator("#top").count() == 0
    assert framed.url.startswith("chrome-error:")


def test_no_external_requests(article: Any, watch: Watch, server: Server) -> None:
    """All that was asked for is from here; and what would go elsewhere is refused by the policy."""
    home = {f"127.0.0.1:{server.port}"}
    asked = [one for one in watch.asked if not one.startswith(("blob:", "data:"))]
    assert {urlsplit(one).netloc for one in asked} == home
    assert any(one.startswith("ws:") for one in asked)
    watch.allowed.append(re.compile("Content Security Policy|Refused|violates|127.0.0.2:9"))
    found = article.evaluate(BROKEN)
    assert (found["fetched"], found["ran"], found["inline"]) == ("refused", "refused", False)
    assert {"connect-src", "img-src", "script-src", "script-src-elem"} >= set(found["broken"])
    assert {"connect-src", "img-src", "script-src-elem"} <= set(found["broken"])
