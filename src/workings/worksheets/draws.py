"""Short numbers for an exercise, drawn from a seed.

    draw(network, sizes, rows, random)    starting values with X and y, in one or two digits

Inputs are tenths from 0.1 to 1, weights tenths (hundredths in large layers) up to 0.9 of either
sign. Targets suit the output: 0 or 1 where it lies between them, one 1 among zeros for classes,
whole numbers for counts, tenths elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from workings.initializers import Numbers
from workings.network import Network

MANY = 9  # weights of a layer; more of them are drawn in hundredths, so that few are alike
LARGEST_WEIGHT, LARGEST_BIAS = 0.9, 0.5
MOST_COUNTED = 3

Random = np.random.Generator


def draw(network: Network, sizes: Sequence[int], rows: int, random: Random) -> dict[str, Numbers]:
    """`X`, `y` and every parameter by its name, laid out as the convention says.

    `sizes` are the inputs, the hidden layers' units and the outputs.
    """
    turned = network.convention.samples == "columns"
    inputs = _tenths(random, (rows, sizes[0]))
    targets = _targets(network, (rows, sizes[-1]), random)
    if turned:
        inputs, targets = inputs.T.copy(), targets.T.copy()
    values = {"X": inputs, "y": targets}
    biased = network.convention.bias != "none"
    for place, (layer, names) in enumerate(zip(network.layers, network.names, strict=True)):
        weights = _signed(random, (sizes[place], sizes[place + 1]), LARGEST_WEIGHT)
        bias = _signed(random, (1, sizes[place + 1]), LARGEST_BIAS)
        learnt = weights, bias if layer.bias and biased else None
        values |= layer.laid_out(learnt, names, network.convention)
    return values


def _tenths(random: Random, shape: tuple[int, int]) -> Numbers:
    found: Numbers = random.integers(1, 11, shape) / 10
    return found


def _signed(random: Random, shape: tuple[int, int], largest: float) -> Numbers:
    """Numbers of either sign, none of them 0."""
    parts = 100 if shape[0] * shape[1] > MANY else 10
    sizes = random.integers(parts // 10, round(largest * parts) + 1, shape)
    found: Numbers = sizes * random.choice([-1.0, 1.0], shape) / parts
    return found


def _targets(network: Network, shape: tuple[int, int], random: Random) -> Numbers:
    rows, outputs = shape
    last = network.layers[-1].op
    if network.loss_row.task == "classes":
        classes = _mixed(random.integers(0, outputs, (rows, 1)), outputs)
        shares: Numbers = (classes == np.arange(outputs)).astype(np.float64)
        return shares
    if last.name == "exponential":
        return _mixed(random.integers(0, MOST_COUNTED + 1, shape), MOST_COUNTED + 1)
    if getattr(last, "span", None) == (0.0, 1.0):
        return _mixed(random.integers(0, 2, shape), 2)
    return _tenths(random, shape)


def _mixed(drawn: Any, kinds: int) -> Numbers:
    """Whole numbers below `kinds`; where all rows are alike, the first becomes another."""
    found: Numbers = np.asarray(drawn, dtype=np.float64)
    if len(found) > 1 and np.all(found == found[0]):
        found[0, 0] = (found[0, 0] + 1) % kinds
    return found
