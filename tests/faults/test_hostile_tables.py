"""Tables that mean harm, or anything at all: read, or refused in a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faults.harness import around
from faults.saying import checked
from faults.tabled import of, refused, spelled, written
from workings.data import read_table, sources
from workings.data.reading import read_bytes
from workings.errors import DataError

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
