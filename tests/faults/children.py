"""`workings` as a process of its own, stopped by a signal at some moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

LONG = 180  # seconds after which a child is taken for lost
# children are forked off a process that has imported everything and done nothing
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(
    ["workings.cli.resume", "workings.cli.train", "sklearn.linear_model", "workings.estimators"]
)


Work = Callable[[list[str]], object]


def command(words: list[str]) -> None:
    """A command of `workings`."""
    from workings.cli import main

    main(words)


def does(folder: Path, work: Work, words: list[str]) -> None:
    """What a child does; its output goes into a file."""
    os.chdir(folder)
    out = os.open("out.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[attr-defined]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    work(words)


class Child:
    """A command, or other work that is told words, that has been started."""

    def __init__(self, folder: Path, *words: object, work: Work = command) -> None:
        self.out = folder / "out.txt"
        self.out.unlink(missing_ok=True)
        self.process = SERVER.Process(target=does, args=(folder, work, list(map(str, words))))
        self.process.start()

    @property
    def said(self) -> str:
        """All that was printed so far."""
        return self.out.read_text("utf-8") if self.out.exists() else ""

    def wait_for(self, text: str) -> None:
        """Until it has said this, or has ended."""
        end = time.monotonic() + LONG
        while text not in self.said and self.process.is_alive():
            assert time.monotonic() < end, self.said
            time.sleep(0.01)

    def ended(self) -> int:
        """Its exit code, once it has one."""
        self.process.join(LONG)
        if self.process.is_alive():
            self.process.kill()
            raise AssertionError(f"it did not end: {self.said}")
        return int(self.process.exitcode or 0)

    def stopped(self, after: float, by: int = signal.SIGKILL) -> int:
        """Its exit code, after a signal was sent to it so many seconds from now."""
        self.process.join(after)
        if self.process.is_alive():
            os.kill(int(self.process.pid or 0), by)
        return self.ended()
