"""Data frames as people have them, and what a fitted estimator shows, saves and gives away."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.datasets import load_wine, make_multilabel_classification
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import workings
from workings.engines import engine
from workings.errors import DataError
from workings.estimators import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

PEOPLE = pd.DataFrame(
    {
        "age": [20.0, np.nan, 30, 41, 22, 33] * 10,
        "sex": ["m", "f", None, "f", "m", "f"] * 10,
        "member": [True, False, True, True, False, False] * 10,
        "visits": range(60),
    }
)
PAID = np.where(PEOPLE.sex == "m", 5.0, 1.0) + PEOPLE.visits / 10
WINE, KINDS = load_wine(return_X_y=True, as_frame=True)
WINE = (WINE - WINE.mean()) / WINE.std()
NAMES = KINDS.map({0: "barolo", 1: "grignolino", 2: "barbera"})
LABELS = make_multilabel_classification(60, 5, n_classes=3, random_state=0)


def fitted(made: Any, X: Any, y: Any, **told: Any) -> Any:
    return made(**{"hidden_layer_sizes": (6,), "max_iter": 40, "random_state": 0, **told}).fit(X, y)


# -- data frames -----------------------------------------------------------------------------------


def by_hand(model: Any, frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    """The same prediction from filled numbers, words as ones and zeros, and the weights."""
    columns = [frame.age.fillna(PEOPLE.age.median()), frame.visits.astype(float)]
    columns += [frame.sex == "f", frame.sex == "m", frame.sex.isna()]
    columns += [~frame.member.astype(bool), frame.member.astype(bool)]
    X = np.column_stack([np.asarray(column, float) for column in columns])
    hidden = np.maximum(X @ model.coefs_[0] + model.intercepts_[0], 0)
    return (hidden @ model.coefs_[1] + model.intercepts_[1]).ravel()


def test_words_and_missing_cells_are_read_in_a_data_frame() -> None:
    model = fitted(MLPRegressor, PEOPLE, PAID)
    assert model.n_features_in_ == 4
    assert list(model.feature_names_in_) == ["age", "sex", "member", "visits"]
    assert model.predict(PEOPLE) == pytest.approx(by_hand(model, PEOPLE), rel=1e-12)
    assert model.predict(PEOPLE[:1]) == pytest.approx(by_hand(model, PEOPLE[:1]), rel=1e-12)


def test_other_frames_and_copies_say_the_same() -> None:
    model = fitted(MLPRegressor, PEOPLE, PAID)
    said = model.predict(PEOPLE)
    assert np.array_equal(model.predict(pl.from_pandas(PEOPLE)), said)
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict(PEOPLE), said)  # noqa: S301
    again = fitted(MLPRegressor, pl.from_pandas(PEOPLE), PAID)
    assert np.array_equal(again.coefs_[0], model.coefs_[0])


def test_a_frame_of_numbers_goes_the_way_of_an_array() -> None:
    framed, plain = fitted(MLPClassifier, WINE, NAMES), fitted(MLPClassifier, WINE.values, NAMES)
    assert np.array_equal(framed.coefs_[0], plain.coefs_[0])


def test_words_that_were_never_seen_count_as_none_and_are_said() -> None:
    model = fitted(MLPRegressor, PEOPLE, PAID)
    with pytest.warns(UserWarning, match=r"1 cells hold words .* \(first: row 2: sex = 'x'\)"):
        said = model.predict(PEOPLE.assign(sex=["m", "x"] + ["f"] * 58))
    nobody = by_hand(model, PEOPLE.assign(sex=["m", "x"] + ["f"] * 58))
    assert said == pytest.approx(nobody, rel=1e-12)


def test_columns_that_cannot_help_are_left_out_and_said() -> None:
    frame = PEOPLE.assign(nothing=np.nan, name=[f"person {k}" for k in range(60)])
    with pytest.warns(UserWarning, match="left out: nothing is empty; name is"):
        model = fitted(MLPRegressor, frame, PAID)
    assert np.array_equal(model.coefs_[0], fitted(MLPRegressor, PEOPLE, PAID).coefs_[0])
    with (
        pytest.warns(UserWarning, match="left out"),
        pytest.raises(DataError, match="no column is left"),
    ):
        fitted(MLPRegressor, frame[["nothing", "name"]], PAID)


def test_frames_are_checked_like_any_rows() -> None:
    model = fitted(MLPRegressor, PEOPLE, PAID)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(PEOPLE.rename(columns={"age": "years"}))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        fitted(MLPRegressor, PEOPLE, PAID[:-1])
    with pytest.raises(ValueError, match="contains NaN"):
        fitted(MLPRegressor, WINE.values * np.nan, KINDS)


def test_rows_without_names_are_read_in_the_order_of_the_frame() -> None:
    frame = pd.DataFrame({"nothing": np.nan, "word": ["a", "b"] * 30, "n": np.arange(60.0)})
    with pytest.warns(UserWarning, match="nothing is empty"):
        model = fitted(MLPRegressor, frame, PAID)
    with pytest.warns(UserWarning, match="feature names"):
        said = model.predict(frame.to_numpy())
    assert np.array_equal(said, model.predict(frame))


def test_a_fit_that_is_refused_leaves_what_was_fitted() -> None:
    model = fitted(MLPRegressor, PEOPLE, PAID)
    said = model.predict(PEOPLE)
    with pytest.raises(ValueError, match="contains NaN"):
        model.fit(np.full((60, 4), np.nan), PAID)
    assert np.array_equal(model.predict(PEOPLE), said)


def test_dates_that_are_not_scaled_are_said() -> None:
    frame = PEOPLE.assign(joined=pd.date_range("2020-01-01", periods=60))
    with pytest.warns(UserWarning, match="joined became numbers that are not scaled"):
        fitted(MLPRegressor, frame, PAID)


def test_a_class_may_be_called_what_tables_call_missing() -> None:
    names = np.where(KINDS == 1, "NA", "none")
    model = fitted(MLPClassifier, WINE, names, solver="lbfgs", max_iter=200)
    assert model.trace(WINE, names)["loss"] == pytest.approx(model.loss_, rel=1e-12)
    assert set(model.predict(WINE)) == {"NA", "none"}


def test_cross_validation_of_a_frame_with_words() -> None:
    assert len(cross_val_score(MLPRegressor(max_iter=3), PEOPLE, PAID, cv=3)) == 3


# -- the glass -------------------------------------------------------------------------------------

MODELS = {
    "classes": (MLPClassifier, WINE, NAMES, {}),
    "two classes": (MLPClassifier, WINE, KINDS == 1, {"activation": "logistic"}),
    "labels": (MLPClassifier, *LABELS, {"activation": "tanh"}),
    "amount": (MLPRegressor, PEOPLE, PAID, {"l1": 0.1}),
    "amounts": (MLPRegressor, WINE, np.column_stack([KINDS, -KINDS]), {"loss": "huber"}),
    "deep": (MLPClassifier, WINE, NAMES,
             {"hidden_layer_sizes": (5, 4), "activation": ["gelu", "relu"]}),
}  # fmt: skip


def answers(model: Any, X: Any) -> Any:
    """What the network's outputs are, from scikit-learn's side."""
    if isinstance(model, MLPRegressor):
        return model.predict(X).reshape(len(X), -1)
    shares = model.predict_proba(X)
    return shares[:, 1:] if model.n_outputs_ == 1 else shares


@pytest.mark.parametrize("word", MODELS)
def test_the_trace_ends_with_what_is_predicted(word: str) -> None:
    made, X, y, told = MODELS[word]
    model = fitted(made, X, y, **told)
    trace = model.trace(X)
    assert trace["answer"] == pytest.approx(answers(model, X), rel=1e-12)
    assert list(model.program_.names)[-1] == "answer"
    assert "output" in str(model.show(X[:3]))


@pytest.mark.parametrize("word", MODELS)
def test_the_trace_with_targets_is_the_loss_that_was_trained(word: str) -> None:
    made, X, y, told = MODELS[word]
    model = fitted(made, X, y, **told, solver="lbfgs")
    trace = model.trace(X, y)
    assert trace["loss"] == pytest.approx(model.loss_, rel=1e-12)
    owed = [names.d_weights for names in model.model_.network.names]
    assert [trace[name].shape for name in owed] == [w.shape for w in model.coefs_]
    losses = []
    for nudge in (1e-6, -1e-6):  # one weight, moved a little either way
        moved = {**trace.values, "wout": trace["wout"].copy()}
        moved["wout"][2, 0] += nudge
        losses.append(engine().run(trace.program.only("loss"), moved)["loss"])
    slope = (losses[0] - losses[1]) / 2e-6
    assert trace["d_wout"][2, 0] == pytest.approx(slope, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("word", MODELS)
def test_a_saved_estimator_is_a_model_like_any_other(word: str, tmp_path: Path) -> None:
    made, X, y, told = MODELS[word]
    model = fitted(made, X, y, **told)
    model.save(tmp_path / "m.workings")
    loaded = workings.load(tmp_path / "m.workings")
    rows = model._rows(X)
    assert np.array_equal(loaded.answers(rows), model.model_.answers(rows))
    said = np.asarray(model.predict(X)).astype(str)
    if not isinstance(model, MLPRegressor):
        assert (np.asarray(loaded.predict(rows)).astype(str) == said).all()


def test_one_number_is_explained_and_a_workbook_made(tmp_path: Path) -> None:
    model = fitted(MLPClassifier, WINE, NAMES)
    said = str(model.explain(WINE[:5], "output_layer_input[1,2]"))
    assert "hiddenlayer_activations" in said
    model.to_excel(tmp_path / "m.xlsx", WINE[:5])
    assert (tmp_path / "m.xlsx").stat().st_size > 5000


def test_what_was_changed_by_hand_is_what_is_shown() -> None:
    model = fitted(MLPRegressor, WINE, KINDS)
    model.intercepts_[-1] += 10.0
    assert model.predict(WINE).mean() > 8
    assert model.trace(WINE)["answer"].ravel() == pytest.approx(model.predict(WINE), rel=1e-12)


def test_an_estimator_in_a_pipeline_is_adopted_whole() -> None:
    pipe = make_pipeline(StandardScaler(), MLPClassifier((4, 3), ["tanh", "relu"], max_iter=20))
    pipe.fit(WINE, NAMES)
    model = workings.from_sklearn(pipe)
    assert model.record["agreement"]["largest"] < 1e-12
    assert model.probabilities(WINE.values) == pytest.approx(pipe.predict_proba(WINE), rel=1e-12)


def test_importing_the_estimators_is_put_off_until_they_are_asked_for() -> None:
    code = "import sys, workings; assert 'sklearn' not in sys.modules; workings.MLPClassifier"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603
