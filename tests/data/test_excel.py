"""Workbooks of every kind: what is read, what is said, and each way in which one is refused."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import xlsxwriter

from workings.data import workbooks
from workings.data.excel import read_excel
from workings.errors import DataError, UnknownName

HEADER = ["a", "word", "day", "clock", "yes", "share"]
ROWS: list[list[Any]] = [
    [1, "red", dt.date(2024, 1, 5), dt.time(10, 30), True, 0.05],
    [2.5, "blue", dt.datetime(2024, 1, 6, 12), dt.time(6, 0), False, 0.1],
    [None, "red", None, None, None, None],
]


def written(path: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def read(path: Path, sheet: str | None = None) -> Any:
    return read_excel(path, path.name, sheet)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return written(tmp_path / "t.xlsx", ("data", [HEADER, *ROWS]))


def test_what_a_sheet_holds_stays_what_it_is(book: Path) -> None:
    table = read(book)
    assert table.names == tuple(HEADER)
    assert table.notes == ()
    assert [c.kind for c in table.columns] == [
        "number", "category", "number", "number", "boolean", "number",
    ]  # fmt: skip
    values = np.array([c.numbers() for c in table.columns if c.kind == "number"])
    nan = np.nan
    assert np.array_equal(
        values, [[1, 2.5, nan], [19727, 19728.5, nan], [10.5, 6, nan], [0.05, 0.1, nan]],
        equal_nan=True,
    )  # fmt: skip
    assert table["yes"].cells == ("true", "false", "")
    assert "days since 1970-01-01" in table["day"].spelling.described()
    assert "hours since midnight" in table["clock"].spelling.described()
    assert table.origin.where(0) == "row 2"


def test_titles_and_blank_rows_are_skipped_and_rows_count_as_excel_shows_them(
    tmp_path: Path,
) -> None:
    rows = [["A report"], [], [None, "a", "b"], [None, 1, "x"], [], [None, 2, "y"]]
    table = read(written(tmp_path / "t.xlsx", ("s", rows)))
    assert table.names == ("a", "b")
    assert list(table.lines) == [4, 6]
    assert table.notes == (
        "rows above the header (row 3) skipped: row 1 holds 'A report'",
        "blank rows between the rows skipped: 1",
    )


def test_sheets_are_chosen_by_name(tmp_path: Path) -> None:
    path = written(
        tmp_path / "t.xlsx", ("first", [["a"], [1]]), ("second", [["b"], [2]]), ("third", [])
    )
    assert read(path).names == ("a",)
    assert read(path).notes == (
        "the first of 3 sheets was read, 'first'; the others: 'second', 'third'",
    )
    assert (read(path, "second").names, read(path, "second").notes) == (("b",), ())
    with pytest.raises(UnknownName, match=r"no sheet in t\.xlsx called 'secnd'.*'second'"):
        read(path, "secnd")
    with pytest.raises(DataError, match=r"t\.xlsx, sheet third: its sheet is empty"):
        read(path, "third")


def test_errors_formulas_and_merged_cells_are_said(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("data")
    sheet.write_row(0, 0, ["a", "b", "c"])
    sheet.write_formula(1, 0, "=1+1", None, 2)
    sheet.write_formula(2, 0, "=1/0", None, "#DIV/0!")
    sheet.write_formula(3, 0, "=NA()", None, "#N/A")
    sheet.write_column(1, 1, [5, 6, 7])
    sheet.merge_range(1, 2, 3, 2, "all")
    book.close()
    table = read(path)
    assert table["a"].cells == ("2", "", "")
    assert table["c"].cells == ("all", "", "")
    errors, merged = table.notes
    assert "read as missing: 2 (first: A3)" in errors
    assert "merged cells: 1 (first: row 2, column 3)" in merged


def test_formulas_that_were_never_computed_are_said(tmp_path: Path) -> None:
    table = read(written(tmp_path / "t.xlsx", ("s", [["a", "b"], ["=1+1", 1], [3, 4]])))
    assert table["a"].cells == ("", "3")
    assert "never computed read as missing: 1" in table.notes[0]


def test_a_mistaken_cell_is_named_with_its_row(tmp_path: Path) -> None:
    rows = [["a"], *[[i] for i in range(9)], ["12O.5"]]
    table = read(written(tmp_path / "t.xlsx", ("s", rows)))
    with pytest.raises(DataError, match=r"column 'a' of t\.xlsx.*row 11 holds '12O\.5'"):
        _ = table["a"].kind


def test_columns_without_a_name_or_with_one_twice_are_named(tmp_path: Path) -> None:
    rows = [["a", None, "a", None], [1, 2, "x", None], [3, 4, "y", None]]
    table = read(written(tmp_path / "t.xlsx", ("s", rows)))
    assert table.names == ("a", "column_2", "a.2")
    assert [c.kind for c in table.columns] == ["number", "number", "category"]
    assert len(table.notes) == 2


def test_numbers_kept_as_text_are_numbers(tmp_path: Path) -> None:
    table = read(written(tmp_path / "t.xlsx", ("s", [["a", "b"], ["1", "5 %"], ["2.5", "6 %"]])))
    assert table["a"].numbers().tolist() == [1, 2.5]
    assert table["b"].numbers().tolist() == [0.05, 0.06]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "its sheet is empty"),
        ([["a", "b"]], r"a header \(row 1\) but no rows"),
        ([[1, 2], [3, 4]], r"seems to have no header, row 1 holds only numbers"),
    ],
)
def test_sheets_that_are_no_table(tmp_path: Path, rows: list[list[Any]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(written(tmp_path / "t.xlsx", ("s", rows)))


@pytest.mark.parametrize("ending", ["ods", "xls"])
@pytest.mark.skipif(not shutil.which("soffice"), reason="libreoffice-calc-nogui is not installed")
def test_other_kinds_of_workbook_hold_the_same(book: Path, ending: str, tmp_path: Path) -> None:
    subprocess.run(  # noqa: S603
        [shutil.which("soffice") or "", "--headless", "--norestore",
         f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", ending,
         "--outdir", str(tmp_path), str(book)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    first, other = read(book), read(tmp_path / f"t.{ending}")
    for name in HEADER:
        if first[name].kind == "number":
            assert np.allclose(first[name].numbers(), other[name].numbers(), equal_nan=True)
        elif name != "yes" or ending == "xls":  # LibreOffice writes 1 and 0 into an .ods
            assert first[name].texts() == other[name].texts()


# -- files that are damaged, locked or hostile -----------------------------------------------------


def repacked(path: Path, change: Any) -> Path:
    """The archive with `change(name, data)` in place of each part."""
    with zipfile.ZipFile(path) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part, data in parts.items():
            new.writestr(part, change(part, data))
    return path


def test_a_file_that_is_cut_off_is_damaged(book: Path) -> None:
    whole = book.read_bytes()
    for length in (5, 100, len(whole) // 2, len(whole) - 30):
        book.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"cannot read t\.xlsx: .*damaged|cut off"):
            read(book)


@pytest.mark.fault("T5")
def test_every_flipped_byte_is_damage_or_harmless(book: Path) -> None:
    whole = bytearray(book.read_bytes())
    expected = read(book)
    for place in range(0, len(whole), 97):
        changed = whole.copy()
        changed[place] ^= 0xFF
        book.write_bytes(changed)
        with contextlib.suppress(DataError):  # of the right words, as the tests above say
            assert read(book) == expected


def test_passwords_are_said(tmp_path: Path, book: Path) -> None:
    locked = tmp_path / "t.xls"
    locked.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600 + workbooks.PASSWORD)
    with pytest.raises(DataError, match="protected by a password"):
        read(locked)
    data = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as archive:
        first = archive.infolist()[0].header_offset
    data[first + 6] |= 1
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    book.write_bytes(data)
    with pytest.raises(DataError, match="protected by a password"):
        read(book)


@pytest.mark.parametrize("head", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"hello", b"PK\x03\x04"])
def test_files_that_are_no_workbook(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(head + b"x" * 2000)
    with pytest.raises(DataError, match=r"cannot read t\.xls: "):
        read(path)


def test_an_archive_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "hello")
    with pytest.raises(DataError, match="a zip archive, but no workbook"):
        read(path)


@pytest.mark.fault("T5", "memory")
def test_a_sheet_that_reaches_far_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1048575, 16383, 2)
    book.close()
    with pytest.raises(DataError, match="reach to row 1048576 and column 16384"):
        read(path)


@pytest.mark.fault("T5")
def test_what_unpacks_to_too_much_is_refused(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1000)
    with pytest.raises(DataError, match="it unpacks to"):
        read(book)


@pytest.mark.fault("T5")
def test_an_archive_that_lies_about_its_sizes_is_damaged(book: Path) -> None:
    def bloated(part: str, data: bytes) -> bytes:
        return data + b" " * 10**6 if part.endswith("sheet1.xml") else data

    data = bytearray(repacked(book, bloated).read_bytes())
    central = data.index(b"PK\x01\x02", data.index(b"xl/worksheets/sheet1.xml"))
    while b"sheet1.xml" not in data[central : central + 100]:
        central = data.index(b"PK\x01\x02", central + 4)
    data[central + 24 : central + 28] = (500).to_bytes(4, "little")
    book.write_bytes(data)
    with pytest.raises(DataError, match="is damaged"):
        read(book)


def test_repeated_cells_of_an_ods_file_are_counted() -> None:
    row = (
        b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        b'office:value-type="float" office:value="1" table:number-columns-repeated="1000"/>'
        b"</table:table-row>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("content.xml", row)
    with pytest.raises(DataError, match="more than 33554432 places"):
        workbooks.look_at_sheet(packed.getvalue(), "t.ods", "ods", "s")


def test_a_row_without_an_end_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", b"<row>" + b" " * (workbooks.MAX_ROW + 2 * workbooks.CHUNK))
    with pytest.raises(
        DataError, match=r"a row in its part 'content\.xml' has more than 16777216 b"
    ):
        workbooks.look_at_sheet(packed.getvalue(), "t.ods", "ods", "s")


def test_rows_are_found_wherever_they_are_cut(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    data = book.read_bytes()
    whole = workbooks.look_at_sheet(data, "t.xlsx", "xlsx", "data")
    assert (whole.rows, whole.columns) == (4, 6)
    for size in (7, 64, 100):
        monkeypatch.setattr(workbooks, "CHUNK", size)
        assert workbooks.look_at_sheet(data, "t.xlsx", "xlsx", "data") == whole


def test_tags_without_an_end_are_passed_over() -> None:
    sight = workbooks.Sight()
    workbooks._look_at_row(b"<c " * 10**6, sight, "xlsx")
    assert (sight.columns, sight.errors) == (10**6, 0)
    assert workbooks._facts(b"a" * 10**6) == {}


@pytest.mark.parametrize(
    ("method", "message"),
    [(9, r"'.*' is packed in a way that is not known here \("), (14, "'.*' is damaged")],
)
def test_parts_packed_otherwise_have_no_password(book: Path, method: int, message: str) -> None:
    with zipfile.ZipFile(book) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    with zipfile.ZipFile(book, "w", zipfile.ZIP_STORED) as new:
        for part, content in parts.items():
            new.writestr(part, b"\x09\x04\x05\x00\x5d\x00\x00\x10\x00" + b"\xff" * 99 + content)
    data = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as archive:
        places = [info.header_offset + 8 for info in archive.infolist()]
        place = archive.start_dir
        for _ in places:
            places.append(place + 10)
            place = data.find(b"PK\x01\x02", place + 4)
            if place < 0:
                break
    for place in places:
        data[place : place + 2] = method.to_bytes(2, "little")
    book.write_bytes(data)
    with pytest.raises(DataError, match=message):
        read(book)


def test_years_as_names_are_asked_about(tmp_path: Path) -> None:
    table = read(written(tmp_path / "t.xlsx", ("s", [["x", 2001, 2002], ["u", 1, 2], ["v", 3, 4]])))
    assert table.notes == (
        "many names in the header (row 1) are numbers, '2001, 2002': is it data?",
    )
