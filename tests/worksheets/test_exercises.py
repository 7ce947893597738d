"""The numbers of an exercise: short, drawn from their seed, and not harmed by rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workings.engines import engine
from workings.errors import SettingError, UnknownName
from workings.language import Program
from workings.language.shapes import bound
from workings.slips import concrete, plant, sites, slips
from workings.systems import system
from workings.worksheets import Exercise, exercise, on_problem, on_system
from workings.worksheets.blanks import groups

from .plans import PLANS, made

LAST = 4.0  # units of the last decimal that rounding at each step may cost
RELATIVE = 2e-4


def worked_out(made: Exercise) -> dict[str, Any]:
    """The working as somebody does it who writes down rounded numbers and goes on with them."""
    values = dict(made.problem.values)
    sizes = bound(
        made.problem.program.given, {word: np.shape(value) for word, value in values.items()}
    )
    for step in concrete(made.problem.program, sizes):
        found = engine("numpy").run(Program((step,)), values)[step.name]
        values[step.name] = np.round(found, made.digits)
    return values


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rounding_at_each_step_does_no_harm(plan: str, seed: int) -> None:
    exercise = made(plan, seed)
    by_hand, unit = worked_out(exercise), 10.0**-exercise.digits
    for word in exercise.problem.program.names:
        exact = exercise.trace[word]
        assert np.allclose(by_hand[word], exact, rtol=RELATIVE * 5, atol=LAST * 5 * unit), word


@pytest.mark.parametrize("plan", PLANS)
def test_given_numbers_are_short(plan: str) -> None:
    for word, value in made(plan).problem.values.items():
        assert np.array_equal(np.round(value, 2), value), word


@pytest.mark.parametrize("plan", ["2-2-1", "classes", "another book"])
def test_every_slip_shows_in_the_decimals_of_the_sheet(plan: str) -> None:
    """Each slip is made in each step where it can be, on the exact numbers."""
    given = made(plan)
    program, values = given.problem.program, given.problem.values
    sizes = bound(program.given, {word: np.shape(value) for word, value in values.items()})
    tried = 0
    for step, site in sites(program, sizes).items():
        for word, slip in slips().items():
            for variant, wrong in enumerate(slip.variants(site)):
                if wrong.shape != site.expr.shape:
                    continue
                bad = plant(program, sizes, word, step, variant=variant)
                found = engine("numpy").run(bad, values)[step]
                apart = np.abs(found - given.trace[step]).max()
                assert apart < 1e-9 or apart > 10.0**-given.digits, (step, word, apart)
                tried += apart > 1e-9
    assert tried >= 40


@pytest.mark.parametrize("plan", PLANS)
def test_no_unit_is_saturated_or_off_for_every_row(plan: str) -> None:
    given = made(plan)
    assert given.network is not None
    axis = given.network.convention.sample_axis
    for names in given.network.names:
        if names.slope in given.problem.program.names:
            slope = np.abs(given.trace[names.slope])
            assert slope.max(axis=axis).min() >= 0.05


@pytest.mark.parametrize("plan", ["2-2-1", "classes", "another book", "no hidden layer", "counts"])
def test_the_targets_are_not_all_alike(plan: str) -> None:
    for seed in range(5):
        given = made(plan, seed)
        assert given.network is not None
        y = given.problem.values["y"]
        samples = y if given.network.convention.samples == "rows" else y.T
        assert len({tuple(row) for row in samples}) > 1


def test_a_seed_always_draws_the_same_and_others_differ() -> None:
    first, again, other = made("2-2-1", 7), made("2-2-1", 7, blank="deltas"), made("2-2-1", 8)
    assert all(
        np.array_equal(value, again.problem.values[word])
        for word, value in first.problem.values.items()
    )
    assert any(
        not np.array_equal(value, other.problem.values[word])
        for word, value in first.problem.values.items()
    )


# -- blanks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", PLANS)
def test_the_stages_are_all_steps_each_once(plan: str) -> None:
    given = made(plan)
    known = groups(given.problem.program, given.network)
    whole = [step for word, steps in known.items() if word != "all" for step in steps]
    assert sorted(whole) == sorted(set(whole) & set(given.problem.program.names))
    layers = {"X_and_1", "hiddenlayer_activations_and_1"}
    assert set(given.problem.program.names) - set(whole) <= layers | {
        word for word in given.problem.program.names if word.endswith("_and_1")
    }


def test_blanks_by_stage_and_by_name_stand_in_the_order_of_the_working() -> None:
    given = exercise([2, 2, 1], seed=1, blank=" updates, d_output,deltas ")
    assert given.blank == ("d_output", "d_hiddenlayer", "new_wout", "new_wh", "new_bout", "new_bh")


def test_an_unknown_stage_is_named_with_a_suggestion() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'deltas'"):
        exercise([2, 2, 1], seed=1, blank="delta")
    with pytest.raises(SettingError, match="without blanks"):
        exercise([2, 2, 1], seed=1, blank=" , ")


# -- problems there are ----------------------------------------------------------------------------


def test_the_article_has_its_own_numbers() -> None:
    given = on_system(system("article"), blank="deltas")
    assert given.sizes == (4, 3, 1)
    assert given.answers["d_output"].ravel().tolist() == [0.035, 0.0325, -0.1313]
    again = on_problem(given.problem, blank="deltas")
    assert again.answers.keys() == given.answers.keys()


def test_a_system_that_learns_nothing_and_one_that_is_too_large() -> None:
    assert on_system(system("perceptron")).sizes == ()
    with pytest.raises(SettingError, match="laid out"):
        on_system(system("moons"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sizes": [2]}, "2 or more layers"),
        ({"sizes": [2, 0, 1]}, "2 or more layers"),
        ({"sizes": [2, 1], "rows": 0}, "1 or more rows"),
        ({"sizes": [2, 1], "digits": 13}, "1 to 12 decimals"),
        ({"sizes": [2, 1], "rate": float("nan")}, "a rate above 0"),
        ({"sizes": [2, 2, 1], "activation": "tanh,relu,tanh"}, "3 activations"),
        ({"sizes": [2, 1], "loss": "categorical_cross_entropy"}, "with 1 output"),
        ({"sizes": [90, 90, 1]}, "up to 2000"),
        ({"sizes": [2, 2, 1], "optimizer": "adam", "digits": 4}, "survive rounding"),
        ({"sizes": [2, 2, 1], "seed": -1}, "0 or more"),
    ],
)
def test_what_cannot_be_an_exercise(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        exercise(**{"seed": 1, **wrong})


@pytest.mark.parametrize("plan", PLANS)
def test_an_exercise_that_ends_early_has_nothing_of_what_comes_later(plan: str) -> None:
    whole = made(plan)
    assert whole.network is not None
    early = whole.until(whole.network.output)
    program = early.problem.program
    assert program.names[-1] == whole.network.output
    assert "y" not in early.problem.values
    assert program.stages[-1].title == program.steps[-1].stage
    for word in early.blank:
        assert np.array_equal(early.answers[word], whole.answers[word]), word


def test_an_exercise_cannot_end_before_its_blanks_or_with_a_step_it_has_not() -> None:
    one = exercise([2, 2, 1], seed=7, blank="deltas")
    with pytest.raises(SettingError, match="nothing before it is blank"):
        one.until("output")
    with pytest.raises(UnknownName, match="outptu"):
        one.until("outptu")
