"""A table: columns of one length, as they stood in the file.

`Table`               its columns by name, with the notes of whoever read them
`Column`, `Origin`    what it is made of
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from workings.data import arrays
from workings.data.column import Column, Origin
from workings.data.kinds import shown
from workings.errors import DataError, SettingError, UnknownName

__all__ = ["Column", "Origin", "Table"]


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


def _rows(indices: npt.ArrayLike, count: int) -> npt.NDArray[np.intp]:
    array = np.asarray(indices)
    if array.dtype == np.bool_ and array.shape == (count,):
        array = np.flatnonzero(array)
    if array.size and array.dtype.kind not in "iu":
        raise DataError("cannot take rows: expected whole numbers or one boolean for each row")
    wrong = array[(array < 0) | (array >= count)].tolist() if array.size else []
    if wrong:
        raise DataError(
            f"cannot take row {wrong[0]} of {count}: 0 to {count - 1} was expected", row=wrong[0]
        )
    return array.ravel().astype(np.intp)
