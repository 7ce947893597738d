"""A true `workings play` in a process of its own, and what it takes of the machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

SOURCE, TESTS = Path(__file__).parents[2] / "src", Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{SOURCE}:{TESTS}"}


@dataclass(frozen=True)
class Taken:
    """What a process takes: memory in MB, open files, threads."""

    memory: float
    files: int
    threads: int


@dataclass
class Playing:
    """A playground that runs, and where it writes what it says."""

    process: subprocess.Popen[bytes]
    log: Path
    address: str
    token: str

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rstrip("/").rpartition(":")[2])

    @property
    def server(self) -> Any:
        """What `play.talking.page` wants to know of a server."""
        return SimpleNamespace(session=SimpleNamespace(address=self.address), token=self.token)

    @property
    def said(self) -> str:
        """What it has said since it told its address."""
        return self.log.read_text(encoding="utf-8").split("Ctrl-C.\n", 1)[-1]

    def taken(self) -> Taken:
        """What it takes now."""
        return taken(self.process.pid)

    def peak(self) -> float:
        """The most memory it ever had, in MB."""
        return _field(self.process.pid, "VmHWM") / 1024


def taken(pid: int) -> Taken:
    """What a process takes now."""
    files = len(os.listdir(f"/proc/{pid}/fd"))
    return Taken(_field(pid, "VmRSS") / 1024, files, int(_field(pid, "Threads")))


def _field(pid: int, name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found
    return float(found[1])


@contextmanager
def playing(folder: Path, what: str = "article") -> Iterator[Playing]:
    """Starts a playground, and ends it."""
    log = folder / "said.txt"
    command = [sys.executable, "-m", "workings", "play", what, "--port", "0", "--no-browser"]
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=out, stderr=subprocess.STDOUT, env=ENVIRONMENT
        )
    try:
        address, token = _told(process, log)
        yield Playing(process, log, address, token)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _told(process: subprocess.Popen[bytes], log: Path) -> tuple[str, str]:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        found = re.search(r"(http://\S+?/)#t=(\S+)", log.read_text(encoding="utf-8"))
        if found:
            return found[1], found[2]
        time.sleep(0.05)
    raise RuntimeError(f"no playground: {log.read_text(encoding='utf-8')}")
