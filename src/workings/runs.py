"""What a training is told, and what it tells: plain data that the loop and its callers share.

Settings     how to train: epochs, batches, learning rate, when to stop
Rows         inputs and targets
Measures     what to look at besides the training loss
History      what happened, epoch by epoch
Training     the trained values with their history
Progress     a report at the end of an epoch
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

import numpy as np

from workings.errors import SettingError
from workings.schedules import schedule
from workings.trace import Array

Values = dict[str, Array]
Metric = Callable[[Array, Array], float]  # (output, target), samples in rows -> mean over them


@dataclass(frozen=True)
class Settings:
    """How to train. Raises `SettingError` naming the option and its range.

    `batch_size` None is full batch; `patience` is how many epochs without gain in the validation
    loss end the training (None: never); `rate` is the learning rate that `schedule` starts from.
    """

    epochs: int = 200
    batch_size: int | None = None
    rate: float = 0.1
    schedule: str = "constant"
    shuffle: bool = True
    seed: int = 0
    patience: int | None = None
    gain: float = 0.0
    engine: str = "numpy"

    def __post_init__(self) -> None:
        check_least("epochs", self.epochs, 1, whole=True)
        check_least("batch_size", self.batch_size, 1, whole=True)
        check_least("patience", self.patience, 1, whole=True)
        check_least("gain", self.gain, 0)
        check_least("seed", self.seed, 0, whole=True)
        if not (is_number(self.rate) and self.rate > 0):
            raise SettingError(f"cannot train with lr = {self.rate!r}: more than 0 was expected")
        schedule(self.schedule)


@dataclass(frozen=True)
class Rows:
    """Inputs and targets, as the program lays its samples out (rows or columns)."""

    X: Array
    y: Array

    def __post_init__(self) -> None:
        for word in ("X", "y"):
            rows = np.asarray(getattr(self, word))
            if rows.dtype.kind != "f":  # whole numbers must not turn a rate of 0.5 into 0
                object.__setattr__(self, word, rows.astype(float))


@dataclass(frozen=True)
class Measures:
    """What to look at besides the training loss.

    `metrics` are taken of the step `output` against the target, on the training rows and on the
    `validation` rows; `summed` says that the program's loss is a sum over samples, not a mean.
    """

    summed: bool = True
    output: str = "output"
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    validation: Rows | None = None


@dataclass
class History:
    """What happened, epoch by epoch. Losses are means per sample, whatever the reduction."""

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    rate: list[float] = field(default_factory=list)
    iterations: int = 0
    best_epoch: int = 0
    kept_epoch: int = 0  # whose weights were returned
    stopped: str = ""
    seconds: float = 0.0

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.loss)


@dataclass(frozen=True)
class Training:
    """The trained values (weights and what the optimizer remembers), and how they came about."""

    values: Values
    history: History


@dataclass(frozen=True)
class Progress:
    """A report at the end of an epoch, for whoever watches."""

    epoch: int
    epochs: int
    rows_per_second: float
    history: History


def check_least(option: str, value: Any, least: float, *, whole: bool = False) -> None:
    """Raises `SettingError` unless `value` is a finite number of at least `least`; None is fine."""
    if value is None or (is_number(value, whole=whole) and value >= least):
        return
    kind = "a whole number, " if whole else ""
    raise SettingError(
        f"cannot train with {option} = {value!r}: {kind}{least:g} or more was expected",
        option=option, value=value,
    )  # fmt: skip


def is_number(value: Any, *, whole: bool = False) -> bool:
    """Whether this is a finite number (a whole one), and not a word or a truth value."""
    kind = Integral if whole else Real
    return isinstance(value, kind) and not isinstance(value, bool) and math.isfinite(value)
