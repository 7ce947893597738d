"""Blocks of rows -> Arrow arrays: where pyarrow's reader of CSV is told what to do, and called.

`Form`      how the rows are written: what separates the cells, how many there are
`Lot`       some rows: their columns as Arrow arrays, and their lines
`parsed`    one block as lots
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workings.data.blocks import Block, Broken, Rows, careful
from workings.data.growing import missing_spellings
from workings.data.rows import MAX_CELL, ragged

Arrow = Any  # pyarrow says nothing of its types

TEXT, WORDS, NUMBERS = "text", "words", "numbers"


@dataclass(frozen=True)
class Form:
    """How the rows of `name` are written, whose header of `width` cells stands on line `header`."""

    name: str
    delimiter: str
    decimal: str
    width: int
    header: int
    broken: Broken


@dataclass(frozen=True)
class Lot:
    """Some rows: the columns that were asked for, by place, the line of each row (a range where
    one row stands on each), about how many bytes they took, and how many lines were blank."""

    columns: Mapping[int, list[Arrow]]
    lines: range | npt.NDArray[np.int64]
    size: int
    blank: int = 0


def parsed(block: Block | Rows, kinds: Mapping[int, str], form: Form) -> list[Lot]:
    """The columns `kinds` of one block, each as TEXT, WORDS (texts, each once) or NUMBERS.

    Where a cell is no number, all are given as text. Raises `DataError` at the first row that is
    no row of this table, with its line.
    """
    import pyarrow as pa

    if isinstance(block, Rows):
        return [_lot_of(block, kinds, form)]
    if _long_row(block):
        return list(_carefully(block, kinds, form))
    try:
        return [_arrow(block, kinds, form)]
    except pa.ArrowInvalid as error:
        if "conversion error" not in str(error):
            return list(_carefully(block, kinds, form))
    return parsed(block, dict.fromkeys(kinds, TEXT), form)


def _arrow(block: Block, kinds: Mapping[int, str], form: Form) -> Lot:
    import pyarrow as pa
    from pyarrow import csv

    types = {
        TEXT: pa.string(), WORDS: pa.dictionary(pa.int32(), pa.string()), NUMBERS: pa.float64()
    }  # fmt: skip
    read = csv.read_csv(
        pa.BufferReader(pa.py_buffer(block.data)),
        csv.ReadOptions(
            use_threads=False,
            column_names=[str(place) for place in range(form.width)],
            block_size=len(block.data) + 1,
        ),
        csv.ParseOptions(
            delimiter=form.delimiter,
            quote_char='"' if block.quotes else False,
            newlines_in_values=block.quotes,
        ),
        csv.ConvertOptions(
            column_types={str(place): types[kind] for place, kind in kinds.items()},
            include_columns=[str(place) for place in kinds],
            null_values=missing_spellings(),
            decimal_point=form.decimal,
            check_utf8=False,
        ),
    )
    columns = {place: column.chunks for place, column in zip(kinds, read.columns, strict=True)}
    rows = read.num_rows
    if rows == block.ends + (block.data[-1] != 10):
        return Lot(columns, range(block.line, block.line + rows), len(block.data))
    lines, blank = block.lines()
    if len(lines) != rows:
        raise pa.ArrowInvalid("rows and lines do not match")
    return Lot(columns, lines, len(block.data), blank)


def _long_row(block: Block) -> bool:
    """Whether a row may hold a cell that is too long: half of such a cell has no line end."""
    half, signs = MAX_CELL // 2, np.frombuffer(block.data, np.uint8)
    windows = (signs[i : i + half] for i in range(0, len(signs) - half, half))
    return not all((one[:4096] == 10).any() or (one == 10).any() for one in windows)


def _carefully(block: Block, kinds: Mapping[int, str], form: Form) -> Iterator[Lot]:
    for rows in careful([bytes(block.data)], block.line, (form.delimiter, form.broken)):
        yield _lot_of(rows, kinds, form)


def checked_rows(read: Rows, form: Form) -> tuple[list[list[str]], npt.NDArray[np.int64]]:
    """The rows that are not blank, and their lines; raises `DataError` at one of another width."""
    kept = [
        place for place, row in enumerate(read.rows) if row and (form.width == 1 or row != [""])
    ]
    rows, lines = [read.rows[place] for place in kept], read.lines()[kept]
    for row, line in zip(rows, lines, strict=True):
        if len(row) != form.width:
            widths = len(row), form.width
            raise ragged(form.name, f"line {line}", widths, f"line {form.header}")
    return rows, lines


def _lot_of(read: Rows, kinds: Mapping[int, str], form: Form) -> Lot:
    import pyarrow as pa

    rows, lines = checked_rows(read, form)
    columns = {place: [pa.array([row[place] for row in rows], pa.string())] for place in kinds}
    size = sum(sum(map(len, row)) + len(row) for row in rows)
    return Lot(columns, lines, size, len(read.rows) - len(rows))
