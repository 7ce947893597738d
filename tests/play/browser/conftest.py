"""A true server on a free loopback port, and pages that fail on anything that should not be."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
HERE = Path(__file__).parent
ASKED = "WORKINGS_BROWSER"  # they take minutes: said when the page changed
READY = "#start:not([hidden]) .preset.main, #workings:not([hidden]) [role=grid]"
CUT = re.compile(r"WebSocket connection to .* failed")  # what a browser says of a server that ended


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser, or without being asked for, these tests say so and are skipped."""
    if os.environ.get(ASKED) and Path(CHROMIUM).exists():
        return
    missing = "there is no Chromium here: install the package chromium"
    why = missing if os.environ.get(ASKED) else f"{ASKED} is not set: make browser sets it"
    skip = pytest.mark.skip(reason=why)
    for item in items:
        if HERE in Path(str(item.path)).parents:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The browser of the system; as root it has no sandbox."""
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {"executable_path": CHROMIUM, "args": [*root, "--disable-gpu"]}


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
            sys.executable,
            "-m",
            "workings",
            "play",
            "--no-browser",
            "--port",
            str(self.port),
        ]
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
        return self

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
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
    """What a page said and asked for; `check` fails on what should not be there."""

    def __init__(self, page: Any) -> None:
        self.wrong: list[str] = []
        self.allowed: list[re.Pattern[str]] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"page error: {error}\n{error.stack}"))
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"console {message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("blob", "data") and parts.hostname not in (
            "127.0.0.1",
            "localhost",
        ):
            self.wrong.append(f"request to {request.url}")

    def check(self) -> None:
        left = [one for one in self.wrong if not any(p.search(one) for p in self.allowed)]
        assert not left, "\n".join(left)


@pytest.fixture
def watch(page: Any) -> Iterator[Watch]:
    """Every page is watched: errors, warnings, policy violations, requests that leave."""
    found = Watch(page)
    yield found
    found.check()


@pytest.fixture
def start(page: Any, watch: Watch, server: Server) -> Any:
    """The page at its four doors."""
    page.set_default_timeout(10000)
    page.goto(server.address)
    page.locator(READY).first.wait_for()
    if not page.locator(".preset.main").is_visible():  # a run of the test before is still open
        page.locator(".brand").click()
    page.locator(".preset.main").wait_for()
    return page


@pytest.fixture
def opened(start: Any) -> Any:
    """Opens a preset by its name and gives the page, at step 0."""

    def go(name: str = "article") -> Any:
        start.locator(f"[data-preset='{name}']").click()
        start.locator("#sheet [role=grid]").first.wait_for()
        start.mouse.move(0, 0)
        return start

    return go


@pytest.fixture
def article(opened: Any) -> Any:
    return opened("article")
