"""Numbers as people read them in a matrix: `texts` writes the cells of one matrix.

A matrix of whole numbers is written without decimals. Otherwise each column has one number of
decimals, so that its points stand under each other: `digits` of them below 10, fewer above
(12.40, 312.5), but enough for the smallest cell. What would be written as zero and is not, and
what is huge, is written in powers of ten.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from workings.trace import Array

HUGE = 1e7  # from here on powers of ten are read more easily
WHOLE = 1e9  # whole numbers stay whole up to here


def texts(cells: Array, digits: int) -> list[list[str]]:
    """The text of each cell of a matrix with two axes.

    >>> texts(np.array([[0.035, 12.4], [-0.1313, 3.0]]), 4)
    [['0.0350', '12.40'], ['-0.1313', '3.00']]
    >>> texts(np.array([[1.0, 0.0]]), 4)
    [['1', '0']]
    """
    values = np.asarray(cells, dtype=float)
    if _whole(values):
        return [[f"{cell + 0.0:.0f}" for cell in row] for row in values.tolist()]
    columns = [_column(column, digits) for column in values.T.tolist()]
    return [list(row) for row in zip(*columns, strict=True)]


def _whole(values: Array) -> bool:
    return bool(np.all(np.isfinite(values) & (values == np.round(values)) & (abs(values) < WHOLE)))


def _column(cells: Sequence[float], digits: int) -> list[str]:
    sizes = [abs(cell) for cell in cells if math.isfinite(cell) and cell]
    largest = max(sizes, default=0.0)
    small = largest < 10.0 ** (1 - digits)
    decimals = 0 if small else _decimals(largest, min(sizes), digits)
    return [_text(cell, decimals, digits, scientific=small) for cell in cells]


def _decimals(largest: float, smallest: float, digits: int) -> int:
    if largest < 10:
        return digits
    enough = digits - 1 - math.floor(math.log10(largest))
    smallest_shows = 1 - math.floor(math.log10(smallest))  # its first two digits
    return min(digits, max(0, enough, smallest_shows))


def _text(cell: float, decimals: int, digits: int, *, scientific: bool) -> str:
    if cell == 0:
        return f"{0:.{decimals}f}"
    if not math.isfinite(cell):
        return str(cell)
    if scientific or abs(cell) >= HUGE:
        return f"{cell:.{max(digits - 1, 0)}e}"
    if abs(cell) < 10.0**-decimals:
        return f"{cell:.1e}"
    return f"{cell:.{decimals}f}"
