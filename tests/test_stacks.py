"""Stacks of PyTorch and Keras as models: on stand-ins always, on the originals where they are.

The originals are no dependency: `pip install torch==2.13.0` and `pip install keras` bring them.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import standins
from workings import exports
from workings.activations import activations
from workings.adopting import from_keras, from_torch
from workings.adopting._activations import probed
from workings.engines import engine
from workings.errors import NotSupported, SettingError
from workings.language import Program, Step, name
from workings.models import Model, load
from workings.taking import of_model

BOTH = ["stand-in", "original"]


@pytest.fixture(params=BOTH)
def nn(request: pytest.FixtureRequest) -> Any:
    """torch.nn, or what stands for it."""
    if request.param == "stand-in":
        return standins.nn
    torch = pytest.importorskip("torch", reason="torch is missing: pip install torch==2.13.0")
    torch.manual_seed(0)
    return torch.nn


@pytest.fixture(params=BOTH)
def keras(request: pytest.FixtureRequest) -> Any:
    """keras, or what stands for it."""
    if request.param == "stand-in":
        return standins.keras
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras", reason="keras is missing: pip install keras torch==2.13.0")
    keras.utils.set_random_seed(0)
    return keras


def rows(count: int = 40, columns: int = 4) -> Any:
    return np.random.default_rng(1).normal(size=(count, columns)).astype(np.float32)


def said(module: Any, X: Any) -> Any:
    """What a module predicts, as an array."""
    first = next(part for _, part in module.named_children() if hasattr(part, "weight"))
    module.eval()
    found = np.asarray(module(first.weight.new_tensor(X.tolist())).detach().numpy(), float)
    module.train()
    return found


def agrees(model: Model, X: Any, theirs: Any, *, within: float = 1e-5) -> None:
    ours = model.answers_of({"numbers": np.asarray(X, float)})
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= within * np.abs(theirs).max()


# -- torch -----------------------------------------------------------------------------------------

ACTIVATIONS: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "ReLU": ((), {}, "relu"), "Tanh": ((), {}, "tanh"), "Sigmoid": ((), {}, "sigmoid"),
    "SELU": ((), {}, "selu"), "SiLU": ((), {}, "silu"), "Mish": ((), {}, "mish"),
    "Softsign": ((), {}, "softsign"), "Softplus": ((), {}, "softplus"),
    "GELU": ((), {"approximate": "tanh"}, "gelu"), "LeakyReLU": ((0.2,), {}, "leaky_relu_0.2"),
    "ELU": ((0.5,), {}, "elu_0.5"), "PReLU": ((), {}, "leaky_relu_0.25"),
    "ReLU6": ((), {}, "cut_0_6"), "Hardtanh": ((-2.0, 1.5), {}, "cut_-2_1.5"),
    "Hardsigmoid": ((), {}, "hard_sigmoid"), "Identity": ((), {}, "identity"),
}  # fmt: skip


@pytest.mark.parametrize("word", ACTIVATIONS)
def test_torch_activations(nn: Any, word: str, tmp_path: Path) -> None:
    args, facts, row = ACTIVATIONS[word]
    bent = getattr(nn, word)(*args, **facts)
    module = nn.Sequential(nn.Linear(4, 5), bent, nn.Dropout(0.5), nn.Linear(5, 2, bias=False))
    model = from_torch(module, target=["u", "v"])
    assert model.network.layers[0].op.name == row
    assert {x.dtype for x in model.values.values()} == {np.dtype(np.float32)}
    agrees(model, rows(), said(module, rows()))
    assert model.record["agreement"]["largest"] <= 1e-5
    assert module.training  # as it was
    model.save(tmp_path / "m")
    agrees(load(tmp_path / "m"), rows(), said(module, rows()))


def test_torch_in_double_precision_agrees_to_double_precision(nn: Any) -> None:
    module = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3), nn.Softmax(1)).double()
    model = from_torch(module, classes=["a", "b", "c"])
    assert model.record["agreement"]["tolerance"] == 1e-12
    assert model.values["wh"].dtype == np.float64
    agrees(model, rows(), said(module, rows()), within=1e-12)
    assert set(model.predict(rows())) <= {"a", "b", "c"}


def normalized(nn: Any, place: int) -> Any:
    """A module with a batch normalization at work at this place."""
    parts = [nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)]
    norm = nn.BatchNorm1d(4)
    random = np.random.default_rng(3)
    for word in ("weight", "bias", "running_mean", "running_var"):
        given = getattr(norm, word)
        numbers = given.new_tensor(random.uniform(0.5, 2.0, 4).tolist())
        if hasattr(given, "data") and not isinstance(given, standins.Tensor):
            given.data = numbers
        else:
            setattr(norm, word, numbers)
    return nn.Sequential(*parts[:place], norm, *parts[place:])


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_batch_normalization_is_folded_or_becomes_a_step(nn: Any, place: int) -> None:
    module = normalized(nn, place)
    model = from_torch(module)
    agrees(model, rows(), said(module, rows()))
    assert len(model.network.layers) == 2
    assert ("numbers_scaled" in model.program.names) is (place == 0)


@pytest.mark.parametrize(
    ("ends", "outputs", "classes", "target"),
    [
        (["Softmax"], 3, None, ("0", "1", "2")),
        (["LogSoftmax"], 3, ["a", "b", "c"], ("a", "b", "c")),
        ([], 3, ["a", "b", "c"], ("a", "b", "c")), ([], 1, ["no", "yes"], ("no", "yes")),
        (["Sigmoid"], 1, None, ("0", "1")), (["Softmax"], 2, ["no", "yes"], ("no", "yes")),
        ([], 2, ["no", "yes"], ("no", "yes")), ([], 1, None, ()),
    ],
)  # fmt: skip
def test_what_the_outputs_speak_for(
    nn: Any, ends: list[str], outputs: int, classes: Any, target: tuple[str, ...], tmp_path: Path
) -> None:
    last = [getattr(nn, word)(*([1] if "oft" in word else [])) for word in ends]
    module = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, outputs), *last)
    model = from_torch(module, classes=classes)
    assert model.classes == target
    X, theirs = rows(), said(module, rows())
    if not target:
        assert np.allclose(model.predict(X), theirs[:, 0], rtol=1e-4, atol=1e-5)
        return
    best = theirs.argmax(1) if outputs > 1 else (theirs[:, 0] > (0.5 if ends else 0)).astype(int)
    assert model.predict(X).tolist() == [target[place] for place in best]
    assert np.allclose(model.probabilities(X).sum(1), 1)
    model.save(tmp_path / "m")
    assert load(tmp_path / "m").predict(X).tolist() == model.predict(X).tolist()
    exports.write(of_model(model), "numpy", tmp_path / "n.py")
    assert ("answer.argmax" in (tmp_path / "n.py").read_text()) is (outputs > 1)


def test_several_probabilities_are_labels(nn: Any) -> None:
    module = nn.Sequential(nn.Sequential(nn.Linear(4, 3)), nn.Flatten(), nn.Sigmoid())
    model = from_torch(module, target=["a", "b", "c"])
    inner = nn.Sequential(
        *(part for _, part in next(iter(module.named_children()))[1].named_children())
    )
    theirs = 1 / (1 + np.exp(-said(inner, rows())))
    assert np.allclose(model.probabilities(rows()), theirs, rtol=1e-5, atol=1e-6)
    assert model.predict(rows()).shape == (40, 3)


def test_half_precision_is_refused(nn: Any) -> None:
    module = nn.Sequential(nn.Linear(2, 1))
    _, part = next(iter(module.named_children()))
    if isinstance(part.weight, standins.Tensor):
        part.weight = standins.Half(part.weight.x)
    else:
        module.bfloat16()
    with pytest.raises(NotSupported, match=r"half precision. Hand over module.float\(\)"):
        from_torch(module)


def refusals(nn: Any) -> list[tuple[Any, str]]:
    linear = nn.Linear(4, 4)
    return [
        (nn.Sequential(linear, nn.GELU()), "its GELU is the exact one.*tanh form"),
        (nn.Sequential(linear, nn.LayerNorm(4)), "its part 1 is a LayerNorm"),
        (nn.Sequential(linear, nn.Sequential(nn.LayerNorm(4))), "its part 1.0 is a LayerNorm"),
        (nn.Sequential(nn.ReLU(), linear), "its activation relu stands before the first layer"),
        (nn.Sequential(linear, nn.ReLU(), nn.Tanh()), "its activation tanh stands behind another"),
        (nn.Sequential(linear, nn.Softmax(0)), "runs along dim = 0"),
        (nn.Sequential(linear, nn.PReLU(4)), "several slopes"),
        (nn.Sequential(linear, nn.Softplus(2.0)), "beta = 2"),
        (nn.Sequential(linear, nn.ReLU(), nn.BatchNorm1d(4)), "scales what its last activation"),
        (nn.Sequential(linear, nn.BatchNorm1d(4, track_running_stats=False)), "no running means"),
        (nn.Sequential(nn.ReLU()), "before the first layer"),
        (nn.Sequential(), "no fully connected layer"),
        (linear, "it is no nn.Sequential"),
    ]


def test_torch_parts_that_cannot_be_adopted_are_named(nn: Any) -> None:
    for module, words in refusals(nn):
        with pytest.raises(NotSupported, match=f"cannot adopt .*{words}") as caught:
            from_torch(module)
        assert "\n" not in str(caught.value)


def test_a_module_that_does_something_else_is_noticed(nn: Any) -> None:
    class Sequential(nn.Sequential):
        def forward(self, x: Any) -> Any:
            return 2 * super().forward(x)

    with pytest.raises(
        NotSupported, match=r"its answers and ours differ by 5.0e-01 of the largest"
    ):
        from_torch(Sequential(nn.Linear(4, 2), nn.Tanh()))


def test_classes_that_do_not_fit_are_refused(nn: Any) -> None:
    with pytest.raises(SettingError, match="cannot name 3 outputs by 2 classes"):
        from_torch(nn.Sequential(nn.Linear(4, 3)), classes=["a", "b"])
    with pytest.raises(SettingError, match="cannot name a probability by 3 classes"):
        from_torch(nn.Sequential(nn.Linear(4, 1)), classes=["a", "b", "c"])


# -- keras -----------------------------------------------------------------------------------------


def answered(model: Any, X: Any) -> Any:
    return np.asarray(model.predict_on_batch(X), float)


@pytest.mark.parametrize(
    ("word", "row"),
    [
        *((word, word) for word in (
            "relu", "tanh", "sigmoid", "selu", "elu", "silu", "softplus", "softsign",
            "exponential", "mish", "hard_sigmoid",
        )),
        ("linear", "identity"), ("leaky_relu", "leaky_relu_0.2"), ("relu6", "cut_0_6"),
    ],
)  # fmt: skip
def test_keras_activations(keras: Any, word: str, row: str) -> None:
    layers = keras.layers
    stack = keras.Sequential([
        keras.Input((4,)), layers.Dense(5, activation=word), layers.Dropout(0.3),
        layers.Dense(2, use_bias=False),
    ])  # fmt: skip
    model = from_keras(stack)
    assert model.network.layers[0].op.name == row
    assert {x.dtype for x in model.values.values()} == {np.dtype(np.float32)}
    agrees(model, rows(), answered(stack, rows()))


def test_layers_that_are_activations(keras: Any) -> None:
    layers = keras.layers
    for bent, row in (
        (layers.ReLU(), "relu"), (layers.LeakyReLU(), "leaky_relu_0.3"), (layers.ELU(), "elu"),
        (layers.ReLU(max_value=6.0), "cut_0_6"), (layers.Activation("tanh"), "tanh"),
        (layers.ReLU(negative_slope=0.1), "leaky_relu_0.1"),
        (layers.GaussianNoise(0.1), "identity"),
    ):  # fmt: skip
        stack = keras.Sequential([keras.Input((4,)), layers.Dense(5), bent, layers.Dense(3),
                                  layers.Softmax()])  # fmt: skip
        model = from_keras(stack, classes=["a", "b", "c"])
        assert model.network.layers[0].op.name == row
        agrees(model, rows(), answered(stack, rows()))
        assert model.classes == ("a", "b", "c")


def test_normalization_is_a_step_or_is_folded(keras: Any) -> None:
    layers, random = keras.layers, np.random.default_rng(2)
    norm = layers.BatchNormalization(center=False)
    scaled = layers.Normalization(mean=[1.0, 2, 3, 4], variance=[1.0, 4, 9, 16])
    stack = keras.Sequential([
        keras.Input((4,)), scaled, layers.Dense(3, activation="tanh"), norm,
        layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip
    weights = [random.uniform(0.5, 2, x.shape).astype(np.float32) for x in norm.get_weights()]
    norm.set_weights(weights)
    model = from_keras(stack, columns=["a", "b", "c", "d"], classes=["no", "yes"], target="ill")
    agrees(model, rows(), answered(stack, rows()))
    assert model.preparation.labels["outputs"] == ["ill = yes"]
    assert [c.mean for c in model.preparation.numbers] == pytest.approx([1, 2, 3, 4], rel=1e-6)
    rescaled = keras.Sequential([keras.Input((4,)), layers.Rescaling(0.5, offset=-1.0),
                                 layers.Dense(2)])  # fmt: skip
    agrees(from_keras(rescaled), rows(), answered(rescaled, rows()))


def test_a_functional_chain_and_a_stack_in_a_stack(keras: Any) -> None:
    layers, given = keras.layers, keras.Input((4,))
    chain = keras.Model(given, layers.Dense(2)(layers.Dense(3, activation="relu")(given)))
    agrees(from_keras(chain), rows(), answered(chain, rows()))
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="tanh")])
    outer = keras.Sequential([keras.Input((4,)), inner])
    agrees(from_keras(outer), rows(), answered(outer, rows()))


def test_what_it_was_trained_with_is_kept(keras: Any) -> None:
    for loss, row, ends in (
        ("mse", "squared_error", None), ("mae", "absolute_error", "relu"),
        ("mse", "binary_cross_entropy", "sigmoid"),
    ):  # fmt: skip
        stack = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation=ends)])
        stack.compile(loss=loss)
        assert from_keras(stack).network.loss_row.name == row


def test_keras_layers_that_cannot_be_adopted_are_named(keras: Any) -> None:
    layers, given = keras.layers, keras.Input((4,))
    first, second = layers.Dense(2, name="left"), layers.Dense(2, name="right")
    branches = keras.Model(given, layers.Concatenate()([first(given), second(given)]))
    for stack, words in (
        (branches, "does not read the layer before it alone"),
        ([layers.Dense(3), layers.LayerNormalization(name="norm")], "norm is a LayerNorm"),
        ([layers.Dense(3, activation="gelu", name="one")], "one has the activation 'gelu'.*exact"),
        ([layers.Dense(3, activation=lambda x: x * x * x, name="one")], "one has the activation"),
    ):  # fmt: skip
        if isinstance(stack, list):
            stack = keras.Sequential([keras.Input((4,)), *stack])
        if stack is branches and isinstance(keras, SimpleNamespace):
            continue  # what stands for keras has no branches
        with pytest.raises(NotSupported, match=f"cannot adopt .*{words}"):
            from_keras(stack)


def test_the_tanh_form_of_gelu_is_known_by_what_it_computes(keras: Any) -> None:
    def own(x: Any) -> Any:
        return keras.activations.gelu(x, approximate=True)

    stack = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation=own)])
    model = from_keras(stack)
    assert model.network.layers[0].op.name == "gelu"
    agrees(model, rows(), answered(stack, rows()))


def test_probing_knows_rows_from_others() -> None:
    found = probed(np.tanh)
    assert found is not None
    assert found.name == "tanh"
    assert probed(lambda x: np.tanh(x) + 1e-4) is None
    assert probed(lambda x: np.clip(x, 0, 9000)) is None
    assert probed(lambda x: np.tanh(x) * (1 + 1e-8)) is None
    assert probed(lambda x: x[:, 0]) is None
    assert probed(lambda x: x.nothing) is None


@pytest.mark.parametrize("named", ["own", "relu", "leaky_relu"])
def test_an_activation_that_is_cut_far_out_is_not_taken_for_another(keras: Any, named: str) -> None:
    def own(x: Any) -> Any:
        bent = keras.activations.relu(x)
        return bent - keras.activations.relu(bent - 20.0)  # min(relu(x), 20)

    own.__name__ = named
    stack = keras.Sequential([
        keras.Input((4,)), keras.layers.Dense(3, activation=own), keras.layers.Dense(1),
    ])  # fmt: skip
    with pytest.raises(NotSupported, match=f"has the activation '{named}'"):
        from_keras(stack)


def test_a_name_is_not_trusted_and_what_it_computes_is(keras: Any) -> None:
    def relu(x: Any) -> Any:
        return keras.activations.tanh(x)

    stack = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation=relu)])
    assert from_keras(stack).network.layers[0].op.name == "tanh"


def test_a_part_with_a_name_of_torchs_must_compute_the_same(nn: Any) -> None:
    class Tanh(nn.ReLU):
        pass

    with pytest.raises(NotSupported, match="its part 1 is called Tanh and computes something else"):
        from_torch(nn.Sequential(nn.Linear(4, 3), Tanh(), nn.Linear(3, 1)))


def test_a_module_that_differs_only_far_out_is_noticed(nn: Any) -> None:
    class Sequential(nn.Sequential):
        def forward(self, x: Any) -> Any:
            return nn.Hardtanh(-30.0, 30.0).forward(super().forward(x))

    with pytest.raises(NotSupported, match="its answers and ours differ"):
        from_torch(Sequential(nn.Linear(4, 2), nn.Linear(2, 2)))


@pytest.mark.parametrize("word", sorted(set(activations()) - {"softmax"}))
def test_every_row_is_known_by_what_it_computes(word: str) -> None:
    program = Program((Step("y", activations()[word](name("x", "n", 1))),))
    found = probed(lambda x: engine().run(program, {"x": x.astype(float)})["y"].astype(x.dtype))
    assert found is activations()[word]


# -- at work ---------------------------------------------------------------------------------------


def test_a_slope_of_ones_own_is_shown_and_taken_away(nn: Any, tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(4, 3), nn.LeakyReLU(0.2), nn.Linear(3, 1))
    model = from_torch(module, target="y")
    model.save(tmp_path / "m")
    again = load(tmp_path / "m")
    for form in exports.formats():
        exports.write(of_model(again), form, tmp_path / form)
    values = engine().run(again.program, again.all_values({"numbers": rows(3).astype(float)}))
    sums, bent = values["hidden_layer_input"], values["hiddenlayer_activations"]
    assert np.allclose(bent, np.where(sums > 0, sums, 0.2 * sums), rtol=1e-15)
