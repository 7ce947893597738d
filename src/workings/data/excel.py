"""A sheet of a workbook -> a table: .xlsx, .xlsb, .xls and .ods, through calamine.

`read_excel`    the whole way: the sheet, its header, its columns

What the file holds as a number stays that number: 5 % is 0.05, a date is its days since
1970-01-01, a time of day its hours since midnight. A formula is the value that was last computed.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workings.data import apart, headers, workbooks
from workings.data.column import Origin
from workings.data.decoding import contents
from workings.data.kinds import shown
from workings.data.table import Table
from workings.data.values import Values, column_of
from workings.errors import DataError, UnknownName
from workings.files import PathLike

HEAD = 50  # rows among which the header is looked for
LISTED = 8  # sheets that are named in a note

Rows = list[list[Any]]


def read_excel(path: PathLike, name: str, sheet: str | None = None) -> Table:
    """The table on one sheet of a workbook; `name` is what the file is called in messages.

    Without `sheet` the first is read, and the others are named in a note.
    The header is the first row that is filled like a table; rows count as the workbook shows
    them. Raises `UnknownName` for a sheet that is not there, and `DataError` for a file that is
    damaged, has a password, is too large or holds no table.
    """
    data = contents(path)
    kind = workbooks.format_of(data, name)
    alone = kind in ("xls", "xlsb")  # of which nothing is known before they are opened
    book = apart.opened(data, name, sheet) if alone else opened(data, name)
    notes: list[str] = []
    title = _sheet(book, name, sheet, notes)
    sight = workbooks.look_at_sheet(data, name, kind, title)
    rows, merged = cells(book, name, title)
    _note_sight(sight, merged, notes)
    return _table(rows, f"{name}, sheet {title}" if sheet else name, notes)


def opened(data: bytes, name: str) -> Any:
    """An .xlsx or .ods workbook in calamine's hands; raises `DataError` where it is damaged."""
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError as error:
        raise workbooks.locked(name) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise workbooks.damaged(name, f"it is a damaged workbook ({error})") from error


def _sheet(book: Any, name: str, wanted: str | None, notes: list[str]) -> str:
    titles: list[str] = book.sheet_names
    if not titles:
        raise workbooks.damaged(name, "it has no sheets")
    if wanted is not None and wanted not in titles:
        raise UnknownName(f"sheet in {name}", wanted, titles)
    if wanted is None and len(titles) > 1:
        others = ", ".join(map(shown, titles[1 : LISTED + 1]))
        others += ", ..." if len(titles) > LISTED + 1 else ""
        notes.append(
            f"the first of {len(titles)} sheets was read, {shown(titles[0])}; the others: {others}"
        )
    return titles[0] if wanted is None else wanted


def cells(book: Any, name: str, title: str) -> tuple[Rows, Sequence[Any]]:
    """The values of a sheet from its first row and column on, and which cells are merged."""
    import python_calamine

    try:
        sheet = book.get_sheet_by_name(title)
        rows: Rows = sheet.to_python(skip_empty_area=False)
        return rows, sheet.merged_cell_ranges or ()
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        what = f"its sheet {shown(title)} is damaged ({error})"
        raise workbooks.damaged(name, what) from error


def _note_sight(sight: workbooks.Sight, merged: Sequence[Any], notes: list[str]) -> None:
    if sight.errors:
        notes.append(
            f"cells that hold an error (#N/A, #DIV/0! and the like) read as missing: "
            f"{sight.errors} (first: {sight.first_error})"
        )
    if sight.never:
        notes.append(
            f"formulas that were never computed read as missing: {sight.never}; "
            "save the workbook in a spreadsheet program to have their values"
        )
    if merged:
        (row, column), _ = merged[0]
        notes.append(
            f"merged cells: {len(merged)} (first: row {row + 1}, column {column + 1}); "
            "the first of each holds the value, the others are missing"
        )


def _table(rows: Rows, source: str, notes: list[str]) -> Table:
    rows = [[_bare(value) for value in row] for row in rows]
    filled = [sum(value != "" for value in row) for row in rows]
    if not any(filled):
        raise DataError(
            f"cannot read {source}: its sheet is empty",
            hint="Name another sheet." if notes else "", file=source, found=0,
        )  # fmt: skip
    head = _header_row(filled)
    above = [place for place in range(head) if filled[place]]
    if above:
        first = next(str(value) for value in rows[above[0]] if value != "")
        notes.append(f"rows above the header (row {head + 1}) skipped: row {above[0] + 1} "
                     f"holds {shown(first)}")  # fmt: skip
    kept = [place for place in range(head + 1, len(rows)) if filled[place]]
    gaps = kept[-1] - head - len(kept) if kept else 0
    if gaps:
        notes.append(f"blank rows between the rows skipped: {gaps}")
    return _columns(rows, (head, kept), source, notes)


def _columns(rows: Rows, places: tuple[int, list[int]], source: str, notes: list[str]) -> Table:
    head, kept = places
    titles = [Values.of(value).text for value in rows[head]]
    headers.check_header(titles, source, head + 1, notes, word="row")
    if not kept:
        raise DataError(
            f"cannot read {source}: it has a header (row {head + 1}) but no rows",
            hint="Write rows below it, or choose another sheet.",
            file=source, row=head + 1, found=0,
        )  # fmt: skip
    columns = list(zip(*(rows[place] for place in kept), strict=True))
    origin = Origin(source, [place + 1 for place in kept], "row")
    used = [
        column_of(title, values, origin)
        for title, values in zip(titles, columns, strict=True)
        if title or any(value != "" for value in values)
    ]
    by_cells = {id(column.cells): column for column in used}
    titled = headers.named([c.name for c in used], [c.cells for c in used], notes)
    made = [replace(by_cells[id(cells)], name=title) for title, cells in titled]
    return Table(origin, tuple(made), tuple(notes))


def _header_row(filled: list[int]) -> int:
    """The first row that has at least half as many cells as the fullest: titles have fewer.

    A single cell above a blank row is a title too.
    """
    most = max(filled[:HEAD]) or max(filled)
    below = [*filled[1:], 1]
    return next(
        place for place, count in enumerate(filled)
        if count and 2 * count >= most and not (count == 1 < most and not below[place])
    )  # fmt: skip


def _bare(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
