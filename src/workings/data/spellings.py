"""Numbers that are not spelled plainly: 1,234.5 and 5 % and $3 and 03/04/2024.

`Spelling`       how the numbers of one column are written, as plain data
`spelling_of`    the one spelling under which all cells of a column are numbers
`nearly`         the spelling of nearly all of them, and the first cell that is written otherwise

A spelling is judged on a whole column, never on a cell, and what was judged is said in words.
Nothing may pass for a number by chance: thousands come in threes, a percent sign or a currency
stands in every cell or in none, and one comma among plain numbers is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from itertools import islice
from typing import Any

from workings.data import kinds
from workings.data.dates import FORMS, date_number, forms_of, has_zone

CURRENCIES = "$€£¥₹₩₽₺₪₫₴₱฿"
CODES = frozenset({
    "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR", "KRW", "SEK", "NOK", "DKK", "PLN", "CZK",
    "HUF", "CAD", "AUD", "NZD", "BRL", "MXN", "ZAR", "TRY", "RUB", "ILS", "SGD", "HKD", "THB",
})  # fmt: skip
MARKS = {".": "point", ",": "comma"}
SEPARATORS = {",": "commas", ".": "points", " ": "blanks", "'": "apostrophes"}
LIKE = 0.9  # of the cells have to be written in one way for the others to be mistakes
SAMPLE = 20  # cells that are tried as examples of how the others are written

_BLANKS = r"[ \u00a0\u2007\u2009\u202f]"
_BETWEEN = {" ": _BLANKS, "'": "['’]", ",": ",", ".": r"\."}
_UNIT = re.compile(
    rf"[(+\-−\s]*(?P<before>[A-Z]{{2}}\$|[A-Z]{{3}}|[{CURRENCIES}])\s*[+\-−]?[0-9.,].*"
    rf"|.*[0-9.,)]\s*(?P<after>%|[A-Z]{{3}}|[{CURRENCIES}])\)?"
)


@dataclass(frozen=True)
class Spelling:
    """How the numbers of a column are written.

    `thousands` is what stands between groups of three digits (a blank for blanks of any width),
    `unit` a percent sign or a currency, `parentheses` whether they mean minus, `date` one of
    `dates.FORMS`, `zone` whether its times name a time zone, `otherwise` what the cells could
    mean as well.

    >>> Spelling(thousands=",", unit="$", parentheses=True).number("($1,234.50)")
    -1234.5
    >>> Spelling(unit="%").number("5 %"), Spelling(date="d/m/y").number("03/01/1970")
    (0.05, 2.0)
    """

    decimal: str = "."
    thousands: str = ""
    unit: str = ""
    parentheses: bool = False
    date: str = ""
    zone: bool = False
    otherwise: str = ""

    def number(self, cell: str) -> float | None:
        """The number that `cell` spells, None if it spells none; a currency may be left out."""
        if self.date:
            return date_number(cell, self.date) if has_zone(cell) == self.zone else None
        match = self._pattern.fullmatch(cell)
        if match is None or (match["open"] is None) != (match["close"] is None):
            return None
        if (match["before"] and match["after"]) or (match["sign"] and match["inner"]):
            return None
        digits = re.sub(self._between, "", match["digits"]) if self.thousands else match["digits"]
        value = float(digits.replace(",", "."))
        minus = match["open"] or (match["sign"] or match["inner"] or "+") in "-−"
        return (-value if minus else value) / (100 if self.unit == "%" else 1)

    def numbers(self, cells: Iterable[str]) -> list[float] | None:
        """All `cells` as numbers, or None if one of them is none."""
        found = []
        for cell in cells:
            value = self.number(cell)
            if value is None:
                return None
            found.append(value)
        return found

    def described(self) -> str:
        """What was understood, in words, with an example.

        >>> Spelling(",", ".", "€").described()
        'amounts in €, decimal comma, points between thousands: 1.234,5 € is 1234.5'
        """
        also = f" ({self.otherwise} would fit as well)" if self.otherwise else ""
        return (FORMS[self.date].described + self._zone if self.date else self._words) + also

    @property
    def counts(self) -> str:
        """What its numbers count where plain numbers would mean something else: 5 % is not 5."""
        if self.date:
            return "hours" if self.date == "h:m" else "days"
        return "hundredths" if self.unit == "%" else ""

    def to_data(self) -> dict[str, Any]:
        """What differs from plain numbers, as plain data."""
        return {word: value for word, value in asdict(self).items() if value != _PLAIN[word]}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Spelling:
        """The reverse of `to_data`; raises TypeError or ValueError where it is not."""
        made = cls(**data)
        if any(type(getattr(made, word)) is not type(plain) for word, plain in _PLAIN.items()):
            raise TypeError(f"no spelling: {data!r}")
        known = made.decimal in MARKS and made.thousands in ("", *SEPARATORS)
        if not known or made.date not in ("", *FORMS) or made.decimal == made.thousands:
            raise ValueError(f"no spelling: {data!r}")
        return made

    @property
    def _zone(self) -> str:
        return "; times are turned into UTC" if self.zone else ""

    @property
    def _words(self) -> str:
        what = {"": "numbers", "%": "percentages"}.get(self.unit, f"amounts in {self.unit}")
        example, value = "1234.5" if self.unit != "%" else "5.5", "1234.5"
        words = [what]
        if self.decimal == ",":
            words.append("decimal comma")
            example = example.replace(".", ",")
        if self.thousands:
            words.append(f"{SEPARATORS[self.thousands]} between thousands")
            example = example.replace("1234", f"1{self.thousands}234")
        if self.unit == "%":
            example, value = f"{example} %", "12.345" if self.thousands else "0.055"
        elif self.unit:
            front = self.unit in "$£" or self.unit.endswith("$")
            example = f"{self.unit}{example}" if front else f"{example} {self.unit}"
        if self.parentheses:
            words.append("parentheses for minus")
            example, value = f"({example})", f"-{value}"
        return ", ".join(words) + (f": {example} is {value}" if example != value else "")

    @cached_property
    def _between(self) -> str:
        return _BETWEEN.get(self.thousands, "")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        mark, unit = re.escape(self.decimal), re.escape(self.unit)
        digits = rf"[0-9]+(?:{mark}[0-9]*)?(?:[eE][+\-][0-9]+|[eE][0-9]+)?|{mark}[0-9]+"
        if self.thousands:
            grouped = rf"[1-9][0-9]{{0,2}}(?:{self._between}[0-9]{{3}})+(?:{mark}[0-9]*)?"
            digits = rf"{grouped}|{digits}"
        before, after = (
            rf"(?P<before>{unit}\s*)?" if self.unit != "%" else "(?P<before>)",
            rf"(?P<after>\s*{unit}){'' if self.unit == '%' else '?'}",
        )
        opened, closed = (r"(?P<open>\()?", r"(?P<close>\))?") if self.parentheses else (
            "(?P<open>(?!))?", "(?P<close>(?!))?"
        )  # fmt: skip
        return re.compile(
            rf"{opened}(?P<sign>[+\-−])?\s*{before}(?P<inner>[+\-−])?(?P<digits>{digits})"
            rf"{after}{closed}"
        )


_PLAIN = {field.name: field.default for field in fields(Spelling)}


def spelling_of(cells: Collection[str], decimal: str = ".") -> Spelling | None:
    """The one spelling under which all `cells` (none missing) are numbers, although they are not
    plain ones; None where they are plain, and where there is no such spelling.

    `decimal` is the decimal mark of the table: it is tried first.

    >>> spelling_of(["1,234", "56,789", "12"]).thousands, spelling_of(["1", "2,5", "3"])
    (',', None)
    >>> spelling_of(["03/04/2024", "13/04/2024"]).date
    'd/m/y'
    """
    first = next(iter(cells), "")
    if not any(sign.isdigit() for sign in first) or _all_plain(cells, decimal):
        return None
    for candidate in _candidates(first, decimal):
        told = replace(candidate, parentheses=True) if not candidate.date else candidate
        if told.numbers(cells) is not None:
            found = _evident(candidate, cells)
            if found:
                return found
    return None


def nearly(cells: Collection[str], decimal: str = ".") -> tuple[Spelling, int] | None:
    """The spelling of nearly all `cells`, and the place of the first that is written otherwise;
    None where no spelling fits most of them.

    >>> nearly(["5 %"] * 30 + ["5"])[1], nearly(["red", "5 %", "blue"])
    (30, None)
    """
    samples = [cell for cell in islice(cells, SAMPLE) if kinds.number(cell, decimal) is None]
    for first in samples:
        for candidate in _candidates(first, decimal):
            fits = [_bears(candidate, cell) for cell in cells]
            if LIKE * len(cells) <= sum(fits) < len(cells) and sum(fits) > 1:
                return candidate, fits.index(False)
    return None


def _all_plain(cells: Collection[str], decimal: str) -> bool:
    return all(kinds.number(cell, decimal) is not None for cell in cells)


def _bears(spelling: Spelling, cell: str) -> bool:
    """Whether `cell` is a number under the spelling, with the unit it is known by."""
    return spelling.number(cell) is not None and (not spelling.unit or spelling.unit in cell)


def _candidates(cell: str, decimal: str) -> Iterator[Spelling]:
    """The spellings that `cell` may be an example of, the likeliest first."""
    forms = forms_of(cell)
    for form in forms:
        yield Spelling(date=form, zone=has_zone(cell))
    if forms:
        return
    match = _UNIT.fullmatch(cell)
    unit = (match["before"] or match["after"] or "") if match else ""
    if len(unit) == 3 and unit.isalpha() and unit not in CODES:
        return
    for mark in sorted(MARKS, key=lambda mark: mark != decimal):
        other = "," if mark == "." else "."
        for thousands in ("", other, " ", "'"):
            yield Spelling(mark, thousands, unit, parentheses="(" in cell)


def _evident(spelling: Spelling, cells: Collection[str]) -> Spelling | None:
    """The spelling with all that the cells say of it, or None where too few of them do."""
    if spelling.date:
        return _dated(spelling, cells)
    if spelling.unit and not all(spelling.unit in cell for cell in cells):
        return None
    closed = sum("(" in cell for cell in cells)
    spelling = replace(spelling, parentheses=closed > 0)
    if closed and not spelling.unit and not spelling.thousands and not _enough(closed, cells):
        return None
    if spelling.thousands:
        return _grouped(spelling, cells)
    marked = sum(spelling.decimal in cell for cell in cells)
    if spelling.decimal == "," and not spelling.unit and marked and not _enough(marked, cells):
        return None
    return spelling


def _grouped(spelling: Spelling, cells: Collection[str]) -> Spelling | None:
    """Thousands are evident from blanks, from two groups or two marks, or from several cells."""
    between, sign = re.compile(_BETWEEN[spelling.thousands]), spelling.thousands
    bearers = [cell for cell in cells if between.search(cell)]
    if not bearers:
        return None
    plain = replace(spelling, thousands="", parentheses=True)
    # 1,234 beside 5678: whoever sets thousands apart does it everywhere
    if any(abs(plain.number(c) or 0) >= 10_000 for c in cells if not between.search(c)):
        return None
    sure = sign in " '" or any(
        len(between.findall(cell)) > 1 or spelling.decimal in cell for cell in bearers
    )
    if not sure and not spelling.unit and not _enough(len(bearers), cells):
        return None
    return spelling if sure else replace(spelling, otherwise=f"a decimal {MARKS[sign]}")


def _dated(spelling: Spelling, cells: Collection[str]) -> Spelling:
    """The form with the other that fits all cells as well, where there is one."""
    first = next(iter(cells))
    others = [form for form in forms_of(first) if form != spelling.date]
    also = [
        form for form in others if all(date_number(cell, form) is not None for cell in cells)
    ]  # fmt: skip
    return replace(spelling, otherwise=FORMS[also[0]].title) if also else spelling


def _enough(bearers: int, cells: Collection[str]) -> bool:
    return bearers >= min(2, len(cells))
