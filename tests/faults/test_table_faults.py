"""What is wrong in a table is said: each fault of the list."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from faults.saying import checked
from faults.tabled import SMALL, bits, of, refused, spelled, written
from workings.data import read_table
from workings.errors import DataError, WorkingsError
from workings.jobs.fitting import train
from workings.models import Model


@pytest.mark.fault("infinite cell")
@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e400", "-1e999", "1" * 400])
def test_a_cell_that_is_not_finite_is_named_with_its_line_and_column(cell: str) -> None:
    rows = "".join(f"{place},{place % 2}\n" for place in range(12))
    refused(lambda: train(of(f"size,y\n{rows}{cell},1\n"), "y", **SMALL), "line 14", "size")


@pytest.mark.fault("infinite cell", "missing cells")
def test_nan_is_a_missing_cell_in_training_and_in_prediction() -> None:
    rows = "".join(f"{place % 5},{place},{place % 2}\n" for place in range(20))
    whole = train(of(f"a,b,y\n{rows}NaN,3,1\n,4,0\n"), "y", **SMALL)
    filled = whole.model.answers(of("a,b\nnan,3\n,3\nnull,3\n?,3\n-,3\n#N/A,3\n#DIV/0!,3\n"))
    assert len({bits(row) for row in filled}) == 1
    assert int(whole.training["a"].missing.sum() + whole.test["a"].missing.sum()) == 2


@pytest.mark.fault("bad cell")
@pytest.mark.parametrize("cell", ["12O.5", "1,234.5.6", "3..5", "l2", "0x1F", "５", "1e", "4 7a"])
def test_one_bad_cell_among_numbers_is_named(cell: str) -> None:
    rows = "".join(f"{place}.5;{place % 2}\n" for place in range(30))
    table = of(f"size;y\n{rows}{cell};1\n")
    refused(lambda: train(table, "y", **SMALL), "line 32", "size", cell[:3])


@pytest.mark.fault("bad cell", "predict rows")
def test_a_bad_cell_in_rows_to_predict_is_named(plain: tuple[Model, Path]) -> None:
    model, _ = plain
    refused(lambda: model.predict(of("size,colour,weight\n1,red,2\n2,red,12O.5\n")),
            "line 3", "weight", "12O.5")  # fmt: skip


@pytest.mark.fault("number spelling")
@pytest.mark.parametrize(
    "cells", [["0x1F", "0x2A", "0xFF"], ["１２", "３４", "５６"], ["٣", "٤", "٥"]]
)
def test_digits_of_another_kind_are_words_or_refused_and_never_other_numbers(
    cells: list[str],
) -> None:
    lines = "".join(f"{cell},{place % 2}\n" for place, cell in enumerate(cells * 4))
    try:
        column = of(f"size,y\n{lines}")["size"]
        numbers = column.numbers().tolist() if column.kind == "number" else None
    except DataError as error:
        checked(error, "line 2")
        return
    assert numbers is None or numbers == [float(int(cell, 0)) for cell in cells * 4]


@pytest.mark.fault("ragged", "T6")
@pytest.mark.parametrize(
    ("text", "words"),
    [("a,y\n1,2\n3\n", "line 3"), ('a,y\n1,2\n"3,4\n', "line 3"), ("a\n1,2\n", "line 2"),
     ("1,2\n3,4\n", "line 1"), ("<!DOCTYPE html>\n", "web page"),
     ("version https://git-lfs.github.com/spec/v1\n", "Git LFS"), ('{"a": 1}\n', "JSON"),
     ("PK\x03\x04", "packed"), ("a,y\n", "no rows"), ("", "empty"), ("a,y\n\0,1\n", "zero bytes")],
)  # fmt: skip
def test_what_is_no_table_is_said(tmp_path: Path, text: str, words: str) -> None:
    refused(lambda: read_table(written(tmp_path, text.encode())), words, "t.csv")


@pytest.mark.fault("column names")
@pytest.mark.parametrize("names", ["a,a,y", "a,,y", "a,y,y", " a ,a,y"])
def test_names_that_are_none_or_twice_are_named(names: str) -> None:
    text = f"{names}\n" + "1,2,x\n3,4,z\n" * 5
    try:
        table = of(text)
    except DataError as error:
        checked(error, "line 1")
        return
    assert len(set(table.names)) == 3  # a name was made, and that is said
    assert any("name" in note for note in table.notes)


@pytest.mark.fault("target")
def test_a_target_that_is_not_there_is_answered_with_those_there_are() -> None:
    table = of("Size,Kind\n" + "1,a\n2,b\n" * 8)
    refused(lambda: train(table, "kind", **SMALL), "Did you mean 'Kind'")
    refused(lambda: train(table, "colour", **SMALL), "Size", "Kind")
    refused(lambda: train(table, None, **SMALL), "which column", "Size, Kind")
    refused(lambda: train(of("a,y\n" + "1,\n2,NA\n" * 4), "y", **SMALL), "y")


@pytest.mark.fault("target")
def test_rows_without_a_target_are_left_out_and_that_is_said() -> None:
    rows = "".join(f"{place},{'ab'[place % 2]}\n" for place in range(20))
    result = train(of(f"a,y\n{rows}5,\n6,NA\n"), "y", **SMALL)
    assert len(result.training) + len(result.test) == 20
    assert any("without a value in y were left out: 2" in note for note in result.notes)


@pytest.mark.fault("few rows")
@pytest.mark.parametrize(
    ("text", "words"),
    [("a,y\n", "no rows"), ("a,y\n1,x\n", "1 row"), ("a,y\n" + "1,x\n2,x\n" * 5, "every row"),
     ("y\n" + "x\nz\n" * 5, "no column"), ("a,y\n" + "1,x\n1,z\n" * 5, "same in every row")],
)  # fmt: skip
def test_tables_of_which_nothing_can_be_learnt(text: str, words: str) -> None:
    refused(lambda: train(of(text), "y", **SMALL), words)


@pytest.mark.fault("many classes", "memory")
def test_ten_thousand_classes_are_refused_before_memory_is_spent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = "".join(f"{place % 97},c{place // 2}\n" for place in range(20_000))
    table = of(f"a,y\n{rows}")
    monkeypatch.setattr("workings.memory.free_memory", lambda: 10**9)
    refused(lambda: train(table, "y", **SMALL), "GB of memory", "are free")


@pytest.mark.fault("many classes")
def test_fractions_are_amounts() -> None:
    rows = "".join(f"{place},{place / 7}\n" for place in range(30))
    assert train(of(f"a,y\n{rows}"), "y", **SMALL).model.classes == ()


@pytest.mark.fault("useless columns")
def test_columns_that_cannot_help_are_left_out_and_said() -> None:
    body = "".join(
        f"{place},7,,{place * 13 % 29},text number {place * 7},2024-01-{place % 28 + 1:02},"
        f"{'ab'[place % 2]}\n"
        for place in range(200)
    )
    result = train(of(f"id,same,empty,size,text,day,y\n{body}"), "y", **SMALL)
    left = dict(result.model.preparation.left_out)
    assert set(left) == {"id", "same", "empty", "text"}
    assert all(left.values())
    assert result.model.preparation.inputs_count == 2  # the size and the day


@pytest.mark.fault("predict rows")
@pytest.mark.parametrize(
    ("text", "words"),
    [("size,weight\n1,2\n", "colour"), ("size,Colour,weight\n1,red,2\n", "colour"),
     ("size,colour,weight\n1,purple,2\n", "purple"), ("size,colour,weight\nmany,red,2\n", "many")],
)  # fmt: skip
def test_rows_that_do_not_fit_the_model_are_said(
    plain: tuple[Model, Path], text: str, words: str
) -> None:
    refused(lambda: plain[0].predict(of(text)), words)


@pytest.mark.fault("predict rows")
def test_a_word_never_seen_leaves_the_other_rows_alone(plain: tuple[Model, Path]) -> None:
    model, _ = plain
    with_it = model.answers(of("size,colour,weight\n1,red,2\n1,purple,2\n"), unseen="none")
    without = model.answers(of("size,colour,weight\n1,red,2\n1,green,2\n"))
    assert bits(with_it[0]) == bits(without[0])


@pytest.mark.fault("huge values")
@pytest.mark.parametrize("value", ["1e300", "-1e307", "1e154", "1e-300", "1000000001"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_huge_values_give_a_finite_model_or_an_error(value: str, dtype: str) -> None:
    rows = "".join(
        f"{value if place == 7 else place},{place % 3},{place % 2}\n" for place in range(24)
    )
    for target in ("y", "a"):
        try:
            result = train(of(f"a,b,y\n{rows}"), target, dtype=dtype, **SMALL)
        except WorkingsError as error:
            checked(error)
            continue
        assert all(np.isfinite(x).all() for x in result.model.values.values())
        assert np.isfinite(result.history.loss).all()


@pytest.mark.fault("labels")
@pytest.mark.parametrize(
    "labels",
    [("01", "1x", "001"), ("True", "False"), ("=1+1", "@x"), ("Nab", "nAn x"), ("a'b", 'c"d')],
)
def test_labels_are_given_back_as_they_are_spelled(labels: tuple[str, ...]) -> None:
    rows = [["a", "y"], *([str(place), label] for place, label in enumerate(labels * 8))]
    model = train(of(spelled(rows)), "y", **SMALL).model
    assert set(model.classes) == set(labels)


@pytest.mark.fault("labels", "missing cells")
def test_labels_that_mean_missing_are_counted_as_missing() -> None:
    rows = "".join(f"{place},{['a', 'b', 'NA', 'nan'][place % 4]}\n" for place in range(40))
    result = train(of(f"x,y\n{rows}"), "y", **SMALL)
    assert result.model.classes == ("a", "b")
    assert any("left out: 20" in note for note in result.notes)
