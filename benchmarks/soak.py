"""An hour of training and of playground use: what it takes of the machine must not grow.

    python benchmarks/soak.py [--minutes 60]      prints a table and writes benchmarks/soak.md

Two processes run as users run them: one trains again and again, with both engines, and with
checkpoints; the other is a playground that a page uses: it trains, jumps, forks, asks why, opens
tables and takes files away. Every few seconds their memory, threads and open files, and the
temporary files of both, are noted.

After a warm-up of a quarter, memory may grow by no more than MEMORY in an hour: it fails where
even the lower bound of the slope (Theil and Sen's, at 95 %) is above that. Threads and files may
be no more at the end than they were at the warm-up's end.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from faults.playing import ENVIRONMENT, playing, taken
from play.talking import Page, page

PAGE = Path(__file__).with_name("soak.md")
APART = 2.0  # seconds between two samples
WINDOWS = 24  # medians that the slope goes by
MEMORY = 16.0  # MB an hour
WARM = 0.25  # of the time
TRAININGS = tuple(itertools.product(
    ("numpy", "compiled"), ("iris", "wine", "diabetes"), ("8", "16,8"), (False, True),
))  # fmt: skip
PRESETS = ("article", "xor", "moons", "spiral")
CELLS = ("loss", "wout[1,1]")
HEAD = """# The soak

Written by `python benchmarks/soak.py --minutes {minutes:g}` on {machine}, {cores} cores; load
{load:.1f} when it began. After a warm-up of a quarter of the time, memory may grow by {memory:g} MB
an hour (the slope's lower bound at 95 % is held to it), threads and files not at all.
{did}

| what | warmed up | at the end | most | growth in an hour (95 %) | |
| --- | --: | --: | --: | --: | --- |
"""


@dataclass
class Noted:
    """Samples of one quantity: seconds and values."""

    allowed: float  # growth in an hour; 0 where the end is held to the beginning
    samples: list[tuple[float, float]] = field(default_factory=list)

    def row(self, what: str) -> tuple[str, bool]:
        """A row of the table, and whether it is within its bound."""
        times, values = np.array(self.samples).T
        behind = times >= times[-1] * WARM
        parts = np.array_split(np.flatnonzero(behind), min(WINDOWS, behind.sum()))
        at = [float(np.median(times[part])) for part in parts]
        medians = [float(np.median(values[part])) for part in parts]
        slope, low, high = (3600 * one for one in _slope(at, medians))
        grown = low > self.allowed if self.allowed else medians[-1] > max(medians[:3])
        growth = f"{slope:+.1f} ({low:+.1f} to {high:+.1f})"
        said = "grows" if grown else "holds"
        text = f"| {what} | {medians[0]:.1f} | {medians[-1]:.1f} | {values.max():.1f} | {growth} |"
        return f"{text} {said} |", not grown


def _slope(times: list[float], values: list[float]) -> tuple[float, float, float]:
    from scipy.stats import theilslopes

    found = theilslopes(values, times)
    return float(found.slope), float(found.low_slope), float(found.high_slope)


TERMINATED = 128 + signal.SIGTERM


# -- training --------------------------------------------------------------------------------------


def trains(folder: Path) -> None:
    """Trains again and again, in this process, until it is ended; a letter for each."""
    from workings.cli import main

    checkpoints = folder / "checkpoints"
    with open(os.devnull, "w") as nowhere:  # one: click remembers every stream it has written to
        for turn in itertools.count():
            engine, table, hidden, kept = TRAININGS[turn % len(TRAININGS)]
            words = ["train", table, "--engine", engine, "--hidden", hidden, "--epochs", "60",
                     "--quiet", "--seed", str(turn), "-o", str(folder / "model")]  # fmt: skip
            if kept:
                words += ["--checkpoint", str(checkpoints), "--every", "1s"]
            with redirect_stdout(nowhere), redirect_stderr(nowhere):
                code = _code(main, words)
            if code == TERMINATED:  # the command ends as it promises; so does all of this
                return
            shutil.rmtree(checkpoints, ignore_errors=True)  # a folder holds those of one training
            print("x" if code else "." if kept else "-", end="", flush=True)


def _code(main: Any, words: list[str]) -> int:
    try:
        return int(main(words) or 0)
    except SystemExit as end:
        return int(end.code or 0)


@contextmanager
def training(folder: Path, temporary: Path) -> Iterator[tuple[int, Path]]:
    """The process that trains, and what it says."""
    said = folder / "trained.txt"
    command = [sys.executable, __file__, "--train", str(folder)]
    with said.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=out, env={**ENVIRONMENT, "TMPDIR": str(temporary)}
        )
        try:
            yield process.pid, said
            if process.poll() is not None:
                raise SystemExit("the training ended by itself")
        finally:
            process.terminate()
            process.wait(60)


# -- the playground --------------------------------------------------------------------------------


def table(turn: int) -> bytes:
    """A table of one's own, another one each time."""
    random = np.random.default_rng(turn)
    rows = random.normal(size=(200, 4)).round(3)
    lines = [",".join(map(str, [*row, "yes" if row.sum() > 0 else "no"])) for row in rows]
    return ("a,b,c,d,said\n" + "\n".join(lines) + "\n").encode()


def used(one: Page, turn: int) -> None:
    """What somebody does with a network, from opening it to taking it away."""
    if turn % 5 == 4:
        one.send_file("own.csv", table(turn))
        one.do("data.preview", source="upload", target="said")
        one.do("data.commit", source="upload", target="said")
    else:
        one.do("open", preset=PRESETS[turn % len(PRESETS)])
    one.do("run", until={"steps": 3000})
    one.until("state", status="finished")
    random = np.random.default_rng(turn)
    for step in random.integers(0, 3000, 20):
        one.do("seek", step=int(step))
        for cell in CELLS:
            one.ask("explain", cell=cell)
        time.sleep(0.05)
    one.do("fork", at=1000, change={"lr": 0.01})
    one.do("step", n=200)
    for op in ("distributions", "diagnose", "compare", "points", "share", "heat", "promise"):
        one.ask(op)
    for kind in ("python", "c", "json", "latex", "numpy", "r", "xlsx", "tape"):
        one.ask("export", kind=kind)
        time.sleep(0.05)
    one.events.clear()
    one.frames.clear()


# -- both ------------------------------------------------------------------------------------------


def sampled(minutes: float, folder: Path) -> tuple[dict[str, Noted], str]:
    """Uses both for so long, and notes what they take."""
    temporary = folder / "temporary"
    temporary.mkdir()
    ENVIRONMENT["TMPDIR"] = str(temporary)
    with training(folder, temporary) as (trainer, said), playing(folder) as played:
        pids, turns = {"training": trainer, "playground": played.process.pid}, 0
        with page(played.server) as one, noting(pids, temporary) as noted:
            end = time.monotonic() + 60 * minutes
            while time.monotonic() < end:
                used(one, turns)
                turns += 1
        if played.said:
            raise SystemExit(f"the playground complains: {played.said}")
        letters = said.read_text()
    if "x" in letters:
        raise SystemExit(f"{letters.count('x')} trainings failed")
    did = (f"{len(letters)} trainings, {letters.count('.')} of them with checkpoints; "
           f"{turns} networks in the playground.")  # fmt: skip
    return noted, did


@contextmanager
def noting(pids: dict[str, int], temporary: Path) -> Iterator[dict[str, Noted]]:
    """Notes what they take, every few seconds."""
    noted, over, began = dict[str, Noted](), threading.Event(), time.monotonic()

    def notes() -> None:
        while not over.wait(APART):
            now = time.monotonic() - began
            for name, pid in pids.items():
                _note(noted, name, now, pid)
            found = sum(1 for path in temporary.rglob("*") if path.is_file())
            noted.setdefault("temporary files", Noted(0.0)).samples.append((now, found))

    beside = threading.Thread(target=notes)
    beside.start()
    try:
        yield noted
    finally:
        over.set()
        beside.join()


def _note(noted: dict[str, Noted], name: str, now: float, pid: int) -> None:
    found = taken(pid)
    for what, value, allowed in (
        ("memory, MB", found.memory, MEMORY), ("threads", found.threads, 0.0),
        ("open files", found.files, 0.0),
    ):  # fmt: skip
        noted.setdefault(f"{name}: {what}", Noted(allowed)).samples.append((now, value))


def main() -> None:
    """Soaks, prints the table and writes it; fails where something grows."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--minutes", type=float, default=60.0)
    asked.add_argument("--train", type=Path, help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.train:
        trains(told.train)
        return
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        noted, did = sampled(told.minutes, Path(folder))
    text = HEAD.format(minutes=told.minutes, machine=platform.machine(), cores=os.cpu_count(),
                       load=load, memory=MEMORY, did=did)  # fmt: skip
    rows = [one.row(what) for what, one in noted.items()]
    text += "\n".join(row for row, _ in rows) + "\n"
    print(text)
    PAGE.write_text(text)
    print(f"written to {PAGE}")
    if not all(holds for _, holds in rows):
        raise SystemExit("something grows")


if __name__ == "__main__":
    main()
