"""Packed files, standard input, Parquet: the same table as the plain file."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from workings.data import growing, read_table, sources, table_or_builtin
from workings.data import parquet as arrow
from workings.data.frames import table_of_frame
from workings.data.stored import NumberCells
from workings.errors import DataError, SettingError

TEXT = "name,size\nAda,1.5\nBob,NA\n"


def _gz(path: Path, data: bytes) -> None:
    path.write_bytes(gzip.compress(data))


def _zip(path: Path, data: bytes, *names: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("t.csv",):
            archive.writestr(name, data)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_text(TEXT)
    return tmp_path / "t.csv"


@pytest.mark.parametrize("pack", [_gz, _zip])
@pytest.mark.parametrize("times", [1, 400_000])
def test_a_packed_table(
    tmp_path: Path, plain: Path, pack: Callable[[Path, bytes], None], times: int
) -> None:
    text = TEXT + TEXT.partition("\n")[2] * (times - 1)
    plain.write_text(text)
    pack(tmp_path / "packed", text.encode())
    assert read_table(tmp_path / "packed") == read_table(plain)


def test_an_archive_with_a_folder_of_apple(tmp_path: Path, plain: Path) -> None:
    _zip(tmp_path / "t.zip", TEXT.encode(), "t.csv", "__MACOSX/t.csv", "folder/")
    assert read_table(tmp_path / "t.zip") == read_table(plain)


def test_archives_that_are_no_table(tmp_path: Path) -> None:
    _zip(tmp_path / "two.zip", b"a,b\n1,2\n", "a.csv", "b.csv")
    with pytest.raises(DataError, match=r"zip archive of 2 files, expected one \(a.csv, b.csv\)"):
        read_table(tmp_path / "two.zip")
    _zip(tmp_path / "none.zip", b"", "folder/")
    with pytest.raises(DataError, match=r"zip archive of 0 files, expected one. Unpack"):
        read_table(tmp_path / "none.zip")


@pytest.mark.fault("T5")
@pytest.mark.parametrize("large", [False, True])
def test_damaged_packing(tmp_path: Path, large: bool) -> None:
    rows = "".join(f"{i},{i * 7 % 1000}\n" for i in range(700_000 if large else 100))
    data = gzip.compress(f"a,b\n{rows}".encode())
    (tmp_path / "t.gz").write_bytes(data[: len(data) * 9 // 10])
    with pytest.raises(DataError, match=r"it is packed, and damaged.*Fetch the file again"):
        read_table(tmp_path / "t.gz")


@pytest.mark.fault("T5", "memory")
@pytest.mark.parametrize("pack", [_gz, _zip])
def test_a_bomb_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[Path, bytes], None]
) -> None:
    pack(tmp_path / "bomb", b"a,b\n" + b"\n" * 30_000_000)
    monkeypatch.setattr(sources, "free_bytes", lambda: 10_000_000)
    with pytest.raises(DataError, match=r"unpacks to more than 9\.5 MiB, which is the memory"):
        read_table(tmp_path / "bomb")


@pytest.mark.parametrize("times", [1, 400_000])
def test_standard_input(plain: Path, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    text = TEXT + TEXT.partition("\n")[2] * (times - 1)
    plain.write_text(text)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    table = table_or_builtin("-")
    assert table == read_table(plain)
    assert table.source == "standard input"


def test_standard_input_may_be_packed(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = gzip.compress(TEXT.encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert read_table("-") == read_table(plain)


def _parquet(path: Path, **columns: object) -> None:
    parquet.write_table(pa.table(columns), path)


def test_parquet(tmp_path: Path) -> None:
    _parquet(
        tmp_path / "t.parquet",
        whole=pa.array([1, None, 3]), part=[0.5, float("nan"), -2.0], word=["a", None, "b c"],
        yes=[True, False, None], group=pa.array(["u", "v", "u"]).dictionary_encode(),
    )  # fmt: skip
    table = read_table(tmp_path / "t.parquet")
    assert [column.kind for column in table.columns] == [
        "number", "number", "category", "boolean", "category",
    ]  # fmt: skip
    assert isinstance(table["whole"].cells, NumberCells)
    assert list(table["whole"].cells) == ["1", "", "3"]
    assert table["part"].missing.tolist() == [False, True, False]
    assert table["word"].texts() == ["a", None, "b c"]
    assert table["group"].texts() == ["u", "v", "u"]
    assert table.origin.where(2) == "row 3"
    _gz(tmp_path / "t.gz", (tmp_path / "t.parquet").read_bytes())
    assert read_table(tmp_path / "t.gz") == table


def test_parquet_that_is_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.parquet"
    _parquet(path, a=[[1], [2]])
    with pytest.raises(DataError, match=r"column 'a' holds list<.*expected numbers, words"):
        read_table(path)
    _parquet(path, a=[1.0, np.inf])
    with pytest.raises(DataError, match=r"column 'a' of .*: row 2 holds inf, expected a finite"):
        read_table(path)
    _parquet(path, a=pa.array([], pa.float64()))
    with pytest.raises(DataError, match="no rows"):
        read_table(path)
    _parquet(path, a=list(range(1000)))
    monkeypatch.setattr(sources, "free_bytes", lambda: 1000)
    with pytest.raises(DataError, match=r"its 1000 rows need about 0.0 MiB of memory"):
        read_table(path)


def test_what_a_kind_of_file_does_not_have(tmp_path: Path, plain: Path) -> None:
    with pytest.raises(SettingError, match="with sheet 'x': this kind of file has none"):
        read_table(plain, sheet="x")
    _parquet(tmp_path / "t.parquet", a=[1, 2])
    with pytest.raises(SettingError, match="with delimiter ';': this kind of file has none"):
        read_table(tmp_path / "t.parquet", delimiter=";")


def _repacked(path: Path, method: int, junk: bytes) -> None:
    """A zip archive of one file that is said to be packed by `method`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("t.csv", junk + TEXT.encode())
    data = bytearray(path.read_bytes())
    for place in (8, data.index(b"PK\x01\x02") + 10):
        data[place : place + 2] = method.to_bytes(2, "little")
    path.write_bytes(data)


def test_packing_that_is_not_known_or_damaged(tmp_path: Path) -> None:
    _repacked(tmp_path / "t.zip", 9, b"")
    with pytest.raises(DataError, match=r"packed in a way that is not known here \(.*Unpack it fi"):
        read_table(tmp_path / "t.zip")
    _repacked(tmp_path / "t.zip", 14, b"\x09\x04\x05\x00\x5d\x00\x00\x10\x00" + b"\xff" * 99)
    with pytest.raises(DataError, match=r"it is packed, and damaged \("):
        read_table(tmp_path / "t.zip")


FULL = r"a copy of it cannot be written to the temporary folder /.* \(.*\)\. Make room there"


@pytest.mark.fault("disk full")
def test_a_full_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _parquet(tmp_path / "t.parquet", a=[1, 2])
    _gz(tmp_path / "t.gz", (tmp_path / "t.parquet").read_bytes())
    usage = shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(DataError, match=rf"cannot read .*t\.gz: {FULL}"):
        read_table(tmp_path / "t.gz")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    with pytest.raises(DataError, match=f"cannot read standard input: {FULL}"):
        read_table("-")


def test_a_file_that_needs_no_copy_needs_no_temporary_folder(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", refused)
    assert read_table(plain).names == ("name", "size")


@pytest.mark.parametrize("category", [False, True])
def test_a_long_word_is_not_written_out_for_each_row(tmp_path: Path, category: bool) -> None:
    path, rows = tmp_path / "t.parquet", 20_000
    word = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["x" * 200_000])
    parquet.write_table(pa.table({"a": word}), path, store_schema=category)
    assert path.stat().st_size < 20_000
    column = read_table(path)["a"]
    assert (len(column), column.words == ["x" * 200_000]) == (rows, True)


def test_many_words_are_written_out_only_where_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [f"{i:0500}w" for i in range(12_000)]
    _parquet(tmp_path / "t.parquet", a=words)
    expected = read_table(tmp_path / "t.parquet")
    monkeypatch.setattr(sources, "free_bytes", lambda: 10_000_000)
    table = read_table(tmp_path / "t.parquet")
    assert list(table["a"].cells) == list(expected["a"].cells) == words
    _parquet(tmp_path / "t.parquet", a=words * 40)
    monkeypatch.setattr(growing, "MANY", 100)
    monkeypatch.setattr(arrow, "WRITTEN_OUT", 1)
    monkeypatch.setattr(sources, "free_bytes", lambda: 60_000_000)
    with pytest.raises(DataError, match=r"column 'a' needs .* of memory, and 57\.2 MiB are free"):
        read_table(tmp_path / "t.parquet")


def test_parquet_keeps_digits_that_floats_would_round(tmp_path: Path) -> None:
    ids = [*range(70_000), 2**60, 2**60 + 1, None]
    _parquet(
        tmp_path / "t.parquet", id=ids,
        whole=pa.array([Decimal(2**70 + 1)] * len(ids), pa.decimal128(38, 0)),
    )  # fmt: skip
    table = read_table(tmp_path / "t.parquet")
    assert list(table["id"].cells) == ["" if one is None else str(one) for one in ids]
    assert table["whole"].words == [str(2**70 + 1)]


def test_parquet_holds_what_the_frame_holds(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "long": pd.to_timedelta(["1h", None, "90min"]),
        "clock": [dt.time(10, 30), None, dt.time(1, 2, 3, 4)],
        "day": [dt.date(2024, 1, 5), None, dt.date(1969, 12, 31)],
        "when": pd.to_datetime(["2024-01-05", None, "1969-01-01"]),
        "zone": pd.to_datetime(["2024-01-05", None, "1969-01-01"]).tz_localize("Europe/Berlin"),
        "groups": pd.Categorical([1, 2, None]),
        "parts": pd.Categorical([1.5, 2.0, None]),
        "words": pd.Categorical(["u", None, "v"]),
        "id": [2**53, 2**53 + 1, 1],
        "yes": [True, False, True],
    })  # fmt: skip
    frame.to_parquet(tmp_path / "t.parquet")
    table, other = read_table(tmp_path / "t.parquet"), table_of_frame(frame)
    for mine, theirs in zip(table.columns, other.columns, strict=True):
        assert (mine, mine.kind, mine.spelling) == (theirs, theirs.kind, theirs.spelling)
    assert list(table["long"].cells) == ["1", "", "1.5"]
    assert table["groups"].kind == "category"


def test_parquet_that_lost_its_schema_is_read(tmp_path: Path) -> None:
    data = pa.table({"a": [1, 2]}).replace_schema_metadata({b"ARROW:schema": b"!"})
    parquet.write_table(data, tmp_path / "t.parquet", store_schema=False)
    assert list(read_table(tmp_path / "t.parquet")["a"].cells) == ["1", "2"]
