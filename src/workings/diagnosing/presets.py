"""A case for each disease that has it: rows found by their names.

    preset("hundred-neurons")      one of them
    presets()                      all, in the order of the diseases

Each is small, is drawn from a fixed seed, and is trained in well under a second or two.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workings import lookup
from workings.data import Table
from workings.diagnosing.case import Case
from workings.diagnosing.cases import of_arrays, of_job, of_setup
from workings.diagnosing.toys import curve, football, moons, two_classes
from workings.jobs.job import Job
from workings.jobs.options import Options
from workings.network import Dense
from workings.systems import Y_ARTICLE, Setup, system

CURVE = 100  # points of a curve


@dataclass(frozen=True)
class Preset:
    """A case that has a disease, and what there is to see in it."""

    name: str
    disease: str
    summary: str
    make: Callable[[], Case]


def preset(word: str) -> Preset:
    """The preset called `word`; raises `UnknownName` with a suggestion."""
    return lookup.row(sys.modules[__name__], Preset, word)


def presets() -> dict[str, Preset]:
    """Every preset by its name."""
    return lookup.rows(sys.modules[__name__], Preset)


# -- how they are set up ---------------------------------------------------------------------------


def _table(columns: dict[str, Any], target: str, **options: Any) -> Case:
    rows = np.array([list(cells) for cells in columns.values()], object).T
    names = list(columns)
    place = names.index(target)
    X, y = np.delete(rows, place, 1), rows[:, place]
    names.remove(target)
    table = Table.from_arrays(X, y, names=names, target=target, source="drawn table")
    return of_job(Job(table, target, Options(**options)))


def _setup(word: str) -> Setup:
    """How one of the article's systems is set up."""
    make = system(word).setup
    assert make is not None  # noqa: S101 - of the perceptron alone it is
    return make()


# -- the cases -------------------------------------------------------------------------------------


def _hundred_neurons() -> Case:
    """The article's listing with 100 hidden neurons: NumPy's seed 0, weights between 0 and 1."""
    setup = _setup("listing")
    network = replace(setup.network, layers=(Dense(100), Dense(1)))
    random = np.random.RandomState(0)
    start = network.start(inputs=4, outputs=1, random=random, draw="uniform")
    return of_setup(replace(setup, network=network, start=start))


def _dying_relu() -> Case:
    X, y = curve(CURVE)
    return of_arrays(
        X, y + 3, hidden=[16], activation="relu", output="identity", loss="squared_error",
        rate=0.2, epochs=200,
    )  # fmt: skip


def _too_large() -> Case:
    X, y = curve(CURVE)
    return of_arrays(
        X, y, hidden=[16], activation="tanh", output="identity", loss="squared_error",
        rate=0.3, epochs=200,
    )  # fmt: skip


def _too_small() -> Case:
    X, y = moons(200)
    return of_arrays(
        X, y, hidden=[8], activation="tanh", loss="binary_cross_entropy", rate=1e-5, epochs=200
    )


def _summed_blobs() -> Case:
    setup = _setup("blobs")
    return of_setup(replace(setup, settings=replace(setup.settings, epochs=300)))


def _moons_plateau() -> Case:
    setup = _setup("moons")
    return of_setup(replace(setup, settings=replace(setup.settings, epochs=2000)))


def _football() -> Case:
    X, y = football()
    return of_arrays(
        X, y, hidden=[10], output="softmax", loss="categorical_cross_entropy", start="uniform",
        rate=0.3, epochs=500,
    )  # fmt: skip


def _deep(activation: str, start: str | None, **more: Any) -> Case:
    X, y = moons(200)
    return of_arrays(X, y, activation=activation, start=start, loss="binary_cross_entropy", **more)


def _zero_start() -> Case:
    X, y = moons(200)
    return of_arrays(
        X, y, hidden=[8], loss="binary_cross_entropy", start="zeros", rate=1.0, epochs=1000
    )


def _amounts(output: str, loss: str) -> Case:
    X, y = curve(CURVE)
    return of_arrays(
        X, 2 + 2 * y, hidden=[16], activation="tanh", output=output, loss=loss, rate=0.05,
        epochs=500, task="regression",
    )  # fmt: skip


def _one_softmax() -> Case:
    X, y = moons(200)
    return of_arrays(
        X, y, hidden=[8], activation="tanh", output="softmax", loss="half_squared_error",
        rate=0.5, epochs=500,
    )  # fmt: skip


def _heavy_penalty() -> Case:
    X, y = moons(200)
    return of_arrays(
        X, y, hidden=[8], activation="tanh", loss="binary_cross_entropy", l2=1.0, rate=0.3,
        epochs=300,
    )  # fmt: skip


def _rare_class() -> Case:
    random = np.random.default_rng(1)
    X = random.normal(size=(300, 2))
    y = ((X**2).sum(1) < 0.25).astype(float).reshape(-1, 1)
    return of_arrays(
        X, y, hidden=[1], activation="tanh", loss="binary_cross_entropy", rate=1.0, epochs=1000
    )


def _by_heart() -> Case:
    X, y = moons(330, noise=0.4)
    return of_arrays(
        X[:30], y[:30], hidden=[16], activation="tanh", loss="binary_cross_entropy",
        optimizer="adam", rate=0.02, epochs=300, new=(X[30:], y[30:]),
    )  # fmt: skip


def _too_short() -> Case:
    X, y = moons(200)
    return of_arrays(
        X, y, hidden=[16], activation="tanh", loss="binary_cross_entropy", rate=0.3, epochs=10
    )


def _runaway() -> Case:
    X, y = curve(CURVE)
    return of_arrays(
        X, y, hidden=[16], activation="relu", output="identity", loss="squared_error",
        rate=5.0, epochs=200,
    )  # fmt: skip


def _contradiction() -> Case:
    X = [[1, 0, 1, 1]] * 3
    return of_arrays(X, Y_ARTICLE, hidden=[3], rate=0.5, epochs=500)


def _copies() -> Case:
    a, b, goes = two_classes(60)
    twice = [place for place in range(60) for _ in range(1 + 3 * (goes[place] == "yes"))]
    columns = {"a": a[twice], "b": b[twice], "y": [goes[k] for k in twice]}
    return _table(columns, "y", hidden=(8,), epochs=60)


def _refunds() -> Case:
    a, b, goes = two_classes(200)
    paid = np.where(np.array(goes) == "yes", "paid", "open")
    return _table({"a": a, "b": b, "refund": paid, "y": goes}, "y", hidden=(8,), epochs=40)


def _year() -> Case:
    X, y = moons(200)
    X = np.hstack([X, np.full((200, 1), 4.0)])
    return of_arrays(
        X, y, hidden=[8], activation="tanh", loss="binary_cross_entropy", rate=0.1, epochs=300
    )


def _counted() -> Case:
    a, b, goes = two_classes(60, seed=3)
    return _table({"sample": range(1, 61), "a": a, "b": b, "y": goes}, "y", hidden=(8,), epochs=60)


def _rare_words() -> Case:
    a, b, goes = two_classes(100)
    goes[:3] = ["maybe", "perhaps", "maybe"]
    return _table({"a": a, "b": b, "y": goes}, "y", hidden=(8,), epochs=40)


def _wide() -> Case:
    random = np.random.default_rng(0)
    X = random.normal(size=(40, 10)).round(3)
    goes = np.where(X[:, 0] + 0.5 * random.normal(size=40) > 0, "yes", "no")
    columns: dict[str, Any] = {f"x{k}": X[:, k - 1] for k in range(1, 11)}
    return _table({**columns, "y": goes}, "y", hidden=(200,), epochs=60, test_size=0.4)


# -- the rows --------------------------------------------------------------------------------------

CONTRADICTION = Preset(
    "contradiction", "contradicting-labels", "three equal rows labelled 1, 1 and 0", _contradiction
)
COPIES = Preset(
    "copies", "copied-rows", "the rows of one class copied before the test rows are drawn", _copies
)
REFUNDS = Preset(
    "refunds", "giveaway-column", "a column that is filled in when the result is known", _refunds
)
YEAR = Preset("year", "constant-column", "an input that is 4 in every row", _year)
COUNTED = Preset("counted", "identifier-column", "a column that counts the rows", _counted)
RARE_WORDS = Preset("rare-words", "few-rows-class", "classes of one and of two rows", _rare_words)
WIDE = Preset("wide", "rows-per-weight", "200 hidden neurons for 24 rows", _wide)
AMOUNTS = Preset(
    "amounts", "wrong-output", "a sigmoid output for amounts from 0 to 4",
    lambda: _amounts("sigmoid", "half_squared_error"),
)  # fmt: skip
ONE_SOFTMAX = Preset("one-softmax", "wrong-output", "a softmax of a single column", _one_softmax)
HEAVY_PENALTY = Preset(
    "heavy-penalty", "constant-prediction", "a penalty on weights that leaves none", _heavy_penalty
)
RARE_CLASS = Preset(
    "rare-class", "majority-only", "a rare class in the middle, and one hidden neuron", _rare_class
)
FOOTBALL = Preset(
    "football", "unscaled-inputs", "75 matches of whole numbers up to 42, and three results",
    _football,
)  # fmt: skip
VANISHING = Preset(
    "eight-sigmoids", "vanishing-gradients", "eight hidden layers of sigmoids",
    lambda: _deep("sigmoid", None, hidden=[8] * 8, rate=0.1, epochs=200),
)  # fmt: skip
EXPLODING = Preset(
    "normal-start", "exploding-gradients", "seven layers started from normal weights",
    lambda: _deep("leaky_relu", "normal", hidden=[32] * 7, rate=0.01, epochs=100),
)  # fmt: skip
RUNAWAY = Preset("runaway", "overflow", "steps so long that the weights run away", _runaway)
TOO_LARGE = Preset("too-large", "rate-too-large", "a rate beyond what converges", _too_large)
TOO_SMALL = Preset("too-small", "rate-too-small", "a rate of 0.00001", _too_small)
SUMMED_BLOBS = Preset(
    "summed-blobs", "summed-rate", "the gradients of 1000 rows added up, lr 0.1", _summed_blobs
)
HUNDRED_NEURONS = Preset(
    "hundred-neurons", "saturated-units", "100 neurons from uniform(0,1) on the article's rows",
    _hundred_neurons,
)  # fmt: skip
DYING_RELU = Preset("dying-relu", "dead-relu", "ReLUs and a rate that kills them", _dying_relu)
ZERO_START = Preset("zero-start", "twin-units", "every weight starts at 0", _zero_start)
BY_HEART = Preset("by-heart", "overfitting", "30 noisy rows learnt by heart", _by_heart)
TOO_SHORT = Preset("too-short", "underfitting", "ten epochs", _too_short)
MOONS_PLATEAU = Preset(
    "moons-plateau", "plateau", "the article's moons run, standing still at 0.25000",
    _moons_plateau,
)  # fmt: skip
