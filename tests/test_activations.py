"""Every activation is what its name says: its values, its slope, its range; and never overflows.

All tests run over the table itself, so an activation is tested by being there; only its oracle,
taken from NumPy and SciPy, must be named below.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import special

import workings
from ops import HARDEST, Numbers, gradient, value
from workings.activations import (
    SELU_ALPHA,
    SELU_SCALE,
    Activation,
    RowActivation,
    activation,
    activations,
)
from workings.engines import engine
from workings.errors import ProgramError, UnknownName
from workings.language import Expr, Program, Step, name
from workings.language.backprop import slope_of

ORACLES: dict[str, Callable[[Numbers], Numbers]] = {
    "identity": lambda x: x,
    "sigmoid": special.expit,
    "tanh": np.tanh,
    "relu": lambda x: np.clip(x, 0.0, None),
    "leaky_relu": lambda x: np.where(x < 0, x / 100, x),
    "elu": lambda x: np.where(x < 0, np.expm1(x), x),
    "selu": lambda x: SELU_SCALE * np.where(x < 0, SELU_ALPHA * np.expm1(x), x),
    "gelu": lambda x: x * special.expit(math.sqrt(8 / math.pi) * (x + 0.044715 * x**3)),
    "silu": lambda x: x * special.expit(x),
    "mish": lambda x: x * np.tanh(np.logaddexp(0.0, x)),
    "softplus": lambda x: np.logaddexp(0.0, x),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0.0, 1.0),
    "exponential": np.exp,
    "step": lambda x: np.where(x > 0, 1.0, 0.0),
    "softmax": lambda x: special.softmax(x, axis=1),
}
POINTS = np.linspace(-30, 30, 603).reshape(-1, 3)
SLOPING = sorted(activations().keys() - {"step"})
STATED = [word for word in SLOPING if any(activations()[word].slopes)]
each = pytest.mark.parametrize("word", activations())
each_sloping = pytest.mark.parametrize("word", SLOPING)


def test_every_activation_has_an_oracle() -> None:
    assert set(ORACLES) == set(activations())


@each
@pytest.mark.usefixtures("both_ways")
def test_its_values_are_those_of_numpy_and_scipy(word: str) -> None:
    # a formula may add to 1 and take away again, and multiply that rounding error by up to 30
    right = ORACLES[word](POINTS)
    assert value(activation(word), POINTS) == pytest.approx(right, rel=1e-13, abs=1e-14)


@pytest.mark.fault("saturation")
@each
@pytest.mark.usefixtures("both_ways")
def test_it_is_finite_wherever_mathematics_is(word: str) -> None:
    with np.errstate(over="ignore"):
        right = ORACLES[word](HARDEST)
    found = value(activation(word), HARDEST)
    assert np.isfinite(found[np.isfinite(right)]).all()
    assert not np.isnan(found).any()


@pytest.mark.fault("saturation")
@each_sloping
@pytest.mark.usefixtures("both_ways")
def test_its_slope_is_finite_wherever_its_value_is(word: str) -> None:
    finite = np.isfinite(value(activation(word), HARDEST))
    assert np.isfinite(gradient(activation(word), HARDEST)[finite]).all()


@each_sloping
@pytest.mark.usefixtures("both_ways")
def test_stated_slope_derived_slope_and_nudge_agree(word: str) -> None:
    checked = workings.check(word)
    assert checked.agrees, str(checked)
    assert len(checked.comparisons) == 1 + (word in STATED or word == "softmax")
    assert sum(one.skipped for one in checked.comparisons) == 0


@pytest.mark.parametrize("word", STATED)
def test_a_slope_that_is_a_thousandth_too_steep_is_caught(word: str) -> None:
    row = activation(word)
    (slope,) = row.slopes
    wrong = Activation(word, row.formula, lambda y, x: 1.001 * slope(y, x))
    nudged, derived = workings.check(wrong).comparisons
    assert not nudged.agrees
    assert not derived.agrees


@each
def test_its_span_holds_and_is_no_wider_than_it_must_be(word: str) -> None:
    grid = np.concatenate([np.linspace(-60, 60, 59_998), [-1e3, 1e3]])
    mixed = np.random.default_rng(0).permutation(grid).reshape(-1, 3)
    found, row = value(activation(word), mixed), activation(word)
    (low, high), reached = row.span, (found.min(), found.max())
    assert low <= reached[0] <= reached[1] <= high
    assert math.isinf(low) or reached[0] - low < 0.01  # a hundredth: spans are rounded for people
    assert math.isinf(high) or high - reached[1] < 0.01


@each
def test_it_says_when_to_use_it_and_what_each_cell_becomes(word: str) -> None:
    row = activation(word)
    assert row.use.endswith(".")
    assert word in row.index


def test_softmax_shares_add_up_to_one_and_do_not_mind_a_shift() -> None:
    shares = value(activation("softmax"), POINTS)
    assert shares.sum(1) == pytest.approx(1.0, rel=1e-15)
    assert value(activation("softmax"), POINTS + 1e6) == pytest.approx(shares, rel=1e-9)


def test_the_step_has_no_slope_and_says_so() -> None:
    z = name("z", "n", 3)
    with pytest.raises(ProgramError, match="step has no slope: it is flat but for its jumps"):
        slope_of(activation("step")(z), activation("step")(z))
    checked = workings.check("step")
    assert not checked.agrees
    assert "has no slope" in str(checked)


GUARDS = {"absolute", "minimum", "maximum"}
GUARDED = {"exp", "log", "tanh"}
WITH_TEXTBOOK = [
    word for word, row in activations().items() if isinstance(row, Activation) and row.textbook
]


def test_a_formula_that_guards_its_exponentials_has_a_textbook_form() -> None:
    for word, row in activations().items():
        if isinstance(row, Activation):
            assert row.formula is not None
            used = {part.op.name for part in parts(row.formula(name("x")))}
            assert bool(used & GUARDS and used & GUARDED) == (word in WITH_TEXTBOOK), word


def parts(expr: Expr) -> list[Expr]:
    return [expr, *(part for arg in expr.args for part in parts(arg))]


@pytest.mark.parametrize("word", WITH_TEXTBOOK)
def test_the_textbook_form_is_the_formula_wherever_it_is_finite(word: str) -> None:
    """To the last digits of the numbers on the way, which are 1 and the input itself."""
    row = activation(word)
    assert isinstance(row, Activation)
    near, far = np.linspace(-40, 40, 16_001), np.linspace(-700, 700, 14_001)
    x = np.concatenate([near, far, HARDEST.ravel()])
    x = x[: len(x) // 3 * 3].reshape(-1, 3)
    with np.errstate(all="ignore"):
        read = value(row.as_read, x)
        run = value(row, x)
    finite = np.isfinite(read)
    assert finite[np.abs(x) <= 700].all()
    apart = np.abs(read - run)[finite] / np.maximum(1.0, np.abs(x[finite]))
    assert apart.max() <= 4 * np.finfo(float).eps
    assert row.textbook is not row.formula


def test_the_textbook_form_of_softmax_is_its_formula() -> None:
    row, x = activation("softmax"), name("x", "n", 3)
    assert isinstance(row, RowActivation)
    assert row.textbook is not None
    both = Program((Step("read", row.textbook(x, axis=1)), Step("run", row(x, axis=1))))
    found = engine("numpy").run(both, {"x": np.linspace(-300, 300, 3000).reshape(-1, 3)})
    # an exponential is right to the last digits of its own argument, which is up to 300 here
    assert found["read"] == pytest.approx(found["run"], rel=300 * np.finfo(float).eps)


@pytest.mark.parametrize("word", WITH_TEXTBOOK)
def test_the_slope_that_is_read_is_the_slope(word: str) -> None:
    row = activation(word)
    assert isinstance(row, Activation)
    found = gradient(row.as_read, POINTS)
    assert found == pytest.approx(gradient(row, POINTS), rel=1e-12, abs=1e-12)


def test_an_unknown_activation_is_answered_with_what_was_probably_meant() -> None:
    with pytest.raises(
        UnknownName, match=r"no activation called 'sigmod.\. Did you mean 'sigmoid'"
    ):
        activation("sigmod")
