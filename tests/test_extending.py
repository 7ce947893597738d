"""One new thing, one place: a row is found by name, trained, checked, shown, saved and loaded by
being there, with nothing else touched.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import workings
from workings import activations, losses
from workings.activations import Activation
from workings.engines import engine
from workings.language import Program
from workings.losses import Loss
from workings.network import Dense, Network

GENTLE = {"hidden": [4], "epochs": 3, "seed": 0, "test_size": 0.25}


@pytest.fixture
def bent(monkeypatch: pytest.MonkeyPatch) -> Activation:
    """An activation, added as the code's own are: one row in the module."""
    row = Activation(
        "bent", lambda x: x / (1.0 + x * x), lambda y, x: (1.0 - 2.0 * x * y) / (1.0 + x * x),
        span=(-0.5, 0.5), use="Bends back.",
    )  # fmt: skip
    monkeypatch.setattr(activations, "BENT", row, raising=False)
    return row


@pytest.fixture
def quartic(monkeypatch: pytest.MonkeyPatch) -> Loss:
    """A loss, added as the code's own are: one row in the module."""
    row = Loss("quartic", lambda output, y: (output - y) ** 4.0, use="Outliers pull harder.")
    monkeypatch.setattr(losses, "QUARTIC", row, raising=False)
    return row


@pytest.mark.usefixtures("bent")
def test_a_new_activation_is_found_by_name_with_a_suggestion() -> None:
    assert workings.activation("bent") is activations.activations()["bent"]
    with pytest.raises(workings.WorkingsError, match="Did you mean 'bent'"):
        workings.activation("bend")


def test_a_new_activation_is_checked(bent: Activation) -> None:
    checked = workings.check("bent")
    assert checked.agrees, str(checked)
    assert [one.one for one in checked.comparisons] == ["back-propagation", "stated slope"]
    assert checked.subject == bent.name


@pytest.mark.usefixtures("bent")
def test_a_new_activation_is_trained_shown_saved_and_loaded(tmp_path: Path) -> None:
    result = workings.train("xor", activation="bent", **GENTLE)
    assert [layer.op.name for layer in result.model.network.layers] == ["bent", "sigmoid"]
    text = workings.show(result.model.trace(result.training))
    assert "hiddenlayer_activations = bent(hidden_layer_input)" in text
    result.model.save(tmp_path / "bent.workings")
    again = workings.load(tmp_path / "bent.workings")
    assert again.network.layers[0].op is workings.activation("bent")
    assert np.array_equal(again.answers(result.training), result.model.answers(result.training))


def test_a_model_outlives_the_row_it_was_trained_with(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        row = Activation("bent", lambda x: x / (1.0 + x * x), use="Bends back.")
        patch.setattr(activations, "BENT", row, raising=False)
        result = workings.train("xor", activation="bent", **GENTLE)
        before = result.model.answers(result.training)
        result.model.save(tmp_path / "bent.workings")
    assert "bent" not in activations.activations()
    again = workings.load(tmp_path / "bent.workings")
    assert np.array_equal(again.answers(result.training), before)
    assert "bent(hidden_layer_input)" in workings.show(again.trace(result.training))


def test_an_activation_of_ones_own_needs_no_row_at_all(tmp_path: Path) -> None:
    own = Activation("wavy", lambda x: x + 0.1 * x * x)
    result = workings.train("xor", activation=own, **GENTLE)
    result.model.save(tmp_path / "wavy.workings")
    again = workings.load(tmp_path / "wavy.workings")
    assert np.array_equal(again.answers(result.training), result.model.answers(result.training))


@pytest.mark.usefixtures("bent")
def test_a_new_activation_goes_through_every_depth_of_network() -> None:
    program = Network([Dense(3, "bent"), Dense(2, "bent"), Dense(1, "bent")]).training("adam")
    assert Program.from_json(program.to_json()) == program
    assert program["slope_output_layer"].why == "How steep bent is there."


def test_a_new_loss_is_found_and_checked(quartic: Loss) -> None:
    assert workings.loss("quartic") is quartic
    assert workings.check("quartic").agrees


@pytest.mark.usefixtures("quartic")
def test_a_new_loss_is_trained_shown_saved_and_loaded(tmp_path: Path) -> None:
    table = (np.arange(12.0).reshape(-1, 1), np.arange(12.0) / 2)
    result = workings.train(table, loss="quartic", task="regression", **GENTLE)
    text = workings.show(result.model.trace(result.training), step="losses")
    assert "losses = quartic(output, y)" in text
    result.model.save(tmp_path / "quartic.workings")
    again = workings.load(tmp_path / "quartic.workings")
    assert again.network.loss_row is workings.loss("quartic")
    assert np.array_equal(again.answers(result.training), result.model.answers(result.training))


def test_a_model_outlives_the_loss_it_was_trained_with(tmp_path: Path) -> None:
    table = (np.arange(12.0).reshape(-1, 1), np.arange(12.0) / 2)
    own = Loss("quartic", lambda output, y: (output - y) ** 4.0)
    result = workings.train(table, loss=own, task="regression", **GENTLE)
    result.model.save(tmp_path / "own.workings")
    again = workings.load(tmp_path / "own.workings")
    traces = [model.trace(result.training) for model in (again, result.model)]
    assert np.array_equal(traces[0]["losses"], traces[1]["losses"])
    assert traces[0]["loss"] == traces[1]["loss"]


@pytest.mark.usefixtures("bent", "formulas_alone")
def test_an_engine_needs_to_know_nothing_of_a_new_row() -> None:
    network = Network([Dense(3, "bent"), Dense(1, "identity")])
    start = network.start(inputs=2, outputs=1, random=np.random.default_rng(0))
    values = {**start, "X": np.ones((2, 2)), "y": np.ones((2, 1))}
    trace = engine().trace(network.backward(), values)
    z = trace["hidden_layer_input"]
    assert trace["hiddenlayer_activations"] == pytest.approx(z / (1 + z * z), rel=1e-15)
