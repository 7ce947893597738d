"""The lab: the famous mistakes come out with their figures, and the checks that catch them do."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from workings.errors import UnknownName
from workings.lab import Outcome, lab, mistake, mistakes
from workings.lab import checks as tables
from workings.lab.mistakes import famous
from workings.slips import slips

EASED = {"summed-rows": 60, "hundred-neurons": 300, "raw-numbers": 300, "zero-start": 300}
FIGURES = 5e-3  # two digits behind the point, as they are told


@cache
def outcome(word: str) -> Outcome:
    return lab(word, iterations=EASED.get(word))


def outputs(word: str, side: str) -> list[float]:
    found: list[float] = getattr(outcome(word), side).outputs.ravel().tolist()
    return found


@pytest.mark.parametrize("word", famous())
def test_every_famous_mistake_is_caught_by_the_checks_it_names(word: str) -> None:
    row = mistake(word)
    assert row.caught
    assert set(row.caught) <= {tables.GRADIENT, tables.UPDATE, tables.SHAPE, tables.PERFECT,
                               tables.DOCTOR}  # fmt: skip
    assert set(row.caught) <= set(outcome(word).caught)


@pytest.mark.parametrize("word", famous())
def test_every_famous_mistake_parts_from_what_is_right_and_says_where(word: str) -> None:
    found = outcome(word)
    assert found.difference is not None
    assert found.difference.step in str(found)
    assert found.difference.right != found.difference.wrong or any(found.difference.shapes)


@pytest.mark.parametrize("word", famous())
def test_what_is_right_is_caught_by_no_check_of_its_own(word: str) -> None:
    """The checks are run on the right side as well: none of them cries wolf."""
    from dataclasses import replace

    made = mistake(word).make()
    right = replace(made, wrong=made.right, slips=(), refused="", wrong_case=None)
    assert [one for one in tables.said(right) if one.catches and one.check != tables.PERFECT] == []


@pytest.mark.parametrize("word", famous())
def test_what_is_told_fits_a_hundred_columns(word: str) -> None:
    assert max(map(len, str(outcome(word)).splitlines())) <= 100


def test_numbers_that_run_away_stay_in_their_columns() -> None:
    from dataclasses import replace

    found = outcome("lr-twice")
    far = found.wrong.losses * 1e30
    told = str(replace(found, wrong=replace(found.wrong, losses=far))).splitlines()
    right, wrong = (next(line for line in told[6:] if line.startswith(f"  {side}"))
                    for side in ("right", "wrong"))  # fmt: skip
    assert "e+" in wrong
    assert len(wrong) == len(right)


def test_the_stray_learning_rate_ends_where_the_article_does() -> None:
    assert outputs("lr-twice", "wrong") == pytest.approx([0.82, 0.79, 0.32], abs=FIGURES)
    assert outputs("lr-twice", "right") == pytest.approx([0.9770, 0.9662, 0.0444], abs=5e-5)


def test_row_sums_tell_equal_rows_apart_and_what_is_right_says_two_thirds() -> None:
    assert outputs("row-sums", "wrong") == pytest.approx([0.97, 0.97, 0.04], abs=FIGURES)
    assert outputs("row-sums", "right") == pytest.approx([2 / 3] * 3, abs=1e-4)


def test_plus_for_minus_climbs_the_loss() -> None:
    losses = outcome("plus-for-minus").wrong.losses
    assert (losses[0], losses[-1]) == pytest.approx((0.364, 0.499), abs=FIGURES / 10)
    assert (np.diff(losses) > 0).all()


def test_a_hundred_neurons_say_one_and_learn_nothing_while_a_glorot_start_learns() -> None:
    full = lab("hundred-neurons")
    assert full.wrong.outputs.ravel() == pytest.approx([1, 1, 1], abs=1e-9)
    assert full.right.outputs.ravel() == pytest.approx([0.992, 0.982, 0.020], abs=FIGURES)


def test_summed_rows_stand_still_at_a_quarter() -> None:
    found = outcome("summed-rows")
    assert found.per_row("wrong")[2:] == pytest.approx(0.25, abs=1e-5)
    assert found.per_row("right")[-1] < found.per_row("right")[0]


def test_a_target_of_one_axis_teaches_the_mean() -> None:
    assert outputs("one-axis-target", "wrong") == pytest.approx([2 / 3] * 3, abs=0.01)


def test_a_second_softmax_cannot_get_below_its_floor() -> None:
    floor = np.log(1 + 2 * np.exp(-1))
    assert outcome("softmax-twice").wrong.losses[-1] > floor
    assert outcome("softmax-twice").right.losses[-1] < 0.01


def test_unscaled_numbers_answer_every_row_alike() -> None:
    found = outcome("raw-numbers")
    assert found.wrong.outputs.std(0).max() < 1e-3
    assert found.right.hits > found.wrong.hits + 0.1


def test_numbers_that_run_away_are_told_and_stop_the_run() -> None:
    found = outcome("slope-of-z")
    assert found.wrong.broke is not None
    assert len(found.wrong.losses) == found.wrong.broke
    assert "run away in iteration" in str(found)
    assert "nan" not in str(found)


OTHERS = [word for word in mistakes() if word not in famous()]


def test_most_slips_of_the_marker_can_be_made_here_too() -> None:
    assert len(OTHERS) > 0.7 * len(slips()) - len(famous())


@pytest.mark.parametrize("word", OTHERS)
def test_every_slip_that_is_listed_can_be_run(word: str) -> None:
    found = lab(word, iterations=20)
    assert found.difference is not None
    assert str(found).startswith(word)


@pytest.mark.parametrize(
    "word",
    [
        w
        for w in OTHERS
        if w
        not in ("half-forgotten", "lr-missing", "update-sign", "mean-for-sum", "correction-missing")
    ],
)
def test_a_slip_in_back_propagation_fails_the_gradient_check(word: str) -> None:
    assert tables.GRADIENT in lab(word, iterations=1).caught


def test_an_unknown_mistake_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'lr-twice'"):
        lab("lr-twise")
