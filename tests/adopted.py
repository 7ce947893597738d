"""Ten networks that scikit-learn has fitted, and what the tests of adopting share.

NETWORKS["wine"]()     the fitted estimator, rows it can predict, and the model adopted from it
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from workings.adopting import from_sklearn
from workings.models import Model

HOLES = 7  # rows of the mixed table that lack something


@dataclass(frozen=True)
class Adopted:
    """An estimator, rows that it can predict, and the model."""

    fitted: Any
    rows: Any
    model: Model

    @property
    def answers(self) -> Any:
        """What the estimator answers: the probability of each class or label, or amounts."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if hasattr(self.fitted, "classes_"):
                return self.fitted.predict_proba(self.rows)
            return self.fitted.predict(self.rows)

    @property
    def labels(self) -> Any:
        """What the estimator predicts."""
        return self.fitted.predict(self.rows)


def fitted(estimator: Any, X: Any, y: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged
        return estimator.fit(X, y)


def mlp(kind: Any, *hidden: int, **options: Any) -> Any:
    options = {"solver": "lbfgs", "max_iter": 25, "random_state": 0, **options}
    return kind(hidden_layer_sizes=hidden, **options)


def scaled(X: Any) -> Any:
    return (X - X.mean(0)) / X.std(0)


def mixed() -> tuple[Any, Any]:
    """A table with numbers, words and holes, as scikit-learn reads one."""
    random = np.random.default_rng(0)
    rows = np.empty((80, 4), object)
    rows[:, 0], rows[:, 2] = random.normal(5, 2, 80), random.normal(-1, 0.1, 80)
    rows[:, 1], rows[:, 3] = random.choice(["r", "g", "b"], 80), random.choice([3, 5], 80)
    for row in range(HOLES):
        rows[row, row % 3] = np.nan
    return rows, np.where(random.normal(size=80) > 0, "up", "down")


def adopted(estimator: Any, X: Any, y: Any, **names: Any) -> Adopted:
    done = fitted(estimator, X, y)
    return Adopted(done, X[:: len(X) // 40][:40], from_sklearn(done, **names))


def _iris(kind: str, **options: Any) -> Adopted:
    X, y = load_iris(return_X_y=True)
    return adopted(mlp(MLPClassifier, 5, activation=kind, **options), X, y)


def _wine() -> Adopted:
    X, y = load_wine(return_X_y=True)
    names = np.array(["Barolo", "Grignolino, rosé", 'the "third"'])[y]
    network = mlp(MLPClassifier, 8, 4, activation="relu")
    return adopted(make_pipeline(StandardScaler(), network), X, names, target="cultivar")


def _binary() -> Adopted:
    X, y = load_wine(return_X_y=True)
    return adopted(mlp(MLPClassifier, 6, 4, 3, activation="tanh"), scaled(X), y == 1)


def _multilabel() -> Adopted:
    X, y = load_iris(return_X_y=True)
    labels = np.column_stack([y > 0, X[:, 0] > 5.8, X[:, 1] > 3]).astype(int)
    names = ["not setosa", "long", "wide"]
    return adopted(mlp(MLPClassifier, 5, activation="logistic"), X, labels, target=names)


def _mixed() -> Adopted:
    rows, y = mixed()
    words = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    each = ColumnTransformer(
        [("words", words, [1]), ("group", OneHotEncoder(drop="first"), [3]),
         ("numbers", numbers, [0, 2])]
    )  # fmt: skip
    names = ["size", "colour", "height", "group"]
    return adopted(make_pipeline(each, mlp(MLPClassifier, 4)), rows, y, columns=names)


def _amount(**options: Any) -> Adopted:
    X, y = load_diabetes(return_X_y=True)
    return adopted(mlp(MLPRegressor, **options), X, y / 100)


def _amounts() -> Adopted:
    X, y = load_diabetes(return_X_y=True)
    both = np.column_stack([y, 3 * X[:, 0] - 1])
    inside = make_pipeline(MinMaxScaler((-1, 1)), mlp(MLPRegressor, 6, activation="tanh"))
    whole = TransformedTargetRegressor(inside, transformer=StandardScaler())
    return adopted(whole, X, both, target=["progression", "more"])


def _poisson() -> Adopted:
    X, y = load_diabetes(return_X_y=True)
    return adopted(mlp(MLPRegressor, 7, activation="relu", loss="poisson"), X, np.round(y / 30))


def _single() -> Adopted:
    X, y = load_iris(return_X_y=True)
    return adopted(mlp(MLPClassifier, 5, 5, solver="adam"), X.astype(np.float32), y)


NETWORKS: dict[str, Callable[[], Adopted]] = {
    "iris logistic": cache(lambda: _iris("logistic")),
    "iris identity": cache(lambda: _iris("identity")),
    "wine": cache(_wine),
    "binary of booleans": cache(_binary),
    "multilabel": cache(_multilabel),
    "mixed": cache(_mixed),
    "amount": cache(lambda: _amount(activation="relu")),
    "linear": cache(lambda: adopted(
        mlp(MLPRegressor, activation="identity"), *load_diabetes(return_X_y=True))),
    "amounts": cache(_amounts),
    "poisson": cache(_poisson),
}  # fmt: skip
SINGLE = cache(_single)
