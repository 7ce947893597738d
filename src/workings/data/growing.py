"""Columns that grow block by block, kept as small as what they hold allows.

`Growing`       one column: give it blocks, then ask for its cells
`Buffer`        an array that grows at its end
`numbers_of`    texts -> numbers, by the rule of `kinds`

What is kept, and what of the text is lost:

- A column with few different texts (`few`) keeps every text, and a number from 0 for each row.
- Of a column with many, all of them plain numbers, the numbers are kept: `1.50` will read as
  `1.5`, and `NA` as a missing cell like any other. A column in which a whole number begins with a
  zero (007) is one of codes and keeps its texts.
- All other columns keep every text.

A column is judged on its first block. Where a later one shows that it should have kept its texts
(a word, a code, a number too large), it is `again`, and read a second time as texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from workings.data import kinds
from workings.data.stored import NumberCells, Packed, WordCells

FEW = 1000  # different texts that any column may have
SHARE = 8  # and it may have one more for each so many rows,
MANY = 10_000  # up to so many, if they are numbers
_CODE = re.compile(r"[+-]?0[0-9]+")

Arrow = Any  # pyarrow says nothing of its types


class Buffer:
    """An array that grows at its end."""

    def __init__(self, kind: type[np.generic]) -> None:
        self.array: npt.NDArray[Any] = np.empty(0, kind)
        self.used = 0

    def add(self, values: npt.NDArray[Any], room: int = 0) -> None:
        """Put `values` at the end; `room` says how many there will be in all, if that is known."""
        end = self.used + len(values)
        if not self.used:
            self.array = np.empty(max(end, room), self.array.dtype)
        if end > len(self.array):
            self.array.resize(end + end // 4, refcheck=False)
        self.array[self.used : end] = values
        self.used = end

    def whole(self) -> npt.NDArray[Any]:
        """What was put in; nothing may be added any more."""
        self.array.resize(self.used, refcheck=False)
        return self.array


class Growing:
    """One column. `state` is what it keeps, and what it would have blocks read as:

    "words"    its texts, each once          "whole"     numbers, all of them whole so far
    "numbers"  numbers                       "packed"    its texts, one after the other
    "again"    nothing, since it lost a text that it should have kept

    `as_text` keeps it from numbers, `once` from writing a text out again for each row.
    """

    def __init__(
        self, room: int, *, decimal: str = ".", as_text: bool = False, once: bool = False
    ) -> None:  # fmt: skip
        self.room, self.decimal, self.as_text, self.once = room, decimal, as_text, once
        self.state = "words"
        self.places: dict[str, int] = {}
        self.buffer = Buffer(np.int32)
        self.text: Buffer | None = None

    @property
    def bytes_each(self) -> int:
        """About how many bytes a row takes."""
        text = self.text.used // max(1, self.buffer.used) if self.text else 0
        return self.buffer.array.itemsize + text

    def add(self, block: Arrow) -> None:
        """The next rows: an Arrow array of texts, of words or of numbers."""
        kind = str(block.type)
        if self.state == "again":
            return
        if self.state == "packed":
            self._pack(block.dictionary_decode() if kind.startswith("dict") else block)
        elif self.state == "words":
            self._add_words(block if kind.startswith("dict") else block.dictionary_encode())
        else:
            self._add_numbers(block, kind)

    def cells(self) -> Sequence[str]:
        """All cells; nothing may be added any more."""
        array = self.buffer.whole()
        if self.text is not None:
            starts = np.concatenate([[0], array])
            return WordCells(np.arange(len(array), dtype=np.int32),
                             Packed(self.text.whole(), starts))  # fmt: skip
        if self.state == "words":
            words, self.places = tuple(self.places), {}
            return WordCells(array, packed(words) if len(words) > MANY else words)
        return NumberCells(array)

    def _add_words(self, block: Arrow) -> None:
        words = [word.strip() for word in block.dictionary.to_pylist()]
        places = [self.places.setdefault(word, len(self.places)) for word in words]
        self.buffer.add(np.array(places, np.int32)[block.indices.to_numpy()], self.room)
        share = self.buffer.used // SHARE
        if len(self.places) > FEW + min(share, MANY) and self._turn_to_numbers():
            return
        if not self.once and len(self.places) > max(share, MANY):
            self._turn_to_packed()

    def _turn_to_numbers(self) -> bool:
        """Keep numbers from now on, if nothing but text is lost that nobody needs."""
        if self.as_text:
            return False
        there = {word: place for word, place in self.places.items() if not kinds.missing(word)}
        read = kinds.numbers(list(there), self.decimal)
        if read is None or np.isinf(read).any() or any(map(_CODE.fullmatch, there)):
            self.as_text = True
            return False
        values = np.full(len(self.places), np.nan)
        values[list(there.values())] = read
        self._keep(values[self.buffer.whole()])
        self.state = "whole" if _whole(values) else "numbers"
        self.places = {}
        return True

    def _keep(self, values: npt.NDArray[np.float64]) -> None:
        self.buffer = Buffer(np.float64)
        self.buffer.add(values, self.room)

    def _add_numbers(self, block: Arrow, kind: str) -> None:
        values = self._values(block, kind)
        if values is None:
            self.state, self.buffer = "again", Buffer(np.float64)
            return
        self.buffer.add(values)
        if self.state == "whole" and not _whole(values):
            self.state = "numbers"

    def _values(self, block: Arrow, kind: str) -> npt.NDArray[np.float64] | None:
        if kind == "double":
            return finite(block)
        if kind.startswith("dict"):
            block = block.dictionary_decode()
        if self.state == "whole" and _has_codes(block):
            return None
        return numbers_of(block, self.decimal)

    def _turn_to_packed(self) -> None:
        text = packed(tuple(self.places))
        codes = self.buffer.whole()
        self.state, self.places = "packed", {}
        lengths = np.diff(text.starts)[codes]
        self.text, self.buffer = Buffer(np.uint8), Buffer(np.int64)
        self.buffer.add(np.cumsum(lengths), self.room)
        self.text.add(_gathered(text, codes, lengths))

    def _pack(self, block: Arrow) -> None:
        import pyarrow.compute as pc

        assert self.text is not None  # noqa: S101
        block = pc.utf8_trim_whitespace(block)
        starts, data = buffers(block)
        self.buffer.add(starts[1:] + np.int64(self.text.used - int(starts[0])))
        self.text.add(data[starts[0] : starts[-1]])


def finite(block: Arrow) -> npt.NDArray[np.float64] | None:
    """An Arrow array of numbers, nulls as NaN; None where one of them is not finite."""
    values: npt.NDArray[np.float64] = block.to_numpy(zero_copy_only=False)
    with np.errstate(all="ignore"):
        if np.isfinite(values.sum()):
            return values
    return values if np.isfinite(values).sum() + block.null_count == len(values) else None


def numbers_of(block: Arrow, decimal: str) -> npt.NDArray[np.float64] | None:
    """An Arrow array of texts as numbers, missing ones as NaN; None if one is no finite number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for gaps in (False, True) if decimal == "." else ():
        try:
            if gaps:
                gone = pc.is_in(block, value_set=pa.array(missing_spellings()))
                block = pc.if_else(gone, None, block)
            return finite(pc.cast(block, pa.float64()))
        except pa.ArrowInvalid:
            continue
    cells = [(cell or "").strip() for cell in block.to_pylist()]
    gone = [kinds.missing(cell) for cell in cells]
    there = [cell for cell, none in zip(cells, gone, strict=True) if not none]
    read = kinds.numbers(there, decimal)
    if read is None or np.isinf(read).any():
        return None
    values = np.full(len(cells), np.nan)
    values[~np.array(gone, bool)] = read
    return values


def packed(words: Sequence[str]) -> Packed:
    """The `words` as one run of bytes."""
    encoded = [word.encode() for word in words]
    starts = np.concatenate([[0], np.cumsum([len(word) for word in encoded], dtype=np.int64)])
    return Packed(np.frombuffer(b"".join(encoded), np.uint8), starts)


def buffers(block: Arrow) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Where the texts of an Arrow array begin, and their bytes."""
    _, places, data = block.buffers()
    starts = np.frombuffer(places, np.int32)[block.offset : block.offset + len(block) + 1]
    return starts, np.frombuffer(data if data else b"", np.uint8)


@cache
def missing_spellings() -> list[str]:
    """Every way to write "no value", in capitals or not."""
    ways = (product(*({sign, sign.upper()} for sign in word)) for word in kinds.MISSING)
    return sorted("".join(signs) for way in ways for signs in way)


def _whole(values: npt.NDArray[np.float64]) -> bool:
    return bool(((values == np.floor(values)) | np.isnan(values)).all())


def _has_codes(block: Arrow) -> bool:
    """Whether a text begins with a zero and another digit."""
    starts, data = buffers(block)
    if not len(data):
        return False
    lengths = np.diff(starts)
    begins = np.minimum(starts[:-1], len(data) - 1)  # where the last texts are empty
    zero = np.flatnonzero((data[begins] == ord("0")) & (lengths > 1))
    second = data[starts[zero] + 1]
    return bool(((second >= ord("0")) & (second <= ord("9"))).any())


def _gathered(
    text: Packed, codes: npt.NDArray[np.int32], lengths: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint8]:
    """The bytes of the words at `codes`, one after the other."""
    ends = np.cumsum(lengths)
    within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    found: npt.NDArray[np.uint8] = text.data[np.repeat(text.starts[codes], lengths) + within]
    return found
