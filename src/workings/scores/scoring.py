"""Scores of answers, and the baselines every score is shown beside.

    given(preparation, table)                  rows as numbers, made once for all that follows
    scores(model, rows)                        accuracy, log loss, AUC; or R2, MAE, RMSE
    judged(model, rows)                        the truth beside what a model says, row by row
    judged_each(model, rows)                   the same for each of several target columns
    baselines(model, training, test)           a trivial and a linear model on the same rows
    sklearn_network(model, training, test, ..) scikit-learn's network on the same rows

`rows` are a table, or what `given` made of one. The metrics are those of scikit-learn, to rounding,
made here because importing it takes a second and a hundred megabytes; the baselines are its own.
The trivial model always says the most frequent class (or the mean); the linear one is a logistic
(or ordinary least squares) regression on the very inputs that the network reads.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.conventions import Convention
from workings.data import Table
from workings.engines import engine
from workings.models import Model
from workings.preparation import Preparation
from workings.trace import Array

Scores = dict[str, float]
BETTER = {"accuracy": 1, "log loss": -1, "AUC": 1, "R2": 1, "MAE": -1, "RMSE": -1}
MAIN = {"classification": "accuracy", "regression": "R2"}
SKLEARN = "scikit-learn"  # what scikit-learn's network is called beside ours
NOT_CONVERGED = "; it had not converged when its iterations were over"


@dataclass(frozen=True)
class Given:
    """Rows of a table as numbers: the `arrays` that a preparation makes of them, and the targets
    (n, 1 or more), all in their own units."""

    table: Table = field(repr=False)
    preparation: Preparation
    arrays: Mapping[str, Array]
    targets: Array

    def inputs(self) -> Array:
        """What the network reads (n, inputs), filled, scaled and one-hot; made whenever asked."""
        program, constants = self.preparation.steps(Convention()), self.preparation.constants()
        return engine().prepare(program, ["X"])({**self.arrays, **constants})["X"]


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

    @cached_property
    def scores(self) -> Scores:
        """Accuracy, log loss and, where every class occurs, AUC; or R2, MAE and RMSE."""
        score = _classes if self.classes else _amounts
        return score(self.truth, self.said)


def given(preparation: Preparation, rows: Table | Given) -> Given:
    """The rows of a table as numbers; words never seen count as none of those known."""
    if isinstance(rows, Given):
        return rows
    arrays = preparation.inputs(rows, unseen="none")
    return Given(rows, preparation, arrays, preparation.targets(rows))


def judged_each(model: Model, rows: Table | Given) -> list[Judged]:
    """For each target column, the rows beside what a model says of them."""
    rows = given(model.preparation, rows)
    columns = model.preparation.target.columns
    if len(columns) == 1:
        return [judged(model, rows)]
    truth, answers = rows.targets, model.answers_of(rows.arrays)
    shares = [np.column_stack([1.0 - said, said]) for said in np.clip(answers, 0.0, 1.0).T]
    found = []
    for k, one in enumerate(columns):
        if one.classes:
            found.append(Judged(one.name, one.classes, truth[:, k].astype(int), shares[k]))
        else:
            found.append(Judged(one.name, (), truth[:, k], answers[:, k]))
    return found


def judged(model: Model, rows: Table | Given) -> Judged:
    """The rows of a table beside what a model says of them; words never seen count as none."""
    rows = given(model.preparation, rows)
    truth, answers = rows.targets[:, 0], model.answers_of(rows.arrays)
    said = model.shares_of(answers) if model.classes else answers[:, 0]
    truth = truth.astype(int) if model.classes else truth
    return Judged(model.preparation.target.name, model.classes, truth, said)


def scores(model: Model, rows: Table | Given) -> Scores:
    """The scores of a model on rows whose target is known."""
    return judged(model, rows).scores


def baselines(model: Model, training: Table | Given, test: Table | Given) -> dict[str, Scores]:
    """The scores on `test` of a trivial and a linear model fitted to `training`."""
    return _beside(model, training, test, {"trivial": _trivial, "linear": _linear})


def sklearn_network(
    model: Model, training: Table | Given, test: Table | Given, *, seed: int
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

    fits = {SKLEARN: fit_scaled if target.scaled else fit}
    return _beside(model, training, test, fits)[SKLEARN], ended[0]


def sklearn_described(model: Model, ended: str = "") -> str:
    """What scikit-learn's network beside ours is, in a sentence, and how its training ended."""
    kind = "MLPClassifier" if model.classes else "MLPRegressor"
    said = f"{kind}(hidden_layer_sizes={_hidden(model)}), all else its own defaults"
    return f"the {SKLEARN} model is {said}, on the same prepared inputs{ended}"


def _hidden(model: Model) -> tuple[int, ...]:
    return tuple(int(layer.units or 0) for layer in model.network.layers[:-1])


def _beside(
    model: Model, training: Table | Given, test: Table | Given,
    fits: Mapping[str, Callable[..., Callable[[Array], Any]]],
) -> dict[str, Scores]:  # fmt: skip
    """The scores on `test` of other models fitted to what the network reads of `training`."""
    training, test = (given(model.preparation, rows) for rows in (training, test))
    X, y = training.inputs(), training.targets[:, 0]
    X_test, truth = test.inputs(), test.targets[:, 0]
    score = _classes if model.classes else _amounts
    return {word: score(truth, fit(X, y, len(model.classes))(X_test)) for word, fit in fits.items()}


def _amounts(truth: Array, said: Array) -> Scores:
    wrong = said - truth
    spread = float(((truth - truth.mean()) ** 2).sum())
    share = float((wrong**2).sum()) / spread if spread else float(wrong.any())
    return {
        "R2": 1.0 - share if len(truth) > 1 else float("nan"),
        "MAE": float(np.abs(wrong).mean()), "RMSE": float(np.sqrt((wrong**2).mean())),
    }  # fmt: skip


def _classes(truth: Array, shares: Array) -> Scores:
    places = truth.astype(int)
    least = np.finfo(shares.dtype).eps
    stated = np.clip(shares[np.arange(len(places)), places], least, 1 - least)
    found = {
        "accuracy": float((shares.argmax(1) == truth).mean()),
        "log loss": float(-np.log(stated).mean()),
    }
    classes = shares.shape[1]
    if len(np.unique(truth)) == classes:
        asked = range(1, 2) if classes == 2 else range(classes)
        found["AUC"] = float(np.mean([_area(truth == k, shares[:, k]) for k in asked]))
    return found


def _area(is_it: Array, score: Array) -> float:
    """The area under the ROC curve by ranks (Mann and Whitney 1947); equal scores share a rank."""
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place.ravel()]
    ours = int(is_it.sum())
    below = float(ranks[is_it].sum()) - ours * (ours + 1) / 2
    return below / (ours * (len(is_it) - ours))


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
