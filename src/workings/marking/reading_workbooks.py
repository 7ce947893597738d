"""A working in a workbook: a sheet of ours that was filled in, or matrices with their names.

    read(data, name)            the matrices
    problem_in(data, name)      the problem on the hidden worksheet, as JSON text, or None

A sheet of ours says where each matrix stands; if rows or columns were put in, the matrix is found
again by its name. A cell that holds a formula counts as the value that was last computed.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workings import facts
from workings.data import excel, kinds, workbooks
from workings.errors import DataError
from workings.marking import reading_tables
from workings.marking.reading_cells import MOST_CELLS, NAME, Matrices
from workings.marking.working import Working

HIDDEN = "problem"  # the worksheet that carries it
MOST_CHARACTERS = 2**23

Rows = list[list[Any]]


@dataclass(frozen=True)
class Spot:
    """Where a matrix stands: its worksheet, its first row and column from 0, its shape."""

    word: str
    sheet: str
    row: int
    column: int
    rows: int
    columns: int


def read(data: bytes, name: str) -> Working:
    """The working; raises `DataError`, naming worksheet and cell, for what cannot be read."""
    book = _Book(data, name)
    carried = book.carried()
    found = Matrices(name)
    if carried is None:
        for title in book.titles:
            rows = [[_text(cell, None) for cell in row] for row in book.rows(title)]
            reading_tables.add(found, rows, lambda row, column, title=title: _at(  # type: ignore[misc]
                title, row, column))  # fmt: skip
    else:
        _fill(found, book, carried)
    found.notes += book.notes
    return found.working()


def problem_in(data: bytes, name: str) -> str | None:
    """The problem that a sheet of ours carries; None where the workbook is none."""
    carried = _Book(data, name).carried()
    return None if carried is None else json.dumps(carried)


class _Book:
    """A workbook, opened after its sizes were found harmless."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data, self.name, self.notes = data, name, list[str]()
        self.kind = workbooks.format_of(data, name)
        if self.kind in ("xls", "xlsb"):
            raise DataError(
                f"cannot read {name}: a working is not read from .{self.kind} workbooks",
                hint="Save it as .xlsx in a spreadsheet program.", file=name,
            )  # fmt: skip
        self.book = excel.opened(data, name)
        self.titles: list[str] = self.book.sheet_names
        self._read: dict[str, Rows] = {}

    def rows(self, title: str) -> Rows:
        """The cells of a worksheet from its first row and column on."""
        if title not in self.titles:
            raise workbooks.damaged(self.name, f"it has no worksheet {title!r} any more")
        if title not in self._read:
            sight = workbooks.look_at_sheet(self.data, self.name, self.kind, title)
            self._read[title] = excel.cells(self.book, self.name, title)[0]
            if title != HIDDEN:
                self._note(title, sight)
        return self._read[title]

    def _note(self, title: str, sight: workbooks.Sight) -> None:
        known = sight.formulas - sight.never
        said = {
            "cells with a formula, which count as the value last computed": known,
            "formulas that were never computed and count as blank": sight.never,
            f"cells with an error (first: {sight.first_error}), which count as blank": sight.errors,
        }
        found = {what: count for what, count in said.items() if count}
        self.notes += [f"Sheet {title} has {count} {what}." for what, count in found.items()]

    def carried(self) -> dict[str, Any] | None:
        """What the hidden worksheet says, or None where there is none."""
        if HIDDEN not in self.titles:
            return None
        pieces = [str(row[0]) for row in self.rows(HIDDEN) if row]
        text = "".join(pieces)
        if len(text) > MOST_CHARACTERS:
            raise workbooks.damaged(self.name, f"its worksheet {HIDDEN!r} is too long")
        try:
            return facts.table(json.loads(text))
        except (ValueError, TypeError, RecursionError):
            raise workbooks.damaged(self.name, f"its worksheet {HIDDEN!r} was changed") from None


def _fill(found: Matrices, book: _Book, carried: dict[str, Any]) -> None:
    """The matrices of a sheet of ours, each from its place."""
    try:
        digits, blank = facts.whole(carried["digits"]), facts.texts(carried["blank"])
        spots = [_spot(word, place) for word, place in facts.table(carried["places"]).items()]
    except (KeyError, TypeError, ValueError):
        what = f"its worksheet {HIDDEN!r} does not say where the matrices stand"
        raise workbooks.damaged(book.name, what) from None
    found.printed |= {spot.word for spot in spots} - set(blank)
    for spot in spots:
        rows = book.rows(spot.sheet)
        top, left = _found(rows, spot, book.name)
        texts = [
            [_text(_cell(rows, top + row, left + column), digits) for column in range(spot.columns)]
            for row in range(spot.rows)
        ]
        found.add(spot.word, texts, lambda row, column, sheet=spot.sheet, top=top, left=left: _at(  # type: ignore[misc]
            sheet, top + row, left + column))  # fmt: skip


def _spot(word: str, place: Any) -> Spot:
    sheet, *counts = facts.listed(lambda given: given)(place)
    row, column, rows, columns = map(facts.whole, counts)
    if not NAME.fullmatch(word) or rows * columns > MOST_CELLS or not rows * columns:
        raise ValueError(word)
    return Spot(word, facts.text(sheet), row, column, rows, columns)


def _found(rows: Rows, spot: Spot, name: str) -> tuple[int, int]:
    """Where the matrix stands now: below its name, which may have moved."""
    for above in (1, 2):
        if _cell(rows, spot.row - above, spot.column) == spot.word:
            return spot.row, spot.column
    moved = [
        (at, column) for at, row in enumerate(rows) for column, cell in enumerate(row)
        if cell == spot.word
    ]  # fmt: skip
    if len(moved) != 1:
        raise DataError(
            f"cannot read {name}: the name {spot.word} does not stand above its matrix on the "
            f"sheet {spot.sheet} (cell {_address(spot.row - 1, spot.column)}) any more",
            hint="Fill in a fresh copy of the worksheet.", file=name, step=spot.word,
        )  # fmt: skip
    (at, column) = moved[0]
    labelled = isinstance(_cell(rows, at + 1, column), str) and _cell(rows, at + 1, column) != ""
    return at + 1 + labelled, column


def _cell(rows: Sequence[Sequence[Any]], row: int, column: int) -> Any:
    return rows[row][column] if 0 <= row < len(rows) and column < len(rows[row]) else ""


def _text(cell: Any, digits: int | None) -> str:
    """A cell as it is shown: a number with the decimals of the sheet, or with all it has."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        if digits is not None and abs(cell) < 10**15 and round(cell, digits) == cell:
            return f"{cell:.{digits}f}"
        return repr(float(cell)) if isinstance(cell, float) else str(cell)
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        return f"the date or time {cell}"
    text = str(cell).strip()
    return text.replace(",", ".") if kinds.number(text, ",") is not None else text


def _at(sheet: str, row: int, column: int) -> str:
    return f"sheet {sheet}, cell {_address(row, column)}"


def _address(row: int, column: int) -> str:
    letters = "".join(reversed(list(_letters(column))))
    return f"{letters}{row + 1}"


def _letters(column: int) -> Iterator[str]:
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        yield chr(65 + letter)
