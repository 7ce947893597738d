"""Times, sizes and ratios in words, and tables as text.

>>> duration(0.0000123), size(340_000_000), ratio(2.345), ratio(123.4)
('12.3 µs', '340 MB', '2.35', '123')
"""

from __future__ import annotations

import math
from collections.abc import Sequence

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
COUNTS = ((1e9, "billion"), (1e6, "million"), (1.0, ""))
SIZES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B"))
NOTHING = "–"


def three(x: float) -> str:
    """Three digits that mean something, without a power of ten."""
    if not math.isfinite(x):
        return NOTHING
    whole = math.floor(math.log10(abs(x))) + 1 if x else 1
    return f"{x:.{max(0, min(3, 3 - whole))}f}"


def duration(seconds: float) -> str:
    """A time with its unit."""
    return _with_unit(seconds, UNITS)


def size(count: float) -> str:
    """An amount of memory with its unit."""
    return _with_unit(count, SIZES)


def amount(count: float) -> str:
    """A number of things, rounded."""
    return _with_unit(count, COUNTS).strip()


def ratio(x: float) -> str:
    """How many times as long."""
    return three(x)


def spread(seconds: Sequence[float], median: float) -> str:
    """A median with the least and the most beside it."""
    if not seconds:
        return NOTHING
    return f"{duration(median)} ({duration(min(seconds))} .. {duration(max(seconds))})"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, its columns even; those of numbers to the right."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in [heads, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    right = [all(c[:1].isdigit() or c == NOTHING for c in column[1:]) for column in
             zip(*cells, strict=True)]  # fmt: skip
    marks = ["-" * (w - 1) + (":" if to else "-") for w, to in zip(widths, right, strict=True)]
    lines = [_line(row, widths, right) for row in cells]
    return "\n".join([lines[0], f"| {' | '.join(marks)} |", *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = [c.rjust(w) if to else c.ljust(w) for c, w, to in zip(row, widths, right, strict=True)]
    return f"| {' | '.join(cells)} |"


def _with_unit(x: float, units: Sequence[tuple[float, str]]) -> str:
    if not math.isfinite(x):
        return NOTHING
    scale, unit = next((one for one in units if abs(x) >= one[0]), units[-1])
    return f"{three(x / scale)} {unit}"
