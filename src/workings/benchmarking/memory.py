"""How much memory this process has, and has had at most.

forget_peak()     how much it has now (bytes); the peak begins anew, where the system can do that
peak()            the most it ever had
peak_since()      the most since the peak began anew; None where the system does not tell
"""

from __future__ import annotations

import sys
from pathlib import Path

STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
MARKS = {"at_first": 0}


def forget_peak() -> int:
    """How much memory is held now, in bytes; 0 where the system does not tell."""
    MARKS["at_first"] = _told("VmHWM") or 0
    try:
        FORGET.write_text("5")  # see proc(5): the peak is set to what is held now
    except OSError:
        MARKS["at_first"] = 0
        return 0
    return _told("VmRSS") or 0


def peak() -> int:
    """The most memory that was ever held, in bytes; 0 where the system does not tell."""
    now = _told("VmHWM")
    return max(MARKS["at_first"], now) if now is not None else _used()


def peak_since() -> int | None:
    """The most memory since the peak was forgotten, in bytes."""
    return _told("VmHWM") if MARKS["at_first"] else None


def _told(word: str) -> int | None:
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith(f"{word}:")]
    return int(found[0]) * 1024 if found else None


def _used() -> int:
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
