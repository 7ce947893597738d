"""A table as text: columns of cells exactly as they stood in the file, and what they mean.

`Origin`    where the rows came from: the name for messages and the line of each row
`Column`    a name and its cells; its kind, its missing cells, its numbers, its texts
`Table`     columns of one length, with the notes of whoever read them

Cells stay text until somebody asks for numbers, so that a class called `01` stays `01` and a
mistake can be shown with the line on which an editor shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from workings.data import arrays, kinds
from workings.data.kinds import Kind, shown
from workings.errors import DataError, SettingError, UnknownName

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

FEW = 3  # fewer numbers than this say nothing about what a column was meant to be
MOSTLY = 0.9


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

    def take(self, indices: Sequence[int]) -> Origin:
        """The origin of some of the rows."""
        return replace(self, lines=[self.lines[i] for i in indices])


@dataclass(frozen=True)
class Column:
    """A name and its cells: text as in the file, without surrounding blanks.

    `decimal` is the decimal mark of its numbers; `declared` the kind somebody set for it.
    Two columns are equal when name, cells, decimal mark and declared kind are.

    >>> ages = Column("age", ("39", "NA", "41.5"), Origin("ages.csv", [2, 3, 4]))
    >>> ages.kind, ages.missing.tolist(), ages.numbers().tolist(), ages.texts()
    ('number', [False, True, False], [39.0, nan, 41.5], ['39', None, '41.5'])
    """

    name: str
    cells: tuple[str, ...] = field(repr=False)
    origin: Origin = field(compare=False)
    decimal: str = "."
    declared: Literal["number", "category"] | None = None
    # The kind found in a longer column: a part of its rows does not become another kind.
    found: Kind | None = field(default=None, compare=False, repr=False)

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.cells)

    @cached_property
    def missing(self) -> BoolArray:
        """Which cells (n,) are missing: empty, NA, ? and the like (`kinds.MISSING`)."""
        gone = {cell for cell in set(self.cells) if kinds.missing(cell)}
        mask = np.array(
            [cell in gone for cell in self.cells] if gone else np.zeros(len(self)), bool
        )
        mask.flags.writeable = False
        return mask

    @cached_property
    def kind(self) -> Kind:
        """What the column holds: "number", "boolean", "category" or "empty".

        Raises `DataError` where nearly all cells are numbers and some are not: that is a
        mistake in the file far more often than it is a column of words.
        """
        known = self.declared or self.found
        if known:
            return known
        present = self._present
        if not present:
            return "empty"
        if not self._wrong:
            return "number"
        if kinds.boolean(present):
            return "boolean"
        if self._seems_numbers():
            raise self._not_numbers(self._wrong[0])
        return "category"

    def numbers(self) -> FloatArray:
        """The cells as float64 (n,), NaN where one is missing; raises `DataError` at the first
        cell that is not a finite number, naming its line, the column and its text."""
        if self._wrong:
            raise self._not_numbers(self._wrong[0])
        return self._values.copy()

    def texts(self) -> list[str | None]:
        """The cells as text, None where one is missing."""
        return [None if gone else cell for cell, gone in zip(self.cells, self.missing, strict=True)]

    def take(self, indices: Sequence[int], origin: Origin) -> Column:
        """Some of the rows, which come from `origin`; the column keeps its kind."""
        try:
            found = self.kind
        except DataError:
            found = None  # the rows left out may be the mistaken ones
        cells = tuple([self.cells[i] for i in indices])
        part = replace(self, cells=cells, origin=origin, found=found)
        for fact in ("missing", "_values"):  # read once, known of every part
            if fact in vars(self):
                vars(part)[fact] = vars(self)[fact][indices]
        return part

    @cached_property
    def _present(self) -> list[str]:
        if not self.missing.any():
            return list(self.cells)
        return [cell for cell, gone in zip(self.cells, self.missing, strict=True) if not gone]

    @cached_property
    def _values(self) -> FloatArray:
        """Each cell as a number; NaN for missing cells and for those that are none."""
        values = np.full(len(self.cells), np.nan)
        read = kinds.numbers(self._present, self.decimal)
        if read is None:
            each = (kinds.number(cell, self.decimal) for cell in self._present)
            read = [np.nan if value is None else value for value in each]
        values[~self.missing] = read
        return values

    @cached_property
    def _wrong(self) -> list[int]:
        """Rows whose cell is there but is not a finite number."""
        rows: list[int] = np.flatnonzero(~np.isfinite(self._values) & ~self.missing).tolist()
        return rows

    def _seems_numbers(self) -> bool:
        words = [self.cells[i] for i in self._wrong if not np.isinf(self._values[i])]
        if not words:
            return True
        plain = len(self._present) - len(words)
        nearly = plain + sum(kinds.disguise(word) is not None for word in words)
        alone = len(words) == 1 or nearly >= MOSTLY * len(self._present)
        return nearly >= FEW and alone

    def _not_numbers(self, index: int) -> DataError:
        cell, origin = self.cells[index], self.origin
        seems = kinds.disguise(cell)
        why = f"which is not a number; it seems to be {seems}" if seems else "which is not a number"
        if np.isinf(self._values[index]):
            why = "which is too large (numbers end at about 1.8e308)"
        others = len(self._present) - len(self._wrong)
        rest = f" ({others} other cells are numbers)" if others else ""
        return DataError(
            f"cannot read column {shown(self.name)} of {origin.source} as numbers: "
            f"{origin.where(index)} holds {shown(cell)}, {why}{rest}",
            hint="Correct the cell, empty it if the value is unknown, leave the column out, "
            "or have it read as a category.",
            file=origin.source, row=origin.lines[index], column=self.name, found=cell,
        )  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Columns of one length. `notes` says every guess the reader made; `target` is the column
    to predict where the table has a usual one. Two tables are equal when their columns are.

    >>> table = Table.from_arrays([[1, 0], [0, 1]], ["yes", "no"], target="ill")
    >>> len(table), table.names, table["ill"].kind, table.take([1])["x2"].cells
    (2, ('x1', 'x2', 'ill'), 'boolean', ('1',))
    """

    origin: Origin = field(compare=False)
    columns: tuple[Column, ...] = field(repr=False)
    notes: tuple[str, ...] = field(default=(), compare=False, repr=False)
    target: str | None = field(default=None, compare=False)

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.origin.lines)

    @property
    def source(self) -> str:
        """The name of the file, or of the built-in table, for messages."""
        return self.origin.source

    @property
    def lines(self) -> Sequence[int]:
        """For each row the line on which it begins in the file, from 1."""
        return self.origin.lines

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def __getitem__(self, name: str) -> Column:
        """The column called `name`; raises `UnknownName` with a suggestion."""
        if name not in self._by_name:
            raise UnknownName(f"column in {self.source}", name, self.names)
        return self._by_name[name]

    def take(self, indices: npt.ArrayLike) -> Table:
        """The rows `indices`, in that order: whole numbers from 0, or a mask (n,) of booleans."""
        rows = _rows(indices, len(self))
        origin = self.origin.take(rows)
        columns = tuple(column.take(rows, origin) for column in self.columns)
        return replace(self, origin=origin, columns=columns)

    def without(self, *names: str) -> Table:
        """The table without these columns; raises `UnknownName` for one it does not have."""
        gone = {self[name].name for name in names}
        columns = tuple(column for column in self.columns if column.name not in gone)
        return replace(self, columns=columns, target=None if self.target in gone else self.target)

    def with_kinds(self, kinds_of: Mapping[str, str]) -> Table:
        """The table with columns read as told: `{"code": "category"}` or `"number"`.

        Raises `UnknownName` for a column it does not have, `SettingError` for another kind.
        """
        for name, kind in kinds_of.items():
            column = self[name]
            if kind not in ("number", "category"):
                raise SettingError(
                    f"cannot read column {shown(column.name)} as {kind!r}: "
                    "expected 'number' or 'category'",
                    column=name, found=kind,
                )  # fmt: skip
        told = cast("Mapping[str, Any]", kinds_of)
        columns = (replace(c, declared=told.get(c.name, c.declared)) for c in self.columns)
        return replace(self, columns=tuple(columns))

    @classmethod
    def from_arrays(
        cls,
        X: object,
        y: object = None,
        *,
        names: Sequence[str] | None = None,
        target: str = "target",
        source: str = "array",
    ) -> Table:
        """A table of arrays or lists: `X` (n x m) of numbers, strings, None or NaN; `y` (n,).

        Columns are called x1, x2, ... unless `names` says otherwise. None and NaN become missing
        cells; every float64 comes back from `numbers()` as it was. Rows count from 1.

        Raises `DataError` for other shapes, infinite numbers, names that do not fit.
        """
        named = arrays.named_columns(X, y, names=names, target=target, source=source)
        lines = range(1, len(named[0][1]) + 1)
        origin = Origin(source, lines, "row")
        columns = tuple(Column(name, cells, origin) for name, cells in named)
        return cls(origin, columns, target=None if y is None else target)


def _rows(indices: npt.ArrayLike, count: int) -> list[int]:
    array = np.asarray(indices)
    if array.dtype == np.bool_ and array.shape == (count,):
        array = np.flatnonzero(array)
    if array.size and array.dtype.kind not in "iu":
        raise DataError("cannot take rows: expected whole numbers or one boolean for each row")
    wrong = array[(array < 0) | (array >= count)].tolist() if array.size else []
    if wrong:
        raise DataError(f"cannot take row {wrong[0]} of {count}", row=wrong[0])
    taken: list[int] = array.ravel().tolist()
    return taken
