"""Tables as people have them: the same table is the same model, and what is no table is said."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faults.harness import around
from faults.saying import checked
from workings.data import Table, read_table, sources
from workings.data.reading import read_bytes
from workings.errors import DataError, SettingError, UnknownName, WorkingsError
from workings.jobs.fitting import train
from workings.models import Model

ROWS = [["size", "colour", "weight", "kind"]] + [
    [f"{place * 37 % 23 / 4}", ["red", "green", "blue"][place % 3],
     "" if place % 11 == 5 else f"{place * place % 17}.25", "yes" if place % 4 > 1 else "no, not"]
    for place in range(40)
]  # fmt: skip
SMALL: dict[str, Any] = {"hidden": [3], "epochs": 3, "seed": 3}


def spelled(rows: list[list[str]] = ROWS, **dialect: Any) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, **{"lineterminator": "\n", **dialect}).writerows(rows)
    return file.getvalue()


def comma(rows: list[list[str]]) -> list[list[str]]:
    """Numbers with a decimal comma."""
    return [[cell.replace(".", ",") for cell in row] for row in rows]


def ordered(*order: int) -> list[list[str]]:
    return [[row[place] for place in order] for row in ROWS]


LONG = [[*row, "x" * 20] for row in ROWS]
WAYS: dict[str, bytes] = {
    "a mark before it": b"\xef\xbb\xbf" + spelled().encode(),
    "CRLF": spelled(lineterminator="\r\n").encode(),
    "CR": spelled(lineterminator="\r").encode(),
    "UTF-16": spelled().encode("utf-16"),
    "UTF-16 the other way": b"\xfe\xff" + spelled().encode("utf-16-be"),
    "UTF-32": spelled().encode("utf-32"),
    "tabs": spelled(delimiter="\t").encode(),
    "semicolons": spelled(delimiter=";").encode(),
    "bars": spelled(delimiter="|").encode(),
    "a line that says sep=": b"sep=;\n" + spelled(delimiter=";").encode(),
    "all quoted": spelled(quoting=csv.QUOTE_ALL).encode(),
    "words quoted": spelled(quoting=csv.QUOTE_NONNUMERIC).encode(),
    "decimal commas": spelled(comma(ROWS), delimiter=";").encode(),
    "decimal commas, quoted": spelled(comma(ROWS), delimiter=";", quoting=csv.QUOTE_ALL).encode(),
    "blank lines": spelled().replace("\n", "\n\n").encode(),
    "no end of line at the end": spelled().rstrip("\n").encode(),
    "other words for missing": spelled(
        [[cell or "NA" for cell in row] for row in ROWS]).encode(),
    "more digits": spelled(
        [[f"{cell}000" if "." in cell else cell for cell in row] for row in ROWS]).encode(),
}  # fmt: skip


def learnt(path: Path) -> Model:
    return train(path, "kind", **SMALL).model


def written(folder: Path, data: bytes) -> Path:
    path = folder / "t.csv"
    path.write_bytes(data)
    return path


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Path]:
    """The model of the table as it is, and the file."""
    path = written(tmp_path_factory.mktemp("plain"), spelled().encode())
    return learnt(path), path


def bits(x: Any) -> bytes:
    return np.asarray(x).tobytes()


@pytest.mark.fault("equal files", "T6")
@pytest.mark.parametrize("way", WAYS)
def test_files_that_hold_the_same_table_are_the_same_model(
    plain: tuple[Model, Path], tmp_path: Path, way: str
) -> None:
    model, file = plain
    path = written(tmp_path, WAYS[way])
    again = learnt(path)
    assert {word: bits(x) for word, x in again.values.items()} == {
        word: bits(x) for word, x in model.values.items()
    }
    assert again.preparation == model.preparation
    assert bits(again.answers(read_table(path))) == bits(model.answers(read_table(file)))
    assert again.predict(path).tolist() == model.predict(file).tolist()


@pytest.mark.fault("equal files", "predict rows")
@pytest.mark.parametrize("order", [(3, 2, 1, 0), (1, 0, 2, 3), (2, 3, 0, 1)])
def test_columns_are_found_by_name_in_whatever_order_they_come(
    plain: tuple[Model, Path], tmp_path: Path, order: tuple[int, ...]
) -> None:
    model, file = plain
    path = written(tmp_path, spelled(ordered(*order), delimiter=";").encode())
    assert bits(model.answers(read_table(path))) == bits(model.answers(read_table(file)))
    more = [[*row, "" if place else "more"] for place, row in enumerate(ordered(*order))]
    path = written(tmp_path, spelled(more).encode())
    assert bits(model.answers(read_table(path))) == bits(model.answers(read_table(file)))


@pytest.mark.fault("equal files", "memory")
def test_a_long_file_is_the_same_model_as_a_small_one(
    plain: tuple[Model, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, path = plain
    monkeypatch.setattr(sources.Source, "small", property(lambda self: False))
    assert bits(learnt(path).answers(read_table(path))) == bits(model.answers(read_table(path)))


_delimiters = st.sampled_from(",;\t|")
_number = st.floats(-1e6, 1e6).map(repr)
_tables = st.lists(st.tuples(_number, _number, st.sampled_from("ab")), min_size=8, max_size=12)


@settings(max_examples=12)
@given(rows=_tables, delimiter=_delimiters, end=st.sampled_from(["\n", "\r\n", "\r"]),
       codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
       quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))  # fmt: skip
@pytest.mark.fault("equal files")
def test_whatever_the_spelling_the_answers_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str,
    end: str, codec: str, quoting: Any,
) -> None:  # fmt: skip
    folder = tmp_path_factory.getbasetemp()
    table = [["a", "b", "y"], *map(list, rows)]
    first = written(folder, spelled(table).encode())
    one = _outcome(first)
    other = spelled(table, delimiter=delimiter, lineterminator=end, quoting=quoting).encode(codec)
    assert _outcome(written(folder, other)) == one


def _outcome(path: Path) -> Any:
    """All bits of the answers, or what is said instead."""
    try:
        return bits(train(path, "y", hidden=[2], epochs=1).model.answers(read_table(path)))
    except (DataError, SettingError) as error:
        return checked(error).replace(str(path), "")


# -- each fault of the list ------------------------------------------------------------------------


def of(text: str, name: str = "t.csv") -> Table:
    return read_bytes(text.encode(), name)


def refused(work: Callable[[], object], *words: str) -> str:
    with pytest.raises((DataError, SettingError, UnknownName)) as caught:
        work()
    said = checked(caught.value)
    for word in words:
        assert word in said, said
    return said


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


# -- what is hostile -------------------------------------------------------------------------------


@pytest.mark.fault("T5", "memory")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda: (",".join(f"c{place}" for place in range(10**6)) + "\n").encode(), "columns"),
        (lambda: b"a,b\n" + b"x" * 10**7 + b",1\n", "line 2"),
        (lambda: b'a,b\n"' + b"x\n" * 10**6, "line 2"),
        (lambda: b"a,b\n1,2\n" + b"," * 10**6 + b"\n", "line 3"),
    ],
    ids=["a million columns", "ten million signs", "a quote without end", "a row without end"],
)
def test_tables_without_measure_are_refused(
    tmp_path: Path, data: Callable[[], bytes], words: str
) -> None:
    refused(lambda: read_table(written(tmp_path, data())), words)


HOSTILE = ("=1+1", "@SUM(A1)", "-cmd|'/c calc'!A0", "\x1b]0;x\x07", "<script>alert(1)</script>",
           "&amp;", '<!ENTITY a "b">', "${x}", "__import__('os')", "\u202eabc")  # fmt: skip


@pytest.mark.fault("T5")
def test_hostile_text_stays_text() -> None:
    rows = [[word, str(place)] for place, word in enumerate(HOSTILE * 3)]
    table = of(spelled([["word", "n"], *rows]))
    assert list(table["word"].cells) == list(HOSTILE * 3)


@pytest.mark.fault("shrinking file")
@pytest.mark.parametrize("to", [0, 100, 5_000_000])
def test_a_long_file_that_becomes_shorter_while_it_is_read(tmp_path: Path, to: int) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "12345678,word\n" * 500_000)
    source_of = sources.source_of

    def shrunk(name: Any, kept: Any) -> sources.Source:
        found = source_of(name, kept)
        assert found.head
        os.truncate(path, to)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "source_of", shrunk)
        try:
            table = read_table(path)
        except DataError as error:
            checked(error, str(path))
        else:
            raise AssertionError(f"{len(table)} rows were read of a file that was cut meanwhile")


LIMITED = """
import resource, sys
import workings
from workings.data import read_table
import pyarrow, pyarrow.csv
limit = int(open("/proc/self/statm").read().split()[0]) * 4096 + int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    read_table(sys.argv[1])
except workings.errors.DataError as error:
    print(error)
"""


@pytest.mark.fault("memory")
def test_a_long_table_is_read_in_bounded_memory_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    row = ",".join("123.5" for _ in range(10)) + "\n"
    path.write_text("a,b,c,d,e,f,g,h,i,j\n" + row * 300_000)  # 18 MB, 24 MB of numbers
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", LIMITED, str(path), str(1_500_000_000)],
        capture_output=True, text=True, check=False, env=around(),
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout == ""


# -- anything at all -------------------------------------------------------------------------------


def _pieces() -> Iterator[str]:
    yield from (
        '"',
        '""',
        ",",
        ";",
        "\t",
        "|",
        "\n",
        "\r",
        "\r\n",
        " ",
        "\0",
        "\ufeff",
        "sep=",
        "#",
    )
    yield from ("1", "-2.5", "1e400", "1,5", "NA", "a", "ä", "名", "2024-01-05", "5 %", "$", "(3)")
    yield from ("<html>", "{", "PK\x03\x04", "\x1f\x8b", "PAR1", "\x1b[31m", "\u2028", "x" * 200)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(list(_pieces())), max_size=40).map("".join), st.booleans())
@pytest.mark.fault("T5", "T6", "ragged")
def test_whatever_the_text_it_is_a_table_or_refused(text: str, large: bool) -> None:
    read_or_refused(text.encode("utf-8", "surrogatepass"), large)


@settings(max_examples=200)
@given(st.binary(max_size=300), st.booleans())
@pytest.mark.fault("T5", "ragged")
def test_whatever_the_bytes_they_are_a_table_or_refused(data: bytes, large: bool) -> None:
    read_or_refused(data, large)


def read_or_refused(data: bytes, large: bool) -> None:
    """What the fuzzer asks too."""
    with pytest.MonkeyPatch.context() as patch:
        if large:
            patch.setattr(sources.Source, "small", property(lambda self: False))
        try:
            table = read_bytes(data, "t.csv")
        except DataError as error:
            checked(error)
            return
    assert len({len(column.cells) for column in table.columns}) == 1
    assert len(table.lines) == len(table) > 0
    assert len(set(table.names)) == len(table.names)
