"""A table file -> a table: what kind of file it is, and who reads it.

`read_table`     the whole way, for every kind
`read_bytes`     the same of bytes that are text
`table_of`       rows of cells -> table; other formats that give rows of text join here

Small text tables are read here, cell by cell as they stand; long ones by `large`, workbooks by
`excel`, Parquet by `parquet`. Nothing is repaired in silence: what was guessed stands in the
table's notes, what cannot be right is an error that names the line.
"""

from __future__ import annotations

import io
from contextlib import ExitStack

from workings.data import decoding, dialect, headers, sources
from workings.data.decoding import decoded
from workings.data.rows import Row, cell_limit, empty, no_rows, ragged, rows_of, without_blanks
from workings.data.sources import Source
from workings.data.table import Column, Origin, Table
from workings.errors import DataError, SettingError
from workings.files import PathLike, clean

PARQUET = b"PAR1"


def read_table(
    path: PathLike, *, delimiter: str | None = None, sheet: str | None = None
) -> Table:  # fmt: skip
    """Read a table: a header of names, then rows.

    A text table separated by , ; TAB or | (the delimiter is found unless it is given; UTF-8,
    UTF-16 and Western encodings, any line ends and quoted cells; line breaks inside a cell become
    line feeds), a workbook (`sheet`, or the first one), or Parquet; each of them also packed by
    gzip or alone in a zip archive. The path "-" is standard input. `table.notes` says what was
    guessed. A long text table is kept compactly: see `large`.

    Raises `DataError`, naming file, line and column, for whatever is not such a table, and
    `SettingError` for a delimiter that is none of the four, and for a delimiter or a sheet where
    there can be none.
    """
    given = None if delimiter is None else dialect.checked(delimiter)
    with ExitStack() as kept:
        found = sources.source_of(path, kept)
        source = found if sources.is_workbook(found) else sources.unpacked(found)
        return _read(source, kept, given, sheet)


def read_bytes(data: bytes, name: str) -> Table:
    """Read a text table from its bytes; `name` is what messages call it.

    As `read_table`, but for text alone: raises `DataError` for workbooks, Parquet and packed files.

    >>> read_bytes(b"a;b\\n1,5;x\\n", "paste")["a"].numbers()
    array([1.5])
    """
    source = Source(clean(name), lambda: io.BytesIO(data), len(data))
    packed = data.startswith((PARQUET, sources.GZIP, sources.ZIP))
    if packed or sources.is_workbook(source):
        raise DataError(
            f"cannot read {source.name}: it is a workbook or a packed file, and text was expected",
            hint="Save it as CSV.", file=source.name,
        )  # fmt: skip
    with ExitStack() as kept:
        return _read(source, kept, None, None)


def _read(source: Source, kept: ExitStack, given: str | None, sheet: str | None) -> Table:
    from workings.data.excel import read_excel
    from workings.data.large import read_large
    from workings.data.parquet import read_parquet

    if sources.is_workbook(source):
        _refuse(source, "delimiter", given)
        return read_excel(source.on_disk(kept), source.name, sheet)
    _refuse(source, "sheet", sheet)
    if source.head.startswith(PARQUET):
        _refuse(source, "delimiter", given)
        return read_parquet(source.on_disk(kept), source.name)
    with cell_limit():
        if source.small:
            return _small(source, given)
        table = read_large(source, given)
    _check_unchanged(source)
    return table


def _check_unchanged(source: Source) -> None:
    """A long file is read more than once, and must be the same each time."""
    if source.path is None or source.size is None:
        return
    now = decoding.size_of(source.path)
    if now != source.size:
        raise DataError(
            f"cannot read {source.name}: it was {source.size} bytes long when reading began, and "
            f"is {now} now",
            hint="Read it again when nothing writes to it.", file=source.name, found=now,
        )  # fmt: skip


def _refuse(source: Source, what: str, value: str | None) -> None:
    if value is not None:
        raise SettingError(
            f"cannot read {source.name} with {what} {value!r}: this kind of file has none",
            hint=f"Leave the {what} out.", found=value,
        )  # fmt: skip


def _small(source: Source, given: str | None) -> Table:
    name = source.name
    text, notes = decoded(source.head, name)
    opening = headers.opening_of(text, name, given)
    rows, lines = rows_of(opening.text, opening.delimiter, name)
    first = opening.skipped
    rows, lines = without_blanks(rows[first:], lines[first:], notes)
    if not rows:
        raise empty(name, first)
    notes += opening.notes
    notes += headers.delimiter_notes(opening, len(rows[0]), lines[0])
    return table_of(rows, Origin(name, lines), notes, commas=opening.delimiter == ",")


def table_of(rows: list[Row], origin: Origin, notes: list[str], *, commas: bool = False) -> Table:
    """A table of `rows`, the first of them the header; `origin.lines` has a line for each.

    `commas` says that commas separate the cells, so that none of them is a decimal mark.
    Raises `DataError` for rows of differing length and for names that are none.
    """
    name, (header, *body) = origin.source, rows
    _check_widths(header, body, origin)
    header = [title.strip() for title in header]
    headers.check_header(header, name, origin.lines[0], notes)
    # Empty tables have no columns for zip() to find.
    columns = [tuple(map(str.strip, c)) for c in zip(*body, strict=True)] or [()] * len(header)
    if not body:
        raise no_rows(name, origin.lines[0])
    headers.check_separated(rows[:2], name, origin.lines)
    rest = Origin(name, origin.lines[1:], origin.word)
    mark = "." if commas else dialect.decimal_of(columns, header, (name, rest.lines))
    notes += dialect.decimal_notes(mark, columns)
    titled = headers.named(header, columns, notes)
    return Table(rest, tuple(Column(title, c, rest, mark) for title, c in titled), tuple(notes))


def _check_widths(header: Row, body: list[Row], origin: Origin) -> None:
    for index, row in enumerate(body, start=1):
        if len(row) != len(header):
            widths = len(row), len(header)
            raise ragged(origin.source, origin.where(index), widths, origin.where(0))
