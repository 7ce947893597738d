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
from numpy.typing import NDArray

from workings import engines
from workings.errors import SettingError
from workings.language import Expr, Program
from workings.schedules import schedule
from workings.trace import Array

Values = dict[str, Array]
Score = Callable[[Array, Array], float]  # (output, target), samples in rows -> a number
MOST = 10**18  # of whole numbers that are counted to
Metric = Callable[[Expr, Expr], Expr]  # the same, written in the language: a mean over samples


@dataclass(frozen=True)
class Settings:
    """How to train. Raises `SettingError` naming the option and its range.

    `batch_size` None is full batch; `patience` is how many epochs without gain in the validation
    loss end the training (None: never); `rate` is the learning rate that `schedule` starts from.
    `engine` runs it: numpy, compiled, or auto, which takes the one that will be faster.
    """

    epochs: int = 200
    batch_size: int | None = None
    rate: float = 0.1
    schedule: str = "constant"
    shuffle: bool = True
    seed: int = 0
    patience: int | None = None
    gain: float = 0.0
    engine: str = "auto"

    def __post_init__(self) -> None:
        check_least("epochs", self.epochs, 1, whole=True)
        check_least("batch_size", self.batch_size, 1, whole=True)
        check_least("patience", self.patience, 1, whole=True)
        check_least("gain", self.gain, 0)
        check_least("seed", self.seed, 0, whole=True)
        if not (is_number(self.rate) and self.rate > 0):
            raise SettingError(f"cannot train with lr = {self.rate!r}: more than 0 was expected")
        schedule(self.schedule)
        engines.check(self.engine)


@dataclass(frozen=True)
class Rows:
    """Inputs and targets, as the program lays its samples out (rows or columns).

    `X` may be a sparse matrix of SciPy's with samples in rows: a batch of it is made dense when
    its turn comes. `weights` says how much each sample counts, laid out like `y` with a size of 1.
    """

    X: Any
    y: Array
    weights: Array | None = None

    def __post_init__(self) -> None:
        for word in ("X", "y", "weights"):
            rows = getattr(self, word)
            rows = rows if rows is None or hasattr(rows, "toarray") else np.asarray(rows)
            if rows is not None and rows.dtype.kind != "f":  # or a rate of 0.5 would become 0
                rows = rows.astype(float)
            object.__setattr__(self, word, rows)

    def batch(self, which: NDArray[np.intp] | None, axis: int) -> Values:
        """What the program is given of the samples `which` (None: all, in their own order)."""
        if hasattr(self.X, "toarray"):
            found = {"X": (self.X if which is None else self.X[which]).toarray()}
        else:
            found = {"X": self.X if which is None else self.X.take(which, axis)}
        rest = {"y": self.y, "sample_weights": self.weights}
        for word, x in rest.items():
            if x is not None:
                found[word] = x if which is None else x.take(which, axis)
        return found


@dataclass(frozen=True)
class Measures:
    """What to look at besides the training loss.

    `metrics` are taken of the step `output` against the target, on the training rows while they
    are learnt from and on the `validation` rows; they are steps of the program, and run with it.
    `scores` are taken of the validation rows alone, all of them at once. `summed` says
    that the program's loss is a sum over samples, not a mean. `judge` is the program that
    validation rows go through, where it is not the training's own: one without dropout.
    """

    summed: bool = True
    output: str = "output"
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    validation: Rows | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    judge: Program | None = None


@dataclass
class History:
    """What happened, epoch by epoch. Losses are means per sample, whatever the reduction.

    `engine` is the one that ran, `machine` what its digits depend on (of machine code; else ""),
    and `fallback` why it was NumPy where machine code would have been faster.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    rate: list[float] = field(default_factory=list)
    iterations: int = 0
    best_epoch: int = 0
    kept_epoch: int = 0  # whose weights were returned
    stopped: str = ""
    seconds: float = 0.0
    engine: str = "numpy"
    machine: str = ""
    fallback: str = ""

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
    """A report at the end of an epoch, for whoever watches; `values` are the weights by then."""

    epoch: int
    epochs: int
    rows_per_second: float
    history: History
    values: Values = field(default_factory=dict, repr=False)


def check_least(option: str, value: Any, least: float, *, whole: bool = False) -> None:
    """Raises `SettingError` unless `value` is a finite number of at least `least`; None is fine.

    A whole number may have 18 digits, so that it can be counted with and kept in a file.
    """
    fits = is_number(value, whole=whole) and value >= least
    if value is None or (fits and (not whole or value <= MOST)):
        return
    kind = "a whole number, " if whole else ""
    most = " and at most 18 digits," if whole and is_long(value) else ""
    raise SettingError(
        f"cannot train with {option} = {said(value)}: {kind}{least:g} or more{most} was expected",
        option=option, value=value,
    )  # fmt: skip


def is_number(value: Any, *, whole: bool = False) -> bool:
    """Whether this is a finite number (a whole one), and not a word or a truth value."""
    kind = Integral if whole else Real
    try:
        return isinstance(value, kind) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond all floating-point ones
        return False


def is_long(value: Any) -> bool:
    """Whether this is a whole number of more digits than may be."""
    return isinstance(value, Integral) and abs(int(value)) > MOST


def said(value: Any) -> str:
    """A value in a message: a number of very many digits is not written out."""
    return "a number of many digits" if is_long(value) else repr(value)
