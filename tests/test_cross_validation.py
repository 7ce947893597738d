"""Cross-validation is what one gets by hand: a job per fold, everything learnt on its own rows."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from workings.data import Table, builtin_table
from workings.errors import DataError, NotFinite, SettingError, UnknownName
from workings.jobs import cross_validation
from workings.jobs import job as jobs
from workings.jobs.cross_validation import cross_validate
from workings.jobs.fitting import not_trained_on, replayable
from workings.jobs.job import Job, Result
from workings.jobs.options import options_of
from workings.models import load
from workings.scores.scoring import Given, baselines

QUICK: dict[str, Any] = {"hidden": [3], "epochs": 2}


def labelled(*counts: int) -> Table:
    """A table with so many rows of each class."""
    labels = [f"c{place}" for place, count in enumerate(counts) for _ in range(count)]
    X = np.random.default_rng(0).normal(size=(len(labels), 2))
    return Table.from_arrays(X, labels)


@pytest.mark.parametrize("word", ["wine", "breast-cancer", "diabetes"])
def test_the_scores_of_a_fold_are_those_of_a_job(word: str) -> None:
    table = builtin_table(word)
    found = cross_validate(table, folds=3, **QUICK)
    assert sorted(row for test in found.tests for row in test) == list(range(len(table)))
    for place, test in enumerate(found.tests):
        by_hand = Job(table, found.target, options_of(**QUICK), test=test).run()
        assert sorted(by_hand.test.lines) == [table.lines[row] for row in test]
        assert not {*by_hand.test.lines} & {*by_hand.training.lines}
        assert found.found["network"][place] == by_hand.scores["test"]
        for who, scored in by_hand.baselines.items():
            assert found.found[f"{who} model"][place] == scored


def test_all_are_compared_on_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = []

    def spied(word: str) -> None:
        real = getattr(cross_validation, word)

        def call(model: Any, training: Given, test: Given, **more: Any) -> Any:
            seen.append((word, tuple(training.table.lines), tuple(test.table.lines)))
            return real(model, training, test, **more)

        monkeypatch.setattr(cross_validation, word, call)

    spied("baselines")
    spied("sklearn_network")
    found = cross_validate("iris", folds=3, against="sklearn", **QUICK)
    assert [*found.found] == ["network", "trivial model", "linear model", "scikit-learn model"]
    for place in range(3):
        (_, *one), (_, *two) = seen[2 * place : 2 * place + 2]
        assert one == two
        assert set(one[1]) == {row + 1 for row in found.tests[place]} or len(one[1]) == 50


@pytest.mark.parametrize("word", ["wine", "diabetes"])
def test_scikit_learns_network_is_what_it_is_said_to_be(word: str) -> None:
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import StandardScaler

    table = builtin_table(word)
    found = cross_validate(table, folds=2, against="sklearn", seed=5, **QUICK)
    (note,) = found.notes
    assert "hidden_layer_sizes=(3,)), all else its own defaults" in note
    assert "it had not converged in 2 of 2 folds" in note
    test = np.zeros(len(table), bool)
    test[list(found.tests[0])] = True
    numbers = np.column_stack([table[c].numbers() for c in table.names if c != found.target])
    scaler = StandardScaler().fit(numbers[~test])
    X, X_test = scaler.transform(numbers[~test]), scaler.transform(numbers[test])
    theirs = found.found["scikit-learn model"][0]
    if word == "wine":
        y = np.array(table[found.target].cells)
        rival: Any = MLPClassifier(hidden_layer_sizes=(3,), random_state=5)
    else:
        y = table[found.target].numbers()
        mean, scale = y[~test].mean(), y[~test].std()
        y = (y - mean) / scale
        rival = MLPRegressor(hidden_layer_sizes=(3,), random_state=5)
    with pytest.warns(UserWarning, match="converged"):
        rival.fit(X, y[~test])
    expected = rival.score(X_test, y[test])
    assert theirs.get("accuracy", theirs.get("R2")) == pytest.approx(expected, abs=1e-6)


def test_the_same_seed_gives_the_same_scores() -> None:
    one, two, other = (cross_validate("iris", folds=3, seed=seed, **QUICK) for seed in (1, 1, 2))
    assert one == two
    assert one.tests != other.tests


def test_a_class_of_one_row_is_trained_on_and_never_tested() -> None:
    found = cross_validate(labelled(9, 8, 1, 2), folds=3, **QUICK)
    assert found.rows == sum(map(len, found.tests)) == 19
    assert 17 not in {row for test in found.tests for row in test}
    assert any("of one row: c2" in note for note in found.notes)
    assert any("fewer rows than folds: c3 (2)" in note for note in found.notes)


def test_of_many_classes_few_are_named() -> None:
    found = cross_validate(labelled(*[1] * 40, 9, 9), folds=2, **QUICK)
    assert all(len(note) < 200 for note in found.notes)
    assert "c0, c1, c2, c3, c4 and 35 more" in found.notes[0]


def test_rows_without_a_target_are_in_no_fold() -> None:
    X = np.random.default_rng(0).normal(size=(20, 2))
    y = X[:, 0].copy()
    y[[2, 5]] = np.nan
    found = cross_validate((X, y), folds=4, **QUICK)
    assert (found.rows, sum(map(len, found.tests))) == (18, 18)


def test_a_row_alone_in_its_fold_has_no_r2_so_rmse_is_compared() -> None:
    X = np.random.default_rng(0).normal(size=(12, 2))
    found = cross_validate((X, X[:, 0]), folds=12, **QUICK)
    assert found.main == "RMSE"
    assert found.table()[1][1] == "-"
    assert found.by_fold()[0] == ["RMSE, fold", *map(str, range(1, 11)), "..."]
    assert "RMSE" in found.verdicts[0]


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"folds": 1}, SettingError, "cross-validate in 1 folds: a whole number from 2 to 178"),
        ({"folds": 179}, SettingError, "in 179 folds: .* from 2 to 178"),
        ({"against": "torch"}, UnknownName, "'torch'.*sklearn"),
        ({"fold": 5}, UnknownName, "no option called 'fold'"),
        ({"epochs": 0}, SettingError, "epochs = 0"),
        ({"optimizer": "sgd", "lr": 1e300}, NotFinite, "^in fold 1 of 5: .*iteration"),
    ],
)
def test_what_cannot_be(options: dict[str, Any], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        cross_validate("wine", **options)


def test_a_fold_in_which_nothing_is_left_to_learn_from_is_named() -> None:
    X = [[0.0], [0.0], [0.0], [1.0]]
    with pytest.raises(DataError, match=r"in fold \d of 2: .*no column is left"):
        cross_validate((X, [1.5, 2.5, 3.5, 4.5]), folds=2, task="regression", **QUICK)


@pytest.mark.parametrize("where", ["training", "beside"])
def test_what_is_finished_before_ctrl_c_is_kept(
    monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    whole = cross_validate("iris", folds=4, **QUICK)
    told = []

    def watch(report: Any) -> None:
        told.append((report.epoch, report.epochs))
        if where == "training" and len(told) == 5:  # the first epoch of the third fold
            raise KeyboardInterrupt

    def stopped(*words: Any, **more: Any) -> Any:
        if where == "beside" and len(told) > 4:
            raise KeyboardInterrupt
        return baselines(*words, **more)

    monkeypatch.setattr(cross_validation, "baselines", stopped)
    found = cross_validate("iris", folds=4, watch=watch, **QUICK)
    assert found.interrupted
    assert "2 of 4 folds" in found.described
    assert found.tests == whole.tests[:2]
    assert found.found["network"] == whole.found["network"][:2]
    assert told[:5] == [(1, 8), (2, 8), (3, 8), (4, 8), (5, 8)]


def test_ctrl_c_in_the_first_fold_leaves_nothing() -> None:
    def watch(report: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cross_validate("iris", watch=watch, **QUICK)


def test_a_notebook_shows_all_of_it() -> None:
    found = cross_validate("iris", folds=2, **QUICK)
    page = found._repr_html_()
    assert all(line in page for line in (found.described, *found.verdicts))
    assert '<svg role="img" aria-label="Small points are folds' in page
    for row in found.table():
        assert all(f">{cell}<" in page for cell in row)


def test_the_record_of_a_model_holds_the_folds(tmp_path: Any) -> None:
    table = builtin_table("iris")
    job = Job(table, "species", options_of(**QUICK))
    found = cross_validation.of_job(job, table, folds=2)
    result: Result = cross_validation.recorded(job.run(), found)
    result.model.save(tmp_path / "m")
    record = load(tmp_path / "m").record["cross_validation"]
    assert record == json.loads(json.dumps(found.plain()))
    assert record["scores"]["network"][0] == found.found["network"][0]


# -- a job that is given its test rows -------------------------------------------------------------


def test_given_test_rows_are_the_test_rows() -> None:
    table = builtin_table("wine")
    job = Job(table, "cultivar", options_of(**QUICK), test=[0, 100, 177])
    assert list(job.test.lines) == [1, 101, 178]
    assert len(job.training) == 175
    assert job.run().model.record["test_rows"] == [0, 100, 177]
    model = job.run().model
    again = replayable(model, table)
    assert list(again.test.lines) == [1, 101, 178]
    unseen = not_trained_on(model, table)
    assert unseen is not None
    assert list(unseen.lines) == [1, 101, 178]
    assert "test_rows" not in Job(table, "cultivar", options_of(**QUICK)).run().model.record


@pytest.mark.parametrize("row", [-1, 178])
def test_a_test_row_that_is_not_there(row: int) -> None:
    with pytest.raises(DataError, match=f"row {row} of 178"):
        Job(builtin_table("wine"), "cultivar", options_of(**QUICK), test=[row])


def test_columns_are_prepared_without_the_test_rows() -> None:
    X = np.arange(20.0).reshape(-1, 1)
    X[4:8] = 1e6
    job = Job(Table.from_arrays(X, X[:, 0]), "target", options_of(**QUICK), test=[4, 5, 6, 7])
    (column,) = job.preparation.numbers
    assert column.mean == pytest.approx(np.delete(X, [4, 5, 6, 7]).mean())


def test_scikit_learns_network_may_stand_among_the_baselines() -> None:
    result = Job(builtin_table("iris"), "species", options_of(**QUICK)).run(against=True)
    assert [*result.baselines] == ["trivial", "linear", "scikit-learn"]
    assert any("MLPClassifier" in note for note in result.notes)
    assert isinstance(result, jobs.Result)
