"""Cells kept compactly are sequences of text like any other, and columns of them answer alike."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workings.data import Column, Origin, Table, arrays
from workings.data.growing import packed
from workings.data.stored import Lines, NumberCells, Packed, WordCells, spelled, worded
from workings.errors import DataError


@given(st.floats(allow_infinity=False))
def test_a_number_reads_back_the_same(value: float) -> None:
    text = spelled(value)
    if np.isnan(value):
        assert text == ""
    else:
        assert float(text) == value
        assert np.signbit(float(text)) == np.signbit(value)
        assert not text.endswith(".0")


TEXTS = ("b", "a", "b", "", "ü€", "a")


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        (NumberCells(np.array([1.0, np.nan, 0.25, -0.0])), ("1", "", "0.25", "-0")),
        (worded(TEXTS), TEXTS),
        (packed(TEXTS), TEXTS),
        (WordCells(np.array([1, 0]), packed(("x", "y"))), ("y", "x")),
    ],
)
def test_cells_are_a_sequence_of_texts(cells: Sequence[str], texts: tuple[str, ...]) -> None:
    assert cells == texts
    assert texts == cells
    assert list(cells) == list(texts)
    assert (len(cells), cells[0], cells[-1], cells[1:3]) == (
        len(texts), texts[0], texts[-1], texts[1:3],
    )  # fmt: skip
    assert hash(cells) == hash(texts)
    assert cells != texts[1:]
    assert cells != (*texts[1:], "other")
    assert cells != 5
    assert pickle.loads(pickle.dumps(cells)) == cells  # noqa: S301
    with pytest.raises(IndexError):
        cells[len(texts)]


def test_words_that_no_row_holds_do_not_count() -> None:
    cells = WordCells(np.array([2, 1, 2]), ("a", "b", "c", "b"))
    assert cells.distinct() == ["b", "c"]
    assert cells.take([0]).distinct() == ["c"]
    assert Column("x", cells.take([0]), Origin("t", [2])).words == ["c"]


def test_what_is_kept_cannot_be_changed_by_accident() -> None:
    for array in (NumberCells(np.ones(2)).values, worded(("a",)).codes):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_lines() -> None:
    lines = Lines(np.array([2, 5, 9]))
    assert (list(lines), lines[-1], list(lines[1:]), 5 in lines) == ([2, 5, 9], 9, [5, 9], True)
    assert type(lines[0]) is int


_cells = st.lists(
    st.sampled_from(["1", "2.5", "-3", "", "NA", "x", "yes", "no", "1e400", "5 %", "1,234"]),
    min_size=1, max_size=8,
)  # fmt: skip


def _facts(column: Column) -> list[object]:
    digest = hashlib.sha256()
    column.digest_into(digest)
    facts: list[object] = [column.missing.tolist(), column.texts(), digest.hexdigest()]
    for ask in (lambda: column.kind, lambda: repr(column.numbers()), lambda: column.spelling):
        try:
            facts.append(ask())
        except DataError as error:
            facts.append(str(error))
    return facts


@given(_cells, st.data())
def test_words_answer_as_texts_do(cells: list[str], data: st.DataObject) -> None:
    origin = Origin("t.csv", range(2, len(cells) + 2))
    text, word = Column("x", tuple(cells), origin), Column("x", worded(cells), origin)
    assert text == word
    assert _facts(text) == _facts(word)
    rows = data.draw(st.lists(st.integers(0, len(cells) - 1), min_size=1))
    parts = [one.take(rows, origin.take(rows)) for one in (text, word)]
    assert parts[0] == parts[1]
    assert _facts(parts[0]) == _facts(parts[1])


@given(st.lists(st.floats(-9, 9) | st.just(float("nan")), min_size=1, max_size=8))
def test_numbers_answer_as_texts_do(values: list[float]) -> None:
    cells = NumberCells(np.array(values))
    origin = Origin("t.csv", range(2, len(values) + 2))
    text, number = Column("x", tuple(cells), origin), Column("x", cells, origin)
    assert text == number
    assert _facts(text) == _facts(number)


def test_the_digest_tells_columns_apart() -> None:
    origin = Origin("t.csv", [2, 3])
    cases = [("a", "b"), ("b", "a"), ("a", "bx"), ("1", "2"), ("1", ""), ("", "1"), ("ab", "")]
    digests = {str(_facts(Column("x", cells, origin))[2]) for cells in cases}
    assert len(digests) == len(cases)
    assert _facts(Column("y", ("1", "2"), origin))[2] not in digests


def test_long_arrays_are_kept_compactly() -> None:
    many = np.arange(arrays.LONG + 1) / 8
    few = many % 3 // 1
    nothing = np.where(few == 1, np.nan, few)
    table = Table.from_arrays(np.column_stack([many, few, nothing]), few.astype(int))
    kept = [type(column.cells) for column in table.columns]
    assert kept == [NumberCells, WordCells, WordCells, WordCells]
    assert table["x2"].cells[0] == "0.0"
    assert table["target"].cells[0] == "0"
    assert np.array_equal(table["x1"].numbers(), many)
    assert np.array_equal(table["x3"].numbers(), nothing, equal_nan=True)
    signed = np.where(np.arange(arrays.LONG + 1) % 2, -0.0, 0.0)
    assert np.signbit(Table.from_arrays(signed[:, None])["x1"].numbers()).sum() == len(signed) // 2
    large = np.full((arrays.LONG + 1, 1), 2**60 + 1)
    assert Table.from_arrays(large)["x1"].cells[0] == str(2**60 + 1)
    many[7] = np.inf
    with pytest.raises(DataError, match="row 8 holds inf"):
        Table.from_arrays(many[:, None])


def test_packed_texts_are_those_that_were_packed() -> None:
    assert isinstance(packed(TEXTS), Packed)
    assert list(packed(())) == []
