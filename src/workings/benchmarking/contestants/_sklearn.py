"""scikit-learn's perceptrons, and ours in their place, brought to a task's weights."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from workings.benchmarking.task import Array, Task

ACTIVATIONS = {"sigmoid": "logistic", "tanh": "tanh", "relu": "relu", "identity": "identity"}
PAIRS = {  # what they can train: the output's activation and the loss
    ("sigmoid", "binary_cross_entropy"), ("softmax", "categorical_cross_entropy"),
    ("identity", "half_squared_error"),
}  # fmt: skip


def why_not(task: Task) -> str:
    """Why a perceptron of scikit-learn's cannot train this, or ""."""
    how = task.how
    if (how.output, how.loss) not in PAIRS or how.reduction != "mean":
        return f"has no {how.loss} after {how.output} as a {how.reduction}"
    return ""


def perceptron(module: Any, task: Task, **told: Any) -> Any:
    """A fitted perceptron of `module` with the task's weights."""
    how = task.how
    kind = module.MLPRegressor if how.loss == "half_squared_error" else module.MLPClassifier
    model = kind(
        hidden_layer_sizes=tuple(task.sizes[1:-1]), activation=ACTIVATIONS[how.hidden],
        alpha=0.0, max_iter=1, **told,
    )  # fmt: skip
    labels = labels_of(task)
    _, some = np.unique(labels, return_index=True) if how.loss != "half_squared_error" else (0, [0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few rows, and so few epochs
        model.fit(task.X[some], labels[some])
    model.coefs_ = [w.copy() for w, _ in task.weights]
    model.intercepts_ = [b.copy() for _, b in task.weights]
    return model


def labels_of(task: Task) -> Array:
    """The target as an estimator is given it: labels, or amounts."""
    if task.how.loss == "half_squared_error":
        return task.y.ravel()
    return task.y.argmax(axis=1) if task.y.shape[1] > 1 else task.y.ravel().astype(int)
