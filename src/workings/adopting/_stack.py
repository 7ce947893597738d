"""Layers as they are met in another library's model, one by one.

    stack = Stack("Sequential of keras 3.15")
    stack.linear(weights, bias); stack.bend("relu"); stack.scale(factor, shift) ...
    stack.model(columns=..., target=..., classes=...)

A scaling that stands before everything becomes a step of the preparation. One between layers (a
batch normalization at work) is folded into the weights beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from workings.activations import activation
from workings.adopting._targets import Names, named, target_of
from workings.errors import NotSupported
from workings.language import Op
from workings.models import Model
from workings.models.assembling import Layer, assembled
from workings.preparation import plain
from workings.preparation.columns import NumberColumn
from workings.trace import Array

Scaling = tuple[Array, Array]  # x -> x * factor + shift, for each column


@dataclass
class Stack:
    """What has been met so far of the model called `title`."""

    title: str
    layers: list[Layer] = field(default_factory=list)
    bent: bool = False  # whether the last layer has its activation
    first: Scaling | None = None  # what is done to the columns
    waiting: Scaling | None = None  # what the next layer's weights must take in

    def refused(self, what: str, hint: str) -> NotSupported:
        """The error that says which part cannot be adopted."""
        return NotSupported(f"cannot adopt {self.title}: {what}", hint=hint)

    def linear(self, weights: Array, bias: Array | None) -> None:
        """A fully connected layer: weights (inputs, outputs)."""
        if self.waiting is not None:
            (factor, shift), self.waiting = self.waiting, None
            more = shift @ weights
            weights, bias = factor[:, None] * weights, more if bias is None else bias + more
        self.layers.append(Layer(weights, bias))
        self.bent = False

    def bend(self, op: str | Op) -> None:
        """An activation."""
        row = activation(op) if isinstance(op, str) else op
        if row.name == "identity":
            return
        if not self.layers or self.bent or self.waiting is not None:
            where = "before the first layer" if not self.layers else "behind another"
            raise self.refused(
                f"its activation {row.name} stands {where}",
                "An activation is adopted behind a fully connected layer.",
            )
        self.layers[-1] = replace(self.layers[-1], activation=row)
        self.bent = True

    def scale(self, factor: Array, shift: Array) -> None:
        """Each column times a number, plus another."""
        factor, shift = (np.asarray(x, float).ravel() for x in (factor, shift))
        if not self.layers:
            self.first = _then(self.first, (factor, shift))
        elif self.bent:
            self.waiting = _then(self.waiting, (factor, shift))
        else:
            last = self.layers[-1]
            bias = shift if last.bias is None else last.bias * factor + shift
            self.layers[-1] = replace(last, weights=last.weights * factor, bias=bias)

    def model(
        self, *, columns: Sequence[str] | None, target: Names, classes: Any, loss: str | None = None
    ) -> Model:
        """The model that was met; outputs without an activation get the one of their classes."""
        if not self.layers:
            raise self.refused("it has no fully connected layer", "Hand over the stack of layers.")
        if self.waiting is not None:
            raise self.refused(
                "it scales what its last activation gives", "End it with a fully connected layer."
            )
        inputs, outputs = self.layers[0].weights.shape[0], self.layers[-1].weights.shape[1]
        if classes is not None and self.last == "identity":
            self.bend("sigmoid" if outputs == 1 else "softmax")
        names = named(columns, inputs, [f"x{place}" for place in range(1, inputs + 1)])
        goal = target_of(outputs, self.last, target=target, classes=classes, columns=names)
        prepared = plain(names, goal)
        if self.first is not None:
            factor, shift = (np.broadcast_to(x, inputs) for x in self.first)
            if not factor.all():
                raise self.refused("it multiplies a column by 0", "Leave the column out.")
            numbers = [
                NumberColumn(word, 0.0, float(-b / a), float(1 / a))
                for word, a, b in zip(names, factor, shift, strict=True)
            ]
            prepared = replace(prepared, numbers=tuple(numbers), scaled=True)
        return assembled(self.layers, prepared, loss=loss)

    @property
    def last(self) -> str:
        """The name of the last layer's activation."""
        op = self.layers[-1].activation
        return op if isinstance(op, str) else op.name


def _then(first: Scaling | None, second: Scaling) -> Scaling:
    """One scaling after another."""
    if first is None:
        return second
    return first[0] * second[0], first[1] * second[0] + second[1]
