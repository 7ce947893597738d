"""One column of a table: its cells as text, and what they mean.

`Origin`    where the rows came from: the name for messages and the line of each row
`Column`    a name and its cells; its kind, its missing cells, its numbers, its texts

Cells stay text until somebody asks for numbers, so that a class called `01` stays `01` and a
mistake can be shown with the line on which an editor shows it. Every question is asked once for
each different word and not for each cell, so that columns kept compactly (`stored`) and columns
kept as text answer by the same rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from workings.data import kinds
from workings.data.kinds import Kind, shown
from workings.data.spellings import Spelling, nearly, spelling_of
from workings.data.stored import Lines, NumberCells, WordCells, taken, worded
from workings.errors import DataError

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp] | Sequence[int]

FEW = 3  # fewer numbers than this say nothing about what a column was meant to be
MOSTLY = 0.9
BLOCK = 65536  # cells that are texts at a time


@dataclass(frozen=True)
class Origin:
    """Where rows came from: `source` for messages, and for each row its number there.

    `word` is what the numbers count: "line" of a file (as an editor shows it) or "row".
    """

    source: str
    lines: Sequence[int] = field(repr=False)
    word: Literal["line", "row"] = "line"

    def where(self, index: int) -> str:
        """The place of row `index` in words: "line 7"."""
        return f"{self.word} {self.lines[index]}"

    def take(self, indices: Indices) -> Origin:
        """The origin of some of the rows."""
        if isinstance(self.lines, range):
            first, step = self.lines.start, self.lines.step
            numbers = first + step * np.asarray(indices, np.int64)
        else:
            known = self.lines.numbers if isinstance(self.lines, Lines) else self.lines
            numbers = np.asarray(known, np.int64)[np.asarray(indices, np.intp)]
        return replace(self, lines=Lines(numbers))


class _Spelled:
    """How the numbers of a column are spelled: as it was told, or else as its cells show."""

    def __get__(self, column: Column | None, owner: type | None = None) -> Spelling | None:
        """What was told or found; None for plain numbers and for words."""
        if column is None:
            return None
        found: Spelling | None = vars(column)["_told"] or column._found_spelling
        return found

    def __set__(self, column: Column, told: Spelling | _Spelled | None) -> None:
        vars(column)["_told"] = None if isinstance(told, _Spelled) else told


@dataclass(frozen=True)
class Column:
    """A name and its cells: text as in the file, without surrounding blanks.

    `cells` are a tuple, or kept compactly as `NumberCells` or `WordCells`. `decimal` is the
    decimal mark of its numbers; `declared` the kind somebody set for it; `spelling` how its
    numbers are written where they are not plain ones. Two columns are equal when name, cells,
    decimal mark and declared kind are.

    >>> ages = Column("age", ("39", "NA", "41.5"), Origin("ages.csv", [2, 3, 4]))
    >>> ages.kind, ages.missing.tolist(), ages.numbers().tolist(), ages.texts()
    ('number', [False, True, False], [39.0, nan, 41.5], ['39', None, '41.5'])
    """

    name: str
    cells: Sequence[str] = field(repr=False)
    origin: Origin = field(compare=False)
    decimal: str = "."
    declared: Literal["number", "category"] | None = None
    # The kind found in a longer column: a part of its rows does not become another kind.
    found: Kind | None = field(default=None, compare=False, repr=False)
    spelling: _Spelled = field(default=_Spelled(), compare=False, repr=False)

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.cells)

    @cached_property
    def missing(self) -> BoolArray:
        """Which cells (n,) are missing: empty, NA, ? and the like (`kinds.MISSING`)."""
        if isinstance(self.cells, NumberCells):
            mask = np.isnan(self.cells.values)
        else:
            gone = [kinds.missing(word) for word in self._worded.words]
            mask = np.array(gone, bool)[self._worded.codes]
        mask.flags.writeable = False
        return mask

    @property
    def words(self) -> list[str]:
        """The different texts of the cells that are there."""
        return [self._worded.words[place] for place in self._held]

    @cached_property
    def kind(self) -> Kind:
        """What the column holds: "number", "boolean", "category" or "empty".

        Raises `DataError` where nearly all cells are numbers and some are not: that is a
        mistake in the file far more often than it is a column of words.
        """
        known = self.declared or self.found
        if known:
            return known
        if self.missing.all():
            return "empty"
        if self._wrong is None:
            return "number"
        if kinds.boolean(self.words):
            return "boolean"
        odd = nearly(self.words, self.decimal)
        if odd is not None:
            raise self._odd(*odd)
        if self._seems_numbers():
            raise self._not_numbers(self._wrong)
        return "category"

    def numbers(self) -> FloatArray:
        """The cells as float64 (n,), NaN where one is missing; raises `DataError` at the first
        cell that is not a finite number, naming its line, the column and its text."""
        if self._wrong is not None:
            raise self._not_numbers(self._wrong)
        return self._values.copy()

    def texts(self) -> list[str | None]:
        """The cells as text, None where one is missing."""
        return [None if gone else cell for cell, gone in zip(self.cells, self.missing, strict=True)]

    def take(self, indices: Indices, origin: Origin) -> Column:
        """Some of the rows, which come from `origin`; the column keeps its kind."""
        try:
            found = self.kind
        except DataError:
            found = None  # the rows left out may be the mistaken ones
        cells = taken(self.cells, indices)
        part = replace(self, cells=cells, origin=origin, found=found)
        for fact in ("missing", "_values"):  # read once, known of every part
            if fact in vars(self):
                vars(part)[fact] = vars(self)[fact][np.asarray(indices, np.intp)]
        return part

    def digest_into(self, digest: hashlib._Hash) -> None:
        """Add the column to a digest: the same for the same table, however its cells are kept.

        Numbers count as the float64 they are, so 1.50 and 1.5 are one; words as they stand.
        """
        digest.update(f"{self.name}\0".encode())
        if self._wrong is None:
            digest.update(b"numbers\0")
            digest.update(np.where(self.missing, np.nan, self._values).tobytes())
            return
        digest.update(b"words\0")
        for first in range(0, len(self), BLOCK):
            digest.update("\0".join((*self.cells[first : first + BLOCK], "")).encode())

    # -- the words, and what they are as numbers ---------------------------------------------------

    @cached_property
    def _worded(self) -> WordCells:
        return worded(self.cells)

    @cached_property
    def _held(self) -> list[int]:
        """Which words are there and are no spelling of "no value"."""
        held: list[int] = np.flatnonzero(self._worded.counts()).tolist()
        return [place for place in held if not kinds.missing(self._worded.words[place])]

    @cached_property
    def _found_spelling(self) -> Spelling | None:
        if isinstance(self.cells, NumberCells) or self.declared == "category":
            return None
        if self.found not in (None, "number"):
            return None
        words = self.words
        return None if kinds.numbers(words, self.decimal) else spelling_of(words, self.decimal)

    @cached_property
    def _word_values(self) -> FloatArray:
        """Each word as a number; NaN for missing ones and for those that are none."""
        words, spelling = self.words, self.spelling
        read = spelling.numbers(words) if spelling else kinds.numbers(words, self.decimal)
        if read is None:
            each = (kinds.number(word, self.decimal) for word in words)
            read = [np.nan if value is None else value for value in each]
        values = np.full(len(self._worded.words), np.nan)
        values[self._held] = read
        return values

    @cached_property
    def _values(self) -> FloatArray:
        """Each cell as a number; NaN for missing cells and for those that are none."""
        if isinstance(self.cells, NumberCells):
            return self.cells.values
        values: FloatArray = self._word_values[self._worded.codes]
        return values

    @cached_property
    def _wrong(self) -> int | None:
        """The first row whose cell is there but is not a finite number, if there is one."""
        if isinstance(self.cells, NumberCells):
            return None
        wrong = ~np.isfinite(self._values) & ~self.missing
        return int(wrong.argmax()) if wrong.any() else None

    def _seems_numbers(self) -> bool:
        counts = self._worded.counts()
        odd = {
            self._worded.words[place]: int(counts[place])
            for place in self._held
            if np.isnan(self._word_values[place])
        }
        if not odd:
            return True
        there = len(self) - int(self.missing.sum())
        words = sum(odd.values())
        nearly = there - words + sum(n for word, n in odd.items() if kinds.disguise(word))
        alone = words == 1 or nearly >= MOSTLY * there
        return nearly >= FEW and alone

    def _odd(self, spelling: Spelling, place: int) -> DataError:
        cell, origin = self.words[place], self.origin
        row = next(row for row, other in enumerate(self.cells) if other == cell)
        return DataError(
            f"cannot read column {shown(self.name)} of {origin.source}: {origin.where(row)} holds "
            f"{shown(cell)}, and the others are {spelling.described()}",
            hint="Correct the cell, empty it if the value is unknown, leave the column out, "
            "or have it read as a category.",
            file=origin.source, row=origin.lines[row], column=self.name, found=cell,
        )  # fmt: skip

    def _not_numbers(self, index: int) -> DataError:
        cell, origin = self.cells[index], self.origin
        seems = kinds.disguise(cell)
        why = f"which is not a number; it seems to be {seems}" if seems else "which is not a number"
        if np.isinf(self._values[index]):
            why = "which is too large (numbers end at about 1.8e308)"
        others = int(np.isfinite(self._values).sum())
        rest = f" ({others} other cells are numbers)" if others else ""
        facts: dict[str, Any] = {"row": origin.lines[index], "column": self.name, "found": cell}
        return DataError(
            f"cannot read column {shown(self.name)} of {origin.source} as numbers: "
            f"{origin.where(index)} holds {shown(cell)}, {why}{rest}",
            hint="Correct the cell, empty it if the value is unknown, leave the column out, "
            "or have it read as a category.",
            file=origin.source, **facts,
        )  # fmt: skip
