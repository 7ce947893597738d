"""What once went wrong, each held by a test of its own."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from workings import training
from workings.activations import Activation
from workings.cli import main
from workings.data import builtin_table
from workings.errors import DataError, NotFinite, SettingError
from workings.explaining.finding import explain
from workings.jobs.fitting import replay, train
from workings.language import Program, Step, name
from workings.losses import huber, quantile
from workings.models import load
from workings.network.network import Dense, Network
from workings.showing import run
from workings.systems import system
from workings.trace import Trace
from workings.training.runs import Rows, Settings


def test_a_replay_slows_down_where_the_training_did() -> None:
    table = builtin_table("iris")
    options = {"hidden": [4], "epochs": 25, "validation_size": 0.3, "lr": 0.3}
    result = train(table, schedule="plateau", **options)
    assert len(set(result.history.rate)) > 1
    last = replay(result.model, table, iteration=result.history.iterations)
    assert last["lr"] == result.history.rate[-1]
    assert np.array_equal(last["new_wh"], result.model.values["wh"])


def test_the_iteration_that_ran_away_is_found_at_its_own_rate() -> None:
    program = Network([Dense(1, "identity", bias=False)], "squared_error").training()
    rows = Rows(np.ones((4, 1)), np.zeros((4, 1)))
    settings = Settings(epochs=60, batch_size=1, rate=1.5, schedule="cosine", shuffle=False)
    start = {"wout": np.array([[1e200]])}
    with pytest.raises(NotFinite) as found:
        training.train(program, start, rows, settings=settings)
    weight, iteration = 1e200, 0
    while math.isfinite(weight * weight):  # by hand: w - lr * 2 w, at the rate of its epoch
        rate = 1.5 * (1 + math.cos(math.pi * (iteration // 4) / 60)) / 2
        weight, iteration = weight * (1 - 2 * rate), iteration + 1
    assert found.value.iteration == iteration + 1


def test_whole_numbers_do_not_turn_a_half_into_nothing() -> None:
    program = Program((Step("half", 0.5 * name("x", "n", 1)),))
    assert run(program, {"x": [[1], [3]]})["half"].tolist() == [[0.5], [1.5]]
    network = Network([Dense(1, "identity", bias=False)])
    rows = Rows(np.array([[1], [2]]), np.array([[2], [4]]))
    trained = training.train(
        network.training(), {"wout": np.zeros((1, 1))}, rows, settings=Settings(epochs=60)
    )
    assert trained.values["wout"][0, 0] == pytest.approx(2.0, abs=1e-6)


def test_a_cell_that_is_not_finite_explains_itself_all_the_same() -> None:
    trace = system("article").trace()
    values = {**trace.values, "wh": np.full((4, 3), np.nan)}
    found = explain(Trace(trace.program, values), "wh[1,1]")
    assert found.nudge is not None
    assert "not finite" in found.nudge.skipped


def test_of_two_equal_gradients_the_right_one_is_named() -> None:
    network = Network([Dense(2, "relu", bias=False), Dense(1, "identity", bias=False)])
    values = {
        "X": [[1.0]], "y": [[0.0]], "lr": 0.1, "wh": [[1.0, 2.0]], "wout": [[1.0], [1.0]],
    }  # fmt: skip
    trace = run(network.training(), values)
    assert explain(trace, "hidden_layer_input[1,1]").owed_as == "-d_hiddenlayer"
    assert explain(trace, "hiddenlayer_activations[1,1]").owed_as == "-Error_at_hidden_layer"


def test_what_the_path_leaves_out_is_summed() -> None:
    result = train("iris", hidden=[2], epochs=2)
    found = explain(result.model.trace(builtin_table("iris")), "wh[1,1]")
    assert found.path_left_out > 100
    total = math.fsum([*(term.value for term in found.path), found.path_rest])
    assert total == pytest.approx(found.owed, rel=1e-9)
    assert f"and {found.path_left_out} smaller terms" in str(found)


def test_no_name_means_two_things() -> None:
    cube = Activation("tanh", lambda x: x * x * x)
    with pytest.raises(SettingError, match="'tanh'"):
        Network([Dense(2, cube), Dense(1)])
    square, other = (Activation("own", f) for f in (lambda x: x * x, lambda x: x + 1.0))
    with pytest.raises(SettingError, match="'own'"):
        Network([Dense(2, square), Dense(1, other)])
    Network([Dense(2, square), Dense(1, square)], huber(1.0))


def test_numbers_too_close_together_are_said() -> None:
    X, y = np.array([[1e-170], [2e-170], [3e-170], [4e-170]]), [0, 1, 0, 1]
    with pytest.raises(DataError, match="the squares of that are 0"):
        train((X, y), epochs=1)


@pytest.mark.parametrize(
    "options",
    [{"batch_size": "x"}, {"lr": "x"}, {"test_size": "x"}, {"hidden": ["a"]}, {"hidden": [2.5]},
     {"epochs": True}, {"epochs": 3.0}],
)  # fmt: skip
def test_options_of_another_kind_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        train("xor", **options)


@pytest.mark.parametrize(("make", "value"), [(huber, -1.0), (huber, 0.0), (quantile, 1.5)])
def test_losses_outside_their_range_are_refused(make: object, value: float) -> None:
    with pytest.raises(SettingError, match="expected"):
        make(value)


def test_the_kept_epoch_is_told_whatever_ended_the_training() -> None:
    result = train("iris", hidden=[4], epochs=30, patience=29, lr=0.5)
    assert 0 < result.history.kept_epoch <= result.history.epochs
    assert result.history.kept_epoch == result.history.best_epoch


# -- files that are read are not written over ------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("a,y\n" + "".join(f"{n},{n % 2}\n" for n in range(20)))
    train("t.csv", "y", hidden=[2], epochs=1).model.save("m.workings")
    return tmp_path


@pytest.mark.fault("bad output")
@pytest.mark.parametrize(
    "words",
    ["train t.csv --target y -o t.csv", "train t.csv --target y --report t.csv",
     "train t.csv --target y -o r --report ./r", "predict m.workings t.csv -o t.csv",
     "predict m.workings t.csv -o m.workings", "show m.workings t.csv -o ./t.csv",
     "export m.workings --to c -o m.workings", "export m.workings t.csv --to c -o t.csv"],
)  # fmt: skip
def test_no_input_is_written_over(
    here: Path, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    assert ended.value.code == 2
    assert "Name another path" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in here.iterdir()} == before
    assert load("m.workings").classes == ("0", "1")


@pytest.mark.parametrize(
    "words",
    ["show article t.csv", "export article t.csv --to c", "show activations --row 1",
     "show article --cell wh[1,1] --step output"],
)  # fmt: skip
def test_nothing_is_read_and_ignored(
    here: Path, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_row_is_called_by_the_number_it_is_shown_with(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["show", "m.workings", "t.csv", "--row", "5", "--cell", "output[5,1]"])
    assert ended.value.code == 0
    assert "sample 5" in capsys.readouterr().out


def test_a_page_of_a_row_has_its_cells_and_its_answer(here: Path) -> None:
    with pytest.raises(SystemExit):
        main(["show", "m.workings", "t.csv", "--row", "5", "-o", "row.html"])
    page = Path("row.html").read_text()
    assert "as it stands" in page
    assert "Predicted y: " in page
