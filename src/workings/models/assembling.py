"""A model put together from weights that were learnt somewhere else.

    assembled([Layer(weights, bias, "relu"), ...], preparation)     -> Model

The preparation says which columns are read and what is predicted: `preparation.plain(names,
Target("y"))` where the columns are read as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.conventions import TRAINED_UNDER
from workings.errors import SettingError
from workings.language import Op
from workings.losses import Loss
from workings.models.model import Model
from workings.network import Dense, Network
from workings.preparation import Preparation
from workings.trace import Array

SUITED = {  # the loss that an output layer's activation was most likely trained with
    "sigmoid": "binary_cross_entropy", "softmax": "categorical_cross_entropy",
    "exponential": "poisson",
}  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """What one layer has learnt: weights (inputs, outputs), biases (outputs,) or none."""

    weights: Array
    bias: Array | None = None
    activation: str | Op = "identity"


def assembled(
    layers: Sequence[Layer],
    preparation: Preparation,
    *,
    loss: str | Loss | None = None,
    l2: float = 0.0,
    record: Mapping[str, Any] | None = None,
) -> Model:
    """A model of these layers behind a preparation.

    Without `loss` it has the one that suits the output layer's activation. `l2` is the penalty on
    weights that all samples share, as scikit-learn's alpha is. `record` is whatever else is known
    of how it came about, as plain data. Raises `SettingError` where sizes or losses do not fit.

    >>> from workings.preparation.columns import Target
    >>> from workings.preparation import plain
    >>> twice = assembled([Layer(np.array([[2.0]]))], plain(["a"], Target("y")))
    >>> twice.predict([[21.0]]).tolist()
    [42.0]
    """
    _check(layers, preparation)
    dense = [Dense(one.weights.shape[1], one.activation, one.bias is not None) for one in layers]
    loss = SUITED.get(dense[-1].op.name, "half_squared_error") if loss is None else loss
    network = Network(dense, loss, TRAINED_UNDER, l2=l2, shared_penalty=l2 > 0)
    values: dict[str, Array] = {}
    for layer, one, names in zip(dense, layers, network.names, strict=True):
        bias = None if one.bias is None else np.array(one.bias).reshape(1, -1)
        learnt: Any = (np.array(one.weights), bias)
        values.update(layer.laid_out(learnt, names, network.convention))
    target = preparation.target
    task = "classification" if target.classes or target.labelled else "regression"
    told = {"task": task, "columns": preparation.columns, **(record or {})}
    return Model(network, preparation, values, told)


def _check(layers: Sequence[Layer], preparation: Preparation) -> None:
    sizes = [one.weights.shape for one in layers]
    inputs, outputs = preparation.inputs_count, preparation.target.outputs
    wanted = [inputs, *(shape[-1] for shape in sizes[:-1])]
    for place, (shape, one, before) in enumerate(zip(sizes, layers, wanted, strict=False), 1):
        if len(shape) != 2 or shape[0] != before:
            raise SettingError(
                f"cannot put layer {place} behind {before} values: its weights are "
                f"{' x '.join(map(str, shape))}, and {before} rows of them were expected"
            )
        if one.bias is not None and np.size(one.bias) != shape[1]:
            raise SettingError(
                f"cannot put layer {place} together: {shape[1]} biases were expected, one for "
                f"each neuron, not {np.size(one.bias)}"
            )
        if not all(np.isfinite(x).all() for x in (one.weights, one.bias) if x is not None):
            raise SettingError(
                f"cannot put layer {place} together: it holds a weight that is not a finite number",
                hint="Train it again with a lower learning rate.",
            )
    if not sizes or sizes[-1][1] != outputs:
        raise SettingError(
            f"cannot read {sizes[-1][1] if sizes else 0} outputs as {preparation.target.name}: "
            f"{outputs} were expected",
            hint="Name as many classes or target columns as the network has outputs.",
        )
