"""`workings train`: what it says is what the library computes, and every refusal is a sentence."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from workings import training
from workings.data import BUILTIN, builtin_table, read_table
from workings.jobs import cross_validation
from workings.jobs.cross_validation import cross_validate
from workings.jobs.fitting import train
from workings.losses import losses
from workings.models import load
from workings.optimizers import optimizers
from workings.scores.scoring import baselines

from .conftest import Call

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
QUICK = ("--epochs", "2", "--hidden", "3")


def test_it_trains_saves_and_scores_as_the_library_does(call: Call, penguins: Path) -> None:
    said = call("train", penguins, "--target", "species", "--epochs", "3", "--hidden", "5,4")
    result = train(penguins, "species", epochs=3, hidden=[5, 4])
    assert (said.code, said.err) == (0, "")
    for scores in (*result.scores.values(), *result.baselines.values()):
        assert all(f"{value:.4f}" in said.out for value in scores.values())
    table = read_table(penguins)
    saved = load("model.workings").answers(table)
    assert np.array_equal(saved, result.model.answers(table))


def test_what_it_says_of_the_columns(call: Call, penguins: Path) -> None:
    out = call("train", penguins, "--target", "species", *QUICK).out
    assert "344 rows, 8 columns" in out
    assert re.search(r"island +category +0 +3 inputs", out)
    assert re.search(r"sex +category +11 +3 inputs", out)
    assert re.search(r"body_mass_g +number +2 +1 input, scaled; missing become 4050", out)
    assert "Adelie 152, Gentoo 124, Chinstrap 68" in out
    assert "275 to train, 69 to test" in out


@pytest.mark.parametrize("word", BUILTIN)
def test_every_builtin_table_trains(call: Call, word: str) -> None:
    said = call("train", word, *QUICK, "-o", "m")
    assert said.code == 0
    assert load("m").record["task"] == BUILTIN[word].task
    assert os.listdir() == ["m"]


def test_every_option_reaches_the_training(call: Call) -> None:
    options = {
        "hidden": [3], "activation": "relu", "task": "classification", "loss": "squared_error",
        "optimizer": "momentum", "lr": 0.02, "schedule": "step", "epochs": 4, "batch_size": 20,
        "l1": 0.001, "l2": 0.01, "start": "normal", "test_size": 0.3, "patience": 2,
        "dtype": "float32", "seed": 5, "engine": "compiled",
    }  # fmt: skip
    words = [(f"--{key.replace('_', '-')}", value) for key, value in options.items()]
    words[0] = ("--hidden", "3")
    assert call("train", "wine", *(part for pair in words for part in pair)).code == 0
    found = load("model.workings").record["options"]
    assert {key: found[key] for key in options} == options
    assert load("model.workings").values["wout"].dtype == np.float32
    assert load("model.workings").engine == "compiled"


def test_no_hidden_layer_and_full_batches(call: Call) -> None:
    said = call("train", "wine", "--hidden", "0", "--batch-size", "full", "--epochs", "2")
    assert "13 inputs - 3 outputs (softmax); 42 weights" in said.out
    assert "2 epochs (2 iterations)" in said.out


@pytest.mark.fault("options")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("--hidden -3", "-3 units"),
        ("--hidden 3.5", "--hidden '3.5'"),
        ("--hidden many", "--hidden 'many'"),
        ("--hidden 1000000000000", "memory"),
        ("--lr nan", "lr = nan"),
        ("--lr -1", "lr = -1"),
        ("--lr 0", "lr = 0"),
        ("--lr inf", "lr = inf"),
        ("--epochs 0", "epochs = 0"),
        ("--epochs -5", "epochs = -5"),
        ("--batch-size 0", "batch_size = 0"),
        ("--batch-size half", "--batch-size 'half'"),
        ("--patience 0", "patience = 0"),
        ("--seed -1", "seed = -1"),
        ("--test-size 1", "1 of the rows"),
        ("--test-size nan", "nan of the rows"),
        ("--test-size -0.1", "-0.1 of the rows"),
        ("--l2 -1", "l2 = -1"),
        ("--l1 inf", "l1 = inf"),
        ("--l2 nan", "l2 = nan"),
        ("--activation sigmod", "Did you mean 'sigmoid'"),
        ("--activation step", "'step'"),
        ("--optimizer adm", "Did you mean 'adam'"),
        ("--schedule cosin", "Did you mean 'cosine'"),
        ("--loss hubr", "Did you mean 'huber'"),
        ("--start glorrot", "Did you mean 'glorot'"),
        ("--dtype float16", "'float16'"),
        ("--task classify", "'classify'"),
        ("--task regression", "'class_0', which is not a number"),
        ("--target Cultivar", "Did you mean 'cultivar'"),
        ("--ignore cultivar", "it is the column to predict"),
    ],
)
def test_options_that_cannot_be(call: Call, words: str, found: str) -> None:
    call("train", "wine", *words.split()).refuses(found)
    assert os.listdir() == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["train"], "TABLE"),
        (["train", "wine", "--epocs", "3"], "--epochs"),
        (["train", "wine", "--epochs", "ten"], "'ten' is not a valid integer"),
        (["train", "wine", "--lr", "fast"], "'fast' is not a valid float"),
        (["train", "wine", "iris"], "iris"),
        (["train", "wine", "--learning-rate", "1"], "See: workings train --help"),
        (["trian", "wine"], "Did you mean 'train'"),
    ],
)
def test_words_that_are_not_understood(call: Call, words: list[str], found: str) -> None:
    call(*words).misused(found)
    assert os.listdir() == []


@pytest.mark.fault("ragged", "target")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"", "it is empty"),
        (b"a,y\n", "no rows"),
        (b"a,y\n1,x,3\n", "line 2 has 3 cells"),
        (b'a,y\n1,"x\n2,y\n', "line 2"),
        (b"<!doctype html><html></html>", "a web page"),
        (b"PK\x03\x04zip", "packed, and damaged"),
        (b'{"a": [1]}', "JSON"),
        (b"a,y\n1,x\n2,x\n", "y = 'x'"),
        (b"a,y\n1,x\n", "2 or more"),
        (b"y\nx\nz\n", "no column is left"),
        (b"a,y\n1,x\n1,z\n", "a is the same in every row"),
        (b"a,y\n1,\n2,NA\n", "2 or more"),
        (b"a,b\n1,x\n2,z\n", "no column"),
        (b"a,Y\n1,x\n2,z\n", "Did you mean 'Y'"),
        (b"a,y\n1,x\n2,z\n12O.5,x\n3,x\n", "line 4 holds '12O.5'"),
        (b"a,y\n1e300,x\n-1e300,z\n3,x\n", "'a'"),
        (b"a,y\n1,1e300\n2,-1e300\n3,5\n4,1e299\n", "'y'"),
    ],
)
def test_tables_that_cannot_be(call: Call, text: bytes, found: str) -> None:
    Path("t.csv").write_bytes(text)
    call("train", "t.csv", "--target", "y", *QUICK).refuses("t.csv", found)
    assert os.listdir() == ["t.csv"]


def test_a_table_that_is_not_there(call: Call) -> None:
    Path("wines.csv").write_text("a,y\n1,x\n")
    call("train", "wine.csv").refuses("wine.csv", "no such file", "wines.csv")
    call("train", "./no/wine.csv").refuses("no such file")
    Path("t.csv").write_text("a,y\n1,x\n2,z\n")
    call("train", "t.csv").refuses("which column to predict", "a, y")


@pytest.mark.fault("bad output")
@pytest.mark.parametrize("option", ["-o", "--report"])
@pytest.mark.parametrize(
    ("place", "found"),
    [("none/m", "there is no folder none"), (".", "it is a folder"), ("file/m", "not a folder")],
)
def test_a_place_that_cannot_be_written_is_found_before_training(
    call: Call, monkeypatch: pytest.MonkeyPatch, option: str, place: str, found: str
) -> None:
    monkeypatch.delattr(training, "train")
    Path("file").write_text("kept")
    call("train", "wine", option, place).refuses("cannot write", found)
    assert os.listdir() == ["file"]


@pytest.mark.fault("runaway")
@pytest.mark.parametrize("before", [b"kept", None])
def test_numbers_that_run_away(call: Call, before: bytes | None) -> None:
    if before:
        Path("model.workings").write_bytes(before)
    said = call("train", "wine", "--optimizer", "sgd", "--lr", "1e300")
    said.refuses("in iteration 2", "learning rate (now 1e+300)", code=3)
    assert [path.read_bytes() for path in Path().iterdir()] == [before] * bool(before)


def test_a_network_that_does_not_beat_the_baselines_is_said_not_to(call: Call) -> None:
    out = call("train", "diabetes", "--epochs", "1", "--lr", "1e-9").out
    assert "does not beat the trivial or the linear model" in out


def test_a_score_that_cannot_be_told_beats_nothing(call: Call) -> None:
    Path("t.csv").write_text("a,y\n1,1\n2,3.5\n3,4\n4,7\n")
    said = call("train", "t.csv", "--target", "y", *QUICK)
    assert re.search(r"network, test rows +- ", said.out)  # R2 of the one test row
    assert "beats" not in said.out


def test_rows_without_a_target_are_counted(call: Call, penguins: Path) -> None:
    out = call("train", penguins, "--target", "sex", *QUICK).out
    assert "rows without a value in sex were left out: 11" in out
    assert "Predicting sex: classification" in out


DIALECTS = {
    "mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "windows": lambda text: text.replace("\n", "\r\n").encode(),
    "old mac": lambda text: text.replace("\n", "\r").encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "bars": lambda text: text.replace(",", "|").encode(),
    "quotes": lambda text: re.sub(r"[^,\n]+", r'"\g<0>"', text).encode(),
    "decimal commas": lambda text: text.replace(",", ";").replace(".", ",").encode(),
    "excel": lambda text: b"sep=;\n" + text.replace(",", ";").encode(),
    "blanks": lambda text: text.replace(",", ", ").replace("\n", "\n\n").encode(),
}


@pytest.mark.fault("equal files")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_one_table_written_otherwise_is_one_model(call: Call, penguins: Path, dialect: str) -> None:
    Path("t.csv").write_bytes(DIALECTS[dialect](penguins.read_text()))
    for path, name in ((penguins, "a"), ("t.csv", "b")):
        assert call("train", path, "--target", "species", *QUICK, "-o", name).code == 0
    table = read_table(penguins)
    assert np.array_equal(load("a").answers(table), load("b").answers(table))


@pytest.mark.fault("T16")
def test_nothing_in_a_table_is_obeyed_by_the_terminal(call: Call) -> None:
    evil = "\x1b]0;x\x07\u202e"
    Path(f"t{evil}.csv").write_text(f"a{evil},y\n1,u{evil}\n2,v\n3,u{evil}\n4,v\n5,v\n6,v\n")
    said = call("train", f"t{evil}.csv", "--target", "y", *QUICK, "-o", f"m{evil}")
    wrong = call("train", f"t{evil}.csv", "--target", f"z{evil}")
    cell = call("predict", f"m{evil}", f"t{evil}.csv", "-o", f"p{evil}")
    assert (said.code, wrong.code, cell.code) == (0, 2, 0)
    for text in (said.out, said.err, wrong.out, wrong.err, cell.out, cell.err):
        assert not CONTROL.search(text)


STARTED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from workings.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
def test_ctrl_c_keeps_what_was_learnt(tmp_path: Path, engine: str) -> None:
    words = ["train", "wine", "--epochs", "10000000", "--engine", engine, "-o", "m"]
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-u", "-c", STARTED, *words], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as run:  # fmt: skip
        assert run.stdout
        while not run.stdout.readline().startswith("Network"):
            assert run.poll() is None
        time.sleep(0.3 if engine == "numpy" else 2.0)  # machine code must be made first
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=30)
    assert (run.returncode, err) == (130, "")
    assert "interrupted" in out
    assert os.listdir(tmp_path) == ["m"]
    assert len(load(tmp_path / "m").predict(builtin_table("wine"))) == 178


@pytest.mark.fault("disk full")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("words", [["show", "article"], ["train", "xor", "--epochs", "1"]])
def test_a_full_disk_under_the_output_is_said(tmp_path: Path, words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "workings", *words], cwd=tmp_path, stdout=full, text=True,
            stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "space" in run.stderr or "full" in run.stderr


def test_the_help_names_every_command_and_default(call: Call) -> None:
    out = call("--help").out
    assert [word for word in ("train", "predict", "evaluate", "show") if word not in out] == []
    told = " ".join(call("train", "--help").out.split())
    assert "default: tanh" in told
    assert [word for word in (*losses(), *optimizers()) if word not in told] == []
    assert re.fullmatch(r"workings, version \d+\.\d+\.\d+\n", call("--version").out)


def test_columns_can_be_ignored_and_read_as_groups(call: Call, penguins: Path) -> None:
    words = ("train", penguins, "--target", "species", "--ignore", "sex", "--category", "year")
    out = call(*words, *QUICK).out
    assert "sex" not in out
    assert re.search(r"year +category +0 +3 inputs", out)
    call(*words, *QUICK, "--ignore", "sx").refuses("'sx'", "'sex'")


def test_a_column_that_is_not_numbers_after_all_can_be_read_as_groups(call: Call) -> None:
    cells = ["1", "2", "3", "4a", *"12312312"]
    Path("t.csv").write_text(
        "code,y\n" + "".join(f"{c},{'ab'[n % 2]}\n" for n, c in enumerate(cells))
    )
    call("train", "t.csv", "--target", "y", *QUICK).refuses("'4a'", "category")
    assert "4 inputs" in call("train", "t.csv", "--target", "y", *QUICK, "--category", "code").out


# -- cross-validated -------------------------------------------------------------------------------


def test_it_cross_validates_first_and_then_trains_as_usual(call: Call, penguins: Path) -> None:
    words = ("train", penguins, "--target", "species", *QUICK)
    call(*words, "-o", "without")
    said = call(*words, "--cv", "3", "--report", "r.html", "-o", "with")
    assert (said.code, said.err) == (0, "")
    found = cross_validate(penguins, "species", folds=3, hidden=[3], epochs=2)
    assert found.described in said.out
    for line in (*found.table(), *found.by_fold()):
        assert re.search(r"\s+".join(map(re.escape, line)), said.out)
    assert all(line in said.out for line in found.verdicts)
    table = read_table(penguins)
    assert np.array_equal(load("with").answers(table), load("without").answers(table))
    assert load("with").record["cross_validation"] == found.plain()
    page = Path("r.html").read_text()
    assert "Cross-validation" in page
    assert all(line in page for line in found.verdicts)


def test_scikit_learns_network_beside_ours(call: Call) -> None:
    out = call("train", "iris", *QUICK, "--against", "sklearn", "--cv", "2").out
    assert out.count("scikit-learn model  ") == 2
    assert "scikit-learn model, test rows" in out
    assert "it had not converged in 2 of 2 folds" in out
    assert "MLPClassifier(hidden_layer_sizes=(3,)), all else its own defaults" in out


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("--cv 1", "1 folds: a whole number from 2 to 178"),
        ("--cv 0", "0 folds"),
        ("--cv 500", "500 folds"),
        ("--against torch", "'torch'"),
        ("--cv 2 --optimizer sgd --lr 1e300", "in fold 1 of 2: "),
    ],
)
def test_folds_that_cannot_be(call: Call, words: str, found: str) -> None:
    said = call("train", "wine", *words.split())
    said.refuses(found, code=3 if "1e300" in words else 2)
    assert os.listdir() == []


def test_ctrl_c_between_folds_shows_what_is_finished(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []

    def stopped(*words: object, **more: object) -> object:
        done.append(1)
        if len(done) == 3:
            raise KeyboardInterrupt
        return baselines(*words, **more)

    monkeypatch.setattr(cross_validation, "baselines", stopped)
    said = call("train", "iris", *QUICK, "--cv", "4", "--report", "r.html")
    assert said.code == 130
    assert "2 of 4 folds" in said.out
    assert re.search(r"accuracy, fold +1 +2\n", said.out)
    assert "no model was written" in said.err
    assert os.listdir() == []
    done[:] = [1, 1]
    call("train", "iris", *QUICK, "--cv", "4").refuses("stopped", code=130)
