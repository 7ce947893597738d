"""A table in, a scored model out: accuracy, reproducibility, honesty, and what is refused."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression

from workings.data import Table, builtin_table, read_table
from workings.engines import engine
from workings.errors import DataError, NotFinite, SettingError, UnknownName
from workings.jobs.fitting import located, replay, train
from workings.jobs.job import Job
from workings.jobs.options import options_of
from workings.losses import losses
from workings.models import load
from workings.scores.scoring import scores

QUICK: dict[str, Any] = {"hidden": [3], "epochs": 2}
FEW = settings(max_examples=20, deadline=None, derandomize=True)


def table_of(*rows: str) -> Table:
    """A table of the words in each row, the first of them the header."""
    names, *body = (row.split() for row in rows)
    blanks = [[None if word == "_" else word for word in row] for row in body]
    X = np.array(blanks, object)
    return Table.from_arrays(X, names=names)


def amounts(count: int = 75, seed: int = 0) -> tuple[Any, Any]:
    X = np.random.default_rng(seed).normal(size=(count, 3))
    return X, 500 + 40 * X @ [1.0, -2.0, 0.5]


# -- how well --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "score", "least"),
    [
        ("wine", "accuracy", 0.95),
        ("breast-cancer", "accuracy", 0.95),
        ("digits", "accuracy", 0.95),
        ("diabetes", "R2", 0.40),
    ],
)
def test_real_tables_are_learnt_without_any_setting(word: str, score: str, least: float) -> None:
    assert train(word, seed=0).scores["test"][score] >= least


def test_scores_are_those_of_scikit_learn_on_rows_never_seen() -> None:
    result = train("wine", **QUICK)
    truth, said = result.test["cultivar"].cells, result.model.predict(result.test)
    shares = result.model.probabilities(result.test)
    assert result.scores["test"] == pytest.approx({
        "accuracy": metrics.accuracy_score(truth, said.astype(str)),
        "log loss": metrics.log_loss(truth, shares),
        "AUC": metrics.roc_auc_score(truth, shares, multi_class="ovr"),
    })  # fmt: skip
    assert not set(result.test.lines) & set(result.training.lines)


@pytest.mark.parametrize("word", ["wine", "breast-cancer", "diabetes"])
def test_the_baselines_are_those_of_scikit_learn(word: str) -> None:
    result = train(word, **QUICK)
    prepared, both = result.model.preparation, (result.training, result.test)
    y, truth = (prepared.targets(rows)[:, 0] for rows in both)
    X, X_test = (prepared.inputs(rows)["numbers"] for rows in both)
    assert set(result.baselines) == {"trivial", "linear"}
    if word == "diabetes":  # scaling its columns does not change a least-squares fit
        expected = LinearRegression().fit(X, y).predict(X_test)
        assert result.baselines["linear"]["R2"] == pytest.approx(metrics.r2_score(truth, expected))
    dummy = DummyRegressor() if word == "diabetes" else DummyClassifier(strategy="most_frequent")
    score = dummy.fit(X, y).score(X_test, truth)
    found = result.baselines["trivial"]
    assert found.get("accuracy", found.get("R2")) == pytest.approx(score)


def test_the_verdict_is_true() -> None:
    good = train("circles", hidden=[16], epochs=150)
    assert good.verdict == "The network beats both on the test rows (accuracy)."
    noise = np.random.default_rng(0).normal(size=(60, 3)), ["a", "b", "b"] * 20
    verdicts = {train(noise, seed=seed, **QUICK).verdict for seed in range(8)}
    assert not any("beats" in said for said in verdicts)  # there is nothing to learn
    assert any("no more than chance" in said for said in verdicts)
    poor = train("diabetes", epochs=1, lr=1e-9)
    assert "does not beat the trivial or the linear model" in poor.verdict


def test_a_score_that_cannot_be_told_beats_nothing() -> None:
    result = train(table_of("a y", "1 1", "2 3.5", "3 4", "4 7"), "y", **QUICK)
    assert np.isnan(result.scores["test"]["R2"])  # there is but one test row
    assert "beats" not in result.verdict


# -- shapes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_column", [False, True])
def test_a_target_of_one_axis_never_meets_one_of_two(as_column: bool) -> None:
    X, y = amounts(75)
    model = train((X, y.reshape(-1, 1) if as_column else y), test_size=0, **QUICK).model
    trace = model.trace(Table.from_arrays(X, y))
    shapes = {word: np.shape(value) for word, value in trace.values.items()}
    assert shapes["y"] == shapes["output"] == shapes["answer"] == (75, 1)
    assert [word for word, shape in shapes.items() if shape.count(75) > 1] == []


def test_predictions_of_a_regression_have_one_axis() -> None:
    X, y = amounts()
    assert train((X, y), **QUICK).model.predict(X[:7]).shape == (7,)


# -- the same again --------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"patience": 3}, {"dtype": "float32"}])
def test_the_same_seed_gives_the_same_bits(options: dict[str, Any]) -> None:
    one, two = (train("wine", **QUICK, **options, seed=3) for _ in range(2))
    assert one.test.lines == two.test.lines
    assert one.history.loss == two.history.loss
    for word, value in one.model.values.items():
        assert np.array_equal(value, two.model.values[word])


def test_another_seed_gives_another_split_other_weights_another_order() -> None:
    one, two = (train("wine", **QUICK, seed=seed) for seed in (0, 1))
    assert one.test.lines != two.test.lines
    assert not np.array_equal(one.model.values["wout"], two.model.values["wout"])


def test_changing_the_test_rows_changes_nothing_that_was_learnt() -> None:
    X, y = amounts(50)
    one = train((X, y), **QUICK)
    held_out = np.array(one.test.lines) - 1
    X[held_out], y[held_out] = 1e6, -1e6
    two = train((X, y), **QUICK)
    assert one.model.preparation == two.model.preparation
    assert all(np.array_equal(v, two.model.values[w]) for w, v in one.model.values.items())


@FEW
@given(
    counts=st.lists(st.integers(1, 30), min_size=2, max_size=5),
    share=st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9]), seed=st.integers(0, 99),
)  # fmt: skip
def test_of_every_class_its_share_is_held_out(counts: list[int], share: float, seed: int) -> None:
    labels = [f"c{place}" for place, count in enumerate(counts) for _ in range(count)]
    X = np.arange(len(labels), dtype=float).reshape(-1, 1)
    if len(labels) < 3:
        return
    result = train((X, labels), test_size=share, seed=seed, hidden=[1], epochs=1)
    held = Counter(result.test["target"].cells)
    kept = Counter(result.training["target"].cells)
    for label, count in Counter(labels).items():
        assert kept[label] >= 1
        assert held[label] == min(round(share * count), count - 1)


# -- what is left out, and what is refused ---------------------------------------------------------


@pytest.mark.fault("target")
def test_rows_without_a_target_are_left_out_and_counted() -> None:
    X, y = amounts(20)
    y[[3, 7]] = np.nan
    result = train((X, y), **QUICK)
    assert len(result.training) + len(result.test) == 18
    assert not {4, 8} & {*result.training.lines, *result.test.lines}
    assert "rows without a value in target were left out: 2" in result.notes


@pytest.mark.fault("few rows")
def test_a_class_of_one_row_is_trained_on() -> None:
    rows = ["a y", *(f"{i} common" for i in range(9)), "9 rare"]
    result = train(table_of(*rows), "y", **QUICK)
    assert result.model.classes == ("common", "rare")
    assert "rare" in result.training["y"].cells


@pytest.mark.fault("few rows", "target")
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["a y", "1 x", "2 x", "3 x"], "every row .* has y = 'x'"),
        (["a y", "1 x"], "1 rows? ha(s|ve) a value in y, and 2 or more"),
        (["a y", "1 _", "2 _"], "0 rows have a value in y"),
        (["a y", "1 x", "2 _"], "1 rows? ha(s|ve) a value in y"),
        (["y", "x", "z"], "no column is left to predict y from"),
        (["a b y", "1 _ x", "1 _ z"], "a is the same in every row.*b is empty"),
        (["a Y", "1 x", "2 z"], "Did you mean 'Y'"),
    ],
)
def test_tables_that_nothing_can_be_learnt_from(rows: list[str], words: str) -> None:
    with pytest.raises((DataError, UnknownName), match=words):
        train(table_of(*rows), "y", **QUICK)


def test_a_target_must_be_named() -> None:
    with pytest.raises(SettingError, match=r"which column to predict.*a, y"):
        train(table_of("a y", "1 x", "2 z"), **QUICK)


@pytest.mark.parametrize("word", losses())
@pytest.mark.parametrize("table", ["wine", "breast-cancer", "diabetes"])
def test_every_loss_trains_or_is_refused_with_a_reason(word: str, table: str) -> None:
    refused = {"diabetes": ("binary", "categorical"), "breast-cancer": ("categorical",)}
    if word.startswith(refused.get(table, ("none",))):
        with pytest.raises(SettingError, match=f"cannot use the loss {word}"):
            train(table, loss=word, **QUICK)
    else:
        assert np.isfinite(train(table, loss=word, **QUICK).history.loss).all()


@pytest.mark.fault("options")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hiden": [3]}, "no option called 'hiden'. Did you mean 'hidden'"),
        ({"hidden": [-1]}, "layer of -1 units"),
        ({"epochs": 0}, "epochs = 0"),
        ({"epochs": float("nan")}, "epochs = nan"),
        ({"batch_size": 0}, "batch_size = 0"),
        ({"lr": float("nan")}, "lr = nan"),
        ({"lr": 0.0}, "lr = 0"),
        ({"patience": 0}, "patience = 0"),
        ({"test_size": 1.0}, "keep 1 of the rows for test"),
        ({"validation_size": -0.1}, "keep -0.1 of the rows for validation"),
        ({"l1": -1.0}, "l1 = -1"),
        ({"l2": float("inf")}, "l2 = inf"),
        ({"seed": -1}, "seed = -1"),
        ({"dtype": "float16"}, "'float16'"),
        ({"task": "clustering"}, "'clustering'"),
        ({"loss": "hubr"}, "Did you mean 'huber'"),
        ({"activation": "rleu"}, "Did you mean 'relu'"),
        ({"optimizer": "adan"}, "Did you mean 'adam'"),
        ({"schedule": "constent"}, "Did you mean 'constant'"),
        ({"start": "hee"}, "Did you mean 'he'"),
    ],
)
def test_options_that_cannot_be(options: dict[str, Any], words: str) -> None:
    with pytest.raises((SettingError, UnknownName), match=words):
        train("xor", **options)


@pytest.mark.fault("runaway")
def test_numbers_that_run_away_are_located() -> None:
    with pytest.raises(NotFinite, match=r"in iteration \d+.*learning rate") as caught:
        train("wine", optimizer="sgd", lr=1e300)
    assert caught.value.iteration >= 2
    assert all(np.isfinite(value).all() for value in caught.value.training.values.values())


# -- units and labels ------------------------------------------------------------------------------


def test_amounts_are_learnt_in_units_of_their_spread_and_given_in_their_own() -> None:
    X, y = amounts(200)
    one, big = (train((X, y * scale), epochs=40) for scale in (1, 1e6))
    assert one.scores["test"]["R2"] > 0.95
    assert np.allclose(big.model.predict(X), 1e6 * one.model.predict(X), rtol=1e-6)
    target = one.model.preparation.target
    kept = one.training["target"].numbers()
    assert (target.mean, target.scale) == pytest.approx((kept.mean(), kept.std()))
    assert abs(one.model.predict(X).mean() - 500) < 20


def test_counts_are_learnt_as_they_are() -> None:
    X, y = amounts(100)
    result = train((X, np.round(np.exp(y / 250))), loss="poisson", task="regression", epochs=30)
    assert not result.model.preparation.target.scaled
    assert (result.model.predict(X) > 0).all()


def test_negative_amounts_are_no_counts() -> None:
    X, y = amounts(20)
    with pytest.raises((DataError, SettingError), match="poisson"):
        train((X, y - 600), loss="poisson", **QUICK)


@pytest.mark.fault("labels")
@pytest.mark.parametrize(
    "labels",
    [
        ["True", "False"],
        ["yes", "no"],
        ["N.A.", "nope", "--"],
        ["Größe", "木", "🐧"],
        ["a b", "a  b"],
        ["1.50", "2.0", "007"],
        ["10", "9", "-1"],
    ],
)
def test_classes_are_given_back_exactly_as_spelled(labels: list[str]) -> None:
    y = labels * 6
    X = np.array([[labels.index(word), 1 - labels.index(word)] for word in y], float)
    model = train((X, y), task="classification", hidden=[8], epochs=200, lr=0.05).model
    assert set(model.classes) == set(labels)
    assert model.predict(X).tolist() == y


@pytest.mark.fault("labels")
@pytest.mark.parametrize("labels", [["01", "1", "001"], ["1.0", "1e0", "2"]])
def test_numbers_that_are_names_are_told_apart_as_spelled(labels: list[str]) -> None:
    y = labels * 6
    X = np.array([[labels.index(word), 1 - labels.index(word)] for word in y], float)
    named = {"categories": ["target"], "hidden": [8], "epochs": 200, "lr": 0.05}
    assert train((X, y), **named).model.predict(X).tolist() == y


def test_one_number_is_one_class_however_it_is_written() -> None:
    y = ["0", "1", "1.0", "1.0"] * 10
    X = np.array([[float(word)] for word in y])
    job = Job(Table.from_arrays(X, y), "target", options_of(epochs=100, lr=0.05, hidden=[4]))
    assert "two different numbers" in job.dealt.task_reason
    assert job.dealt.listed == [("1.0", 30), ("0", 10)]
    assert job.network.layers[-1].op.name == "sigmoid"
    assert job.preparation.target.classes == ("0", "1.0")
    assert [job.training["target"].numbers().tolist().count(k) for k in (0, 1)] == [8, 24]
    result = job.run()
    assert result.scores["test"]["accuracy"] == 1
    others = Table.from_arrays([[0.0], [1.0], [1.0]], ["0.0", "1", "1e0"])
    assert scores(result.model, others)["accuracy"] == 1
    cells = Table.from_arrays([[0.0], [1.0]], [0.0, 1.0])  # kept as numbers, not as text
    assert scores(result.model, cells)["accuracy"] == 1


# -- again, one iteration --------------------------------------------------------------------------


@pytest.mark.parametrize("options", [
    {}, {"optimizer": "sgd"}, {"batch_size": None}, {"dtype": "float32"}, {"hidden": []},
    {"patience": 50, "schedule": "plateau"},
])  # fmt: skip
def test_replay_goes_from_the_first_weights_to_the_last(
    options: dict[str, Any], every_engine: str
) -> None:
    options = {**QUICK, "optimizer": "momentum", **options}
    table = builtin_table("wine")
    result = train(table, **options)
    last = result.history.iterations
    traces = [replay(result.model, table, iteration=k) for k in range(1, last + 1)]
    words = [word for word in result.model.values if f"new_{word}" in traces[0].values]
    assert words == list(result.model.values)
    assert result.engine == every_engine
    # an iteration is shown by NumPy, from the very numbers that machine code began it with
    near = 0.0 if every_engine == "numpy" else 1e-5 if "dtype" in options else 1e-13
    for before, after in pairwise(traces):
        for w in words:
            np.testing.assert_allclose(before[f"new_{w}"], after[w], rtol=near, atol=near)
    if "patience" not in options:  # which gives back the best epoch and not the last
        for w in words:
            found = traces[-1][f"new_{w}"]
            np.testing.assert_allclose(found, result.model.values[w], rtol=near, atol=near)


def test_replay_reads_the_rows_of_its_batch() -> None:
    table = builtin_table("wine")
    result = train(table, **QUICK)
    epoch = [replay(result.model, table, iteration=k).labels["n"] for k in range(1, 6)]
    rows = [int(row) for batch in epoch for row in batch]
    assert [len(batch) for batch in epoch] == [32, 32, 32, 32, 14]
    assert sorted(rows) == sorted(result.training.lines)
    trace = replay(result.model, table, iteration=2)
    cells = [float(table["alcohol"].cells[int(row) - 1]) for row in trace.labels["n"]]
    assert trace["numbers"][:, 0].tolist() == cells


@pytest.mark.parametrize("iteration", [0, -1, 11, 10**9])
def test_an_iteration_that_never_was(iteration: int) -> None:
    model = train("wine", **QUICK).model
    with pytest.raises(SettingError, match="iteration"):
        replay(model, builtin_table("wine"), iteration=iteration)


def test_replay_refuses_another_table(tmp_path: Any) -> None:
    X, y = amounts(20)
    train((X, y), **QUICK).model.save(tmp_path / "m")
    model = load(tmp_path / "m")
    replay(model, Table.from_arrays(X, y), iteration=1)
    for changed in (X[:-1], X + 1e-9, X[::-1]):
        with pytest.raises(DataError, match="not the table it was trained on"):
            replay(model, Table.from_arrays(changed, y[: len(changed)]), iteration=1)


def test_a_path_an_array_and_a_table_are_one(tmp_path: Any) -> None:
    X, y = amounts(20)
    lines = [",".join(map(repr, row)) for row in np.column_stack([X, y]).tolist()]
    (tmp_path / "t.csv").write_text("\n".join(["x1,x2,x3,target", *lines]))
    models = [
        train((X, y), **QUICK).model,
        train(Table.from_arrays(X, y), **QUICK).model,
        train(tmp_path / "t.csv", "target", **QUICK).model,
        train(read_table(tmp_path / "t.csv"), "target", **QUICK).model,
    ]
    assert all(np.array_equal(m.predict(X), models[0].predict(X)) for m in models)


# -- dropout and clipped gradients -----------------------------------------------------------------


def test_the_masks_of_an_iteration_are_shown_as_they_were() -> None:
    result = train("moons", hidden=[6], dropout=0.4, clip=0.5, epochs=3, seed=2)
    trace = replay(result.model, located("moons", None)[0], iteration=4)
    mask = trace["mask_hiddenlayer_activations"]
    assert set(mask.ravel().tolist()) == {0.0, 1 / 0.6}
    dropped = trace["hiddenlayer_activations"] * mask
    assert np.array_equal(trace["dropped_hiddenlayer_activations"], dropped)
    words = [names.d_weights for names in result.model.network.names] + ["d_bh", "d_bout"]
    norm = np.sqrt(sum((trace[word] ** 2).sum() for word in words))
    assert trace["gradient_norm"] == pytest.approx(norm, rel=1e-12)
    again = replay(result.model, located("moons", None)[0], iteration=5)
    assert again["wh"] == pytest.approx(trace["new_wh"], rel=1e-13)


def test_a_training_with_dropout_is_judged_without() -> None:
    told = {"hidden": [6], "epochs": 3, "patience": 50, "seed": 2}
    result = train("moons", dropout=0.4, **told)
    job = Job(located("moons", None)[0], result.model.preparation.target.name,
              options_of(dropout=0.4, **told))  # fmt: skip
    rows = job.rows(job.validation)
    values = engine().run(job.network.program(), {**result.model.values, **rows.batch(None, 0)})
    assert min(result.history.validation_loss) == pytest.approx(values["loss"], rel=1e-10)
