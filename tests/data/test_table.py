"""Cells, kinds, numbers; rows and columns of a table; arrays in and out; tasks."""

from __future__ import annotations

import pickle
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from workings.data import MISSING, Column, Origin, Table, task_of
from workings.data.kinds import number
from workings.errors import DataError, SettingError, UnknownName


def column(*cells: str, decimal: str = ".") -> Column:
    return Column("age", cells, Origin("t.csv", range(2, len(cells) + 2)), decimal)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-2.5", "+.5", "3.", "1e-7", "NA", ""], "number"),
        (["0", "1"], "number"),
        (["Yes", "NO", "?"], "boolean"),
        (["t", "t"], "boolean"),
        (["true", "FALSE"], "boolean"),
        (["on", "off"], "boolean"),
        (["y", "n"], "boolean"),
        (["yes", "true"], "category"),
        (["yes", "no", "maybe"], "category"),
        (["a", "1", "2"], "category"),
        (["A1", "3", "4", "5", "B6"], "category"),
        (["2024-01-05", "2024-01-06", "2024-01-07"], "number"),
        (["05.01.2024", "06.01.2024", "07.01.2024"], "number"),
        (["10:30", "11:45", "12:00"], "number"),
        (["1,234", "5,678", "9,012"], "number"),
        (["5%", "6 %", "7%"], "number"),
        (["$5", "$1,234.50", "-$7"], "number"),
        (["NA", "", "?"], "empty"),
        ([], "empty"),
    ],
)
def test_kinds(cells: list[str], kind: str) -> None:
    assert column(*cells).kind == kind


@pytest.mark.fault("missing cells")
@pytest.mark.parametrize("spelling", sorted(MISSING))
def test_missing_spellings(spelling: str) -> None:
    found = column("1", spelling, spelling.upper())
    assert found.missing.tolist() == [False, True, True]
    assert found.kind == "number"
    assert np.isnan(found.numbers()).tolist() == [False, True, True]
    assert found.texts() == ["1", None, None]


@pytest.mark.fault("missing cells")
def test_words_near_missing_ones_are_not_missing() -> None:
    assert not column("nope", "--", "0", "nana", "N.A.").missing.any()


@pytest.mark.fault("bad cell", "T6")
@pytest.mark.parametrize(
    ("cells", "line", "seems"),
    [
        (["1", "2", "12O.5", "4"], 4, "'12O.5', which is not a number"),
        (["1"] * 18 + ["x", "y"], 20, "'x', which is not a number"),
        (["1", "2", "3", "1e400"], 5, "too large"),
        (["-1e400"], 2, "too large"),
        (["1,234", "5", "9"], 2, "with commas, points or blanks"),
        (["5%", "6 %", "7"], 2, "a percent sign"),
        (["$5", "$1,234.50", "-7"], 2, "an amount of money"),
        (["5 €", "6€", "7"], 2, "an amount of money"),
        (["0x1F", "0x20", "7"], 2, "hexadecimal"),
        (["1_000", "2_000", "3"], 2, "signs other than 0 to 9"),
        (["１２", "３", "４"], 2, "signs other than 0 to 9"),  # full-width digits, as meant
        (["1", "2", "inf", "-Infinity"], 4, "infinite"),
    ],
)
def test_mistaken_numbers_are_never_words(cells: list[str], line: int, seems: str) -> None:
    with pytest.raises(DataError, match=seems) as caught:
        _ = column(*cells).kind
    assert f"line {line} holds {cells[line - 2]!r}" in str(caught.value)
    facts = caught.value
    assert (facts.file, facts.row, facts.column) == ("t.csv", line, "age")
    assert facts.found == cells[line - 2]


@pytest.mark.fault("bad cell", "number spelling")
def test_mistaken_numbers_with_a_decimal_comma() -> None:
    assert column("1,5", "2", decimal=",").numbers().tolist() == [1.5, 2.0]
    with pytest.raises(DataError, match=r"line 5 holds '1\.23,5'"):
        _ = column("1,5", "2", "3", "1.23,5", decimal=",").kind
    with pytest.raises(DataError, match=r"line 3 holds '1\.5'"):
        column("1,5", "1.5", decimal=",").numbers()


@pytest.mark.fault("bad cell")
def test_numbers_of_words_name_the_first() -> None:
    with pytest.raises(DataError, match=r"column 'age' of t\.csv as numbers: line 3 holds 'x'"):
        column("NA", "x", "y").numbers()


def test_a_long_cell_is_cut_in_messages() -> None:
    with pytest.raises(DataError) as caught:
        column("\x1b" + "x" * 500).numbers()
    assert len(caught.value.message) < 200
    assert "\x1b" not in str(caught.value)


def test_what_was_read_cannot_be_changed_by_accident() -> None:
    found = column("1", "2")
    found.numbers()[0] = 9
    assert found.numbers().tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        found.missing[0] = True


@given(st.text("0123456789+-.eE ,_xinfa", max_size=8))
def test_the_rule_for_numbers(cell: str) -> None:
    rule = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
    assert (number(cell) is not None) == bool(re.fullmatch(rule, cell))


def test_a_column_may_be_said_to_hold_words() -> None:
    table = Table.from_arrays([["1", "x"], ["2", "y"], ["3", "z"], ["4x", "u"]])
    with pytest.raises(DataError, match="row 4 holds '4x'"):
        _ = table["x1"].kind
    told = table.with_kinds({"x1": "category"})
    assert [c.kind for c in told.columns] == ["category", "category"]
    assert told != table
    assert table.with_kinds({"x2": "number"})["x2"].kind == "number"


def test_kinds_that_cannot_be_said() -> None:
    table = Table.from_arrays([[1], [2]])
    with pytest.raises(SettingError, match="column 'x1' as 'date': expected 'number' or 'categ"):
        table.with_kinds({"x1": "date"})
    with pytest.raises(UnknownName, match="called 'x9'"):
        table.with_kinds({"x9": "number"})


def test_a_name_that_is_none_is_guessed() -> None:
    with pytest.raises(UnknownName, match=r"column in birds called 'Wing'\. Did you mean 'wing'"):
        Table.from_arrays([[1, 2]], names=["wing", "tail"], source="birds")["Wing"]


def test_some_rows_and_columns() -> None:
    table = Table.from_arrays([[1, "a"], [2, "b"], [3, "c"]], [0, 1, 0])
    some = table.take([2, 0])
    assert (len(some), list(some.lines)) == (2, [3, 1])
    assert some["x2"].cells == ("c", "a")
    assert some["x2"].origin.where(0) == "row 3"
    assert table.take(np.array([True, False, True]))["x1"].cells == ("1", "3")
    assert len(table.take([])) == 0
    assert table.without("x1").names == ("x2", "target")
    assert table.without("x1").target == "target"
    assert table.without("target").target is None
    with pytest.raises(UnknownName, match="called 'x3'"):
        table.without("x1", "x3")


def test_rows_that_are_none() -> None:
    table = Table.from_arrays([[1], [2]])
    for wrong in ([2], [-1]):
        with pytest.raises(DataError, match=f"cannot take row {wrong[0]} of 2"):
            table.take(wrong)
    for unfit in ([0.5], [True, False, True]):
        with pytest.raises(DataError, match="expected whole numbers or one boolean"):
            table.take(unfit)


def test_part_of_a_column_keeps_its_kind() -> None:
    table = Table.from_arrays([["a", 1], ["2", None], ["3", 4]])
    some = table.take([1])
    assert [c.kind for c in some.columns] == ["category", "number"]
    broken = Table.from_arrays([["1"], ["2"], ["3"], ["x"]])
    assert broken.take([0, 1, 2])["x1"].kind == "number"


def test_a_table_can_be_sent_to_another_process() -> None:
    table = Table.from_arrays([[1.5, "a"], [None, "b"]])
    assert table["x1"].kind == "number"
    assert pickle.loads(pickle.dumps(table)) == table  # noqa: S301


@given(arrays.arrays(np.float64, (3, 2), elements=st.floats(allow_infinity=False)))
def test_numbers_survive_exactly(X: npt.NDArray[np.float64]) -> None:
    back = np.column_stack([c.numbers() for c in Table.from_arrays(X).columns])
    assert np.array_equal(back, X, equal_nan=True)
    assert np.array_equal(np.signbit(back[~np.isnan(X)]), np.signbit(X[~np.isnan(X)]))


def test_arrays_of_every_kind() -> None:
    table = Table.from_arrays(
        np.array([[1, True, None, "01"], [2.5, False, float("nan"), " b "]], dtype=object),
        np.array([["u"], ["v"]]),
        names=["a", "b", "c", "d"],
        target="t",
        source="mine",
    )
    assert [c.cells for c in table.columns] == [
        ("1", "2.5"), ("True", "False"), ("", ""), ("01", "b"), ("u", "v"),
    ]  # fmt: skip
    assert [c.kind for c in table.columns] == ["number", "boolean", "empty", "category", "category"]
    assert (table.target, table.source, list(table.lines)) == ("t", "mine", [1, 2])
    assert Table.from_arrays([[0.1], [0.2]]).target is None
    assert Table.from_arrays(np.array([[0.1]], np.float32))["x1"].numbers()[0] == np.float32(0.1)
    assert Table.from_arrays([[1, "a"]])["x1"].cells == ("1",)


@pytest.mark.parametrize(
    ("X", "y", "options", "message"),
    [
        ([1, 2], None, {}, r"X has shape \(2,\), expected two dimensions.*reshape\(-1, 1\)"),
        (np.zeros((0, 2)), None, {}, "X has 0 rows and 2 columns"),
        (np.zeros((2, 0)), None, {}, "X has 2 rows and 0 columns"),
        ([[1], [2, 3]], None, {}, "the rows differ in length"),
        ([[1], [2]], [1], {}, r"y has shape \(1,\), expected \(2,\)"),
        ([[1], [2]], [[1, 2], [3, 4]], {}, r"y has shape \(2, 2\), expected \(2,\)"),
        ([[1, 2]], None, {"names": ["a"]}, "1 names for 2 columns"),
        ([[1, 2]], None, {"names": ["a", "a"]}, "two columns are called 'a'"),
        ([[1]], [1], {"names": ["a"], "target": "a"}, "two columns are called 'a'"),
        ([[1.0], [np.inf]], None, {}, "column 'x1' of array: row 2 holds inf, expected a finite"),
        ([[1, "a"], [-np.inf, "b"]], None, {}, "column 'x1' of array: row 2 holds -inf"),
        ([[1j]], None, {}, "column 'x1' of array: row 1 holds 1j"),
        ([[1.0]], [np.inf], {}, "column 'target' of array: row 1 holds inf"),
    ],
)
def test_arrays_that_are_no_table(
    X: object, y: object, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        Table.from_arrays(X, y, **options)


@pytest.mark.parametrize(
    ("cells", "task", "reason"),
    [
        (["a", "b", "a"], "classification", "holds words"),
        (["yes", "no"], "classification", "yes and no"),
        (["0", "1", "NA"], "classification", "two different numbers in 2 rows.*regression"),
        (["1.5", "2.5", "1.5"], "classification", "two different numbers in 3 rows"),
        (["1", "2", "3"] * 3, "classification", "3 different whole numbers in 9 rows"),
        (["1", "2", "3"] * 2, "regression", "holds numbers.*classification"),  # half as many
        (["1.0", "2.0", "3.0"] * 5, "regression", "holds numbers"),
        ([str(i) for i in range(20)] * 3, "classification", "20 different"),
        ([str(i) for i in range(21)] * 3, "regression", "holds numbers"),
        (["7"] * 3, "classification", "1 different"),
    ],
)
def test_tasks(cells: list[str], task: str, reason: str) -> None:
    found, why = task_of(column(*cells))
    assert found == task
    assert re.search(reason, why)


def test_no_task_without_values() -> None:
    with pytest.raises(DataError, match=r"cannot predict column 'age' of t\.csv: all its cells"):
        task_of(column("", "NA"))


@pytest.mark.fault("infinite cell")
def test_an_infinite_value_has_its_place_as_facts() -> None:
    with pytest.raises(DataError) as caught:
        Table.from_arrays([[1.0, 2.0], [3.0, np.inf]], source="mine")
    facts = caught.value
    assert (facts.file, facts.row, facts.column, facts.found) == ("mine", 2, "x2", np.inf)


def test_tables_and_columns_do_not_change() -> None:
    table = Table.from_arrays([[1.0]])
    for thing, field in [(table, "columns"), (table["x1"], "cells"), (table.origin, "lines")]:
        with pytest.raises(AttributeError, match="cannot assign"):
            setattr(thing, field, ())
