"""What is learnt about each column of a table from its training rows, as plain data.

NumberColumn      what fills its missing cells, its mean and its spread
CategoryColumn    its words
Target            the classes, or the mean and spread, of what is predicted
useless(column)   why a column cannot help
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workings.data import Column
from workings.errors import DataError

Numbers = NDArray[np.float64]

FEW = 5  # rows; with fewer, words that all differ may yet be groups
MANY = 50  # more different words than this, in most rows, are names of rows and not categories


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers: `fill` (the median) for missing cells, then (x - mean) / scale."""

    name: str
    fill: float
    mean: float
    scale: float


@dataclass(frozen=True)
class CategoryColumn:
    """A column of words, one input for each of its levels; None is the level of missing cells."""

    name: str
    levels: tuple[str | None, ...]
    folded: bool = False  # yes and YES are one level

    def codes(self, column: Column) -> list[int]:
        """The place of each cell among the levels, -1 for words that are none of them."""
        places = {level: place for place, level in enumerate(self.levels)}
        return [places.get(self.word(text), -1) for text in column.texts()]

    def word(self, text: str | None) -> str | None:
        """A cell as the levels spell it."""
        return text.lower() if self.folded and text is not None else text


@dataclass(frozen=True)
class Target:
    """The column to predict: its classes, or the mean and scale of its numbers."""

    name: str
    classes: tuple[str, ...] = ()
    mean: float = 0.0
    scale: float = 1.0

    @property
    def outputs(self) -> int:
        """How many columns y has: one, or one for each of three or more classes."""
        return len(self.classes) if len(self.classes) > 2 else 1

    @property
    def scaled(self) -> bool:
        """Whether y is the target in units of its own spread."""
        return not self.classes and (self.mean, self.scale) != (0.0, 1.0)


def useless(column: Column) -> str:
    """Why a column cannot help, or nothing if it can."""
    present = {text for text in column.texts() if text is not None}
    if not present:
        return "empty"
    if len(present) == 1 and not column.missing.any():
        return f"the same in every row ({next(iter(present))!r})"
    if column.kind == "number":
        values = column.numbers()[~column.missing]
        return "the same number in every row" if values.min() == values.max() else ""
    if len(present) == len(column) >= FEW:
        return f"another word in each of {len(column)} rows, so names rather than groups"
    if len(present) > MANY and 2 * len(present) > len(column):
        return f"{len(present)} different words in {len(column)} rows, so names rather than groups"
    return ""


def number_column(column: Column) -> NumberColumn:
    """Median, mean and spread of the cells that are there."""
    values = column.numbers()[~column.missing]
    mean, scale = _spread(column, values)
    return NumberColumn(column.name, float(np.median(values)), mean, scale)


def _spread(column: Column, values: Numbers) -> tuple[float, float]:
    """Mean and standard deviation, or an error where the squares overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean, scale = float(values.mean()), float(values.std())
    if not np.isfinite(scale):
        raise DataError(
            f"cannot scale column {column.name!r} of {column.origin.source}: "
            f"its numbers reach {np.abs(values).max():.3g}, and their squares overflow",
            hint="Divide the column by a large number first.", column=column.name,
        )  # fmt: skip
    if scale == 0 and values.min() < values.max():
        raise DataError(
            f"cannot scale column {column.name!r} of {column.origin.source}: its numbers differ by "
            f"{np.ptp(values):.3g} at the most, and the squares of that are 0",
            hint="Multiply the column by a large number first.", column=column.name,
        )  # fmt: skip
    return mean, scale


def category_column(column: Column) -> CategoryColumn:
    """The words that occur, in order; missing cells are a level of their own."""
    folded = column.kind == "boolean"
    words = {text.lower() if folded else text for text in column.texts() if text is not None}
    levels: list[str | None] = [*sorted(words)]
    if column.missing.any():
        levels.append(None)
    return CategoryColumn(column.name, tuple(levels), folded)


def target_of(column: Column, task: str, *, scaled: bool) -> Target:
    """The classes in order (of size, if they are numbers), or the mean and spread."""
    if task == "classification":
        words = [text for text in dict.fromkeys(column.texts()) if text is not None]
        if column.kind == "number":
            return Target(column.name, tuple(sorted(words, key=_as_number)))
        return Target(column.name, tuple(sorted(words)))
    mean, scale = _spread(column, column.numbers())
    return Target(column.name, (), mean, scale) if scaled and scale > 0 else Target(column.name)


def _as_number(text: str) -> float:
    return float(text.replace(",", "."))
