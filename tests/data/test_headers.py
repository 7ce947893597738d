"""Remarks above the header, names that lack or come twice, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workings.data import Table, read_table, sources
from workings.data.headers import check_header
from workings.errors import DataError

Read = Callable[[str], Table]


@pytest.fixture(params=[False, True], ids=["small", "long"])
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Read:
    def read(text: str) -> Table:
        (tmp_path / "t.csv").write_text(text)
        return read_table(tmp_path / "t.csv")

    monkeypatch.setattr(sources.Source, "small", property(lambda self: not request.param))
    return read


@pytest.mark.fault("column names")
@pytest.mark.parametrize(
    ("text", "names", "lines", "note"),
    [
        ("# a\na,b\n1,2\n", ("a", "b"), [3], "1 line that begins with # above the header skipped"),
        ("#\n# x, y\n#z\na,b\n1,2\n", ("a", "b"), [5], "3 lines that begin with #"),
        ("#,name\n1,Bob\n", ("#", "name"), [2], None),
        ("#id,name\n1,Bob\n", ("#id", "name"), [2], None),
        ("# x, y\n1,2\n3,4\n", ("x", "y"), [2, 3], "the header stands behind a #"),
        ("# x, y\na,b\nc,d\n", ("a", "b"), [3], "1 line that begins with #"),
        ("# size\n#id\tname\n1\tBob\n", ("#id", "name"), [3], "1 line that begins"),
        ("# only\nsize\n1\n", ("size",), [3], "1 line that begins"),
        ("sep=;\n# r\na;b\n1;2\n", ("a", "b"), [4], "1 line that begins"),
        ("a,b\n#1,2\n", ("a", "b"), [2], None),
        (",a\n0,5\n1,6\n2,7\n", ("a",), [2, 3, 4], "only counts the rows (from 0), so it is left"),
        (",a\n1,5\n2,6\n", ("a",), [2, 3], "only counts the rows (from 1)"),
        (",a\n0,5\n2,6\n", ("column_1", "a"), [2, 3], "column 1 has no name in the header"),
        (",a\nx,5\ny,6\n", ("column_1", "a"), [2, 3], "is called column_1"),
        ("a,,b\n1,2,3\n", ("a", "column_2", "b"), [2], "column 2 has no name"),
        ("a,,column_2\n1,2,3\n", ("a", "column_2.2", "column_2"), [2], "called column_2.2"),
        ("a,\n0,1\n", ("a", "column_2"), [2], "column 2 has no name"),
        ("a,b,a,a\n1,2,3,4\n", ("a", "b", "a.2", "a.3"), [2], "'a': the later ones are called 'a."),
        ("a,a.2, a\n1,2,3\n", ("a", "a.2", "a.3"), [2], "more than one column 'a'"),
        ("a;b\n1,234;x\n2,345;y\n", ("a", "b"), [2, 3], "could be thousands too"),
    ],
)
def test_headers(
    read: Read, text: str, names: tuple[str, ...], lines: list[int], note: str | None
) -> None:
    table = read(text)
    assert table.names == names
    assert list(table.lines) == lines
    if note is None:
        assert table.notes == ()
    else:
        assert any(note in one for one in table.notes), table.notes


def test_one_row(read: Read) -> None:
    assert len(read("a,b\n1,x\n")) == 1


def test_the_word_for_a_row_is_that_of_its_file() -> None:
    with pytest.raises(DataError, match=r"row 3 holds only numbers.*Put a first row"):
        check_header(["1", "2"], "t.xlsx", 3, [], word="row")
