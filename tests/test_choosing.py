"""Which engine runs what: chosen by work alone, said, recorded, and taken again by a replay."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning

import workings
from cli.conftest import Call
from cli.conftest import call as call  # a fixture
from workings import engines
from workings.batches import Batches
from workings.data import builtin_table
from workings.engines import _by_rows, _work, auto, engine
from workings.engines._by_rows import MANY, ByRows
from workings.engines._stepping import Stepping
from workings.errors import ModelFileError, NotSupported, UnknownName
from workings.estimators import MLPClassifier, MLPRegressor
from workings.jobs.fitting import replay, same_engine
from workings.language import Op, Program, Step, name, sum_of
from workings.models import load
from workings.network import Dense, Network
from workings.training import train
from workings.training.quasi_newton import Told, minimize
from workings.training.runs import Rows, Settings

RANDOM = np.random.default_rng(8)
NETWORK = Network([Dense(4, "tanh"), Dense(1, "identity")])
START = NETWORK.start(inputs=3, outputs=1, random=RANDOM)
ROWS = Rows(RANDOM.normal(size=(7, 3)), RANDOM.normal(size=(7, 1)))


def ran(epochs: int, **settings: Any) -> str:
    told = Settings(epochs=epochs, rate=0.01, **settings)
    return train(NETWORK.training(), START, ROWS, settings=told).history.engine


# -- the choice ------------------------------------------------------------------------------------


def test_little_work_is_left_to_numpy_and_much_is_compiled() -> None:
    assert (ran(3), ran(100_000)) == ("numpy", "compiled")
    assert (ran(3, engine="compiled"), ran(20_000, engine="numpy")) == ("compiled", "numpy")


def test_the_choice_is_the_same_whatever_was_compiled_before() -> None:
    before = ran(3)
    ran(3, engine="compiled")
    assert ran(3) == before == "numpy"


def test_work_grows_with_rows_and_is_never_measured() -> None:
    program = NETWORK.program()
    plan = engine().prepare(program, ["loss"])
    sizes = {"n": 10, "inputs": 3, "hidden": 4, "outputs": 1}
    few, many = (_work.seconds(plan, {**sizes, "n": n}) for n in (10, 10**6))
    assert few == _work.seconds(plan, sizes)
    assert many > 100 * few


def test_no_more_is_asked_of_a_search_than_of_a_loop(every_engine: str) -> None:
    gradients = {names.weights: names.d_weights for names in NETWORK.names}
    gradients |= {names.bias: names.d_bias for names in NETWORK.names}
    network = NETWORK.under(workings.Convention(sign="gradient"))
    found = minimize(network.backward(), START, ROWS, gradients=gradients, told=Told(max_iter=5))
    right = minimize(network.backward(), START, ROWS, gradients=gradients, told=Told(max_iter=5),
                     engine_name="numpy")  # fmt: skip
    assert (found.engine, right.engine) == (every_engine, "numpy")
    # five steps of a search magnify a last digit some hundred times
    assert found.loss == pytest.approx(right.loss, rel=1e-10)


def test_predictions_of_many_rows_are_the_same_on_both_engines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = ByRows(NETWORK.program().only("output"), "output", at_once=1000)
    rows = {"X": RANDOM.normal(size=(MANY + 100, 3))}
    assert not run.pays(START, rows)
    right = run(START, rows)
    monkeypatch.setattr(auto, "RUN_PAYS", 0.0)
    assert run.pays(START, rows)
    assert not run.pays(START, {"X": rows["X"][:MANY]})
    np.testing.assert_allclose(run(START, rows), right, rtol=1e-13, atol=1e-14)
    assert run(START, {"X": rows["X"][:0]}).shape == (0, 1)


def test_a_row_that_is_shown_ends_in_the_digits_of_its_prediction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = builtin_table("wine")
    model = workings.train(table, hidden=[5], epochs=3).model
    by_numpy = model.answers(table)
    monkeypatch.setattr(auto, "RUN_PAYS", 0.0)
    monkeypatch.setattr(_by_rows, "MANY", 100)
    answers = model.answers(table)
    assert not np.array_equal(answers, by_numpy)  # or nothing is shown here
    np.testing.assert_allclose(answers, by_numpy, rtol=1e-12)
    for row in (0, 77, 177):
        assert np.array_equal(model.trace(table, rows=[row])["answer"], answers[[row]])


# -- what cannot be had is said --------------------------------------------------------------------


@pytest.fixture
def no_llvm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda word: None)


def test_an_engine_that_is_none_is_answered_with_what_was_meant(call: Call) -> None:
    call("train", "xor", "--engine", "compild").refuses("Did you mean 'compiled'")
    call("size", "xor", "--engine", "numpi").refuses("Did you mean 'numpy'")
    with pytest.raises(UnknownName, match="Did you mean 'auto'"):
        Settings(engine="aut")
    with pytest.raises(ValueError, match="'engine' parameter of MLPRegressor must be a str among"):
        MLPRegressor(engine="numpi").fit([[0.0], [1.0]], [0.0, 1.0])


@pytest.mark.usefixtures("no_llvm")
def test_without_llvmlite_auto_goes_on_with_numpy_and_says_so(call: Call) -> None:
    with pytest.raises(NotSupported, match="the engine compiled: llvmlite is not installed"):
        Settings(engine="compiled")
    call("train", "xor", "--engine", "compiled").refuses("llvmlite is not installed")
    call("show", "article", "--as", "loops").refuses("llvmlite is not installed")
    little = call("train", "xor", "--epochs", "2").out
    much = call("train", "xor", "--epochs", "3000", "-o", "much").out
    assert "machine code" not in little
    assert much.count("ran with NumPy and not as machine code: llvmlite is not installed") == 1
    assert load("much").engine == "numpy"


def test_the_step_that_cannot_be_compiled_is_named() -> None:
    strange = Op("strange", lambda x: x, "", "")
    odd = Step("odd", strange(name("X", "n", 3)))
    program = Program((Step("even", name("X", "n", 3) * 2.0), odd, Step("loss", sum_of(odd.ref))))
    assert auto.why_not(program) == "the step odd needs the op 'strange'"


def test_a_training_that_cannot_be_compiled_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "TRAINING_PAYS", 0.0)
    monkeypatch.setattr(auto, "why_not", lambda program: "the step z needs an op")
    result = workings.train("xor", epochs=2)
    assert (result.engine, result.history.fallback) == ("numpy", "the step z needs an op")
    assert [note for note in result.notes if "the step z needs an op" in note]


# -- recorded, and taken again ---------------------------------------------------------------------


def test_a_model_says_what_ran_it_and_a_replay_takes_the_same(
    every_engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = workings.train("wine", hidden=[4], epochs=3, seed=1)
    result.model.save(tmp_path / "m")
    model = load(tmp_path / "m")
    assert (result.engine, model.engine) == (every_engine, every_engine)
    assert same_engine(model) == (every_engine, "")
    monkeypatch.undo()  # left to itself, so little would run with NumPy
    asked = workings.train("wine", hidden=[4], epochs=3, seed=1, engine=every_engine)
    again, other = (replay(m, builtin_table("wine"), iteration=4) for m in (model, asked.model))
    for word in model.values:
        assert np.array_equal(again[word], other[word])


def test_where_it_cannot_run_the_same_again_that_is_said(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("train", "wine", "--epochs", "2", "--engine", "compiled", "-o", "m")
    assert "last digits" not in call("show", "m", "wine", "--iteration", "2").out
    monkeypatch.setattr(auto, "machine_of", lambda word: "another")
    out = call("show", "m", "wine", "--iteration", "2").out
    assert "run again with NumPy, as this processor is of another kind: the last digits" in out
    monkeypatch.setattr(engines, "find_spec", lambda word: None)
    assert "as llvmlite is not installed" in call("show", "m", "wine", "--iteration", "2").out


def test_a_record_of_an_engine_that_is_none_is_refused(tmp_path: Path) -> None:
    model = workings.train("xor", epochs=2).model
    model.record["history"]["engine"] = "steam"
    model.save(tmp_path / "m")
    with pytest.raises(ModelFileError, match="numpy or compiled was expected, not 'steam'"):
        load(tmp_path / "m")


def test_a_model_from_before_there_was_a_choice_was_trained_with_numpy(tmp_path: Path) -> None:
    model = workings.train("xor", epochs=2, engine="compiled").model
    for word in ("engine", "machine", "fallback"):
        del model.record["history"][word]
    del model.record["options"]["engine"]
    model.save(tmp_path / "m")
    assert same_engine(load(tmp_path / "m")) == ("numpy", "")


# -- the estimators --------------------------------------------------------------------------------


def fitted(**told: Any) -> MLPClassifier:
    X, y = load_iris(return_X_y=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return MLPClassifier(random_state=0, **told).fit(X / X.max(axis=0), y)


def test_an_estimator_says_which_engine_ran(every_engine: str) -> None:
    for solver in ("adam", "lbfgs"):
        assert fitted(max_iter=3, solver=solver).engine_ == every_engine
        assert fitted(max_iter=3, solver=solver, engine="numpy").engine_ == "numpy"


AHEAD: dict[str, dict[str, Any]] = {
    "adam": {"max_iter": 60},
    "it stops": {"max_iter": 400, "tol": 0.01, "n_iter_no_change": 3},
    "never": {"max_iter": 40, "n_iter_no_change": np.inf},
    "batches": {"batch_size": 32, "max_iter": 40, "tol": 0.01, "n_iter_no_change": 2},
    "adaptive": {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.05, "max_iter": 80,
                 "n_iter_no_change": 2, "learning_rate_init": 0.1},
    "invscaling": {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3,
                   "learning_rate_init": 0.5, "max_iter": 40},
    "cosine": {"learning_rate": "cosine", "max_iter": 40},
    "plateau": {"learning_rate": "plateau", "max_iter": 40, "tol": 0.0},
    "dropout": {"dropout": 0.2, "max_iter": 30},
}  # fmt: skip


@pytest.mark.usefixtures("every_engine")
@pytest.mark.parametrize("how", AHEAD)
def test_many_epochs_at_once_end_where_one_by_one_they_end(how: str, capsys: Any) -> None:
    told = {"hidden_layer_sizes": (6,), **AHEAD[how]}
    together, one_by_one = fitted(**told), fitted(**told, verbose=True)  # verbose looks each time
    assert "Iteration 2, loss" in capsys.readouterr().out
    assert together.n_iter_ == one_by_one.n_iter_
    assert together.loss_curve_ == one_by_one.loss_curve_
    assert together.t_ == one_by_one.t_
    for ours, theirs in zip(together.coefs_, one_by_one.coefs_, strict=True):
        assert np.array_equal(ours, theirs)


# -- Ctrl-C between two lines ----------------------------------------------------------------------


class Pressing(dict[str, Any]):
    """Values; whoever reads the one called `word` is interrupted."""

    word = ""

    def __getitem__(self, word: str) -> Any:
        if word == self.word:
            raise KeyboardInterrupt
        return super().__getitem__(word)


class Interrupted:
    """An engine that counts down; the third iteration is interrupted once its loss is known."""

    def __init__(self, pressed: str) -> None:
        self.pressed, self.turns = pressed, 0

    def prepare(self, program: Program, keep: Any = None) -> Callable[[Any], Any]:
        def run(values: Any) -> Any:
            self.turns += 1
            out = Pressing(loss=values["w"], new_w=values["w"] - 1.0, seen=values["w"])
            out.word = self.pressed if self.turns == 3 else ""
            return out

        return run


@pytest.mark.parametrize("pressed", ["loss", "new_w", "seen"])
def test_an_interrupted_iteration_counts_whole_or_not_at_all(pressed: str) -> None:
    w = name("w")
    steps = (Step("loss", w + sum_of(name("X", "n", 1))), Step("new_w", w - 1.0),
             Step("seen", w * 1.0))  # fmt: skip
    loop = Stepping(Interrupted(pressed), Program(steps, {"w": "new_w"}), ("seen",), "loss")
    ended = loop({"w": np.array(9.0)}, {"X": np.zeros((1, 1))}, Batches.of(np.arange(1), 1, 0.1, 5))
    assert ended.interrupted
    assert ended.done == len(ended.losses) == 2
    assert (float(ended.values["w"]), float(ended.kept["seen"])) == (7.0, 8.0)


# -- what runs, to be read -------------------------------------------------------------------------


@pytest.fixture
def model(call: Call) -> str:
    call("train", "wine", "--hidden", "3", "--epochs", "2", "-o", "m.workings")
    return "m.workings"


def test_loops_of_a_system_a_model_a_row_and_an_iteration(call: Call, model: str) -> None:
    system = call("show", "article", "--as", "loops")
    assert (system.code, system.err) == (0, "")
    assert re.search(r"for each of 3 units, for each row:\n +.* = sigmoid", system.out)
    assert "new_wh = wh + (d_wh * lr)" in system.out
    assert "d_output = (y - output) * " in system.out  # names of steps, though they are not kept
    for words in ([model], [model, "wine"], [model, "wine", "--row", "2"]):
        out = call("show", *words, "--as", "loops").out
        assert "to find answer" in out
        assert "new_wh" not in out
    assert "new_wh" in call("show", model, "wine", "--iteration", "2", "--as", "loops").out
    step = call("show", "article", "--as", "loops", "--step", "output").out
    assert "sigmoid" in step
    assert "new_wh" not in step + call("show", "article", "--as", "loops", "--step", "loss").out


def test_what_llvm_compiles_is_shown_and_written(call: Call, model: str) -> None:
    out = call("show", model, "--as", "llvm").out
    assert out.startswith(("declare", "define"))
    assert "@kernel" in out
    assert call("show", "article", "--as", "loops", "-o", "p.html").code == 0
    assert "for each row" in Path("p.html").read_text()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("article --as lops", "Did you mean 'loops'"),
        ("article --as loops --cell wh[1,2]", "--step wh"),
        ("activations --as loops", "a part of the activations"),
        ("article --as loops --step houtput", "'houtput'"),
    ],
)
def test_forms_that_cannot_be(call: Call, words: str, found: str) -> None:
    call("show", *words.split()).refuses(found)
