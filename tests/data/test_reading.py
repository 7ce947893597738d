"""Files become tables, equivalent files the same one, and mistakes become sentences."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from workings.data import Table, read_table, write_csv
from workings.data.dialect import DELIMITERS
from workings.errors import DataError, SettingError

Read = Callable[..., Table]

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PLAIN = 'name,size,note\nAda,1.5,x\nBob,NA,"a, b"\nCy,-2e3,"two\nlines"\n'


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(data: str | bytes, **options: str) -> Table:
        path = tmp_path / "t.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_table(path, **options)

    return read


def test_a_plain_file(read: Read) -> None:
    table = read(PLAIN)
    assert table.names == ("name", "size", "note")
    assert [column.cells for column in table.columns] == [
        ("Ada", "Bob", "Cy"), ("1.5", "NA", "-2e3"), ("x", "a, b", "two\nlines"),
    ]  # fmt: skip
    assert list(table.lines) == [2, 3, 4]
    assert table.notes == ()


def _written(rows: list[list[str]], **dialect: object) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, **dialect).writerows(rows)  # type: ignore[arg-type]
    return file.getvalue()


def _rows() -> list[list[str]]:
    return list(csv.reader(io.StringIO(PLAIN)))


@pytest.mark.fault("equal files")
@pytest.mark.parametrize(
    ("data", "notes"),
    [
        (b"\xef\xbb\xbf" + PLAIN.encode(), []),
        (PLAIN.encode("utf-16"), ["UTF-16"]),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), ["UTF-16"]),
        (PLAIN.encode("utf-32"), ["UTF-32"]),
        (PLAIN.replace("\n", "\r\n"), []),
        (PLAIN.replace("\n", "\r"), []),
        (PLAIN.rstrip("\n"), []),
        (PLAIN + "\n  \n\n", []),
        ("\n" + PLAIN.replace("Bob", "\n   \nBob"), ["3 blank lines"]),
        ("  \n" + PLAIN, ["1 blank line "]),
        (_written(_rows(), delimiter=";"), ["semicolons"]),
        (_written(_rows(), delimiter="\t"), ["tabs"]),
        (_written(_rows(), delimiter="|"), ["bars"]),
        (_written(_rows(), quoting=csv.QUOTE_ALL), []),
        ("sep=;\n" + _written(_rows(), delimiter=";"), ["semicolons"]),
        ("SEP=,\r\n" + PLAIN, []),
        (PLAIN.replace(",", " , ").replace("a ,  b", "a, b"), []),
        (_written([[*row, "", ""] for row in _rows()]), ["at the end dropped: 2"]),
    ],
)
def test_equivalent_files(read: Read, data: str | bytes, notes: list[str]) -> None:
    table = read(data)
    assert table == read(PLAIN)
    assert len(table.notes) == len(notes)
    assert all(word in note for word, note in zip(notes, table.notes, strict=True))


def test_lines_are_those_of_an_editor(read: Read) -> None:
    table = read('sep=,\r\n\r\na,b\r\n1,"x\r\ny"\r\n\r\n2,z\r\n')
    assert list(table.lines) == [4, 7]


_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=8)
_name = st.text("abcÄ \"',;|\n#", min_size=1, max_size=6).map(str.strip).filter(bool)


@st.composite
def _tables(draw: st.DrawFn, cell: st.SearchStrategy[str]) -> list[list[str]]:
    names = draw(st.lists(_name, min_size=1, max_size=4, unique=True))
    row = st.lists(cell, min_size=len(names), max_size=len(names))
    return [names, *draw(st.lists(row, min_size=1, max_size=5))]


def _as_read(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()


@pytest.mark.fault("equal files")
@QUICK
@given(
    rows=_tables(_text),
    delimiter=st.sampled_from(list(DELIMITERS)),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@example(rows=[["a"], [""]], delimiter=",", end="\n", codec="utf-8")
def test_what_was_written_is_read(
    tmp_path: Path, rows: list[list[str]], delimiter: str, end: str, codec: str
) -> None:
    text = _written(rows, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    (tmp_path / "t.csv").write_bytes(text.encode(codec))
    table = read_table(tmp_path / "t.csv", delimiter=delimiter)
    assert table.names == tuple(map(_as_read, rows[0]))
    assert [c.cells for c in table.columns] == [
        tuple(map(_as_read, cells)) for cells in zip(*rows[1:], strict=True)
    ]


_number = st.floats(-1e6, 1e6).map(str) | st.integers(-999, 999).map(str) | st.just("NA")


@QUICK
@given(rows=_tables(_number).filter(lambda rows: len(rows[0]) > 1), mark=st.sampled_from(".,"))
def test_delimiter_and_decimal_mark_are_found(
    tmp_path: Path, rows: list[list[str]], mark: str
) -> None:
    names = [f"n{i}" for i in range(len(rows[0]))]
    numbers = [
        [float("nan") if cell == "NA" else float(cell) for cell in column]
        for column in zip(*rows[1:], strict=True)
    ]
    for delimiter in DELIMITERS:
        if (delimiter, mark) != (",", ","):
            body = [[cell.replace(".", mark) for cell in row] for row in rows[1:]]
            text = _written([names, *body], delimiter=delimiter)
            (tmp_path / "t.csv").write_text(text, newline="")
            read = [c.numbers().tolist() for c in read_table(tmp_path / "t.csv").columns]
            assert repr(read) == repr(numbers)


@QUICK
@given(rows=_tables(_text))
def test_read_after_write_is_the_same(tmp_path: Path, rows: list[list[str]]) -> None:
    write_csv(tmp_path / "t.csv", rows[0], list(zip(*rows[1:], strict=True)))
    table = read_table(tmp_path / "t.csv", delimiter=",")
    assert table.names == tuple(map(_as_read, rows[0]))
    write_csv(tmp_path / "again.csv", table.names, [c.cells for c in table.columns])
    assert read_table(tmp_path / "again.csv", delimiter=",") == table


def test_what_a_cell_holds_does_not_part_it(read: Read) -> None:
    assert read("town;size\nBonn, Rhein;1,5\nUlm, Donau;2\n").names == ("town", "size")
    assert read("a,b c;d\n1,2\n3,4\n").names == ("a", "b c;d")
    assert read('x\n"1,5"\n"2"\n')["x"].cells == ("1,5", "2")


@pytest.mark.fault("number spelling", "T6")
def test_a_decimal_comma_is_noted(read: Read) -> None:
    table = read("a;b\n1,5;7\n-2,25;8\n")
    assert table["a"].numbers().tolist() == [1.5, -2.25]
    assert "decimal comma" in table.notes[-1]


def test_a_text_that_looks_like_a_decimal_is_no_evidence(read: Read) -> None:
    table = read("a;b\n1.5;x\n2.5;y\n3.5;1,5\n4.5;z\n")
    assert table["a"].numbers().tolist() == [1.5, 2.5, 3.5, 4.5]


def test_one_column_is_a_table_with_a_note(read: Read) -> None:
    table = read("size\n1\n\n2\n")
    assert table["size"].cells == ("1", "2")
    assert any("one column only" in note for note in table.notes)
    assert "one column only" in read("a,b\n1,2\n", delimiter=";").notes[0]


@pytest.mark.fault("equal files", "T6")
def test_western_text_is_read_with_a_note(read: Read) -> None:
    table = read("a,b\n1,x\n2,Größe €\n".encode("cp1252"))
    assert table["b"].cells == ("x", "Größe €")
    assert table.notes == ("the encoding is not UTF-8 (line 3), read as Windows-1252",)
    assert "Latin-1" in read(b"a,b\n1,\xe9\x81\n").notes[0]


def test_names_that_are_numbers_are_noted(read: Read) -> None:
    assert "is it data?" in read("5.1,3.5,setosa\n4.9,3.0,setosa\n").notes[0]
    assert read("country,name,2001\nx,y,1\n").notes == ()


def test_the_limit_of_the_csv_module_is_put_back(read: Read) -> None:
    before = csv.field_size_limit()
    long = "x" * 900_000
    assert read(f"a,b\n{long},1\n")["a"].cells == (long,)
    with pytest.raises(DataError):
        read("a,b\n1\n")
    assert csv.field_size_limit() == before


MISTAKES = {
    "empty": (b"", "cannot read .*t.csv: it is empty", None),
    "blanks": (" \n\n", "it holds only blanks", None),
    "sep only": ("sep=;\n\n", "it is empty after line 1", 1),
    "sep strange": ("sep=^\na^b\n", r"line 1 says the cells are separated by '\^'", 1),
    "zip": (b"PK\x03\x04abc", "it is packed, and damaged.*not a zip file", None),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1", "it is a damaged workbook", None),
    "png": (b"\x89PNG\r\n\x1a\n", "a PNG picture", None),
    "gzip": (b"\x1f\x8b\x08\x00", "it is packed, and damaged", None),
    "bzip2": (b"BZh91AY&SY", "packed with bzip2, expected a text table. Unpack", None),
    "parquet": (b"PAR1\x15", "it is a damaged Parquet file", None),
    "pdf": (b"%PDF-1.7", "a PDF document", None),
    "html": ("\n<!DOCTYPE html>\n", "a web page", None),
    "html 2": ("<HTML><body>", "a web page", None),
    "json": ('[\n {"a": 1}]', "it seems to be JSON", None),
    "json lines": ('{"a": 1}\n', "it seems to be JSON", None),
    "lfs": ("version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer.*git lfs pull", None),
    "zero bytes": (b"a,b\n\0,1\n", "it holds zero bytes.*save it as UTF-8", None),
    "utf-16 without mark": ("a,b\n1,2\n".encode("utf-16-le"), "zero bytes", None),
    "binary": (b"a,b\n\x01\xff,1\n", "bytes that are no text", None),
    "half utf-8": (b"\xef\xbb\xbfa,b\n1,2\n\xff,1\n", "marked as utf-8, but line 3", 3),
    "ragged": ("a,b\n1,2\n3\n", "line 3 has 1 cell, expected 2 as in the header", 3),
    "ragged long": ('a,b\n"1\n",2\n3,4,5\n', "line 4 has 3 cells, expected 2", 4),
    "header short": ("a\n1,2\n", "line 2 has 2 cells, expected 1", 2),
    "unclosed": ('a,b\n1,2\n"3,4\n5,6\n', "double quote opened in line 3 is never closed", 3),
    "unclosed then quoted": ('a,b\n"1,2\n"3",4\n', "begins in line 2, text follows.*line 3", 2),
    "after quote": ('a,b\n"1"x,2\n', "line 2, text follows a closing quote", 2),
    "no rows": ("a,b\n\n", r"it has a header \(line 1\) but no rows", 1),
    "no header": ("1,2.5\n3,4\n", "seems to have no header, line 1 holds only numbers", 1),
    "no header, comma": ("1,5;2\n3,5;4\n", "seems to have no header", 1),
    "both decimals": (
        "a;b\n1,5;2\n1;2.5\n",
        "line 2, column 'a' holds '1,5' and line 3, column 'b' holds '2.5'",
        2,
    ),
    "blanks between": ("a b\n1 2\n", "seem to be separated by blanks.*line 2 holds '1 2'", 2),
    "long cell": ("a,b\n1,2\n" + "x" * 1_000_001 + ",3\n", "line 3 has a cell of more than", 3),
    "long first": ("a,b\n" + "x" * 1_000_001 + ",3\n", "line 2 has a cell of more than", 2),
    "wide": (",".join(f"c{i}" for i in range(200_001)), "line 1 has 200001 columns", 1),
}  # fmt: skip


@pytest.mark.fault("ragged", "T5", "T6")
@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes_are_sentences(read: Read, tmp_path: Path, case: str) -> None:
    data, message, row = MISTAKES[case]
    with pytest.raises(DataError, match=message) as caught:
        read(data)
    assert caught.value.file == str(tmp_path / "t.csv")
    assert caught.value.facts.get("row") == row


@pytest.mark.fault("T5")
def test_files_that_are_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "Penguins.csv").write_text("a,b\n1,2\n")
    for name, message in [
        ("pipe", "it is a pipe or device"),
        ("", "it is a folder"),
        ("pengiuns.csv", "no such file. Did you mean .*Penguins.csv"),
        ("zzz", "no such file. Check the name"),
        ("none/x.csv", "there is no folder .*none"),
        ("a\0b", "null byte"),
    ]:
        with pytest.raises(DataError, match=message):
            read_table(f"{tmp_path}/{name}")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    (tmp_path / "t.csv").write_text(PLAIN)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match=r"cannot read .*t\.csv: Permission denied"):
        read_table(tmp_path / "t.csv")


def test_a_delimiter_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="separate cells by '::': expected one of"):
        read_table(tmp_path / "t.csv", delimiter="::")


@pytest.mark.fault("T16")
def test_names_of_files_do_not_command_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_table(tmp_path / "a\x1b[31m.csv")
    assert "\x1b" not in str(caught.value)
    assert r"a\x1b[31m.csv" in str(caught.value)


def test_columns_that_cannot_be_written(tmp_path: Path) -> None:
    for names, columns in [(["a"], [[1], [2]]), (["a", "b"], [[1], [2, 3]])]:
        with pytest.raises(DataError, match=r"cannot write .*names for columns of lengths \[1"):
            write_csv(tmp_path / "t.csv", names, columns)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_the_delimiter_of_a_very_wide_table_is_found(read: Read, delimiter: str) -> None:
    names = [f"column{i}" for i in range(12_000)]
    table = read(_written([names, ["1"] * 12_000, ["2"] * 12_000], delimiter=delimiter))
    assert table.names == tuple(names)
    assert table["column11999"].cells == ("1", "2")
