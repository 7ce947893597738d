"""A task as a network of ours; and the loss of anybody's weights, computed here by one rule.

network_of(task)                   -> Network
loss_of(task, weights)             the loss of these weights, in float64
answers_of(task, X)                the outputs for these rows, in float64
"""

from __future__ import annotations

from collections.abc import Mapping

from workings.benchmarking.task import Array, Task, Weights
from workings.conventions import Convention
from workings.language import Program
from workings.network import Dense, Network


def network_of(task: Task) -> Network:
    """The task's network."""
    *hidden, outputs = task.sizes[1:]
    how = task.how
    layers = [*(Dense(units, how.hidden) for units in hidden), Dense(outputs, how.output)]
    return Network(layers, how.loss, Convention("gradient", how.reduction))


def laid_out(network: Network, weights: Weights) -> dict[str, Array]:
    """Weights by the names that the network gives them."""
    found: dict[str, Array] = {}
    for (w, b), names in zip(weights, network.names, strict=True):
        found |= {names.weights: w, names.bias: b.reshape(1, -1)}
    return found


def taken_apart(network: Network, values: Mapping[str, Array]) -> Weights:
    """The reverse of `laid_out`."""
    return [(values[names.weights], values[names.bias].ravel()) for names in network.names]


def forward(network: Network) -> Program:
    """From the inputs to the output."""
    return network.program().only(network.output)
