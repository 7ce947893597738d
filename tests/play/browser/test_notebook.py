"""The widget in a real JupyterLab: train, step, explain one cell, and nothing else disturbed."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

import workings
from play.browser.conftest import HOME, PATIENCE, Watch
from workings.explaining.finding import explain
from workings.systems import system

CELL = "iframe[title='workings: the playground']"
SOURCES = (
    "import workings\nfirst = workings.widget(height=700)\nfirst",
    "workings.widget('xor', height=500)",
    "workings.system('article').trace()",
    "first.close()",
)
STYLES = """['body', '.jp-Toolbar', '.cm-line'].map((word) => {
  const style = getComputedStyle(document.querySelector(word));
  return [style.font, style.color, style.margin];
})"""  # of what is JupyterLab's own


class Lab:
    """JupyterLab as a process of its own, in a folder of its own."""

    def __init__(self, folder: Path, settings: dict[str, Any] | None = None) -> None:
        self.folder, self.token = folder, secrets.token_hex(16)
        self.log = (folder / "log.txt").open("w")
        (folder / "work").mkdir()
        self.settings = settings or {}
        with socket.socket() as free:
            free.bind((HOME[0], 0))
            self.port = free.getsockname()[1]

    def start(self) -> Lab:
        _settings(self.folder / "settings", "notification", fetchNews="false",
                  checkForUpdates=False)  # fmt: skip
        for name, told in self.settings.items():
            _settings(self.folder / "settings", name, **told)
        words = [
            "--no-browser", f"--ip={HOME[0]}", f"--port={self.port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}", "--allow-root",
            f"--ServerApp.root_dir={self.folder / 'work'}",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]  # fmt: skip
        own = {word: str(self.folder / word.lower()) for word in
               ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR",
                "IPYTHONDIR", "JUPYTERLAB_WORKSPACES_DIR")}  # fmt: skip
        own["JUPYTERLAB_SETTINGS_DIR"] = str(self.folder / "settings")
        own["PYTHONPATH"] = str(Path(workings.__file__).parents[1])
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "jupyterlab", *words], stdout=self.log, stderr=self.log,
            env={**os.environ, **own},
        )  # fmt: skip
        until = time.monotonic() + PATIENCE / 1000
        while not self.answers():
            assert self.process.poll() is None, (self.folder / "log.txt").read_text()
            assert time.monotonic() < until, (self.folder / "log.txt").read_text()
            time.sleep(0.2)
        return self

    def answers(self) -> bool:
        """Whether the server is there."""
        address = f"http://{HOME[0]}:{self.port}/api?token={self.token}"
        try:
            with urllib.request.urlopen(address, timeout=10):
                return True
        except OSError:
            return False

    def notebook(self, *sources: str) -> str:
        """The address of a notebook with these cells."""
        cells = [
            {"id": f"cell{place}", "cell_type": "code", "metadata": {}, "source": source,
             "outputs": [], "execution_count": None}
            for place, source in enumerate(sources)
        ]  # fmt: skip
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4,
                "nbformat_minor": 5}  # fmt: skip
        (self.folder / "work" / "note.ipynb").write_text(json.dumps(book))
        return f"http://{HOME[0]}:{self.port}/lab/tree/note.ipynb?token={self.token}"

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)
        self.log.close()


def _settings(folder: Path, name: str, **told: Any) -> None:
    own = folder / "@jupyterlab" / "apputils-extension"
    own.mkdir(parents=True, exist_ok=True)
    (own / f"{name}.jupyterlab-settings").write_text(json.dumps(told))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    """Starts one; it is ended when the test is."""
    pytest.importorskip("jupyterlab")
    made: list[Lab] = []

    def start(**settings: Any) -> Lab:
        made.append(Lab(tmp_path, settings))
        return made[-1].start()

    yield start
    for one in made:
        one.end()


def run(page: Page, place: int) -> None:
    """Runs a cell, and waits until it has."""
    cell = page.locator(".jp-CodeCell").nth(place)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))


def playground(page: Page, place: int) -> FrameLocator:
    """The page in a cell, when it shows its numbers."""
    page.locator(".jp-CodeCell").nth(place).locator(CELL).scroll_into_view_if_needed()
    frame = page.locator(".jp-CodeCell").nth(place).frame_locator(CELL)
    expect(frame.locator("#sheet [role=grid]").first).to_be_visible()
    return frame


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator(".jp-CodeCell").first).to_be_visible()
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    return page


def test_train_step_and_explain_in_jupyterlab(lab: Any, page: Page, watch: Watch) -> None:
    opened(page, lab().notebook(*SOURCES))
    before = page.evaluate(STYLES)
    run(page, 0)
    first = playground(page, 0)
    assert page.evaluate("document.activeElement.tagName") != "IFRAME"  # the keys stay there
    run(page, 1)
    second = playground(page, 1)
    assert page.evaluate(STYLES) == before

    first.get_by_role("button", name="One step on (])").click()
    expect(first.locator("#step")).to_have_value("1")
    trace = system("article").trace()
    first.locator("[data-cell='new_wh[1,3]']").click()
    why = first.locator("#why")
    expect(why).to_contain_text(f"{explain(trace, 'new_wh[1,3]').value!r}")
    expect(why).to_contain_text("lr")

    first.locator("#transport .train").click()
    expect(first.locator("#transport")).to_contain_text("Go on")
    expect(first.locator("#sheet")).to_contain_text("Stopped")
    assert int(first.locator("#step").input_value()) > 1000
    expect(second.locator("#step")).to_have_value("0")  # the other has not moved
    second.get_by_role("button", name="One step on (])").click()
    expect(second.locator("#step")).to_have_value("1")
    page.locator(".jp-Notebook").first.press("]")  # a key of the page, pressed outside of it
    expect(second.locator("#step")).to_have_value("1")

    run(page, 2)
    said = page.locator(".jp-CodeCell").nth(2).locator(".workings")
    expect(said).to_contain_text("new_bout")
    run(page, 3)
    expect(page.locator(CELL)).to_have_count(1)
    watch.check()


def test_a_notebook_that_is_loaded_again_finds_its_run(lab: Any, page: Page) -> None:
    server = lab()
    opened(page, server.notebook(SOURCES[0]))
    run(page, 0)
    playground(page, 0).get_by_role("button", name="One step on (])").click()
    expect(playground(page, 0).locator("#step")).to_have_value("1")
    page.get_by_role("button", name=re.compile("Save")).first.click()
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    page.reload()
    again = playground(page, 0)
    expect(again.locator("#step")).to_have_value("1")
    again.get_by_role("button", name="One step on (])").click()  # and it controls
    expect(again.locator("#step")).to_have_value("2")


def test_the_dark_theme_and_a_kernel_that_is_started_anew(
    lab: Any, page: Page, watch: Watch
) -> None:
    watch.allowed.append(re.compile("Connection lost, reconnecting"))  # JupyterLab says so
    server = lab(themes={"theme": "JupyterLab Dark"})
    opened(page, server.notebook(SOURCES[0], SOURCES[2]))
    run(page, 0)
    frame = playground(page, 0)
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    run(page, 1)
    colours = page.locator(".jp-CodeCell .workings").evaluate(
        "(one) => { const s = getComputedStyle(one); return [s.color, s.backgroundColor]; }"
    )
    assert colours == ["rgb(228, 232, 238)", "rgb(20, 24, 30)"]
    page.get_by_role("button", name=re.compile("Restart the kernel")).first.click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(frame.locator(".banner")).to_contain_text("stopped")
    run(page, 0)  # and a new one is begun in its place
    frame = playground(page, 0)
    frame.get_by_role("button", name="One step on (])").click()
    expect(frame.locator("#step")).to_have_value("1")
