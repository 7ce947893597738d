"""`workings size`: the curve, the rule, and the command to run next."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from workings.jobs.sizing import size
from workings.models import load

from .conftest import Call

QUICK = ("--epochs", "3", "--folds", "3")


def test_it_says_what_the_library_finds(call: Call) -> None:
    said = call("size", "iris", "--sizes", "2,0,1", *QUICK)
    found = size("iris", sizes=[2, 0, 1], epochs=3, folds=3)
    assert (said.code, said.err, os.listdir()) == (0, "", [])
    assert "Each size was tested on the same 3 folds of 150 rows." in said.out
    assert found.sentence in said.out
    lines = [line.strip() for line in said.out.splitlines()]
    for one, spread in zip(found.sizes, found.spreads, strict=True):
        start = rf"{one.hidden} +{one.weights} +{one.weights / 150:.4f} "
        scores = rf" +{spread.mean:.4f} ± {spread.error:.4f} "
        assert any(re.match(start + scores, line) for line in lines)
    (marked,) = (line for line in lines if line.endswith("recommended"))
    assert marked.startswith(f"{found.recommended.hidden} ")


def test_the_command_it_ends_with_trains_what_was_recommended(call: Call, penguins: Path) -> None:
    words = ["--target", "species", "--epochs", "3", "--ignore", "sex", "--ignore", "year",
             "--batch-size", "full", "--activation", "relu"]  # fmt: skip
    out = call("size", penguins, "--sizes", "3", *words).out
    typed = shlex.split(out.splitlines()[-1])
    assert typed[:5] == ["workings", "train", str(penguins), "--hidden", "3"]
    assert sorted(typed[5:]) == sorted(words)
    assert call(*typed[1:]).code == 0
    options = load("model.workings").record["options"]
    assert (options["hidden"], options["ignore"], options["batch_size"]) == (
        [3],
        ["sex", "year"],
        None,
    )


def test_the_command_it_ends_with_reads_the_same_sheet(call: Call) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.create_sheet("the rows")
    for k in range(30):
        book["the rows"].append(["x", "y"] if not k else [k % 7, "uv"[k % 2]])
    book.save("t.xlsx")
    out = call("size", "t.xlsx", "--sheet", "the rows", "--target", "y", "--sizes", "0", *QUICK).out
    typed = shlex.split(out.splitlines()[-1])
    assert typed[typed.index("--sheet") + 1] == "the rows"
    assert call(*typed[1:]).code == 0


def test_the_report_is_a_page_with_the_curve(call: Call) -> None:
    said = call("size", "iris", "--sizes", "0,2", *QUICK, "--report", "size.html")
    assert (said.code, os.listdir()) == (0, ["size.html"])
    page = Path("size.html").read_text()
    assert all(words in page for words in ("weights per row of data", "recommended: ", "best: "))
    assert "workings train iris --hidden" in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("iris --sizes 1,x", "--sizes '1,x'"),
        ("iris --sizes -1", "the sizes -1"),
        ("iris --folds 1", "1 folds"),
        ("iris --folds 151", "2 to 150"),
        ("iris --epochs 0", "epochs = 0"),
        ("iris --report no/r", "there is no folder no"),
        ("no.csv", "no such file"),
        ("iris --target petals", "'petals'"),
        ("iris --sizes 1000000000000", "memory"),
    ],
)
def test_what_cannot_be_is_a_sentence(call: Call, words: str, found: str) -> None:
    call("size", *words.split()).refuses(found)


def test_options_of_other_commands_are_not_taken(call: Call) -> None:
    call("size", "iris", "--hidden", "3").misused("--hidden")
    call("size", "iris", "--test-size", "0.1").misused("--test-size")


def test_numbers_that_run_away_say_in_which_fold(call: Call) -> None:
    said = call("size", "iris", "--optimizer", "sgd", "--lr", "1e300", "--sizes", "2")
    said.refuses("in fold 1 of 5: ", code=3)
