"""The loss of anybody's weights, and the answers to any rows, computed by one rule in float64.

loss_of(task, weights)       the loss of these weights
answers_of(task, X)          the outputs for these rows
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workings.benchmarking.contestants.by_hand import outputs
from workings.benchmarking.task import Array, Task, Weights

JUDGED = 10_000  # rows whose loss is compared
LEAST = 1e-300  # of a probability, so that it has a logarithm

LOSSES: dict[str, Callable[[Array, Array], Array]] = {  # cell by cell, by our names
    "half_squared_error": lambda out, y: 0.5 * (y - out) ** 2,
    "binary_cross_entropy": lambda out, y: (
        -np.log(np.maximum(np.where(y > 0, out, 1 - out), LEAST))
    ),
    "categorical_cross_entropy": lambda out, y: -y * np.log(np.maximum(out, LEAST)),
}


def loss_of(task: Task, weights: Weights) -> float:
    """The loss of these weights over the first rows of the task; raises where they do not fit."""
    some = slice(0, JUDGED)
    for (w, b), (start, bias) in zip(weights, task.weights, strict=True):
        if w.shape != start.shape or b.shape != bias.shape:
            raise ValueError(
                f"weights are {w.shape} and {b.shape}, not {start.shape}, {bias.shape}"
            )
    with np.errstate(all="ignore"):
        out = outputs(task, _precise(weights), task.X[some].astype(float))[-1]
        losses = LOSSES[task.how.loss](out, task.y[some].astype(float))
    return float(losses.sum() / (len(losses) if task.how.reduction == "mean" else 1))


def answers_of(task: Task, X: Array) -> Array:
    """The outputs (rows, outputs) for these rows with the task's weights."""
    return outputs(task, _precise(task.weights), X.astype(float))[-1]


def _precise(weights: Weights) -> Weights:
    return [(w.astype(float), b.astype(float)) for w, b in weights]
