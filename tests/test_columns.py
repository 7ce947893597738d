"""What is learnt about columns: spellings that a model remembers, names of rows, levels."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workings.data import Column, Origin, Table, read_table
from workings.data.spellings import Spelling
from workings.data.stored import NumberCells
from workings.data.values import column_of
from workings.errors import DataError
from workings.preparation import fitted
from workings.preparation.columns import (
    NumberColumn,
    called_identifier,
    identifier,
    identifiers,
    number_column,
    target_of,
    useless,
)
from workings.preparation.stored import from_data, to_data


def column(*cells: str, word: Any = "line", name: str = "a") -> Column:
    return Column(name, cells, Origin("new.csv", range(2, len(cells) + 2), word))


def learnt(*cells: str) -> NumberColumn:
    return number_column(column(*cells))


MONTHS_FIRST = ("01/02/1970", "01/31/1970")


@pytest.mark.fault("predict rows")
def test_a_single_new_row_is_read_as_in_training() -> None:
    assert learnt(*MONTHS_FIRST).read(column("02/01/1970")).tolist() == [31]
    assert learnt("13/01/1970").read(column("02/01/1970")).tolist() == [1]
    assert learnt("1,234", "5,678").read(column("9,876", "")).tolist()[:1] == [9876]
    assert learnt("1.234,5", "5.678,5").read(column("9.876")).tolist() == [9876]
    assert learnt("5 %", "6 %").read(column("7%")).tolist() == [0.07]
    assert learnt("$5", "$6").read(column("7")).tolist() == [7]


@pytest.mark.parametrize(
    ("trained", "cells", "values"),
    [
        (("1", "2.5"), ("$5", "1,234.5"), None),
        (("1", "2.5"), ("1,234.5", "2"), [1234.5, 2]),
        (("1.234,5", "2"), ("12.5", "1"), [12.5, 1]),
        (("$5", "$6"), ("€7", "€8"), [7, 8]),
        (("1970-01-02", "1970-01-05"), ("13.01.1970", "01.01.1970"), [12, 0]),
    ],
)
def test_other_spellings_of_one_meaning_are_read(
    trained: tuple[str, ...], cells: tuple[str, ...], values: list[float] | None
) -> None:
    if values is None:
        with pytest.raises(DataError, match="which is not a number"):
            learnt(*trained).read(column(*cells))
    else:
        assert learnt(*trained).read(column(*cells)).tolist() == values


@pytest.mark.fault("number spelling", "predict rows")
@pytest.mark.parametrize(
    ("trained", "cells", "found", "expected"),
    [
        (("1", "2.5"), ("", "5 %"), "line 3 holds '5 %'", "plain numbers"),
        (("1", "2.5"), ("2024-01-05",), "line 2 holds '2024-01-05'", "plain numbers"),
        (("5 %", "6 %"), ("7 %", "8"), "line 3 holds '8'", "percentages"),
        (MONTHS_FIRST, ("13/01/1970",), "line 2 holds '13/01/1970'", None),
        (("13/01/1970",), ("01/31/1970",), "line 2 holds '01/31/1970'", None),
        (("1970-01-02",), ("01/02/1970",), "line 2 holds '01/02/1970'", "dates"),
        (("1970-01-02",), ("19750",), "line 2 holds '19750'", "dates"),
        (("1970-01-02",), ("soon",), "line 2 holds 'soon'", "dates"),
        (("10:30", "11:00"), ("1970-01-02",), "line 2 holds '1970-01-02'", "times of day"),
        (("1,234.5", "2"), ("1970-01-02",), "line 2 holds '1970-01-02'", "numbers, commas"),
    ],
)
def test_what_could_mean_something_else_is_refused(
    trained: tuple[str, ...], cells: tuple[str, ...], found: str, expected: str | None
) -> None:
    if expected is None:  # another form of a date, which has one meaning only
        learnt(*trained).read(column(*cells))
        return
    with pytest.raises(DataError, match=found) as caught:
        learnt(*trained).read(column(*cells))
    assert f"in training the column held {expected}" in str(caught.value)
    assert (caught.value.file, caught.value.column) == ("new.csv", "a")


def test_numbers_of_a_workbook_stand_for_dates_and_shares() -> None:
    origin = Origin("t.xlsx", [2, 3], "row")
    dates = column_of("a", [dt.date(1970, 1, 3), None], origin)
    assert learnt(*MONTHS_FIRST).read(dates).tolist()[0] == 2
    assert learnt("5 %", "6 %").read(column_of("a", [0.07, 0.08], origin)).tolist() == [0.07, 0.08]
    with pytest.raises(DataError, match=r"row 2 holds '2', and in training .* plain numbers"):
        learnt("1", "2").read(dates)


def test_a_part_of_the_rows_is_read_as_the_whole_column() -> None:
    """The one cell that says months come first may be among the rows that are held out."""
    cells = [*(f"{month:02}/05/1970" for month in range(1, 13)), "01/31/1970"]
    table = Table(
        (whole := column(*cells)).origin, (whole,),
    )  # fmt: skip
    part = table.take(range(12))["a"]
    assert part.spelling == Spelling(date="m/d/y")
    assert np.array_equal(part.numbers(), whole.numbers()[:12])


def test_the_spelling_is_in_the_model_file_and_old_files_have_none(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("when,share,n,y\n01/31/1970,5 %,1,k\n02/01/1970,6 %,2,l\n")
    made = fitted(read_table(tmp_path / "t.csv"), target="y", task="classification")
    data = to_data(made)
    assert from_data(data) == made
    assert [c.spelling and c.spelling.described()[:5] for c in made.numbers] == [
        "dates", "perce", None,
    ]  # fmt: skip
    said = dict(made.described())
    assert said["when"].startswith("1 input, scaled; missing become 1970-01-31; read as dates")
    for one in data["numbers"]:
        del one["spelling"]
    assert [c.spelling for c in from_data(data).numbers] == [None] * 3
    data["numbers"][0]["spelling"] = {"date": "x"}
    with pytest.raises(ValueError, match="no spelling"):
        from_data(data)


def test_classes_that_are_spelled_numbers_are_in_order() -> None:
    made = target_of(column("10 %", "9 %", "10 %"), "classification", scaled=True)
    assert made.classes == ("9 %", "10 %")


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("id", True), ("ID", True), ("customer_id", True), ("PassengerId", True), ("rowId", True),
        ("Unnamed: 0", True), ("index", True), ("nr", True), ("Lfd. Nr.", True), ("row", True),
        ("acid", False), ("width", False), ("idle", False), ("rows seen", False), ("x", False),
        ("", False), ("7", False),
    ],
)  # fmt: skip
def test_names_of_identifiers(name: str, is_one: bool) -> None:
    assert called_identifier(name) == is_one


@pytest.mark.parametrize(
    ("name", "cells", "is_one"),
    [
        ("id", ["7", "3", "9", "1", "2"], True),
        ("id", ["7", "3", "9", "1", "1"], False),
        ("id", ["7.5", "3", "9", "1", "2"], False),
        ("id", ["7", "3", "9", "1"], False),
        ("age", ["7", "3", "9", "1", "2"], False),
        ("id", ["", "3", "9", "1", "2", "4"], True),
        ("name", ["u", "v", "w", "x", "z"], True),
        ("name", ["u", "v", "w", "x", "x"], False),
        ("id", ["", "", "", "", ""], False),
        ("nr", ["1970-01-01", "1970-01-02", "1970-01-03", "1970-01-04", "1970-01-05"], False),
    ],
)
def test_what_names_its_rows(name: str, cells: list[str], is_one: bool) -> None:
    found = column(*cells, name=name)
    assert bool(identifier(found)) == is_one
    assert set(identifiers([found])) == ({name} if is_one else set())
    assert identifiers([found], keep=[name]) == {}


@pytest.mark.fault("useless columns")
def test_names_of_rows_are_left_out_and_can_be_kept() -> None:
    rows = [[100 + place * 7, place % 3, f"bird {place}"] for place in range(9)]
    table = Table.from_arrays(
        rows, ["k", "l", "k"] * 3, names=["bird_id", "n", "name"], target="y"
    )  # fmt: skip
    why = identifiers(table.columns)
    training = table.take([0, 1, 2])
    made = fitted(training, target="y", task="classification", left_out=why)
    assert [name for name, _ in made.left_out] == ["bird_id", "name"]
    kept = fitted(
        training, target="y", task="classification", keep=["bird_id", "name"],
        left_out=identifiers(table.columns, ["bird_id", "name"]),
    )  # fmt: skip
    assert kept.left_out == ()


def test_a_long_constant_is_cut() -> None:
    assert len(useless(column("x" * 5000, "x" * 5000))) < 100


def test_a_number_kept_as_one_is_not_read_as_text() -> None:
    """1.234 of a workbook is not 1234, although training held 1.234,5 with points."""
    told = number_column(column("1.234,5", "2.345.678,0", "17,25"))
    assert told.spelling is not None
    assert told.spelling.thousands == "."
    origin = Origin("book.xlsx", range(1, 3), "row")
    cells = NumberCells(np.array([1.234, 5.0]))
    assert told.read(Column("x", cells, origin)).tolist() == [1.234, 5.0]
