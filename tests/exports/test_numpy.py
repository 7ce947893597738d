"""The exported file of NumPy, run as a learner runs it, against the engine."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exports.scripts import (
    CONVENTIONS,
    HOSTILE,
    NEAR,
    PENGUINS,
    SYSTEMS,
    TRAININGS,
    bare,
    cells,
    hostile,
    ran,
    subject,
    trained,
    written,
)
from workings.activations import Activation, activations
from workings.data import Table, table_or_builtin
from workings.exports import _replay
from workings.exports.numpy import content
from workings.jobs.fitting import train
from workings.language import Program, Step, name
from workings.losses import losses
from workings.optimizers import optimizers
from workings.taking import of_model

EVERY = [*SYSTEMS, *CONVENTIONS, *TRAININGS]


def loaded(text: str) -> dict[str, Any]:
    """The functions and numbers of an exported file, without its being run as a script."""
    words: dict[str, Any] = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), words)  # noqa: S102 - the file under test
    return words


@cache
def exported(word: str) -> str:
    """The file of a subject."""
    return content(subject(word))


@pytest.mark.parametrize("word", ["article", "chain-rule", "sgd", "penguins", "diabetes", "single"])
def test_a_file_that_is_run_agrees_with_the_engine(word: str, tmp_path: Path) -> None:
    said = ran(sys.executable, written(tmp_path, "network.py", exported(word)))
    said.agrees(within=1e-5 if word == "single" else NEAR[word == "sgd"])
    assert said.lines[0].startswith("epoch      1   loss per row ")
    assert len(said.lines) > 3


@pytest.mark.parametrize("word", EVERY)
def test_the_training_is_the_run_from_first_to_last(word: str) -> None:
    file, run = loaded(exported(word)), subject(word).run
    assert run is not None
    values, found = file["train"]()
    close = 1e-5 if word == "single" else 1e-12
    # a loss that goes to 0 is what numbers of about 1 cancel to
    np.testing.assert_allclose(found, run.losses, rtol=close, atol=close * 1e-3)
    for parameter, expected in run.last.items():
        assert values[parameter].dtype == expected.dtype
        np.testing.assert_allclose(values[parameter], expected, rtol=close, atol=close)
    answers = file["predict"](**subject(word).tests)
    assert answers.dtype == subject(word).expected.dtype
    np.testing.assert_allclose(answers, subject(word).expected, rtol=close)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("WEIGHT", "1e-11", "predictions, .*wout"),
        ("EXPECTED", "1e-11", "predictions"),
        ("START", "1e-8", "loss of epoch 300"),
        ("y, 0.1, **values", "y, 0.1001, **values", "loss of epoch 300"),
        ("d_output @ wout.T", "d_output @ (wout + 1e-8).T", "loss of epoch 300"),
        ("return answer", "return answer * np.nan", "predictions"),
        ("return answer", "return answer[:, 0]", "predictions"),
    ],
)
def test_a_file_with_one_thing_changed_differs(
    old: str, new: str, what: str, tmp_path: Path
) -> None:
    about = subject("bias=own")
    assert about.run
    numbers = {
        "WEIGHT": about.values["wout"][0, 0], "EXPECTED": about.expected[1, 0],
        "START": about.run.start["wh"][0, 0],
    }  # fmt: skip
    if old in numbers:
        old, new = str(numbers[old]), str(numbers[old] + float(new))
    text = exported("bias=own")
    assert old in text
    changed = written(tmp_path, "changed.py", text.replace(old, new, 1))
    ran(sys.executable, changed).differs(what)


# -- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["moons", "iris", "penguins", "diabetes", "single"])
def test_rows_of_a_table_are_predicted_as_the_model_does(word: str) -> None:
    table = table_or_builtin(TRAININGS[word][0])
    predicted = loaded(exported(word))["predict_table"](cells(table))
    expected = trained(word).model.predict(table)
    if subject(word).classes:
        assert predicted == expected.tolist()
    else:
        np.testing.assert_allclose(predicted, expected, rtol=1e-12)


def test_cells_that_are_missing_or_never_seen() -> None:
    file, rows = loaded(exported("penguins")), cells(table_or_builtin(PENGUINS))
    row = dict(rows[0])
    known = file["predict"](
        np.array([[np.nan, 18.7, 181.0, 3750.0, 2007.0]]), np.array([[-1.0, 2.0]])
    )
    row |= {"bill_length_mm": " NA ", "island": "Atlantis", "sex": "?", "species": ""}
    plain = row | {"bill_length_mm": None, "body_mass_g": 3750, "sex": float("nan")}
    best = file["CLASSES"][int(known.argmax())]
    assert file["predict_table"]([row, plain]) == [best, best]
    assert [file["place"](row, column) for column in ("island", "sex")] == [-1, 2]
    assert file["predict_table"]([]) == []
    with pytest.raises(KeyError, match="bill_length_mm"):
        file["predict_table"]([{}])
    with pytest.raises(ValueError, match="long"):
        file["predict_table"]([row | {"bill_length_mm": "long"}])


def test_capitals_do_not_matter_in_columns_of_yes_and_no() -> None:
    answers, marks = ["Yes", "no", "YES", "No"] * 5, [1.5, 2.0, 0.5, 1.0] * 5
    X = np.array(list(zip(answers, marks, strict=True)), object)
    table = Table.from_arrays(X, ["a", "b"] * 10, names=["said", "mark"], target="class")
    model = train(table, "class", hidden=[2], epochs=2).model
    file = loaded(content(of_model(model, table)))
    places = [file["place"]({"said": word}, "said") for word in ("yEs", "NO", "maybe")]
    assert places == [1, 0, -1]
    assert file["predict_table"](cells(table)) == model.predict(table).tolist()


# -- any network -----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [*activations(), *losses()])
def test_every_activation_and_loss_is_exported(word: str) -> None:
    op = (activations() | losses())[word]
    X, w = np.linspace(-4, 4, 12).reshape(4, 3), np.linspace(-1, 2, 12).reshape(4, 3)
    x, other = name("X", "n", "inputs"), name("w", "n", "inputs")
    args = (x, other) if word in losses() else (x,)
    z = op(*args, **({} if op.elementwise else {"axis": 1}))
    about = bare(Program((Step("w_again", other + 0.0), Step("answer", z))), {"X": X, "w": w})
    file = loaded(content(about))
    np.testing.assert_allclose(file["predict"](X), about.expected, rtol=1e-12, atol=1e-300)
    assert file["main"]() == 0


@pytest.mark.parametrize("word", optimizers())
def test_every_optimizer_is_exported(word: str) -> None:
    table = table_or_builtin("xor")
    model = train(table, hidden=[3], epochs=3, batch_size=50, optimizer=word).model
    assert loaded(content(of_model(model, table)))["main"]() == 0


def test_a_name_that_cannot_be_a_word_is_replaced() -> None:
    ops = [Activation(HOSTILE[0], lambda x: 2.0 * x), Activation("np", lambda x: x + 1.0),
           Activation("X", lambda np: np * 0.5)]  # fmt: skip
    z = name("X", "n", 2)
    for op in ops:
        z = op(z)
    hidden = Step("import", z, HOSTILE[1], HOSTILE[1])
    about = bare(
        Program((hidden, Step("answer", hidden.ref))), {"X": np.ones((2, 2)), "w": np.ones(1)}
    )
    text = content(about)
    assert loaded(text)["main"]() == 0
    assert "value_1 = op_3(op_2(op_1(X)))" in text


def test_a_large_training_is_left_out(tmp_path: Path) -> None:
    about = subject("article")
    assert about.run
    many = replace(about.run, X=np.ones((2001, 4)), y=np.ones((2001, 1)))
    text = content(replace(about, run=many))
    assert "too many to stand here" in text
    assert "def train" not in text
    assert len(text) < 6000
    ran(sys.executable, written(tmp_path, "network.py", text)).agrees()


def test_a_training_that_magnifies_rounding_is_compared_while_it_can_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(_replay, "MARGIN", 1e11)
    text = content(subject("article"))
    said = ran(sys.executable, written(tmp_path, "network.py", text))
    said.agrees()
    assert "two machines" in text
    assert "loss of epoch 5000" not in text
    text = text.replace("START = {\n", "START = {\n", 1).replace(
        "[0.92, 0.11, 0.52]", "[0.9, 0, 0]"
    )
    ran(sys.executable, written(tmp_path, "other.py", text)).differs("loss of epoch")


# -- text from a table -----------------------------------------------------------------------------


@pytest.mark.fault("T14")
def test_hostile_words_are_text_and_nothing_runs(tmp_path: Path) -> None:
    table, result = hostile()
    text = content(of_model(result.model, table))
    path = written(tmp_path, "network.py", text)
    ran(sys.executable, path).agrees()
    assert [file.name for file in tmp_path.iterdir()] == ["network.py"]
    file = loaded(text)
    assert file["predict_table"](cells(table)) == result.model.predict(table).tolist()
    assert set(file["CLASSES"]) == {word.strip() for word in HOSTILE[:3]}


@pytest.mark.fault("T14")
def test_hostile_words_are_no_names_and_no_comments() -> None:
    table, result = hostile()
    text = content(of_model(result.model, table))
    assert text.isascii()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.STRING:
            assert not any(word in token.string for word in ("system", "owned", "script", "slash"))
    imported = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)]
    assert [one.name for node in imported for one in node.names] == ["sys", "numpy"]
