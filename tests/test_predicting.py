"""Predictions: rows are read as they lie, some at a time, and say what tables and checks said."""

from __future__ import annotations

import copy
import pickle
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import neural_network

import workings
from workings.data import Table
from workings.engines import _by_rows, auto, engine
from workings.engines import numpy as reference
from workings.engines._by_rows import ByRows
from workings.engines._rows import FEW, Columns, Matrix, NotPlain, look
from workings.engines.compiled import ENGINE as COMPILED
from workings.errors import DataError, NotSupported, WorkingsError
from workings.estimators import MLPClassifier, MLPRegressor
from workings.models import Model
from workings.models.assembling import Layer, assembled
from workings.network import Dense, Network
from workings.preparation import plain
from workings.preparation.columns import Target

Array = NDArray[Any]

RANDOM = np.random.default_rng(5)
SIZES = (6, 5, 3)
NAMES = [f"c{place}" for place in range(SIZES[0])]
WEIGHTS = [RANDOM.normal(size=pair) for pair in pairwise(SIZES)]
BIASES = [RANDOM.normal(size=size) for size in SIZES[1:]]
X = RANDOM.normal(size=(300, SIZES[0]))
ENGINES = ("numpy", "compiled")
TARGETS = {
    "three classes": Target("y", ("p", "q", "r")),
    "amounts": workings.preparation.columns.several([Target("a"), Target("b"), Target("c")]),
}
ROWS: dict[str, Array] = {
    "float64": X,
    "float32": X.astype(np.float32),
    "whole numbers": (X * 100).astype(np.int64),
    "few of them": (X * 2).astype(np.int8),
    "columns first": np.asfortranarray(X),
    "every other row": X[::2],
    "backwards": X[::-1, ::-1],
    "one": X[:1],
}


def model_of(
    target: Target = TARGETS["three classes"], kind: str = "float64", **record: Any
) -> Model:
    """A model of plain columns; `record` says what an array's columns are called."""
    ends = "softmax" if target.classes else "identity"
    layers = [
        Layer(w.astype(kind), b.astype(kind), word)
        for w, b, word in zip(WEIGHTS, BIASES, ("relu", ends), strict=True)
    ]
    return assembled(layers, plain(NAMES, target), record=record)


@pytest.fixture(params=ENGINES)
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many rows are done by NumPy, or by machine code; a hundred are many."""
    if request.param == "compiled":
        monkeypatch.setattr(auto, "RUN_PAYS", 0.0)
        monkeypatch.setattr(_by_rows, "MANY", 100)
        monkeypatch.setattr("workings.engines.compiled.PIECE", 128)
        monkeypatch.setattr("workings.engines._pieces.NEAR", 2**13)


def again(thing: Any) -> Any:
    """What comes back from its pickle."""
    return pickle.loads(pickle.dumps(thing))  # noqa: S301 - our own


def by_table(model: Model, rows: Array, names: list[str]) -> Array:
    """The answers to rows that were made a table first: the long way."""
    return model.answers_of(model.preparation.inputs(Table.from_arrays(rows, names=names)))


# -- a model ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("word", ROWS)
@pytest.mark.parametrize("goal", TARGETS)
def test_arrays_are_answered_as_tables_are(goal: str, word: str, kind: str) -> None:
    model, rows = model_of(TARGETS[goal], kind), ROWS[word]
    right = by_table(model, rows, NAMES)
    assert np.array_equal(model.predict(rows), model.labels_of(right))
    assert np.array_equal(model.answers(Table.from_arrays(rows, names=NAMES)), right)
    if model.classes:
        assert np.array_equal(model.probabilities(rows), model.shares_of(right))


@pytest.mark.usefixtures("either")
def test_columns_of_an_array_are_found_by_their_names() -> None:
    names = ["more", *NAMES[::-1]]
    model, wider = model_of(columns=names), np.column_stack([X[:, 0] * np.nan, X[:, ::-1]])
    assert np.array_equal(model.predict(wider), model_of().predict(X))
    assert np.array_equal(model.answers_of({"numbers": X}), by_table(model, wider, names))


BAD: dict[str, Callable[[Array], Any]] = {
    "a gap": lambda x: np.where(np.arange(x.size).reshape(x.shape) == 1000, np.nan, x),
    "infinite": lambda x: np.where(np.arange(x.size).reshape(x.shape) == 1000, np.inf, x),
    "too few columns": lambda x: x[:, 1:],
    "one dimension": lambda x: x[0],
    "no rows": lambda x: x[:0],
    "uneven": lambda x: [x[0], x[0, 1:]],
    "words": lambda x: x.astype(str).astype(object) + "m",
    "complex": lambda x: x.astype(complex),
}


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("word", BAD)
def test_what_is_wrong_with_an_array_is_said_as_of_a_table(word: str) -> None:
    model, rows = model_of(), BAD[word](X)
    with pytest.raises(DataError) as right:
        by_table(model, rows, NAMES)
    with pytest.raises(DataError) as found:
        model.predict(rows)
    assert (str(found.value), found.value.hint) == (str(right.value), right.value.hint)


def test_infinite_numbers_are_refused_in_columns_that_nobody_reads() -> None:
    wider = np.column_stack([X, np.full(len(X), np.inf)])
    with pytest.raises(DataError, match="'more' of array: row 1 holds inf"):
        model_of(columns=[*NAMES, "more"]).predict(wider)


def test_whole_numbers_too_large_for_float64_are_read_digit_by_digit() -> None:
    rows = np.full((1, SIZES[0]), 2**60 + 1)
    assert np.array_equal(model_of().answers_of({"numbers": rows * 1.0}),
                          by_table(model_of(), rows, NAMES))  # fmt: skip
    assert model_of().predict(rows).shape == (1,)


@pytest.mark.usefixtures("either")
def test_tables_with_gaps_and_words_are_read_in_parts() -> None:
    cells = [[float(k % 7), "red" if k % 3 else "blue", "ill" if k % 2 else "well"]
             for k in range(300)]  # fmt: skip
    cells[4][0] = cells[7][1] = None  # type: ignore[call-overload]
    table = Table.from_arrays(np.array(cells, object), names=["dose", "tint", "state"])
    model = workings.train(table, target="state", hidden=[3], epochs=2).model
    arrays = model.preparation.inputs(table)
    assert np.isnan(arrays["numbers"]).any()
    assert np.array_equal(model.answers(table), model.answers_of(arrays))
    cells[9][1] = "green"
    odd = Table.from_arrays(np.array(cells, object), names=["dose", "tint", "state"])
    with pytest.raises(DataError, match="row 10 of array: tint is 'green'"):
        model.predict(odd)
    right = model.answers_of(model.preparation.inputs(odd, unseen="none"))
    assert np.array_equal(model.predict(odd, unseen="none"), model.labels_of(right))


@pytest.mark.usefixtures("either")
def test_probabilities_of_amounts_are_refused() -> None:
    with pytest.raises(WorkingsError, match="it is an amount"):
        model_of(TARGETS["amounts"]).probabilities(X)


def test_a_model_that_has_predicted_is_copied_pickled_and_changed() -> None:
    model = model_of()
    before = model.probabilities(X)
    for copied in (copy.deepcopy(model), again(model)):
        assert np.array_equal(copied.probabilities(X), before)
    word = next(iter(model.network.parameters))
    model.values[word][...] *= -1
    assert not np.array_equal(model.probabilities(X), before)
    model.values[word][...] *= -1
    assert np.array_equal(model.probabilities(X), before)


def test_rows_of_an_array_are_not_copied_as_a_whole() -> None:
    many = np.zeros((200_000, SIZES[0]), np.float32)
    model = model_of()
    model.predict(many[:1])
    tracemalloc.start()
    try:
        said = model.predict(many)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # what 20 000 rows take is about 20 numbers of 8 bytes each; as float64 all would take 9.6 MB
    assert peak < said.nbytes + 20_000 * 40 * 8 < said.nbytes + many.nbytes * 2


# -- the engine ------------------------------------------------------------------------------------

NETWORK = Network([Dense(5, "relu"), Dense(3, "softmax")], "categorical_cross_entropy")
FORWARD = NETWORK.program().only(NETWORK.output)


def learnt(kind: str = "float64") -> dict[str, Array]:
    """Weights and biases by their names."""
    flat = (x for w, b in zip(WEIGHTS, BIASES, strict=True) for x in (w, b.reshape(1, -1)))
    return {word: x.astype(kind) for word, x in zip(NETWORK.parameters, flat, strict=True)}


@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_bound_weights_give_the_same_digits_and_stay(kind: str) -> None:
    values, run = learnt(kind), COMPILED.prepare(FORWARD, [NETWORK.output])
    bound = run.bound(values)
    for rows in (X[:1], X[:7], X, np.tile(X, (40, 1)), X[:0]):
        given = {"X": rows.astype(kind)}
        right = run({**values, **given})[NETWORK.output]
        assert np.array_equal(bound(given)[NETWORK.output], right)
        assert np.array_equal(bound.read(given, lambda x: x[:, :2] * 2), right[:, :2] * 2)
    before = bound({"X": X.astype(kind)})[NETWORK.output]
    values[NETWORK.names[0].weights][...] = 0
    assert np.array_equal(bound({"X": X.astype(kind)})[NETWORK.output], before)


def test_rows_cannot_be_bound() -> None:
    with pytest.raises(NotSupported, match="cannot hold X: its rows come with each call"):
        COMPILED.prepare(FORWARD, [NETWORK.output]).bound({"X": X})


@pytest.mark.usefixtures("either")
def test_what_is_read_in_parts_is_what_is_read_at_once() -> None:
    run, many = ByRows(FORWARD, NETWORK.output, at_once=70), np.tile(X, (5, 1))
    words = np.array(["p", "q", "r"], object)
    right = run(learnt(), {"X": many})
    assert np.array_equal(run(learnt(), {"X": Matrix(many)}), right)
    said = run(learnt(), {"X": many}, lambda x: words.take(x.argmax(1)))
    assert said.dtype == object
    assert np.array_equal(said, words[right.argmax(1)])


@pytest.mark.usefixtures("either")
def test_a_row_that_is_not_plain_is_told_wherever_it_is_read() -> None:
    run, many = ByRows(FORWARD, NETWORK.output, at_once=70), np.tile(X, (5, 1))
    many[-1, -1] = np.nan
    with pytest.raises(NotPlain):
        run(learnt(), {"X": Matrix(many)})
    assert np.isfinite(run(learnt(), {"X": Matrix(many[:-1])})).all()


@pytest.mark.usefixtures("either")
def test_several_threads_predict_at_once() -> None:
    model, many = model_of(), np.tile(X, (3, 1))
    parts = [many[place : place + 1 + 97 * place] for place in range(8)]
    right = [model.probabilities(part) for part in parts]
    with ThreadPoolExecutor(4) as pool:
        for found, wanted in zip(pool.map(model.probabilities, parts * 8), right * 8, strict=True):
            assert np.array_equal(found, wanted)


def test_few_kinds_of_matrices_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "REMEMBERED", 5)
    run = engine().prepare(FORWARD, [NETWORK.output])
    for rows in range(1, 20):
        assert run({**learnt(), "X": X[:rows]})[NETWORK.output].shape == (rows, 3)
    assert len(run.fitted) <= 6  # type: ignore[attr-defined]


@pytest.mark.parametrize("count", [2, FEW])
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_look_finds_what_is_not_finite_and_nothing_else(count: int, kind: Any) -> None:
    part = np.full((count, 2), np.finfo(kind).max, kind)
    look(part)  # though neither their sum nor their squares are finite
    for value, place in ((np.nan, 0), (np.inf, 0), (-np.inf, 1)):
        odd = part.copy()
        odd[-1, place] = value
        with pytest.raises(NotPlain):
            look(odd)
    odd[-1] = np.nan, 1
    look(odd, [1])
    with pytest.raises(NotPlain):
        look(odd, [0])


def test_columns_lie_side_by_side_as_numbers() -> None:
    columns = Columns([np.arange(5), np.arange(5, dtype=np.float32) / 2])
    assert columns.shape == (5, 2)
    assert columns[1:3].tolist() == [[1.0, 0.5], [2.0, 1.0]]
    assert np.array_equal(np.asarray(columns), np.column_stack(columns.columns))


# -- the estimators --------------------------------------------------------------------------------

SAID = {
    "three words": np.array(["a", "b", "c"])[np.arange(300) % 3],
    "two numbers": np.arange(300) % 2 + 7,
    "one class": np.full(300, "x"),
    "labels": (X[:, :3] > 0).astype(int),
}


@pytest.mark.filterwarnings("ignore:.*(max_iter|Stochastic)")
@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("word", SAID)
def test_plain_arrays_are_predicted_as_what_scikit_learn_checks(word: str, kind: str) -> None:
    rows = X.astype(kind)
    model = MLPClassifier(5, max_iter=2, random_state=0, engine="numpy").fit(rows, SAID[word])
    # a matrix of another kind is not plain: it goes through every check
    other = rows.astype(rows.dtype.newbyteorder())
    assert np.array_equal(model.predict(rows), model.predict(other))
    assert model.predict(rows).dtype == model.predict(rows[:1]).dtype == SAID[word].dtype
    assert np.array_equal(model.predict_proba(rows), model.predict_proba(other))
    whole = model._label_binarizer.inverse_transform(model._outputs(rows))
    assert np.array_equal(model.predict(rows), whole)


ODD: dict[str, Any] = {
    "a gap": BAD["a gap"](X), "infinite": BAD["infinite"](X), "narrow": X[:, 1:], "flat": X[0],
    "no rows": X[:0], "no columns": X[:, :0], "words": X[:2].astype(str).astype(object) + "m",
    "cube": X.reshape(2, 150, 6), "a matrix of old": np.matrix(X), "none": None,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*(max_iter|Stochastic|matrix subclass)")
@pytest.mark.parametrize("word", ODD)
def test_odd_rows_are_refused_in_scikit_learns_words(word: str) -> None:
    y = SAID["two numbers"]
    ours = MLPClassifier(5, max_iter=2, random_state=0).fit(X, y)
    theirs = neural_network.MLPClassifier(5, max_iter=2, random_state=0).fit(X, y)
    with pytest.raises((ValueError, TypeError)) as right:
        theirs.predict(ODD[word])
    with pytest.raises(right.type) as found:
        ours.predict(ODD[word])
    assert str(found.value) == str(right.value)


@pytest.mark.filterwarnings("ignore:.*(max_iter|Stochastic)")
def test_predictions_follow_whatever_becomes_of_an_estimator() -> None:
    y = X[:, 0] * X[:, 1]
    model = MLPRegressor(hidden_layer_sizes=4, max_iter=3, random_state=0).fit(X, y)
    first = model.predict(X)
    for copied in (copy.deepcopy(model), again(model)):
        assert np.array_equal(copied.predict(X), first)
    model.coefs_[0][0, 0] += 1.0
    edited = model.predict(X)
    assert not np.array_equal(edited, first)
    assert np.array_equal(edited, model.predict(X.tolist()))
    model.intercepts_[-1] = model.intercepts_[-1] + 1.0
    np.testing.assert_allclose(model.predict(X), edited + 1.0, rtol=1e-12)
    model.partial_fit(X, y)
    assert not np.array_equal(model.predict(X), edited)
    model.set_params(hidden_layer_sizes=(3, 2)).fit(X[:, :4], y)
    assert model.predict(X[:, :4]).shape == (300,)
    with pytest.raises(ValueError, match="X has 6 features, but MLPRegressor is expecting 4"):
        model.predict(X)


@pytest.mark.filterwarnings("ignore:.*(max_iter|Stochastic)")
def test_names_of_columns_are_looked_at_as_before() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=NAMES)
    model = MLPRegressor(hidden_layer_sizes=4, max_iter=3, random_state=0).fit(frame, X[:, 0])
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        plain_rows = model.predict(X)
    assert np.array_equal(plain_rows, model.predict(frame))
    with pytest.raises(ValueError, match="same order as they were in fit"):
        model.predict(frame[NAMES[::-1]])
