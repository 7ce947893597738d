"""A Keras model as a model here: stacks of Dense layers, sequential or functional.

Dropout and noise do nothing in a prediction and are left out; batch normalization is folded into
the weights beside it; Normalization and Rescaling in front become steps that scale the columns.
Keras itself is never imported: the model brings all that is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from workings.activations import activation
from workings.adopting._activations import between, computes, elu, leaky, probed
from workings.adopting._proof import Theirs, drawn, origin, precision, proven
from workings.adopting._stack import Stack
from workings.adopting._targets import Names
from workings.language import Op
from workings.models import Model
from workings.trace import Array

NOTHING = {
    "InputLayer", "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout",
    "ActivityRegularization", "Flatten", "Identity",
}  # fmt: skip
NESTED = {"Sequential", "Functional"}
NAMES = {
    "linear": "identity", "swish": "silu",
    **{word: word for word in (
        "identity", "relu", "sigmoid", "tanh", "softmax", "elu", "selu", "silu", "mish",
        "softplus", "softsign", "exponential", "hard_sigmoid",
    )},
}  # fmt: skip
NUMBERED: dict[str, Callable[[], Op]] = {
    "leaky_relu": lambda: leaky(0.2), "relu6": lambda: between(0, 6),
}  # fmt: skip
LOSSES = {
    "mse": "squared_error", "mean_squared_error": "squared_error", "mae": "absolute_error",
    "mean_absolute_error": "absolute_error", "huber": "huber",
}  # fmt: skip
GELU = "Keras's gelu is the exact one; here is its tanh form, gelu(x, approximate=True)."


def from_keras(
    model: Any,
    *,
    columns: Sequence[str] | None = None,
    target: Names = None,
    classes: Sequence[Any] | None = None,
) -> Model:
    """The Keras model as a `Model`.

    `columns` name the inputs, `target` what is predicted (a list for several), `classes` the
    classes in the order of the outputs; outputs without an activation are then taken for logits.
    Raises `NotSupported` naming the layer that cannot be adopted, or where predictions differ.
    """
    stack = Stack(origin(model))
    layers = list(_layers(model, stack))
    for layer in layers:
        _add(layer, stack)
    dtype = precision([np.asarray(x) for one in layers for x in one.get_weights() if np.ndim(x)])
    logits = classes is not None and bool(stack.layers) and stack.last == "identity"
    loss = LOSSES.get(str(getattr(model, "loss", None)))
    if stack.layers and (logits or stack.last in ("softmax", "sigmoid")):
        loss = None
    made = stack.model(columns=columns, target=target, classes=classes, loss=loss)
    arrays = drawn(made.preparation, dtype)
    shape = [size or 1 for size in tuple(getattr(model, "input_shape", None) or ())[1:]]

    def answers() -> Array:
        rows = arrays["numbers"].reshape(len(arrays["numbers"]), *(shape or [-1]))
        said = np.asarray(model.predict_on_batch(rows), float)
        return shares(said) if logits else said

    return proven(made, arrays, Theirs(stack.title, dtype, answers))


def shares(logits: Array) -> Array:
    """Probabilities from logits: of one class against another, or of several."""
    if logits.shape[1] == 1:
        logits = np.hstack([np.zeros_like(logits), logits])
        return shares(logits)[:, 1:]
    powers: Array = np.exp(logits - logits.max(1, keepdims=True))
    found: Array = powers / powers.sum(1, keepdims=True)
    return found


def _layers(model: Any, stack: Stack) -> Iterator[Any]:
    """The layers in order, those of models inside it too; raises where they are no chain."""
    layers = list(getattr(model, "layers", ()))
    if type(model).__name__ != "Sequential":
        for before, after in pairwise(layers):
            if after.input is not before.output:
                raise stack.refused(
                    f"its layer {after.name} does not read the layer before it alone",
                    "One input, one output and no branches can be adopted.",
                )
    for layer in layers:
        if type(layer).__name__ in NESTED:
            yield from _layers(layer, stack)
        else:
            yield layer


def _add(layer: Any, stack: Stack) -> None:
    kind = type(layer).__name__
    if kind in NOTHING:
        return
    if kind not in ADD:
        raise stack.refused(
            f"its layer {layer.name} is a {kind}",
            "Dense layers, activations and normalization can be adopted.",
        )
    ADD[kind](layer, stack)


def _dense(layer: Any, stack: Stack) -> None:
    weights, *bias = (np.asarray(x) for x in layer.get_weights())
    stack.linear(weights, bias[0] if bias else None)
    _activation(layer, stack)


def _activation(layer: Any, stack: Stack) -> None:
    function = layer.activation
    word = getattr(function, "__name__", "linear" if function is None else "")
    row = NUMBERED[word]() if word in NUMBERED else None
    row = activation(NAMES[word]) if word in NAMES else row
    if row is None or not (_own(function, layer) or computes(function, row)):
        row = probed(function)
    if row is None:
        raise stack.refused(
            f"its layer {layer.name} has the activation {word or function!r}",
            GELU if word == "gelu" else f"Known are {', '.join([*NAMES, *NUMBERED])}, and what "
            "computes the same from -10 000 to 10 000.",
        )  # fmt: skip
    stack.bend(row)


def _own(function: Any, layer: Any) -> bool:
    """Whether an activation is the library's own, so that its name says what it is."""
    if function is None:
        return True
    libraries = {
        str(getattr(one, "__module__", "")).split(".")[0] for one in (function, type(layer))
    }
    return len(libraries) == 1


def _relu(layer: Any, stack: Stack) -> None:
    most, slope = getattr(layer, "max_value", None), float(getattr(layer, "negative_slope", 0) or 0)
    if getattr(layer, "threshold", 0) or (most is not None and slope):
        raise stack.refused(
            f"its layer {layer.name} is a ReLU with a threshold", "Use a plain one."
        )
    stack.bend(leaky(slope) if most is None else between(0.0, float(most)))


def _leaky(layer: Any, stack: Stack) -> None:
    stack.bend(leaky(getattr(layer, "negative_slope", getattr(layer, "alpha", 0.3))))


def _batch_normalization(layer: Any, stack: Stack) -> None:
    weights = iter([np.asarray(x, float) for x in layer.get_weights()])
    gamma = next(weights) if layer.scale else 1.0
    beta = next(weights) if layer.center else 0.0
    mean, variance = next(weights), next(weights)
    factor = gamma / np.sqrt(variance + layer.epsilon)
    stack.scale(factor, beta - mean * factor)


def _normalization(layer: Any, stack: Stack) -> None:
    mean, variance = (np.array(x, float).ravel() for x in (layer.mean, layer.variance))
    factor = 1.0 / np.maximum(np.sqrt(variance), 1e-7)  # as Keras keeps clear of 0
    stack.scale(factor, -mean * factor)


def _rescaling(layer: Any, stack: Stack) -> None:
    stack.scale(np.asarray(layer.scale, float), np.asarray(layer.offset, float))


ADD: dict[str, Callable[[Any, Stack], None]] = {
    "Dense": _dense, "Activation": _activation, "ReLU": _relu, "LeakyReLU": _leaky,
    "ELU": lambda layer, stack: stack.bend(elu(layer.alpha)),
    "Softmax": lambda layer, stack: stack.bend("softmax"),
    "BatchNormalization": _batch_normalization, "Normalization": _normalization,
    "Rescaling": _rescaling,
}  # fmt: skip
