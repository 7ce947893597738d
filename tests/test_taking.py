"""Subjects to take away hold what was trained: their programs give the engine's answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workings import exports
from workings.cli import main
from workings.data import builtin_table, read_table
from workings.engines import engine
from workings.errors import SettingError, UnknownName
from workings.exports import Subject
from workings.jobs.fitting import train
from workings.language import Program
from workings.models import Model
from workings.systems import system, systems
from workings.taking import of_model, of_system

SYSTEMS = [word for word, one in systems().items() if one.setup and word not in ("moons", "blobs")]


@pytest.fixture(scope="module")
def model() -> Model:
    return train("examples/penguins.csv", "species", hidden=[4], epochs=3, seed=1).model


def answers(subject: Subject) -> np.ndarray:
    return engine().run(subject.prediction, {**subject.values, **subject.tests})["answer"]


def last(subject: Subject) -> dict[str, np.ndarray]:
    """The weights after the training that goes along, run again from the subject alone."""
    run = subject.run
    assert run is not None
    random, values = np.random.default_rng(run.seed), dict(run.start)
    count = run.X.shape[run.samples]
    for rate in run.rates:
        order = np.arange(count)
        if run.shuffled:
            random.shuffle(order)
        for first in range(0, count, run.batch_size):
            which = order[first : first + run.batch_size]
            batch = {"X": run.X.take(which, run.samples), "y": run.y.take(which, run.samples)}
            found = engine().run(run.iteration, {**values, **batch, "lr": np.asarray(rate)})
            values |= {old: found[new] for old, new in run.iteration.updates.items()}
    return {word: values[word] for word in run.last}


def repeats(subject: Subject) -> None:
    """The training can be repeated: by NumPy to the last digit, of machine code but for some."""
    assert subject.run is not None
    for weight, value in last(subject).items():
        if subject.run.engine == "numpy":
            assert np.array_equal(value, subject.values[weight])
        else:  # which adds up in another order; these trainings do not magnify that
            np.testing.assert_allclose(value, subject.values[weight], rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("word", SYSTEMS)
def test_a_system_goes_along_whole(word: str) -> None:
    subject = of_system(system(word))
    assert np.array_equal(answers(subject), subject.expected)
    assert len(subject.expected) == min(8, len(system(word).setup().X))


@pytest.mark.parametrize("word", ["chain-rule", "sgd"])
def test_a_run_can_be_repeated_from_the_subject(word: str, every_engine: str) -> None:
    subject = of_system(system(word))
    assert subject.run
    assert subject.run.engine == every_engine
    repeats(subject)


def test_the_perceptron_learns_nothing_to_take_away() -> None:
    with pytest.raises(SettingError, match="cannot export perceptron"):
        of_system(system("perceptron"))


def test_a_model_goes_along_with_its_training(model: Model) -> None:
    subject = of_model(model, read_table("examples/penguins.csv"))
    assert np.array_equal(answers(subject), subject.expected)
    repeats(subject)
    assert "/" not in subject.title  # the name of the file, and not where it lay


def test_other_rows_are_test_vectors_alone(model: Model) -> None:
    subject = of_model(model, read_table("examples/new_penguins.csv"))
    assert subject.run is None
    assert len(subject.expected) == 4


def test_without_rows_the_test_vectors_are_drawn(model: Model) -> None:
    subject = of_model(model)
    assert np.array_equal(answers(subject), subject.expected)
    assert np.isnan(subject.tests["numbers"]).sum() == 1
    assert {one.name for one in subject.inputs} == set(model.preparation.columns)


def test_early_stopping_goes_along_to_the_epoch_that_was_kept() -> None:
    table = builtin_table("iris")
    model = train(table, hidden=[4], epochs=60, patience=3, lr=0.1).model
    subject = of_model(model, table)
    assert subject.run is not None
    assert len(subject.run.rates) == model.record["history"]["best_epoch"]
    repeats(subject)


def test_what_the_optimizer_remembers_starts_at_0(model: Model) -> None:
    subject = of_model(model, read_table("examples/penguins.csv"))
    assert subject.run is not None
    assert not subject.run.start["mean_wh"].any()
    assert isinstance(subject.run.iteration, Program)


# -- the command ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", exports.formats())
def test_every_form_is_written(form: str, tmp_path: Path) -> None:
    exports.write(of_system(system("article")), form, tmp_path / "file")
    assert (tmp_path / "file").stat().st_size > 1000


def test_a_form_that_is_not_there_is_answered_with_what_is(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"no export called 'nump'\. Did you mean 'numpy'"):
        exports.write(of_system(system("article")), "nump", tmp_path / "file")
    with pytest.raises(SettingError, match="numpy with iterations"):
        exports.write(of_system(system("article")), "numpy", tmp_path / "file", iterations=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["article", "--to", "numpi"], "Did you mean 'numpy'"),
        (["artcle", "--to", "c"], "Did you mean 'article'"),
        (["perceptron", "--to", "c"], "learns nothing"),
        (["article", "--to", "c", "--iterations", "3"], "no such option"),
        (["article", "--to", "c", "-o", "nowhere/a.c"], "nowhere"),
        (["article", "--to", "c", "--convention", "bias=none"], "biases"),
        (["missing.workings", "--to", "c"], "cannot load"),
    ],
)
def test_the_command_refuses_in_a_sentence(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["export", *words])
    captured = capsys.readouterr()
    assert ended.value.code == 2
    assert captured.err.count("\n") == 1
    assert said in captured.err
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_the_file(
    model: Model,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    model.save("m.workings")
    for words in (["m.workings", "--to", "r"], ["article", "--to", "xlsx", "--iterations", "2"]):
        with pytest.raises(SystemExit) as ended:
            main(["export", *words])
        assert ended.value.code == 0
    assert {"m.R", "article.xlsx"} <= {path.name for path in tmp_path.iterdir()}
    assert "Wrote m.R" in capsys.readouterr().out
