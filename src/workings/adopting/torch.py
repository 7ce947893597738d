"""A PyTorch module as a model here: nn.Sequential of Linear layers and activations.

Dropout does nothing in a prediction and is left out; batch normalization is folded into the
weights beside it. A last LogSoftmax is read as the softmax it is the logarithm of. PyTorch itself
is never imported: the module brings all that is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from workings.adopting._activations import between, computes, elu, leaky
from workings.adopting._proof import Theirs, drawn, origin, precision, proven
from workings.adopting._stack import Stack
from workings.adopting._targets import Names
from workings.adopting.keras import shares
from workings.errors import NotSupported
from workings.language import Op
from workings.models import Model
from workings.trace import Array

NOTHING = {"Dropout", "AlphaDropout", "FeatureAlphaDropout", "Identity", "Flatten"}
NAMES = {
    "ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "SELU": "selu", "SiLU": "silu",
    "Mish": "mish", "Softsign": "softsign", "Hardsigmoid": "hard_sigmoid",
}  # fmt: skip


def from_torch(
    module: Any,
    *,
    columns: Sequence[str] | None = None,
    target: Names = None,
    classes: Sequence[Any] | None = None,
) -> Model:
    """The module as a `Model`.

    `columns` name the inputs, `target` what is predicted (a list for several), `classes` the
    classes in the order of the outputs; outputs without an activation are then taken for logits.
    Raises `NotSupported` naming the layer that cannot be adopted, or where predictions differ.
    """
    stack = Stack(origin(module))
    if not _is(module, "Sequential"):
        raise stack.refused(
            "it is no nn.Sequential, and what its forward() does cannot be read",
            "Hand over the nn.Sequential inside it.",
        )
    parts = list(_parts(module))
    for word, part in parts:
        _add(word, part, stack)
        _check_own(word, part, stack, parts)
    made = stack.model(columns=columns, target=target, classes=classes)
    dtype = precision([_numbers(part.weight) for _, part in parts if _is(part, "Linear")])
    ends = [type(part).__name__ for _, part in parts if type(part).__name__ not in NOTHING][-1]
    arrays = drawn(made.preparation, dtype)

    def answers() -> Array:
        said = _answered(module, parts, arrays["numbers"])
        if ends == "LogSoftmax":
            return np.exp(said)
        logits = classes is not None and _is(parts[-1][1], "Linear", *NOTHING)
        return shares(said) if logits and ends == "Linear" else said

    return proven(made, arrays, Theirs(stack.title, dtype, answers))


def _answered(module: Any, parts: Sequence[tuple[str, Any]], rows: Array) -> Array:
    """What the module says of rows when it is not in training."""
    first = next(part for _, part in parts if _is(part, "Linear"))
    training = module.training
    module.eval()
    try:
        return np.asarray(_numbers(module(first.weight.new_tensor(rows.tolist()))), float)
    finally:
        module.train(training)


def _parts(module: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for word, part in module.named_children():
        if _is(part, "Sequential"):
            yield from _parts(part, f"{path}{word}.")
        else:
            yield path + word, part


def _is(part: Any, *kinds: str) -> bool:
    return any(kind.__name__ in kinds for kind in type(part).__mro__)


def _numbers(tensor: Any) -> Array:
    """A tensor as an array; raises `NotSupported` for less than single precision."""
    try:
        found = np.array(tensor.detach().cpu().numpy())
    except TypeError:  # NumPy has no bfloat16
        found = np.zeros(0, np.float16)
    if found.dtype not in (np.float32, np.float64):
        raise NotSupported(
            "cannot adopt weights of half precision", hint="Hand over module.float()."
        )
    return found


def _add(word: str, part: Any, stack: Stack) -> None:
    kind = type(part).__name__
    if kind in NOTHING:
        return
    if kind in NAMES:
        stack.bend(NAMES[kind])
    elif kind in ADD:
        ADD[kind](part, stack)
    else:
        raise stack.refused(
            f"its part {word} is a {kind}",
            f"Known are {', '.join(['Linear', 'BatchNorm1d', *NAMES, *ADD][:30])}.",
        )


def _check_own(
    word: str, part: Any, stack: Stack, parts: Sequence[tuple[str, Any]]
) -> None:  # fmt: skip
    """An activation that only has the name of one of PyTorch's has to compute the same."""
    linear = next((one for _, one in parts if _is(one, "Linear")), None)
    root = type(linear).__mro__[-2].__module__.split(".")[0]
    if linear is None or type(part).__module__.split(".")[0] == root or not stack.bent:
        return
    row = stack.layers[-1].activation

    def function(x: Array) -> Array:
        return _numbers(part(linear.weight.new_tensor(x.tolist())))

    if isinstance(row, Op) and not computes(function, row):
        raise stack.refused(
            f"its part {word} is called {type(part).__name__} and computes something else",
            "Use PyTorch's own activations.",
        )


def _linear(part: Any, stack: Stack) -> None:
    stack.linear(_numbers(part.weight).T, None if part.bias is None else _numbers(part.bias))


def _gelu(part: Any, stack: Stack) -> None:
    if part.approximate != "tanh":
        raise stack.refused(
            "its GELU is the exact one",
            'Here is the tanh form, GELU(approximate="tanh"); the two differ by up to 0.0005.',
        )
    stack.bend("gelu")


def _softplus(part: Any, stack: Stack) -> None:
    if part.beta != 1:
        raise stack.refused(f"its Softplus has beta = {part.beta}", "Only beta = 1 can be adopted.")
    stack.bend("softplus")


def _softmax(part: Any, stack: Stack) -> None:
    if part.dim not in (1, -1):
        raise stack.refused(f"its softmax runs along dim = {part.dim}", "Use dim = 1.")
    stack.bend("softmax")


def _prelu(part: Any, stack: Stack) -> None:
    slopes = _numbers(part.weight).ravel()
    if len(slopes) != 1:
        raise stack.refused("its PReLU has several slopes", "Use one slope for a layer.")
    stack.bend(leaky(float(slopes[0])))


def _batch_norm(part: Any, stack: Stack) -> None:
    if part.running_mean is None:
        raise stack.refused(
            "its batch normalization keeps no running means, so a row depends on its neighbours",
            "Use track_running_stats=True.",
        )
    mean, variance = (_numbers(x).astype(float) for x in (part.running_mean, part.running_var))
    weight = 1.0 if part.weight is None else _numbers(part.weight).astype(float)
    bias = 0.0 if part.bias is None else _numbers(part.bias).astype(float)
    factor = weight / np.sqrt(variance + part.eps)
    stack.scale(factor, bias - mean * factor)


ADD: dict[str, Callable[[Any, Stack], None]] = {
    "Linear": _linear, "GELU": _gelu, "Softplus": _softplus, "Softmax": _softmax,
    "LogSoftmax": _softmax, "PReLU": _prelu, "BatchNorm1d": _batch_norm,
    "LeakyReLU": lambda part, stack: stack.bend(leaky(part.negative_slope)),
    "ELU": lambda part, stack: stack.bend(elu(part.alpha)),
    "ReLU6": lambda part, stack: stack.bend(between(0.0, 6.0)),
    "Hardtanh": lambda part, stack: stack.bend(between(part.min_val, part.max_val)),
}  # fmt: skip
