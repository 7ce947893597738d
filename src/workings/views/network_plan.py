"""Where the units of a network stand in a drawing: `plan([4, 3, 1])`. No values, no medium.

Columns from left to right, the inputs first; large layers show their first units.
"""

from __future__ import annotations

from collections.abc import Sequence

MOST = 12  # units of a layer that are drawn
ACROSS, DOWN, EDGE = 100, 36, 24

Point = tuple[float, float]


def plan(sizes: Sequence[int]) -> tuple[list[list[Point]], float, float]:
    """For each layer the places of its units, then the width and the height of all of it.

    >>> plan([2, 1])
    ([[(24, 42.0), (24, 78.0)], [(124, 60.0)]], 148, 120)
    """
    tallest = max(min(size, MOST) + (size > MOST) for size in sizes)
    height = max(2 * EDGE + tallest * DOWN, 120)
    columns: list[list[Point]] = []
    for place, size in enumerate(sizes):
        shown = min(size, MOST)
        top = (height - (shown + (size > MOST)) * DOWN) / 2 + DOWN / 2
        columns.append([(EDGE + place * ACROSS, top + row * DOWN) for row in range(shown)])
    return columns, 2 * EDGE + (len(sizes) - 1) * ACROSS, height
