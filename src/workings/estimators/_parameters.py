"""What the parameters of the estimators may be, in scikit-learn's terms, and what they mean here.

CONSTRAINTS            checked when `fit` is called, with scikit-learn's own messages
hidden_layers(told)    the hidden layers that the parameters ask for
optimizer_of(told)     the optimizer, so that updates are scikit-learn's where it has them
loss_of(..)            the loss, and what scikit-learn calls the output's activation
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import HasMethods, Interval, Options, StrOptions

from workings import engines, lookup
from workings.activations import activations
from workings.estimators._course import OURS
from workings.language import Op
from workings.losses import Loss, loss_row, losses
from workings.network import Dense
from workings.optimizers import (
    AdamReordered,
    GradientDescent,
    Momentum,
    Nesterov,
    Optimizer,
    optimizer,
    optimizers,
)

LBFGS = "lbfgs"
THEIRS = {"logistic": "sigmoid", "exp": "exponential"}  # what scikit-learn calls by another name
OURS_TO_THEIRS = {ours: theirs for theirs, ours in THEIRS.items()}
LOSSES = {
    "squared_error": "half_squared_error",  # scikit-learn descends the half of it
    "log_loss": "categorical_cross_entropy",
}
_ACTIVATIONS = {"logistic", *activations()} - {"softmax"}
_SOLVERS = {LBFGS, *optimizers()}

CONSTRAINTS: dict[str, list[Any]] = {
    "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
    "activation": [StrOptions(_ACTIVATIONS), Op, list, tuple],
    "solver": [StrOptions(_SOLVERS), HasMethods("update")],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "learning_rate": [StrOptions({"constant", "invscaling", "adaptive", *OURS})],
    "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
    "power_t": [Interval(Real, 0, None, closed="left")],
    "max_iter": [Interval(Integral, 1, None, closed="left")],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [Interval(Real, 0, None, closed="left")],
    "verbose": ["verbose"],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "beta_1": [Interval(Real, 0, 1, closed="left")],
    "beta_2": [Interval(Real, 0, 1, closed="left")],
    "epsilon": [Interval(Real, 0, None, closed="neither")],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left"), Options(Real, {np.inf})],
    "max_fun": [Interval(Integral, 1, None, closed="left")],
    "dropout": [Interval(Real, 0, 1, closed="left"), list, tuple],
    "l1": [Interval(Real, 0, None, closed="left")],
    "clip_norm": [Interval(Real, 0, None, closed="neither"), None],
    "scoring": [str, callable, None],
    "engine": [StrOptions(set(lookup.modules(engines)))],
}


def hidden_sizes(told: Any) -> list[int]:
    """How many units each hidden layer has; raises ValueError as scikit-learn does."""
    sizes = told.hidden_layer_sizes
    sizes = list(sizes) if hasattr(sizes, "__iter__") else [sizes]
    if any(size <= 0 for size in sizes):
        raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
    return [int(size) for size in sizes]


def hidden_layers(told: Any) -> list[Dense]:
    """The hidden layers, each with its activation and its dropout."""
    sizes = hidden_sizes(told)
    bends = _each(told.activation, sizes, "activation")
    drops = _each(told.dropout, sizes, "dropout")
    return [
        Dense(units, THEIRS.get(bend, bend) if isinstance(bend, str) else bend, dropout=drop)
        for units, bend, drop in zip(sizes, bends, drops, strict=True)
    ]


def _each(given: Any, sizes: Sequence[int], word: str) -> list[Any]:
    if not isinstance(given, list | tuple):
        return [given] * len(sizes)
    if len(given) != len(sizes):
        raise ValueError(
            f"{word} has {len(given)} entries for {len(sizes)} hidden layers: expected one for "
            "each layer, or a single one for all."
        )
    return list(given)


def optimizer_of(told: Any) -> Optimizer:
    """The optimizer that the parameters describe."""
    if not isinstance(told.solver, str):
        return told.solver  # type: ignore[no-any-return]
    if told.solver == "adam":
        return AdamReordered(told.beta_1, told.beta_2, told.epsilon)
    if told.solver != "sgd":
        theirs = {"momentum": told.momentum, "beta1": told.beta_1, "beta2": told.beta_2,
                  "epsilon": told.epsilon}  # fmt: skip
        known = {setting.name for setting in fields(optimizers()[told.solver])}
        return optimizer(told.solver, **{k: x for k, x in theirs.items() if k in known})
    if not told.momentum:
        return GradientDescent()
    return (Nesterov if told.nesterovs_momentum else Momentum)(told.momentum)


def loss_of(told: Any, kind: str) -> tuple[str | Loss, str]:
    """The loss, and the output's activation as scikit-learn calls it.

    `kind` is "regression", "binary" (one or more yes/no outputs) or "multiclass".
    """
    row = LOSSES.get(told.loss, told.loss) if isinstance(told.loss, str) else told.loss
    if told.loss == "log_loss" and kind == "binary":
        row = "binary_cross_entropy"
    natural = {"regression": "identity", "binary": "sigmoid", "multiclass": "softmax"}[kind]
    known = loss_row(row)
    fits = {"regression": ("regression",), "binary": ("binary", "regression"),
            "multiclass": ("classes", "regression")}[kind]  # fmt: skip
    if known.task not in fits or (kind != "regression" and known.activation not in (None, natural)):
        raise ValueError(f"cannot use the loss {known.name} here: the target is {kind}.")
    ends = known.activation or natural
    return row, OURS_TO_THEIRS.get(ends, ends)


def regression_losses() -> set[str]:
    """The losses that a regressor takes by name."""
    return {"squared_error", *(word for word, row in losses().items() if row.task == "regression")}
