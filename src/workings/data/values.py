"""Values of Python -> a column: what a workbook or a data frame holds is not spelled and read back.

`column_of`    numbers and dates as numbers, all else as text
`Values`       one value: its text, its number, and what kind of number that is
`hours`        a time of day as a number
`EXACT`        the whole numbers that float64 tells apart end here
`DATES`, `TIMES`, `MICROSECONDS`  what dates, times and spans of time are counted in

Frames and Parquet files hold the same values, and both ask here what they become.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from workings.data import kinds
from workings.data.column import Column, Origin
from workings.data.dates import EPOCH
from workings.data.spellings import Spelling
from workings.data.stored import NumberCells, spelled, worded

DATES = Spelling(date="y-m-d")
TIMES = Spelling(date="h:m")
MICROSECONDS = {DATES: 86400e6, TIMES: 3600e6}
EXACT = 2**53


@dataclass(frozen=True)
class Values:
    """A value: its text, and the number it is, or None; `spelling` where the number is a date.

    A whole number that float64 might round stays a text: two ids never become one.

    >>> Values.of(3.0).text, Values.of(date(1970, 1, 3)).number, Values.of("NA").number
    ('3', 2.0, None)
    >>> Values.of(2**53 + 1)
    Values(text='9007199254740993', number=None, spelling=None)
    """

    text: str
    number: float | None = None
    spelling: Spelling | None = None

    @classmethod
    def of(cls, value: Any) -> Values:
        """What a value of Python is in a table."""
        if isinstance(value, bool):
            return cls(str(value).lower())
        if isinstance(value, int) and abs(value) >= EXACT:
            return cls(str(Decimal(value)))  # str(value) refuses more than 4300 digits
        if isinstance(value, int | float):
            number = float(value)
            return cls(spelled(number), number if np.isfinite(number) else None)
        if isinstance(value, date):
            return cls(_iso(value), days(value), DATES)
        if isinstance(value, time):
            seconds = 3600 * value.hour + 60 * value.minute + value.second
            number = hours(1_000_000 * seconds + value.microsecond)
            return cls(value.isoformat(), number, TIMES)
        if isinstance(value, timedelta):
            number = hours(value / timedelta(microseconds=1))
            return cls(spelled(number), number, TIMES)
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


def hours(microseconds: float) -> float:
    """The hours since midnight, or in a span of time."""
    return microseconds / MICROSECONDS[TIMES]


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
