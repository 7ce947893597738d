"""A disk that fails: the n-th open, write, flush, change of rights or rename, in many ways.

    with disk(Fault("write", 2, "full")) as calls: ...     the second write finds the disk full
    calls                                                  how often each was called
    killed(work, Fault("fsync", 1, "kill"))                in a process that is killed there

What fails is the system's own function; everything above it is the code that is tested.
"""

from __future__ import annotations

import errno
import io
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import workings

CALLS = ("open", "write", "fsync", "chmod", "replace")
ERRORS = {
    "full": errno.ENOSPC, "quota": errno.EDQUOT, "broken": errno.EIO, "read-only": errno.EROFS,
    "denied": errno.EACCES,
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What fails: the so-manieth call of this kind, or from then on all; with an error, half-way
    (a write that writes half and then fails, or says that it wrote half), or by a kill.
    """

    call: str = ""
    nth: int = 1
    how: str = "full"
    sticky: bool = False

    def __str__(self) -> str:
        return f"{self.call} {self.nth} {self.how}{' from then on' if self.sticky else ''}"


class Disk:
    """Counts the calls, and fails where it is told to."""

    def __init__(self, fault: Fault) -> None:
        self.fault, self.calls = fault, Counter[str]()

    def fails(self, call: str) -> bool:
        """Whether this call is the one."""
        self.calls[call] += 1
        count, fault = self.calls[call], self.fault
        return call == fault.call and (count == fault.nth or (fault.sticky and count > fault.nth))

    def fail(self, path: object = None) -> None:
        """Fails as it is told to."""
        if self.fault.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        number = ERRORS.get(self.fault.how, errno.EIO)
        named = [] if path is None or isinstance(path, int) else [os.fspath(path)]  # type: ignore[call-overload]
        raise OSError(number, os.strerror(number), *named)

    def around(self, call: str, real: Callable[..., Any]) -> Callable[..., Any]:
        """A function of the system that may fail."""

        def run(*given: Any, **more: Any) -> Any:
            if call == "open" and len(given) > 1 and not given[1] & os.O_CREAT:
                return real(*given, **more)  # to read is another matter
            if self.fails(call):
                if self.fault.how == "after":  # it is done, and then the process is killed
                    real(*given, **more)
                    os.kill(os.getpid(), signal.SIGKILL)
                self.fail(given[0])
            return real(*given, **more)

        return run

    def opened(self, descriptor: int, mode: str, **text: Any) -> Any:
        """What `os.fdopen` gives, over a file whose writes may fail."""
        raw = _Raw(descriptor, mode.replace("b", ""))
        raw.disk = self
        buffered = io.BufferedWriter(raw, 1024)  # small, so that there are many writes
        return io.TextIOWrapper(buffered, **text) if text else buffered


class _Raw(io.FileIO):
    disk: Disk

    def write(self, data: Any) -> int:
        if not self.disk.fails("write"):
            return super().write(data)
        if self.disk.fault.how == "after":
            super().write(data)
            os.kill(os.getpid(), signal.SIGKILL)
        half = memoryview(data)[: len(data) // 2]
        if self.disk.fault.how in ("half", "short", "kill") and half:
            written = super().write(half)
            if self.disk.fault.how == "short":
                return written
        self.disk.fail()
        raise AssertionError


@contextmanager
def disk(fault: Fault = Fault()) -> Iterator[Counter[str]]:
    """Within the block the disk fails."""
    made = Disk(fault)
    with pytest.MonkeyPatch.context() as patch:
        for call in CALLS:
            if call != "write":
                patch.setattr(os, call, made.around(call, getattr(os, call)))
        patch.setattr(os, "fdopen", made.opened)
        yield made.calls


def killed(work: Callable[[], object], fault: Fault) -> bool:
    """Does the work in a process that is killed at the fault; whether it was."""
    child = os.fork()
    if child == 0:
        try:
            with disk(fault):
                work()
        finally:
            os._exit(7)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def left(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(os.listdir(folder))


def around() -> dict[str, str]:
    """The environment of a process that is to see the same `workings` and these tests."""
    paths = [Path(workings.__file__).parents[1], Path(__file__).parents[1]]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
