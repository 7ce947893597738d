"""The playground's page in a real browser: what a click takes until its numbers are painted.

    measured()      rows of (what, value, unit, budget, lower) for `playground.py`

Chromium without a screen and without a graphics card, beside the server on the same cores.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from play.browser.conftest import CHROMIUM, ROOT, Server, at_the_doors, chosen
from play.browser.reading import step_to

# what, value, unit, budget (0: none), whether less is better
Row = tuple[str, float, str, float, bool]
FAR = 100_000
LONGEST = 33.45  # ms between two frames: two pictures of a 60 Hz screen, by a clock of tenths
# until what was asked for is in the page, and the picture with it was handed over: what is written
# while a frame is made is in that frame's picture, what is written between two in the next one's
PAINTED = """let inFrame = false, over = false;
const after = (call) => {
  const channel = new MessageChannel();
  channel.port1.onmessage = call;
  channel.port2.postMessage(0);
};
requestAnimationFrame(function frame() { // asked for a frame before, so it is the first in it
  inFrame = true;
  after(() => { inFrame = false; });
  if (!over) requestAnimationFrame(frame);
});
const painted = () => new Promise((done) => {
  const told = () => after(() => done(performance.now()));
  if (inFrame) told();
  else requestAnimationFrame(told);
});
const seen = (el, name, there) => there() ? null : new Promise((done) => {
  const watch = new MutationObserver(() => there() && (watch.disconnect(), done()));
  watch.observe(el, { attributes: true, attributeFilter: [name] });
});
"""
STEPS = """async (count) => { /* PAINTED */
  const track = document.querySelector('.track');
  const button = [...document.querySelectorAll('#transport button')].find((one) => one.ariaLabel.startsWith('One step on'));
  const took = [];
  for (let turn = 0; turn < count; turn += 1) {
    const now = Number(track.ariaValueNow);
    const began = performance.now();
    button.click();
    await seen(track, 'aria-valuenow', () => Number(track.ariaValueNow) === now + 1);
    took.push(await painted() - began);
    await new Promise((done) => setTimeout(done, 90 + 60 * Math.random()));
  }
  over = true;
  return took; }"""  # noqa: E501
WHYS = """async (count) => { /* PAINTED */
  const why = document.getElementById('why');
  const cells = [...document.querySelectorAll('#sheet [role=gridcell]')].map((one) => one.dataset.cell);
  const took = [];
  for (let turn = 0; turn < count; turn += 1) {
    const cell = cells[(turn * 37) % cells.length];
    const began = performance.now();
    document.querySelector(`#sheet [data-cell="${cell}"]`).click();
    await seen(why, 'data-cell', () => why.dataset.cell === cell);
    took.push(await painted() - began);
    await new Promise((done) => setTimeout(done, 90 + 60 * Math.random()));
  }
  over = true;
  return took; }"""  # noqa: E501
SEEKS = """async (steps) => { /* PAINTED */
  const track = document.querySelector('.track'), field = document.getElementById('step');
  const took = [];
  for (const step of steps) {
    const began = performance.now();
    field.value = String(step);
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    await seen(track, 'aria-valuenow', () => Number(track.ariaValueNow) === step);
    took.push(await painted() - began);
    await new Promise((done) => setTimeout(done, 120));
  }
  over = true;
  return took; }"""
# the training goes on whenever it comes to its end: all frames are those of a training
FRAMES = """(seconds) => new Promise((done) => {
  const times = [];
  const train = document.querySelector('#transport .train');
  let pressed = 0;
  const frame = (now) => {
    times.push(now);
    if (now - pressed > 500 && !train.textContent.includes('Pause')) {
      pressed = now;
      train.click();
    }
    if (now - times[0] < 1000 * seconds) requestAnimationFrame(frame);
    else done(times.slice(1).map((time, i) => time - times[i]));
  };
  requestAnimationFrame(frame);
})"""


def middle(took: list[float]) -> float:
    """The median."""
    return float(np.median(took))


def slow(took: list[float]) -> float:
    """The 95th percentile."""
    return float(np.quantile(took, 0.95))


def first_paint(browser: Any, address: str) -> list[Row]:
    """Five fresh browsers' first paint, and what they loaded."""
    times: list[float] = []
    files: dict[str, Any] = {}
    weight = unpacked = 0
    for _ in range(5):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.on("requestfinished", lambda one: files.update({one.url: one}))
        page.goto(address)
        page.locator(".preset.main").wait_for()
        page.wait_for_load_state("networkidle")
        times.append(page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"))  # fmt: skip
        weight = sum(one.sizes()["responseBodySize"] for one in files.values())
        unpacked = sum(len(one.response().body()) for one in files.values())
        files.clear()
        context.close()
    return [
        ("first paint of a fresh page, median of 5", middle(times), "ms", 500, True),
        ("page weight over the line", weight / 1e3, "kB", 250, True),
        ("page weight unpacked", unpacked / 1e3, "kB", 0, True),
    ]


def timed(page: Any, program: str, told: object) -> list[float]:
    """What a program in the page measures."""
    found: list[float] = page.evaluate(program.replace("/* PAINTED */", PAINTED), told)
    return found


def clicks(page: Any) -> list[Row]:
    """A step, an explanation, a jump: from the click until it is painted."""
    timed(page, STEPS, 10)
    steps = timed(page, STEPS, 100)
    page.wait_for_timeout(2000)  # the doctor looks, once
    timed(page, WHYS, 5)
    whys = timed(page, WHYS, 60)
    step_to(page, FAR)
    random = np.random.default_rng(0)
    seeks = timed(page, SEEKS, random.integers(0, FAR, 40).tolist())
    return [
        ("a step, click to painted: median", middle(steps), "ms", 30, True),
        ("a step, click to painted: 95 %", slow(steps), "ms", 80, True),
        ("Why, click to painted: median", middle(whys), "ms", 200, True),
        ("Why, click to painted: 95 %", slow(whys), "ms", 200, True),
        (f"seek in {FAR} steps, asked to painted: median", middle(seeks), "ms", 100, True),
        (f"seek in {FAR} steps, asked to painted: 95 %", slow(seeks), "ms", 100, True),
    ]


def busy(page: Any, seconds: float = 3) -> float:
    """The share of its main thread's time that a page takes while it is left alone, in percent."""
    line = page.context.new_cdp_session(page)
    line.send("Performance.enable")

    def spent() -> float:
        told = line.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in told if one["name"] == "TaskDuration"))

    before = spent()
    page.wait_for_timeout(1000 * seconds)
    return 100 * (spent() - before) / seconds


def training(page: Any) -> list[Row]:
    """Frames while moons are trained, then the page left alone."""
    page.locator(".brand").click()
    chosen(page, "moons")
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_timeout(500)
    apart = page.evaluate(FRAMES, 4)
    going = page.get_by_role("button", name="Pause", exact=True)
    if going.count():
        going.click()
    page.get_by_role("button", name=re.compile("^(Train|Go on)$")).wait_for()
    page.wait_for_timeout(3000)
    return [
        ("frames a second while training", 1e3 * len(apart) / sum(apart), "", 30, False),
        ("time between two frames while training: 95 %", slow(apart), "ms", LONGEST, True),
        ("paused: main thread of the page", busy(page), "%", 2, True),
    ]


def memory(page: Any, server: Server) -> list[Row]:
    """What the page holds after a hundred thousand steps, and what the server did at most."""
    page.locator(".brand").click()
    chosen(page, "moons")
    step_to(page, FAR)
    page.wait_for_timeout(1000)
    heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    status = Path(f"/proc/{server.process.pid if server.process else 0}/status").read_text()
    most = int(status.partition("VmHWM:")[2].split()[0]) / 1e3
    return [
        (f"memory of the page's program after {FAR} steps", heap, "MB", 150, True),
        ("most memory of the server", most, "MB", 200, True),
    ]


def measured() -> list[Row]:
    """All of it, in one browser and one server."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=120_000)
    server = Server().start()
    try:
        with sync_playwright() as driver:
            args = ["--disable-gpu", *(["--no-sandbox"] if ROOT else [])]
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=args)
            found = first_paint(browser, server.address)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(120_000)
            chosen(at_the_doors(page, server.address), "article")
            parts: list[Callable[[], list[Row]]] = [
                lambda: clicks(page), lambda: training(page), lambda: memory(page, server),
            ]  # fmt: skip
            for part in parts:
                found += part()
            browser.close()
    finally:
        server.end()
    return found
