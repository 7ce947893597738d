"""`estimator.diagnose`: the very fit, looked at; in the estimator's own parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_wine, make_multilabel_classification
from sklearn.preprocessing import StandardScaler

from workings.diagnosing.diseases import diseases
from workings.diagnosing.replaying import Run
from workings.estimators import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

WINE, KINDS = load_wine(return_X_y=True)
SCALED = StandardScaler().fit_transform(WINE)
TOLD: list[dict[str, Any]] = [
    {}, {"early_stopping": True}, {"solver": "sgd", "learning_rate": "adaptive"},
    {"dropout": 0.3}, {"class_weight": "balanced", "clip_norm": 1.0, "batch_size": 20},
]  # fmt: skip


@pytest.mark.parametrize("told", TOLD)
def test_what_is_looked_at_is_the_fit(told: dict[str, Any]) -> None:
    model = MLPClassifier((6,), max_iter=8, random_state=3, **told).fit(SCALED, KINDS)
    run = Run(model._case(SCALED, KINDS, None))
    assert run.history.loss == model.loss_curve_
    if not model.early_stopping:  # which keeps those of its best epoch
        assert np.array_equal(run.end["wh"], model.coefs_[0])
    assert set(model.diagnose(SCALED, KINDS).tested) <= set(diseases())


def test_unscaled_wine_saturates_and_scaled_does_not() -> None:
    told = {"hidden_layer_sizes": (16,), "activation": "tanh", "random_state": 0, "max_iter": 60}
    bad = MLPClassifier(**told).diagnose(WINE, KINDS)  # it need not be fitted before
    assert [one.severity for one in bad.of("unscaled-inputs")] == ["error"]
    assert "x13" in bad.of("unscaled-inputs")[0].where.columns
    assert bad.of("saturated-units")[0].since == 1
    good = MLPClassifier(**told).diagnose(SCALED, KINDS)
    assert good.worst != "error"


def test_the_estimator_stays_as_it_is() -> None:
    model = MLPClassifier((6,), max_iter=5, random_state=0).fit(SCALED, KINDS)
    before = {word: np.copy(x) for word, x in vars(model).items() if word.endswith("_")
              and isinstance(x, np.ndarray | float | int)}  # fmt: skip
    weights = [np.copy(w) for w in model.coefs_]
    model.diagnose(WINE, KINDS)
    assert all(np.array_equal(before[word], getattr(model, word)) for word in before)
    assert all(np.array_equal(a, b) for a, b in zip(weights, model.coefs_, strict=True))


def test_a_remedy_is_one_for_set_params() -> None:
    model = MLPClassifier((16,), activation="tanh", solver="sgd", learning_rate_init=1e-6,
                          max_iter=50, random_state=0)  # fmt: skip
    (one,) = model.diagnose(SCALED, KINDS).of("rate-too-small")
    assert one.remedy is not None
    assert one.remedy.change.keys() == {"learning_rate_init"}
    better = clone(model).set_params(**one.remedy.change).fit(SCALED, KINDS)
    assert better.loss_ < model.fit(SCALED, KINDS).loss_


def test_without_rows_the_weights_and_curves_alone() -> None:
    model = MLPClassifier((4,), max_iter=5, random_state=0).fit(SCALED, KINDS)
    found = model.diagnose()
    assert "twin-units" in found.tested
    assert found.untested["dead-relu"] == "it needs the rows"
    model.coefs_[0][:, 1] = model.coefs_[0][:, 0]
    model.coefs_[1][1], model.intercepts_[0][1] = model.coefs_[1][0], model.intercepts_[0][0]
    (one,) = model.diagnose().of("twin-units")
    assert one.where.neurons == (1, 2)


def test_lbfgs_frames_amounts_and_labels() -> None:
    X, y = load_diabetes(return_X_y=True)
    solved = MLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs", max_iter=50, random_state=0)
    assert "rate-too-large" in solved.fit(X, y).diagnose(X, y).tested
    frame = pd.DataFrame({"a": [1.0, None, 3, 4] * 10, "b": list("uvuv") * 10})
    said = MLPClassifier((3,), max_iter=5, random_state=0).diagnose(frame, ["k", "l"] * 20)
    assert said.of("rows-per-weight") or said.tested
    X, y = make_multilabel_classification(60, 5, n_classes=3, random_state=0)
    labels = MLPClassifier((4,), max_iter=5, random_state=0).diagnose(X, y)
    assert labels.of("majority-only") == []
