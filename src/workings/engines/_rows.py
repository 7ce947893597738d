"""Rows that are looked at while they are read, some at a time: nothing is copied as a whole.

    Matrix(X)                    the rows of an array as they are
    Matrix(X, places, np.float64, required)      some of its columns, in that type
    Columns(columns, required)   columns that lie by themselves, side by side in float64

`NotPlain` is raised at the first rows that hold an infinite number, or NaN in a column where it
is `required` that there be none. Who reads them then says what is wrong, in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from workings.trace import Array

ALL = slice(None)
FEW = 4096  # numbers; a product of so many with themselves is begun sooner than a sum
EXACT = 2**53  # whole numbers up to here are float64 without loss


class NotPlain(Exception):
    """Rows that cannot be read without being looked at more closely."""


class Rows:
    """A matrix (n, columns) whose rows are made when they are asked for: `rows[first:last]`."""

    shape: tuple[int, int]
    dtype: np.dtype[Any]

    def __getitem__(self, some: slice | tuple[slice, ...]) -> Array:
        return self.block(some[0] if isinstance(some, tuple) else some)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return np.asarray(self.block(ALL), dtype)

    def block(self, some: slice) -> Array:
        """Some of the rows, side by side as a matrix in C order."""
        raise NotImplementedError


class Matrix(Rows):
    """Rows of an array of numbers. `required` chooses among its columns."""

    def __init__(
        self, X: Array, places: Sequence[int] | None = None, dtype: DTypeLike | None = None,
        required: Any = ALL,
    ) -> None:  # fmt: skip
        self.X, self.required, self.places = X, required, places
        self.shape = (len(X), X.shape[1] if places is None else len(places))
        self.dtype = X.dtype if dtype is None else np.dtype(dtype)

    def block(self, some: slice) -> Array:
        """Some of the rows; raises `NotPlain`."""
        part = self.X[some]
        if part.dtype.kind == "f":
            look(part, self.required)
        elif part.dtype.itemsize > 4 and not -EXACT <= part.min() <= part.max() <= EXACT:
            raise NotPlain
        if self.places is not None:
            part = part[:, self.places]
        return np.ascontiguousarray(part, self.dtype)


class Columns(Rows):
    """Columns (n,) of numbers, each with an array of its own."""

    dtype = np.dtype(np.float64)

    def __init__(self, columns: Sequence[NDArray[Any]], required: Any = ALL) -> None:
        self.columns, self.required = columns, required
        self.shape = (len(columns[0]), len(columns))

    def block(self, some: slice) -> Array:
        """Some of the rows; raises `NotPlain`."""
        pieces = [column[some] for column in self.columns]
        found = np.empty((len(pieces[0]), len(pieces)))
        for place, piece in enumerate(pieces):
            found[:, place] = piece
        look(found, self.required)
        return found


def look(part: Array, required: Any = ALL) -> None:
    """Raises `NotPlain` for infinite numbers, and for NaN in the columns that are `required`."""
    if part.size < FEW:
        if isfinite(np.vdot(part, part)):  # so each of them is; squares too large are no harm
            return
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            if isfinite(np.add.reduce(part, None)):
                return
    if np.isinf(part).any() or np.isnan(part[:, required]).any():
        raise NotPlain
