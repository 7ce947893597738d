"""Packed files, standard input, Parquet: the same table as the plain file."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from workings.data import read_table, sources, table_or_builtin
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


@pytest.mark.parametrize("large", [False, True])
def test_damaged_packing(tmp_path: Path, large: bool) -> None:
    rows = "".join(f"{i},{i * 7 % 1000}\n" for i in range(700_000 if large else 100))
    data = gzip.compress(f"a,b\n{rows}".encode())
    (tmp_path / "t.gz").write_bytes(data[: len(data) * 9 // 10])
    with pytest.raises(DataError, match=r"it is packed, and damaged.*Fetch the file again"):
        read_table(tmp_path / "t.gz")


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
