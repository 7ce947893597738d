"""Exercises of many kinds, which all tests of worksheets go through."""

from __future__ import annotations

from typing import Any

from workings.conventions import Convention
from workings.worksheets import Exercise, exercise

SHORT = Convention("gradient", "mean", "columns", "own", "short")

PLANS: dict[str, dict[str, Any]] = {
    "2-2-1": {"sizes": [2, 2, 1]},
    "deep": {"sizes": [2, 3, 2, 1], "activation": "tanh"},
    "classes": {"sizes": [3, 3, 3], "activation": "relu", "loss": "categorical_cross_entropy"},
    "another book": {"sizes": [2, 2, 2], "convention": SHORT, "rows": 4},
    "folded": {"sizes": [2, 2, 1], "convention": Convention(bias="folded")},
    "no bias": {"sizes": [3, 2, 1], "convention": Convention(bias="none", names="partials")},
    "no hidden layer": {"sizes": [3, 1], "loss": "binary_cross_entropy", "rows": 5},
    "regression": {"sizes": [2, 3, 1], "activation": "relu,identity", "loss": "squared_error"},
    "counts": {"sizes": [2, 2, 1], "loss": "poisson"},
    "momentum": {"sizes": [2, 2, 1], "optimizer": "momentum"},
    "adam": {"sizes": [2, 2, 1], "optimizer": "adam", "digits": 10},
    "one of each": {"sizes": [1, 1, 1], "rows": 1},
    "three decimals": {"sizes": [2, 2, 1], "digits": 3},
    "wide": {"sizes": [6, 8, 3], "activation": "softplus"},
}


def made(plan: str, seed: int = 1, blank: str = "all") -> Exercise:
    return exercise(seed=seed, blank=blank, **PLANS[plan])
