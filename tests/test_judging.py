"""What stands behind a score is what scikit-learn says, and adds up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from workings.scores import judging, scoring
from workings.scores.judging import by_class, calibration, confusion, intervals, roc, wilson
from workings.scores.scoring import Judged

FEW = settings(max_examples=30, deadline=None, derandomize=True)


def classes(rows: int = 120, count: int = 3, seed: int = 0) -> Judged:
    """Rows of made-up probabilities, with ties, that are right more often than not."""
    random = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(count), random.integers(count, size=rows - count)])
    said = random.random((rows, count)).round(1) + 0.6 * np.eye(count)[truth] + 0.01
    labels = tuple(f"c{place}" for place in range(count))
    return Judged("y", labels, truth, said / said.sum(1, keepdims=True))


def amounts(rows: int = 80) -> Judged:
    random = np.random.default_rng(1)
    truth = random.normal(50, 10, rows)
    return Judged("y", (), truth, truth + random.normal(0, 4, rows))


@pytest.mark.parametrize("count", [2, 3, 5])
def test_mistakes_by_class_are_those_of_scikit_learn(count: int) -> None:
    rows = classes(count=count)
    assert np.array_equal(confusion(rows), metrics.confusion_matrix(rows.truth, rows.taken))
    precision, recall, _, support = metrics.precision_recall_fscore_support(
        rows.truth, rows.taken, labels=range(count)
    )
    for place, (label, n, p, r) in enumerate(by_class(rows)):
        assert (label, n) == (f"c{place}", support[place])
        assert (p, r) == pytest.approx((precision[place], recall[place]))


def test_a_class_that_is_never_said_has_no_precision() -> None:
    rows = Judged("y", ("a", "b"), np.array([0, 1]), np.array([[0.9, 0.1], [0.8, 0.2]]))
    assert np.isnan(by_class(rows)[1][2])
    assert by_class(rows)[1][3] == 0


@pytest.mark.parametrize("count", [2, 3, 5])
def test_areas_and_curves_are_those_of_scikit_learn(count: int) -> None:
    rows = classes(count=count)
    curves = roc(rows, 10)
    assert [one.label for one in curves] == (list(rows.classes) if count > 2 else ["c1"])
    score = rows.said if count > 2 else rows.said[:, 1]
    expected = metrics.roc_auc_score(rows.truth, score, multi_class="ovr")
    assert np.mean([one.area for one in curves]) == pytest.approx(expected)
    assert all(metrics.auc(one.wrong, one.right) == pytest.approx(one.area) for one in curves)
    assert rows.scores["AUC"] == pytest.approx(expected)


def test_the_area_of_very_many_classes_is_that_of_scikit_learn() -> None:
    rows = classes(300, 70)
    expected = metrics.roc_auc_score(rows.truth, rows.said, multi_class="ovr")
    assert rows.scores["AUC"] == pytest.approx(expected)


def test_of_many_classes_few_curves_are_drawn_and_none_of_one_without_rows() -> None:
    rows = classes(400, 30)
    counts = np.bincount(rows.truth)
    drawn = [int(one.label[1:]) for one in roc(rows, 4)]
    assert len(drawn) == 4
    assert min(counts[drawn]) >= np.sort(counts)[-4]
    assert roc(Judged("y", ("a", "b"), np.zeros(3, int), np.full((3, 2), 0.5)), 4) == []


@FEW
@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80),
    st.integers(1, 20),
)
def test_calibration_counts_add_up(pairs: list[tuple[float, bool]], bins: int) -> None:
    share = np.array([one for one, _ in pairs])
    truth = np.array([so for _, so in pairs], int)
    rows = Judged("y", ("no", "yes"), truth, np.column_stack([1 - share, share]))
    found = calibration(rows, bins)
    assert found.counts.sum() == len(pairs)
    assert (found.counts > 0).all()
    assert found.said @ found.counts == pytest.approx(share.sum())
    assert found.found @ found.counts == pytest.approx(truth.sum())
    assert (found.low <= found.found).all()
    assert (found.found <= found.high).all()


def test_calibration_is_that_of_scikit_learn() -> None:
    from sklearn.calibration import calibration_curve

    rows = classes(count=2)
    found = calibration(rows)
    share, said = calibration_curve(rows.truth, rows.said[:, 1], n_bins=10)
    assert found.of == "y = c1"
    assert (found.found, found.said) == (pytest.approx(share), pytest.approx(said))


@pytest.mark.parametrize("rows", [classes(count=2), classes(), amounts()], ids=["2", "3", "R"])
def test_scores_of_rows_drawn_again_are_those_of_scikit_learn(rows: Judged) -> None:
    measures, random = dict(judging._measures(rows)), np.random.default_rng(0)
    for _ in range(20):
        places = random.integers(len(rows), size=len(rows))
        weights = np.bincount(places, minlength=len(rows))[None, :]
        again = Judged("y", rows.classes, rows.truth[places], rows.said[places]).scores
        for word, measure in measures.items():
            if word in again:
                assert measure(weights)[0] == pytest.approx(again[word])
    assert {*measures} | ({"accuracy"} if rows.classes else set()) == {*rows.scores}


@pytest.mark.parametrize("rows", [classes(count=2), classes(), amounts()], ids=["2", "3", "R"])
def test_intervals_hold_the_score_and_come_from_the_seed(rows: Judged) -> None:
    found = intervals(rows, seed=1)
    assert found == intervals(rows, seed=1)
    assert found != intervals(rows, seed=2)
    assert {*found} == {*rows.scores}
    assert all(found[word][0] < value < found[word][1] for word, value in rows.scores.items())


def test_an_interval_of_the_mean_is_as_wide_as_theory_says() -> None:
    rows = amounts(2000)
    low, high = intervals(rows)["MAE"]
    wide = 2 * 1.96 * abs(rows.truth - rows.said).std() / np.sqrt(len(rows))
    assert high - low == pytest.approx(wide, rel=0.1)


def test_all_right_is_no_proof_of_all_right() -> None:
    rows = Judged("y", ("a", "b"), np.array([0, 1] * 5), np.eye(2)[[0, 1] * 5])
    low, high = intervals(rows)["accuracy"]
    assert (round(low, 4), high) == (0.7225, 1.0)


def test_one_row_and_many_classes_have_the_intervals_that_can_be() -> None:
    one = intervals(Judged("y", (), np.array([2.0]), np.array([3.0])))
    assert one == {"MAE": (1.0, 1.0), "RMSE": (1.0, 1.0)}
    assert {*intervals(classes(60, 40))} == {"accuracy", "log loss"}


@pytest.mark.parametrize("count", [2, 3])
def test_the_area_of_a_large_table_is_drawn_to_first_order(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = classes(1500, count)
    exact = intervals(rows)["AUC"]
    monkeypatch.setattr(judging, "SORTED", 0)
    assert intervals(rows)["AUC"] == pytest.approx(exact, abs=2e-4)
    one = np.ones((1, len(rows)))
    assert dict(judging._measures(rows))["AUC"](one) == pytest.approx(rows.scores["AUC"])


def test_a_large_table_is_drawn_fewer_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "CELLS", 80 * 300)
    monkeypatch.setattr(judging, "AT_ONCE", 1000)
    drawn = list(judging._weights(80, np.random.default_rng(0)))
    assert sum(len(some) for some in drawn) == 300
    assert max(some.size for some in drawn) <= 1000
    assert all((some.sum(1) == 80).all() for some in drawn)


@FEW
@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_is_that_of_scipy(right: int, more: int) -> None:
    from scipy.stats import binomtest

    count = right + more
    expected = binomtest(right, count).proportion_ci(method="wilson")
    found = wilson(np.array(right), np.array(count))
    assert found == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("count", [2, 3, 60])
def test_the_metrics_of_classes_are_those_of_scikit_learn(count: int) -> None:
    random = np.random.default_rng(count)
    truth = np.concatenate([np.arange(count), random.integers(0, count, 500)])
    shares = random.dirichlet(np.ones(count), len(truth)).round(2)  # rounded: many are equal
    shares += 1e-3
    shares /= shares.sum(1, keepdims=True)
    found = scoring._classes(truth, shares)
    one = shares[:, 1] if count == 2 else shares
    assert found["accuracy"] == metrics.accuracy_score(truth, shares.argmax(1))
    assert found["log loss"] == pytest.approx(metrics.log_loss(truth, shares), rel=1e-12)
    theirs = metrics.roc_auc_score(truth, one, multi_class="ovr")
    assert found["AUC"] == pytest.approx(theirs, rel=1e-12)
    certain = np.eye(count)[np.roll(truth, 1)]  # wrong, and certain of it
    assert scoring._classes(truth, certain)["log loss"] == pytest.approx(
        metrics.log_loss(truth, certain), rel=1e-9
    )


@pytest.mark.parametrize("truth", [[1.0, 2.0, 4.0], [3.0, 3.0, 3.0], [2.0]])
@pytest.mark.parametrize("wrong", [0.0, 0.5])
def test_the_metrics_of_amounts_are_those_of_scikit_learn(truth: list[float], wrong: float) -> None:
    y, said = np.array(truth), np.array(truth) + wrong
    found = scoring._amounts(y, said)
    if len(y) > 1:
        assert found["R2"] == pytest.approx(metrics.r2_score(y, said), rel=1e-12)
    else:
        assert np.isnan(found["R2"])
    assert found["MAE"] == pytest.approx(metrics.mean_absolute_error(y, said))
    assert found["RMSE"] == pytest.approx(metrics.root_mean_squared_error(y, said))
