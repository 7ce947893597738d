"""What can be said about a training, and the network that suits a task.

Options(hidden=(16, 8), activation="relu")     all of it, checked
options_of(hidden=[16, 8])                     the same from keywords
network_for(task, classes, options)            the network that follows
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from workings.conventions import TRAINED_UNDER
from workings.errors import SettingError, UnknownName
from workings.language import Op
from workings.losses import Loss, loss_row
from workings.network import Dense, Network
from workings.optimizers import optimizer
from workings.training.runs import Settings, check_least, is_number, said

TASKS = ("auto", "classification", "regression")
DTYPES = ("float64", "float32")
MOST_LAYERS, MOST_UNITS = 200, 10**15
VALIDATION_SIZE = 0.15  # of the training rows, when training stops early


@dataclass(frozen=True)
class Options:
    """What can be said about a training; None means: what suits the task and the table.

    `dropout` is the share of hidden neurons that sit out in each iteration, `clip` the norm that
    gradients are shortened to. `engine` runs it: auto takes the one that will be faster of numpy
    and compiled. `ignore` names columns to leave out, `categories` columns of numbers
    that are names of groups, `keep` columns that are read although they seem to name their rows.
    """

    hidden: tuple[int, ...] = (32,)
    activation: str | Op = "tanh"
    task: str = "auto"
    loss: str | Loss | None = None
    optimizer: str = "adam"
    lr: float | None = None
    epochs: int = 100
    batch_size: int | None = 32
    schedule: str = "cosine"
    test_size: float = 0.2
    validation_size: float | None = None
    patience: int | None = None
    l1: float = 0.0
    l2: float = 0.002
    dropout: float = 0.0
    clip: float | None = None
    start: str | None = None
    ignore: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    dtype: str = "float64"
    engine: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise UnknownName("task", self.task, TASKS)
        if self.dtype not in DTYPES:
            raise UnknownName("dtype", self.dtype, DTYPES)
        for word, share in (("test", self.test_size), ("validation", self.validation_share)):
            if not (is_number(share) and 0 <= share < 1):
                shown = f"{share:g}" if is_number(share) else said(share)
                raise SettingError(
                    f"cannot keep {shown} of the rows for {word}: "
                    "0 or more and less than 1 was expected"
                )
        self._check_network()
        self.settings  # noqa: B018 - whatever is out of range is found before the table is read

    def _check_network(self) -> None:
        check_least("l1", self.l1, 0)
        check_least("l2", self.l2, 0)
        if not (is_number(self.dropout) and 0 <= self.dropout < 1):
            raise SettingError(
                f"cannot train with dropout = {said(self.dropout)}: 0 or more, and less than 1, "
                "was expected"
            )
        if self.clip is not None and not (is_number(self.clip) and self.clip > 0):
            raise SettingError(
                f"cannot train with clip = {said(self.clip)}: more than 0 was expected"
            )
        if len(self.hidden) > MOST_LAYERS:
            raise SettingError(
                f"cannot train {len(self.hidden)} hidden layers: at most {MOST_LAYERS} were "
                "expected"
            )
        for units in self.hidden:
            if not (is_number(units, whole=True) and 1 <= units <= MOST_UNITS):
                raise SettingError(
                    f"cannot make a hidden layer of {said(units)} units: a whole number from 1 to "
                    f"{MOST_UNITS} was expected"
                )

    def plain(self) -> dict[str, Any]:
        """The options as plain data; a row of one's own by its name."""
        return {
            word: getattr(value, "name", list(value) if isinstance(value, tuple) else value)
            for word, value in vars(self).items()
        }

    @property
    def validation_share(self) -> float:
        """The share of the training rows that decides when to stop."""
        if self.validation_size is None:
            return VALIDATION_SIZE if self.patience else 0.0
        return self.validation_size

    @property
    def settings(self) -> Settings:
        """The part of it that the loop is told."""
        return Settings(
            epochs=self.epochs, batch_size=self.batch_size, schedule=self.schedule,
            rate=optimizer(self.optimizer).rate if self.lr is None else self.lr,
            patience=self.patience, seed=self.seed, engine=self.engine,
        )  # fmt: skip


def options_of(**options: Any) -> Options:
    """`Options` from keywords; raises `UnknownName` with a suggestion for one that is none."""
    known = [option.name for option in fields(Options)]
    for word in options:
        if word not in known:
            raise UnknownName("option", word, known)
    hidden = options.get("hidden", Options.hidden)
    hidden = (hidden,) if isinstance(hidden, int) else tuple(hidden)
    lists: dict[str, Any] = {
        word: _words(options[word]) for word in ("ignore", "categories", "keep") if word in options
    }
    units = tuple(count for count in hidden if count != 0)
    return Options(**{**options, **lists, "hidden": units})


def _words(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(map(str, given))


def network_for(task: str, classes: int, options: Options) -> Network:
    """The network that the options ask for, with the loss and the output that suit the task."""
    loss, ends = _loss_and_output(task, classes, options.loss)
    layers = [Dense(units, options.activation, dropout=options.dropout) for units in options.hidden]
    outputs = Dense(classes if classes > 2 else 1, ends)
    return Network([*layers, outputs], loss, TRAINED_UNDER, l1=options.l1, l2=options.l2)


def _loss_and_output(task: str, classes: int, chosen: str | Loss | None) -> tuple[str | Loss, str]:
    """The loss, and the output layer's activation that goes with task and loss."""
    if task == "regression":
        loss: str | Loss = "squared_error" if chosen is None else chosen
        ends = loss_row(loss).activation or "identity"
        if loss_row(loss).task != "regression":
            raise SettingError(
                f"cannot use the loss {loss_row(loss).name} for a regression",
                hint="Choose squared_error, absolute_error or huber, or task=classification.",
            )
        return loss, ends
    natural = "binary_cross_entropy" if classes == 2 else "categorical_cross_entropy"
    loss = natural if chosen is None else chosen
    if loss_row(loss).task == "classes" and classes == 2:
        raise SettingError(
            f"cannot use the loss {loss_row(loss).name} for two classes: one output tells them "
            "apart",
            hint="Use binary_cross_entropy.",
        )
    return loss, loss_row(loss).activation or ("sigmoid" if classes == 2 else "softmax")


def reaches_any_number(op: Op) -> bool:
    """Whether an output layer with this activation can give any number, however large."""
    low, high = getattr(op, "span", (-np.inf, np.inf))
    return bool(np.isinf(low) and np.isinf(high))
