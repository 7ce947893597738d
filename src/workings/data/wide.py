"""A table of very many columns -> cells, row by row: one matrix instead of many columns.

`WIDE`         more columns than this are read so
`read_wide`    the cells of each column, and the line of each row

Each column costs something to grow by itself; 100 000 of them cost more than what they hold. So
all cells that are numbers go into one matrix, a row at a time, of which each column is a view.
Columns that hold a word or a code, and those of few different whole numbers written in another
way than `7` (classes called 1.0, perhaps), are read a second time and keep their texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from workings.data import kinds
from workings.data.growing import Buffer
from workings.data.stored import Lines, NumberCells, spelled, worded

WIDE = 2000
FEW = 8  # different numbers that may be classes, or one more for each so many rows

Row = tuple[int, list[str]]  # its line and its cells
FloatArray = npt.NDArray[np.float64]


def read_wide(
    rows: Callable[[], Iterable[Row]], decimal: str, fits: Callable[[int], None]
) -> tuple[list[Sequence[str]], Sequence[int]]:
    """The cells of each column; `rows` gives all rows from the first, as often as it is called.

    `fits` is told how many bytes are held, and raises an error where they are too many.
    """
    buffer, lines = Buffer(np.float64), Buffer(np.int64)
    width, kept, otherwise = 0, set[int](), set[int]()
    for line, row in rows():
        values, odd = _values(row, decimal, kept)
        other = _written_otherwise(row, values, decimal)
        kept.update(odd, (place for place in other if _is_code(row[place])))
        otherwise.update(other)
        width = len(row)
        buffer.add(values)
        lines.add(np.array([line]))
        fits(buffer.array.nbytes)
    matrix = buffer.whole().reshape(-1, width) if width else np.empty((0, 0))
    kept.update(place for place in otherwise - kept if _may_be_classes(matrix[:, place]))
    texts = _texts(rows(), sorted(kept))
    cells = [texts.get(p) or NumberCells(matrix[:, p]) for p in range(width)]
    return cells, Lines(lines.whole())


def _values(row: list[str], decimal: str, kept: set[int]) -> tuple[FloatArray, list[int]]:
    """The cells as numbers, NaN where one is missing or in a column that is `kept` as text, and
    the places of those that are no numbers."""
    cells = list(row)
    gone = list(kept)
    for place in gone:
        cells[place] = "0"
    read = kinds.numbers(cells, decimal)
    if read is None:
        gone += [place for place, cell in enumerate(cells) if kinds.missing(cell)]
        for place in gone:
            cells[place] = "0"
        read = kinds.numbers(cells, decimal)
    if read is None:
        each = [kinds.number(cell, decimal) for cell in cells]
        read = [np.nan if value is None else value for value in each]
    values = np.array(read)
    odd: list[int] = np.flatnonzero(~np.isfinite(values)).tolist()
    values[gone] = np.nan
    return values, odd


def _written_otherwise(row: list[str], values: FloatArray, decimal: str) -> list[int]:
    """The places of whole numbers that are not written as `7`."""
    whole = np.flatnonzero(values == np.floor(values)).tolist()
    strange = {
        cell for cell in set(map(row.__getitem__, whole))
        if cell != spelled(kinds.number(cell, decimal) or 0.0)
    }  # fmt: skip
    return [place for place in whole if row[place] in strange] if strange else []


def _is_code(cell: str) -> bool:
    digits = cell.lstrip("+-")
    return len(digits) > 1 and digits[0] == "0" and digits.isdigit()


def _may_be_classes(values: FloatArray) -> bool:
    there = values[~np.isnan(values)]
    whole = bool((there == np.floor(there)).all())
    return whole and len(np.unique(there)) <= max(FEW, len(values) // FEW)


def _texts(rows: Iterable[Row], places: list[int]) -> dict[int, Sequence[str]]:
    """The cells of the columns at `places`, as texts."""
    if not places:
        return {}
    known: dict[str, str] = {}  # one text for all cells that are alike
    read = ([known.setdefault(cell, cell) for cell in map(row.__getitem__, places)]
            for _, row in rows)  # fmt: skip
    return {place: worded(cells) for place, cells in zip(places, zip(*read, strict=True),
                                                         strict=True)}  # fmt: skip
