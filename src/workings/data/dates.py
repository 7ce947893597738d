"""Dates and times as numbers: days since 1970-01-01, or hours since midnight.

`FORMS`          how dates and times are written: each form by name, with an example
`forms_of`       the forms that a text may have; 03/04/2024 has two
`date_number`    the number of a text in one form
`has_zone`       whether a text names a time zone

A form says what stands where: `d/m/y` is 31/12/2024. Behind every date a time of day may stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

EPOCH = date(1970, 1, 1).toordinal()
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
PIVOT = 69  # two digits from 69 on are of the last century, as in POSIX

_MONTH = rf"(?P<name>(?:{'|'.join(MONTHS)})[a-z]*)\.?"
_CLOCK = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9](?:[.,][0-9]+)?))?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?"
)
_ZONE = r"(?P<zone>z|\s*utc|\s*gmt|\s*[+-][0-9]{2}(?::?[0-9]{2})?)?"
_ENDS_IN_ZONE = re.compile(r".*:[0-9.,]+\s*(?:z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)", re.I)


@dataclass(frozen=True)
class Form:
    """One way to write a date: the pattern of its day, what it is called, an example."""

    pattern: str
    title: str
    example: str

    @property
    def described(self) -> str:
        """What is made of it, in words."""
        return f"dates ({self.title}) as days since 1970-01-01: {self.example}"

    @cached_property
    def whole(self) -> re.Pattern[str]:
        """The day, and behind it perhaps a time and a zone."""
        return re.compile(rf"{self.pattern}(?:(?:,?\s+|T){_CLOCK}{_ZONE})?", re.IGNORECASE)


@dataclass(frozen=True)
class Clock(Form):
    """A time of day without a date."""

    @property
    def described(self) -> str:
        """What is made of it, in words."""
        return f"times of day as hours since midnight: {self.example}"

    @cached_property
    def whole(self) -> re.Pattern[str]:
        """The time alone."""
        return re.compile(_CLOCK, re.IGNORECASE)


def _numeric(order: str, mark: str, years: str = "{4}") -> str:
    digits = {"y": f"(?P<y>[0-9]{years})", "m": "(?P<m>[0-9]{1,2})", "d": "(?P<d>[0-9]{1,2})"}
    return re.escape(mark).join(digits[part] for part in order)


_DAY, _YEAR = "(?P<d>[0-9]{1,2})", "(?P<y>[0-9]{4})"
# Where a text has several forms, the first that fits the whole column is taken.
FORMS = {
    "y-m-d": Form(_numeric("ymd", "-"), "year-month-day", "1970-01-03 is 2"),
    "y/m/d": Form(_numeric("ymd", "/"), "year/month/day", "1970/01/03 is 2"),
    "y.m.d": Form(_numeric("ymd", "."), "year.month.day", "1970.01.03 is 2"),
    "d.m.y": Form(_numeric("dmy", "."), "day.month.year", "03.01.1970 is 2"),
    "d/m/y": Form(_numeric("dmy", "/"), "day/month/year", "03/01/1970 is 2"),
    "m/d/y": Form(_numeric("mdy", "/"), "month/day/year", "01/03/1970 is 2"),
    "d-m-y": Form(_numeric("dmy", "-"), "day-month-year", "03-01-1970 is 2"),
    "m-d-y": Form(_numeric("mdy", "-"), "month-day-year", "01-03-1970 is 2"),
    "d.m.yy": Form(_numeric("dmy", ".", "{2}"), "day.month.year", "03.01.70 is 2"),
    "d/m/yy": Form(_numeric("dmy", "/", "{2}"), "day/month/year", "03/01/70 is 2"),
    "m/d/yy": Form(_numeric("mdy", "/", "{2}"), "month/day/year", "01/03/70 is 2"),
    "d mon y": Form(rf"{_DAY}\.?[ -]{_MONTH}[ -]{_YEAR}", "day month year", "3 Jan 1970 is 2"),
    "mon d y": Form(rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}", "month day, year", "Jan 3, 1970 is 2"),
    "y-m": Form(_numeric("ym", "-"), "year-month, its first day", "1970-02 is 31"),
    "h:m": Clock("", "hours:minutes", "10:30 is 10.5"),
}


def forms_of(text: str) -> list[str]:
    """The forms that `text` may have.

    >>> forms_of("03/04/2024"), forms_of("13/04/2024"), forms_of("10:30"), forms_of("99/99/2024")
    (['d/m/y', 'm/d/y'], ['d/m/y'], ['h:m'], [])
    """
    return [form for form in FORMS if date_number(text, form) is not None]


def date_number(text: str, form: str) -> float | None:
    """The days since 1970-01-01 (or hours since midnight) that `text` says, None if it says none.

    A time that names its zone is turned into UTC.

    >>> date_number("1970-01-02 06:00", "y-m-d"), date_number("31.02.2024", "d.m.y")
    (1.25, None)
    """
    match = FORMS[form].whole.fullmatch(text)
    if match is None:
        return None
    found = match.groupdict()
    hours = _hours(found)
    if form == "h:m" or hours is None:
        return hours
    try:
        days = date(_year(found["y"]), _month(found), int(found.get("d") or 1)).toordinal()
    except ValueError:
        return None
    return days - EPOCH + (hours - _offset(found["zone"])) / 24


def has_zone(text: str) -> bool:
    """Whether a time in `text` names its zone: Z, UTC, +02:00."""
    return _ENDS_IN_ZONE.fullmatch(text) is not None


def _year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (1900 if int(digits) >= PIVOT else 2000)


def _month(found: dict[str, str | None]) -> int:
    if name := found.get("name"):
        return MONTHS.index(name[:3].lower()) + 1
    return int(found["m"] or 0)


def _hours(found: dict[str, str | None]) -> float | None:
    """The hours since midnight; None for 25:00 and 13:00 pm."""
    hour, half = int(found["hour"] or 0), found["half"]
    if (half and not 1 <= hour <= 12) or hour > 23:
        return None
    if half:
        hour = hour % 12 + 12 * (half.lower() == "p")
    minutes = int(found["minute"] or 0)
    return hour + minutes / 60 + float((found["second"] or "0").replace(",", ".")) / 3600


def _offset(zone: str | None) -> float:
    """The hours by which a zone is ahead of UTC."""
    digits = re.findall("[0-9]{2}", zone or "")
    hours, minutes = [float(part) for part in [*digits, "0", "0"][:2]]
    return (-1 if zone and "-" in zone else 1) * (hours + minutes / 60)
