"""Data frames with missing cells or words: what their columns become before the network.

needs_preparing(X)     whether `X` is a frame with anything in it besides numbers
prepared_for(X)        how its columns are read: filled and one-hot, and never scaled
inputs_of(..)          the rows as the network reads them

A frame of numbers alone goes the way of any array.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from workings.conventions import Convention
from workings.data import Table
from workings.data.frames import is_frame, table_of_frame
from workings.engines import engine
from workings.errors import DataError
from workings.preparation import Preparation
from workings.preparation.columns import Target, category_column, number_column, useless
from workings.trace import Array

TARGET = "target"


def needs_preparing(X: Any) -> bool:
    """Whether `X` is a data frame with missing cells, or with columns that are not numbers."""
    if not is_frame(X):
        return False
    import narwhals as nw

    frame = nw.from_native(X, pass_through=True)
    if not isinstance(frame, nw.DataFrame):
        return isinstance(frame, nw.LazyFrame)
    plain = all(kind.is_numeric() or kind == nw.Boolean() for kind in frame.schema.values())
    if not plain:
        return True
    return any(_missing(series) for series in frame.iter_columns())


def _missing(series: Any) -> bool:
    if series.null_count():
        return True
    return bool(series.dtype.is_float() and np.isnan(series.to_numpy()).any())


def prepared_for(X: Any) -> Preparation:
    """What the columns of the training rows say about how to read them."""
    table = table_of_frame(X)
    numbers, categories, left_out = [], [], []
    for column in table.columns:
        words = column.kind not in ("number", "empty")
        reason = useless(column) if words or column.missing.all() else ""
        if reason:
            left_out.append((column.name, reason))
        elif words:
            categories.append(category_column(column))
        else:
            numbers.append(number_column(column))
    dated = [column.name for column in table.columns if column.spelling is not None]
    if dated:
        warnings.warn(
            f"{', '.join(dated[:5])} became numbers that are not scaled (dates are days since "
            "1970-01-01): scale or leave out what is large.",
            UserWarning, stacklevel=5,
        )  # fmt: skip
    if left_out:
        said = "; ".join(f"{word} is {reason}" for word, reason in left_out[:5])
        warnings.warn(f"Columns were left out: {said}.", UserWarning, stacklevel=5)
    if not numbers and not categories:
        raise DataError(
            "cannot train on this data frame: no column is left to learn from",
            hint="Add a column that differs from row to row.",
        )
    return Preparation(
        tuple(numbers), tuple(categories), Target(TARGET), tuple(left_out), scaled=False
    )


def inputs_of(preparation: Preparation, X: Any, names: Sequence[str]) -> Array:
    """The rows as the network reads them (n, inputs); words never seen before count as none.

    `names` are those of the columns, in order, for rows that do not name them.
    """
    table = table_of_frame(X) if is_frame(X) else Table.from_arrays(X, names=names)
    unseen = preparation.unseen(table)
    if unseen:
        warnings.warn(
            f"{len(unseen)} cells hold words that no training row held, so they count as none of "
            f"the known ones (first: {unseen[0]}).",
            UserWarning, stacklevel=5,
        )  # fmt: skip
    arrays = preparation.inputs(table, unseen="none")
    given = {**arrays, **preparation.constants()}
    return engine().run(preparation.steps(Convention()), given)["X"]
