"""What a cell is: missing, a number, one of a yes/no pair, or a word.

`MISSING`      the spellings of "no value"
`PAIRS`        the pairs of words that make a column boolean
`number`       the one rule for what is a number
`numbers`      the same rule for a whole column at once
`disguise`     what a single cell looks like that is nearly a number: 1,234 or 5 % or 1_000
`shown`        a text as it stands in a message

The rule for numbers is narrower than Python's: `inf`, `1_000`, hexadecimal and full-width digits
are not numbers in a table but mistakes, and are called so. Columns written in another way
throughout are the business of `spellings`; a disguise is what is left of it for one odd cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isinf
from typing import Literal

from workings.data import dates

Kind = Literal["number", "boolean", "category", "empty"]

MISSING = frozenset(
    {"", "na", "n/a", "nan", "null", "none", "?", "-", "#n/a", "#div/0!", "."}
)  # fmt: skip
PAIRS = (
    frozenset({"true", "false"}),
    frozenset({"yes", "no"}),
    frozenset({"y", "n"}),
    frozenset({"t", "f"}),
    frozenset({"on", "off"}),
)
# float() takes exactly the numbers meant here once nothing but these signs is let through to it.
SIGNS = {mark: frozenset("0123456789+-eE" + mark) for mark in ".,"}

_DIGITS = r"[+-]?(?:[0-9]+(?:[.,][0-9]+)?|[1-9][0-9]{0,2}(?:[.,'’\s][0-9]{3})+(?:[.,][0-9]+)?)"
_MONEY = r"[$€£¥]"
DISGUISES = (
    (re.compile(_DIGITS), "a number with commas, points or blanks between its digits"),
    (re.compile(rf"{_DIGITS}\s*%"), "a number with a percent sign"),
    (re.compile(rf"[+-]?{_MONEY}\s*{_DIGITS}|{_DIGITS}\s*{_MONEY}"), "an amount of money"),
    (re.compile(r"0[xX][0-9a-fA-F]+"), "a hexadecimal number"),
)


def missing(cell: str) -> bool:
    """Whether `cell` spells "no value", in capitals or not."""
    return cell.lower() in MISSING


def number(cell: str, decimal: str = ".") -> float | None:
    """The number `cell` spells, infinity if it is too large, None if it spells none.

    >>> number("-1.5e3"), number("1,5", ","), number("1,5"), number("1_000"), number("1e400")
    (-1500.0, 1.5, None, None, inf)
    """
    if not SIGNS[decimal].issuperset(cell):
        return None
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None


def numbers(cells: Sequence[str], decimal: str = ".") -> list[float] | None:
    """All `cells` as numbers, or None if one of them is none; infinity for what is too large."""
    if not SIGNS[decimal].issuperset("".join(cells)):
        return None
    try:
        return list(map(float, cells if decimal == "." else (c.replace(",", ".") for c in cells)))
    except ValueError:
        return None


def disguise(cell: str) -> str | None:
    """What `cell` seems to be when it is not a number but nearly one, else None.

    >>> disguise("1,234.5"), disguise("$3"), disguise("red")
    ('a number with commas, points or blanks between its digits', 'an amount of money', None)
    """
    for pattern, meaning in DISGUISES:
        if pattern.fullmatch(cell):
            return meaning
    if any(sign.isdigit() for sign in cell) and dates.forms_of(cell):
        return "a date or a time"
    try:
        return "infinite" if isinf(float(cell)) else "a number with signs other than 0 to 9"
    except ValueError:
        return None


def boolean(cells: Sequence[str]) -> bool:
    """Whether `cells` (none missing) use the words of one pair only.

    >>> boolean(["Yes", "no", "YES"]), boolean(["yes", "false"])
    (True, False)
    """
    words = {cell.lower() for cell in set(cells)}
    return any(words <= pair for pair in PAIRS)


def shown(text: str) -> str:
    """`text` in quotes, escaped, and cut when it is long."""
    return repr(text) if len(text) <= 60 else repr(text[:57] + "...")
