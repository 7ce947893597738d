"""Arrays and lists as columns of text: the one way from a program's numbers into a table.

`named_columns`    X and y as (name, cells) pairs, checked for shape and names
`cells`            one column of values as text; a float64 read back from it is the same float64
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isinf
from typing import Any

import numpy as np
import numpy.typing as npt

from workings.data.stored import NumberCells, WordCells
from workings.errors import DataError

Array = npt.NDArray[Any]
Named = tuple[str, Sequence[str]]

LONG = 100_000  # rows; columns of more are kept compactly,
FEW = 1000  # as words if not more than so many differ


def named_columns(
    X: object, y: object, *, names: Sequence[str] | None, target: str, source: str
) -> list[Named]:
    """The columns of `X` (n x m) and, if there is one, `y` (n,), each with its name and text.

    Raises `DataError` when a shape, a name or a value cannot be in a table.
    """
    inputs = _inputs(X, source)
    columns = list(inputs.T)
    titles = [f"x{i + 1}" for i in range(len(columns))] if names is None else list(names)
    if len(titles) != len(columns):
        raise DataError(
            f"cannot name the columns of {source}: "
            f"there are {len(titles)} names for {len(columns)} columns",
            hint="Give one name for each column.", file=source, found=len(titles),
        )  # fmt: skip
    if y is not None:
        columns.append(_outputs(y, len(inputs), source))
        titles.append(target)
    _check_names(titles, source)
    return [
        (name, cells(column, name, source)) for name, column in zip(titles, columns, strict=True)
    ]


def cells(values: Array, name: str, source: str = "array") -> Sequence[str]:
    """The `values` (n,) as text; None and NaN become empty cells.

    A long array of many different numbers is kept as these, and a long one of few as words.

    Raises `DataError`, naming row and column, for a value that is infinite or complex.

    >>> cells(np.array([0.1, np.nan, 3.0]), "x"), cells(np.array([True, None, "a "], object), "x")
    (('0.1', '', '3.0'), ('True', '', 'a'))
    """
    if values.dtype.kind == "f":
        values = values.astype(np.float64)
    if len(values) > LONG and values.dtype.kind in "fiub" and _exact(values):
        if len(np.unique(values[:LONG])) > FEW:  # so all of them need not be sorted
            return NumberCells(values.astype(np.float64))
        different, places = np.unique(values, return_inverse=True)
        if len(different) > FEW or (np.signbit(values) & (values == 0)).any():
            return NumberCells(values.astype(np.float64))
        return WordCells(places.astype(np.int32), tuple(cells(different, name, source)))
    texts = []
    for index, value in enumerate(values.tolist()):
        text = _text(value)
        if text is None:
            raise DataError(
                f"cannot use column {name!r} of {source}: row {index + 1} holds {value}, "
                "expected a finite number, a text or nothing",
                hint="Correct the value, or use NaN if it is unknown.",
                file=source, row=index + 1, column=name, found=value,
            )  # fmt: skip
        texts.append(text)
    return tuple(texts)


def _exact(values: Array) -> bool:
    """Whether the numbers are finite, and float64 without loss."""
    if values.dtype.kind in "iu":
        return bool(values.min() >= -(2**53) and values.max() <= 2**53)
    return not np.isinf(values).any()


def _text(value: Any) -> str | None:
    """The text of one value; None if there is none for it."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):  # as pandas spells missing
        return ""
    if isinstance(value, float | np.floating):
        number = float(value)
        return "" if number != number else None if isinf(number) else repr(number)
    if isinstance(value, complex | np.complexfloating):
        return None
    return str(value).strip()


def _inputs(X: object, source: str) -> Array:
    array = _array(X, source)
    if array.ndim != 2:
        raise DataError(
            f"cannot make a table of {source}: X has shape {array.shape}, "
            "expected two dimensions, rows x columns",
            hint="Use X.reshape(-1, 1) for one column or X.reshape(1, -1) for one row.",
            file=source, found=array.shape,
        )  # fmt: skip
    if not array.size:
        rows, columns = array.shape
        raise DataError(
            f"cannot make a table of {source}: X has {rows} rows and {columns} columns",
            hint="Give 1 or more of each.", file=source, found=array.shape,
        )  # fmt: skip
    return array


def _outputs(y: object, rows: int, source: str) -> Array:
    array = _array(y, source)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.shape != (rows,):
        raise DataError(
            f"cannot make a table of {source}: y has shape {array.shape}, "
            f"expected ({rows},), one value for each row of X",
            file=source, found=array.shape,
        )  # fmt: skip
    return array


def _array(values: object, source: str) -> Array:
    try:
        array = np.asarray(values)
        # NumPy would spell the numbers of a mixed list as text in its own way.
        mixed = array.dtype.kind in "US" and not isinstance(values, np.ndarray)
        return np.asarray(values, dtype=object) if mixed else array
    except ValueError as error:
        raise DataError(
            f"cannot make a table of {source}: the rows differ in length",
            hint="Give each row as many cells.", file=source,
        ) from error  # fmt: skip


def _check_names(names: Sequence[str], source: str) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(
            f"cannot make a table of {source}: two columns are called {twice[0]!r}",
            hint="Give each column a name of its own.",
            file=source, column=twice[0], found=twice,
        )  # fmt: skip
