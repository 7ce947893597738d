"""Values of Python -> a column: what a workbook or a data frame holds is not spelled and read back.

`column_of`    numbers and dates as numbers, all else as text
`Values`       one value: its text, its number, and what kind of number that is
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from workings.data import kinds
from workings.data.column import Column, Origin
from workings.data.dates import EPOCH
from workings.data.spellings import Spelling
from workings.data.stored import NumberCells, spelled, worded

DATES = Spelling(date="y-m-d")
TIMES = Spelling(date="h:m")


@dataclass(frozen=True)
class Values:
    """A value: its text, and the number it is, or None; `spelling` where the number is a date.

    >>> Values.of(3.0).text, Values.of(date(1970, 1, 3)).number, Values.of("NA").number
    ('3', 2.0, None)
    """

    text: str
    number: float | None = None
    spelling: Spelling | None = None

    @classmethod
    def of(cls, value: Any) -> Values:
        """What a value of Python is in a table."""
        if isinstance(value, bool):
            return cls(str(value).lower())
        if isinstance(value, int | float):
            number = float(value)
            return cls(spelled(number), number if np.isfinite(number) else None)
        if isinstance(value, date):
            return cls(_iso(value), days(value), DATES)
        if isinstance(value, time):
            seconds = value.second + value.microsecond / 1e6
            hours = value.hour + value.minute / 60 + seconds / 3600
            return cls(value.isoformat(), hours, TIMES)
        if isinstance(value, timedelta):
            return cls(spelled(value.total_seconds() / 3600), value.total_seconds() / 3600, TIMES)
        return cls("" if value is None else str(value).strip())


def column_of(name: str, values: Sequence[Any], origin: Origin) -> Column:
    """A column of values: as numbers where all are numbers, or all dates, or all missing."""
    found = [Values.of(value) for value in values]
    present = [one for one in found if not kinds.missing(one.text)]
    spellings = {one.spelling for one in present}
    if present and len(spellings) == 1 and all(one.number is not None for one in present):
        numbers = [np.nan if one.number is None else one.number for one in found]
        return Column(
            name, NumberCells(np.array(numbers)), origin, spelling=spellings.pop()
        )  # fmt: skip
    return Column(name, worded([one.text for one in found]), origin)


def days(value: date) -> float:
    """Days since 1970-01-01, with the time of day as a fraction."""
    whole = value.toordinal() - EPOCH
    if not isinstance(value, datetime):
        return float(whole)
    offset = value.utcoffset() or timedelta()
    clock = timedelta(
        hours=value.hour, minutes=value.minute, seconds=value.second,
        microseconds=value.microsecond,
    )  # fmt: skip
    return whole + (clock - offset) / timedelta(days=1)


def _iso(value: date) -> str:
    """The date alone where the time is midnight."""
    text = value.isoformat().replace("T", " ")
    return text.removesuffix(" 00:00:00")
