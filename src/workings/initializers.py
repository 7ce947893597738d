"""Starting weights: numbers drawn from a seed, so not part of the language.

    initializer("glorot")                       a row by its name
    initializer(..).draw(random, 4, 3)          weights from 4 inputs to 3 outputs, shape (4, 3)

Sources: Glorot & Bengio 2010; He et al. 2015; LeCun et al. 1998, "Efficient BackProp", 4.6.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workings import lookup

Numbers = NDArray[np.float64]


class Random(Protocol):
    """What numbers are drawn from: `numpy.random.Generator`, or the older `RandomState`."""

    def uniform(self, low: float, high: float, size: Any) -> Any:
        """Numbers spread evenly between `low` and `high`."""

    def normal(self, loc: float, scale: float, size: Any) -> Any:
        """Normal numbers with mean `loc` and standard deviation `scale`."""


@dataclass(frozen=True)
class Initializer:
    """How starting weights are drawn; `draws_bias` where biases are drawn too, else they are 0."""

    name: str
    rule: Callable[[Random, int, int, tuple[int, int]], Any]
    use: str
    draws_bias: bool = False

    def draw(self, random: Random, inputs: int, outputs: int) -> Numbers:
        """Weights of shape (inputs, outputs)."""
        return np.asarray(self.rule(random, inputs, outputs, (inputs, outputs)), float)

    def bias(self, random: Random, inputs: int, outputs: int) -> Numbers:
        """Biases of shape (1, outputs), for a layer of so many inputs."""
        if not self.draws_bias:
            return np.zeros((1, outputs))
        return np.asarray(self.rule(random, inputs, outputs, (1, outputs)), float)


def _between(random: Random, bound: float, shape: tuple[int, int]) -> Any:
    return random.uniform(-bound, bound, shape)


def initializer(word: str) -> Initializer:
    """The initializer called `word`; raises `UnknownName` with a suggestion."""
    return lookup.row(sys.modules[__name__], Initializer, word)


UNIFORM = Initializer(
    "uniform", lambda random, i, o, shape: random.uniform(0.0, 1.0, shape),
    "Between 0 and 1, biases too: as in the article. Saturates wide layers.", draws_bias=True,
)  # fmt: skip
NORMAL = Initializer(
    "normal", lambda random, i, o, shape: random.normal(0.0, 1.0, shape),
    "Normal with mean 0 and variance 1, biases too.", draws_bias=True,
)  # fmt: skip
ZEROS = Initializer(
    "zeros", lambda random, i, o, shape: np.zeros(shape),
    "All the same, so hidden neurons stay twins for ever: only for networks without any.",
)  # fmt: skip
GLOROT = Initializer(
    "glorot", lambda random, i, o, shape: math.sqrt(6 / (i + o)) * random.uniform(-1.0, 1.0, shape),
    "Keeps the variance of sigmoid and tanh layers the same forward and backward.",
)  # fmt: skip
HE = Initializer(
    "he", lambda random, i, o, shape: random.normal(0.0, math.sqrt(2 / i), shape),
    "Twice the variance, since a ReLU drops half of it.",
)  # fmt: skip
LECUN = Initializer(
    "lecun", lambda random, i, o, shape: random.normal(0.0, math.sqrt(1 / i), shape),
    "Keeps the variance of the sums the same forward: SELU.",
)  # fmt: skip
GLOROT_ALL = Initializer(
    "glorot_all", lambda random, i, o, shape: _between(random, math.sqrt(6 / (i + o)), shape),
    "Glorot for weights and biases alike, as scikit-learn starts.", draws_bias=True,
)  # fmt: skip
GLOROT_NARROW = Initializer(
    "glorot_narrow", lambda random, i, o, shape: _between(random, math.sqrt(2 / (i + o)), shape),
    "A third of that variance, as scikit-learn starts sigmoid networks.", draws_bias=True,
)  # fmt: skip
