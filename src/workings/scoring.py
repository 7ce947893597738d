"""Scores of answers, and the two baselines every score is shown beside.

    scores(model, table)                       accuracy, log loss, AUC; or R2, MAE, RMSE
    baselines(model, training, test)           a trivial and a linear model on the same rows

The metrics and the baselines are scikit-learn's. The trivial model always says the most frequent
class (or the mean); the linear one is a logistic (or ordinary least squares) regression on the
very inputs that the network reads.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from workings.conventions import Convention
from workings.data import Table
from workings.engines import engine
from workings.models import Model
from workings.trace import Array

Scores = dict[str, float]
BETTER = {"accuracy": 1, "log loss": -1, "AUC": 1, "R2": 1, "MAE": -1, "RMSE": -1}
MAIN = {"classification": "accuracy", "regression": "R2"}


def scores(model: Model, table: Table) -> Scores:
    """The scores of a model on rows whose target is known."""
    truth = model.preparation.targets(table)[:, 0]
    answers = model.answers(table, unseen="none")
    if not model.classes:
        return _amounts(truth, answers[:, 0])
    return _classes(truth, model.shares_of(answers))


def baselines(model: Model, training: Table, test: Table) -> dict[str, Scores]:
    """The scores on `test` of a trivial and a linear model fitted to `training`."""
    y, truth = (model.preparation.targets(rows)[:, 0] for rows in (training, test))
    X, X_test = (_inputs(model, rows) for rows in (training, test))
    found = {}
    for word, fit in (("trivial", _trivial), ("linear", _linear)):
        predict = fit(X, y, len(model.classes))
        answers = predict(X_test)
        found[word] = _classes(truth, answers) if model.classes else _amounts(truth, answers)
    return found


def confusion(model: Model, table: Table) -> Array:
    """How many rows of each class (rows) were taken for each class (columns)."""
    from sklearn.metrics import confusion_matrix

    truth = np.array(model.classes, object)[model.preparation.targets(table)[:, 0].astype(int)]
    said = model.labels_of(model.answers(table, unseen="none"))
    counts: Array = confusion_matrix(
        truth.astype(str), said.astype(str), labels=list(model.classes)
    )
    return counts


def _amounts(truth: Array, said: Array) -> Scores:
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    r2 = float(r2_score(truth, said)) if len(truth) > 1 else float("nan")
    return {
        "R2": r2, "MAE": float(mean_absolute_error(truth, said)),
        "RMSE": float(root_mean_squared_error(truth, said)),
    }  # fmt: skip


def _classes(truth: Array, shares: Array) -> Scores:
    from sklearn.metrics import log_loss, roc_auc_score

    places = np.arange(shares.shape[1])
    found = {
        "accuracy": float((shares.argmax(1) == truth).mean()),
        "log loss": float(log_loss(truth, shares, labels=places)),
    }
    if len(np.unique(truth)) == len(places):
        score = shares[:, 1] if len(places) == 2 else shares
        found["AUC"] = float(roc_auc_score(truth, score, multi_class="ovr", labels=places))
    return found


def _inputs(model: Model, table: Table) -> Array:
    arrays = model.preparation.inputs(table, unseen="none")
    program = model.preparation.steps(Convention())
    return engine().run(program, {**arrays, **model.preparation.constants()})["X"]


def _trivial(X: Array, y: Array, classes: int) -> Callable[[Array], Array]:
    if not classes:
        return lambda rows: np.full(len(rows), y.mean())
    shares = np.bincount(y.astype(int), minlength=classes) / len(y)
    return lambda rows: np.tile(shares, (len(rows), 1))


def _linear(X: Array, y: Array, classes: int) -> Callable[[Array], Any]:
    from sklearn.linear_model import LinearRegression, LogisticRegression

    if not classes:
        return LinearRegression().fit(X, y).predict  # type: ignore[no-any-return]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a baseline that has not quite converged is still one
        fitted = LogisticRegression(max_iter=1000).fit(X, y)

    def shares(rows: Array) -> Array:
        known = np.zeros((len(rows), classes))
        known[:, fitted.classes_.astype(int)] = fitted.predict_proba(rows)
        return known

    return shares
