"""Every loss is what its name says, its slope is right, and no exponential in it overflows.

All tests run over the table itself, so a loss is tested by being there; only its oracle, taken
from NumPy and SciPy, must be named below.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import special

import workings
from ops import HARDEST, Numbers, gradient, value
from workings.activations import activation
from workings.errors import UnknownName
from workings.losses import Loss, huber, loss, losses, quantile

RANDOM = np.random.default_rng(3)
SCORES = 3 * RANDOM.normal(size=(50, 3))
AMOUNTS = 3 * RANDOM.normal(size=(50, 3))
ONE_OF_TWO = RANDOM.integers(0, 2, (50, 3)).astype(float)
ONE_OF_THREE = np.eye(3)[RANDOM.integers(0, 3, 50)]
COUNTS = RANDOM.poisson(2.0, (50, 3)).astype(float)


def surprise(true: Numbers, probability: Numbers) -> Numbers:
    return -special.xlogy(true, probability)


Oracle = Callable[[Numbers, Numbers], Numbers]
ORACLES: dict[str, tuple[Numbers, Oracle]] = {
    "half_squared_error": (AMOUNTS, lambda z, y: (y - z) ** 2 / 2),
    "squared_error": (AMOUNTS, lambda z, y: (y - z) ** 2),
    "absolute_error": (AMOUNTS, lambda z, y: abs(y - z)),
    "huber": (AMOUNTS, lambda z, y: special.huber(1.0, y - z)),
    "quantile": (AMOUNTS, lambda z, y: abs(y - z) / 2),
    "poisson": (COUNTS, lambda z, y: surprise(y, np.exp(z)) + np.exp(z) - surprise(y, y) - y),
    "binary_cross_entropy": (
        ONE_OF_TWO,
        lambda z, y: surprise(y, special.expit(z)) + surprise(1 - y, special.expit(-z)),
    ),
    "categorical_cross_entropy": (
        ONE_OF_THREE,
        lambda z, y: surprise(y, special.softmax(z, 1)).sum(1, keepdims=True),
    ),
}
each = pytest.mark.parametrize("word", losses())
with_activation = [word for word, row in losses().items() if row.activation]


def test_every_loss_has_an_oracle() -> None:
    assert set(ORACLES) == set(losses())


@each
@pytest.mark.usefixtures("both_ways")
def test_its_values_are_those_of_numpy_and_scipy(word: str) -> None:
    target, oracle = ORACLES[word]
    # the oracles take logarithms of rounded probabilities, so to 1e-12
    assert value(loss(word), SCORES, target) == pytest.approx(oracle(SCORES, target), rel=1e-12)


@each
@pytest.mark.usefixtures("both_ways")
def test_stated_slope_derived_slope_and_nudge_agree(word: str) -> None:
    checked = workings.check(word)
    assert checked.agrees, str(checked)
    assert sum(one.skipped for one in checked.comparisons) == 0


@pytest.mark.parametrize("word", [word for word, row in losses().items() if any(row.slopes)])
def test_a_slope_that_is_a_thousandth_too_steep_is_caught(word: str) -> None:
    row = loss(word)
    slope = row.slopes[0]
    wrong = Loss(word, row.formula, lambda z, y: 1.001 * slope(None, z, y))
    assert not any(one.agrees for one in workings.check(wrong).comparisons if one.where[:2] == "x0")


@pytest.mark.parametrize("word", with_activation)
@pytest.mark.usefixtures("both_ways")
def test_with_the_activation_it_includes_the_slope_is_output_less_target(word: str) -> None:
    row, (target, _) = loss(word), ORACLES[word]
    assert row.activation
    output = value(activation(row.activation), SCORES)
    assert gradient(row, SCORES, target) == pytest.approx(output - target, rel=1e-13, abs=1e-14)


@pytest.mark.fault("saturation")
@pytest.mark.parametrize("word", sorted(losses().keys() - {"poisson"}))
@pytest.mark.parametrize("target", [0.0, 1.0])
@pytest.mark.usefixtures("both_ways")
def test_loss_and_slope_are_finite_up_to_1000(word: str, target: float) -> None:
    """Up to 1e300 where the loss itself, being no square, is no larger than that."""
    scores = HARDEST[abs(HARDEST) <= (1e3 if "square" in word else np.inf)].reshape(-1, 1)
    targets = np.full_like(scores, target)
    assert np.isfinite(value(loss(word), scores, targets)).all()
    assert np.isfinite(gradient(loss(word), scores, targets)).all()


@pytest.mark.fault("saturation")
@pytest.mark.parametrize("scores", [[[1e3, -1e3, 0.0]], [[1e300, -1e300, 1.0]], [[-1e300] * 3]])
@pytest.mark.usefixtures("both_ways")
def test_cross_entropy_of_extreme_scores_is_finite(scores: list[list[float]]) -> None:
    found = value(loss("categorical_cross_entropy"), scores, [[0.0, 0.0, 1.0]])
    assert np.isfinite(found).all()
    assert np.isfinite(gradient(loss("categorical_cross_entropy"), scores, [[0.0, 0.0, 1.0]])).all()


@pytest.mark.fault("saturation")
def test_poisson_overflows_only_where_the_number_itself_does() -> None:
    found = value(loss("poisson"), HARDEST, np.ones_like(HARDEST))
    largest = np.log(np.finfo(float).max)
    assert (np.isfinite(found) == (largest > HARDEST)).all()
    assert not np.isnan(found).any()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_best_constant_of_the_quantile_loss_has_its_share_below(share: float) -> None:
    targets = np.arange(101.0).reshape(-1, 1)
    costs = [value(quantile(share), np.full_like(targets, c), targets).sum() for c in range(101)]
    assert np.argmin(costs) == 100 * share


@pytest.mark.parametrize("delta", [0.5, 1.0, 2.0])
def test_huber_is_a_parabola_up_to_delta_and_straight_beyond(delta: float) -> None:
    errors = np.linspace(-5, 5, 101).reshape(-1, 1)
    expected = special.huber(delta, errors)
    assert value(huber(delta), errors, 0 * errors) == pytest.approx(expected, rel=1e-13, abs=1e-15)
    assert workings.check(huber(delta)).agrees


def test_losses_with_settings_have_names_of_their_own() -> None:
    names = [row.name for row in (huber(), huber(2.0), quantile(), quantile(0.9))]
    assert names == ["huber", "huber_2", "quantile", "quantile_0.9"]


def test_an_unknown_loss_is_answered_with_what_was_probably_meant() -> None:
    with pytest.raises(UnknownName, match=r"no loss called 'hubert.\. Did you mean 'huber'"):
        loss("hubert")
