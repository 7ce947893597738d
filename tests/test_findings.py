"""What a table says against itself, and what it does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from workings.data import BUILTIN, Column, Origin, Table, builtin_table
from workings.data.stored import NumberCells
from workings.jobs.inspection import inspected
from workings.preparation.findings import findings, keys_of


def table_of(**columns: Sequence[Any]) -> Table:
    rows = np.array([list(map(str, cells)) for cells in columns.values()], object).T
    return Table.from_arrays(rows, names=list(columns))


def said(table: Table, target: str | None = "y", task: str = "classification") -> str:
    return "\n".join(findings(table, target, task))


A = [5, 3, 8, 1, 9, 2, 7, 5, 3, 4, 6, 1]
B = ["u", "v", "w", "u", "v", "u", "w", "v", "u", "w", "v", "u"]
Y = ["k", "l", "k", "l", "k", "k", "l", "k", "l", "l", "k", "k"]


def test_nothing_odd() -> None:
    assert said(table_of(a=range(20, 32), b=B, y=Y)) == ""


def test_rows_that_are_there_twice() -> None:
    once = table_of(a=range(20, 32), b=B, y=Y)
    twice = once.take([*range(12), 0, 1, 0])
    assert "3 rows repeat another one" in said(twice)
    assert "1 row repeats another one" in said(once.take([*range(12), 0]))


def test_rows_that_contradict_each_other() -> None:
    table = table_of(a=[1] * 6 + [2] * 6, b=["u"] * 12, y=["k", "l", "k", *"kkk", *"llllll"])
    assert "6 rows contradict each other" in said(table)
    again = table_of(id=range(12), a=[1] * 6 + [2] * 6, y=["k", "l", "k", *"kkk", *"llllll"])
    assert "6 rows contradict each other" in said(again)


def test_a_column_that_counts_makes_no_rows_different() -> None:
    places = [7, 3, 0, 11, 5, 1, 9, 2, 10, 4, 8, 6]
    for counting, how in ((range(12), ""), (places, ", in another order")):
        found = said(table_of(x=counting, a=[1] * 6 + [2] * 6, y=["k", "l", "k", *"kkk", *"l" * 6]))
        assert f"'x' counts the rows, 0 to 11{how}: unless the order" in found
        assert "6 rows contradict each other: the same inputs ('x' aside) with" in found
        assert "9 rows repeat another one ('x' aside)" in found
    assert "counts" not in said(table_of(x=[*range(11), 12], b=B, y=Y))


def test_columns_that_give_the_target_away() -> None:
    codes = {"k": 7, "l": 9}
    assert "'b' gives 'y' away (each of its values goes with one class, and each class" in said(
        table_of(a=range(20, 32), b=[codes[y] for y in Y], y=Y)
    )
    groups = [f"{y}{place % 2}" for place, y in enumerate(Y)]
    assert "'b' gives 'y' away (each of its values goes with one class)" in said(
        table_of(a=range(20, 44), b=groups * 2, y=Y * 2)
    )
    amounts = [3.5 * a + 2 for a in A]
    table = table_of(a=A, b=B, y=amounts)
    assert "'a' gives 'y' away (it is the same amount in other units)" in said(
        table, task="regression"
    )
    assert "away" not in said(table_of(a=A, y=[a**2 for a in A]), task="regression")


def test_columns_that_count_or_are_mostly_missing() -> None:
    found = said(table_of(x=range(1, 13), b=B, gone=["1"] * 5 + [""] * 7, y=Y))
    assert "'x' counts the rows, 1 to 12: unless the order" in found
    assert "'gone' is missing in 7 of 12 rows" in found
    assert "counts" not in said(table_of(year=range(1970, 1982), b=B, y=Y))


def test_classes_with_one_row() -> None:
    found = said(table_of(a=range(20, 32), b=B, y=["k"] * 5 + ["l"] * 5 + ["m", "n"]))
    assert "2 classes have one row only ('m', 'n')" in found
    many = said(table_of(a=range(200, 400), y=[f"c{i}" for i in range(200)]))
    assert "200 classes have one row only ('c0', 'c1', 'c2', 'c3', 'c4', ...)" in many


def numbers_of(name: str, *values: float) -> Table:
    """A column that is kept as numbers, as those of large tables are."""
    origin = Origin("array", range(1, len(values) + 1), "row")
    return Table(origin, (Column(name, NumberCells(np.array(values)), origin),))


def test_a_missing_target_is_no_class() -> None:
    assert "one row only" not in said(numbers_of("y", *[0.5] * 11, 1.5, 1.5, np.nan))
    assert "2 classes have one row only ('1.5', '9')" in said(
        numbers_of("y", *[0.5] * 11, 1.5, 9, np.nan)
    )


def test_keys_are_the_same_for_the_same_value() -> None:
    table = table_of(a=["x", "", "NA", "x", "y"])
    keys = keys_of(table["a"]).tolist()
    assert keys[0] == keys[3]
    assert keys[1] == keys[2] == 0
    assert len(set(keys)) == 3


def test_keys_of_numbers_are_those_of_their_values() -> None:
    keys = keys_of(numbers_of("a", 0.0, -0.0, np.nan, *range(1, 90))["a"]).tolist()
    assert keys[0] == keys[1] != 0
    assert keys[2] == 0
    assert len(set(keys)) == 91


def test_rows_for_each_weight_are_counted() -> None:
    found = inspected(table_of(a=range(20, 32), b=B, y=Y), "y")
    assert "193 weights for 10 rows to train on, 0.052 rows for each" in found.findings[-1]


def test_what_would_be_refused_is_said_and_the_rest_shown() -> None:
    found = inspected(table_of(a=[1, 2, "12O.5", 4], b=["u", "v", "w", "u"], y=["k"] * 4), "y")
    assert "every row of array has y = 'k'" in found.refused
    broken, words, _ = found.columns
    assert "row 3 holds '12O.5'" in broken.becomes
    assert (words.kind, words.values) == ("category", "u, v, w")


def test_without_a_target() -> None:
    found = inspected(table_of(a=A, b=B, row_id=range(100, 112)))
    assert (found.target, found.task, found.refused) == (None, "", "")
    assert [c.becomes.split(";")[0] for c in found.columns[:2]] == [
        "1 input, scaled", "3 inputs, one for each word",
    ]  # fmt: skip
    assert found.columns[2].becomes.startswith("left out: another number in each of 12 rows")


@pytest.mark.parametrize("name", BUILTIN)
def test_every_builtin_table_can_be_looked_at(name: str) -> None:
    table = builtin_table(name)
    found = inspected(table)
    assert (found.task, found.refused) == (BUILTIN[name].task, "")
    assert len(found.columns) == len(table.columns)
    assert not [line for line in found.findings if "away" in line]
