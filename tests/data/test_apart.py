"""Workbooks that say nothing of their size before they are opened: .xlsb and .xls."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from workings.data import apart, apart_child, workbooks
from workings.data.excel import read_excel
from workings.errors import DataError, UnknownName

Cell = tuple[int, int, str | float]
TABLE: list[Cell] = [(0, 0, "a"), (0, 1, "b"), (1, 0, 1.5), (1, 1, "damaged")]
RELATIONS = (
    '<Relationships><Relationship Id="rId1" Type="http://x/worksheet" '
    'Target="worksheets/sheet1.bin"/></Relationships>'
)


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def record(kind: int, body: bytes = b"") -> bytes:
    head = [kind] if kind < 128 else [kind & 0x7F | 0x80, kind >> 7]
    return bytes([*head, len(body)]) + body


def cell(row: int, column: int, value: str | float) -> bytes:
    place = struct.pack("<2I", column, 0)
    text = isinstance(value, str)
    told = record(6, place + wide(value)) if text else record(5, place + struct.pack("<d", value))
    return record(0, struct.pack("<I", row) + bytes(21)) + told


def xlsb(path: Path, *cells: Cell) -> Path:
    """A workbook of a few hundred bytes, by [MS-XLSB]."""
    last = struct.pack("<4I", 0, max(row for row, *_ in cells), 0, max(c for _, c, _ in cells))
    sheet = record(0x81) + record(0x94, last) + record(0x91)
    sheet += b"".join(cell(*one) for one in cells) + record(0x92)
    bundle = record(0x9C, struct.pack("<2I", 0, 1) + wide("rId1") + wide("data"))
    book = record(0x8F) + bundle + record(0x90) + record(0x9D, bytes(26)) + record(0x84)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", RELATIONS)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return path


def test_a_small_one_is_read(tmp_path: Path) -> None:
    path = xlsb(tmp_path / "t.xlsb", *TABLE)
    table = read_excel(path, "t.xlsb")
    assert table.names == ("a", "b")
    assert (list(table["a"].cells), list(table["b"].cells)) == (["1.5"], ["damaged"])
    with pytest.raises(UnknownName, match=r"no sheet in t\.xlsb called 'date'.*'data'"):
        read_excel(path, "t.xlsb", "date")


@pytest.mark.fault("T5", "worker dies")
@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (1_048_575, 2_999, r"it needs more than .* GiB of memory, or is damaged\. Save the table"),
        (40_000, 999, "reach to row 40001 and column 1000, more than 33554432 places"),
    ],
)
def test_one_that_reaches_far_ends_in_an_error(
    tmp_path: Path, row: int, column: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = xlsb(tmp_path / "t.xlsb", (0, 0, "a"), (row, column, 1.0))
    monkeypatch.setattr(apart.sources, "free_bytes", lambda: apart.MEMORY)
    with pytest.raises(DataError, match=message):
        read_excel(path, "t.xlsb")


@pytest.mark.fault("T5")
def test_one_that_says_too_much_or_takes_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = xlsb(tmp_path / "t.xlsb", *TABLE)
    monkeypatch.setattr(apart, "SECONDS", 0.001)
    with pytest.raises(DataError, match=r"it needs more than 0\.001 seconds"):
        read_excel(path, "t.xlsb")
    monkeypatch.undo()
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 50)
    with pytest.raises(DataError, match=r"it needs more than 0\.0 MiB of cells"):
        apart.opened(path.read_bytes(), "t.xlsb", None)


def test_an_old_one_that_is_damaged_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 2000)
    with pytest.raises(DataError, match=r"cannot read t\.xls: it is a damaged workbook \("):
        read_excel(path, "t.xls")


def test_dates_and_times_come_through(monkeypatch: pytest.MonkeyPatch) -> None:
    row: list[Any] = [
        1, 2.5, "x", True, dt.date(2024, 1, 5), dt.datetime(2024, 1, 5, 12, 0, 0, 7),
        dt.time(10, 30), -dt.timedelta(days=1, microseconds=3), "",
    ]  # fmt: skip
    out = io.BytesIO()
    monkeypatch.setattr(apart_child, "lines", lambda wanted, data: iter([row]))
    monkeypatch.setattr(apart_child, "limit_memory", lambda size: None)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"memory": 1, "bytes": 999}\n')))
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(out))
    apart_child.main()
    assert apart.json.loads(out.getvalue(), object_hook=apart._made) == row
