"""Data frames of every kind hold the same table, and what no table can hold is refused."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from workings.data import Table
from workings.data.frames import is_frame, table_of_frame
from workings.errors import DataError

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

COLUMNS: dict[str, list[Any]] = {
    "x": [1.5, None, 3.0], "n": [1, 2, 3], "word": ["red", None, "blue"],
    "yes": [True, False, True],
    "when": [dt.datetime(2024, 1, 5), None, dt.datetime(1970, 1, 3, 12)],
}  # fmt: skip


@pytest.mark.parametrize(
    "made", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.table], ids=lambda made: made.__module__
)
def test_every_frame_is_the_same_table(made: Any) -> None:
    frame = made(COLUMNS)
    assert is_frame(frame)
    table = table_of_frame(frame, "word")
    assert (table.target, table.source, table.notes) == ("word", "the data frame", ())
    assert [c.kind for c in table.columns] == ["number", "number", "category", "boolean", "number"]
    assert table["x"].cells == ("1.5", "", "3")
    assert table["word"].texts() == ["red", None, "blue"]
    assert table["yes"].texts() == ["true", "false", "true"]
    assert np.array_equal(table["when"].numbers(), [19727, np.nan, 2.5], equal_nan=True)
    assert table["when"].spelling.date == "y-m-d"
    assert table.origin.where(0) == "row 1"


def test_what_pandas_alone_has() -> None:
    frame = pd.DataFrame({
        "whole": pd.array([1, None, 3], dtype="Int64"),
        "perhaps": pd.array([True, None, False], dtype="boolean"),
        "groups": pd.Categorical([1, 2, 1]),
        "words": pd.Categorical(["u", None, "v"]),
        "mixed": [1, "x", None],
        "zone": pd.to_datetime(["2024-01-05"] * 3).tz_localize("Europe/Berlin"),
        "long": pd.to_timedelta(["1h", None, "90min"]),
        5: [np.float32(0.1)] * 3,
    })  # fmt: skip
    table = table_of_frame(frame)
    assert table["whole"].cells == ("1", "", "3")
    assert table["perhaps"].texts() == ["true", None, "false"]
    assert (table["groups"].kind, table["groups"].cells) == ("category", ("1", "2", "1"))
    assert table["words"].texts() == ["u", None, "v"]
    assert table["mixed"].texts() == ["1", "x", None]
    assert table["zone"].numbers()[0] == 19727 - 1 / 24
    assert table["long"].cells == ("1", "", "1.5")
    assert table["5"].kind == "number"


def test_what_polars_alone_has() -> None:
    frame = pl.DataFrame({"clock": [dt.time(10, 30), None], "day": [dt.date(2024, 1, 5), None]})
    frame = frame.with_columns(pl.lit(None).alias("none"))
    table = table_of_frame(frame)
    assert table["clock"].cells == ("10.5", "")
    assert table["day"].cells == ("19727", "")
    assert table["none"].kind == "empty"


def test_an_index_is_left_aside_with_a_note() -> None:
    plain = pd.DataFrame({"a": [1, 2]})
    assert table_of_frame(plain).notes == ()
    for frame in (plain.set_axis([7, 8]), plain.rename_axis("nr"), plain.set_axis(["u", "v"])):
        (note,) = table_of_frame(frame).notes
        assert "index" in note
        assert "reset_index()" in note


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pl.DataFrame({"l": [[1], [2]]}), "column 'l' of the data frame: it holds List"),
        (pl.DataFrame({"s": [{"a": 1}]}), "column 's' of the data frame: it holds Struct"),
        (
            pd.DataFrame({"l": [None, [2]]}),
            r"column 'l' of .*: it holds a list \(row 2",
        ),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "more than one column is called 'a'"),
        (pd.DataFrame([[1, 2]], columns=[1, "1"]), "more than one column is called '1'"),
        (pd.DataFrame(), "it has 0 rows and 0 columns"),
        (pl.DataFrame({"a": []}), "it has 0 rows and 1 columns"),
        (pd.DataFrame({"a": [1.0, -np.inf]}), "row 2 holds -inf, expected a finite"),
    ],
)
def test_frames_that_are_no_table(frame: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        table_of_frame(frame)


@pytest.mark.parametrize(
    "other", ["x", [[1]], np.zeros((2, 2)), Table.from_arrays([[1]]), pd.DataFrame, {"a": [1]}]
)
def test_what_is_no_frame(other: Any) -> None:
    assert not is_frame(other)


def test_pandas_is_not_imported_for_other_frames() -> None:
    code = (
        "import sys; from workings.data.frames import table_of_frame as made; import polars as pl;"
        "made(pl.DataFrame({'a': [1, None]})); print({'pandas', 'pyarrow'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert ran.stdout.strip() == "set()"


@pytest.mark.parametrize("made", [pd.DataFrame, pl.DataFrame, pa.table])
def test_whole_numbers_that_floats_would_round_keep_their_digits(made: Any) -> None:
    ids = [2**53, 2**53 + 1, 5]
    table = table_of_frame(made({"id": ids, "n": [2**53 - 1, 0, 1]}))
    assert list(table["id"].cells) == [str(one) for one in ids]
    assert list(table["n"].cells) == [str(2**53 - 1), "0", "1"]
    assert table["id"].kind == "number"


@pytest.mark.parametrize("large", [10**400, -(10**5000)], ids=["plus", "minus"])
def test_a_number_that_is_too_large_is_named(large: int) -> None:
    table = table_of_frame(pd.DataFrame({"a": [1, 2, large]}, dtype=object))
    with pytest.raises(DataError, match=r"row 3 holds '-?1000.*which is too large"):
        table["a"].numbers()
