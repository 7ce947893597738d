"""What can be taken away: one file per form, found by its name.

    formats()                          the names: c, json, latex, numpy, r, xlsx ...
    write(subject, "numpy", path)      the file, written whole or not at all

A `Subject` is all that a form may know: programs, values and facts. Each file it writes carries
its own test vectors and says whether it agrees with the engine. Text from a user's table is data
in it, never a part of its code.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workings import files, lookup
from workings.errors import SettingError
from workings.language import Program
from workings.trace import Array


@dataclass(frozen=True)
class Run:
    """A training that can be run again: its rows, where it started, how long, and where it ended.

    `X` and `y` are laid out as the program wants them; `samples` is the axis along which samples
    lie. `start` holds the parameters and whatever the optimizer remembers, at their first values.
    `rates` is the learning rate of each epoch. Batches: the rows in their own order, all of them
    or `batch_size` at a time; with `shuffled`, in the order that `numpy.random.default_rng(seed)`
    shuffles them into at the beginning of each epoch (one `Generator.shuffle` of `arange(n)` an
    epoch). `losses` are means per sample, one for each epoch; `last` are the trained parameters.
    `engine` is what ran it: another one adds up in another order, and ends some last digits away.
    """

    iteration: Program
    X: Array
    y: Array
    samples: int
    start: Mapping[str, Array]
    rates: Sequence[float]
    batch_size: int
    shuffled: bool
    seed: int
    summed: bool
    losses: Sequence[float]
    last: Mapping[str, Array]
    engine: str = "numpy"


@dataclass(frozen=True)
class Input:
    """A column that the prediction reads: a number, or a word that is one of `levels`.

    None among the levels stands for a missing cell; `folded` means that capitals do not matter;
    `required` that a number may not be missing.
    """

    name: str
    levels: tuple[str | None, ...] = ()
    folded: bool = False
    required: bool = False


@dataclass(frozen=True)
class Output:
    """One of several columns that are predicted: an amount, or the second of two words or not."""

    name: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """Something to take away.

    `prediction` computes `answer` (samples in rows) from `given` (the names of its inputs:
    `numbers` (n, p) and `categories` (n, q) as places among the levels, -1 for none of them; or
    `X`), the trained `values` and the constants among them. `tests` are inputs for some rows and
    `expected` the engine's answers for them. `run` is there when the training can be run again.
    `target` is the column that is predicted and `classes` its words; where there are several, each
    has one of the `outputs`.
    """

    title: str
    prediction: Program
    samples: int  # the axis of the inputs along which samples lie
    given: Sequence[str]
    values: Mapping[str, Array]
    tests: Mapping[str, Array]
    expected: Array
    inputs: Sequence[Input]
    target: str
    classes: Sequence[str] = ()
    run: Run | None = None
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    outputs: Sequence[Output] = ()

    @property
    def reading(self) -> str:
        """How an answer is read: one of the words below."""
        if self.outputs:
            return LABELS if self.outputs[0].words else AMOUNTS
        if not self.classes:
            return AMOUNT
        return ONE_OF_TWO if self.expected.shape[1] == 1 else BEST

    @property
    def required(self) -> list[str]:
        """The columns of numbers in which nothing may be missing."""
        return [one.name for one in self.inputs if one.required]


AMOUNT, ONE_OF_TWO, BEST = "an amount", "one of two classes", "the best of several"
AMOUNTS, LABELS = "amounts", "labels"  # a column each


def formats() -> list[str]:
    """The names of the forms, as `--to` takes them."""
    return lookup.modules(sys.modules[__name__])


def write(subject: Subject, to: str, path: files.PathLike, **options: int) -> None:
    """Writes `subject` in the form `to`; raises `UnknownName` with a suggestion.

    `options` are those of the form, such as `iterations` for a workbook; raises `SettingError`
    for one that it does not have.
    """
    made = content(subject, to, **options)
    if isinstance(made, bytes):
        with files.replacing(path, "wb") as binary:
            binary.write(made)
    else:
        with files.replacing(path) as text:
            text.write(made)


def content(subject: Subject, to: str, **options: int) -> str | bytes:
    """What `write` would write; raises the same."""
    make = lookup.module(sys.modules[__name__], to).content
    known = list(inspect.signature(make).parameters)[1:]
    for word in options:
        if word not in known:
            raise SettingError(
                f"cannot export to {to} with {word}: it has no such option", hint="Leave it out."
            )
    made: str | bytes = make(subject, **options)
    return made
