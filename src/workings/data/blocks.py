r"""A long text, cut into blocks of whole rows: a stream of bytes -> blocks of UTF-8.

`pieces`     the stream as UTF-8 with every line end a line feed
`blocks`     those pieces as blocks of whole rows, each with the line on which it begins
`Block`      rows as bytes that a fast reader may read
`Rows`       rows that only a careful reader can read, read already
`careful`    the careful reader: Python's, strict

Double quotes are checked here: a block is given out as bytes where each of them opens a cell,
closes one or stands for itself inside one, so that any reader cuts the rows alike. From the first
block on where that is not so, the careful reader reads, and says what is wrong.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from workings.data import decoding
from workings.errors import DataError

PIECE = 4 * 2**20  # bytes
FIRST = 2**19  # of the first piece, on which columns are judged
LONGEST = 64 * 2**20  # bytes of one row
CELLS = 250_000  # in one lot of rows of the careful reader

Broken = Callable[[str, tuple[int, int]], DataError]


class NotUtf8(Exception):
    """A block is not UTF-8; the reading has to begin again with another encoding."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} is not UTF-8")
        self.line = line


@dataclass(frozen=True)
class Block:
    """Whole rows as UTF-8, of which the first begins on `line`.

    `ends` is how many line feeds there are, `quotes` whether there are double quotes.
    """

    data: memoryview
    line: int
    ends: int
    quotes: bool

    @classmethod
    def of(cls, data: memoryview, line: int) -> Block:
        """The block that `data` is; raises `NotUtf8`."""
        signs = np.frombuffer(data, np.uint8)
        if signs.max() > 127:
            try:
                str(data, "utf-8")
            except UnicodeDecodeError as error:
                raise NotUtf8(line + int((signs[: error.start] == 10).sum())) from error
        ends = int(np.count_nonzero(signs == 10))
        return cls(data, line, ends, bool((signs == 34).any()))

    def lines(self) -> tuple[npt.NDArray[np.int64], int]:
        """The line on which each row begins, and how many blank lines are no rows."""
        signs = np.frombuffer(self.data, np.uint8)
        ends = np.flatnonzero(signs == 10)
        if not len(ends) or ends[-1] != len(signs) - 1:
            ends = np.append(ends, len(signs))
        inside = np.searchsorted(np.flatnonzero(signs == 34), ends) % 2 == 1
        ordinals = np.flatnonzero(~inside)  # of the line ends that end rows
        starts = np.concatenate([[0], ends[ordinals] + 1])
        lines = np.concatenate([[0], ordinals + 1])
        filled = starts[1:] - starts[:-1] > 1
        return self.line + lines[:-1][filled], int((~filled).sum())


@dataclass(frozen=True)
class Rows:
    """Rows of cells, and the line on which each begins; blank lines have no cells."""

    rows: list[list[str]]
    numbers: list[int]

    def lines(self) -> npt.NDArray[np.int64]:
        """The line on which each row begins."""
        return np.array(self.numbers, np.int64)


def pieces(stream: BinaryIO, codec: str, name: str) -> Iterator[bytes]:
    """The text of `stream` as UTF-8, line ends made line feeds; `codec` as Python calls it.

    A mark at the beginning is taken off. Raises `DataError` for zero bytes, and for what is not
    valid in `codec`, unless that is "utf-8", which is looked at when the blocks are whole.
    """
    decoder = None if codec == "utf-8" else codecs.getincrementaldecoder(codec)()
    held, first, line = b"", True, 1
    while True:
        raw = stream.read(FIRST if first else PIECE)
        data = held + (raw if decoder is None else _recoded(decoder, raw, (name, codec, line)))
        held = b""
        if first:
            data, first = data.removeprefix(codecs.BOM_UTF8), False
        if raw and data.endswith(b"\r"):  # its line feed may be in the next piece
            data, held = data[:-1], b"\r"
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if b"\0" in data:
            raise decoding.zero_bytes(name)
        if decoder is not None:
            line += data.count(b"\n")
        if data:
            yield data
        if not raw:
            return


def _recoded(decoder: codecs.IncrementalDecoder, raw: bytes, place: tuple[str, str, int]) -> bytes:
    name, codec, line = place
    if codec.startswith(("cp", "latin")) and decoding.CONTROLS.search(raw):
        raise decoding.no_text(name)
    try:
        return decoder.decode(raw, final=not raw).encode()
    except UnicodeDecodeError as error:
        if codec.startswith("cp"):
            raise NotUtf8(line) from error
        raise decoding.badly_marked(name, codec, line) from error
    except UnicodeEncodeError as error:  # halves of characters, which UTF-16 may hold
        raise decoding.badly_marked(name, codec, line) from error


def blocks(parts: Iterable[bytes], line: int, delimiter: str, broken: Broken) -> Iterator[
    Block | Rows
]:  # fmt: skip
    """The rows from `line` on, in blocks; the lines before it are passed over.

    `broken` makes the error for a row that cannot be read. Raises `NotUtf8`.
    """
    stream = from_line(parts, line)
    rest = b""
    for part in chain(stream, [b""]):
        data, final = rest + part, not part
        cut = _cut(data, delimiter, final=final)
        if cut is None or len(data) - cut > LONGEST:
            yield from careful(chain([data], stream), line, (delimiter, broken))
            return
        rest = data[cut:]
        if cut:
            block = Block.of(memoryview(data)[:cut], line)
            yield block
            line += block.ends


def careful(
    parts: Iterable[bytes], line: int, how: tuple[str, Broken]
) -> Iterator[Rows]:  # fmt: skip
    """The same rows as Python's csv module reads them, in lots; a blank line has no cells.

    Raises the error that `broken` makes for the first row that cannot be read, and `NotUtf8`.
    """
    delimiter, broken = how
    texts = _texts(parts, line)
    reader = csv.reader(texts, delimiter=delimiter, strict=True, skipinitialspace=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    begins, before, cells = line, line - 1, 0
    try:
        for row in reader:
            rows.append(bare(row))
            lines.append(begins)
            cells += len(row)
            begins = before + reader.line_num + 1
            if cells > CELLS:
                yield Rows(rows, lines)
                rows, lines, cells = [], [], 0
    except csv.Error as error:
        raise broken(str(error), (begins, before + reader.line_num)) from error
    if rows:
        yield Rows(rows, lines)


def bare(row: list[str]) -> list[str]:
    """The cells without blanks around them."""
    text = "".join(row)
    if len(text.split(None, 1)) == 1 and text == text.strip():
        return row
    return [cell.strip() for cell in row]


def _texts(parts: Iterable[bytes], line: int) -> Iterator[str]:
    """The lines of `parts` as text."""
    rest = b""
    for part in chain(parts, [b""]):
        *whole, rest = (rest + part).split(b"\n")
        if not part and rest:
            whole, rest = [*whole, rest], b""
        for one in whole:
            try:
                yield one.decode() + "\n"
            except UnicodeDecodeError as error:
                raise NotUtf8(line) from error
            line += 1


def from_line(parts: Iterable[bytes], line: int) -> Iterator[bytes]:
    """The text from `line` on."""
    skipped = line - 1
    for part in parts:
        if skipped:
            count = part.count(b"\n")
            if count < skipped:
                skipped -= count
                continue
            stream = io.BytesIO(part)
            for _ in range(skipped):
                stream.readline()
            skipped = 0
            part = stream.read()
        yield part


def _cut(data: bytes, delimiter: str, *, final: bool) -> int | None:
    """Where the last whole row ends; None where the double quotes are not what they should be."""
    if b'"' not in data:
        return len(data) if final else data.rfind(b"\n") + 1
    signs = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(signs == 34)
    if final:
        whole = len(quotes) % 2 == 0
        return len(data) if whole and _regular(signs, quotes, delimiter) else None
    ends = np.flatnonzero(signs == 10)
    outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
    cut = int(outside[-1]) + 1 if len(outside) else 0
    return cut if _regular(signs, quotes[quotes < cut], delimiter) else None


def _regular(
    signs: npt.NDArray[np.uint8], quotes: npt.NDArray[np.intp], delimiter: str
) -> bool:  # fmt: skip
    """Whether every other quote opens a cell and the next one closes it, or both are one inside."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, signs[opening - 1], 10)
    last = closing == len(signs) - 1
    after = np.where(last, 10, signs[np.where(last, 0, closing + 1)])
    bounds = (ord(delimiter), 10)
    inner_first = np.append(closing[:-1] + 1 == opening[1:], False)
    inner_second = np.concatenate([[False], inner_first[:-1]])[: len(opening)]
    opens = (before == bounds[0]) | (before == bounds[1]) | inner_second
    closes = (after == bounds[0]) | (after == bounds[1]) | inner_first[: len(closing)]
    return bool(opens.all() and closes.all())
