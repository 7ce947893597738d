"""A CSV or TSV file -> a table: bytes -> text -> rows of cells -> columns.

`read_table`     the whole way
`rows_of`        text -> rows of cells, each with the line on which it begins
`table_of`       rows of cells -> table; other formats that give rows of text join here

Nothing is repaired in silence: what was guessed stands in the table's notes, what cannot be
right is an error that names the line.
"""

from __future__ import annotations

import csv
import io
import os
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from workings.data import dialect, kinds
from workings.data.decoding import contents, decoded
from workings.data.kinds import shown
from workings.data.table import Column, Origin, Table
from workings.errors import DataError
from workings.files import PathLike, clean

MAX_CELL = 1_000_000
MAX_COLUMNS = 100_000

Row = list[str]

_LIMIT = threading.Lock()


def read_table(path: PathLike, *, delimiter: str | None = None) -> Table:
    """Read a text table: a header of names, then rows, separated by , ; TAB or |.

    The delimiter is found unless it is given; UTF-8, UTF-16 and Western encodings, any line ends
    and quoted cells are read. Line breaks inside a cell become line feeds. `table.notes` says
    what was guessed.

    Raises `DataError`, naming file, line and column, for whatever is not such a table, and
    `SettingError` for a delimiter that is none of the four.
    """
    name = clean(os.fspath(path))
    given = None if delimiter is None else dialect.checked(delimiter)
    text, notes = decoded(contents(path), name)
    said = dialect.sep_line(text, name)
    if said:
        text = text[text.index("\n") :]  # its line stays, blank, so that lines keep their numbers
    with _cell_limit():
        found = given or said or dialect.delimiter_of(text) or ","
        rows, lines = rows_of(text, found, name)
    first = 1 if said else 0
    rows, lines = _without_blanks(rows[first:], lines[first:], notes)
    if not rows:
        raise DataError(f"cannot read {name}: it is empty after line 1", file=name, row=1)
    if len(rows[0]) == 1:
        notes.append(f"one column only: no delimiter in the header (line {lines[0]})")
    elif given is None and found != ",":
        notes.append(f"cells are separated by {dialect.DELIMITERS[found]}")
    return table_of(rows, Origin(name, lines), notes, commas=found == ",")


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
        raise _broken(str(error), name, (line, reader.line_num)) from error
    return rows, lines


def table_of(rows: list[Row], origin: Origin, notes: list[str], *, commas: bool = False) -> Table:
    """A table of `rows`, the first of them the header; `origin.lines` has a line for each.

    `commas` says that commas separate the cells, so that none of them is a decimal mark.
    Raises `DataError` for rows of differing length and for names that are none.
    """
    name, (header, *body) = origin.source, rows
    _check_widths(header, body, origin)
    header = [title.strip() for title in header]
    # Empty tables have no columns for zip() to find.
    columns = [tuple(map(str.strip, c)) for c in zip(*body, strict=True)] or [()] * len(header)
    _drop_nameless_end(header, columns, notes)
    _check_header(header, origin, notes)
    if not body:
        raise DataError(
            f"cannot read {name}: it has a header (line {origin.lines[0]}) but no rows",
            file=name, row=origin.lines[0], found=0,
        )  # fmt: skip
    _check_blank_separated(header, columns, origin)
    rest = Origin(name, origin.lines[1:], origin.word)
    mark = "." if commas else dialect.decimal_of(columns, header, (name, rest.lines))
    if mark == ",":
        notes.append("numbers have a decimal comma: 1,5 is one and a half")
    titled = zip(header, columns, strict=True)
    return Table(rest, tuple(Column(title, c, rest, mark) for title, c in titled), tuple(notes))


@contextmanager
def _cell_limit() -> Iterator[None]:
    """The csv module has one limit for all its readers; it is put back, one reading at a time."""
    with _LIMIT:
        before = csv.field_size_limit(MAX_CELL)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _without_blanks(
    rows: list[Row], lines: list[int], notes: list[str]
) -> tuple[list[Row], list[int]]:
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


def _check_widths(header: Row, body: list[Row], origin: Origin) -> None:
    if len(header) > MAX_COLUMNS:
        raise DataError(
            f"cannot read {origin.source}: line {origin.lines[0]} has {len(header)} columns, "
            f"expected at most {MAX_COLUMNS}",
            file=origin.source, row=origin.lines[0], found=len(header),
        )  # fmt: skip
    for index, row in enumerate(body, start=1):
        if len(row) != len(header):
            cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
            raise DataError(
                f"cannot read {origin.source}: {origin.where(index)} has {cells}, "
                f"expected {len(header)} as in the header (line {origin.lines[0]})",
                hint="A cell that contains the delimiter must stand in double quotes.",
                file=origin.source, row=origin.lines[index], found=len(row),
            )  # fmt: skip


def _drop_nameless_end(header: Row, columns: list[tuple[str, ...]], notes: list[str]) -> None:
    """A delimiter at the end of every line makes a column with no name and no cells."""
    dropped = 0
    while len(header) > 1 and not header[-1] and not any(columns[-1]):
        header.pop()
        columns.pop()
        dropped += 1
    if dropped:
        notes.append(f"empty columns without a name at the end dropped: {dropped}")


def _check_header(header: Row, origin: Origin, notes: list[str]) -> None:
    source, line = origin.source, origin.lines[0]
    named = [title for title in header if not kinds.missing(title)]
    numbers = [title for title in named if dialect.plain(title)]
    if numbers and len(numbers) == len(named):
        raise DataError(
            f"cannot read {source}: it seems to have no header, "
            f"line {line} holds only numbers ({shown(', '.join(named))})",
            hint="Put a first line with the names of the columns.",
            file=source, row=line, found=header,
        )  # fmt: skip
    if "" in header:
        position = header.index("") + 1
        raise DataError(
            f"cannot read {source}: column {position} has no name in the header (line {line})",
            hint="Give it a name, or remove it (pandas: to_csv(..., index=False)).",
            file=source, row=line, column=position, found="",
        )  # fmt: skip
    twice = [title for title, count in Counter(header).items() if count > 1]
    if twice:
        raise DataError(
            f"cannot read {source}: the header (line {line}) names more than one column "
            + ", ".join(map(shown, twice[:5])),
            hint="Give each column a name of its own.",
            file=source, row=line, column=twice[0], found=twice,
        )  # fmt: skip
    if 2 * len(numbers) >= len(header):
        some = shown(", ".join(numbers))
        notes.append(f"many names in the header (line {line}) are numbers, {some}: is it data?")


def _check_blank_separated(header: Row, columns: Sequence[tuple[str, ...]], origin: Origin) -> None:
    """Columns set apart by blanks would read as one column of words."""
    parts = columns[0][0].split()
    numbers = len(parts) > 1 and all(kinds.number(part) is not None for part in parts)
    if len(header) == 1 and numbers and len(header[0].split()) == len(parts):
        raise DataError(
            f"cannot read {origin.source}: its cells seem to be separated by blanks "
            f"(line {origin.lines[1]} holds {shown(columns[0][0])})",
            hint="Separate them by commas, semicolons or tabs.",
            file=origin.source, row=origin.lines[1], found=columns[0][0],
        )  # fmt: skip


def _broken(problem: str, name: str, lines: tuple[int, int]) -> DataError:
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
