"""`workings predict`: the library's predictions, row by row, or one sentence and no file."""

from __future__ import annotations

import csv
import io
import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from workings.data import builtin_table, read_table
from workings.models import Model, load

from .conftest import Call


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_it_predicts_what_the_model_predicts(call: Call, species: Path, penguins: Path) -> None:
    head, *rows = rows_of(call("predict", species, penguins).out)
    table = read_table(penguins)
    assert head == ["line", "species"]
    assert [row[0] for row in rows] == [str(line) for line in range(2, 346)]
    assert [row[1] for row in rows] == load(species).predict(table).tolist()


def test_amounts_keep_every_digit(call: Call, progression: Path) -> None:
    rows = rows_of(call("predict", progression, "diabetes").out)[1:]
    exact = load(progression).predict(builtin_table("diabetes"))
    assert [float(row[1]) for row in rows] == exact.tolist()


def test_probabilities_add_up_and_speak_for_the_label(
    call: Call, species: Path, penguins: Path
) -> None:
    head, *rows = rows_of(call("predict", species, penguins, "--proba").out)
    model = load(species)
    shares = np.array([row[2:] for row in rows], float)
    assert head[2:] == [f"P({label})" for label in model.classes]
    assert np.allclose(shares.sum(1), 1, rtol=0, atol=1e-12)  # three roundings of 1e-16
    assert [model.classes[place] for place in shares.argmax(1)] == [row[1] for row in rows]
    assert np.array_equal(shares, model.probabilities(read_table(penguins)))


def test_an_amount_has_no_probabilities(call: Call, progression: Path) -> None:
    call("predict", progression, "diabetes", "--proba", "-o", "p").refuses("progression", "amount")
    assert os.listdir() == []


def test_a_file_holds_what_the_screen_would(call: Call, species: Path, new_penguins: Path) -> None:
    shown = call("predict", species, new_penguins, "--proba").out
    said = call("predict", species, new_penguins, "--proba", "-o", "p.csv")
    assert (said.code, said.out) == (0, "")
    assert "p.csv: 4 rows" in said.err
    assert Path("p.csv").read_text() == shown


@pytest.mark.parametrize("seed", range(3))
def test_columns_are_found_by_name(
    call: Call, species: Path, new_penguins: Path, seed: int
) -> None:
    rows = [[*row, "extra"] for row in rows_of(new_penguins.read_text())]
    order = np.random.default_rng(seed).permutation(len(rows[0]))
    Path("t.csv").write_text("".join(",".join(row[i] for i in order) + "\n" for row in rows))
    expected = call("predict", species, new_penguins, "--proba")
    assert call("predict", species, "t.csv", "--proba") == expected


def test_lines_are_those_an_editor_shows(call: Call, species: Path, new_penguins: Path) -> None:
    head, *rows = new_penguins.read_text().splitlines()
    Path("t.csv").write_text("\n\n" + "\n\n".join([head, *rows]) + "\n")
    found = rows_of(call("predict", species, "t.csv").out)[1:]
    assert [row[0] for row in found] == ["5", "7", "9", "11"]


def test_one_row_is_predicted_as_among_others(
    call: Call, species: Path, new_penguins: Path
) -> None:
    head, *rows = new_penguins.read_text().splitlines()
    together = rows_of(call("predict", species, new_penguins).out)[1:]
    for row, (_, label) in zip(rows, together, strict=True):
        Path("t.csv").write_text(f"{head}\n{row}\n")
        assert call("predict", species, "t.csv").out == f"line,species\n2,{label}\n"


def test_a_word_never_seen_is_refused(call: Call, species: Path, new_penguins: Path) -> None:
    _with(new_penguins, "Dream", "Mars")
    said = call("predict", species, "t.csv", "-o", "p.csv")
    said.refuses("line 3", "island is 'Mars'", "Biscoe, Dream, Torgersen", "--unseen none")
    assert os.listdir() == ["t.csv"]


def test_a_word_never_seen_may_count_as_none(call: Call, species: Path, new_penguins: Path) -> None:
    _with(new_penguins, "Dream", "Mars")
    before = rows_of(call("predict", species, new_penguins, "--proba").out)
    said = call("predict", species, "t.csv", "--proba", "--unseen", "none")
    after = rows_of(said.out)
    assert said.err.count("\n") == 1
    assert "line 3: island = 'Mars'" in said.err
    assert [a == b for a, b in zip(after, before, strict=True)] == [True, True, False, True, True]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("bill_depth_mm", "beak", ["no column 'bill_depth_mm'", "beak"]),
        ("19.0", "19,0 mm", ["line 3 has 8 cells"]),
        ("19.0", "19.O", ["line 3", "'bill_depth_mm'", "'19.O'"]),
        ("19.0", "1e999", ["line 3", "'bill_depth_mm'", "too large"]),
        ("sex,year", "sex,sex", ["no column 'year'"]),
    ],
)
def test_tables_the_model_cannot_read(
    call: Call, species: Path, new_penguins: Path, old: str, new: str, found: list[str]
) -> None:
    _with(new_penguins, old, new)
    Path("p.csv").write_text("kept")
    call("predict", species, "t.csv", "-o", "p.csv").refuses(*found)
    assert Path("p.csv").read_text() == "kept"


def test_a_table_of_something_else(call: Call, species: Path) -> None:
    said = call("predict", species, "digits")
    said.refuses("bill_length_mm", "digits")
    assert len(said.err) < 1200  # its 64 columns are not all listed


DAMAGE = {
    "short": lambda data: data[:-1],
    "half": lambda data: data[: len(data) // 2],
    "long": lambda data: data + b"\0",
    "flipped": lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    "empty": lambda data: b"",
    "text": lambda data: b"a,b\n1,2\n",
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("words", [["predict"], ["evaluate"], ["show"]])
def test_a_model_file_that_is_damaged(
    call: Call, species: Path, penguins: Path, damage: str, words: list[str]
) -> None:
    Path("m.workings").write_bytes(DAMAGE[damage](species.read_bytes()))
    call(*words, "m.workings", penguins).refuses("cannot load m.workings", "damaged")


@pytest.mark.parametrize("words", [["predict"], ["evaluate"], ["show"]])
def test_a_model_file_that_is_none(call: Call, penguins: Path, words: list[str]) -> None:
    os.mkfifo("pipe.workings")
    Path("folder.workings").mkdir()
    for name in ("pipe.workings", "folder.workings"):
        call(*words, name, penguins).refuses(f"cannot load {name}", "not a file")
    call(*words, "none.workings", penguins).refuses("cannot load none.workings", "no such file")


def test_a_table_that_is_not_there(call: Call, species: Path) -> None:
    call("predict", species, "none.csv").refuses("cannot read none.csv")
    call("evaluate", species, "none.csv").refuses("cannot read none.csv")
    call("show", species, "none.csv").refuses("cannot read none.csv")


@pytest.mark.parametrize("place", ["none/p.csv", "."])
def test_a_place_that_cannot_be_written_is_found_first(
    call: Call, monkeypatch: pytest.MonkeyPatch, species: Path, penguins: Path, place: str
) -> None:
    monkeypatch.delattr(Model, "answers")
    call("predict", species, penguins, "-o", place).refuses("cannot write")
    assert os.listdir() == []


def test_options_that_cannot_be(call: Call, species: Path, penguins: Path) -> None:
    call("predict", species, penguins, "--unseen", "maybe").refuses("'maybe'", "error, none")
    call("predict", species).misused("TABLE")
    call("predict", species, penguins, "--probs").misused("--proba")


def test_equivalent_tables_get_equal_predictions(
    call: Call, species: Path, new_penguins: Path
) -> None:
    text = new_penguins.read_text()
    written = [text.replace("\n", "\r\n"), text.replace(",", ";"), text.replace(",", "\t"),
               "\ufeff" + text, text.replace("NA", ""), text.replace("NA", "?")]  # fmt: skip
    found = []
    for place, variant in enumerate([text, *written]):
        Path(f"{place}.csv").write_text(variant, newline="")
        found.append(call("predict", species, f"{place}.csv", "--proba").out)
    assert all(one == other for one, other in itertools.pairwise(found))


def test_a_reader_who_has_seen_enough(species: Path, penguins: Path) -> None:
    words = [sys.executable, "-m", "workings", "predict", str(species), str(penguins)]
    reading, writing = os.pipe()
    os.close(reading)
    run = subprocess.run(  # noqa: S603
        words, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (run.returncode, run.stderr) == (0, "")


def _with(table: Path, old: str, new: str) -> None:
    Path("t.csv").write_text(table.read_text().replace(old, new, 1))
