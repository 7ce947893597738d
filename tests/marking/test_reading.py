"""Workings from workbooks, CSV and JSON: what is read, what is said, what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workings.errors import DataError, WorkingsError
from workings.marking import reading_json, reading_tables
from workings.marking.problem import Problem
from workings.marking.reading import MAX_BYTES, problem_in, read
from workings.marking.working import Working
from workings.worksheets import Exercise, exercise, write
from workings.worksheets.xlsx import HIDDEN, SHEET

Edit = Callable[[openpyxl.Workbook], None]


def lists(working: Working) -> dict[str, list[list[float]]]:
    return {word: value.tolist() for word, value in working.values.items()}


@pytest.fixture(scope="module")
def made() -> Exercise:
    return exercise([2, 2, 1], seed=7, blank="deltas,loss")


@pytest.fixture
def sheet(tmp_path: Path, made: Exercise) -> Path:
    path = tmp_path / "sheet.xlsx"
    write(made, path)
    return path


def edited(path: Path, edit: Edit) -> Path:
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def place(book: openpyxl.Workbook, word: str) -> tuple[int, int]:
    """The first cell of a matrix on the sheet, from 1."""
    pieces = [row[0].value for row in book[HIDDEN].iter_rows()]
    _, row, column, *_ = json.loads("".join(pieces))["places"][word]
    return row + 1, column + 1


def put(word: str, *values: object) -> Edit:
    def edit(book: openpyxl.Workbook) -> None:
        row, column = place(book, word)
        for down, value in enumerate(values):
            book[SHEET].cell(row + down, column).value = value

    return edit


# -- a sheet of ours -------------------------------------------------------------------------------


def test_an_empty_sheet_has_blanks_where_they_belong(sheet: Path, made: Exercise) -> None:
    found = read(sheet)
    for word, value in found.values.items():
        assert np.isnan(value).all() == (word in made.blank), word
    assert found.printed == set(found.values) - set(made.blank)
    assert found.written["d_output"] == (("",), ("",), ("",))


def test_what_is_filled_in_is_read(sheet: Path) -> None:
    found = read(edited(sheet, put("d_output", 0.1, -0.25, 0.123456789)))
    assert found.values["d_output"].ravel().tolist() == [0.1, -0.25, 0.123456789]
    assert [row[0] for row in found.written["d_output"]] == ["0.1000", "-0.2500", "0.123456789"]


def test_words_in_a_cell_are_named_with_their_place(sheet: Path) -> None:
    found = read(edited(sheet, put("d_output", "abc", "0,25", "")))
    row, column = place(openpyxl.load_workbook(sheet), "d_output")
    letters = openpyxl.utils.get_column_letter(column)
    assert np.isnan(found.values["d_output"][0, 0])
    assert found.values["d_output"][1, 0] == 0.25  # typed as text, with a decimal comma
    assert f"Sheet {SHEET}, cell {letters}{row} (d_output[1,1]) holds 'abc'" in found.notes[0]


def test_a_formula_counts_as_the_value_it_had_and_is_said(sheet: Path) -> None:
    put_formula = put("d_output", "=0.1+0.2", "=A1", 0.5)
    found = read(edited(sheet, put_formula))  # openpyxl writes formulas without values
    assert found.values["d_output"][2, 0] == 0.5
    assert any("2 formulas that were never computed" in note for note in found.notes)


def test_rows_put_in_above_do_not_move_a_matrix(sheet: Path, made: Exercise) -> None:
    before = lists(read(edited(sheet, put("d_output", 0.1, 0.2, 0.3))))
    moved = lists(read(edited(sheet, lambda book: book[SHEET].insert_rows(3, 2))))
    assert str(moved) == str(before)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda book: book[SHEET].delete_rows(1, 500), "does not stand above its matrix"),
        (lambda book: setattr(book[SHEET], "title", "Mine"), "no worksheet 'Worksheet'"),
        (lambda book: setattr(book[HIDDEN]["A1"], "value", "{}"), "where the matrices stand"),
        (lambda book: setattr(book[HIDDEN]["A1"], "value", "nothing"), "was changed"),
        (lambda book: setattr(book[HIDDEN]["A1"], "value", '{"digits": 4, "blank": [], "places": '
                              '{"z": ["Worksheet", 0, 0, 999999, 999999]}}'), "where the matrices"),
    ],
)  # fmt: skip
def test_a_sheet_that_was_taken_apart_is_refused(sheet: Path, edit: Edit, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read(edited(sheet, edit))


@pytest.mark.parametrize("ending", [".xlsx", ".html", ".tex"])
def test_every_sheet_carries_its_problem(tmp_path: Path, made: Exercise, ending: str) -> None:
    path = tmp_path / f"sheet{ending}"
    write(made, path)
    carried = problem_in(path)
    assert carried is not None
    again = Problem.from_json(carried)
    assert again.program == made.problem.program
    assert again.network == made.network
    assert all(
        np.array_equal(again.values[word], made.problem.values[word])
        for word in made.problem.program.given
    )


# -- any workbook ----------------------------------------------------------------------------------


def test_a_workbook_of_ones_own_has_names_above_its_matrices(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [["d_output"], [0.12], [0.5], [], ["wh"], [1, 2], [3, None]]:
        book.active.append(row)
    book.save(tmp_path / "own.xlsx")
    found = read(tmp_path / "own.xlsx")
    assert str(lists(found)) == str(
        {"d_output": [[0.12], [0.5]], "wh": [[1.0, 2.0], [3.0, np.nan]]}
    )
    assert problem_in(tmp_path / "own.xlsx") is None


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as file:
        file.writestr("a.txt", "hello")
    with pytest.raises(DataError, match="no workbook"):
        read(tmp_path / "x.xlsx")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, sheet: Path) -> None:
    with zipfile.ZipFile(sheet) as old, zipfile.ZipFile(
        tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED
    ) as new:  # fmt: skip
        for entry in old.namelist():
            new.writestr(entry, old.read(entry))
        with new.open("xl/media/zeros.bin", "w", force_zip64=True) as big:
            for _ in range(1100):
                big.write(bytes(2**20))
    assert (tmp_path / "bomb.xlsx").stat().st_size < 2 * 2**20
    with pytest.raises(DataError, match=r"unpacks to 1\.1 GiB"):
        read(tmp_path / "bomb.xlsx")


def test_a_cell_far_away_is_refused_before_anything_is_allocated(sheet: Path) -> None:
    def far(book: openpyxl.Workbook) -> None:
        book[SHEET]["XFD1048576"] = 1

    with pytest.raises(DataError, match="reach to row 1048576"):
        read(edited(sheet, far))


# -- CSV -------------------------------------------------------------------------------------------

TABLES = {
    "below": "d_output\n0.12\n0.5\n\nwh\n1,2\n3,\n",
    "behind": "d_output,0.12\nd_output,0.5\nwh,1,2\nwh,3,\n",
    "cells": "matrix,row,column,value\nd_output,1,1,0.12\nd_output,2,1,0.5\nwh,1,1,1\nwh,1,2,2\n"
             "wh,2,1,3\n",
    "semicolons and commas": "d_output\n0,12\n0,5\n\nwh\n1;2\n3;\n",
    "tabs": "d_output\t0.12\nd_output\t0.5\nwh\t1\t2\nwh\t3\t\n",
    "no blank line": "d_output\n0.12\n0.5\nwh\n1,2\n3,\n",
    "quoted": '\ufeff"d_output",\r\n"0.12",\r\n"0.5",\r\n,\r\n"wh",\r\n1,2\r\n3,\r\n',
}  # fmt: skip


@pytest.mark.parametrize("way", TABLES)
def test_named_matrices_as_csv(way: str, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_bytes(TABLES[way].encode())
    found = read(tmp_path / "mine.csv")
    assert str(lists(found)) == str(
        {"d_output": [[0.12], [0.5]], "wh": [[1.0, 2.0], [3.0, np.nan]]}
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("z1\n0.5\n0,5\n", "holds '0,5' and"),
        ("z1\n\nz2\n1\n", "line 1: no numbers stand under the name z1"),
        ("1,2\n3,4\n", "line 1: '1' is no name"),
        ("z1\n1\n\nz1\n2\n", "line 5: there is a second matrix called z1"),
        ("matrix,row,column,value\nz1,0,1,5\n", "line 2: a name, a row"),
        ("matrix,row,column,value\nz1,9999999,9999999,5\n", "would have 99999980000001 cells"),
        ("matrix,row,column,value\nz1,1,1,5\nz1,1,1,6\n", r"z1\[1,1\] is there twice"),
        ('z1,"1\n', "line 1"),
        ("", "it is empty"),
        ("\n\n", "blanks"),
    ],
)
def test_a_table_that_cannot_be_read(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(text.replace("0,5", '"0,5"'))
    with pytest.raises(DataError, match=said):
        read(tmp_path / "mine.csv")


def test_words_in_a_table_are_said_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("z1\n0.5,?\n" + "x,1\n" * 8)
    found = read(tmp_path / "mine.csv")
    assert found.notes[0] == "Line 2 (z1[1,2]) holds '?', which is no number; it counts as blank."
    assert "4 more cells" in found.notes[-1]
    assert found.written["z1"][0] == ("0.5", "?")


# -- JSON ------------------------------------------------------------------------------------------


def test_matrices_as_json(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"z1": [[0.2500, null], [1e-3, "0.5"]], "loss": 0.3}')
    found = read(tmp_path / "x.json")
    assert str(lists(found)) == str({"z1": [[0.25, np.nan], [0.001, 0.5]], "loss": [[0.3]]})
    assert found.written["z1"] == (("0.2500", ""), ("1e-3", "0.5"))
    (tmp_path / "y.json").write_text('{"title": "mine", "values": {"z1": [1, 2]}}')
    assert lists(read(tmp_path / "y.json")) == {"z1": [[1, 2]]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"z1": [[1, 2], [3]]}', "row 2 of z1 has 1 numbers"),
        ('{"z1": [1, [2]]}', "rows and numbers mixed"),
        ('{"z1": [[{"a": 1}]]}', "a cell of z1 holds dict"),
        ('{"z1": [[true]]}', "holds bool"),
        ('{"z1": [[1]], "z1": [[2]]}', "'z1' occurs twice"),
        ('{"z 1": [[1]]}', "is no name"),
        ('{"z1": [[1],]}', "line 1, column"),
        ("{}", "no matrix with a name"),
        ('{"z1": []}', "z1 has no cells"),
        ('{"a": ' + "[" * 100_000, "nested too deeply|line 1"),
    ],
)
def test_json_that_cannot_be_read(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(DataError, match=said):
        read(tmp_path / "x.json")


# -- what is no working ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.5", "a PDF document"),
        (b"\x89PNG\r\n", "a PNG picture"),
        (b"<html></html>", "it is a web page"),
        (b"\x00\x01\x02\x03", "zero bytes"),
        (b"PK\x03\x04broken", "damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "not read from .xls"),
        (b"x" * (MAX_BYTES + 1), "17 MiB|16 MiB"),
    ],
)
def test_other_files_are_named_for_what_they_are(
    content: bytes, said: str, tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "x.txt").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read(tmp_path / "x.txt")


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(DataError):
            read(path)


@given(st.text(alphabet='z1,;\t\n "x.-05', max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_table_is_read_or_refused(text: str) -> None:
    try:
        found = reading_tables.read(text, "x.csv")
    except WorkingsError:
        return
    assert all(value.ndim == 2 for value in found.values.values())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner,
                                                                max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["z1", "loss", "values"]), JSON))
@settings(max_examples=300, deadline=None)
def test_any_json_is_read_or_refused(data: dict[str, object]) -> None:
    try:
        found = reading_json.read(json.dumps(data), "x.json")
    except WorkingsError:
        return
    assert all(value.ndim == 2 for value in found.values.values())


def test_a_damaged_sheet_is_refused_or_read(sheet: Path, tmp_path: Path) -> None:
    """Bytes flipped one at a time all over the file: never a stranger's error."""
    whole, bad = sheet.read_bytes(), tmp_path / "bad.xlsx"
    random = np.random.default_rng(0)
    for at in random.integers(0, len(whole), 60):
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            read(bad)
        except WorkingsError:
            continue


def test_bytes_of_a_workbook_need_no_name(sheet: Path, tmp_path: Path) -> None:
    plain = tmp_path / "filled.csv"
    plain.write_bytes(sheet.read_bytes())
    assert set(read(plain).values) == set(read(sheet).values)
    assert io.BytesIO(plain.read_bytes()).read(2) == b"PK"
