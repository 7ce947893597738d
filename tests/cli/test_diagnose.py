"""`workings diagnose`: what it says, how it ends, and what it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from workings.diagnosing import presets
from workings.diagnosing.diseases import diseases
from workings.jobs.fitting import train
from workings.models.assembling import Layer, assembled
from workings.preparation import plain
from workings.preparation.columns import Target

from .conftest import Call

BAD = ("--optimizer", "sgd", "--lr", "50")


def test_a_healthy_table_ends_with_0_and_says_what_was_tested(call: Call) -> None:
    said = call("diagnose", "iris", "--epochs", "60")
    assert (said.code, said.err) == (0, "")
    assert "Looked at the data and at 12 iterations of 240." in said.out
    for word in diseases():
        assert word in " ".join(said.out.replace("-\n", "-").split())
    assert os.listdir() == []  # nothing is written


def test_an_error_ends_with_1(call: Call) -> None:
    said = call("diagnose", "wine", *BAD)
    assert said.code == 1
    assert "error    rate-too-large:" in said.out
    assert "Add --try" in said.out


def test_remedies_are_tried(call: Call) -> None:
    said = call("diagnose", "wine", *BAD, "--try")
    assert "Tried against rate-too-large: Lower the learning rate to 0.4 (--lr 0.4)." in said.out
    assert "The finding is gone." in said.out
    assert "The loss on learnt rows is lower." in said.out


@pytest.mark.parametrize("word", ["dying-relu", "zero-start", "contradiction", "refunds"])
def test_a_preset_ends_with_0_when_its_disease_is_found(call: Call, word: str) -> None:
    said = call("diagnose", "--preset", word)
    assert said.code == 0
    assert presets.preset(word).disease in said.out


def test_presets_and_tests_are_listed(call: Call) -> None:
    listed = call("diagnose", "--presets").out
    assert all(word in listed for word in presets.presets())
    tests = call("diagnose", "--tests").out
    assert "saturated slope 0.05" in tests
    assert "Glorot & Bengio 2010" in tests
    assert set(json.loads(call("diagnose", "--tests", "--as", "json").out)) == set(diseases())


def test_as_json(call: Call) -> None:
    said = call("diagnose", "--preset", "runaway", "--try", "--as", "json")
    found = json.loads(said.out)
    (one,) = [x for x in found["findings"] if x["disease"] == "overflow"]
    assert one["severity"] == "error"
    assert one["since"] == one["evidence"]["iteration"]
    assert one["where"]["step"]
    assert one["remedy"]["change"].keys() == {"lr"}
    assert set(found["tested"]) | set(found["untested"]) == set(diseases())
    tried = {trial["disease"]: trial for trial in found["trials"]}
    assert tried["overflow"]["gone"]
    assert tried["overflow"]["improved"]
    assert tried["overflow"]["before"]["loss"] is None  # it ran away, and JSON has no infinity


def test_one_iteration_alone(call: Call) -> None:
    found = json.loads(
        call("diagnose", "--preset", "hundred-neurons", "--iteration", "1", "--as", "json").out
    )
    assert found["looked_at"] == [1]
    call("diagnose", "iris", "--epochs", "2", "--iteration", "99").refuses("1 to 8 was expected")


def test_a_model_is_trained_again(call: Call) -> None:
    call("train", "wine", *BAD)
    alone, named = call("diagnose", "model.workings"), call("diagnose", "model.workings", "wine")
    assert (alone.code, alone.out) == (named.code, named.out)
    assert "Training model.workings again on wine." in alone.out
    assert "error    rate-too-large" in alone.out


def test_a_model_whose_table_is_gone_is_looked_at_by_itself(call: Call, penguins: Path) -> None:
    Path("mine.csv").write_text(penguins.read_text())
    call("train", "mine.csv", "--target", "species", "--epochs", "3")
    Path("mine.csv").unlink()
    said = call("diagnose", "model.workings")
    assert said.code == 0
    assert "the table it was trained on (mine.csv) is not here" in said.out
    assert "Not tested, as it needs the rows" in " ".join(said.out.split())


def test_a_model_of_elsewhere_is_looked_at_on_rows(call: Call) -> None:
    rows = "\n".join(f"{x},{10 * x}" for x in range(20))
    Path("new.csv").write_text(f"a,y\n{rows}\n")
    layer = Layer(np.array([[1.0]]), np.array([0.0]), "sigmoid")
    assembled([layer], plain(["a"], Target("y")), loss="squared_error").save("theirs.workings")
    said = call("diagnose", "theirs.workings", "new.csv", "--as", "json")
    found = json.loads(said.out)
    assert said.code == 1
    (one,) = [x for x in found["findings"] if x["disease"] == "wrong-output"]
    assert one["evidence"]["largest target"] == 190
    assert one["evidence"]["targets beyond"] == 19


def test_training_ends_with_a_line_when_something_is_found(call: Call) -> None:
    bad = call("train", "wine", *BAD).out.splitlines()
    (line,) = [line for line in bad if line.startswith("Diagnosis: ")]
    assert line.endswith("See: workings diagnose model.workings wine")
    assert "saturated-units" in line
    assert "Diagnosis" not in call("train", "iris", "--epochs", "60").out


def test_it_sees_in_a_result_what_it_sees_in_the_run(call: Call) -> None:
    """The line of `train` names nothing that the whole diagnosis does not."""
    said = call("train", "wine", *BAD).out
    names = said.split("Diagnosis: ")[1].split(". See")[0].split(", ")
    whole = json.loads(call("diagnose", "model.workings", "--as", "json").out)
    assert set(names) <= {one["disease"] for one in whole["findings"]}


def test_what_is_refused(call: Call) -> None:
    train("iris", hidden=[2], epochs=2).model.save("m.workings")
    call("diagnose").refuses("it was not said what", "--presets")
    call("diagnose", "m.workings", "--lr", "3").refuses("is trained already")
    call("diagnose", "--preset", "dying").refuses("there is no preset called", "'dying-relu'")
    call("diagnose", "iris", "--preset", "dying-relu").refuses("complete by itself")
    call("diagnose", "irish").refuses("Did you mean iris")
    call("diagnose", "iris", "--as", "xml").misused("'xml'")
    Path("new.csv").write_text("a,y\n1,2\n")
    assembled([Layer(np.array([[1.0]]))], plain(["a"], Target("y"))).save("theirs.workings")
    call("diagnose", "theirs.workings", "new.csv", "--try").refuses("the training is not known")
    call("diagnose", "theirs.workings", "new.csv", "--iteration", "2").refuses("is not known")
