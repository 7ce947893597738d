"""A working as CSV: named matrices as rows of cells, written in one of three ways.

    d_output                the name alone in a row, its numbers in the rows below
    0.12;0.34

    d_output,0.12,0.34      the name before each row
    d_output,0.56,0.78

    matrix,row,column,value     a cell in each row, counted from 1

The same is read from worksheets of a workbook that is no sheet of ours. Cells are separated by
tabs, semicolons, bars or commas; where it is not commas, decimals may have one.
"""

from __future__ import annotations

from collections.abc import Sequence

from workings.data import kinds
from workings.data.rows import cell_limit, rows_of
from workings.marking.reading_cells import MOST_CELLS, NAME, SIGNED, Matrices, Where
from workings.marking.working import Working

HEADS = [["matrix", "row", "column", "value"], ["name", "row", "column", "value"]]
OTHERS = "\t;|"


def read(text: str, name: str) -> Working:
    """The working; raises `DataError`, naming the line, for what is no such table."""
    delimiter = next((sign for sign in OTHERS if sign in text), ",")
    with cell_limit():
        rows, lines = rows_of(text.lstrip("\ufeff"), delimiter, name)
    found = Matrices(name)
    add(found, rows, lambda row, column: f"line {lines[row]}")
    return found.working()


def add(found: Matrices, rows: Sequence[Sequence[str]], where: Where) -> None:
    """The matrices that stand in rows of cells; `where` says where row and column are."""
    trimmed = [_trimmed(row) for row in rows]
    filled = [place for place, row in enumerate(trimmed) if row]
    if not filled:
        return
    first = filled[0]
    if [cell.lower() for cell in trimmed[first]] in HEADS:
        _cell_by_cell(found, trimmed, filled[1:], where)
    elif len(trimmed[first]) == 1:
        _below_names(found, trimmed, where)
    else:
        _behind_names(found, trimmed, filled, where)


def _trimmed(row: Sequence[str]) -> list[str]:
    """A row without the empty cells at its end."""
    cells = [cell.strip().translate(SIGNED) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _is_name(cell: str) -> bool:
    return NAME.fullmatch(cell) is not None and kinds.number(cell) is None


def _below_names(found: Matrices, rows: Sequence[list[str]], where: Where) -> None:
    """A name alone in its row, then its numbers; blank rows end a matrix."""
    places = [at for at, row in enumerate(rows) if len(row) == 1 and _is_name(row[0])]
    if not places or any(rows[place] for place in range(places[0])):
        first = next(place for place, row in enumerate(rows) if row)
        raise found.wrong("numbers stand there without a name before them", where(first, 0))
    for at, following in zip(places, [*places[1:], len(rows)], strict=True):
        block = range(at + 1, following)
        used = [place for place in block if rows[place]]
        if not used:
            raise found.wrong(f"no numbers stand under the name {rows[at][0]}", where(at, 0))
        inside = list(range(used[0], used[-1] + 1))
        width = max(len(rows[place]) for place in inside)
        padded = [rows[place] + [""] * (width - len(rows[place])) for place in inside]
        _add_once(found, rows[at][0], padded, (inside, 0), where)


def _behind_names(
    found: Matrices, rows: Sequence[list[str]], filled: Sequence[int], where: Where
) -> None:
    """The name in the first cell of each row."""
    of: dict[str, list[int]] = {}
    for place in filled:
        word = rows[place][0]
        if not _is_name(word):
            raise found.wrong(f"{word[:40]!r} is no name of a matrix", where(place, 0))
        of.setdefault(word, []).append(place)
    for word, places in of.items():
        width = max(len(rows[place]) for place in places)
        padded = [rows[place][1:] + [""] * (width - len(rows[place])) for place in places]
        _add_once(found, word, padded, (places, 1), where)


def _add_once(
    found: Matrices, word: str, cells: list[list[str]], at: tuple[list[int], int], where: Where
) -> None:
    places, left = at
    if word in found.cells:
        raise found.wrong(f"there is a second matrix called {word}", where(places[0], 0))
    found.add(word, cells, lambda row, column: where(places[row], column + left))


def _cell_by_cell(
    found: Matrices, rows: Sequence[list[str]], filled: Sequence[int], where: Where
) -> None:
    cells: dict[str, dict[tuple[int, int], tuple[str, int]]] = {}
    for place in filled:
        word, row, column, value = _entry(found, rows[place], where(place, 0))
        if cells.setdefault(word, {}).setdefault((row, column), (value, place))[1] != place:
            raise found.wrong(f"{word}[{row},{column}] is there twice", where(place, 0))
    for word, given in cells.items():
        high, wide = (max(place[axis] for place in given) for axis in (0, 1))
        if high * wide > MOST_CELLS:
            first = next(iter(given.values()))[1]
            raise found.wrong(f"{word} would have {high * wide} cells", where(first, 0))
        full = [[given.get((row, column), ("", 0))[0] for column in range(1, wide + 1)]
                for row in range(1, high + 1)]  # fmt: skip
        known = {key: at for key, (_, at) in given.items()}
        found.add(word, full, lambda row, column, known=known: where(  # type: ignore[misc]
            known.get((row + 1, column + 1), 0), 0))  # fmt: skip


def _entry(found: Matrices, cells: list[str], where: str) -> tuple[str, int, int, str]:
    word, row, column, value, *more = [*cells, *[""] * max(0, 4 - len(cells))]
    places = [int(text) if text.isdecimal() and len(text) < 8 else 0 for text in (row, column)]
    if more or not _is_name(word) or not min(places):
        raise found.wrong("a name, a row, a column (from 1) and a number were expected", where)
    return word, places[0], places[1], value
