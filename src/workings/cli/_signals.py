"""Ctrl-C and SIGTERM: both end a command alike, and the exit code says which it was.

with listening(): ...     SIGTERM is raised as `KeyboardInterrupt` too
with deferred(): ...      what is heard here is raised at the end of the block
check()                   raises again what somebody has swallowed
code()                    130 for Ctrl-C, 143 for SIGTERM
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

USUAL: dict[int, Any] = {
    signal.SIGINT: signal.default_int_handler,  # not where the process was started to ignore it
    signal.SIGTERM: signal.SIG_DFL,
}


class _State:
    """What was heard since the command began."""

    signal = 0  # the last one, or none
    deferring = 0  # blocks that are not to be broken off


@contextmanager
def listening() -> Iterator[None]:
    """Hears both signals, where nobody else does; only the main thread can."""
    before: dict[int, Any] = {}
    _State.signal = 0
    with suppress(ValueError):  # not in the main thread
        for number, usual in USUAL.items():
            if signal.getsignal(number) is usual:
                before[number] = signal.signal(number, _hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def deferred() -> Iterator[None]:
    """A block of a second or two that is not to be broken off."""
    _State.deferring += 1
    try:
        yield
    finally:
        _State.deferring -= 1
    if not _State.deferring:
        check()


def heard() -> bool:
    """Whether the command was told to end."""
    return bool(_State.signal)


def check() -> None:
    """Raises `KeyboardInterrupt` if the command was told to end, and goes on all the same."""
    if heard():
        raise KeyboardInterrupt


def code() -> int:
    """The exit code of a command that was told to end."""
    return 128 + (_State.signal or signal.SIGINT)


def _hear(number: int, frame: FrameType | None) -> None:
    _State.signal = number
    if not _State.deferring:
        raise KeyboardInterrupt
