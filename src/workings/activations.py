"""Activations, each a row written in the language: a formula and, if textbooks state it, a slope.

    sigmoid = activation("sigmoid")        a row by its name
    Activation("bent", lambda x: ...)      one of your own; hand it to a layer as it is

To add one for good, add a row: every engine, view, export and check has it by its being here.
The slope is written from the input `x` and the output `y`; leave it out and it is derived from
the formula. `workings.check` compares stated slope, derived slope and a nudge. Formulas are
written so that they cannot overflow: exponentials are only taken of what is not positive. Where
that makes them hard to read, `textbook` is the same as textbooks write it, for people alone.

Sources: Glorot & Bengio 2010 (softsign, saturation), Maas et al. 2013 (leaky ReLU), Clevert et
al. 2015 (ELU), Klambauer et al. 2017 (SELU and its two constants), Hendrycks & Gimpel 2016 (GELU,
in its tanh form; SiLU), Misra 2019 (Mish), Dugas et al. 2000 (softplus), Courbariaux et al. 2015
(hard sigmoid, here with slope 1/6 as MobileNetV3 has it).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

from workings import lookup
from workings.errors import UnknownName
from workings.language import Expr, Op, greatest, shapes, spread, sum_of
from workings.language.algebra import CELL, EXP, GREATER, LOG, MAXIMUM, WHERE
from workings.language.defined import ABSOLUTE, MINIMUM

Formula = Callable[[Expr], Expr]
Slope = Callable[[Expr, Expr], Expr]


class Activation(Op):
    """One activation: a formula in the language, and what to know when choosing it.

    `formula` takes the layer's input `x`; `slope` takes the output `y` and the input `x`;
    `span` is the range of its values; `use` says when it is used. `textbook` is what is read in
    place of a formula that is written otherwise to be safe; it is never run.

    >>> from workings.language import name
    >>> bent = Activation("bent", lambda x: x + 0.1 * x * x)
    >>> bent(name("z", "n", 3))
    <bent(z): n x 3>
    """

    span: tuple[float, float]
    use: str
    textbook: Formula | None

    def __init__(
        self,
        name: str,
        formula: Formula,
        slope: Slope | None = None,
        *,
        span: tuple[float, float] = (-math.inf, math.inf),
        use: str = "",
        textbook: Formula | None = None,
    ) -> None:
        super().__init__(
            name, shapes.same, f"{CELL}{name}({{0}}[r,c])",
            use or f"Each cell goes through {name} by itself.",
            owed=(f"What it is owed, times how steep {name} is there.",), elementwise=True,
            formula=formula, slopes=(slope,) if slope else (),
        )  # fmt: skip
        object.__setattr__(self, "span", span)
        object.__setattr__(self, "use", use)
        object.__setattr__(self, "textbook", textbook)

    @property
    def as_read(self) -> Activation:
        """The row with the formula that people read: to be shown, never to be run.

        >>> SIGMOID.as_read.formula is SIGMOID.textbook, RELU.as_read is RELU
        (True, True)
        """
        if self.textbook is None:
            return self
        stated = self.slopes[0] if self.slopes else None
        return Activation(f"{self.name} as read", self.textbook, stated, span=self.span)


class RowActivation(Op):
    """An activation that looks at all outputs of a sample together, such as softmax."""

    span: tuple[float, float]
    use: str
    textbook: Callable[..., Expr] | None

    def __init__(
        self, name: str, formula: Callable[..., Expr], back: Any, use: str, *,
        textbook: Callable[..., Expr] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            name, lambda x, *, axis: x, f"{{z}}[r,c] = {name}({{0}}[r,:])[c]", use, back,
            ("What it is owed, less the average that its sample is owed, times its share.",),
            formula=formula,
        )  # fmt: skip
        object.__setattr__(self, "span", (0.0, 1.0))
        object.__setattr__(self, "use", use)
        object.__setattr__(self, "textbook", textbook)


def activation(word: str) -> Activation | RowActivation:
    """The activation called `word`; raises `UnknownName` with a suggestion."""
    rows = activations()
    if word not in rows:
        raise UnknownName("activation", word, rows)
    return rows[word]


def activations() -> dict[str, Activation | RowActivation]:
    """Every activation there is, by its name."""
    here = sys.modules[__name__]
    return {**lookup.rows(here, Activation), **lookup.rows(here, RowActivation)}


# -- formulas that take more than a line ---------------------------------------------------------


def _sigmoid(x: Expr) -> Expr:
    small = EXP(-ABSOLUTE(x))  # never above 1, so it cannot overflow
    return WHERE(GREATER(x, 0.0), 1.0, small) / (1.0 + small)


def _tanh(x: Expr) -> Expr:
    small = EXP(-2.0 * ABSOLUTE(x))
    size = (1.0 - small) / (1.0 + small)
    return WHERE(GREATER(x, 0.0), size, -size)


def _softplus(x: Expr) -> Expr:
    return MAXIMUM(x, 0.0) + LOG(1.0 + EXP(-ABSOLUTE(x)))


def _elu(x: Expr) -> Expr:
    return WHERE(GREATER(x, 0.0), x, EXP(MINIMUM(x, 0.0)) - 1.0)


def _gelu(x: Expr) -> Expr:
    return _gelu_of(x, MINIMUM(MAXIMUM(x, -10.0), 10.0))  # beyond, the tanh is 1 to the last digit


def _gelu_of(x: Expr, near: Expr | None = None) -> Expr:
    near = x if near is None else near
    cubic = near + 0.044715 * near * near * near
    return 0.5 * x * (1.0 + TANH(math.sqrt(2.0 / math.pi) * cubic))


def _softmax(x: Expr, *, axis: int) -> Expr:
    return _shares(x - spread(greatest(x, axis), x.shape), axis=axis)


def _shares(x: Expr, *, axis: int) -> Expr:
    powers = EXP(x)
    return powers / spread(sum_of(powers, axis), x.shape)


def _softmax_back(g: Expr, y: Expr, x: Expr, *, axis: int) -> tuple[Expr]:
    return (y * (g - spread(sum_of(g * y, axis), x.shape)),)


SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805

# -- the rows ------------------------------------------------------------------------------------

IDENTITY = Activation(
    "identity", lambda x: 1.0 * x, lambda y, x: spread(1.0, x.shape),
    use="Lets the sum through as it is: the output of a regression.",
)  # fmt: skip
SIGMOID = Activation(
    "sigmoid", _sigmoid, lambda y, x: y * (1.0 - y), span=(0.0, 1.0),
    textbook=lambda x: 1.0 / (1.0 + EXP(-x)),
    use="Squeezes any number to between 0 and 1: the probability of one of two classes.",
)  # fmt: skip
TANH = Activation(
    "tanh", _tanh, lambda y, x: 1.0 - y * y, span=(-1.0, 1.0),
    textbook=lambda x: (EXP(x) - EXP(-x)) / (EXP(x) + EXP(-x)),
    use="Like the sigmoid but centred on 0: hidden layers of small networks.",
)  # fmt: skip
RELU = Activation(
    "relu", lambda x: MAXIMUM(x, 0.0), lambda y, x: GREATER(x, 0.0), span=(0.0, math.inf),
    use="Lets through what is positive: hidden layers, above all of deep networks.",
)  # fmt: skip
LEAKY_RELU = Activation(
    "leaky_relu", lambda x: WHERE(GREATER(x, 0.0), x, 0.01 * x),
    lambda y, x: WHERE(GREATER(x, 0.0), 1.0, 0.01),
    use="A ReLU that leaks a hundredth of what is negative, so that no neuron dies.",
)  # fmt: skip
ELU = Activation(
    "elu", _elu, lambda y, x: WHERE(GREATER(x, 0.0), 1.0, y + 1.0), span=(-1.0, math.inf),
    textbook=lambda x: WHERE(GREATER(x, 0.0), x, EXP(x) - 1.0),
    use="A ReLU that bends smoothly to -1: its outputs average nearer to 0.",
)  # fmt: skip
SELU = Activation(
    "selu", lambda x: SELU_SCALE * WHERE(GREATER(x, 0.0), x, SELU_ALPHA * ELU(x)),
    lambda y, x: WHERE(GREATER(x, 0.0), SELU_SCALE, y + SELU_SCALE * SELU_ALPHA),
    span=(-SELU_SCALE * SELU_ALPHA, math.inf),
    use="An ELU scaled so that layers keep mean 0 and variance 1; start it with LeCun weights.",
)  # fmt: skip
GELU = Activation(
    "gelu", _gelu, span=(-0.1701, math.inf), textbook=_gelu_of,
    use="A ReLU weighted by how likely a normal number lies below: transformers. The tanh form.",
)  # fmt: skip
SILU = Activation(
    "silu", lambda x: x * SIGMOID(x), lambda y, x: SIGMOID(x) + y * (1.0 - SIGMOID(x)),
    span=(-0.28, math.inf), use="The input times its own sigmoid, also called swish.",
)  # fmt: skip
MISH = Activation(
    "mish", lambda x: x * TANH(SOFTPLUS(x)), span=(-0.31, math.inf),
    use="The input times the tanh of its softplus: smooth, like SiLU.",
)  # fmt: skip
SOFTPLUS: Activation = Activation(
    "softplus", _softplus, lambda y, x: SIGMOID(x), span=(0.0, math.inf),
    textbook=lambda x: LOG(1.0 + EXP(x)),
    use="A smooth ReLU, always positive: the output for an amount that cannot be negative.",
)  # fmt: skip
SOFTSIGN = Activation(
    "softsign", lambda x: x / (1.0 + ABSOLUTE(x)),
    lambda y, x: (1.0 - ABSOLUTE(y)) * (1.0 - ABSOLUTE(y)), span=(-1.0, 1.0),
    use="Like tanh with slower ends, so that it saturates later.",
)  # fmt: skip
HARD_SIGMOID = Activation(
    "hard_sigmoid", lambda x: MINIMUM(MAXIMUM(x / 6.0 + 0.5, 0.0), 1.0), span=(0.0, 1.0),
    use="A sigmoid of three straight lines, cheap on small devices.",
)  # fmt: skip
EXPONENTIAL = Activation(
    "exponential", lambda x: EXP(x), lambda y, x: y, span=(0.0, math.inf),
    use="The output for counts and rates, with the Poisson loss.",
)  # fmt: skip
STEP = Activation(
    "step", lambda x: GREATER(x, 0.0), span=(0.0, 1.0),
    use="1 above the threshold 0, else 0: the perceptron. Flat, so it can only go forward.",
)  # fmt: skip
SOFTMAX = RowActivation(
    "softmax", _softmax, _softmax_back,
    use="Turns the outputs of a sample into shares that add up to 1: one of several classes.",
    textbook=_shares,
)  # fmt: skip
