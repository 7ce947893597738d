"""`workings data`: what it says of every kind of table, and tables that people really have."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import openpyxl
import pytest

from workings.data import BUILTIN

from .conftest import Call

QUICK = ("--epochs", "2", "--hidden", "3", "--quiet")
KINDS = ["wren", "robin", "tit"]


def birds(path: str = "birds.xlsx") -> None:
    """A workbook of two sheets with a title, an identifier, dates, shares and booleans."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "birds"
    sheet.append(["Birds of 2024"])
    sheet.append([])
    sheet.append(["bird_id", "when", "wing", "share", "ringed", "kind"])
    for place in range(60):
        day = dt.date(2024, 1, 1) + dt.timedelta(days=place % 17)
        wing = 10 + place % 3 + place % 7 / 10
        sheet.append([900 + 7 * place, day, wing, place % 5 / 100, bool(place % 2),
                      KINDS[place % 3]])  # fmt: skip
    book.create_sheet("more").append(["a"])
    book.save(path)


def as_csv(path: str = "birds.csv") -> None:
    """The same table as people export it."""
    lines = ["bird_id,when,wing,share,ringed,kind"]
    for place in range(60):
        day = dt.date(2024, 1, 1) + dt.timedelta(days=place % 17)
        wing = 10 + place % 3 + place % 7 / 10
        lines.append(f"{900 + 7 * place},{day:%m/%d/%Y},{wing},{place % 5} %,{bool(place % 2)},"
                     f"{KINDS[place % 3]}")  # fmt: skip
    Path(path).write_text("\n".join(lines))


@pytest.mark.parametrize("name", BUILTIN)
def test_every_builtin_table(call: Call, name: str) -> None:
    said = call("data", name)
    assert (said.code, said.err) == (0, "")
    assert f"Predicting {BUILTIN[name].target}: {BUILTIN[name].task}" in said.out
    assert os.listdir() == []


@pytest.mark.fault("T6")
def test_what_it_says_of_a_csv_file(call: Call) -> None:
    as_csv()
    out = call("data", "birds.csv", "--target", "kind").out
    assert "Read birds.csv: 60 rows, 6 columns." in out
    assert "01/01/2024 .. 01/17/2024" in out
    assert "read as dates (month/day/year) as days since 1970-01-01" in out
    assert "read as percentages: 5.5 % is 0.055" in out
    assert "tit 20" in out
    assert "weights for 48 rows to train on" in out


def test_what_it_says_of_a_workbook(call: Call) -> None:
    birds()
    out = call("data", "birds.xlsx", "--target", "kind").out
    assert "the first of 2 sheets was read, 'birds'; the others: 'more'" in out
    assert "rows above the header (row 3) skipped" in out
    assert "2024-01-01 .. 2024-01-17" in out
    call("data", "birds.xlsx", "--sheet", "brids").refuses("'brids'", "Did you mean 'birds'")
    call("data", "birds.xlsx", "--sheet", "more").refuses("birds.xlsx, sheet more", "no rows")


def test_a_workbook_and_its_csv_file_are_one_table(call: Call) -> None:
    birds()
    as_csv()
    outs = []
    for path in ("birds.xlsx", "birds.csv"):
        said = call("train", path, "--target", "kind", *QUICK, "-o", f"{path}.workings")
        assert said.code == 0
        outs.append(said.out[said.out.index("accuracy") :].split("\n\n")[0])
    assert outs[0] == outs[1]


def test_a_new_row_is_read_as_in_training(call: Call) -> None:
    as_csv()
    assert call("train", "birds.csv", "--target", "kind", *QUICK, "-o", "m").code == 0
    header = "bird_id,when,wing,share,ringed\n"
    asked = []
    for day in ("01/02/2024", "2024-01-02", "1.2.2024"):
        Path("new.csv").write_text(f"{header}7,{day},12.5,3 %,true\n")
        asked.append(call("predict", "m", "new.csv", "--proba").out)
    assert asked[0] == asked[1] != asked[2]
    Path("new.csv").write_text(f"{header}7,01/02/2024,12.5,0.03,true\n")
    call("predict", "m", "new.csv").refuses("new.csv: line 2 holds '0.03'", "percentages")


def test_without_a_target_it_asks_for_one(call: Call, penguins: Path) -> None:
    out = call("data", penguins).out
    assert "Name a column with --target" in out
    assert "island" in out
    call("data", penguins, "--target", "Species").refuses("Did you mean 'species'")
    call("data", "penguins").refuses("no such file")


def test_what_would_be_refused_is_said(call: Call) -> None:
    Path("t.csv").write_text("a,b,y\n1,u,k\n2,u,k\n12O.5,v,k\n4,w,k\n")
    said = call("data", "t.csv", "--target", "y")
    assert said.code == 2
    assert "Nothing odd" not in said.out
    assert "line 4 holds '12O.5'" in said.out
    assert "Training would be refused: cannot learn to tell classes apart" in said.out


def test_a_column_that_cannot_be_read_is_something_odd(call: Call) -> None:
    rows = "".join(f"{'inf' if k == 7 else k},{k % 2}\n" for k in range(40))
    Path("t.csv").write_text(f"a,y\n{rows}")
    out = call("data", "t.csv").out
    assert "line 9 holds 'inf', and the others are numbers. Correct" in out
    assert "Nothing else odd was found." in out


def test_wide_tables_are_bounded(call: Call) -> None:
    names = [f"{'n' * 60}{place}" for place in range(3000)]
    rows = [",".join(str(place * row % 7) for place in range(3000)) for row in range(12)]
    Path("t.csv").write_text("\n".join([",".join(names), *rows]))
    out = call("data", "t.csv").out
    assert "2960 more columns (2960 numbers)" in out
    assert len(out) < 20_000


def test_names_of_rows_as_a_target_are_refused(call: Call) -> None:
    rows = "\n".join(f"{place % 9},person {place}" for place in range(10_000))
    Path("t.csv").write_text(f"a,y\n{rows}\n")
    call("train", "t.csv", "--target", "y", *QUICK).refuses(
        "10000 different words in 10000 rows", "names of rows"
    )


def test_many_classes_are_not_all_printed(call: Call) -> None:
    rows = "\n".join(f"{place % 9},c{place % 700}" for place in range(2800))
    Path("t.csv").write_text(f"a,y\n{rows}\n")
    out = call("data", "t.csv", "--target", "y").out
    assert "(700 classes)" in out
    assert len(out) < 3000


@pytest.mark.parametrize(
    ("text", "found"), [("a,y\n", "no rows"), ("", "empty"), ("a,y\n1,k\n", "2 or more")]
)
def test_tables_of_no_or_one_row(call: Call, text: str, found: str) -> None:
    Path("t.csv").write_text(text)
    said = call("data", "t.csv", "--target", "y")
    assert found in said.out + said.err
    assert "Traceback" not in said.err


@pytest.mark.fault("T16")
def test_nothing_in_a_table_is_obeyed_by_the_terminal(call: Call) -> None:
    evil = "\x1b]0;x\x07"
    Path("t.csv").write_text(f"a{evil},y\n1,u{evil}\n2,v\n3,u{evil}\n4,v\n5,v\n6,v\n")
    assert "\x1b" not in call("data", "t.csv", "--target", "y").out
