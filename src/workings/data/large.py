"""A long text table -> a table: read in blocks, kept compactly, never held as text as a whole.

`read_large`    the whole way

How it is written is found on its first rows by the same rules as that of a small table, and
handed to pyarrow, which parses; what the cells mean is decided by `growing`. Two blocks are
parsed at a time. No more is held than the columns themselves and a few blocks.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workings.data import decoding, dialect, headers, kinds, sources, wide
from workings.data.blocks import LONGEST, NotUtf8, blocks, careful, from_line, pieces
from workings.data.column import Column, Origin
from workings.data.growing import Growing
from workings.data.parsing import NUMBERS, TEXT, WORDS, Form, Lot, checked_rows, parsed
from workings.data.rows import broken, empty, no_rows
from workings.data.sources import Source
from workings.data.stored import Lines, NumberCells, WordCells
from workings.data.table import Table
from workings.errors import DataError

AHEAD = 2  # blocks that are parsed while another is kept
BEGIN = 2**20  # bytes in which the header is looked for
SAMPLE = 200  # rows on which the decimal mark is judged
READ_AS = {"words": WORDS, "whole": TEXT, "numbers": NUMBERS, "packed": TEXT}


@dataclass(frozen=True)
class Text:
    """A source, its encoding as Python calls it, and what its first rows say of the others."""

    source: Source
    codec: str
    form: Form
    header: Sequence[str]
    body: int  # the line after the header

    def lots(self, columns: Mapping[int, Growing]) -> Iterator[Lot]:
        """The rows, read as the columns at the time would have them."""
        waiting: deque[Future[list[Lot]]] = deque()
        with self.source.stream() as stream, ThreadPoolExecutor(AHEAD) as pool:
            text = pieces(stream, self.codec, self.form.name)
            cut = blocks(text, self.body, self.form.delimiter, self.form.broken)
            for count, block in enumerate(cut):
                kinds = {p: READ_AS[c.state] for p, c in columns.items() if c.state != "again"}
                waiting.append(pool.submit(parsed, block, kinds or {0: TEXT}, self.form))
                while waiting and (len(waiting) > AHEAD or not count):
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows one by one, with their lines."""
        with self.source.stream() as stream:
            text = pieces(stream, self.codec, self.form.name)
            how = (self.form.delimiter, self.form.broken)
            for lot in careful(from_line(text, self.body), self.body, how):
                rows, lines = checked_rows(lot, self.form)
                yield from zip(lines.tolist(), rows, strict=True)


def read_large(source: Source, given: str | None) -> Table:
    """The table that `source` holds; `given` is the delimiter, if it is known.

    Raises `DataError`, naming the line, for whatever is not such a table or needs more memory
    than is free.
    """
    decoding.check_text(source.head, source.name)
    codec, title = decoding.marked(source.head)
    notes = [f"the encoding is {title}"] if title not in ("", "UTF-8") else []
    if codec and codec != "utf-8":
        return _read(source, codec, given, notes)
    try:
        return _read(source, "utf-8", given, [])
    except NotUtf8 as error:
        line = error.line
    if codec:
        raise decoding.badly_marked(source.name, codec, line)
    for codec, title in (("cp1252", "Windows-1252"), ("latin-1", "Latin-1")):
        note = f"the encoding is not UTF-8 (line {line}), read as {title}"
        try:
            return _read(source, codec, given, [note])
        except NotUtf8:
            continue
    raise AssertionError("every byte is a character of Latin-1")


def _read(source: Source, codec: str, given: str | None, notes: list[str]) -> Table:
    text = _begun(source, codec, given, notes)
    if text.form.width > wide.WIDE:
        cells, lines = _wide(text)
        return _table(text, cells, lines, notes)
    columns = {place: Growing(0, decimal=text.form.decimal) for place in range(text.form.width)}
    lines = _grow(text, columns, notes)
    again = {place: Growing(len(lines), decimal=text.form.decimal, as_text=True)
             for place, column in columns.items() if column.state == "again"}  # fmt: skip
    if again:
        _grow(text, again, [])
        columns |= again
    return _table(text, [columns[place].cells() for place in sorted(columns)], lines, notes)


def _wide(text: Text) -> tuple[list[Sequence[str]], Sequence[int]]:
    free = sources.free_bytes()

    def fits(size: int) -> None:
        _check_memory(text, size // (8 * text.form.width), 8 * text.form.width, free)

    cells, lines = wide.read_wide(text.rows, text.form.decimal, fits)
    if not lines:
        raise no_rows(text.form.name, text.form.header)
    return cells, lines


# -- the first rows --------------------------------------------------------------------------------


def _begun(source: Source, codec: str, given: str | None, notes: list[str]) -> Text:
    """What the first rows say; the header is checked before anything more is read."""
    begin = _beginning(source, codec)
    opening = headers.opening_of(begin, source.name, given)
    rows, lines, body = _first_rows(opening, source.name)
    notes += opening.notes
    header = rows[0]
    headers.check_header(header, source.name, lines[0], notes)
    notes += headers.delimiter_notes(opening, len(header), lines[0])
    headers.check_separated(rows[:2], source.name, lines)
    columns = list(zip(*(row for row in rows[1:] if len(row) == len(header)), strict=True))
    mark = "."
    if opening.delimiter != "," and columns:
        mark = dialect.decimal_of(columns, header, (source.name, lines[1:]))
        notes += dialect.decimal_notes(mark, columns)
    form = Form(source.name, opening.delimiter, mark, len(header), lines[0],
                lambda problem, where: broken(problem, source.name, where))  # fmt: skip
    return Text(source, codec, form, header, body)


def _beginning(source: Source, codec: str) -> str:
    """The first lines, enough to hold the header at least."""
    begin = b""
    with source.stream() as stream:
        for part in pieces(stream, codec, source.name):
            begin += part
            if len(begin) >= BEGIN and (b"\n" in begin.lstrip() or len(begin) > LONGEST):
                begin = begin[: begin.rfind(b"\n") + 1] or begin
                break
    if not begin.strip():
        raise decoding.only_blanks(source.name)
    return begin.decode(errors="ignore")


def _first_rows(
    opening: headers.Opening, name: str
) -> tuple[list[list[str]], list[int], int]:  # fmt: skip
    """The header and some rows, their lines, and the line after the header."""
    reader = csv.reader(
        io.StringIO(opening.text),
        delimiter=opening.delimiter, strict=True, skipinitialspace=True,
    )  # fmt: skip
    rows: list[list[str]] = []
    lines: list[int] = []
    line, body = 1, 0
    try:
        for row in reader:
            if any(map(str.strip, row)):
                rows.append([cell.strip() for cell in row])
                lines.append(line)
                body = body or reader.line_num + 1
            line = reader.line_num + 1
            if len(rows) > SAMPLE:
                break
    except csv.Error as error:
        if not rows:
            raise broken(str(error), name, (line, reader.line_num)) from error
    if not rows:
        first = opening.skipped
        raise empty(name, first)
    return rows, lines, body


# -- the others ------------------------------------------------------------------------------------


def _grow(text: Text, columns: Mapping[int, Growing], notes: list[str]) -> Sequence[int]:
    """Give the columns all rows; returns the line of each."""
    lines: list[range | npt.NDArray[np.int64]] = []
    free, rows, blank = sources.free_bytes(), 0, 0
    for lot in text.lots(columns):
        if not rows:
            _expect(text, columns, lot)
        for place, chunks in lot.columns.items():
            for chunk in chunks if place in columns else ():
                columns[place].add(chunk)
        lines.append(lot.lines)
        blank += lot.blank
        rows += len(lot.lines)
        room = max(rows, *(column.room for column in columns.values()), 0)
        _check_memory(text, room, sum(column.bytes_each for column in columns.values()), free)
    if not rows:
        raise no_rows(text.form.name, text.form.header)
    if blank:
        notes.append(f"blank lines skipped: {blank}")
    return _joined(lines)


def _expect(text: Text, columns: Mapping[int, Growing], lot: Lot) -> None:
    """Make room for as many rows as there will be if all are like the first."""
    size = text.source.size if text.codec == "utf-8" else None
    rows = len(lot.lines) * (size or 0) // max(1, lot.size)
    for column in columns.values():
        column.room = rows + rows // 50


def _check_memory(text: Text, rows: int, bytes_each: int, free: int) -> None:
    need = rows * bytes_each
    if need > free:
        raise DataError(
            f"cannot read {text.form.name}: {rows} rows need about {sources.in_words(need)} "
            f"of memory, and {sources.in_words(free)} are free",
            hint="Take part of its rows or columns.", file=text.form.name, found=need,
        )  # fmt: skip


def _joined(lines: list[range | npt.NDArray[np.int64]]) -> Sequence[int]:
    """The lines of all lots: a range where it is one."""
    first = lines[0]
    end = first.start if isinstance(first, range) else None
    for one in lines:
        end = one.stop if isinstance(one, range) and one.start == end else None
        if end is None:
            return Lines(np.concatenate([np.asarray(one, np.int64) for one in lines]))
    return range(int(first[0]), end or 0)


# -- the table -------------------------------------------------------------------------------------


def _table(
    text: Text, cells: list[Sequence[str]], lines: Sequence[int], notes: list[str]
) -> Table:  # fmt: skip
    form = text.form
    titled = headers.named(text.header, cells, notes)
    origin = Origin(form.name, lines)
    mark = form.decimal
    if form.delimiter != "," and mark == ".":
        mark = _late_mark(titled, lines, form.name)
        notes += dialect.decimal_notes(mark, [_texts(cells) for _, cells in titled])
    kept = sum(isinstance(cells, NumberCells) for _, cells in titled)
    if kept:
        which = "1 column" if kept == 1 else f"{kept} columns"
        notes.append(
            f"the table is large: of {which} with many different numbers only the numbers are "
            "kept, not how they were written (1.50 reads as 1.5)"
        )
    columns = tuple(Column(title, cells, origin, mark) for title, cells in titled)
    return Table(origin, columns, tuple(notes))


def _late_mark(titled: headers.Titled, lines: Sequence[int], name: str) -> str:
    """The decimal mark, where the first rows do not show it, by what the others hold."""
    texts = [_texts(cells) for _, cells in titled]
    names = [title for title, _ in titled]
    if dialect.decimal_of([[c for c in t if "." not in c] for t in texts], names, ("", ())) == ".":
        return "."
    for (title, cells), words in zip(titled, texts, strict=True):
        point = _first_point(cells, words)
        if point is not None:
            comma = next((t, c) for (t, _), w in zip(titled, texts, strict=True)
                         for c in w if dialect.COMMA.fullmatch(c))  # fmt: skip
            row = list(dict(titled)[comma[0]]).index(comma[1])
            raise dialect.both_marks(
                name, (comma[0], lines[row], comma[1]), (title, lines[point], cells[point])
            )
    return ","


def _texts(cells: Sequence[str]) -> Sequence[str]:
    return cells.distinct() if isinstance(cells, WordCells) else ()


def _first_point(cells: Sequence[str], words: Sequence[str]) -> int | None:
    """The first row whose number has a decimal point."""
    if isinstance(cells, NumberCells):
        broken = np.isfinite(cells.values) & (cells.values != np.floor(cells.values))
        return int(broken.argmax()) if broken.any() else None
    if not any(map(dialect.POINT.fullmatch, words)) or not all(map(_number_or_none, words)):
        return None
    return next(row for row, cell in enumerate(cells) if dialect.POINT.fullmatch(cell))


def _number_or_none(word: str) -> bool:
    return dialect.plain(word) or kinds.missing(word)
