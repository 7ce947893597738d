"""Losses, each a row written in the language.

    loss("half_squared_error")            a row by its name
    Loss("mine", lambda out, y: ...)      one of your own, cell by cell

A loss says how wrong each output is, cell by cell (or sample by sample for a categorical one). It
reads the *output* of the network, or, where exponentials and logarithms would overflow, the
output layer's *input*; then it belongs to one activation, and the slope of both together is simply
output - y.

Sources: Huber 1964; Koenker & Bassett 1978 (quantile, "pinball"); Bishop 2006, 4.3 (cross-entropy
with its matching activation); McCullagh & Nelder 1989 (half the Poisson deviance).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

from workings import lookup
from workings.activations import EXPONENTIAL, SIGMOID, SOFTMAX
from workings.errors import SettingError
from workings.language import Expr, Op, shapes, spread, sum_of
from workings.language.algebra import CELL, EXP, GREATER, LOG, MAXIMUM, WHERE
from workings.language.defined import ABSOLUTE, LOG_SUM_EXP

Formula = Callable[..., Expr]
TINY = 1e-30  # above 0 in float32 too
OWED = ("How fast the loss changes with the output.", "How fast the loss changes with the target.")


class Loss(Op):
    """One loss: how wrong a prediction is, cell by cell.

    `formula` takes the prediction and the target; `slope` takes the same and gives the slope by
    the prediction, for which it is derived if left out. `activation` is set when the formula
    takes the output layer's input instead: the activation it includes. `task` is
    "regression", "binary" or "classes".
    """

    activation: str | None
    task: str
    use: str

    def __init__(
        self,
        name: str,
        formula: Formula,
        slope: Formula | None = None,
        *,
        activation: str | None = None,
        task: str = "regression",
        use: str = "",
        **facts: Any,
    ) -> None:
        facts = {"shape": shapes.alike, "elementwise": True, "owed": OWED, **facts}
        if slope:
            facts["slopes"] = (lambda y, prediction, target: slope(prediction, target), None)
        index = f"{CELL}{name}({{0}}[r,c], {{1}}[r,c])"
        super().__init__(name, index=index, reason=use or "How wrong.", formula=formula, **facts)
        object.__setattr__(self, "activation", activation)
        object.__setattr__(self, "task", task)
        object.__setattr__(self, "use", use)


def loss(word: str) -> Loss:
    """The loss called `word`; raises `UnknownName` with a suggestion."""
    return lookup.row(sys.modules[__name__], Loss, word)


def loss_row(loss_or_word: str | Loss) -> Loss:
    """The row itself, whether it was named or given."""
    return loss(loss_or_word) if isinstance(loss_or_word, str) else loss_or_word


def losses() -> dict[str, Loss]:
    """Every loss there is, by its name."""
    return lookup.rows(sys.modules[__name__], Loss)


def huber(delta: float = 1.0) -> Loss:
    """The Huber loss: a parabola up to errors of `delta` (above 0), straight lines beyond."""
    if not 0 < delta < math.inf:
        raise SettingError(f"cannot make a Huber loss for delta = {delta:g}: above 0 was expected")

    def formula(output: Expr, y: Expr) -> Expr:
        error = ABSOLUTE(output - y)
        return WHERE(GREATER(error, delta), delta * (error - delta / 2), 0.5 * error * error)

    word = "huber" if delta == 1.0 else f"huber_{delta:g}"
    return Loss(word, formula, use="Squared near 0, absolute beyond: outliers pull less.")


def quantile(share: float = 0.5) -> Loss:
    """The quantile loss: its best constant answer has `share` (0 .. 1) of the targets below it."""
    if not 0 < share < 1:
        raise SettingError(
            f"cannot make a quantile loss for share = {share:g}: between 0 and 1 was expected"
        )

    def formula(output: Expr, y: Expr) -> Expr:
        return MAXIMUM(share * (y - output), (share - 1.0) * (y - output))

    word = "quantile" if share == 0.5 else f"quantile_{share:g}"
    return Loss(word, formula, use="Half the absolute error, or another quantile than the median.")


def _binary_cross_entropy(z: Expr, y: Expr) -> Expr:
    # log(1 + e^z) - y z, with only e^-|z| taken
    return MAXIMUM(z, 0.0) - z * y + LOG(1.0 + EXP(-ABSOLUTE(z)))


def _poisson(z: Expr, y: Expr) -> Expr:
    # e^z - y z, less what it is at its best; 0 log 0 is 0
    return EXP(z) - y * z + (y * LOG(MAXIMUM(y, TINY)) - y)


def _categorical_cross_entropy(z: Expr, y: Expr, *, axis: int) -> Expr:
    return LOG_SUM_EXP(z, axis=axis) - sum_of(z * y, axis)


def _categorical_back(g: Expr, v: Expr, z: Expr, y: Expr, *, axis: int) -> tuple[Expr, Expr]:
    each = spread(g, z.shape)
    return each * (SOFTMAX(z, axis=axis) - y), each * -z


HALF_SQUARED_ERROR = Loss(
    "half_squared_error", lambda output, y: 0.5 * (output - y) * (output - y),
    lambda output, y: output - y,
    use="(y - output)^2 / 2: the half is there so that its slope is just the error.",
)  # fmt: skip
SQUARED_ERROR = Loss(
    "squared_error", lambda output, y: (output - y) * (output - y),
    lambda output, y: 2.0 * (output - y), use="(y - output)^2: its best constant is the mean.",
)  # fmt: skip
ABSOLUTE_ERROR = Loss(
    "absolute_error", lambda output, y: ABSOLUTE(output - y),
    use="|y - output|: its best constant is the median, so outliers pull less.",
)  # fmt: skip
HUBER = huber()
QUANTILE = quantile()
POISSON = Loss(
    "poisson", _poisson, lambda z, y: EXPONENTIAL(z) - y, activation="exponential",
    use="For counts: half the Poisson deviance, which is 0 where the output is the target.",
)  # fmt: skip
BINARY_CROSS_ENTROPY = Loss(
    "binary_cross_entropy", _binary_cross_entropy, lambda z, y: SIGMOID(z) - y,
    activation="sigmoid", task="binary",
    use="Minus the log of the probability given to what was true; two classes.",
)  # fmt: skip
CATEGORICAL_CROSS_ENTROPY = Loss(
    "categorical_cross_entropy", _categorical_cross_entropy, activation="softmax", task="classes",
    use="Minus the log of the probability given to the class that was true.",
    shape=lambda z, y, *, axis: shapes.reduced(shapes.alike(z, y), axis=axis),
    back=_categorical_back, elementwise=False,
)  # fmt: skip
