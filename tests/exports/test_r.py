"""The exported file of R, run by R, against the engine.

Most files are run in one R session, one after the other: `main` prints the verdict and ends R with
exit code 1 at the first that differs.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    SYSTEMS,
    TRAININGS,
    Said,
    as_csv,
    bare,
    hostile,
    ran,
    subject,
    trained,
    written,
)
from tools import needed
from workings.activations import Activation, activations
from workings.data import table_or_builtin
from workings.exports import _replay, write
from workings.exports.r import content
from workings.jobs.fitting import train
from workings.language import Program, Step, name
from workings.losses import losses
from workings.optimizers import optimizers
from workings.taking import of_model

EVERY = [*SYSTEMS, *CONVENTIONS, *TRAININGS]
ONE_BY_ONE = """
for (file in c({files})) {{
  one <- new.env()
  sys.source(file, one)
  one$main()
}}
"""
PREDICT = """
one <- new.env()
sys.source("network.R", one)
rows <- read.csv("rows.csv", check.names = FALSE, colClasses = "character", na.strings = NULL,
                 encoding = "UTF-8")
found <- one$predict_rows(rows)
codes <- function(word) paste(utf8ToInt(word), collapse = " ")
if (is.character(found)) cat(sapply(found, codes), sep = "\\n")
if (is.numeric(found)) cat(sprintf("%.17g", found), sep = "\\n")
"""


@cache
def exported(word: str) -> str:
    """The file of a subject."""
    return content(subject(word))


def ran_by_r(path: Path) -> Said:
    """A script of R, run in the folder it lies in."""
    return ran(needed("Rscript", "r-base-core"), path)


def ran_together(folder: Path, contents: Mapping[str, str]) -> list[str]:
    """The verdict of each file."""
    for word, text in contents.items():
        written(folder, f"{word}.R", text)
    files = ", ".join(f'"{word}.R"' for word in contents)
    said = ran_by_r(written(folder, "all.R", ONE_BY_ONE.format(files=files)))
    verdicts = [line for line in said.lines if not line.startswith("epoch ")]
    assert len(verdicts) == len(contents) or said.code == 1, said
    return verdicts


def test_every_file_agrees_with_the_engine(tmp_path: Path) -> None:
    words = [word for word in EVERY if word != "single"]
    verdicts = ran_together(tmp_path, {str(n): exported(word) for n, word in enumerate(words)})
    for word, verdict in zip(words, verdicts, strict=True):
        assert verdict.startswith("agrees with the engine: "), (word, verdict)
        assert float(verdict.split()[-1]) <= NEAR[word == "sgd"], (word, verdict)


@pytest.mark.parametrize("word", ["article", "penguins", "single"])
def test_a_file_that_is_run_agrees_with_the_engine(word: str, tmp_path: Path) -> None:
    path = tmp_path / "network.R"
    write(subject(word), "r", path)
    said = ran_by_r(path)
    said.agrees(within=1e-4 if word == "single" else 1e-12)
    assert said.lines[0].startswith("epoch      1   loss per row ")


def test_a_file_that_is_read_by_source_does_nothing(tmp_path: Path) -> None:
    written(tmp_path, "network.R", exported("sgd"))
    said = ran_by_r(
        written(tmp_path, "user.R", 'source("network.R")\ncat(dim(train()$values$wout))')
    )
    assert (said.code, said.lines) == (0, ["2 1"])


@pytest.mark.parametrize(
    ("word", "old", "new", "what"),
    [
        ("bias=own", "WEIGHT", "1e-11", "predictions.*wout"),
        ("bias=own", "START", "1e-8", "loss of epoch 300"),
        ("bias=own", "lr = 0.1)", "lr = 0.1001)", "loss of epoch 300"),
        ("bias=own", "rbind(colSums(d_output))", "rbind(rowSums(d_output))", ""),
        ("bias=own", "d_output %*% t(wout)", "d_output %*% t(wout + 1e-8)", "loss of epoch 300"),
        ("bias=own", "\n  answer\n", "\n  answer * NaN\n", "predictions"),
        ("bias=own", "\n  answer\n", "\n  c(answer)\n", "predictions"),
        ("penguins", "RATE", "0.004", "loss of epoch 1"),
        ("penguins", "ORDER <- c(\n", "ORDER <- rev(\n", "loss of epoch 1"),
    ],
)
def test_a_file_with_one_thing_changed_differs(
    word: str, old: str, new: str, what: str, tmp_path: Path
) -> None:
    about, text = subject(word), exported(word)
    assert about.run
    numbers = {"WEIGHT": about.values["wout"][0, 0], "START": about.run.start["wh"][0, 0]}
    if old in numbers:
        old, new = str(numbers[old]), str(numbers[old] + float(new))
    if old == "RATE":
        old, new = "lr = 0.005)", "lr = 0.004)"
    if old.startswith("ORDER"):
        text, old = text.replace("ORDER <- c(", "ORDER <- rev(c("), "\n)\n\n\n# -- Step 1"
        new = "\n))\n\n\n# -- Step 1"
    assert old in text
    said = ran_by_r(written(tmp_path, "changed.R", text.replace(old, new, 1)))
    if what:
        said.differs(what)
    else:  # the article's own defect: R will not even add the two
        assert said.code == 1
        assert "non-conformable" in said.errors


# -- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["moons", "iris", "penguins", "diabetes"])
def test_rows_of_a_table_are_predicted_as_the_model_does(word: str, tmp_path: Path) -> None:
    table = table_or_builtin(TRAININGS[word][0])
    written(tmp_path, "network.R", exported(word))
    as_csv(table, tmp_path / "rows.csv")
    said = ran_by_r(written(tmp_path, "user.R", PREDICT))
    assert said.errors == ""
    expected = trained(word).model.predict(table)
    if subject(word).classes:
        assert texts(said.lines) == expected.tolist()
    else:
        np.testing.assert_allclose(list(map(float, said.lines)), expected, rtol=1e-12)


def texts(lines: list[str]) -> list[str]:
    """Words that R wrote sign by sign, as their numbers."""
    return ["".join(chr(int(code)) for code in line.split()) for line in lines]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("list(island = 'Dream')", 'there is no column "bill_length_mm"'),
        ("row('long')", 'a number was expected, not "long"'),
        ("row(' NA ', island = 'Atlantis', sex = '?')", ""),
        ("row(NA, island = factor('Dream'), sex = NA)", ""),
        ("row(39.1, island = 'Dream', sex = 'male')", ""),
    ],
)
def test_cells_of_a_data_frame(row: str, what: str, tmp_path: Path) -> None:
    written(tmp_path, "network.R", exported("penguins"))
    said = ran_by_r(written(tmp_path, "user.R", f"""source("network.R")
row <- function(bill, ...) data.frame(bill_length_mm = bill, bill_depth_mm = 18.7,
  flipper_length_mm = 181, body_mass_g = 3750, year = 2007, ...)
cat(predict_rows({row}) %in% CLASSES)"""))  # fmt: skip
    assert said.lines == ([] if what else ["TRUE"]), said
    assert what in said.errors


# -- any network -----------------------------------------------------------------------------------


def test_every_activation_loss_and_optimizer_is_exported(tmp_path: Path) -> None:
    X, w = np.linspace(-4, 4, 12).reshape(4, 3), np.linspace(-1, 2, 12).reshape(4, 3)
    x, other = name("X", "n", "inputs"), name("w", "n", "inputs")
    contents = {}
    for word, op in (activations() | losses()).items():
        args: tuple[Any, ...] = (x, other) if word in losses() else (x,)
        z = op(*args, **({} if op.elementwise else {"axis": 1}))
        program = Program((Step("w_again", other + 0.0), Step("answer", z)))
        contents[word] = content(bare(program, {"X": X, "w": w}))
    table = table_or_builtin("xor")
    for word in optimizers():
        model = train(table, hidden=[3], epochs=3, batch_size=50, optimizer=word).model
        contents[f"by_{word}"] = content(of_model(model, table))
    verdicts = ran_together(tmp_path, contents)
    assert dict(zip(contents, verdicts, strict=False)).keys() == contents.keys(), verdicts[-1]
    assert all(verdict.startswith("agrees") for verdict in verdicts)


def test_a_name_that_cannot_be_a_word_is_replaced(tmp_path: Path) -> None:
    z = name("X", "n", 2)
    for op in (Activation(HOSTILE[0], lambda x: 2.0 * x), Activation("matrix", lambda x: x + 1.0)):
        z = op(z)
    hidden = Step("function", z, HOSTILE[1], HOSTILE[1])
    program = Program((hidden, Step("_under", hidden.ref), Step("answer", name("_under", "n", 2))))
    text = content(bare(program, {"X": np.ones((2, 2)), "w": np.ones(1)}))
    assert "value_1 <- op_2(op_1(X))" in text
    ran_by_r(written(tmp_path, "network.R", text)).agrees()


def test_a_large_training_is_left_out(tmp_path: Path) -> None:
    about = subject("article")
    assert about.run
    many = replace(about.run, X=np.ones((300, 1000)))
    text = content(replace(about, run=many))
    assert "too many to stand here" in text
    assert "train <-" not in text
    ran_by_r(written(tmp_path, "network.R", text)).agrees()


def test_a_training_that_magnifies_rounding_is_compared_while_it_can_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(_replay, "MARGIN", 1e11)
    text = content(subject("bias=own"))
    ran_by_r(written(tmp_path, "network.R", text)).agrees()
    assert "two machines" in text
    assert "loss of epoch 300" not in text


# -- text from a table -----------------------------------------------------------------------------


@pytest.mark.fault("T14")
def test_hostile_words_are_text_and_nothing_runs(tmp_path: Path) -> None:
    table, result = hostile()
    text = content(of_model(result.model, table))
    assert text.isascii()
    written(tmp_path, "network.R", text)
    ran_by_r(tmp_path / "network.R").agrees()
    as_csv(table, tmp_path / "rows.csv")
    said = ran_by_r(written(tmp_path, "user.R", PREDICT))
    assert texts(said.lines) == result.model.predict(table).tolist(), said.errors
    assert {file.name for file in tmp_path.iterdir()} == {"network.R", "rows.csv", "user.R"}


@pytest.mark.fault("T14")
def test_hostile_words_are_no_names_and_no_comments(tmp_path: Path) -> None:
    table, result = hostile()
    written(tmp_path, "network.R", content(of_model(result.model, table)))
    names = """found <- utils::getParseData(parse("network.R", keep.source = TRUE))
cat(found$text[found$terminal & found$token != "STR_CONST"], sep = "\\n")"""
    said = ran_by_r(written(tmp_path, "names.R", names))
    assert "predict_matrix" in said.lines
    for word in ("system", "owned", "script", "slash"):
        assert not any(word in line for line in said.lines if "Rscript" not in line)
