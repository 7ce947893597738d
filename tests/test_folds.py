"""Folds part the rows; spreads and verdicts follow from the scores alone."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workings.errors import SettingError
from workings.scores.folds import Spread, folds_of, smallest_within, verdict

FEW = settings(max_examples=60, deadline=None, derandomize=True)


@FEW
@given(
    labels=st.lists(st.sampled_from("abcdefg"), min_size=4, max_size=80),
    folds=st.integers(2, 12), seed=st.integers(0, 99), stratified=st.booleans(),
)  # fmt: skip
def test_every_row_is_tested_exactly_once(
    labels: list[str], folds: int, seed: int, stratified: bool
) -> None:
    counts = Counter(labels)
    alone = {row for row, word in enumerate(labels) if stratified and counts[word] == 1}
    if len(labels) - len(alone) < folds:
        return
    found = folds_of(labels if stratified else None, len(labels), folds, seed)
    assert len(found) == folds
    assert sorted(row for fold in found for row in fold) == sorted(set(range(len(labels))) - alone)
    sizes = [len(fold) for fold in found]
    assert max(sizes) - min(sizes) <= 1
    if not stratified:
        return
    for word, count in counts.items():
        in_each = [sum(labels[row] == word for row in fold) for fold in found]
        if count > 1:
            assert set(in_each) <= {count // folds, -(-count // folds)}
            assert all(count - tested >= 1 for tested in in_each)  # some are left to train on


def test_folds_come_from_the_seed() -> None:
    one, two, other = (folds_of(None, 40, 5, seed) for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("folds", [1, 0, -3, 5, 2.5, True, math.nan])
def test_folds_that_cannot_be(folds: int) -> None:
    with pytest.raises(SettingError, match=r"cross-validate in .* folds: .* from 2 to 4"):
        folds_of(["a", "a", "b", "b", "c"], 5, folds, 0)


@FEW
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=20))
def test_a_spread_is_that_of_the_textbook(values: list[float]) -> None:
    found = Spread(tuple(values))
    assert found.mean == pytest.approx(np.mean(values))
    assert found.sd == pytest.approx(np.std(values, ddof=1))
    assert found.error == pytest.approx(stats.sem(values), nan_ok=True)


def test_a_score_that_a_fold_does_not_have_is_left_out_and_said() -> None:
    nan = math.nan
    assert str(Spread((0.5, nan, 0.7))) == "0.6000 ± 0.1414 (0.1000) in 2 folds"
    assert str(Spread((nan, nan))) == "-"
    assert str(Spread((0.25,))) == "0.2500"
    assert str(Spread((1000.0, 1100.0))) == "1050 ± 71 (50)"


@pytest.mark.parametrize(
    ("ours", "theirs", "score", "said"),
    [
        ([0.9, 0.91, 0.92], [0.8, 0.82, 0.81], "accuracy", "beats the x: its accuracy is 0.1000 h"),
        ([0.8, 0.82, 0.81], [0.9, 0.91, 0.92], "accuracy", "does not beat the x: its accuracy is"),
        ([0.9, 0.7, 0.8], [0.8, 0.8, 0.7], "accuracy", "cannot be told apart from the x: its acc"),
        ([3.0, 3.1, 3.2], [5.0, 5.1, 5.0], "RMSE", "beats the x: its RMSE is 1.9333 lower"),
        ([0.9, 0.8], [0.9, 0.8], "accuracy", "told apart from the x: accuracy is the same in ev"),
        ([0.9, 0.8], [0.8, 0.9], "accuracy", "told apart from the x: its accuracy is on average"),
        ([0.9, 0.8], [0.6, 0.6], "accuracy", "told apart"),  # two folds say very little
        ([0.9], [0.6], "accuracy", "too few folds"),
        ([0.9, math.nan], [0.6, 0.5], "AUC", "too few folds"),
    ],
)
def test_the_verdict_goes_by_differences_fold_by_fold(
    ours: list[float], theirs: list[float], score: str, said: str
) -> None:
    assert said in verdict("x", score, Spread(tuple(ours)), Spread(tuple(theirs)))


@FEW
@given(st.lists(st.floats(-1, 1), min_size=3, max_size=9), st.floats(0.001, 0.5))
def test_the_verdict_is_that_of_a_paired_t_test(ours: list[float], shift: float) -> None:
    theirs = [value - shift * (1 + math.sin(9 * place)) for place, value in enumerate(ours)]
    found = stats.ttest_rel(ours, theirs).pvalue
    said = verdict("x", "accuracy", Spread(tuple(ours)), Spread(tuple(theirs)))
    if abs(found - 0.05) > 1e-6:
        assert ("beats" in said) == (found < 0.05)


@FEW
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.4]), st.floats(0, 0.3)), min_size=1))
def test_the_recommended_size_obeys_the_rule(scores: list[tuple[float, float]]) -> None:
    means, errors = ([one[place] for one in scores] for place in (0, 1))
    best, chosen = smallest_within(means, errors)
    assert means[best] == max(means)
    assert best == means.index(max(means))  # of equal ones the smallest
    assert chosen <= best
    assert means[chosen] >= means[best] - errors[best]
    assert all(mean < means[best] - errors[best] for mean in means[:chosen])


def test_the_rule_where_something_is_not_known() -> None:
    assert smallest_within([0.5, 0.6], [math.nan, math.nan]) == (1, 1)
    assert smallest_within([math.nan, 0.6], [0.1, 0.1]) == (1, 1)
