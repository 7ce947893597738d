"""Cells of text -> matrices: what all readers of a working share.

    found = Matrices("x.csv")
    found.add("d_output", [["0.25", ""]], where=lambda row, column: "line 3")
    found.working()

A blank cell is NaN; so is one that holds words, and a note says where. A decimal comma is read as
one where no cell has a point.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import inf, nan

import numpy as np

from workings.data import dialect, kinds
from workings.data.kinds import shown
from workings.errors import DataError
from workings.marking.working import Texts, Working

MOST_CELLS, MOST_MATRICES = 1_000_000, 2_000
NAMED = 5  # cells with words that are named one by one
NAME = re.compile(r"[^\W\d][\w.]*'?")
SIGNED = str.maketrans({"−": "-", "\u00a0": "", "\u202f": ""})  # as word processors write them
NOT_FINITE = {"nan": nan, "inf": inf, "+inf": inf, "-inf": -inf, "na": nan}

Where = Callable[[int, int], str]


class Matrices:
    """Named matrices while they are being read from one file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells: dict[str, tuple[tuple[tuple[str, ...], ...], Where]] = {}
        self.notes: list[str] = []
        self.printed: set[str] = set()
        self._count = 0

    def add(self, word: str, rows: Sequence[Sequence[str]], where: Where) -> None:
        """A matrix of texts; `where` says of a row and a column, from 0, where they stand.

        The last one of a name counts. Raises `DataError` for rows of differing length, and where
        there is more than a working can hold.
        """
        cells = tuple(tuple(cell.strip().translate(SIGNED) for cell in row) for row in rows)
        self._check(word, cells, where)
        self.cells[word] = (cells, where)

    def forget(self, word: str) -> None:
        """What was read of a name is not its value any more."""
        self.cells.pop(word, None)

    def working(self) -> Working:
        """All of them; raises `DataError` where there are none."""
        if not self.cells:
            raise DataError(
                f"cannot read {self.name}: no matrix with a name was found in it",
                hint="Write the name of each matrix before it, such as d_output.", file=self.name,
            )  # fmt: skip
        mark = self._decimal()
        words: list[str] = []
        values: dict[str, np.ndarray] = {}
        written: dict[str, Texts] = {}
        for word, (cells, where) in self.cells.items():
            values[word] = np.array([
                [self._number(word, cell, (row, column), words, mark, where)
                 for column, cell in enumerate(line)]
                for row, line in enumerate(cells)
            ], dtype=float)  # fmt: skip
            written[word] = cells
        return Working(
            values, written, self.name, (*self.notes, *_listed(words)),
            frozenset(self.printed),
        )  # fmt: skip

    def _check(self, word: str, cells: Texts, where: Where) -> None:
        widths = [len(row) for row in cells]
        if not widths or not widths[0]:
            raise self.wrong(f"{word} has no cells", where(0, 0))
        for row, width in enumerate(widths):
            if width != widths[0]:
                raise self.wrong(
                    f"row {row + 1} of {word} has {width} numbers, and its first row {widths[0]}",
                    where(row, 0),
                )
        self._count += sum(widths)
        if self._count > MOST_CELLS or len(self.cells) >= MOST_MATRICES:
            raise self.wrong(
                f"there are more than {MOST_CELLS} cells or {MOST_MATRICES} matrices", where(0, 0)
            )

    def wrong(self, what: str, where: str) -> DataError:
        """The error for what cannot be read."""
        return DataError(
            f"cannot read {self.name}: {where}: {what}",
            hint="Write the matrix as rows of equally many numbers.", file=self.name, found=what,
        )  # fmt: skip

    def _decimal(self) -> str:
        """The decimal mark; raises `DataError` where both occur."""
        first: dict[str, tuple[str, str]] = {}
        for word, (cells, where) in self.cells.items():
            for row, line in enumerate(cells):
                for column, cell in enumerate(line):
                    for mark, pattern in ((",", dialect.COMMA), (".", dialect.POINT)):
                        if mark in cell and mark not in first and pattern.fullmatch(cell):
                            first[mark] = (f"{where(row, column)} ({word})", cell)
        if len(first) == 2:
            (place, cell), (other, another) = first[","], first["."]
            raise DataError(
                f"cannot read the numbers of {self.name}: {place} holds {shown(cell)} and {other} "
                f"holds {shown(another)}",
                hint="Write all decimals with a point, or all with a comma.", file=self.name,
            )  # fmt: skip
        if "," in first:
            self.notes.append("Numbers have a decimal comma: 1,5 is one and a half.")
            return ","
        return "."

    def _number(
        self, word: str, cell: str, place: tuple[int, int], words: list[str], mark: str,
        where: Where,
    ) -> float:  # fmt: skip
        if not cell:
            return nan
        number = kinds.number(cell, mark)
        if number is not None:
            return number
        if cell.lower() in NOT_FINITE:
            return NOT_FINITE[cell.lower()]
        row, column = place
        words.append(
            f"{_capital(where(row, column))} ({word}[{row + 1},{column + 1}]) holds {shown(cell)}, "
            "which is no number; it counts as blank."
        )
        return nan


def _listed(words: Sequence[str]) -> list[str]:
    more = len(words) - NAMED
    others = [f"{more} more cells hold no number and count as blank."] if more > 0 else []
    return [*words[:NAMED], *others]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
