"""The processor's cores: how many threads there may be, and where each of them begins.

    threads()        how many there may be: a setting, or one for each core
    apart(many)      for each of so many threads a function that puts it on a core of its own

The environment variable `WORKINGS_THREADS` says how many. Otherwise `OMP_NUM_THREADS` does, which
those set who start several processes; else it is the number of cores this process may use.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

from workings.errors import SettingError

SETTING, USUAL = "WORKINGS_THREADS", "OMP_NUM_THREADS"
QUOTA = Path("/sys/fs/cgroup/cpu.max")  # microseconds of processor per period, or "max"


def threads() -> int:
    """How many threads a kernel may use; raises `SettingError` if the setting is no such number."""
    told = os.environ.get(SETTING, "").strip()
    if told:
        if not told.isdecimal() or int(told) < 1:
            raise SettingError(
                f"cannot use {told!r} threads, as {SETTING} says: 1 or more were expected"
            )
        return int(told)
    usual = os.environ.get(USUAL, "").partition(",")[0].strip()
    return min(int(usual), _cores()) if usual.isdecimal() and int(usual) else _cores()


def apart(many: int) -> list[Callable[[], None]]:
    """What each of so many threads calls first, to stand on a core of its own.

    Threads that wait for each other by giving way look to the scheduler as if one core were enough
    for them: it leaves them on one, with another idle, for seconds. They are put on different ones
    and then let go, so it may still move them to where there is room. Where the system has no
    such calls, nothing is done.
    """
    if not hasattr(os, "sched_setaffinity") or (here := _here()) is None:
        return [_stay] * many
    cores = sorted(os.sched_getaffinity(0))
    first = cores.index(here) if here in cores else 0
    return [partial(_go_to, cores[(first + me) % len(cores)]) for me in range(many)]


def _stay() -> None:
    pass


def _go_to(core: int) -> None:
    with suppress(OSError):  # a core may be taken from us at any time: then it stays where it is
        allowed = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {core})
        os.sched_setaffinity(0, allowed)


def _here() -> int | None:
    """The core that this thread is on, where the system says."""
    function = _asking_for_it()
    found = function() if function else -1
    return None if found < 0 else int(found)


@cache
def _asking_for_it() -> Callable[[], int] | None:
    """The system's function for it: looked up once, as every call of a kernel may ask."""
    return getattr(ctypes.CDLL(None), "sched_getcpu", None)


def _cores() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, _quota())


@cache
def _quota() -> int:
    """How many cores' worth of time this process is granted."""
    with suppress(OSError, ValueError):
        quota, period = QUOTA.read_text().split()
        return max(1, -(-int(quota) // int(period)))
    return sys.maxsize
