"""The numbers that the article prints come out of its systems, digit by digit.

A printed digit is kept to half a unit of its last place; what NumPy was asked for exactly is kept
to 1e-14, since another machine's matrix product may add up in another order.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workings.network import Dense, Network
from workings.systems import Setup, System, system
from workings.training import train
from workings.training.runs import Rows, Settings, Training

TWELVE_STEPS = {
    "hidden_layer_input": [[1.48, 1.78, 1.10], [2.40, 1.89, 1.62], [1.48, 1.56, 1.28]],
    "output": [[0.7893], [0.7981], [0.7893]],
    "E": [[0.2107], [0.2019], [-0.7893]],
    "slope_output_layer": [[0.1663], [0.1612], [0.1663]],
    "d_output": [[0.0350], [0.0325], [-0.1313]],
    "new_wout": [[0.2951], [0.2450], [0.2251]],
    "new_bout": [[0.6836]],
    "new_bh": [[0.4596, 0.7197, 0.0797]],
}
CHAIN_RULE = [0.11553, 0.11082, 0.10606, 0.09845, 0.08483, 0.06396, 0.04206, 0.02641, 0.01719,
              0.01190]  # fmt: skip
MOONS = [0.23478, 0.25000, 0.25000, 0.25000, 0.05129, 0.02163, 0.01157]


def trained_for(word: str, iterations: int) -> Training:
    """A system trained for so many full-batch iterations; its history says the loss before each."""
    return shortened(system(word), iterations).train()


def shortened(one: System, epochs: int) -> System:
    assert one.setup is not None
    setup = one.setup()
    return replace(
        one, setup=lambda: replace(setup, settings=replace(setup.settings, epochs=epochs))
    )


def setup_of(word: str) -> Setup:
    setup = system(word).setup
    assert setup is not None
    return setup()


# -- S1: the perceptron, three ways ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "fires", "by_hand"),
    [
        ("sum_of_inputs", "output_1", 0 + 1 + 1),
        ("weighted_sum", "output_2", 0 * 2 + 1 * 3 + 1 * 4),
        ("weighted_sum_and_bias", "output_3", 0 * 2 + 1 * 3 + 1 * 4 - 1 * 8),
    ],
)
def test_the_perceptron_three_ways(total: str, fires: str, by_hand: float) -> None:
    trace = system("perceptron").trace()
    assert trace[total].item() == by_hand
    assert trace[fires].item() == (by_hand > 0)


# -- S5: full batch against one row ----------------------------------------------------------------

TEN = np.column_stack([np.arange(1, 11) / 10, 1 - np.arange(1, 11) / 10])
TARGETS = TEN @ [[1], [2]]


def test_full_batch_lets_every_point_have_its_say_before_the_weights_move() -> None:
    by_hand = 0.1 * TEN.T @ (TARGETS - TEN @ np.zeros((2, 1)))
    assert system("full-batch").trace(1)["new_wout"] == pytest.approx(by_hand, rel=1e-14)


def test_with_one_row_the_second_point_meets_weights_that_the_first_has_moved() -> None:
    first = 0.1 * TEN[:1].T * TARGETS[0]
    second = first + 0.1 * TEN[1:2].T * (TARGETS[1] - TEN[1] @ first)
    assert system("sgd").trace(1)["new_wout"] == pytest.approx(first, rel=1e-14)
    assert system("sgd").trace(2)["new_wout"] == pytest.approx(second, rel=1e-14)


@pytest.mark.parametrize(("word", "batch"), [("full-batch", 10), ("sgd", 1)])
def test_an_iteration_reads_its_batch_and_an_epoch_all_points(word: str, batch: int) -> None:
    assert len(system(word).trace(1)["X"]) == batch
    assert system(word).iterations == 50 * 10 // batch


# -- S6: the twelve steps --------------------------------------------------------------------------


@pytest.mark.parametrize("word", TWELVE_STEPS)
def test_the_twelve_steps_give_the_numbers_of_the_pictures(word: str) -> None:
    printed = np.array(TWELVE_STEPS[word])
    assert system("article").trace()[word] == pytest.approx(printed, abs=5e-5)


def test_half_the_summed_squared_error_of_the_pictures() -> None:
    trace = system("article").trace()
    assert trace["loss"] == pytest.approx(0.35410631161841577, rel=1e-14)


# -- S8: the NumPy listing -------------------------------------------------------------------------


def test_the_listing_ends_where_the_article_says() -> None:
    listing = system("listing")
    output = listing.outputs(listing.train())
    assert output[:, 0] == pytest.approx([0.9770, 0.9662, 0.0444], abs=5e-5)


def test_three_equal_rows_get_one_answer() -> None:
    """The R listing 'learns' all three labels apart, by a bias per row; 2/3 is right."""
    setup = setup_of("article")
    rows = Rows(np.repeat(setup.X[:1], 3, axis=0), setup.y)
    trained = train(setup.network.training(), setup.start, rows, settings=setup.settings)
    output = replace(system("article"), setup=lambda: replace(setup, X=rows.X)).outputs(trained)
    assert output[:, 0] == pytest.approx([2 / 3] * 3, abs=1e-6)  # 5000 iterations come that near


# -- S10: the chain-rule version -------------------------------------------------------------------


def test_the_first_errors_of_the_chain_rule_version() -> None:
    errors = system("first-look").trace()["losses"]
    assert errors == pytest.approx(np.array([[0.05013458, 0.03727248, 0.25388062]]), abs=5e-9)


def test_the_ten_line_error_table_of_the_chain_rule_version() -> None:
    losses = system("chain-rule").train().history.loss
    assert losses[::100] == pytest.approx(CHAIN_RULE, abs=5e-6)


# -- S11 and S12: moons and blobs ------------------------------------------------------------------


def test_the_error_table_of_the_moons_to_iteration_6000() -> None:
    """To 6000 only: then the run is chaotic, and the last bits of a matrix product decide."""
    losses = trained_for("moons", 6001).history.loss
    assert losses[::1000] == pytest.approx(MOONS, abs=5e-6)


def test_the_moons_begin_flat_because_the_summed_gradient_saturates_them() -> None:
    setup = setup_of("moons")
    trace = system("moons").trace(iteration=3)
    assert trace["output"].min() > 0.99999
    assert trace["output_wrt_output_layer_input"].max() < 1e-5
    assert setup.network.convention.reduction == "sum"


def test_the_blobs_run_and_saturate_like_the_moons() -> None:
    """The article prints nothing for its exercise: held is that it runs, and how it begins."""
    history = trained_for("blobs", 1001).history
    assert np.isfinite(history.loss).all()
    assert history.loss[1000] == pytest.approx(0.25, abs=1e-4)


def test_the_blobs_are_learnt_once_the_gradient_is_a_mean() -> None:
    setup = setup_of("blobs")
    mean = replace(setup.network.convention, reduction="mean")
    network = Network([Dense(10), Dense(1)], convention=mean)
    settings = Settings(epochs=1000, rate=2.0)
    trained = train(network.training(), setup.start, setup.rows, settings=settings)
    output = system("blobs").outputs(trained)
    assert ((output > 0.5) == setup.rows.y).all()
