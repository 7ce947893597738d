"""How much memory can be had, before it is asked for; and giving back what is no longer used.

    free_memory()      bytes, or None where this system does not say
    give_back()        what was freed, to the system

What the system only keeps of files it has read counts as free: it is given up when asked for. A
container's own limit counts where there is one.
"""

from __future__ import annotations

import ctypes
import os
import re
from contextlib import suppress
from pathlib import Path

MACHINE = Path("/proc/meminfo")
LIMIT, USED = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current"))


def free_memory() -> int | None:
    """How many bytes of memory can be had, as far as this system says."""
    found = [free for free in (_of_the_machine(), _of_the_container()) if free is not None]
    return min(found) if found else None


def give_back() -> None:
    """Gives the system what was freed: the C library (glibc) keeps it for what may come."""
    with suppress(OSError, TypeError, AttributeError):  # other systems have no such function
        ctypes.CDLL(None).malloc_trim(0)


def _of_the_machine() -> int | None:
    with suppress(OSError):
        told = re.search(r"^MemAvailable: +(\d+) kB", MACHINE.read_text(), re.MULTILINE)
        if told:
            return int(told[1]) * 1024
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _of_the_container() -> int | None:
    with suppress(OSError, ValueError):  # "max" is no number: there is no limit
        return max(0, int(LIMIT.read_text()) - int(USED.read_text()))
    return None
