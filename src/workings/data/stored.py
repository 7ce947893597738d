"""Cells kept compactly: sequences of text that do not keep a Python text for each cell.

`NumberCells`   float64 values; a text is made when somebody asks for it
`WordCells`     for each row the place of its word among the words
`Packed`        many words as one run of bytes
`Lines`         the line of each row, where they are no plain range
`spelled`       a number as text that reads back as the same float64
`worded`        any cells as `WordCells`

A large table keeps its columns so. To everybody else they are what cells have always been: a
sequence of texts, which may be sliced, compared and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp] | Sequence[int]


def spelled(value: float) -> str:
    """The shortest text that reads back as `value`: "" for NaN, whole numbers without ".0".

    >>> [spelled(value) for value in (3.0, 0.1, -0.0, 1e300, float("nan"))]
    ['3', '0.1', '-0', '1e+300', '']
    """
    if value != value:
        return ""
    return f"{value:.0f}" if abs(value) < 1e16 and value.is_integer() else repr(value)


class Cells(Sequence[str]):
    """What the compact kinds share: equality with any sequence of the same texts."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cells | tuple | list):
            return NotImplemented
        return len(self) == len(other) and all(map(str.__eq__, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(map(self._text, range(*index.indices(len(self)))))
        return self._text(range(len(self))[index])

    def _text(self, index: int) -> str:
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class NumberCells(Cells):
    """Cells that are finite numbers or missing: `values` (n,) float64, NaN where one is missing.

    A missing cell reads as "", whatever the file spelled there; a number as `spelled` spells it.

    >>> cells = NumberCells(np.array([1.0, np.nan, 0.25]))
    >>> cells == ("1", "", "0.25"), list(cells.take([2, 0]))
    (True, ['0.25', '1'])
    """

    values: npt.NDArray[np.float64] = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _fixed(self.values, np.float64))

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.values)

    def __iter__(self) -> Iterator[str]:
        for block in _blocks(self.values):
            yield from map(spelled, block.tolist())

    def _text(self, index: int) -> str:
        return spelled(float(self.values[index]))

    def take(self, indices: Indices) -> NumberCells:
        """The cells at `indices`, in that order."""
        return NumberCells(self.values[indices])


@dataclass(frozen=True, eq=False)
class WordCells(Cells):
    """Cells that are words: row i holds `words[codes[i]]`; `codes` (n,) int32.

    Words may be there that no row holds, and one twice. What spells "no value" is a word too.

    >>> cells = WordCells(np.array([0, 1, 0]), ("red", "NA"))
    >>> cells == ("red", "NA", "red"), list(cells.take([1])), cells.take([1]).distinct()
    (True, ['NA'], ['NA'])
    """

    codes: npt.NDArray[np.int32] = field(repr=False)
    words: Sequence[str] = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", _fixed(self.codes, np.int32))

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.codes)

    def __iter__(self) -> Iterator[str]:
        for block in _blocks(self.codes):
            yield from map(self.words.__getitem__, block.tolist())

    def _text(self, index: int) -> str:
        return self.words[int(self.codes[index])]

    def take(self, indices: Indices) -> WordCells:
        """The cells at `indices`, in that order."""
        return WordCells(self.codes[indices], self.words)

    def counts(self) -> npt.NDArray[np.intp]:
        """How many rows hold each of the words."""
        return np.bincount(self.codes, minlength=len(self.words))

    def distinct(self) -> list[str]:
        """The words that some row holds, each once."""
        held = np.flatnonzero(self.counts()).tolist()
        return list(dict.fromkeys(map(self.words.__getitem__, held)))


@dataclass(frozen=True, eq=False)
class Packed(Cells):
    """Many texts as the bytes of their UTF-8; text i stands from `starts[i]` to `starts[i + 1]`.

    >>> list(Packed(np.frombuffer(b"oneseven", np.uint8), np.array([0, 3, 8])))
    ['one', 'seven']
    """

    data: npt.NDArray[np.uint8] = field(repr=False)
    starts: npt.NDArray[np.int64] = field(repr=False)

    def __len__(self) -> int:
        """The number of texts."""
        return len(self.starts) - 1

    def _text(self, index: int) -> str:
        text = self.data[self.starts[index] : self.starts[index + 1]].tobytes()
        return text.decode()


@dataclass(frozen=True, eq=False)
class Lines(Sequence[int]):
    """The line of each row: `numbers` (n,) of whole numbers, as a sequence of Python's.

    >>> Lines(np.array([2, 3])) == [2, 3]
    True
    """

    numbers: npt.NDArray[np.int64] = field(repr=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lines | list | tuple | range):
            return NotImplemented
        numbers = other.numbers if isinstance(other, Lines) else np.asarray(other)
        return np.array_equal(self.numbers, numbers)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        found = self.numbers[index]
        return Lines(found) if isinstance(index, slice) else int(found)

    def __iter__(self) -> Iterator[int]:
        for block in _blocks(self.numbers):
            yield from block.tolist()


def worded(cells: Sequence[str]) -> WordCells:
    """Any cells as words and their places among them, in order of appearance.

    >>> worded(("b", "a", "b")).codes.tolist(), worded(("b", "a", "b")).words
    ([0, 1, 0], ('b', 'a'))
    """
    if isinstance(cells, WordCells):
        return cells
    places: dict[str, int] = {}
    codes = [places.setdefault(cell, len(places)) for cell in cells]
    return WordCells(np.array(codes, np.int32), tuple(places))


def taken(cells: Sequence[str], indices: Indices) -> Sequence[str]:
    """The `cells` at `indices`, kept as they were."""
    if isinstance(cells, NumberCells | WordCells):
        return cells.take(indices)
    return tuple([cells[i] for i in indices])


def _fixed(values: npt.NDArray[Any], kind: type[np.generic]) -> npt.NDArray[Any]:
    """The same values in an array of the right kind that nobody changes by accident."""
    array = np.asarray(values, kind).view()
    array.flags.writeable = False
    return array


def _blocks(values: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    """The values in parts, so that never all of them are Python's at once."""
    return (values[i : i + 65536] for i in range(0, len(values), 65536))
