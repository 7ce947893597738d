"""Tables as people have them: files that hold the same table are the same model."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faults.saying import checked
from faults.tabled import ROWS, bits, learnt, spelled, written
from workings.data import read_table, sources
from workings.errors import DataError, SettingError
from workings.jobs.fitting import train
from workings.models import Model


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
