"""`workings show`: every matrix, labelled; it ends in the very answer that `predict` gives."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from workings.activations import activations
from workings.data import builtin_table, read_table
from workings.jobs.fitting import replay
from workings.models import load
from workings.systems import systems

from .conftest import Call

TWELVE = [
    "Read input and output", "Start weights and biases", "Add up the inputs of the hidden layer",
    "Apply the activation of the hidden layer", "Add up and activate the output layer",
    "Compare with the target: the error at the output layer", "Slopes of the activations",
    "Delta at the output layer", "Error at the hidden layer", "Delta at the hidden layer",
    "Update the weights", "Update the biases",
]  # fmt: skip
CONVENTIONS = [
    "sign=error", "reduction=sum", "samples=columns", "bias=folded", "names=short",
    "names=partials", "samples=columns,bias=folded,sign=error,names=short",
]  # fmt: skip


def numbers_of(line: str) -> list[float]:
    return [float(word) for word in line.split()[1:]]


def last_matrix(out: str) -> list[float]:
    """The numbers in the last line of the last matrix."""
    lines = [line for line in out.split("\nShown to")[0].splitlines() if line.strip()]
    return numbers_of(lines[-1])


def test_the_article_is_the_twelve_steps(call: Call) -> None:
    out = call("show", "article").out
    assert re.findall(r"^Step (\d+)  (.*)$", out, re.MULTILINE) == [
        (str(number), title) for number, title in enumerate(TWELVE)
    ]
    assert out == call("show").out


def test_rows_and_columns_of_the_article_have_names(call: Call) -> None:
    out = call("show", "article").out.split("hidden_layer_input = X @ wh")[1]
    head, *rows = [line for line in out.splitlines()[2:] if line.strip()][:4]
    X = np.array([[1, 0, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]])
    wh = np.array([[0.42, 0.88, 0.55], [0.1, 0.73, 0.68], [0.6, 0.18, 0.47], [0.92, 0.11, 0.52]])
    assert head.split() == ["h1", "h2", "h3"]
    assert [row.split()[0] for row in rows] == ["1", "2", "3"]
    expected = (X @ wh + [0.46, 0.72, 0.08]).round(4)
    assert np.array_equal([numbers_of(row) for row in rows], expected)


@pytest.mark.parametrize("word", systems())
def test_every_system_is_shown(call: Call, word: str) -> None:
    said = call("show", word)
    assert (said.code, said.err) == (0, "")
    assert systems()[word].summary in said.out
    assert "nan" not in said.out


@pytest.mark.parametrize("words", ["names=short", "samples=columns", "sign=gradient"])
def test_the_article_under_another_convention(call: Call, words: str) -> None:
    out = call("show", "article", "--convention", words, "--step", "loss").out
    assert "0.3541" in out  # the loss is the same in every book


def test_all_activations_are_listed(call: Call) -> None:
    out = call("show", "activations").out
    assert re.findall(r"^(\w+)$", out, re.MULTILINE) == list(activations())


@pytest.mark.parametrize("row", [1, 4, 344])
def test_a_row_ends_in_the_answer_of_predict(
    call: Call, species: Path, penguins: Path, row: int
) -> None:
    out = call("show", species, penguins, "--row", row, "--digits", "15").out
    model, table = load(species), read_table(penguins)
    exact = model.probabilities(table)[row - 1]
    # 15 digits are shown
    assert np.allclose(last_matrix(out)[-3:], exact, rtol=0, atol=1e-14)
    said, *shares = out.splitlines()[-5:]
    assert said == f"Predicted species: {model.predict(table)[row - 1]}"
    found = [float(line.split()[1]) for line in shares[1:]]
    assert np.array_equal(found, exact)


def test_a_row_begins_with_its_cells(call: Call, species: Path, penguins: Path) -> None:
    out = call("show", species, penguins, "--row", "4").out.split("Step 0")[0]
    for name, cell in zip(*(line.split(",") for line in _lines(penguins, 1, 5)), strict=True):
        assert name == "species" or re.search(rf"^ +{name} +'{cell}'", out, re.MULTILINE)


@pytest.mark.parametrize("words", CONVENTIONS)
def test_a_convention_changes_no_answer(
    call: Call, species: Path, penguins: Path, words: str
) -> None:
    ask = ("show", species, penguins, "--row", "2", "--step", "answer", "--digits", "12")
    plain, written = call(*ask), call(*ask, "--convention", words)
    assert np.allclose(last_matrix(plain.out), last_matrix(written.out), rtol=0, atol=1e-11)


def test_a_convention_that_would_change_the_answer(
    call: Call, species: Path, penguins: Path
) -> None:
    call("show", species, penguins, "--convention", "bias=none").refuses("bias")


def test_an_amount_is_shown_in_its_own_units(call: Call, progression: Path) -> None:
    out = call("show", progression, "diabetes", "--row", "7", "--digits", "12").out
    exact = load(progression).predict(builtin_table("diabetes"))[6]
    assert last_matrix(out)[-1] == pytest.approx(exact, rel=1e-11)  # 12 digits are shown
    assert float(out.split()[-1]) == pytest.approx(exact, rel=1e-15)


def test_rows_to_predict_need_no_target(call: Call, species: Path, new_penguins: Path) -> None:
    said = call("show", species, new_penguins, "--row", "3")
    assert said.code == 0
    assert "loss" not in said.out
    assert "sex = missing" in said.out


def test_an_iteration_of_the_training(call: Call, species: Path, penguins: Path) -> None:
    ask = ("show", species, penguins, "--iteration", "9", "--step", "new_bout", "--digits", "15")
    trace = replay(load(species), read_table(penguins), iteration=9)
    lines = call(*ask).out.split("Gentoo")[1].splitlines()
    assert np.allclose([float(word) for word in lines[1].split()], trace["new_bout"], atol=1e-14)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("--row 0", "has 344 rows"),
        ("--row 345", "has 344 rows"),
        ("--row -1", "has 344 rows"),
        ("--iteration 0", "iteration = 0"),
        ("--iteration 37", "this training has 36"),
        ("--iteration 2 --row 345", "among the rows of this batch"),
        ("--iteration 2 --convention names=short", "another convention"),
        ("--step awnser", "Did you mean 'answer'"),
        ("--convention bias", "it has no '='"),
        ("--convention bais=own", "Did you mean 'bias'"),
        ("--convention sign=eror", "Did you mean 'error'"),
    ],
)
def test_what_cannot_be_shown_of_a_model(
    call: Call, species: Path, penguins: Path, words: str, found: str
) -> None:
    said = call("show", species, penguins, *words.split())
    said.refuses(found)
    assert said.out == ""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("artcle", "Did you mean 'article'"),
        ("article --row 4", "row 4"),
        ("article --iteration 0", "iteration"),
        ("article --iteration -3", "iteration = -3"),
        ("article --iteration 5001", "this training has 5000"),
        ("article --step dwh", "Did you mean"),
        ("perceptron --iteration 2", "perceptron has only one"),
        ("perceptron --convention names=short", "perceptron"),
        ("article --convention samples=diagonal", "rows, columns"),
    ],
)
def test_what_cannot_be_shown_of_a_system(call: Call, words: str, found: str) -> None:
    said = call("show", *words.split())
    said.refuses(found)
    assert said.out == ""


def test_other_words_that_are_not_understood(call: Call, species: Path, penguins: Path) -> None:
    call("show", species).refuses("which rows", "--row 1")
    call("show", penguins, penguins).refuses("not a model file")
    call("show", "article", "--digits", "0").misused("1<=x<=17")
    call("show", "article", "--row", "one").misused("'one' is not a valid integer")


def test_a_replay_on_another_table(call: Call, species: Path, penguins: Path) -> None:
    Path("t.csv").write_text(penguins.read_text().replace("39.1", "39.2", 1))
    said = call("show", species, "t.csv", "--iteration", "1")
    said.refuses("t.csv is not the table it was trained on", "344 rows")


def test_hostile_names_are_shown_and_not_obeyed(
    call: Call, species: Path, new_penguins: Path
) -> None:
    evil = "t\x1b]0;x\x07\u202e.csv"
    Path(evil).write_text(new_penguins.read_text().replace("Dream", "\x1b[2J"))
    said = call("show", species, evil)
    said.refuses(r"\x1b]0;x\x07\u202e.csv", r"\x1b[2J")
    assert "\x1b" not in said.err


def _lines(path: Path, *numbers: int) -> list[str]:
    lines = path.read_text().splitlines()
    return [lines[number - 1] for number in numbers]


@pytest.mark.parametrize("table", ["moons", "iris", "wine", "breast-cancer", "diabetes"])
def test_a_row_ends_in_the_very_digits_that_predict_gives(call: Call, table: str) -> None:
    call("train", table, "--epochs", "2", "--hidden", "3")
    proba = [] if table == "diabetes" else ["--proba"]
    header, *rows = call("predict", "model.workings", table, *proba).out.splitlines()
    for row in (1, 20):
        shown = call("show", "model.workings", table, "--row", row).out
        _, said, *shares = rows[row - 1].split(",")
        assert f"Predicted {header.split(',')[1]}: {said}\n" in shown
        assert all(share in shown.split() for share in shares)
