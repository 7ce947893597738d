"""A nudge: what a function does when one number is moved a little, to the right and to the left.

    nudge(f, values, "wh", (0, 2))     -> Nudged: the slope that shows, and whether it says anything

Half the difference of both sides over the distance is the slope, to about ten digits. Where the
slopes of the two sides differ there is a kink or a tie in between, and a nudge says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from workings.trace import Array

DISTANCE = 1e-6  # about the cube root of the rounding error, where central differences are best
KINK = 1e-2  # relative to the larger of 1 and the slope


class Nudged(NamedTuple):
    """The slope that a nudge shows, the value in the middle, and whether there is a kink."""

    slope: float
    here: float
    kink: bool


def nudge(
    f: Callable[[Mapping[str, Array]], float],
    values: Mapping[str, Array],
    word: str,
    place: tuple[int, ...],
) -> Nudged:
    """Moves one cell of `values[word]` by 1e-6 of its size (at least 1), both ways.

    >>> import numpy as np
    >>> round(nudge(lambda v: float(v["x"].sum() ** 2), {"x": np.array([3.0])}, "x", (0,)).slope, 6)
    6.0
    """
    step: float = DISTANCE * max(1.0, abs(float(values[word][place])))

    def at(by: float) -> float:
        moved = values[word].copy()
        moved[place] += by
        return f({**values, word: moved})

    left, here, right = at(-step), f(values), at(step)
    slope = (right - left) / (2 * step)
    sides = abs((right - here) - (here - left)) / step
    return Nudged(slope, here, sides > KINK * max(1.0, abs(slope)))
