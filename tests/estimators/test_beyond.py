"""What the estimators have that scikit-learn's do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris, make_multilabel_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from workings import activations, losses, optimizers
from workings.activations import Activation
from workings.conventions import Convention
from workings.engines import engine
from workings.errors import NotFinite, WorkingsError
from workings.estimators import MLPClassifier, MLPRegressor
from workings.explaining import importance
from workings.language.defined import SQUARE
from workings.losses import Loss
from workings.network import Dense, Network
from workings.optimizers import Momentum
from workings.schedules import schedule
from workings.training import replay, train
from workings.training.runs import Measures, Rows, Settings

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, CLASSES = load_iris(return_X_y=True)
X = (X - X.mean(0)) / X.std(0)
ROWS, AMOUNTS = load_diabetes(return_X_y=True)
ROWS, AMOUNTS = ROWS / ROWS.std(0), (AMOUNTS - AMOUNTS.mean()) / AMOUNTS.std()


def classifier(**told: Any) -> MLPClassifier:
    return MLPClassifier(**{"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0, **told})


def regressor(**told: Any) -> MLPRegressor:
    return MLPRegressor(**{"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0, **told})


# -- activations, losses, optimizers, schedules ----------------------------------------------------


@pytest.mark.parametrize("word", sorted(set(activations.activations()) - {"softmax", "step"}))
def test_any_activation(word: str) -> None:
    model = classifier(activation=word, solver="lbfgs", max_iter=60).fit(X, CLASSES)
    known = Network([Dense(8, word), Dense(3, "softmax")], "categorical_cross_entropy")
    weights = zip(("wh", "wout"), ("bh", "bout"), model.coefs_, model.intercepts_, strict=True)
    values = {k: v for w, b, x, y in weights for k, v in ((w, x), (b, y.reshape(1, -1)))}
    out = engine().run(known.program().only("output"), {**values, "X": X})["output"]
    assert model.predict_proba(X) == pytest.approx(out, rel=1e-12)
    assert model.score(X, CLASSES) > 0.8


def test_an_activation_that_passes_nothing_back_cannot_be_trained() -> None:
    with pytest.raises(WorkingsError, match="the activation 'step' pass nothing back"):
        classifier(activation="step").fit(X, CLASSES)


def test_one_activation_for_each_layer_and_one_of_your_own() -> None:
    bent = Activation("bent", lambda x: x + 0.1 * x * x)
    model = classifier(hidden_layer_sizes=(5, 4), activation=[bent, "tanh"]).fit(X, CLASSES)
    first = X @ model.coefs_[0] + model.intercepts_[0]
    first = first + 0.1 * first * first
    second = np.tanh(first @ model.coefs_[1] + model.intercepts_[1])
    made = model.hidden_activations(X)
    assert made[0] == pytest.approx(first, rel=1e-12)
    assert made[1] == pytest.approx(second, rel=1e-12)
    assert np.array_equal(model.transform(X), made[1])
    with pytest.raises(ValueError, match="activation has 1 entries for 2 hidden layers"):
        classifier(hidden_layer_sizes=(5, 4), activation=["tanh"]).fit(X, CLASSES)


def test_what_a_hidden_layer_makes_feeds_another_model() -> None:
    pipe = make_pipeline(StandardScaler(), classifier(max_iter=100), LogisticRegression())
    assert pipe.fit(X, CLASSES).score(X, CLASSES) > 0.9
    pipe.set_output(transform="default")
    assert list(pipe[:-1].get_feature_names_out())[:2] == ["mlpclassifier0", "mlpclassifier1"]


@pytest.mark.parametrize("word", sorted(optimizers.optimizers()))
def test_every_optimizer(word: str) -> None:
    curve = classifier(solver=word, max_iter=20, learning_rate_init=0.01).fit(X, CLASSES)
    assert curve.loss_curve_[-1] < curve.loss_curve_[0]


def test_an_optimizer_with_settings_of_its_own() -> None:
    mine = classifier(solver=Momentum(0.7)).fit(X, CLASSES)
    theirs = classifier(solver="sgd", momentum=0.7, nesterovs_momentum=False).fit(X, CLASSES)
    assert mine.coefs_[0] == pytest.approx(theirs.coefs_[0], rel=1e-12)


@pytest.mark.parametrize("word", ["absolute_error", "huber", "quantile", "squared_error"])
def test_any_loss_for_amounts(word: str) -> None:
    model = regressor(loss=word, solver="lbfgs", max_iter=50, alpha=0).fit(ROWS, AMOUNTS)
    error = model.predict(ROWS) - AMOUNTS
    by_hand = {
        "absolute_error": abs(error), "quantile": abs(error) / 2, "squared_error": error**2 / 2,
        "huber": np.where(abs(error) > 1, abs(error) - 0.5, error**2 / 2),
    }[word]  # fmt: skip
    assert model.loss_ == pytest.approx(by_hand.mean(), rel=1e-10)


def test_a_loss_with_settings_and_one_of_your_own() -> None:
    told = {"solver": "lbfgs", "max_iter": 300, "hidden_layer_sizes": 4}
    high = regressor(loss=losses.quantile(0.9), **told).fit(ROWS, AMOUNTS)
    assert (high.predict(ROWS) >= AMOUNTS).mean() == pytest.approx(0.9, abs=0.03)
    mine = Loss("fourth", lambda output, y: SQUARE(SQUARE(output - y)))
    model = regressor(loss=mine, alpha=0, **told).fit(ROWS, AMOUNTS)
    assert model.loss_ == pytest.approx(((model.predict(ROWS) - AMOUNTS) ** 4).mean(), rel=1e-10)


def test_a_loss_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="loss"):
        regressor(loss="binary_cross_entropy").fit(ROWS, AMOUNTS)
    with pytest.raises(ValueError, match="cannot use the loss poisson here"):
        classifier(loss=losses.POISSON).fit(X, CLASSES)
    with pytest.raises(ValueError, match="y goes down to -1"):
        regressor(loss="poisson").fit(ROWS, AMOUNTS)


@pytest.mark.parametrize("word", ["step", "cosine", "plateau"])
def test_our_schedules(word: str) -> None:
    """The same weights as with the rate of each epoch set by hand."""
    told = {"max_iter": 30, "learning_rate_init": 0.05, "n_iter_no_change": 100}
    model = classifier(learning_rate=word, **told).fit(X, CLASSES)
    rule, by_hand = schedule(word).rule, classifier(learning_rate_init=0.05)
    random = np.random.RandomState(0)
    by_hand.set_params(random_state=random)
    for epoch in range(30):
        by_hand.partial_fit(X, CLASSES, classes=[0, 1, 2])
        by_hand._state.rate = rule(0.05, epoch + 1, 30, by_hand.loss_curve_)
    assert model.coefs_[0] == pytest.approx(by_hand.coefs_[0], rel=1e-9)


@pytest.mark.parametrize("word", ["step", "cosine"])
def test_a_schedule_goes_on_from_one_partial_fit_to_the_next(word: str) -> None:
    told = {"learning_rate": word, "max_iter": 6, "n_iter_no_change": 100}
    whole = classifier(**told, random_state=np.random.RandomState(0)).fit(X, CLASSES)
    parts = classifier(**told, random_state=np.random.RandomState(0))
    for _ in range(6):
        parts.partial_fit(X, CLASSES, classes=[0, 1, 2])
    assert whole.coefs_[0] == pytest.approx(parts.coefs_[0], rel=1e-12)


# -- nothing is taken and ignored ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("momentum", {"momentum": 0.1}), ("nesterov", {"momentum": 0.1}),
        ("adamw", {"beta_1": 0.1}), ("adamw", {"beta_2": 0.1}), ("adamw", {"epsilon": 0.1}),
        ("adagrad", {"epsilon": 0.1}), ("rmsprop", {"epsilon": 0.1}),
    ],
)  # fmt: skip
def test_settings_of_an_optimizer_reach_it(word: str, told: dict[str, Any]) -> None:
    usual, other = classifier(solver=word), classifier(solver=word, **told)
    assert not np.allclose(usual.fit(X, CLASSES).coefs_[0], other.fit(X, CLASSES).coefs_[0])


@pytest.mark.parametrize("told", [{"dropout": 0.5}, {"dropout": [0.2]}, {"clip_norm": 1.0}])
def test_what_lbfgs_cannot_honour_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is for solvers with epochs and batches"):
        classifier(solver="lbfgs", **told).fit(X, CLASSES)
    with pytest.raises(ValueError, match="validation_data is for solvers with epochs"):
        classifier(solver="lbfgs").fit(X, CLASSES, validation_data=(X, CLASSES))


def test_held_out_rows_count_as_much_as_was_said() -> None:
    counts = np.where(CLASSES[1::2] == 0, 100.0, 0.01)
    held_out = (X[1::2], CLASSES[1::2], counts)
    for scoring in (None, "accuracy"):
        told = {"early_stopping": True, "max_iter": 3, "scoring": scoring}
        model = classifier(**told, class_weight={0: 1, 1: 5, 2: 1})
        model.fit(X[::2], CLASSES[::2], validation_data=held_out)
        right = model.predict(X[1::2]) == CLASSES[1::2]
        # at the weights that were kept: the best score there was
        assert model.best_validation_score_ == pytest.approx(np.average(right, weights=counts))
    loss = classifier(max_iter=3).fit(X[::2], CLASSES[::2], validation_data=held_out)
    shares = loss.predict_proba(X[1::2])[np.arange(75), CLASSES[1::2]]
    penalty = loss.alpha / 2 * sum((w**2).sum() for w in loss.coefs_) / counts.sum()
    by_hand = np.average(-np.log(shares), weights=counts) + penalty
    assert loss.validation_loss_curve_[-1] == pytest.approx(by_hand, rel=1e-10)


def test_samples_that_all_weigh_nothing_are_said() -> None:
    weights = np.r_[np.zeros(50), np.ones(100)]
    with pytest.raises(NotFinite, match="weights of the samples in this batch add up to 0"):
        classifier(batch_size=50, shuffle=False).fit(X, CLASSES, weights)


# -- dropout, L1, clipping -------------------------------------------------------------------------


def test_dropout_is_masks_that_any_iteration_can_be_shown() -> None:
    network = Network(
        [Dense(6, "tanh", dropout=0.5), Dense(5, "relu"), Dense(3, "softmax")],
        "categorical_cross_entropy",
    )
    start = network.start(inputs=4, outputs=3, random=np.random.default_rng(0))
    rows, told = Rows(X, np.eye(3)[CLASSES]), Settings(epochs=3, batch_size=50, rate=0.01, seed=5)
    program = network.training("adam")
    assert [word for word in program.given if word.startswith("mask")] == [
        "mask_hiddenlayer_activations1"
    ]
    values, which = replay(
        program, start, rows, settings=told, iteration=5, masks=network.masks
    )  # fmt: skip
    again = replay(program, start, rows, settings=told, iteration=5, masks=network.masks)[0]
    mask = values["mask_hiddenlayer_activations1"]
    assert np.array_equal(mask, again["mask_hiddenlayer_activations1"])
    assert len(which) == 50
    assert Counter(mask.ravel().tolist()).keys() == {0.0, 2.0}
    trace = engine().run(program, values)
    dropped = trace["hiddenlayer_activations1"] * mask
    assert np.array_equal(trace["dropped_hiddenlayer_activations1"], dropped)
    assert (trace["Error_at_hidden_layer1"][mask == 0] == 0).all()


def test_dropout_is_not_at_work_when_predicting_or_judging() -> None:
    model = classifier(dropout=0.5, early_stopping=True, max_iter=30).fit(X, CLASSES)
    hidden = np.maximum(X @ model.coefs_[0] + model.intercepts_[0], 0)
    sums = hidden @ model.coefs_[1] + model.intercepts_[1]
    assert (model.predict(X) == sums.argmax(1)).all()
    again = classifier(dropout=[0.5], early_stopping=True, max_iter=30).fit(X, CLASSES)
    assert np.array_equal(model.coefs_[0], again.coefs_[0])
    assert not np.allclose(model.coefs_[0], classifier(max_iter=30).fit(X, CLASSES).coefs_[0])


def test_masks_keep_their_share_and_the_sums() -> None:
    network = Network([Dense(50, "relu", dropout=0.3), Dense(1)])
    mask = network.masks(np.random.default_rng(0), 2000)["mask_hiddenlayer_activations"]
    assert (mask == 0).mean() == pytest.approx(0.3, abs=0.01)  # 100 000 draws: four deviations
    assert mask.mean() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("share", [-0.1, 1.0, 2.0])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="dropout"):
        classifier(dropout=share).fit(X, CLASSES)
    with pytest.raises(WorkingsError, match=f"dropout = {share:g}: 0 or more, and less than 1"):
        Dense(3, dropout=share)


def test_l1_makes_weights_small_that_l2_leaves() -> None:
    told = {"solver": "lbfgs", "max_iter": 500}
    plain, lean = (classifier(l1=l1, **told).fit(X, CLASSES) for l1 in (0.0, 0.5))
    assert sum((abs(w) < 1e-3).sum() for w in lean.coefs_) > 10
    assert sum((abs(w) < 1e-3).sum() for w in plain.coefs_) < 5


def test_gradients_are_shortened_together() -> None:
    network = Network([Dense(4, "tanh"), Dense(1, "identity")], "half_squared_error")
    start = network.start(inputs=10, outputs=1, random=np.random.default_rng(0))
    given = {**start, "X": ROWS, "y": 50 * AMOUNTS.reshape(-1, 1), "lr": np.array(0.1)}
    plain = engine().run(network.training("sgd"), given)
    clipped = engine().run(network.training("sgd", clip=2.0), given)
    words = ("d_wh", "d_bh", "d_wout", "d_bout")
    norm = np.sqrt(sum((plain[word] ** 2).sum() for word in words))
    assert norm > 2
    for word in words:
        assert clipped[f"clipped_{word}"] == pytest.approx(plain[word] * 2 / norm, rel=1e-12)
    large = engine().run(network.training("sgd", clip=1e6), given)
    assert all(np.array_equal(large[f"clipped_{word}"], plain[word]) for word in words)
    assert large["new_wh"] == pytest.approx(plain["new_wh"], rel=1e-12)
    with pytest.raises(WorkingsError, match="clip gradients to a norm of 0: above 0"):
        network.training("sgd", clip=0)


def test_clipping_keeps_a_training_from_running_away() -> None:
    told = {"solver": "sgd", "learning_rate_init": 0.5, "activation": "identity"}
    with pytest.raises(NotFinite, match=r"Solver produced non-finite .* The first"):
        regressor(max_iter=100, **told).fit(ROWS, 1000 * AMOUNTS)
    model = regressor(clip_norm=1.0, **told).fit(ROWS, 1000 * AMOUNTS)
    assert np.isfinite(model.loss_)


# -- weights of classes, held-out rows, scores -----------------------------------------------------


def test_class_weights_are_sample_weights() -> None:
    some = np.r_[0:50, 50:70, 100:120]
    by_class = {0: 1.0, 1: 3.0, 2: 0.5}
    ours = classifier(class_weight=by_class).fit(X[some], CLASSES[some])
    theirs = classifier().fit(X[some], CLASSES[some], [by_class[k] for k in CLASSES[some]])
    assert np.array_equal(ours.coefs_[0], theirs.coefs_[0])
    fair = classifier(class_weight="balanced").fit(X[some], CLASSES[some])
    weights = (90 / 3 / np.bincount(CLASSES[some]))[CLASSES[some]]
    theirs = classifier().fit(X[some], CLASSES[some], weights)
    assert np.allclose(fair.coefs_[0], theirs.coefs_[0], rtol=1e-12)
    with pytest.raises(ValueError, match="'balanced' is not supported by partial_fit"):
        classifier(class_weight="balanced").partial_fit(X, CLASSES, classes=[0, 1, 2])


def test_your_own_validation_rows_and_their_loss_in_every_epoch() -> None:
    held_out = (X[1::2], CLASSES[1::2])
    model = classifier(max_iter=7).fit(X[::2], CLASSES[::2], validation_data=held_out)
    assert len(model.validation_loss_curve_) == 7
    shares = model.predict_proba(X[1::2])[np.arange(75), CLASSES[1::2]]
    penalty = model.alpha / 2 * sum((w**2).sum() for w in model.coefs_) / 75
    last = -np.log(shares).mean() + penalty
    assert model.validation_loss_curve_[-1] == pytest.approx(last, rel=1e-10)
    plain = classifier(max_iter=7).fit(X[::2], CLASSES[::2])
    assert np.array_equal(plain.coefs_[0], model.coefs_[0])  # looking changes nothing


def test_your_own_rows_decide_when_to_stop() -> None:
    told = {"early_stopping": True, "max_iter": 200, "n_iter_no_change": 3}
    model = classifier(**told).fit(X, CLASSES, validation_data=(X[:30], CLASSES[:30]))
    assert model.n_iter_ < 200
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert (model.predict(X[:30]) == CLASSES[:30]).mean() == model.best_validation_score_


@pytest.mark.parametrize("scoring", ["neg_log_loss", "balanced_accuracy", "roc_auc_ovr"])
def test_your_own_metric_decides_when_to_stop(scoring: str) -> None:
    told = {"early_stopping": True, "scoring": scoring, "max_iter": 20}
    held_out = (X[::3], CLASSES[::3])
    model = classifier(**told).fit(X, CLASSES, validation_data=held_out)
    assert get_scorer(scoring)(model, *held_out) == pytest.approx(model.best_validation_score_)
    assert len(set(model.validation_scores_)) > 1


def test_your_own_metric_for_amounts() -> None:
    told = {"early_stopping": True, "scoring": "neg_mean_absolute_error", "max_iter": 20}
    model = regressor(**told).fit(ROWS, AMOUNTS, validation_data=(ROWS[:50], AMOUNTS[:50]))
    assert -abs(model.predict(ROWS[:50]) - AMOUNTS[:50]).mean() == pytest.approx(
        model.best_validation_score_
    )


def test_a_training_that_diverges_keeps_its_best_weights() -> None:
    told = {"solver": "sgd", "learning_rate_init": 1.0, "activation": "identity",
            "early_stopping": True, "hidden_layer_sizes": 100, "max_iter": 30}  # fmt: skip
    with pytest.warns(UserWarning, match="Training diverged: .* The weights of the best epoch"):
        model = regressor(**told).fit(4 * X, CLASSES)
    assert np.isnan(model.validation_scores_[-1])
    assert all(np.isfinite(w).all() for w in model.coefs_)


# -- callbacks -------------------------------------------------------------------------------------


class Looking:
    """A callback of scikit-learn's protocol that ends a fit after some epochs."""

    def __init__(self, last: int) -> None:
        self.last, self.losses, self.told = last, [], Counter()  # type: ignore[var-annotated]

    def setup(self, estimator: Any, context: Any) -> None:
        self.told["setup"] += 1

    def teardown(self, estimator: Any, context: Any) -> None:
        self.told["teardown"] += 1

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        self.told[f"{context.task_name} begins"] += 1

    def on_fit_task_end(
        self, estimator: Any, context: Any, *, X: Any = None, y: Any = None,
        fitted_estimator: Any = None,
    ) -> bool:  # fmt: skip
        self.told[f"{context.task_name} ends"] += 1
        if context.task_name == "iteration":
            shares = fitted_estimator.predict_proba(X)
            self.losses.append(-np.log(shares[np.arange(len(y)), y]).mean())
        return len(self.losses) >= self.last


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_callbacks_see_every_epoch_and_may_end_it(solver: str) -> None:
    pytest.importorskip("sklearn.callback", reason="callbacks came with scikit-learn 1.9")
    looking = Looking(4)
    model = classifier(solver=solver, max_iter=50).set_callbacks(looking).fit(X, CLASSES)
    assert model.n_iter_ == 4
    assert looking.losses[-1] < looking.losses[0]
    assert looking.told == Counter(
        {"setup": 1, "teardown": 1, "fit begins": 1, "fit ends": 1, "iteration begins": 4,
         "iteration ends": 4}
    )  # fmt: skip


def test_the_monitor_of_scikit_learn_works() -> None:
    callback = pytest.importorskip("sklearn.callback", reason="it came with scikit-learn 1.9")
    monitor = callback.ScoringMonitor(scoring="accuracy")
    classifier(max_iter=6).set_callbacks(monitor).fit(X, CLASSES)
    scores = monitor.get_logs(select="most_recent").data
    assert len(scores) >= 6


# -- how sure, and of what -------------------------------------------------------------------------


def test_intervals_cover_what_they_promise() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(3000, 3))
    amounts = rows[:, 0] + random.normal(size=3000) * 0.5
    model = regressor(max_iter=20).fit(rows[:500], amounts[:500])
    model.calibrate(rows[500:1500], amounts[500:1500])
    for coverage in (0.5, 0.8, 0.95):
        low, high = model.predict_interval(rows[1500:], coverage=coverage).T
        inside = ((low <= amounts[1500:]) & (amounts[1500:] <= high)).mean()
        assert inside == pytest.approx(coverage, abs=0.04)  # three deviations
    several = regressor(max_iter=2).fit(rows, np.column_stack([amounts, -amounts]))
    several.calibrate(rows, np.column_stack([amounts, -amounts]))
    assert several.predict_interval(rows).shape == (3000, 2, 2)


def test_sets_cover_what_they_promise() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(3000, 2))
    names = np.array(["blue", "green", "red"])[(rows.sum(1) + random.normal(size=3000) > 0) * 2]
    names[random.uniform(size=3000) < 0.2] = "green"
    model = (
        classifier(max_iter=20)
        .fit(rows[:500], names[:500])
        .calibrate(rows[500:1500], names[500:1500])
    )
    sizes = []
    for coverage in (0.6, 0.8, 0.95):
        allowed = model.predict_set(rows[1500:], coverage=coverage)
        assert allowed.any(axis=1).all()
        held = allowed[np.arange(1500), np.searchsorted(model.classes_, names[1500:])].mean()
        assert held >= coverage - 0.04
        sizes.append(allowed.sum(1).mean())
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("again", ["fit", "partial_fit"])
def test_a_calibration_ends_with_the_weights_it_was_for(again: str) -> None:
    model = regressor().fit(ROWS, AMOUNTS).calibrate(ROWS, AMOUNTS)
    getattr(model, again)(ROWS, 1000 * AMOUNTS)
    with pytest.raises(ValueError, match="was not calibrated"):
        model.predict_interval(ROWS)


def test_promises_that_cannot_be_kept_are_refused() -> None:
    model = regressor().fit(ROWS, AMOUNTS)
    with pytest.raises(ValueError, match=r"was not calibrated. Call calibrate\(X, y\)"):
        model.predict_interval(ROWS)
    model.calibrate(ROWS[:8], AMOUNTS[:8])
    with pytest.raises(WorkingsError, match=r"cover 0\.9 of new rows after calibration with 8: 9"):
        model.predict_interval(ROWS)
    assert model.calibrate(ROWS[:9], AMOUNTS[:9]).predict_interval(ROWS).shape == (442, 2)
    with pytest.raises(WorkingsError, match=r"cannot cover 1\.5 of new rows"):
        model.predict_interval(ROWS, coverage=1.5)
    labels = make_multilabel_classification(50, random_state=0)
    with pytest.raises(ValueError, match="several labels at once"):
        classifier().fit(*labels).calibrate(*labels)
    with pytest.raises(ValueError, match="classes not in"):
        classifier().fit(X, CLASSES).calibrate(X, CLASSES + 7)


def test_what_matters_is_found_either_way() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(400, 4))
    model = regressor(max_iter=200, learning_rate_init=0.01).fit(rows, 3 * rows[:, 2] + rows[:, 0])
    for method in ("permutation", "gradient"):
        found = model.feature_importance(rows, 3 * rows[:, 2] + rows[:, 0], method=method)
        assert found.order[:2] == [2, 0]
        assert "x3" in str(found).splitlines()[1]
        assert "<pre " in found._repr_html_()


def test_importance_by_gradient_is_the_slope_of_a_nudge() -> None:
    model = classifier(max_iter=30, activation="tanh").fit(X, CLASSES)
    found = model.feature_importance(X, method="gradient")
    moves = np.zeros((150, 4))
    for column in range(4):
        step = np.zeros(4)
        step[column] = 1e-6
        slopes = (model.predict_proba(X + step) - model.predict_proba(X - step)) / 2e-6
        moves[:, column] = abs(slopes).mean(axis=1) * X[:, column].std()
    assert found.values == pytest.approx(moves.mean(axis=0), rel=1e-6)
    assert [trace.program.names[-1] for trace in found.traces] == ["d_X"] * 3


def test_importance_says_what_it_needs() -> None:
    model = classifier().fit(X, CLASSES)
    with pytest.raises(ValueError, match="there is no method 'guess': expected one of"):
        model.feature_importance(X, CLASSES, method="guess")
    with pytest.raises(ValueError, match="by permutation needs y"):
        model.feature_importance(X)


def test_many_inputs_are_not_all_printed() -> None:
    many = importance.Importance([f"c{k}" for k in range(50)], np.arange(50.0), np.ones(50), "so")
    assert str(many).splitlines()[-1] == "  ... and 30 more"


# -- sample weights as a step ----------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["squared_error", "categorical_cross_entropy"])
def test_a_sample_that_counts_twice_is_two_samples(loss: str) -> None:
    ends = "softmax" if loss.startswith("cat") else "identity"
    y = np.eye(3)[CLASSES]
    network = Network([Dense(4, "tanh"), Dense(3, ends)], loss)
    network = replace(network, convention=Convention(reduction="mean"), l2=0.3)
    weighted = replace(network, weighted=True)
    start = network.start(inputs=4, outputs=3, random=np.random.default_rng(0))
    counts = np.random.default_rng(1).integers(0, 4, 150)
    twice = Rows(np.repeat(X, counts, 0), np.repeat(y, counts, 0))
    told = Settings(epochs=5, rate=0.1)
    many = train(network.training("adam"), start, twice, settings=told)
    once = train(
        weighted.training("adam"), start, Rows(X, y, counts.reshape(-1, 1)), settings=told,
        measures=Measures(summed=False),
    )  # fmt: skip
    for word in start:
        assert once.values[word] == pytest.approx(many.values[word], rel=1e-9)
