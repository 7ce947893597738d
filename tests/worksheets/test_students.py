"""A sheet for each of a class, and the command that makes them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from cli.conftest import Call
from workings.errors import DataError, SettingError, UnknownName
from workings.marking.reading import problem_in
from workings.worksheets import Student, exercise, students_in, write_all
from workings.worksheets.students import in_file_names, seeds_in


def make(seed: int):  # type: ignore[no-untyped-def]
    return exercise([2, 2, 1], seed=seed, blank="deltas")


def test_names_and_seeds_come_from_a_table(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("nr;Name;seed\n1;Ann Lee;12\n2;=1+1;15\n", encoding="utf-8")
    assert students_in(path) == [Student(12, "Ann Lee"), Student(15, "=1+1")]
    assert students_in(path, "nr") == [Student(12, "1"), Student(15, "2")]
    path.write_text("who\nAnn\nBo\n")
    assert students_in(path, first=5) == [Student(5, "Ann"), Student(6, "Bo")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,mark\nAnn,1\n,2\n", "line 3, column name is empty"),
        ("name,seed\nAnn,x\n", "line 2 holds 'x'"),
        ("name,seed\nAnn,-1\n", "line 2 holds '-1'"),
    ],
)
def test_a_class_that_cannot_be_read(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text(text)
    with pytest.raises(DataError, match=said):
        students_in(tmp_path / "class.csv")
    with pytest.raises(UnknownName, match="Did you mean 'name'"):
        students_in(tmp_path / "class.csv", "nam")


@pytest.mark.parametrize("written", ["", "a", "3-1", "1-", "-1", "1,,2", "1-2000", "1e3", "١"])
def test_seeds_that_are_none(written: str) -> None:
    with pytest.raises(SettingError):
        seeds_in(written)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "etc-passwd"), ("CON", "con"), ("Ł", "student"), ("日本", "student"),
        ("x" * 300, "x" * 40), ("a/b\\c:d*e", "a-b-c-d-e"), (".hidden", "hidden"),
        ("Zoë", "zoe"), ("\x00\n", "student"),
    ],
)  # fmt: skip
def test_names_of_files_are_plain(name: str, plain: str) -> None:
    assert in_file_names(name) == plain


def test_each_gets_a_sheet_and_a_key_and_no_two_files_are_one(tmp_path: Path) -> None:
    everybody = [Student(1, "Ann"), Student(2, "ann"), Student(3, "Änn"), Student(4, "keys"),
                 Student(5, "Ann key"), Student(6)]  # fmt: skip
    written = write_all(make, everybody, tmp_path / "s.xlsx")
    assert len({path.name.lower() for path in written}) == len(written) == 13
    assert {path.parent for path in written} == {tmp_path}
    assert len({problem_in(path) for path in written[:-1:2]}) == 6
    page = openpyxl.load_workbook(written[-1]).active
    rows = list(page.iter_rows(values_only=True))
    assert rows[0][:4] == ("sheet", "name", "seed", "d_output[1,1]")
    assert [row[1] for row in rows[1:6]] == ["Ann", "ann", "Änn", "keys", "Ann key"]
    assert rows[1][3] == make(1).answers["d_output"][0, 0]


def test_a_page_of_answers_for_other_forms(tmp_path: Path) -> None:
    written = write_all(make, [Student(1, "<b>")], tmp_path / "s.tex")
    assert [path.name for path in written] == ["s-b.tex", "s-b-key.tex", "s-keys.html"]
    page = written[-1].read_text()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page


# -- the command -----------------------------------------------------------------------------------


def test_a_sheet_and_its_key_and_how_it_is_marked(call: Call, tmp_path: Path) -> None:
    said = call("worksheet", "--network", "2-2-1", "--seed", 7, "--blank", "deltas,updates",
                "-o", "sheet.xlsx")  # fmt: skip
    assert said.code == 0, said.err
    assert "6 steps, 18 cells" in said.out
    assert "workings check sheet.xlsx" in said.out
    assert {path.name for path in tmp_path.iterdir()} == {"sheet.xlsx", "sheet-key.xlsx"}
    blank, right = call("check", "sheet.xlsx"), call("check", "sheet-key.xlsx")
    assert "all 6 steps are blank" in blank.out
    assert "Everything is right: all 6 steps" in right.out


def test_a_sheet_on_paper_is_marked_by_what_is_typed_in(call: Call, tmp_path: Path) -> None:
    call("worksheet", "--network", "2-2-1", "--seed", 7, "--blank", "deltas", "-o", "sheet.html",
         "--no-key")  # fmt: skip
    assert {path.name for path in tmp_path.iterdir()} == {"sheet.html"}
    answers = exercise([2, 2, 1], seed=7, blank="deltas").answers
    text = "".join(
        f"{word}\n" + "".join(";".join(f"{x:.4f}".replace(".", ",") for x in row) + "\n"
                              for row in value) + "\n"
        for word, value in answers.items()
    )  # fmt: skip
    (tmp_path / "mine.csv").write_text(text)
    said = call("check", "mine.csv", "--for", "sheet.html")
    assert said.code == 0, said.err
    assert "right" in said.out


def test_a_class_by_seeds_and_by_names(call: Call, tmp_path: Path) -> None:
    said = call("worksheet", "--network", "2-2-1", "--seeds", "1-2", "-o", "s.html", "--with-key")
    assert said.code == 0, said.err
    assert {path.name for path in tmp_path.iterdir()} == {"s-1.html", "s-2.html"}
    (tmp_path / "class.csv").write_text("name\nAnn\nBo\n")
    said = call("worksheet", "--for", "article", "--seeds-from", "class.csv")
    said.refuses("--seeds-from", "article")
    said = call("worksheet", "--network", "2-2-1", "--seeds-from", "class.csv", "-o", "c.xlsx")
    assert "2 worksheets" in said.out
    assert {"c-ann.xlsx", "c-bo.xlsx", "c-ann-key.xlsx", "c-keys.xlsx"} <= {
        path.name for path in tmp_path.iterdir()
    }


def test_other_problems_and_other_books(call: Call) -> None:
    said = call("worksheet", "--for", "article", "--convention", "names=short", "-o", "a.tex")
    assert said.code == 0, said.err
    assert "workings check WORKING --for a.tex" in said.out
    again = call("worksheet", "--for", "a.tex", "--blank", "dz2,deltas", "-o", "b.xlsx")
    assert "2 steps" in again.out


REFUSED = {
    "nothing": ([], ["not said on which network"]),
    "both": (["--network", "2-1", "--for", "article"], ["two at once"]),
    "a network of words": (["--network", "2-x-1"], ["'2-x-1'", "2-2-1"]),
    "an unknown stage": (["--network", "2-2-1", "--blank", "delta"], ["Did you mean 'deltas'"]),
    "an unknown form": (["--network", "2-2-1", "-o", "x.docx"], [".docx", ".xlsx"]),
    "an unknown system": (["--for", "artcle"], ["Did you mean 'article'"]),
    "a file without a problem": (["--for", "class.csv"], ["there is no such file"]),
    "drawn and given": (["--for", "article", "--seed", "3"], ["--seed", "article"]),
    "two ways of seeds": (["--network", "2-1", "--seed", "1", "--seeds", "1-2"], ["Keep one"]),
    "two keys": (["--network", "2-1", "--no-key", "--with-key"], ["Keep one"]),
    "a key for many": (["--network", "2-1", "--seeds", "1-2", "--key", "k.xlsx"], ["beside it"]),
    "a column of no table": (["--network", "2-1", "--column", "name"], ["no table"]),
    "a folder that is not there": (["--network", "2-1", "-o", "no/x.xlsx"], ["there is no folder"]),
    "the key over the sheet": (["--network", "2-1", "-o", "x.xlsx", "--key", "x.xlsx"],
                               ["this command already"]),
    "an unknown activation": (["--network", "2-2-1", "--activation", "sigmod"], ["sigmoid"]),
    "an unknown optimizer": (["--network", "2-2-1", "--optimizer", "sdg"], ["sgd"]),
}  # fmt: skip


@pytest.mark.parametrize("how", REFUSED)
def test_one_clear_sentence(how: str, call: Call, tmp_path: Path) -> None:
    words, said = REFUSED[how]
    call("worksheet", *words).refuses(*said)
    assert list(tmp_path.iterdir()) == []
