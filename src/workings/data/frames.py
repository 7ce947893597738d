"""A data frame -> a table: pandas, polars, pyarrow and others, through narwhals.

`is_frame`          whether something is a data frame at all
`table_of_frame`    the table it holds

Neither pandas nor polars is imported: narwhals speaks to whichever made the frame. Numbers and
dates go over as numbers, never through text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from workings.data.column import Column, Origin
from workings.data.kinds import shown
from workings.data.spellings import Spelling
from workings.data.stored import NumberCells, worded
from workings.data.table import Table
from workings.data.values import DATES, EXACT, MICROSECONDS, TIMES, Values, column_of
from workings.errors import DataError

SOURCE = "the data frame"

Series = Any
Read = Callable[[Series, str, Origin], Column]


def is_frame(value: object) -> bool:
    """Whether `value` is a data frame (it has columns, and is no table of ours)."""
    if isinstance(value, Table | type):
        return False
    arrow = hasattr(value, "__arrow_c_stream__") or hasattr(value, "__dataframe__")
    return (arrow and hasattr(value, "columns")) or hasattr(value, "collect_schema")


def table_of_frame(frame: Any, target: str | None = None, *, source: str = SOURCE) -> Table:
    """The table a data frame holds: rows count from 1, names are made text.

    None, NaN, NaT and nulls are missing; categories are words even where they are numbers; dates
    become days since 1970-01-01 (those with a time zone in UTC) and times of day hours; whole
    numbers that float64 would round keep their digits as text. The index is left aside, with a
    note where it is more than the number of the row.

    Raises `DataError` for a frame without rows or columns, for names that are not unique, for
    lists and other values that no cell can hold, and for infinite numbers.
    """
    import narwhals as nw

    titles = _titles(frame, source)
    plain, notes = _without_index(frame)
    try:
        held = nw.from_native(plain)
    except TypeError as error:
        raise DataError(
            f"cannot make a table of {source}: {type(frame).__name__} is no data frame",
            hint="Give a pandas, polars or pyarrow table.", file=source,
        ) from error  # fmt: skip
    data = held.collect() if isinstance(held, nw.LazyFrame) else held
    rows = len(data)
    if not rows or not titles:
        raise DataError(
            f"cannot make a table of {source}: it has {rows} rows and {len(titles)} columns",
            hint="Give 1 or more of each.", file=source, found=(rows, len(titles)),
        )  # fmt: skip
    origin = Origin(source, range(1, rows + 1), "row")
    made = [
        _column(series, title, origin)
        for series, title in zip(data.iter_columns(), titles, strict=True)
    ]
    return Table(origin, tuple(made), tuple(notes), target=target)


def _titles(frame: Any, source: str) -> list[str]:
    """The names of the columns as text; narwhals itself takes no names twice."""
    schema = getattr(frame, "collect_schema", None)  # a lazy frame warns when asked for columns
    names = schema().names() if schema else getattr(frame, "column_names", None)
    titles = [_title(name) for name in (frame.columns if names is None else names)]
    twice = [title for title, count in Counter(titles).items() if count > 1]
    if twice:
        raise DataError(
            f"cannot make a table of {source}: more than one column is called {shown(twice[0])}",
            hint="Give each column a name of its own.",
            file=source, column=twice[0], found=twice,
        )  # fmt: skip
    return titles


def _title(name: Any) -> str:
    return " ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _without_index(frame: Any) -> tuple[Any, list[str]]:
    """The frame under names that are its columns' numbers, and a note on an index that says more
    than where a row stands."""
    index = getattr(frame, "index", None)
    if index is None or not hasattr(frame, "reset_index"):
        return frame, []
    bare = frame.reset_index(drop=True).set_axis(range(len(frame.columns)), axis=1)
    names = [str(name) for name in getattr(index, "names", ()) if name is not None]
    if not names and list(index[:2]) == list(range(len(index)))[:2]:
        counts = getattr(index, "equals", lambda other: True)
        if counts(bare.index):
            return bare, []
    called = f" ({', '.join(map(shown, names))})" if names else ""
    note = f"the index{called} of the data frame was left aside; reset_index() makes it a column"
    return bare, [note]


def _column(series: Series, title: str, origin: Origin) -> Column:
    import narwhals as nw

    kind = series.dtype
    nested = (nw.List, nw.Struct, nw.Array, nw.Binary)
    if isinstance(kind, nested):
        raise _unfit(title, origin, f"{kind} values")
    if kind.is_numeric():
        if _rounded(series):
            return _of_objects(series.to_list(), title, origin)
        return _of_numbers(series.cast(nw.Float64), title, origin)
    if isinstance(kind, nw.Date | nw.Datetime):
        return _of_days(series, title, origin)
    if isinstance(kind, nw.Duration):
        found = series.dt.total_microseconds().cast(nw.Float64)
        return _of_numbers(found / MICROSECONDS[TIMES], title, origin, TIMES)
    if isinstance(kind, nw.Categorical | nw.Enum):
        return _of_words(series, title, origin)
    if isinstance(kind, nw.String):
        return Column(title, worded([_text(v) for v in series.to_list()]), origin)
    return _of_objects(series.to_list(), title, origin)


def _rounded(series: Series) -> bool:
    """Whether whole numbers or decimals of the series would become others as float64."""
    ends = () if series.dtype.is_float() else (_known(series.min()), _known(series.max()))
    return any(end is not None and abs(end) >= EXACT for end in ends)


def _of_numbers(
    series: Series, title: str, origin: Origin, spelling: Spelling | None = None
) -> Column:
    values = np.asarray(series.to_numpy(), np.float64)
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        row = int(infinite[0])
        raise DataError(
            f"cannot use column {shown(title)} of {origin.source}: row {row + 1} holds "
            f"{values[row]}, expected a finite number or nothing",
            hint="Correct the value, or use NaN if it is unknown.",
            file=origin.source, row=row + 1, column=title, found=float(values[row]),
        )  # fmt: skip
    return Column(title, NumberCells(values), origin, spelling=spelling)


def _of_days(series: Series, title: str, origin: Origin) -> Column:
    import narwhals as nw

    stamps = series.cast(nw.Datetime("us")) if isinstance(series.dtype, nw.Date) else series
    values = stamps.dt.timestamp("us").cast(nw.Float64) / MICROSECONDS[DATES]
    return _of_numbers(values, title, origin, DATES)


def _of_words(series: Series, title: str, origin: Origin) -> Column:
    """Categories are words, whatever they look like."""
    import narwhals as nw

    words = series.cast(nw.String) if _are_texts(series) else None
    texts = [_text(v) for v in (series if words is None else words).to_list()]
    return Column(title, worded(texts), origin, declared="category")


def _are_texts(series: Series) -> bool:
    first = next((v for v in series.head(100).to_list() if v is not None), "")
    return isinstance(first, str)


def _of_objects(values: list[Any], title: str, origin: Origin) -> Column:
    """Booleans, times, and what pandas keeps as objects of any kind."""
    for row, value in enumerate(values):
        if isinstance(value, list | tuple | dict | set | bytes | np.ndarray | complex):
            what = f"a {type(value).__name__} (row {row + 1})"
            raise _unfit(title, origin, what)
    return column_of(title, [_known(value) for value in values], origin)


def _known(value: Any) -> Any:
    """The value as Python's own; missing ones as None."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _text(value: Any) -> str:
    return Values.of(_known(value)).text


def _unfit(title: str, origin: Origin, what: str) -> DataError:
    return DataError(
        f"cannot use column {shown(title)} of {origin.source}: it holds {what}, "
        "expected numbers, words, booleans or dates",
        hint="Leave the column out, or make one column of each of its parts.",
        file=origin.source, column=title, found=what,
    )  # fmt: skip
