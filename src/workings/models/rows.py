"""The rows that a model is asked about, as its program reads them, made some at a time.

    columns = ColumnsRead(preparation, names)     what is known before any rows are there
    columns.of_array(X)                           from an array whose columns have these names
    columns.of_table(table)                       from a table
    check_memory(preparation, rows)               whether so many can be prepared as a whole

Either gives `numbers` and `categories`, or None where the rows have to be looked at more closely:
then `Preparation.inputs` reads them, or says what is wrong with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workings.data import Column, Table
from workings.data.sources import free_bytes
from workings.data.stored import NumberCells
from workings.engines._rows import Columns, Matrix, Rows
from workings.errors import SettingError
from workings.models.reading import SMALL
from workings.preparation import Preparation
from workings.preparation.columns import NumberColumn

KINDS = "fiu"  # of numbers; the rest are words to a table
ROW_COPIES = 3  # of each number of a table: read, prepared, as an answer


class ColumnsRead:
    """Which columns are read, and where they stand in an array with columns of these names."""

    def __init__(self, preparation: Preparation, names: Sequence[str]) -> None:
        self.preparation = preparation
        self.required = np.array([c.name in preparation.required for c in preparation.numbers])
        self.count = len(names)
        self.places = self._places(names)
        self.is_in_order = self.places == list(range(self.count))
        needed = zip(self.places or (), self.required, strict=False)
        self.required_places = np.array([place for place, told in needed if told], int)

    def of_array(self, X: Any) -> dict[str, Rows] | None:
        """The rows of an array of plain numbers."""
        plain = type(X) is np.ndarray and X.ndim == 2 and X.dtype.kind in KINDS and X.size
        if self.places is None or not plain or X.shape[1] != self.count:
            return None
        places = None if self.is_in_order else self.places
        return {"numbers": Matrix(X, places, np.float64, self.required_places)}

    def of_table(self, table: Table, *, unseen: str) -> Mapping[str, Any] | None:
        """The rows of a table."""
        prepared, known = self.preparation, set(table.names)
        if not known.issuperset(prepared.columns):
            return None
        found: dict[str, Any] = {}
        if prepared.numbers:
            numbers = [_read(column, table[column.name]) for column in prepared.numbers]
            found["numbers"] = Columns(numbers, self.required)
        if prepared.categories:
            codes = [column.codes(table[column.name]) for column in prepared.categories]
            if unseen == "error" and any((one < 0).any() for one in codes):
                return None
            found["categories"] = Columns(codes)
        return found

    def _places(self, names: Sequence[str]) -> list[int] | None:
        """Where in an array the columns stand; None if arrays are read as tables."""
        prepared = self.preparation
        place = {name: k for k, name in enumerate(names)}
        told = any(column.spelling for column in prepared.numbers)
        wanted = [column.name for column in prepared.numbers]
        if prepared.categories or told or len(place) < len(names) or not wanted:
            return None
        return [place[name] for name in wanted] if place.keys() >= set(wanted) else None


def _read(read: NumberColumn, column: Column) -> Any:
    """As `NumberColumn.read` has it, without a copy of what is a number already."""
    if isinstance(column.cells, NumberCells) and not read.spelling and not column.spelling:
        return column.cells.values
    return read.read(column)


def check_memory(preparation: Preparation, rows: int) -> None:
    """Refuses rows that are prepared as a whole, before anything is allocated for them."""
    read = len(preparation.numbers) + len(preparation.categories)
    need = rows * (read + preparation.target.outputs) * ROW_COPIES * 8
    if need > SMALL and need > (free := free_bytes()):
        raise SettingError(
            f"cannot predict {rows} rows: they need about {need / 1e9:.0f} GB of memory, and "
            f"{free / 1e9:.0f} are free",
            hint="Predict a part of the rows at a time.",
        )
