"""What a training from a table is watched by, written in the language so that it runs with it.

    metrics_for("regression", outputs, scale)     {"MAE": ...}
    metrics_for("classification", outputs)        {"accuracy": ...}

Each is a `Metric` of `training.runs`: (output, target) -> the mean over the samples.
"""

from __future__ import annotations

from workings.language import Expr, size_of, sum_of
from workings.language.algebra import EQUAL, GREATER
from workings.language.defined import ABSOLUTE
from workings.training.runs import Metric


def metrics_for(task: str, outputs: int, scale: float = 1.0) -> dict[str, Metric]:
    """The metrics that suit a task; amounts are `scale` times as large as the network's own."""
    if task == "regression":
        return {"MAE": lambda output, y: scale / outputs * _mean(ABSOLUTE(output - y))}
    return {"accuracy": _said_right if outputs == 1 else _best_right}


def _said_right(output: Expr, y: Expr) -> Expr:
    """The share of rows on the same side of one half as their target."""
    return _mean(EQUAL(GREATER(output, 0.5), GREATER(y, 0.5)))


def _best_right(output: Expr, y: Expr) -> Expr:
    """The share of rows whose own class has the largest output, and alone has it."""
    as_large = 1.0 - GREATER(sum_of(output * y, 1), output)
    return _mean(EQUAL(sum_of(as_large, 1), 1.0))


def _mean(x: Expr) -> Expr:
    """The sum of all cells over the number of samples."""
    return sum_of(x) / size_of(x, 0)
