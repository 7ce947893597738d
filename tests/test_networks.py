"""Networks: every gradient is right under every convention, and all conventions train the same one.

Whatever is a row or a choice is taken from the tables of the code, so that nothing new is left out.
Gradients do not depend on the optimizer, so they are compared with nudges once per activation,
loss, depth and convention; each optimizer's updates are compared with a few lines of NumPy.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from ops import Numbers
from workings.activations import activations
from workings.conventions import CHOICES, Convention, LayerNames, layer_names
from workings.engines import engine
from workings.errors import ProgramError, SettingError, UnknownName
from workings.explaining.checking import check_program
from workings.language.walk import leaves
from workings.losses import Loss, loss, losses
from workings.network import Dense, Network
from workings.network import network as lowering
from workings.optimizers import optimizer, optimizers
from workings.training import train
from workings.training.runs import Rows, Settings

CONVENTIONS = [Convention(*choice) for choice in itertools.product(*CHOICES.values())]
RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(5, 3))
TARGETS = {
    "regression": RANDOM.normal(size=(5, 2)),
    "binary": np.array([[0, 1], [1, 1], [0, 0], [1, 0], [0, 1]], float),
    "classes": np.eye(2)[[0, 1, 1, 0, 1]],
}
sloping = [word for word in activations() if word != "step"]


def test_work_grows_with_depth_and_no_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    named = []

    def counted(*args: Any) -> LayerNames:
        named.append(args)
        return layer_names(*args)

    monkeypatch.setattr(lowering, "layer_names", counted)
    deep = Network([*(Dense(2) for _ in range(300)), Dense(1)])
    program = deep.training("adam")
    assert len(named) == 301  # each layer is named once, whoever asks for names and headings
    shallow = Network([*(Dense(2) for _ in range(100)), Dense(1)]).training("adam")
    more = Network([*(Dense(2) for _ in range(200)), Dense(1)]).training("adam")
    assert len(program) - len(more) == len(more) - len(shallow)
    assert deep.stages[-1].title == "Update the biases"


def test_every_task_has_targets() -> None:
    assert {row.task for row in losses().values()} == set(TARGETS)


def network(
    hidden: list[Dense], row: Loss, bent: str = "tanh", how: Convention | None = None
) -> Network:
    """Hidden layers and an output layer that suits the loss."""
    return Network([*hidden, Dense(2, row.activation or bent)], row, how or Convention())


def plain_of(one: Network) -> Convention:
    """The article's convention, with biases where the network's own has any."""
    return Convention(bias="none" if one.convention.bias == "none" else "own")


def values(one: Network, seed: int = 0) -> dict[str, Numbers]:
    """Random weights and biases with the rows, laid out as the network's convention has it."""
    plain, random = one.under(plain_of(one)), np.random.default_rng(seed)
    start = plain.start(inputs=3, outputs=2, random=random)
    drawn = {word: random.uniform(-0.7, 0.7, x.shape) for word, x in start.items()}
    y = TARGETS[one.loss_row.task]
    columns = one.convention.samples == "columns"
    rows = {"X": X.T, "y": y.T} if columns else {"X": X, "y": y}
    return {**plain.translated(drawn, one), **rows}


def gradients(one: Network) -> dict[str, str]:
    """Which step holds the gradient of which parameter."""
    pairs = [((n.weights, n.d_weights), (n.bias, n.d_bias)) for n in one.names]
    return {word: step for pair in pairs for word, step in pair if word in one.parameters}


def assert_gradients_agree(one: Network) -> None:
    """Every cell of every gradient is what a nudge shows; hardly any cell is left out."""
    checked = check_program(one.backward(), values(one), gradients=gradients(one),
                            sign=one.convention.direction)  # fmt: skip
    assert checked.agrees, f"{one}\n{checked}"
    assert len(checked.comparisons) == len(one.parameters)
    cells, skipped = zip(*((c.cells, c.skipped) for c in checked.comparisons), strict=True)
    assert sum(cells) == one.count_weights(3, 2)
    assert sum(skipped) == 0  # no random weight lies within a nudge of a kink


# -- gradients -------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", losses().values(), ids=list(losses()))
@pytest.mark.parametrize("word", sloping)
def test_every_gradient_of_every_activation_loss_depth_and_sign(word: str, row: Loss) -> None:
    for depth, sign in itertools.product((1, 2, 3), CHOICES["sign"]):
        hidden = [Dense(units, word) for units in (4, 3, 2)[:depth]]
        assert_gradients_agree(network(hidden, row, word, Convention(sign)))


@pytest.mark.parametrize("how", CONVENTIONS, ids=lambda how: "-".join(vars(how).values()))
def test_every_gradient_of_every_loss_under_every_convention(how: Convention) -> None:
    for row in losses().values():
        assert_gradients_agree(
            network([Dense(4, "tanh", bias=False), Dense(3, "silu")], row, how=how)
        )
    assert_gradients_agree(network([], loss("half_squared_error"), how=how))


def test_no_gradient_comes_through_a_step_and_the_parameter_below_it_is_named() -> None:
    with pytest.raises(ProgramError, match=r"cannot find what (wh|bh) is owed") as refused:
        network([Dense(3, "step")], loss("squared_error")).backward()
    assert refused.value.parameter in ("wh", "bh")


# -- penalties -------------------------------------------------------------------------------------


def penalised(bias: str, l1: float = 0.3, l2: float = 0.7) -> Network:
    how = Convention(bias=bias)
    return Network([Dense(4, "tanh"), Dense(2, "tanh", bias=False), Dense(2, "identity")],
                   "squared_error", how, l1, l2)  # fmt: skip


@pytest.mark.parametrize("bias", CHOICES["bias"])
def test_penalties_have_their_gradients(bias: str) -> None:
    for l1, l2 in ((0.3, 0.0), (0.0, 0.7), (0.3, 0.7)):
        one = penalised(bias, l1, l2)
        checked = check_program(one.backward(), values(one), gradients=gradients(one), sign=-1)
        assert checked.agrees, str(checked)


@pytest.mark.parametrize("bias", CHOICES["bias"])
def test_penalties_are_those_of_the_weights_and_never_of_a_bias(bias: str) -> None:
    one = penalised(bias)
    plain = one.under(plain_of(one))
    weights = [values(plain)[names.weights] for names in plain.names]
    by_hand = sum(0.3 * abs(w).sum() + 0.35 * (w * w).sum() for w in weights)
    assert engine().run(one.program(), values(one))["penalty"] == pytest.approx(by_hand, rel=1e-13)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
@pytest.mark.parametrize("amount", [-0.1, float("inf"), float("nan")])
def test_a_penalty_out_of_range_is_refused(penalty: str, amount: float) -> None:
    with pytest.raises(SettingError, match=f"cannot use {penalty} = {amount:g}: 0 or more"):
        Network([Dense(1)], **{penalty: amount})  # type: ignore[arg-type]


# -- optimizers ------------------------------------------------------------------------------------

Memory = dict[str, Numbers]


def momentum(g: Numbers, lr: float, m: Memory, _: int) -> Numbers:
    m["v"] = 0.9 * m["v"] + lr * g
    return m["v"]


def nesterov(g: Numbers, lr: float, m: Memory, _: int) -> Numbers:
    m["v"] = 0.9 * m["v"] + lr * g
    return 0.9 * m["v"] + lr * g


def adagrad(g: Numbers, lr: float, m: Memory, _: int) -> Numbers:
    m["s"] = m["s"] + g**2
    return lr * g / (np.sqrt(m["s"]) + 1e-8)


def rmsprop(g: Numbers, lr: float, m: Memory, _: int) -> Numbers:
    m["s"] = 0.9 * m["s"] + 0.1 * g**2
    return lr * g / (np.sqrt(m["s"]) + 1e-8)


def adam(g: Numbers, lr: float, m: Memory, count: int) -> Numbers:
    m["v"], m["s"] = 0.9 * m["v"] + 0.1 * g, 0.999 * m["s"] + 0.001 * g**2
    mean, square = m["v"] / (1 - 0.9**count), m["s"] / (1 - 0.999**count)
    return lr * mean / (np.sqrt(square) + 1e-8)


def adam_reordered(g: Numbers, lr: float, m: Memory, count: int) -> Numbers:
    m["v"], m["s"] = 0.9 * m["v"] + 0.1 * g, 0.999 * m["s"] + 0.001 * g**2
    rate = lr * np.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    return rate * m["v"] / (np.sqrt(m["s"]) + 1e-8)


def adamw(g: Numbers, lr: float, m: Memory, count: int) -> Numbers:
    return adam(g, lr, m, count) + lr * 0.01 * m["w"]


FALLS: dict[str, Callable[[Numbers, float, Memory, int], Numbers]] = {
    "sgd": lambda g, lr, m, count: lr * g, "momentum": momentum, "nesterov": nesterov,
    "adagrad": adagrad, "rmsprop": rmsprop, "adam": adam, "adamw": adamw,
    "adam_reordered": adam_reordered,
}  # fmt: skip


def by_hand(word: str, w: Numbers, y: Numbers, iterations: int) -> Numbers:
    """A linear network's weights after some iterations, its bias as the last of them."""
    inside, m = np.column_stack([X, np.ones(5)]), {"v": 0 * w, "s": 0 * w, "w": w}
    for count in range(1, iterations + 1):
        m["w"] = m["w"] - FALLS[word](inside.T @ (inside @ m["w"] - y), 0.05, m, count)
    return m["w"]


def test_every_optimizer_has_an_oracle() -> None:
    assert set(FALLS) == set(optimizers())


@pytest.mark.parametrize("sign", CHOICES["sign"])
@pytest.mark.parametrize("word", optimizers())
def test_three_updates_of_every_optimizer_are_those_by_hand(word: str, sign: str) -> None:
    one = Network([Dense(2, "identity")], convention=Convention(sign, bias="folded"))
    start, y = values(one), TARGETS["regression"]
    trained = train(one.training(word), {"wout": start["wout"]}, Rows(X, y),
                    settings=Settings(epochs=3, rate=0.05))  # fmt: skip
    # three updates of numbers near 1, through square roots and quotients
    assert trained.values["wout"] == pytest.approx(by_hand(word, start["wout"], y, 3), rel=1e-13)


@pytest.mark.parametrize("word", optimizers())
def test_every_setting_of_an_optimizer_has_a_range(word: str) -> None:
    for setting in fields(optimizers()[word]):
        for value in (-0.1, 1.0):
            words = f"{setting.name} = {value:g} in {word}: 0 or more, and less than 1"
            with pytest.raises(SettingError, match=words):
                optimizer(word, **{setting.name: value})
    with pytest.raises(UnknownName, match=f"no setting of {word} called 'speed'"):
        optimizer(word, speed=1.0)


# -- conventions -----------------------------------------------------------------------------------


def trained(one: Network, word: str, rate: float) -> Mapping[str, Numbers]:
    """The weights after five iterations, as the plain convention of the same bias keeps them."""
    given = values(one)
    rows = Rows(given.pop("X"), given.pop("y"))
    found = train(one.training(word), given, rows, settings=Settings(epochs=5, rate=rate)).values
    return one.translated(found, one.under(plain_of(one)))


@pytest.mark.parametrize("word", optimizers())
@pytest.mark.parametrize("biased", [True, False])
def test_all_conventions_train_the_same_numbers(word: str, biased: bool) -> None:
    """Each against the article's own; for a mean the rate is that much larger, where it scales."""
    scales = word in ("sgd", "momentum", "nesterov")
    base = network([Dense(4), Dense(3)], loss("half_squared_error"))
    base = base.under(Convention(bias="own" if biased else "none"))
    for how in (how for how in CONVENTIONS if (how.bias != "none") == biased):
        mean = how.reduction == "mean"
        same = base if scales else base.under(Convention(bias=base.convention.bias,
                                                         reduction=how.reduction))  # fmt: skip
        found = trained(base.under(how), word, 0.05 * (5 if mean and scales else 1))
        for parameter, right in trained(same, word, 0.05).items():
            assert found[parameter] == pytest.approx(right, rel=1e-12, abs=1e-12), how


@pytest.mark.parametrize("how", CONVENTIONS, ids=lambda how: "-".join(vars(how).values()))
def test_translating_there_and_back_changes_nothing(how: Convention) -> None:
    one = network([Dense(4), Dense(3, bias=False)], loss("squared_error"))
    there = one.under(Convention(**{**vars(how), "bias": how.bias.replace("none", "own")}))
    given = values(one)
    back = there.translated(one.translated(given, there), one)
    assert all((back[word] == given[word]).all() for word in one.parameters)


def test_learnt_biases_are_not_dropped_in_secret() -> None:
    one = network([Dense(3)], loss("squared_error"))
    with pytest.raises(SettingError, match="without biases: it has learnt b"):
        one.translated(values(one), one.under(Convention(bias="none")))


# -- the twelve steps ------------------------------------------------------------------------------

TWELVE = [
    ("Read input and output", [], ["X", "y"]),
    ("Start weights and biases", [], ["wh", "bh", "wout", "bout"]),
    ("Add up the inputs of the hidden layer", ["hidden_layer_input"], []),
    ("Apply the activation of the hidden layer", ["hiddenlayer_activations"], []),
    ("Add up and activate the output layer", ["output_layer_input", "output"], []),
    ("Compare with the target: the error at the output layer", ["losses", "loss", "E"], []),
    ("Slopes of the activations", ["slope_output_layer", "slope_hidden_layer"], []),
    ("Delta at the output layer", ["d_output"], []),
    ("Error at the hidden layer", ["Error_at_hidden_layer"], []),
    ("Delta at the hidden layer", ["d_hiddenlayer"], []),
    ("Update the weights", ["d_wout", "new_wout", "d_wh", "new_wh"], ["wout", "wh", "lr"]),
    ("Update the biases", ["d_bout", "new_bout", "d_bh", "new_bh"], ["bout", "bh", "lr"]),
]


def test_the_twelve_steps_of_the_article_by_name() -> None:
    program = Network([Dense(3), Dense(1)]).training()
    under = {title: [s.name for s in program if s.stage == title] for title, *_ in TWELVE}
    found = [(stage.title, under[stage.title], list(stage.shows)) for stage in program.stages]
    assert found == TWELVE
    assert program.names == [word for _, words, _ in TWELVE for word in words]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_biases_have_a_stage_only_where_there_are_any(bias: bool, optimizer: str) -> None:
    network = Network([Dense(3, bias=bias), Dense(1, bias=bias)])
    program = network.training(optimizer)
    titles = [stage.title for stage in program.stages]
    assert titles == [title for title, *_ in TWELVE][: 12 if bias else 11]
    assert titles == [stage.title for stage in network.stages]
    assert {step.stage for step in program} <= set(titles)
    last = Network([Dense(3, bias=False), Dense(1)]).training(optimizer).stages[-1]
    assert last.shows == ("bout", "lr")


def test_the_error_at_the_hidden_layer_reads_the_weights_from_before_the_update() -> None:
    read = leaves(Network([Dense(3), Dense(1)]).training()["Error_at_hidden_layer"].expr)
    assert [leaf["name"] for leaf in read] == ["d_output", "wout"]


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_deeper_networks_have_the_same_names_with_an_index(depth: int) -> None:
    program = Network([Dense(3)] * depth + [Dense(1)]).training()
    kinds = ("hidden_layer_input", "hiddenlayer_activations", "slope_hidden_layer", "d_hiddenlayer",
             "Error_at_hidden_layer", "new_wh", "new_bh")  # fmt: skip
    assert set(program.names) == {
        *(f"{kind}{place}" for kind in kinds for place in range(1, depth + 1)),
        *(f"d_{kind}{place}" for kind in ("wh", "bh") for place in range(1, depth + 1)),
        "output_layer_input", "output", "losses", "loss", "E", "slope_output_layer", "d_output",
        "d_wout", "new_wout", "d_bout", "new_bout",
    }  # fmt: skip


@pytest.mark.parametrize("how", CONVENTIONS, ids=lambda how: "-".join(vars(how).values()))
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_every_step_of_every_convention_has_a_stage_and_a_reason(
    how: Convention, depth: int
) -> None:
    program = Network([Dense(3)] * depth + [Dense(1)], convention=how).training("adam")
    titles = [stage.title for stage in program.stages]
    assert [step.name for step in program if step.stage not in titles or not step.why] == []
    places = [titles.index(step.stage) for step in program]
    assert places == sorted(places)


# -- what cannot go together -----------------------------------------------------------------------


@pytest.mark.parametrize("word", [word for word, row in losses().items() if row.activation])
def test_a_loss_that_includes_an_activation_refuses_another(word: str) -> None:
    with pytest.raises(SettingError, match=f"cannot use the loss {word} after the activation tanh"):
        Network([Dense(2, "tanh")], word)


def test_impossible_layers_are_refused() -> None:
    with pytest.raises(SettingError, match="no layers"):
        Network([])
    with pytest.raises(SettingError, match="hidden layer 1 does not say how many units"):
        Network([Dense(), Dense(1)])
    with pytest.raises(SettingError, match="a layer of 0 units"):
        Dense(0)
    with pytest.raises(UnknownName, match="Did you mean 'relu'"):
        Dense(1, "rellu")


@pytest.mark.parametrize("choice", CHOICES)
def test_a_choice_that_is_none_lists_those_there_are(choice: str) -> None:
    with pytest.raises(UnknownName, match=f"no convention for {choice} called 'other'"):
        Convention(**{choice: "other"})
