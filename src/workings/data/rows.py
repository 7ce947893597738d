"""Text -> rows of cells, by Python's strict reader: the way of small tables.

`rows_of`       text -> rows, each with the line on which it begins
`without_blanks`  the rows that are not blank
`broken`        what is said of a row whose double quotes are wrong
`ragged`        what is said of a row of another width
`cell_limit`    how long a cell may be
"""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from workings.errors import DataError

MAX_CELL = 1_000_000

Row = list[str]

_LIMIT = threading.RLock()


def rows_of(text: str, delimiter: str, name: str) -> tuple[list[Row], list[int]]:
    r"""The rows of `text` and the line on which each begins, from 1; blank lines are empty rows.

    >>> rows_of('a,b\n"1\n2",3\n', ",", "x.csv")
    ([['a', 'b'], ['1\n2', '3']], [1, 2])
    """
    text_lines = io.StringIO(text)
    reader = csv.reader(text_lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    rows: list[Row] = []
    lines: list[int] = []
    line = 1
    try:
        for row in reader:
            rows.append(row)
            lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise broken(str(error), name, (line, reader.line_num)) from error
    return rows, lines


@contextmanager
def cell_limit() -> Iterator[None]:
    """The csv module has one limit for all its readers; it is put back, one reading at a time."""
    with _LIMIT:
        before = csv.field_size_limit(MAX_CELL)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def without_blanks(
    rows: list[Row], lines: list[int], notes: list[str]
) -> tuple[list[Row], list[int]]:
    """The rows that are not blank, and their lines."""
    width = next((len(row) for row in rows if any(cell.strip() for cell in row)), 0)
    kept = [i for i, row in enumerate(rows) if not _blank(row, width)]
    skipped = kept[-1] + 1 - len(kept) if kept else 0
    if skipped:
        some = "1 blank line" if skipped == 1 else f"{skipped} blank lines"
        notes.append(f"{some} before or between the rows skipped")
    return [rows[i] for i in kept], [lines[i] for i in kept]


def _blank(row: Row, width: int) -> bool:
    # In a table of one column a line of blanks is a missing cell; a line of nothing is not.
    return not row or (len(row) == 1 < width and not row[0].strip())


def broken(problem: str, name: str, lines: tuple[int, int]) -> DataError:
    """The error for a row that begins and breaks in `lines`, with what the reader found."""
    begins, noticed = lines
    if "unexpected end" in problem:
        what = f"a double quote opened in line {begins} is never closed"
    elif "field limit" in problem:
        what = f"line {begins} has a cell of more than {MAX_CELL} characters"
    else:
        what = f"in the row that begins in line {begins}, text follows a closing quote"
        what += f" (line {noticed})" if noticed != begins else ""
    return DataError(
        f"cannot read {name}: {what}",
        hint="Check the double quotes there; inside a quoted cell a quote is written twice.",
        file=name, row=begins, found=problem,
    )  # fmt: skip


def ragged(name: str, where: str, widths: tuple[int, int], header: str) -> DataError:
    """What is said of the row at `where` that has another width than the header."""
    found, expected = widths
    cells = "1 cell" if found == 1 else f"{found} cells"
    row = int(where.split()[1])
    return DataError(
        f"cannot read {name}: {where} has {cells}, expected {expected} as in the header ({header})",
        hint="A cell that contains the delimiter must stand in double quotes.",
        file=name, row=row, found=found,
    )  # fmt: skip


def no_rows(name: str, line: int) -> DataError:
    """What is said of a table that ends with its header."""
    return DataError(
        f"cannot read {name}: it has a header (line {line}) but no rows",
        hint="Write rows below it, or name another file.", file=name, row=line, found=0,
    )  # fmt: skip


def empty(name: str, line: int) -> DataError:
    """What is said of a table that ends before its header."""
    return DataError(
        f"cannot read {name}: it is empty after line {line}", hint="Name another file.",
        file=name, row=line,
    )  # fmt: skip
