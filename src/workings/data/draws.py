"""Points drawn from a seed: the very ones that scikit-learn's functions of these names draw.

    moons(1000, noise=0.1, seed=42)       two half circles, one opening into the other
    circles(500, noise=0.1, inner=0.4)    a circle inside another
    blobs(300, groups=3)                  round groups around centres between -10 and 10

Each gives the points (n, 2) and their groups (n,), 0, 1 ...  They are made here because importing
scikit-learn for them takes a second and a hundred megabytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Points = tuple[npt.NDArray[np.float64], npt.NDArray[Any]]


def moons(rows: int, *, noise: float, seed: int) -> Points:
    """Two half circles, their points moved by normal numbers of the spread `noise`.

    >>> X, y = moons(4, noise=0.0, seed=1)
    >>> X.shape, sorted(y.tolist())
    ((4, 2), [0, 0, 1, 1])
    """
    above, below = (np.linspace(0, np.pi, count) for count in _halves(rows))
    upper = np.column_stack([np.cos(above), np.sin(above)])
    lower = np.column_stack([1 - np.cos(below), 1 - np.sin(below) - 0.5])
    return _shuffled_and_moved(upper, lower, noise, seed)


def circles(rows: int, *, noise: float, inner: float, seed: int) -> Points:
    """A circle of radius 1, and one of radius `inner` inside it."""
    outside, inside = (np.linspace(0, 2 * np.pi, n, endpoint=False) for n in _halves(rows))
    outer = np.column_stack([np.cos(outside), np.sin(outside)])
    small = np.column_stack([np.cos(inside) * inner, np.sin(inside) * inner])
    return _shuffled_and_moved(outer, small, noise, seed)


def blobs(rows: int, *, groups: int, seed: int) -> Points:
    """Round groups of spread 1 around centres drawn between -10 and 10, as equal as can be."""
    random = np.random.RandomState(seed)
    centres = random.uniform(-10.0, 10.0, (groups, 2))
    counts = [rows // groups + (group < rows % groups) for group in range(groups)]
    pairs = zip(centres, counts, strict=True)
    X = np.concatenate([random.normal(c, 1.0, (count, 2)) for c, count in pairs])
    y = np.repeat(np.arange(groups), counts)
    order = _order(rows, random)
    return X[order], y[order]


def _halves(rows: int) -> tuple[int, int]:
    return rows // 2, rows - rows // 2


def _shuffled_and_moved(first: Any, second: Any, noise: float, seed: int) -> Points:
    random = np.random.RandomState(seed)
    y = np.repeat([0, 1], [len(first), len(second)])
    order = _order(len(y), random)
    X = np.concatenate([first, second])[order]
    return X + random.normal(scale=noise, size=X.shape), y[order]


def _order(rows: int, random: np.random.RandomState) -> npt.NDArray[np.int64]:
    order = np.arange(rows)
    random.shuffle(order)
    return order
