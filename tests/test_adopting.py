"""Networks of scikit-learn as models: their predictions are the original's, or they are refused."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    RobustScaler,
    StandardScaler,
)

from adopted import NETWORKS, SINGLE, Adopted, adopted, fitted, mixed, mlp, scaled
from workings.adopting import from_sklearn
from workings.conventions import Convention
from workings.data import Table
from workings.errors import DataError, NotSupported, SettingError, WorkingsError
from workings.explaining.finding import explain
from workings.models import load

IRIS = load_iris(return_X_y=True)


def spelled(labels: Any) -> list[Any]:
    """Labels as text, as a table spells them."""
    return np.asarray(labels).astype(str).tolist()


def apart(found: Any, expected: Any) -> float:
    """The largest difference, as a share of the largest number of its column."""
    found, expected = (np.asarray(x, float).reshape(len(x), -1) for x in (found, expected))
    assert found.shape == expected.shape
    return float((np.abs(found - expected).max(0) / np.abs(expected).max(0)).max())


def agrees(one: Adopted, *, within: float = 1e-12) -> None:
    """The model's probabilities or amounts are the estimator's."""
    classes = one.model.classes or one.model.preparation.target.labelled
    ours = one.model.probabilities(one.rows) if classes else one.model.predict(one.rows)
    assert apart(ours, one.answers) <= within
    if classes:
        assert one.model.predict(one.rows).tolist() == spelled(one.labels)


# -- the same predictions --------------------------------------------------------------------------


@pytest.mark.parametrize("word", NETWORKS)
def test_predictions_are_those_of_scikit_learn(word: str) -> None:
    agrees(NETWORKS[word]())


def test_single_precision_is_kept_and_agrees_to_its_own_precision() -> None:
    one = SINGLE()
    assert {x.dtype for x in one.model.values.values()} == {np.dtype(np.float32)}
    assert np.array_equal(one.model.values["wout"], one.fitted.coefs_[-1])
    agrees(one, within=1e-5)
    double = Adopted(one.fitted, one.rows.astype(float), one.model)
    agrees(double)  # there, scikit-learn computes in double precision too


@pytest.mark.parametrize("word", NETWORKS)
def test_the_proof_goes_along_and_is_said(word: str, tmp_path: Path) -> None:
    model = NETWORKS[word]().model
    agreement = model.record["agreement"]
    assert agreement["rows"] == 200
    assert agreement["largest"] <= agreement["tolerance"] == 1e-12
    said = f"agrees with it to {agreement['largest']} on 200 drawn rows"
    assert said in repr(model)
    assert said in model._repr_html_()
    model.save(tmp_path / "m")
    assert load(tmp_path / "m").record == model.record


@pytest.mark.parametrize("word", NETWORKS)
def test_it_comes_back_from_its_file_bit_for_bit(word: str, tmp_path: Path) -> None:
    one = NETWORKS[word]()
    one.model.save(tmp_path / "m")
    again = load(tmp_path / "m")
    assert again.predict(one.rows).tolist() == one.model.predict(one.rows).tolist()
    assert again.preparation == one.model.preparation
    assert again.program.to_json() == one.model.program.to_json()


def test_weights_are_the_estimators_own() -> None:
    one = NETWORKS["iris logistic"]()
    for word, x in (("wh", one.fitted.coefs_[0]), ("wout", one.fitted.coefs_[1])):
        assert np.array_equal(one.model.values[word], x)
    first = one.model.values["wh"][0, 0]
    one.fitted.coefs_[0][0, 0] += 1.0
    try:
        assert one.model.values["wh"][0, 0] == first  # a copy
    finally:
        one.fitted.coefs_[0][0, 0] = first


@pytest.mark.parametrize(
    "scaler",
    [
        MinMaxScaler((-2, 5)), MaxAbsScaler(), RobustScaler(), RobustScaler(with_centering=False),
        StandardScaler(with_mean=False), StandardScaler(with_std=False), "passthrough",
        VarianceThreshold(0.5), make_pipeline(StandardScaler(), MinMaxScaler()),
        make_pipeline(MinMaxScaler(), SimpleImputer(strategy="mean")),
        make_pipeline(SimpleImputer(strategy="constant", fill_value=7.0), StandardScaler()),
        FunctionTransformer(),
    ],
    ids=str,
)  # fmt: skip
def test_every_scaler_becomes_steps(scaler: Any) -> None:
    X, y = IRIS
    one = adopted(Pipeline([("scale", scaler), ("mlp", mlp(MLPClassifier, 4))]), X, y)
    agrees(one)
    if "Imputer" in str(scaler):
        holes = X[:40].copy()
        holes[::3, 1] = np.nan
        agrees(Adopted(one.fitted, holes, one.model))


@pytest.mark.parametrize("words", [["no", "yes"], [3, 7], [-1.0, 2.0], [False, True]], ids=str)
def test_classes_of_every_kind_are_spelled_as_a_table_spells_them(words: Any) -> None:
    X, y = IRIS
    one = adopted(mlp(MLPClassifier, 3), scaled(X), np.array(words)[(y > 0).astype(int)])
    assert list(one.model.classes) == [str(word) for word in words]
    agrees(one)


def test_what_is_in_a_search_or_names_its_columns_is_found() -> None:
    pandas = pytest.importorskip("pandas")
    X, y = load_iris(return_X_y=True, as_frame=True)
    each = ColumnTransformer([("n", StandardScaler(), ["petal width (cm)", "sepal width (cm)"])])
    search = GridSearchCV(
        Pipeline([("each", each), ("mlp", mlp(MLPClassifier, 3))]), {"mlp__alpha": [0, 1]}, cv=2
    )
    model = from_sklearn(fitted(search, X, y))
    assert model.preparation.columns == ["sepal width (cm)", "petal width (cm)"]
    assert dict(model.preparation.left_out)["petal length (cm)"] == "not read"
    assert apart(model.probabilities(X), search.predict_proba(X)) <= 1e-12
    turned = pandas.DataFrame(X)[list(X.columns)[::-1]]
    assert model.predict(turned).tolist() == model.predict(X).tolist()


def test_a_data_frame_is_read_as_the_pipeline_reads_it() -> None:
    pandas = pytest.importorskip("pandas")
    random = np.random.default_rng(0)
    frame = pandas.DataFrame({
        "size": random.normal(size=60), "group": random.choice([3, 5, 11], 60),
        "colour": random.choice(["r", "g", None], 60), "ill": random.choice([True, False], 60),
    })  # fmt: skip
    each = ColumnTransformer([
        ("words", OneHotEncoder(), ["colour", "group", "ill"]), ("n", StandardScaler(), ["size"]),
    ])  # fmt: skip
    whole = make_pipeline(each, mlp(MLPClassifier, 3))
    model = from_sklearn(fitted(whole, frame, random.choice(["a", "b"], 60)))
    assert apart(model.probabilities(frame), whole.predict_proba(frame)) <= 1e-12
    levels = {c.name: c.levels for c in model.preparation.categories}
    assert levels == {
        "colour": ("g", "r", None), "group": ("3", "5", "11"), "ill": ("false", "true")
    }  # fmt: skip


def test_words_and_numbers_are_read_as_the_pipeline_reads_them() -> None:
    one = NETWORKS["mixed"]()
    prepared = one.model.preparation
    assert prepared.columns == ["size", "height", "colour", "group"]
    assert [c.levels for c in prepared.categories] == [("b", "g", "r", None), ("3", "5")]
    with pytest.raises(DataError, match="group is '4', which no training row held"):
        one.model.predict(
            Table.from_arrays([[1.0, "r", 2.0, 4]], names=one.model.record["columns"])
        )


class OfOurs:
    """What an estimator of our own has: the fitted attributes, and nothing else."""

    activation, out_activation_, classes_ = "softplus", "softmax", np.array(["a", "b", "c"])

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.coefs_ = [random.normal(size=(4, 3)), random.normal(size=(3, 3))]
        self.intercepts_ = [random.normal(size=3), random.normal(size=3)]

    def predict_proba(self, X: Any) -> Any:
        hidden = np.log1p(np.exp(X @ self.coefs_[0] + self.intercepts_[0]))
        powers = np.exp(hidden @ self.coefs_[1] + self.intercepts_[1])
        return powers / powers.sum(1, keepdims=True)


def test_whatever_has_the_fitted_attributes_is_adopted() -> None:
    model = from_sklearn(OfOurs())
    assert apart(model.probabilities(IRIS[0]), OfOurs().predict_proba(IRIS[0])) <= 1e-12
    assert model.network.layers[0].op.name == "softplus"


def test_each_hidden_layer_may_have_its_own_activation() -> None:
    class Each(OfOurs):
        activation = ["softplus"]  # noqa: RUF012

    model = from_sklearn(Each())
    assert apart(model.probabilities(IRIS[0]), OfOurs().predict_proba(IRIS[0])) <= 1e-12


def test_an_estimator_that_has_its_model_already_is_taken_at_its_word() -> None:
    class Has(OfOurs):
        model_ = NETWORKS["wine"]().model

    assert from_sklearn(Has()) is Has.model_


def test_a_network_that_reads_other_columns_than_it_is_given_is_refused() -> None:
    class Few(OfOurs):
        n_features_in_ = 3

    with pytest.raises(NotSupported, match="its network has 4 inputs and reads 3 columns"):
        from_sklearn(Few())


def test_names_of_ones_own_replace_those_of_the_data_frame() -> None:
    pandas = pytest.importorskip("pandas")
    X, y = load_iris(return_X_y=True, as_frame=True)
    each = ColumnTransformer([("n", StandardScaler(), list(X.columns))])
    whole = fitted(make_pipeline(each, mlp(MLPClassifier, 3)), pandas.DataFrame(X), y)
    model = from_sklearn(whole, columns=["a", "b", "c", "d"])
    assert model.preparation.columns == ["a", "b", "c", "d"]
    assert apart(model.probabilities(X.to_numpy()), whole.predict_proba(X)) <= 1e-12


# -- at work ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", NETWORKS)
def test_it_shows_its_workings(word: str) -> None:
    one = NETWORKS[word]()
    names = one.model.record["columns"]
    table = Table.from_arrays(one.rows, names=names)
    trace = one.model.trace(table, rows=[8])
    assert np.array_equal(trace["answer"], one.model.answers(table)[8:9])
    targets = [column.name for column in one.model.preparation.target.columns]
    labels = np.asarray(one.model.predict(table))[::-1].reshape(len(table), -1)  # not its own
    known = Table.from_arrays(
        np.hstack([np.asarray(one.rows, object), labels]), names=[*names, *targets]
    )
    whole = one.model.trace(known, rows=range(8, 12))
    assert np.isfinite(whole["loss"])
    found = explain(whole, "wout[1,1]" if "wout" in whole.values else "w[1,1]")
    assert found.nudge is not None
    small = abs(found.nudge.slope) < 1e-6  # where rounding is all that a nudge sees
    assert small or found.nudge.digits is None or found.nudge.digits >= 3


def test_labels_and_amounts_are_named_everywhere() -> None:
    labels, amounts = NETWORKS["multilabel"]().model, NETWORKS["amounts"]().model
    assert labels.preparation.labels["outputs"] == ["not setosa = 1", "long = 1", "wide = 1"]
    assert amounts.preparation.labels["outputs"] == ["progression", "more"]
    assert labels.predict(IRIS[0][:5]).shape == labels.probabilities(IRIS[0][:5]).shape == (5, 3)
    assert "progression, more" in repr(amounts)
    with pytest.raises(WorkingsError, match="probabilities of progression, more: it is an amount"):
        amounts.shares_of(np.zeros((1, 2)))


def test_a_plain_model_reads_its_columns_as_they_are_and_refuses_holes() -> None:
    model = NETWORKS["iris logistic"]().model
    trace = model.trace(IRIS[0][:3])
    assert np.array_equal(trace["X"], IRIS[0][:3])
    assert trace.program.names[0] == "X"
    holes = IRIS[0][:3].copy()
    holes[1, 2] = np.nan
    with pytest.raises(DataError, match="row 2 of array: x3 is missing") as caught:
        model.predict(holes)
    assert (caught.value.row, caught.value.column) == (2, "x3")


# -- what is refused -------------------------------------------------------------------------------


class Doubled(BaseEstimator, TransformerMixin):
    """A step of somebody's own."""

    def fit(self, X: Any, y: Any = None) -> Doubled:
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: Any) -> Any:
        return 2 * X


class Proud(MLPClassifier):
    """Another prediction than its layers give."""

    def predict_proba(self, X: Any) -> Any:
        return 0.9 * super().predict_proba(X) + 0.1


REFUSED = {
    "reduce": (PCA(2), "its step 'reduce' is a PCA.*hand over the network alone"),
    "own": (Doubled(), "its step 'own' is a Doubled"),
    "clip": (MinMaxScaler(clip=True), "MinMaxScaler, which clips"),
    "code": (FunctionTransformer(np.log1p), "FunctionTransformer, which is code"),
    "more": (SimpleImputer(add_indicator=True), "which adds columns"),
    "zero": (SimpleImputer(missing_values=0), "which fills cells of 0"),
    "deep": (make_pipeline(PCA(2)), "its step 'deep: pca' is a PCA"),
    "twice": (
        ColumnTransformer([("a", StandardScaler(), [0]), ("b", MinMaxScaler(), [0])]),
        "reads column 1 in two ways",
    ),
    "rare": (OneHotEncoder(min_frequency=40), "which puts rare words together"),
}


@pytest.mark.parametrize("word", REFUSED)
def test_a_step_that_cannot_be_adopted_is_named(word: str) -> None:
    X, y = IRIS
    step, said = REFUSED[word]
    pipeline = Pipeline([(word, step), ("mlp", mlp(MLPClassifier, 3))])
    with pytest.raises(NotSupported, match=f"cannot adopt Pipeline of sklearn.*{said}") as caught:
        from_sklearn(fitted(pipeline, np.abs(X).round(), y))
    assert "\n" not in str(caught.value)


def test_what_is_no_fitted_network_is_refused() -> None:
    X, y = IRIS
    for thing in (MLPClassifier(), make_pipeline(StandardScaler(), MLPRegressor()),
                  TransformedTargetRegressor(MLPRegressor())):  # fmt: skip
        with pytest.raises(SettingError, match=r"it is not fitted. Call its fit"):
            from_sklearn(thing)
    for thing in (fitted(LogisticRegression(), X, y), "model", None):
        with pytest.raises(NotSupported, match="it is no multi-layer perceptron"):
            from_sklearn(thing)


def test_names_that_do_not_fit_are_refused() -> None:
    network = fitted(mlp(MLPClassifier, 3), *IRIS)
    with pytest.raises(SettingError, match="cannot name 4 columns a, b: 4 different names"):
        from_sklearn(network, columns=["a", "b"])
    with pytest.raises(SettingError, match="4 different names"):
        from_sklearn(network, columns=["a", "b", "c", "a"])
    with pytest.raises(SettingError, match="a column that is read is called so"):
        from_sklearn(network, target="x1")
    with pytest.raises(SettingError, match="cannot name 1 columns a, b"):
        from_sklearn(network, target=["a", "b"])


def test_a_disagreement_is_an_error_that_says_where() -> None:
    with pytest.raises(NotSupported, match="each of its layers agrees") as caught:
        from_sklearn(fitted(Proud((3,), max_iter=5), *IRIS))
    assert caught.value.difference > 0.01
    other = OfOurs()
    other.activation = "tanh"  # which is not what its predict_proba does
    with pytest.raises(NotSupported, match="it does not tell where"):
        from_sklearn(other)


def test_the_first_layer_that_differs_is_named() -> None:
    class Bent(MLPClassifier):
        def predict_proba(self, X: Any) -> Any:
            return self._forward_pass_fast(X)

        def _forward_pass_fast(self, X: Any, check_input: bool = True) -> Any:
            return self._forward_pass([X, None, None, None])[-1]

        def _forward_pass(self, activations: Any) -> Any:
            for place in range(3):
                sums = activations[place] @ self.coefs_[place] + self.intercepts_[place]
                activations[place + 1] = np.tanh(sums) if place == 1 else np.maximum(sums, 0)
            return activations

    network = fitted(mlp(MLPClassifier, 3, 3), *IRIS)
    network.__class__ = Bent
    with pytest.raises(NotSupported, match="hidden layer 2 is the first that differs"):
        from_sklearn(network)


def test_nothing_warns_about_names() -> None:
    pandas = pytest.importorskip("pandas")
    X, y = load_iris(return_X_y=True, as_frame=True)
    network = fitted(mlp(MLPClassifier, 3), pandas.DataFrame(X), y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert from_sklearn(network).preparation.columns == list(X.columns)


def test_the_mixed_table_has_holes_where_the_tests_need_them() -> None:
    rows, _ = mixed()
    assert sum(cell != cell for row in rows for cell in row) == 7


@pytest.mark.parametrize("word", ["amounts", "multilabel", "mixed"])
def test_every_convention_predicts_the_same(word: str) -> None:
    one = NETWORKS[word]()
    for samples, bias in (("columns", "own"), ("rows", "folded"), ("columns", "folded")):
        other = one.model.under(Convention(samples=samples, bias=bias))
        table = other.as_table(one.rows)
        assert apart(other.answers(table), one.model.answers(table)) <= 1e-12


# -- the loss it was trained with ------------------------------------------------------------------


def their_loss(network: Any, X: Any, y: Any) -> float:
    """The loss as `BaseMultilayerPerceptron` adds it up for `loss_`, on a row or on many."""
    weights = sum(float((w * w).sum()) for w in network.coefs_)
    if hasattr(network, "classes_"):
        shares = network.predict_proba(X)
        places = np.searchsorted(network.classes_, y)
        data = -np.log(shares[np.arange(len(X)), places]).mean()
    else:
        data = ((np.asarray(y) - network.predict(X)) ** 2).mean() / 2
    return float(data + float(network.alpha) / 2 * weights / len(X))


@pytest.mark.parametrize("alpha", [0.0, 0.5, np.float32(2.0)])
@pytest.mark.parametrize("kind", ["classes", "two classes", "amounts"])
def test_the_penalty_comes_along(kind: str, alpha: Any, tmp_path: Path) -> None:
    X, y = IRIS
    y = {"classes": y, "two classes": y > 0, "amounts": X[:, 0] * X[:, 1]}[kind]
    estimator = MLPRegressor if kind == "amounts" else MLPClassifier
    network = fitted(mlp(estimator, 4, alpha=alpha), X, y)
    model = from_sklearn(network, target="y")
    model.save(tmp_path / "m")
    rows = [0, 60, 70, 149]
    cells = np.hstack([np.asarray(X, object), np.asarray(y, object).reshape(-1, 1)])
    table = Table.from_arrays(cells[rows], names=[*model.preparation.columns, "y"])
    for one in (model, load(tmp_path / "m")):
        found = float(one.trace(table)["loss"])
        assert found == pytest.approx(their_loss(network, X[rows], np.asarray(y)[rows]), rel=1e-9)
        assert one.network.shared_penalty is bool(alpha > 0)


def test_the_loss_of_a_whole_training_is_what_it_reports() -> None:
    X, y = IRIS
    network = mlp(MLPClassifier, 4, solver="sgd", batch_size=150, alpha=1.0, max_iter=1,
                  learning_rate_init=1e-12)  # fmt: skip
    network = fitted(network, X, y)  # one step of no length: the loss it reports is this network's
    model = from_sklearn(network, target="y")
    table = Table.from_arrays(np.column_stack([X, y]), names=[*model.preparation.columns, "y"])
    assert float(model.trace(table)["loss"]) == pytest.approx(network.loss_, rel=1e-9)


def test_a_penalty_on_other_weights_does_not_come_along() -> None:
    words = np.array([["r"], ["g"], ["b"]] * 20, object)
    scaled_words = make_pipeline(OneHotEncoder(sparse_output=False), StandardScaler())
    whole = fitted(make_pipeline(scaled_words, mlp(MLPClassifier, 3)), words, [0, 1, 1] * 20)
    assert from_sklearn(whole).network.l2 == 0.0
    plain = fitted(make_pipeline(OneHotEncoder(drop="first"), mlp(MLPClassifier, 3)), words,
                   [0, 1, 1] * 20)  # fmt: skip
    assert from_sklearn(plain).network.l2 == 1e-4


def test_the_penalty_comes_along_in_single_precision_and_another_order_of_columns() -> None:
    X, y = IRIS
    turned = ColumnTransformer([("n", "passthrough", [3, 1, 0, 2])])
    for seed in range(5):  # the squares of a few weights add up to the same in any order
        whole = make_pipeline(turned, mlp(MLPClassifier, 40, solver="adam", random_state=seed))
        model = from_sklearn(fitted(whole, X.astype(np.float32), y))
        assert model.values["wh"].dtype == np.float32
        assert model.network.l2 == 1e-4


# -- far out ---------------------------------------------------------------------------------------


def test_what_differs_only_far_out_is_noticed() -> None:
    class Cut(OfOurs):
        activation = "relu"

        def predict_proba(self, X: Any) -> Any:
            hidden = np.clip(X @ self.coefs_[0] + self.intercepts_[0], 0, 40)
            sums = hidden @ self.coefs_[1] + self.intercepts_[1]
            powers = np.exp(sums - sums.max(1, keepdims=True))
            return powers / powers.sum(1, keepdims=True)

    with pytest.raises(NotSupported, match="on drawn rows its answers and ours differ"):
        from_sklearn(Cut())
