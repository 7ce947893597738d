"""A true server on a free loopback port, and pages that fail on anything that should not be."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
HERE = Path(__file__).parent
ASKED = "WORKINGS_BROWSER"  # they take minutes: said when the page changed, and by .ci/run
PATIENCE = 60_000  # milliseconds: what a loaded machine may take; a test that passes waits for none
HOME = ("127.0.0.1", "localhost")
CUT = re.compile(r"WebSocket connection to .* failed")  # what a browser says of a server that ended
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0  # as root a browser has no sandbox


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser, or without being asked for, these tests say so and are skipped."""
    asked = os.environ.get(ASKED)
    if asked and (Path(CHROMIUM).exists() or os.environ.get("CI")):
        return
    missing = "there is no Chromium here: install the package chromium"
    skip = pytest.mark.skip(
        reason=missing if asked else f"{ASKED} is not set: make browser sets it"
    )
    for item in items:
        if HERE in Path(str(item.path)).parents:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The browser of the system."""
    expect.set_options(timeout=PATIENCE)
    args = ["--disable-gpu", "--disable-dev-shm-usage", *(["--no-sandbox"] if ROOT else [])]
    return {"executable_path": CHROMIUM, "args": args, "timeout": 2 * PATIENCE}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"}


@dataclass
class Server:
    """`workings play` as a process of its own."""

    args: list[str] = field(default_factory=list)
    port: int = 0  # a free one
    token: str = ""
    process: subprocess.Popen[str] | None = None
    address: str = ""

    def start(self) -> Server:
        command = [
            sys.executable, "-m", "workings", "play", "--no-browser", "--port", str(self.port),
        ]  # fmt: skip
        known = {"WORKINGS_PLAY_TOKEN": self.token} if self.token else {}
        self.process = subprocess.Popen(  # noqa: S603
            [*command, *self.args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, **known},
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/\S*", line)
        assert found, f"the first line is no address: {line!r}"
        self.address, self.port = found.group(), int(found.group(1))
        self.token = self.address.rpartition("t=")[2]
        return self

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for all tests that do not end it."""
    made = Server().start()
    yield made
    made.end()


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server of the test's own, which it may end."""
    made = Server().start()
    yield made
    made.end()


class Watch:
    """What pages said and asked for; `check` fails on what should not be there."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.allowed: list[re.Pattern[str]] = []
        self.asked: list[str] = []  # every address

    def over(self, context: Any) -> None:
        """Watches every page of a context."""
        context.on("console", self._console)
        context.on("weberror", lambda one: self.wrong.append(f"page error: {one.error.stack}"))
        context.on("request", lambda request: self._went(request.url))
        context.on("page", lambda page: page.on("websocket", lambda one: self._went(one.url)))

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"console {message.type}: {message.text}")

    def _went(self, url: str) -> None:
        self.asked.append(url)
        parts = urlsplit(url)
        if parts.scheme not in ("blob", "data", "about") and parts.hostname not in HOME:
            self.wrong.append(f"request to {url}")

    def check(self) -> None:
        left = [one for one in self.wrong if not any(p.search(one) for p in self.allowed)]
        assert not left, "\n".join(left)


@pytest.fixture
def watch() -> Watch:
    """What was said in this test: errors, warnings, policy violations, requests that leave."""
    return Watch()


@pytest.fixture
def looks(browser: Any, browser_context_args: Any, watch: Watch) -> Iterator[Callable[..., Any]]:
    """Makes contexts, each with a store of its own and watched; checked when the test ends."""
    made = []

    def make(**more: Any) -> Any:
        context = browser.new_context(**{**browser_context_args, **more})
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
    watch.check()


@pytest.fixture
def context(looks: Callable[..., Any]) -> Any:
    return looks()


@pytest.fixture
def page(context: Any) -> Any:
    return context.new_page()


def at_the_doors(page: Any, address: str) -> Any:
    """Opens an address, and goes to the four doors, whatever is open there still."""
    page.goto(address)
    door, sheet = page.locator(".preset.main"), page.locator("#sheet [role=grid]").first
    expect(door.or_(sheet).filter(visible=True).first).to_be_visible()
    if not door.is_visible():
        page.locator(".brand").click()
    expect(door).to_be_visible()
    expect(page.get_by_role("button", name="Take over")).to_have_count(0)  # nobody else is there
    return page


def chosen(page: Any, preset: str) -> Any:
    """Goes through a door; gives the page at step 0."""
    before = page.locator("#sheet").get_attribute("data-run")
    page.locator(f"[data-preset='{preset}']").click()
    expect(page.locator("#start")).to_be_hidden()
    expect(page.locator("#sheet")).not_to_have_attribute("data-run", before or "none")
    expect(page.locator("#sheet [role=grid]").first).to_be_visible()
    page.mouse.move(0, 0)
    return page


@pytest.fixture
def start(page: Any, server: Server) -> Any:
    """The page at its four doors."""
    return at_the_doors(page, server.address)


@pytest.fixture
def opened(start: Any) -> Callable[..., Any]:
    """Opens a preset by its name and gives the page, at step 0."""
    return lambda name="article": chosen(start, name)


@pytest.fixture
def article(opened: Callable[..., Any]) -> Any:
    return opened("article")
