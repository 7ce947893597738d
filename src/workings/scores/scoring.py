"""Scores of answers, and the baselines every score is shown beside.

    scores(model, table)                       accuracy, log loss, AUC; or R2, MAE, RMSE
    judged(model, table)                       the truth beside what a model says, row by row
    judged_each(model, table)                  the same for each of several target columns
    baselines(model, training, test)           a trivial and a linear model on the same rows
    sklearn_network(model, training, test, ..) scikit-learn's network on the same rows

The metrics and the baselines are scikit-learn's. The trivial model always says the most frequent
class (or the mean); the linear one is a logistic (or ordinary least squares) regression on the
very inputs that the network reads.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.conventions import Convention
from workings.data import Table
from workings.engines import engine
from workings.models import Model
from workings.trace import Array

Scores = dict[str, float]
BETTER = {"accuracy": 1, "log loss": -1, "AUC": 1, "R2": 1, "MAE": -1, "RMSE": -1}
MAIN = {"classification": "accuracy", "regression": "R2"}
MANY = 50  # classes, from which on their AUC takes scikit-learn too long
SKLEARN = "scikit-learn"  # what scikit-learn's network is called beside ours
NOT_CONVERGED = "; it had not converged when its iterations were over"


@dataclass(frozen=True)
class Judged:
    """Rows whose target is known, beside what a model says of them.

    `truth` (n,) holds amounts or places in `classes`; `said` amounts (n,) or the probability of
    each class (n, classes).
    """

    target: str
    classes: tuple[str, ...]
    truth: NDArray[Any]
    said: Array

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.truth)

    @property
    def taken(self) -> NDArray[np.intp]:
        """The place of the class that each row was taken for; (n,)."""
        return np.asarray(self.said.argmax(1))

    @property
    def scores(self) -> Scores:
        """Accuracy, log loss and, where every class occurs, AUC; or R2, MAE and RMSE."""
        score = _classes if self.classes else _amounts
        return score(self.truth, self.said)


def judged_each(model: Model, table: Table) -> list[Judged]:
    """For each target column, the rows beside what a model says of them."""
    truth = model.preparation.targets(table)
    answers = model.answers(table, unseen="none")
    columns = model.preparation.target.columns
    if len(columns) == 1:
        return [judged(model, table)]
    shares = [np.column_stack([1.0 - said, said]) for said in np.clip(answers, 0.0, 1.0).T]
    found = []
    for k, one in enumerate(columns):
        if one.classes:
            found.append(Judged(one.name, one.classes, truth[:, k].astype(int), shares[k]))
        else:
            found.append(Judged(one.name, (), truth[:, k], answers[:, k]))
    return found


def judged(model: Model, table: Table) -> Judged:
    """The rows of a table beside what a model says of them; words never seen count as none."""
    truth = model.preparation.targets(table)[:, 0]
    answers = model.answers(table, unseen="none")
    said = model.shares_of(answers) if model.classes else answers[:, 0]
    truth = truth.astype(int) if model.classes else truth
    return Judged(model.preparation.target.name, model.classes, truth, said)


def scores(model: Model, table: Table) -> Scores:
    """The scores of a model on rows whose target is known."""
    return judged(model, table).scores


def baselines(model: Model, training: Table, test: Table) -> dict[str, Scores]:
    """The scores on `test` of a trivial and a linear model fitted to `training`."""
    return {word: _beside(model, training, test, fit)
            for word, fit in (("trivial", _trivial), ("linear", _linear))}  # fmt: skip


def sklearn_network(
    model: Model, training: Table, test: Table, *, seed: int
) -> tuple[Scores, bool]:
    """The scores on `test` of scikit-learn's network, and whether its training converged.

    It has our hidden layers and its own defaults for everything else, and reads the same prepared
    inputs; amounts are learnt in units of their spread, as ours are.
    """
    hidden, target, ended = _hidden(model), model.preparation.target, []

    def fit(X: Array, y: Array, classes: int) -> Callable[[Array], Any]:
        predict, converged = _network(X, y, classes, hidden=hidden, seed=seed % 2**32)
        ended.append(converged)
        return predict

    def fit_scaled(X: Array, y: Array, classes: int) -> Callable[[Array], Any]:
        predict = fit(X, (y - target.mean) / target.scale, classes)
        return lambda rows: predict(rows) * target.scale + target.mean

    found = _beside(model, training, test, fit_scaled if target.scaled else fit)
    return found, ended[0]


def sklearn_described(model: Model, ended: str = "") -> str:
    """What scikit-learn's network beside ours is, in a sentence, and how its training ended."""
    kind = "MLPClassifier" if model.classes else "MLPRegressor"
    said = f"{kind}(hidden_layer_sizes={_hidden(model)}), all else its own defaults"
    return f"the {SKLEARN} model is {said}, on the same prepared inputs{ended}"


def _hidden(model: Model) -> tuple[int, ...]:
    return tuple(int(layer.units or 0) for layer in model.network.layers[:-1])


def _beside(
    model: Model, training: Table, test: Table, fit: Callable[..., Callable[[Array], Any]]
) -> Scores:
    """The scores on `test` of another model fitted to what the network reads of `training`."""
    y, truth = (model.preparation.targets(rows)[:, 0] for rows in (training, test))
    X, X_test = (_inputs(model, rows) for rows in (training, test))
    said = fit(X, y, len(model.classes))(X_test)
    return _classes(truth, said) if model.classes else _amounts(truth, said)


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
    if len(np.unique(truth)) == len(places) > MANY:
        found["AUC"] = _mean_area(truth, shares)
    elif len(np.unique(truth)) == len(places):
        score = shares[:, 1] if len(places) == 2 else shares
        found["AUC"] = float(roc_auc_score(truth, score, multi_class="ovr", labels=places))
    return found


def _mean_area(truth: Array, shares: Array) -> float:
    """The same area by ranks (Mann and Whitney 1947), which takes seconds for 10 000 classes."""
    from scipy.stats import rankdata

    areas = []
    for place, score in enumerate(shares.T):
        is_it = truth == place
        ours = int(is_it.sum())
        below = rankdata(score)[is_it].sum() - ours * (ours + 1) / 2
        areas.append(below / (ours * (len(truth) - ours)))
    return float(np.mean(areas))


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
        return _shares(LogisticRegression(max_iter=1000).fit(X, y), classes)


def _network(
    X: Array, y: Array, classes: int, *, hidden: tuple[int, ...], seed: int
) -> tuple[Callable[[Array], Any], bool]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPClassifier if classes else MLPRegressor
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        fitted = kind(hidden_layer_sizes=hidden, random_state=seed).fit(X, y)
    converged = not any(issubclass(one.category, ConvergenceWarning) for one in said)
    return (_shares(fitted, classes) if classes else fitted.predict), converged


def _shares(fitted: Any, classes: int) -> Callable[[Array], Array]:
    """The probabilities that a fitted model of scikit-learn gives, 0 for classes it never saw."""

    def shares(rows: Array) -> Array:
        known = np.zeros((len(rows), classes))
        known[:, fitted.classes_.astype(int)] = fitted.predict_proba(rows)
        return known

    return shares
