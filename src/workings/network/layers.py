"""Layers: each lowers itself to named steps.

Dense(3, "sigmoid")                  3 neurons, fully connected
Dense(1, "identity", bias=False)     one output without a bias
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from workings.activations import activation
from workings.conventions import Convention, LayerNames
from workings.errors import SettingError
from workings.initializers import Initializer, Numbers, Random
from workings.language import Expr, Op, Shape, Size, Step, join, name, part, spread
from workings.shows import Brief

AND_1 = "_and_1"
DROPPED, MASK = "dropped_", "mask_"
SUITED = dict.fromkeys(("relu", "leaky_relu", "elu", "gelu", "silu", "mish"), "he") | {
    "selu": "lecun"
}  # the initializers of activations that want another than Glorot's
Weights = tuple[Numbers, Numbers | None]  # (inputs, outputs), and the bias row (1, outputs)


@dataclass(frozen=True, repr=False)
class Dense(Brief):
    """A fully connected layer: `units` neurons, each reading every input.

    `units` may be None for the output layer: then there is one for each column of the target.
    `activation` is a name or a row of one's own. `dropout` is the share of neurons that sit out
    in each iteration of a training; which, is said by masks that the program is given.
    """

    units: int | None = None
    activation: str | Op = "sigmoid"
    bias: bool = True
    dropout: float = 0.0

    def __post_init__(self) -> None:
        whole = isinstance(self.units, Integral) and not isinstance(self.units, bool)
        if self.units is not None and not (whole and self.units >= 1):
            raise SettingError(
                f"cannot make a layer of {self.units!r} units: a whole number of 1 or more was "
                "expected"
            )
        if not 0 <= self.dropout < 1:
            raise SettingError(
                f"cannot make a layer with dropout = {self.dropout:g}: 0 or more, and less than 1, "
                "was expected"
            )
        self.op  # noqa: B018 - an unknown name is found here, not when training starts

    @property
    def op(self) -> Op:
        """The activation's row."""
        return activation(self.activation) if isinstance(self.activation, str) else self.activation

    def lower(self, x: Expr, names: LayerNames, how: Lowering) -> list[Step]:
        """The steps of this layer for the inputs `x`: its sums, then its activation."""
        steps: list[Step] = []
        inside, size, (linear, bent) = self._inside(x, how.convention), how.size, how.stages
        weights = name(names.weights, *self.shapes(names, x, how)[names.weights])
        if self._folded(how.convention):
            ones = Step(and_1(x["name"]), inside, linear, "Ones for the biases to meet.")
            steps.append(ones)
            inside = ones.ref
        rows = how.convention.samples == "rows"
        sums = inside @ weights if rows else weights.T @ inside
        if self.bias and how.convention.bias == "own":
            sums = sums + name(names.bias, *((1, size) if rows else (size, 1)))
        why = f"Each neuron of the {names.title} adds up its inputs times its weights."
        steps.append(Step(names.input, sums, linear, why))
        facts = {} if self.op.elementwise else {"axis": 1 - how.convention.sample_axis}
        out = self.op(steps[-1].ref, **facts)
        steps.append(Step(names.output, out, bent, self.op.reason))
        if how.drops and self.dropout:
            mask = name(mask_of(names.output), *out.shape)
            why = "Some neurons sit out in this iteration; the others speak up for them."
            steps.append(Step(dropped(names.output), steps[-1].ref * mask, bent, why))
        return steps

    def mask(self, random: np.random.Generator, samples: int, how: Convention) -> Numbers:
        """Which outputs stay in one iteration: 0, or 1 / (1 - dropout), for each sample."""
        shape = (samples, self.units or 1)
        stays = random.random(shape if how.samples == "rows" else shape[::-1]) >= self.dropout
        return stays / (1.0 - self.dropout)

    def shapes(self, names: LayerNames, x: Expr, how: Lowering) -> dict[str, Shape]:
        """The names and shapes of what this layer learns."""
        inputs = x.shape[1 - how.convention.sample_axis]
        if self._folded(how.convention):
            return {names.weights: (_one_more(inputs), how.size)}
        row = (1, how.size) if how.convention.samples == "rows" else (how.size, 1)
        own = {names.bias: row} if self.bias and how.convention.bias == "own" else {}
        return {names.weights: (inputs, how.size), **own}

    def start(
        self, sizes: tuple[int, int], draw: Initializer, random: Random, *, biased: bool = True
    ) -> Weights:
        """Starting weights for `sizes` (inputs, outputs), and then biases if there are any."""
        weights = draw.draw(random, *sizes)
        return weights, draw.bias(random, *sizes) if self.bias and biased else None

    def laid_out(self, learnt: Weights, names: LayerNames, how: Convention) -> dict[str, Numbers]:
        """Weights (inputs, outputs) and a bias row (1, outputs) as the convention keeps them."""
        weights, bias = learnt
        if bias is None or how.bias == "none":
            return {names.weights: weights}
        if how.bias == "folded":
            return {names.weights: np.concatenate([weights, bias])}
        return {names.weights: weights, names.bias: bias if how.samples == "rows" else bias.T}

    def taken_apart(self, values: Mapping[str, Any], names: LayerNames, how: Convention) -> Weights:
        """The reverse of `laid_out`: weights (inputs, outputs), and the bias row if any."""
        weights = values[names.weights]
        if not self.bias or how.bias == "none":
            return weights, None
        if how.bias == "folded":
            return weights[:-1], weights[-1:]
        return weights, values[names.bias] if how.samples == "rows" else values[names.bias].T

    def _folded(self, convention: Convention) -> bool:
        return self.bias and convention.bias == "folded"

    def _inside(self, x: Expr, convention: Convention) -> Expr:
        """The inputs, followed by ones where the biases are folded into the weights."""
        if not self._folded(convention):
            return x
        across = 1 - convention.sample_axis
        shape = list(x.shape)
        shape[across] = 1
        return join(x, spread(1.0, tuple(shape)), axis=across, size=_one_more(x.shape[across]))


@dataclass(frozen=True)
class Lowering:
    """What a layer must know to lower itself: convention, its own size, its two stages.

    `drops` says that this is a training, in which dropout is at work.
    """

    convention: Convention
    size: Size
    stages: tuple[str, str]
    drops: bool = False


def and_1(word: str) -> str:
    """What a matrix, or a size, is called with the ones (or the biases) that are folded in."""
    return word + AND_1


def dropped(word: str) -> str:
    """What a matrix is called after some of its neurons were dropped."""
    return DROPPED + word


def mask_of(word: str) -> str:
    """What the mask is called that says which outputs stay."""
    return MASK + word


def without_biases(weights: Expr) -> Expr:
    """The weights alone, where the biases are folded in as a last row."""
    inputs = str(weights.shape[0])
    if not inputs.endswith(AND_1):
        return weights
    return part(weights, axis=0, start=0, size=inputs.removesuffix(AND_1))


def _one_more(size: Size) -> Size:
    return size + 1 if isinstance(size, int) else and_1(size)
