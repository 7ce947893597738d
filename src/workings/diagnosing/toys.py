"""Rows drawn from fixed seeds, for the presets.

moons(200)             two half circles: X (n, 2), y (n, 1) of 0 and 1
curve(100)             one input and its sine
football()             75 matches and their results
two_classes(60)        two columns of numbers and one of words
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.data import draws
from workings.trace import Array


def moons(rows: int, noise: float = 0.1, seed: int = 0) -> tuple[Array, Array]:
    """Two half circles, their points moved a little."""
    X, y = draws.moons(rows, noise=noise, seed=seed)
    return X, y.reshape(-1, 1).astype(float)


def curve(rows: int, seed: int = 0) -> tuple[Array, Array]:
    """One input from -2 to 2, and its sine with a little noise."""
    random = np.random.default_rng(seed)
    x = random.uniform(-2, 2, (rows, 1))
    return x, np.sin(2 * x) + random.normal(0, 0.1, (rows, 1))


def football() -> tuple[Array, Array]:
    """75 matches: six whole numbers from 0 to 42, and one of three results, one-hot.

    The result goes by the difference of the first and the last three numbers: 40 home wins, 15
    draws and 20 away wins. Ten results are exchanged in pairs, so the rule is right for 65 rows.
    """
    random = np.random.default_rng(5)
    X = random.integers(0, 43, (75, 6)).astype(float)
    order = np.argsort(X[:, :3].sum(1) - X[:, 3:].sum(1))
    result = np.empty(75, int)
    for label, some in enumerate(np.split(order, [20, 35])):
        result[some] = label
    taken = [random.permutation(np.flatnonzero(result == label))[:4] for label in range(3)]
    pairs = [(0, 1, 0), (1, 2, 1), (2, 0, 2), (0, 2, 3), (1, 0, 3)]
    for one, other, place in pairs:
        a, b = taken[one][place], taken[other][(place + 1) % 4]
        result[a], result[b] = result[b], result[a]
    return X, np.eye(3)[result]


def two_classes(rows: int, seed: int = 0, noise: float = 1.0) -> tuple[Any, Any, list[str]]:
    """Two columns of numbers, and one of two words that goes by them."""
    random = np.random.default_rng(seed)
    a, b = random.normal(size=(2, rows)).round(3)
    goes = a - b + noise * random.normal(size=rows) > 0
    return a, b, np.where(goes, "yes", "no").tolist()
