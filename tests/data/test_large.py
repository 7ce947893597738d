"""Long tables, read in blocks and kept compactly, say what small ones say."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from workings.data import Column, Table, blocks, growing, read_table, sources, wide
from workings.data.stored import Lines, NumberCells, Packed, WordCells
from workings.errors import DataError

from test_reading import MISTAKES, PLAIN  # isort: skip

Read = Callable[..., Table]
QUICK = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text table is long, and comes in pieces of a few bytes."""
    monkeypatch.setattr(sources.Source, "small", property(lambda self: False))
    monkeypatch.setattr(blocks, "FIRST", 40)
    monkeypatch.setattr(blocks, "PIECE", 17)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three different numbers are many."""
    monkeypatch.setattr(growing, "FEW", 2)
    monkeypatch.setattr(growing, "SHARE", 10**9)


@pytest.fixture
def read(tmp_path: Path, as_large: None) -> Read:
    def read(data: str | bytes, **options: str) -> Table:
        path = tmp_path / "t.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_table(path, **options)

    return read


def test_a_plain_file(read: Read) -> None:
    table = read(PLAIN)
    assert [list(column.cells) for column in table.columns] == [
        ["Ada", "Bob", "Cy"], ["1.5", "NA", "-2e3"], ["x", "a, b", "two\nlines"],
    ]  # fmt: skip
    assert list(table.lines) == [2, 3, 4]
    assert table.notes == ()
    assert isinstance(table["size"].cells, WordCells)


BODY = PLAIN.replace("two\nlines", "two lines")
WAYS = {
    "mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "utf-16": PLAIN.encode("utf-16"),
    "utf-32": PLAIN.encode("utf-32"),
    "crlf": PLAIN.replace("\n", "\r\n"),
    "cr": PLAIN.replace("\n", "\r"),
    "no end": PLAIN.rstrip("\n"),
    "blank end": PLAIN + "\n  \n\n",
    "blank lines": "\n" + PLAIN.replace("Bob", "\n   \nBob"),
    "semicolons": BODY.replace(", ", "; ").replace(",", ";").replace("a; b", "a, b"),
    "sep": "SEP=,\r\n" + PLAIN,
    "blanks": PLAIN.replace(",", " , ").replace("a ,  b", "a, b"),
    "nameless end": PLAIN.replace("note\n", "note,,\n").replace('x\n', 'x,,\n')
    .replace('b"\n', 'b",,\n').replace('lines"\n', 'lines",,\n'),
    "remarks": "# made by hand\n# on a Monday\n" + PLAIN,
    "quoted": '"name","size","note"\n"Ada","1.5","x"\n"Bob","NA","a, b"\n"Cy","-2e3","two\nlines"',
    "inner quote": PLAIN.replace("Cy", 'C"y'),
}  # fmt: skip


@pytest.mark.fault("equal files")
@pytest.mark.parametrize("way", WAYS)
def test_equivalent_files(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    found = read(WAYS[way])
    monkeypatch.undo()
    small = read_table(tmp_path / "t.csv")
    assert found == small
    assert list(found.lines) == list(small.lines)
    assert len(found.notes) == len(small.notes) or "blank" in way


_cell = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=5
) | st.sampled_from(["", "1", "-2.5", "NA", "01", "1e400", "+3", " 4 ", "inf", "1,5", 'a"b', "nan"])


@st.composite
def _tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 3))
    row = st.lists(_cell, min_size=width, max_size=width)
    return [["x", "y", "z"][:width], *draw(st.lists(row, min_size=1, max_size=12))]


@pytest.mark.fault("equal files")
@QUICK
@given(
    rows=_tables(),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@example(rows=[["x"], ["1"], [""]], delimiter=",", end="\n", quoting=0, codec="utf-8")
@pytest.mark.usefixtures("as_large")
def test_long_and_small_tables_are_the_same(
    tmp_path: Path, rows: list[list[str]], delimiter: str, end: str, quoting: int, codec: str
) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    path = tmp_path / "t.csv"
    path.write_bytes(file.getvalue().encode(codec))
    long, small = _outcome(path, True), _outcome(path, False)
    if isinstance(small, str):
        assert long == small
    else:
        assert isinstance(long, Table), long
        assert long == small
        assert list(long.lines) == list(small.lines)


def _outcome(path: Path, long: bool) -> Table | str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources.Source, "small", property(lambda self: not long))
        try:
            return read_table(path)
        except DataError as error:
            return str(error)


# What is wrong with a cell or a row is found by both; what is wrong before, by both in one way.
@pytest.mark.fault("ragged")
@pytest.mark.parametrize("case", [case for case in MISTAKES if case != "wide"])
def test_mistakes_are_the_same_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    data, message, row = MISTAKES[case]
    path = tmp_path / "t.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    monkeypatch.setattr(sources.Source, "small", property(lambda self: False))
    with pytest.raises(DataError, match=message) as caught:
        read_table(path)
    assert caught.value.file == str(path)
    assert caught.value.facts.get("row") == row


def _numbers(table: Table) -> list[object]:
    found: list[object] = []
    for column in table.columns:
        try:
            found += [column.kind, column.missing.tolist(), repr(column.numbers().tolist())]
        except DataError as error:
            found.append(str(error))
    return found


_mixed = st.one_of(
    st.integers(-99, 99).map(str), st.floats(-9, 9).map(repr),
    st.sampled_from(["", "NA", "null", "+3", "1e3", " 7", "x", "1e400", "inf", "007", "-", "5 %"]),
)  # fmt: skip


@QUICK
@given(
    columns=st.lists(st.lists(_mixed, min_size=14, max_size=14), min_size=1, max_size=3),
    comma=st.booleans(),
)
@pytest.mark.usefixtures("as_large", "few")
def test_numbers_are_the_same_however_they_are_kept(
    tmp_path: Path, columns: list[list[str]], comma: bool
) -> None:
    rows = [["x", "y", "z"][: len(columns)], *zip(*columns, strict=True)]
    text = "\n".join((";" if comma else ",").join(f'"{c}"' for c in row) for row in rows)
    path = tmp_path / "t.csv"
    path.write_text(text.replace(".", ",") if comma else text)
    long, small = _outcome(path, True), _outcome(path, False)
    if isinstance(small, str) or isinstance(long, str):
        assert str(long).partition("line")[0] == str(small).partition("line")[0]
        return
    assert _numbers(long) == _numbers(small)
    for one, other in zip(long.columns, small.columns, strict=True):
        if not isinstance(one.cells, NumberCells):
            assert list(one.cells) == list(other.cells)
        assert _digest(one) == _digest(other)


def _digest(column: Column) -> str:
    digest = hashlib.sha256()
    column.digest_into(digest)
    return digest.hexdigest()


@pytest.mark.usefixtures("few")
def test_what_each_column_is_kept_as(read: Read) -> None:
    rows = [f"{i},{i / 8},{i % 2},{i + 90:03},w{i},{i if i < 30 else 'x'}" for i in range(40)]
    table = read("whole,part,two,code,word,late\n" + "\n".join(rows) + "\n")
    kept = {column.name: type(column.cells) for column in table.columns}
    assert kept.pop("whole") is kept.pop("part") is NumberCells
    assert set(kept.values()) == {WordCells}
    assert table["code"].cells[0] == "090"
    assert list(table["late"].cells[28:32]) == ["28", "29", "x", "x"]
    assert table["late"].kind == "category"
    assert table["whole"].numbers().tolist() == list(range(40))
    assert "of 2 columns with many different numbers only the numbers" in table.notes[-1]
    assert table.lines == range(2, 42)


def test_words_that_are_many_are_packed(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "MANY", 3)
    words = [f"wörd {i}" for i in range(30)] + ["wörd 1", ""]
    table = read("a,b\n" + "".join(f"{word},1\n" for word in words))
    cells = table["a"].cells
    assert isinstance(cells, WordCells)
    assert isinstance(cells.words, Packed)
    assert list(cells) == words
    assert table["a"].kind == "category"
    assert table.take([31, 3])["a"].texts() == [None, "wörd 3"]


def test_lines_of_rows_that_do_not_follow_each_other(read: Read) -> None:
    table = read('a,b\n1,"x\ny"\n\n2,z\n3,u\n')
    assert isinstance(table.lines, Lines)
    assert list(table.lines) == [2, 5, 6]
    assert table.origin.where(1) == "line 5"
    assert "blank lines skipped: 1" in table.notes
    assert read("a,b\n1,2\n3,4\n").lines == range(2, 4)


def test_western_text_is_read_with_a_note(read: Read) -> None:
    table = read("a,b\n1,x\n2,Größe €\n".encode("cp1252"))
    assert list(table["b"].cells) == ["x", "Größe €"]
    assert table.notes == ("the encoding is not UTF-8 (line 3), read as Windows-1252",)
    assert "Latin-1" in read(b"a,b\n1,\xe9\x81\n").notes[0]


def test_a_comma_that_comes_late_is_a_decimal_comma(read: Read) -> None:
    rows = ["1;2"] * 300
    table = read("a;b\n" + "\n".join([*rows, "1,5;3"]) + "\n")
    assert table["a"].numbers()[-1] == 1.5
    assert any("decimal comma" in note for note in table.notes)
    with pytest.raises(DataError, match="line 302, column 'a' holds '1,5' and line 303"):
        read("a;b\n" + "\n".join([*rows, "1,5;3", "1;2.5"]) + "\n")


@pytest.mark.fault("memory")
def test_a_table_that_does_not_fit(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "free_bytes", lambda: 100)
    with pytest.raises(DataError, match=r"rows need about .* of memory, and .* are free"):
        read("a,b\n" + "1,2\n" * 100)


def test_long_rows_are_read_and_long_cells_refused(read: Read) -> None:
    cell = "x" * 600_000
    assert read(f"a,b\n{cell},{cell}\n1,2\n")["b"].cells[0] == cell
    with pytest.raises(DataError, match="line 3 has a cell of more than 1000000 characters"):
        read("a,b\n1,2\n" + "x" * 1_000_001 + ",3\n" + "4,5\n" * 1000)


@pytest.mark.fault("memory")
def test_very_many_columns(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide, "WIDE", 3)
    rows = [f"{i / 7},{i % 2}.0,{i:03},{i if i % 5 else 'NA'},w{i % 3},{i}.0,\n" for i in range(40)]
    table = read("part,class,code,gaps,word,whole,\n" + "".join(rows))
    kept = {column.name: type(column.cells) for column in table.columns}
    assert kept == {
        "part": NumberCells, "class": WordCells, "code": WordCells, "gaps": NumberCells,
        "word": WordCells, "whole": NumberCells,
    }  # fmt: skip
    assert table["class"].cells[:2] == ("0.0", "1.0")
    assert table["code"].cells[7] == "007"
    assert table["gaps"].missing.sum() == 8
    assert table["whole"].cells[3] == "3"
    assert list(table.lines) == list(range(2, 42))
    assert "dropped: 1" in table.notes[0]
    with pytest.raises(DataError, match="line 3 has 6 cells, expected 7"):
        read("a,b,c,d,e,f,g\n1,2,3,4,5,6,7\n1,2,3,4,5,6\n")
    with pytest.raises(DataError, match="no rows"):
        read("a,b,c,d,e,f,g\n")
    assert len(read("a,b,c,d\n" + "1,2,3,4\n" * 2)) == 2


@QUICK
@given(rows=st.lists(st.lists(_mixed, min_size=4, max_size=4), min_size=1, max_size=12))
@pytest.mark.usefixtures("as_large")
def test_wide_tables_say_what_small_ones_say(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "t.csv"
    path.write_text("".join(",".join(row) + "\n" for row in [["a", "b", "c", "d"], *rows]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wide, "WIDE", 3)
        long = _outcome(path, True)
    small = _outcome(path, False)
    if isinstance(small, str) or isinstance(long, str):
        assert long == small
    else:
        assert _numbers(long) == _numbers(small)
        assert list(long.lines) == list(small.lines)
