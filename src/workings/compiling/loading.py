"""The rows of a batch, fetched from wherever their owner keeps them to where the loops want them.

    load(writing, value, source, place_of)     one given matrix, row by row

Owners mostly keep the features of a row side by side, loops want the rows of a feature side by
side. So a square of as many rows and features as there are lanes is turned in registers, by
interleaving its halves again and again; what is left over, or lies otherwise, goes cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from workings.compiling.cells import Cells
from workings.compiling.panels import turned
from workings.compiling.plans import CELLS, Nest
from workings.compiling.text import Word, whole
from workings.compiling.values import ROWS, Value, row_axis
from workings.compiling.writing import Writing


class Source(NamedTuple):
    """Where a matrix of rows lies: its start, and the steps to the next row and feature."""

    start: Word
    row_step: Word
    step: Word


def load(w: Writing, value: Value, source: Source, place_of: Callable[[Word], Word]) -> None:
    """Fetches the rows; `place_of` says where row r of this batch is in the owner's matrix."""
    features = max([size for size in value.shape if size != ROWS], default=1)
    whole_squares = features // w.lanes * w.lanes
    if whole_squares == 0 or w.lanes == 1:
        return _by_cells(w, value, source, place_of, (whole(0), features))
    text = w.text
    together = text.compare("icmp eq", source.step, whole(1))
    first = text.select(together, whole(whole_squares), whole(0))
    with text.when(together):
        _by_squares(w, value, source, place_of, whole_squares)
    with text.when(text.compare("icmp slt", first, whole(features))):
        _by_cells(w, value, source, place_of, (first, features))
    return None


def _by_cells(
    w: Writing, value: Value, source: Source, place_of: Callable[[Word], Word],
    features: tuple[Word, int],
) -> None:  # fmt: skip
    text, cells = w.text, w.cells(Nest(CELLS, 0), 1)
    with text.some(*_rows(w)) as row:
        start = text.times(place_of(row), source.row_step)
        with text.loop(features[0], whole(features[1])) as feature:
            there = text.plus(start, text.times(feature, source.step))
            found = text.load(text.address(source.start, there), text.real, text.depth)
            text.store(found, _home(cells, value, row, feature))


def _by_squares(
    w: Writing, value: Value, source: Source, place_of: Callable[[Word], Word], features: int
) -> None:
    text, lanes = w.text, w.lanes
    cells, last = w.cells(Nest(CELLS, 0), 1), text.plus(w.rows, -1)
    kind = f"<{lanes} x {text.real}>"
    with text.some(*_rows(w), lanes) as first:
        starts = []
        for one in range(lanes):
            row = text.plus(first, one)
            row = text.select(text.compare("icmp slt", row, last), row, last)
            starts.append(text.times(place_of(row), source.row_step))
        with text.loop(0, features, lanes) as feature:
            places = [text.address(source.start, text.plus(start, feature)) for start in starts]
            square = [text.load(place, kind, text.depth) for place in places]
            for one, column in enumerate(turned(text, square)):
                text.store(column, _home(cells, value, first, text.plus(feature, one)))


def _rows(w: Writing) -> tuple[Word, Word]:
    """This thread's rows: whole squares of them."""
    if not w.team.is_dividing:
        return whole(0), w.rows
    squares = w.text.op("udiv", w.text.plus(w.rows, w.lanes - 1), whole(w.lanes))
    first, last = w.team.share(squares)
    return w.text.times(first, w.lanes), w.text.extreme("min", w.text.times(last, w.lanes), w.rows)


def _home(cells: Cells, value: Value, row: Word, feature: Word) -> Word:
    axis = row_axis(value.shape)
    index = (row if one == axis else feature for one in range(len(value.shape)))
    return cells.address(value, tuple(index))
