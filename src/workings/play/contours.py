"""Where a picture of heights crosses 0, as short lines: marching squares.

crossing(heights)       segments in places of the grid, between (0, 0) and (columns - 1, rows - 1)
chains(segments)        the same as lines of many points
"""

from __future__ import annotations

import numpy as np

from workings.trace import Array

NOTHING = 1e-9  # the length of a segment


def crossing(heights: Array) -> Array:
    """Segments (m, 4) as x1, y1, x2, y2, in columns and rows of the grid `heights` (rows, columns).

    On each side of a square whose ends lie on both sides of 0 the crossing is where a straight
    line between them has it. Two crossings make a segment; four make two.

    >>> crossing(np.array([[-1.0, 1.0], [-1.0, 1.0]]))
    array([[0.5, 0. , 0.5, 1. ]])
    """
    corners = heights[:-1, :-1], heights[:-1, 1:], heights[1:, 1:], heights[1:, :-1]
    at = ((0, 0), (1, 0), (1, 1), (0, 1))  # column and row of each corner
    rows, columns = np.indices(corners[0].shape)
    hits, xs, ys = [], [], []
    for side in range(4):
        one, other = corners[side], corners[(side + 1) % 4]
        (x1, y1), (x2, y2) = at[side], at[(side + 1) % 4]
        hit = (one > 0) != (other > 0)
        share = np.where(hit, one / np.where(hit, one - other, 1.0), 0.0)
        hits.append(hit)
        xs.append(columns + x1 + share * (x2 - x1))
        ys.append(rows + y1 + share * (y2 - y1))
    hit = np.stack(hits, -1).reshape(-1, 4)
    x, y = (np.stack(one, -1).reshape(-1, 4) for one in (xs, ys))
    found = [np.empty((0, 4))]
    for squares, count in ((hit.sum(1) == 2, 2), (hit.sum(1) == 4, 4)):
        for first in range(0, count, 2):
            order = np.argsort(~hit[squares], axis=1, kind="stable")[:, first : first + 2]
            px, py = (np.take_along_axis(one[squares], order, 1) for one in (x, y))
            found.append(np.column_stack([px[:, 0], py[:, 0], px[:, 1], py[:, 1]]))
    return np.concatenate(found)


def chains(segments: Array) -> list[list[tuple[float, float]]]:
    """Segments that meet, joined to lines.

    >>> chains(np.array([[0.0, 0.0, 1.0, 0.0], [2.0, 1.0, 1.0, 0.0]]))
    [[(0.0, 0.0), (1.0, 0.0), (2.0, 1.0)]]
    """
    apart = segments[:, :2] - segments[:, 2:]
    long = segments[np.hypot(apart[:, 0], apart[:, 1]) > NOTHING]
    ends = [((x1, y1), (x2, y2)) for x1, y1, x2, y2 in long.round(9).tolist()]
    at: dict[tuple[float, float], list[int]] = {}
    for place, pair in enumerate(ends):
        for end in pair:
            at.setdefault(end, []).append(place)
    left = set(range(len(ends)))

    def on(line: list[tuple[float, float]]) -> None:
        while (near := next((k for k in at[line[-1]] if k in left), None)) is not None:
            left.remove(near)
            one, other = ends[near]
            line.append(other if line[-1] == one else one)

    found = []
    while left:
        first = left.pop()
        forward, back = [ends[first][1]], [ends[first][0]]
        on(forward)
        on(back)
        found.append([*back[::-1], *forward])
    return found
