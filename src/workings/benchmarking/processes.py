"""A contestant's process, as whoever asks it sees it.

    with Asked("jax", setting) as worker:
        worker.ask("load", folder=...)      what it answers; `Failed` says what went wrong

All processes run on the same processors with the same number of threads, and those who wait for
their turn sleep.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from workings.benchmarking.contestants import Contestant

THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS", "WORKINGS_THREADS", "NPROC",
)  # fmt: skip
UNCOMPILED = "PYTHONDONTWRITEBYTECODE"  # modules would be compiled at each start: some, not all


class Failed(Exception):
    """A contestant's process did not do what it was asked, for the reason given."""


@dataclass(frozen=True)
class Setting:
    """What all processes have in common: threads, where caches are kept, when patience ends.

    Who keeps what it compiled only when asked to is asked where `asked` is set.
    """

    threads: int
    caches: Path
    asked: bool = True
    patience: float = 300.0  # seconds for one answer

    def environment(self, who: Contestant) -> dict[str, str]:
        """The environment of a contestant's process."""
        words = who.keeps if self.asked or who.usually else ()
        kept = {word: str(self.caches / word) for word in words}
        usual = {word: said for word, said in os.environ.items() if word != UNCOMPILED}
        return {**usual, **dict.fromkeys(THREADS, str(self.threads)), **who.told, **kept}


class Asked:
    """A process that is asked and answers."""

    def __init__(self, word: str, who: Contestant, setting: Setting) -> None:
        self.setting = setting
        command = [sys.executable, "-m", "workings.benchmarking.worker", word]
        self.process = subprocess.Popen(  # noqa: S603
            command, env=setting.environment(who), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        )  # fmt: skip

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, do: str, **given: Any) -> dict[str, Any]:
        """What it answers; raises `Failed`."""
        assert self.process.stdin is not None  # noqa: S101 - they are pipes
        assert self.process.stdout is not None  # noqa: S101
        patience = threading.Timer(self.setting.patience, self.process.kill)
        patience.start()
        try:
            self.process.stdin.write(json.dumps({"do": do, **given}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except OSError:
            line = ""
        finally:
            late = not patience.is_alive()
            patience.cancel()
        if not line:
            raise Failed(self._why_silent(late))
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise Failed(found["error"])
        return found

    def _why_silent(self, late: bool) -> str:
        if late:
            return f"gave no answer within {self.setting.patience:g} s"
        self.process.wait()
        return f"its process ended by itself (code {self.process.returncode})"

    def close(self) -> None:
        """Ends the process."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def bound_to(threads: int) -> Iterator[None]:
    """While it lasts, this process and those it starts run on so many processors only."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, sorted(before)[:threads])
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="workings-bench-", ignore_cleanup_errors=True) as place:
        yield Path(place)


@contextmanager
def orderly() -> Iterator[None]:
    """While it lasts, this process, when it is told to end, first clears away what it has begun."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told
        return

    def end(number: int, _: object) -> NoReturn:
        signal.signal(number, signal.SIG_IGN)  # it is on its way
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
