"""How a text table is written: what separates its cells, and its decimal mark.

`DELIMITERS`    what may separate cells, and what each is called
`delimiter_of`  the one that cuts the first rows most evenly
`sep_line`      the delimiter a first line `sep=;` names, as Excel writes it
`decimal_of`    "," where the numbers say so
`decimal_notes` what is said of it

Each is decided on what stands in the file, and the reader notes what it took.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from itertools import islice

from workings.data import kinds
from workings.data.kinds import shown
from workings.errors import DataError, SettingError

# In the order in which an even cut is believed: commas also stand inside texts and numbers.
DELIMITERS = {"\t": "tabs", ";": "semicolons", "|": "bars (|)", ",": "commas"}

SAMPLE_CHARACTERS = 100_000
SAMPLE_LINES = 10
SAMPLE_ROWS = 200
SAMPLE_CELLS = 1000  # of each row

_SEP = re.compile(r'"?sep=(.)"?[ ,;\t|]*\n', re.IGNORECASE)
COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?")
POINT = re.compile(r"[+-]?[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?")

THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")

Cells = Sequence[str]
Place = tuple[str, int, str]  # column, line, cell


def checked(delimiter: str) -> str:
    """`delimiter` if it is one of the table's; raises `SettingError` otherwise."""
    if delimiter not in DELIMITERS:
        known = ", ".join(map(repr, DELIMITERS))
        raise SettingError(
            f"cannot separate cells by {delimiter!r}: expected one of {known}", found=delimiter
        )
    return delimiter


def sep_line(text: str, name: str) -> str | None:
    """The delimiter that a first line `sep=;` names, None without such a line."""
    match = _SEP.match(text)
    if match and match[1] not in DELIMITERS:
        raise DataError(
            f"cannot read {name}: line 1 says the cells are separated by {match[1]!r}",
            hint="Use a comma, a semicolon, a tab or |.", file=name, row=1, found=match[1],
        )  # fmt: skip
    return match[1] if match else None


def delimiter_of(text: str) -> str | None:
    r"""What separates the cells of `text`, judged on its first rows; None if nothing does.

    Cutting the most rows into as many cells as the header has counts first, then how many of the
    cells are numbers.

    >>> delimiter_of("a;b\n1,5;2\n"), delimiter_of("a, b\n1,2\n"), delimiter_of("a\n1\n")
    (';', ',', None)
    """
    sample = _sample(text)
    scores = {delimiter: _score(sample, delimiter) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0, 0) else None


def _sample(text: str) -> str:
    end = SAMPLE_CHARACTERS
    if len(text) <= end:
        return text
    position = 0
    for _ in range(SAMPLE_LINES):
        position = text.find("\n", position) + 1 or len(text)
    return text[: max(position, text.rfind("\n", 0, end) + 1)]


def _score(sample: str, delimiter: str) -> tuple[float, float]:
    reader = csv.reader(io.StringIO(sample), delimiter=delimiter, skipinitialspace=True)
    try:
        rows = list(islice((row for row in reader if any(map(str.strip, row))), SAMPLE_ROWS))
    except csv.Error:
        return (0, 0)  # reading the whole file says what is wrong, and where
    if not rows or len(rows[0]) < 2:
        return (0, 0)
    header, *rows = rows
    even = sum(len(row) == len(header) for row in rows)
    cells = [cell.strip() for row in rows for cell in row[:SAMPLE_CELLS]]
    numbers = sum(map(plain, cells))
    return ((1 + even) / (1 + len(rows)), numbers / max(1, len(cells)))


def plain(cell: str) -> bool:
    """Whether `cell` is a number with one decimal mark or the other."""
    return any(kinds.number(cell, mark) is not None for mark in ".,")


def decimal_of(columns: Sequence[Cells], names: Cells, origin: tuple[str, Sequence[int]]) -> str:
    """The decimal mark of the columns that hold mostly numbers: "," if it occurs, else ".".

    `origin` is the name of the file and the line of each row. Raises `DataError`, naming one cell
    of each, when both marks occur.
    """
    source, lines = origin
    comma, point = (
        _first(columns, sign, pattern) for sign, pattern in ((",", COMMA), (".", POINT))
    )
    if comma is None or point is None:
        return "." if comma is None else ","
    raise both_marks(source, *((names[c], lines[r], columns[c][r]) for c, r in (comma, point)))


def both_marks(source: str, comma: Place, point: Place) -> DataError:
    """What is said where both marks occur: column, line and text of a cell of each."""
    (name, line, cell), (other_name, other_line, other_cell) = comma, point
    return DataError(
        f"cannot read the numbers of {source}: line {line}, column {shown(name)} holds "
        f"{shown(cell)} and line {other_line}, column {shown(other_name)} holds "
        f"{shown(other_cell)}",
        hint="Write all decimals with a point, or all with a comma.",
        file=source, row=line, column=name, found=cell,
    )  # fmt: skip


def decimal_notes(mark: str, columns: Sequence[Cells]) -> list[str]:
    """What is said of a decimal comma, and whether its numbers could be thousands as well.

    >>> decimal_notes(",", [["1,234", "56,789"]])[1].partition(";")[0]
    'every number with a comma looks like 1,234, which could be thousands too'
    """
    if mark == ".":
        return []
    notes = ["numbers have a decimal comma: 1,5 is one and a half"]
    commas = [cell for cells in columns for cell in cells if COMMA.fullmatch(cell)]
    if commas and all(map(THOUSANDS.fullmatch, commas)):
        notes.append(
            "every number with a comma looks like 1,234, which could be thousands too; "
            "it was read as 1.234, so take the commas out if that is wrong"
        )
    return notes


def _first(columns: Sequence[Cells], sign: str, pattern: re.Pattern[str]) -> tuple[int, int] | None:
    """Column and row of the first cell that fits `pattern` in a column of mostly numbers."""
    for position, cells in enumerate(columns):
        if sign not in "".join(cells):
            continue
        row = next((r for r, cell in enumerate(cells) if pattern.fullmatch(cell)), None)
        if row is not None and _mostly_numbers(cells):
            return position, row
    return None


def _mostly_numbers(cells: Cells) -> bool:
    present = [cell for cell in cells if not kinds.missing(cell)]
    return 2 * sum(map(plain, present)) >= len(present)
