"""The estimators beside scikit-learn's: the same weights, attributes, warnings and errors."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn import neural_network
from sklearn.base import clone
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_iris,
    make_multilabel_classification,
    make_regression,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from workings.estimators import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

Pair = tuple[Any, Any]
CLASSES: Pair = (neural_network.MLPClassifier, MLPClassifier)
AMOUNTS: Pair = (neural_network.MLPRegressor, MLPRegressor)


def scaled(load: Any) -> tuple[Any, Any]:
    X, y = load(return_X_y=True)
    y = (y - y.mean()) / y.std() if load is load_diabetes else y
    return (X - X.mean(0)) / X.std(0), y


COUNTS = np.random.default_rng(1).poisson(2.0, 100).astype(float)
PROBLEMS: dict[str, tuple[Pair, Any, Any]] = {
    "three classes": (CLASSES, *scaled(load_iris)),
    "two classes": (CLASSES, *scaled(load_breast_cancer)),
    "labels": (CLASSES, *make_multilabel_classification(80, 6, n_classes=3, random_state=0)),
    "amount": (AMOUNTS, *scaled(load_diabetes)),
    "amounts": (AMOUNTS, *make_regression(90, 5, n_targets=3, noise=1.0, random_state=0)),
}
SETTINGS: dict[str, dict[str, Any]] = {
    "adam": {},
    "sgd": {"solver": "sgd"},
    "lbfgs": {"solver": "lbfgs"},
    "plain momentum": {"solver": "sgd", "nesterovs_momentum": False},
    "no momentum, adaptive": {"solver": "sgd", "momentum": 0, "learning_rate": "adaptive",
                              "tol": 0.1, "max_iter": 60, "n_iter_no_change": 2},
    "inverse scaling": {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3,
                        "learning_rate_init": 0.1},
    "early stopping": {"early_stopping": True, "validation_fraction": 0.2},
    "it stops": {"tol": 0.05, "n_iter_no_change": 3, "max_iter": 100},
    "sigmoid, deep": {"activation": "logistic", "hidden_layer_sizes": (8, 5)},
    "tanh, small batches": {"activation": "tanh", "batch_size": 7, "alpha": 0.1},
    "not shuffled": {"shuffle": False, "batch_size": 20, "activation": "identity"},
    "other betas": {"beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-4},
}  # fmt: skip


def fitted(
    pair: Pair, X: Any, y: Any, settings: dict[str, Any], weights: Any = None
) -> tuple[Any, Any]:
    told = {"max_iter": 10, "hidden_layer_sizes": (12,), "random_state": 3, **settings}
    theirs, ours = (made(**told).fit(X, y, sample_weight=weights) for made in pair)
    return theirs, ours


def furthest(theirs: Any, ours: Any) -> float:
    """The largest difference of any weight, over the largest weight."""
    pairs = [*zip(theirs.coefs_ + theirs.intercepts_, ours.coefs_ + ours.intercepts_, strict=True)]
    assert all(a.shape == b.shape and a.dtype == b.dtype for a, b in pairs)
    largest = max(abs(a).max() for a, _ in pairs)
    return float(max(abs(a - b).max() for a, b in pairs) / largest)


@pytest.mark.parametrize("weighted", [False, True], ids=["", "weighted"])
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_weights_follow(problem: str, settings: str, weighted: bool) -> None:
    pair, X, y = PROBLEMS[problem]
    if problem == "amounts" and settings in ("it stops", "no momentum, adaptive", "lbfgs"):
        return  # scikit-learn looks at another loss than it descends: a test of its own, below
    weights = np.random.default_rng(0).uniform(0.5, 2.0, len(y)) if weighted else None
    told = SETTINGS[settings]
    if settings == "not shuffled" and problem == "amounts":
        told = {**told, "learning_rate_init": 1e-4}
    if told.get("solver") == "sgd" and problem == "amounts":
        told = {**told, "learning_rate_init": 1e-5}  # targets of 100: it would run away
    theirs, ours = fitted(pair, X, y, told, weights)
    # the same sums in another order, over ten to a hundred iterations
    assert furthest(theirs, ours) < 1e-8
    assert (theirs.n_iter_, theirs.t_) == (ours.n_iter_, ours.t_)
    assert (theirs.n_layers_, theirs.n_outputs_) == (ours.n_layers_, ours.n_outputs_)
    assert theirs.out_activation_ == ours.out_activation_
    assert theirs.predict(X) == pytest.approx(ours.predict(X), rel=1e-7)
    if problem != "amounts":
        for word in filter(theirs.__dict__.get, CURVES):
            assert flat(getattr(ours, word)) == near(flat(getattr(theirs, word)))


@pytest.mark.usefixtures("machine_code")
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("problem", ["three classes", "amount"])
def test_the_weights_follow_as_machine_code_too(problem: str, settings: str) -> None:
    pair, X, y = PROBLEMS[problem]
    theirs, ours = fitted(pair, X, y, SETTINGS[settings])
    assert ours.engine_ == "compiled"
    assert furthest(theirs, ours) < 1e-8
    assert (theirs.n_iter_, theirs.t_) == (ours.n_iter_, ours.t_)
    for word in filter(theirs.__dict__.get, CURVES):
        assert flat(getattr(ours, word)) == near(flat(getattr(theirs, word)))


CURVES = ("loss_", "loss_curve_", "best_loss_", "validation_scores_", "best_validation_score_")


def near(values: list[Any]) -> Any:
    return values if None in values else pytest.approx(values, rel=1e-8)


def flat(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [one for each in value for one in flat(each)]
    if isinstance(value, np.ndarray):
        return flat(value.ravel().tolist())
    return [sorted(value.items())] if isinstance(value, dict) else [value]


def test_the_loss_of_several_outputs_is_the_one_that_is_descended() -> None:
    """scikit-learn reports the mean over the outputs and descends their sum."""
    _, X, y = PROBLEMS["amounts"]
    theirs, ours = fitted(AMOUNTS, X, y, {"alpha": 0, "max_iter": 5})
    assert furthest(theirs, ours) < 1e-12
    assert ours.loss_curve_ == pytest.approx([3 * one for one in theirs.loss_curve_], rel=1e-12)


def test_lbfgs_of_several_outputs_gets_further_with_the_right_loss() -> None:
    _, X, y = PROBLEMS["amounts"]
    theirs, ours = fitted(AMOUNTS, X, y, {"solver": "lbfgs", "max_iter": 30, "alpha": 0})
    assert 3 * ((theirs.predict(X) - y) ** 2).mean() / 2 > ours.loss_
    assert 3 * ((ours.predict(X) - y) ** 2).mean() / 2 == pytest.approx(ours.loss_, rel=1e-12)


def test_counts() -> None:
    X = PROBLEMS["three classes"][1][:100]
    theirs, ours = fitted(AMOUNTS, X, COUNTS, {"loss": "poisson"})
    assert furthest(theirs, ours) < 1e-10
    assert ours.out_activation_ == "exp"
    assert ours.loss_curve_ == pytest.approx(theirs.loss_curve_, rel=1e-12)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_float32_stays_float32(problem: str) -> None:
    pair, X, y = PROBLEMS[problem]
    X = X.astype(np.float32)
    theirs, ours = fitted(pair, X, y, {"max_iter": 3})
    assert furthest(theirs, ours) < 1e-4  # three epochs in float32
    assert ours.predict(X).dtype == theirs.predict(X).dtype


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_sparse_rows_are_rows(problem: str, solver: str) -> None:
    pair, X, y = PROBLEMS[problem]
    X = np.where(abs(X) > 1, X, 0)
    theirs, ours = fitted(pair, sparse.csc_array(X), y, {"solver": solver})
    assert furthest(theirs, ours) < 1e-8 or (problem, solver) == ("amounts", "lbfgs")
    assert ours.predict(sparse.csr_array(X)) == pytest.approx(ours.predict(X), rel=1e-12)


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_partial_fit_goes_on(problem: str, solver: str) -> None:
    pair, X, y = PROBLEMS[problem]
    told = {"hidden_layer_sizes": 9, "solver": solver, "random_state": 1,
            "learning_rate": "invscaling", "learning_rate_init": 1e-4}  # fmt: skip
    theirs, ours = (made(**told) for made in pair)
    for first in (0, 30, 50):
        classes = np.unique(y) if np.ndim(y) == 1 else np.arange(3)
        more = {"classes": classes} if pair is CLASSES else {}
        for one in (theirs, ours):
            one.partial_fit(X[first : first + 30], y[first : first + 30], **more)
    assert furthest(theirs, ours) < 1e-8
    assert theirs.t_ == ours.t_ == 90
    assert len(ours.loss_curve_) == 3


@pytest.mark.parametrize("problem", PROBLEMS)
def test_warm_start_goes_on(problem: str) -> None:
    pair, X, y = PROBLEMS[problem]
    told = {"warm_start": True, "max_iter": 3, "random_state": 1, "batch_size": 20}
    theirs, ours = (made(**told).fit(X, y).fit(X, y) for made in pair)
    assert furthest(theirs, ours) < 1e-8
    assert (ours.n_iter_, ours.t_, len(ours.loss_curve_)) == (3, theirs.t_, 6)


def test_a_warm_start_keeps_the_best_weights_even_if_it_finds_no_better_ones() -> None:
    """scikit-learn then returns the last: its best weights are the very arrays it trains on."""
    X, y = load_iris(return_X_y=True)
    ours = MLPClassifier(warm_start=True, early_stopping=True, random_state=1, max_iter=60)
    best = ours.fit(X, y).coefs_
    ours.set_params(learning_rate_init=1e-9, max_iter=2).fit(X, y)
    assert ours.validation_scores_[-1] <= ours.best_validation_score_
    assert all(np.array_equal(a, b) for a, b in zip(best, ours.coefs_, strict=True))


# -- a script that uses all of it ------------------------------------------------------------------

SCRIPT = """
X, y = load_iris(return_X_y=True)
model = MLPClassifier(
    hidden_layer_sizes=(10, 6), activation="tanh", solver="sgd", alpha=0.001, batch_size=50,
    learning_rate="adaptive", learning_rate_init=0.05, power_t=0.4, max_iter=30, shuffle=True,
    random_state=0, tol=1e-3, verbose=False, warm_start=False, momentum=0.8,
    nesterovs_momentum=True, early_stopping=True, validation_fraction=0.2, beta_1=0.85,
    beta_2=0.99, epsilon=1e-7, n_iter_no_change=5, max_fun=1000,
)
model.fit(X, y)
see(model.classes_, model.loss_, model.best_loss_, model.loss_curve_, model.validation_scores_)
see(model.best_validation_score_, model.t_, model.coefs_, model.intercepts_, model.n_features_in_)
see(model.n_iter_, model.n_layers_, model.n_outputs_, model.out_activation_, model.loss)
see(model.predict(X), model.predict_proba(X), model.predict_log_proba(X), model.score(X, y))
see(sorted(set(theirs_parameters) - set(model.get_params())))
model = MLPClassifier(random_state=1)
model.partial_fit(X, y, classes=[0, 1, 2]).set_params(learning_rate_init=0.01)
model.partial_fit(X, y)
see(model.coefs_, model.loss_curve_)
search = GridSearchCV(
    make_pipeline(StandardScaler(), MLPClassifier(max_iter=5, random_state=0)),
    {"mlpclassifier__alpha": [1e-4, 1.0], "mlpclassifier__solver": ["adam", "lbfgs"]}, cv=2,
)
search.fit(X, y)
see(search.best_params_, search.cv_results_["mean_test_score"])
see(cross_val_score(clone(search.best_estimator_), X, y, cv=3))
copy = pickle.loads(pickle.dumps(search))
see(copy.predict(X))
amounts = MLPRegressor(
    loss="poisson", hidden_layer_sizes=[7], activation="logistic", solver="lbfgs", alpha=0.1,
    max_iter=20, random_state=4, max_fun=50, tol=1e-3,
)
amounts.fit(X, y, sample_weight=y + 1.0)
see(amounts.loss_, amounts.n_iter_, amounts.out_activation_, amounts.predict(X))
see(amounts.score(X, y, sample_weight=y + 1.0))
"""


def seen(pair_of_classes: Any) -> list[Any]:
    found: list[Any] = []
    names = {
        "MLPClassifier": pair_of_classes[0], "MLPRegressor": pair_of_classes[1],
        "see": lambda *values: found.extend(values), "load_iris": load_iris, "pickle": pickle,
        "GridSearchCV": GridSearchCV, "make_pipeline": make_pipeline, "clone": clone,
        "StandardScaler": StandardScaler, "cross_val_score": cross_val_score,
        "theirs_parameters": neural_network.MLPClassifier().get_params(),
    }  # fmt: skip
    exec(SCRIPT, names)  # noqa: S102 - a script as a user has it, with one import replaced
    return found


def test_a_script_with_every_parameter_and_attribute_runs_unchanged() -> None:
    theirs, ours = (seen(one) for one in zip(CLASSES, AMOUNTS, strict=True))
    assert len(theirs) == len(ours) > 20
    for a, b in zip(flat(theirs), flat(ours), strict=True):
        assert b == (pytest.approx(a, rel=1e-7) if isinstance(a, float) else a)


def test_every_parameter_of_theirs_is_ours_with_the_same_default() -> None:
    for theirs, ours in (CLASSES, AMOUNTS):
        assert theirs().get_params().items() <= ours().get_params().items()


# -- warnings and errors ---------------------------------------------------------------------------

WRONG: dict[str, list[Any]] = {
    "hidden_layer_sizes": [-1, (3, 0), "big"], "activation": ["ghost", 3], "solver": ["ghost", 1],
    "alpha": [-1, "x"], "batch_size": [0, "all"], "learning_rate": ["ghost"],
    "learning_rate_init": [0, -1], "power_t": [-1], "max_iter": [0, 1.5], "shuffle": ["yes"],
    "tol": [-1], "verbose": ["loud"], "warm_start": [3], "momentum": [-0.1, 1.1],
    "nesterovs_momentum": ["no"], "early_stopping": ["x"], "validation_fraction": [1.0, -0.1],
    "beta_1": [1.0], "beta_2": [-1], "epsilon": [0], "n_iter_no_change": [0], "max_fun": [0],
    "random_state": ["x"],
}  # fmt: skip


def test_every_parameter_has_something_wrong_with_it() -> None:
    assert set(WRONG) | {"loss"} == set(neural_network.MLPRegressor().get_params())


@pytest.mark.parametrize("pair", [CLASSES, AMOUNTS], ids=["classes", "amounts"])
@pytest.mark.parametrize("parameter", WRONG)
def test_what_they_refuse_is_refused_alike(pair: Pair, parameter: str) -> None:
    X, y = load_iris(return_X_y=True)
    for value in WRONG[parameter]:
        said = []
        for made in pair:
            with pytest.raises(ValueError) as error:
                made(**{parameter: value}).fit(X, y)
            said.append((type(error.value), str(error.value).split(" must be ")[0]))
        assert said[0] == said[1]


@pytest.mark.parametrize("pair", [CLASSES, AMOUNTS], ids=["classes", "amounts"])
def test_warnings_are_theirs(pair: Pair) -> None:
    X, y = load_iris(return_X_y=True)
    for told in ({"max_iter": 2}, {"solver": "lbfgs", "max_iter": 2}, {"batch_size": 1000}):
        kinds = []
        for made in pair:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                made(**{"max_iter": 2, "random_state": 0, **told}).fit(X, y)
            kinds.append([(one.category, str(one.message)[:40]) for one in caught])
        assert kinds[0] == kinds[1]
        assert any(kind is ConvergenceWarning for kind, _ in kinds[1])


def test_partial_fit_is_for_solvers_with_epochs() -> None:
    for _, made in (CLASSES, AMOUNTS):
        assert not hasattr(made(solver="lbfgs"), "partial_fit")
        told = {"classes": [0, 1]} if made is MLPClassifier else {}
        with pytest.raises(ValueError, match="partial_fit does not support early_stopping"):
            made(early_stopping=True).partial_fit([[0.0], [1.0]], [0, 1], **told)


@parametrize_with_checks([MLPClassifier(max_iter=20), MLPRegressor(max_iter=20)])
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_finds_nothing_wrong(estimator: Any, check: Any) -> None:
    check(estimator)
