"""What is learnt about each column of a table from its training rows, as plain data.

NumberColumn      what fills its missing cells, its mean and its spread
CategoryColumn    its words
Target            the classes, or the mean and spread, of what is predicted
useless(column)   why a column cannot help
identifier(..)    why it names its rows and tells nothing about them
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workings.data import Column
from workings.data.kinds import missing, shown
from workings.data.spellings import Spelling
from workings.data.stored import NumberCells, worded
from workings.data.tasks import classes_of, distinct
from workings.errors import DataError

Numbers = NDArray[np.float64]

FEW = 5  # rows; with fewer, words that all differ may yet be groups
MANY = 50  # more different words than this, in most rows, are names of rows and not categories
SHOWN = 40  # characters of a cell
PLAIN = Spelling()
NAMES_OF_ROWS = frozenset({
    "id", "ids", "idx", "index", "row", "rows", "rowid", "rownum", "rownames", "nr", "no", "num",
    "number", "nummer", "key", "uuid", "guid",
})  # fmt: skip


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers: `fill` (the median) for missing cells, then (x - mean) / scale.

    `spelling` is how they were written in training where that was not plainly: new rows are read
    in the same way, even where there is only one of them.
    """

    name: str
    fill: float
    mean: float
    scale: float
    spelling: Spelling | None = None

    @property
    def usual(self) -> str:
        """What fills missing cells, as people write it: a date as a date."""
        if self.spelling and self.spelling.date not in ("", "h:m"):
            return str(np.datetime64(int(np.floor(self.fill)), "D"))
        return f"{self.fill:g}"

    def read(self, column: Column) -> Numbers:
        """The cells of a new column (n,) as they were read in training, NaN where missing.

        What is written otherwise is read if it can mean one thing only; raises `DataError` at the
        first cell that cannot be the number that training saw.
        """
        told = self.spelling or PLAIN
        kept = isinstance(column.cells, NumberCells) and column.origin.word == "row"
        found, wrong = None, None
        if told != PLAIN and column.found is None and not kept:  # of a part all is known already
            found, wrong = _spelled(column, told)
        if found is not None and wrong is None:
            return found
        own = column.spelling or PLAIN
        if own.counts not in ("", told.counts):
            raise _otherwise(column, int(np.argmin(column.missing)), told)
        if told in (PLAIN, own) or kept:  # `kept`: of a workbook, a frame, an array
            return column.numbers()
        found, wrong = _spelled(column, told)
        if wrong is None:
            return found
        numbers = own == PLAIN and column.origin.word == "row"
        if (own.counts == told.counts and not own.otherwise) or numbers:
            return column.numbers()
        raise _otherwise(column, wrong, told)


@dataclass(frozen=True)
class CategoryColumn:
    """A column of words, one input for each of its levels; None is the level of missing cells."""

    name: str
    levels: tuple[str | None, ...]
    folded: bool = False  # yes and YES are one level

    def codes(self, column: Column) -> NDArray[np.int64]:
        """The place of each cell among the levels (n,), -1 for words that are none of them."""
        places = {level: place for place, level in enumerate(self.levels)}
        cells = worded(column.cells)
        texts = (None if missing(word) else word for word in cells.words)
        found = np.array([places.get(self.word(text), -1) for text in texts], np.int64)
        coded: NDArray[np.int64] = found[cells.codes]
        return coded

    def word(self, text: str | None) -> str | None:
        """A cell as the levels spell it."""
        return text.lower() if self.folded and text is not None else text


@dataclass(frozen=True)
class Target:
    """The column to predict: its classes, or the mean and scale of its numbers.

    `parts` are the target columns where there are several, each with one output: all of them
    amounts, or all of them labels, which are classes that either apply or do not. `one_each` says
    that even two classes have one output each, as a softmax over two has.
    """

    name: str
    classes: tuple[str, ...] = ()
    mean: float = 0.0
    scale: float = 1.0
    one_each: bool = False
    parts: tuple[Target, ...] = ()

    @property
    def columns(self) -> tuple[Target, ...]:
        """Every target column by itself."""
        return self.parts or (self,)

    @property
    def labelled(self) -> bool:
        """Whether there are several columns, each of which applies or does not."""
        return any(part.classes for part in self.parts)

    @property
    def coded(self) -> bool:
        """Whether y has one column for each class, and the target is the place of one."""
        return len(self.classes) > 2 or self.one_each

    @property
    def outputs(self) -> int:
        """How many columns y has: one for each target column, or for each of several classes."""
        return len(self.classes) if self.coded else len(self.columns)

    @property
    def scaled(self) -> bool:
        """Whether y is the target in units of its own spread."""
        if self.parts:
            return any(part.scaled for part in self.parts)
        return not self.classes and (self.mean, self.scale) != (0.0, 1.0)

    @property
    def said(self) -> list[str]:
        """What each output speaks for."""
        if self.coded:
            return list(self.classes)
        return [f"{one.name} = {one.classes[1]}" if one.classes else one.name
                for one in self.columns]  # fmt: skip


def several(parts: Sequence[Target]) -> Target:
    """Several target columns as one target."""
    return Target(", ".join(part.name for part in parts), parts=tuple(parts))


def _spelled(column: Column, spelling: Spelling) -> tuple[Numbers, int | None]:
    """The cells as the spelling has them, and the first row that is written otherwise."""
    cells = distinct(column)
    gone, values = np.zeros(len(cells.words), bool), np.full(len(cells.words), np.nan)
    for place, word in enumerate(cells.words):
        if missing(word):
            gone[place] = True
        elif (value := spelling.number(word)) is not None:
            values[place] = value
    wrong = (~np.isfinite(values) & ~gone)[cells.codes]
    values[~np.isfinite(values)] = np.nan
    return values[cells.codes], int(wrong.argmax()) if wrong.any() else None


def _otherwise(column: Column, row: int, told: Spelling) -> DataError:
    cell, origin = column.cells[row], column.origin
    expected = "plain numbers" if told == PLAIN else told.described()
    return DataError(
        f"cannot read column {column.name!r} of {origin.source}: {origin.where(row)} holds "
        f"{shown(cell)}, and in training the column held {expected}",
        hint="Write it as in training.",
        file=origin.source, row=origin.lines[row], column=column.name, found=cell,
    )  # fmt: skip


def useless(column: Column, *, keep: bool = False) -> str:
    """Why a column cannot help, or nothing if it can; with `keep`, names of rows may stay."""
    if column.missing.all():
        return "empty"
    if column.kind == "number":
        values = column.numbers()[~column.missing]
        if values.min() < values.max():
            return ""
        if column.missing.any() or len(column.words) > 1:
            return "the same number in every row"
    words = column.words
    if len(words) == 1 and not column.missing.any():
        word = words[0] if len(words[0]) <= SHOWN else words[0][: SHOWN - 1] + "…"
        return f"the same in every row ({word!r})"
    return "" if keep else _names(column, len(words))


def identifier(column: Column) -> str:
    """Why a column names its rows, judged on all of them; nothing if it does not seem to.

    Whole numbers do where they are all different and the column is called so: customer_id, nr.

    >>> from workings.data import Table
    >>> table = Table.from_arrays([[place, place] for place in range(9)], names=["rowId", "year"])
    >>> identifier(table["rowId"]), identifier(table["year"])
    ('another number in each of 9 rows and called so, so names rather than amounts', '')
    """
    if column.kind in ("empty", "boolean") or column.spelling:
        return ""
    if column.kind == "category":
        return _names(column, len(column.words))
    values = column.numbers()[~column.missing]
    if called_identifier(column.name) and len(values) >= FEW and (values == np.rint(values)).all():
        different = len(np.unique(values))
        if different == len(values):
            return (
                f"another number in each of {different} rows and called so, "
                "so names rather than amounts"
            )
    return ""


def identifiers(columns: Iterable[Column], keep: Sequence[str] = ()) -> dict[str, str]:
    """Which columns name their rows, and why it seems so; those to `keep` are not asked.

    A training asks it of all its rows, those to test on (and all folds) among them: whether a
    column names rows says nothing about the target, and a part of the rows shows it less well.
    """
    return {
        column.name: why
        for column in columns if column.name not in keep and (why := identifier(column))
    }  # fmt: skip


def called_identifier(name: str) -> bool:
    """Whether a column is called like the names of rows: id, customer_id, PassengerId, Unnamed: 0.

    >>> called_identifier("PassengerId"), called_identifier("Unnamed: 0"), called_identifier("acid")
    (True, True, False)
    """
    words = [word.lower() for word in re.findall("[A-Z]?[a-z]+|[A-Z]+", name)]
    return bool(words) and (words[-1] in NAMES_OF_ROWS or words[0] == "unnamed")


def _names(column: Column, different: int) -> str:
    if different == len(column) >= FEW:
        return f"another word in each of {len(column)} rows, so names rather than groups"
    if different > MANY and 2 * different > len(column):
        return f"{different} different words in {len(column)} rows, so names rather than groups"
    return ""


def number_column(column: Column) -> NumberColumn:
    """Median, mean and spread of the cells that are there."""
    values = column.numbers()[~column.missing]
    mean, scale = _spread(column, values)
    return NumberColumn(column.name, float(np.median(values)), mean, scale, column.spelling)


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
    words = {word.lower() if folded else word for word in column.words}
    levels: list[str | None] = [*sorted(words)]
    if column.missing.any():
        levels.append(None)
    return CategoryColumn(column.name, tuple(levels), folded)


def target_of(column: Column, task: str, *, scaled: bool) -> Target:
    """The classes in order (of size, if they are numbers), or the mean and spread."""
    if task == "classification":
        return Target(column.name, classes_of(column).labels)
    mean, scale = _spread(column, column.numbers())
    return Target(column.name, (), mean, scale) if scaled and scale > 0 else Target(column.name)
