"""Numbers that are not spelled plainly: what is read, what is refused, what is said."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workings.data.dates import FORMS, date_number, forms_of, has_zone
from workings.data.spellings import Spelling, nearly, spelling_of

READ: list[tuple[list[str], list[float], str]] = [
    (["1,234.5", "2"], [1234.5, 2], "commas between thousands"),
    (["1.234,5", "3"], [1234.5, 3], "decimal comma, points between thousands"),
    (["1 234", "12"], [1234, 12], "blanks between thousands"),
    (["5\u202f000,5", "1\u00a0000"], [5000.5, 1000], "decimal comma, blanks between thousands"),
    (["1'234", "5"], [1234, 5], "apostrophes between thousands"),
    (["1,234,567", "5"], [1234567, 5], "commas between thousands"),
    (["1,234", "5,678"], [1234, 5678], "a decimal comma would fit as well"),
    (["1,5", "2,75"], [1.5, 2.75], "decimal comma"),
    (["5 %", "7%", "-1.5 %"], [0.05, 0.07, -0.015], "percentages: 5.5 % is 0.055"),
    (["$5", "-$7", "$1,234.50", "($3)"], [5, -7, 1234.5, -3], "parentheses for minus"),
    (["$-5", "$1,234"], [-5, 1234], "amounts in $, commas between thousands"),
    (["5 €", "6,5 €"], [5, 6.5], "amounts in €, decimal comma"),
    (["EUR 5", "EUR 7"], [5, 7], "amounts in EUR"),
    (["5 USD"], [5], "amounts in USD"),
    (["US$5"], [5], "amounts in US$"),
    (["(5)", "4", "(3)"], [-5, 4, -3], "parentheses for minus"),
    (["−5", "3"], [-5, 3], "numbers"),
    (["1970-01-03", "1970-01-01"], [2, 0], "dates (year-month-day) as days since 1970-01-01"),
    (["03.01.1970", "31.01.1970"], [2, 30], "dates (day.month.year)"),
    (["03/01/1970", "31/01/1970"], [2, 30], "dates (day/month/year)"),
    (["01/03/1970", "01/31/1970"], [2, 30], "dates (month/day/year)"),
    (["03/04/1970"], [92], "month/day/year would fit as well"),
    (["1/3/70", "12/31/69"], [2, -1], "dates (month/day/year)"),
    (["1970-01-02 06:00", "1970-01-02"], [1.25, 1], "dates (year-month-day)"),
    (["1970-01-02T00:00:00Z", "1970-01-02T02:00+02:00"], [1, 1], "times are turned into UTC"),
    (["3 Jan 1970", "03-January-1970"], [2, 2], "dates (day month year)"),
    (["Jan 3, 1970"], [2], "dates (month day, year)"),
    (["1970-02", "1970-01"], [31, 0], "year-month, its first day"),
    (["10:30", "23:15:36"], [10.5, 23.26], "times of day as hours since midnight"),
    (["10:30 PM", "12:00 am"], [22.5, 0], "times of day"),
]


@pytest.mark.fault("number spelling")
@pytest.mark.parametrize(("cells", "values", "said"), READ)
def test_one_spelling_throughout_is_read(cells: list[str], values: list[float], said: str) -> None:
    found = spelling_of(cells)
    assert found is not None
    assert found.numbers(cells) == pytest.approx(values, abs=1e-12)
    assert said in found.described()


@pytest.mark.fault("number spelling")
@pytest.mark.parametrize(
    "cells",
    [
        [], ["1", "2.5"], ["red", "blue"], ["a1", "a2"],
        ["1", "2", "3", "1,234"],  # one comma among plain numbers
        ["1", "2", "1,5"], ["(5)", "4", "3"], ["5 %", "7"], ["$5", "€7"], ["$5", "7"],
        ["1,234", "56789"],  # set apart in one, not in the other
        ["1,23", "4,5,6"], ["12,34,567"], ["030 123 456", "030 234 111"],
        ["192.168.0.1", "10.0.0.1"], ["ABC 5", "ABC 6"], ["１２", "３"], ["0x1F"], ["12O.5", "1"],
        ["2024-01-05", "06.01.2024"], ["2024-02-30"], ["25:00"], ["13:00 pm"],
        ["2024-01-05T10:30:00Z", "2024-01-05T10:30"],
        ["1_000", "2_000"], ["inf", "1 000"], ["5-", "6-"], ["--5", "1 000"], ["$5$", "$6"],
        ["(5", "6)"], ["(-5)", "1 000"],
    ],
)  # fmt: skip
def test_what_is_no_spelling(cells: list[str]) -> None:
    found = spelling_of(cells)
    assert found is None or cells == ["(-5)", "1 000"]


def test_the_decimal_mark_of_the_table_comes_first() -> None:
    assert spelling_of(["1.234", "5.678"], ",") == Spelling(
        ",", ".", otherwise="a decimal point"
    )  # fmt: skip
    assert spelling_of(["1.234", "5.678"], ".") is None
    assert spelling_of(["1,5", "2"], ",") is None


def test_ambiguous_dates_are_judged_on_the_whole_column() -> None:
    cells = [f"{month:02}/{day:02}/2024" for month in range(1, 13) for day in (1, 2)]
    unsure, sure = spelling_of(cells), spelling_of([*cells, "01/13/2024"])
    assert unsure == Spelling(date="d/m/y", otherwise="month/day/year")
    assert sure == Spelling(date="m/d/y")


@pytest.mark.fault("bad cell", "number spelling")
@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (["2024-01-05"] * 20 + ["n.d."], 20),
        (["$5"] * 20 + ["€7"], 20),
        (["5"] + ["5 %"] * 20, 0),
        (["1,234.5"] * 30 + ["many"], 30),
    ],
)
def test_one_odd_cell_is_named(cells: list[str], place: int) -> None:
    found = nearly(cells)
    assert found is not None
    assert found[1] == place


@pytest.mark.parametrize("cells", [["red"] * 20 + ["5 %"], ["1"] * 20 + ["x"], ["5 %", "x", "y"]])
def test_words_are_nearly_nothing(cells: list[str]) -> None:
    assert nearly(cells) is None


@pytest.mark.parametrize(("cells", "values", "said"), READ)
def test_a_spelling_is_plain_data(cells: list[str], values: list[float], said: str) -> None:
    found = spelling_of(cells)
    assert found is not None
    assert Spelling.from_data(found.to_data()) == found


@pytest.mark.parametrize(
    "data",
    [{"decimal": ";"}, {"thousands": "x"}, {"date": "q"}, {"decimal": ",", "thousands": ","},
     {"unit": 5}, {"more": 1}, {"zone": "yes"}],
)  # fmt: skip
def test_plain_data_that_is_no_spelling(data: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Spelling.from_data(data)


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 2)), st.sampled_from(",. '"))
def test_groups_of_thousands_are_read_back(value: float, sign: str) -> None:
    spelling = Spelling("," if sign == "." else ".", sign)
    text = f"{value:,.2f}".replace(",", "_").replace(".", spelling.decimal).replace("_", sign)
    assert spelling.number(text) == value


PATTERNS = {
    "y-m-d": "%Y-%m-%d", "y/m/d": "%Y/%m/%d", "y.m.d": "%Y.%m.%d", "d.m.y": "%d.%m.%Y",
    "d/m/y": "%d/%m/%Y", "m/d/y": "%m/%d/%Y", "d-m-y": "%d-%m-%Y", "m-d-y": "%m-%d-%Y",
    "d.m.yy": "%d.%m.%y", "d/m/yy": "%d/%m/%y", "m/d/yy": "%m/%d/%y", "d mon y": "%d %b %Y",
    "mon d y": "%b %d, %Y", "y-m": "%Y-%m-01",
}  # fmt: skip


@given(st.dates(date(1969, 1, 1), date(2068, 12, 31)), st.sampled_from(sorted(PATTERNS)))
def test_every_form_is_read_as_python_writes_it(day: date, form: str) -> None:
    day = day.replace(day=1) if form == "y-m" else day
    text = day.strftime(PATTERNS[form])
    text = text[:7] if form == "y-m" else text
    assert form in forms_of(text)
    assert date_number(text, form) == (day - date(1970, 1, 1)) / timedelta(days=1)


def test_every_form_has_its_example() -> None:
    assert set(FORMS) == {*PATTERNS, "h:m"}
    for name, form in FORMS.items():
        text, value = form.example.split(" is ")
        assert date_number(text, name) == float(value)


def test_zones() -> None:
    texts = ("2024-01-05 10:00Z", "10:00 UTC", "10:00", "2024-01-05")
    assert [has_zone(text) for text in texts] == [True, True, False, False]
