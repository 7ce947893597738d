"""NumPy by hand: the method as the article's listing has it, for any layers.

Forward; E = y - output; slopes and deltas back through the layers, with the weights of before the
update; sums over the samples; weights and biases moved by what they are owed times the rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.benchmarking.contestants import Contestant, Predictor, Trained, Trainer
from workings.benchmarking.task import Array, Task, Weights


def _sigmoid(x: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-x))
    return found


def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


def _softmax(x: Array) -> Array:
    raised: Array = np.exp(x - x.max(axis=1, keepdims=True))
    found: Array = raised / raised.sum(axis=1, keepdims=True)
    return found


ACTIVATIONS: dict[str, Any] = {  # the activation, and its slope by its own value
    "sigmoid": (_sigmoid, lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a * a),
    "relu": (_relu, lambda a: a > 0),
    "softmax": (_softmax, None),
    "identity": (lambda x: x, lambda a: np.ones_like(a)),
}
WITH_ACTIVATION = ("binary_cross_entropy", "categorical_cross_entropy")  # E is the delta already


class ByHand(Contestant):
    """What somebody writes who has read the article."""

    title = "NumPy by hand"

    def trainer(self, task: Task) -> Trainer:
        """The loop over batches."""
        batches = [slice(None)] if task.is_whole else task.batches

        def run(iterations: int) -> Trained:
            weights = task.copied()
            move = OPTIMIZERS[task.how.optimizer](weights, task.how.rate)
            for turn in range(iterations):
                rows = batches[turn % len(batches)]
                move(owed(task, weights, task.X[rows], task.y[rows]))
            return lambda: weights

        return run

    def predictor(self, task: Task) -> Predictor:
        """The forward pass."""
        return lambda X: outputs(task, task.weights, X)[-1]


def outputs(task: Task, weights: Weights, X: Array) -> list[Array]:
    """The inputs and what each layer makes of them."""
    found = [X]
    for place, (w, b) in enumerate(weights, 1):
        word = task.how.output if place == len(weights) else task.how.hidden
        found.append(ACTIVATIONS[word][0](found[-1] @ w + b))
    return found


def owed(task: Task, weights: Weights, X: Array, y: Array) -> Weights:
    """What every weight and bias is owed: added times the rate, it makes the loss smaller."""
    made = outputs(task, weights, X)
    E = y - made[-1]
    delta = E if task.how.loss in WITH_ACTIVATION else E * ACTIVATIONS[task.how.output][1](made[-1])
    if task.how.reduction == "mean":
        delta = delta / len(X)
    found: Weights = []
    for place in range(len(weights) - 1, -1, -1):
        found.insert(0, (made[place].T @ delta, delta.sum(axis=0)))
        if place:
            error = delta @ weights[place][0].T
            delta = error * ACTIVATIONS[task.how.hidden][1](made[place])
    return found


def _sgd(weights: Weights, rate: float) -> Any:
    def move(found: Weights) -> None:
        for pair, pair_owed in zip(weights, found, strict=True):
            for x, g in zip(pair, pair_owed, strict=True):
                x += g * rate

    return move


def _adam(weights: Weights, rate: float) -> Any:
    flat = [x for pair in weights for x in pair]
    means, squares = ([np.zeros_like(x) for x in flat] for _ in range(2))
    count = 0

    def move(found: Weights) -> None:
        nonlocal count
        count += 1
        corrected, root = rate / (1 - 0.9**count), (1 - 0.999**count) ** -0.5
        for x, g, m, v in zip(flat, [g for p in found for g in p], means, squares, strict=True):
            m *= 0.9
            m += 0.1 * g
            v *= 0.999
            v += 0.001 * g * g
            x += corrected * m / (np.sqrt(v) * root + 1e-8)

    return move


OPTIMIZERS = {"sgd": _sgd, "adam": _adam}

CONTESTANT = ByHand()
