"""The article's systems by name, with the numbers it started them from.

    system("article").trace(iteration=1)      the twelve steps, every matrix
    system("chain-rule").train()              the whole run
    system("article").under(convention)       the same, written as another book would

The article is "Understanding and coding Neural Networks From Scratch in Python and R" (2017,
updated 2020). Where it draws random numbers, they are drawn here from the same seeds in the same
order, so its printed numbers come out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from workings import lookup, training
from workings.conventions import Convention
from workings.data import draws
from workings.engines import engine
from workings.errors import SettingError
from workings.language import Program, Stage, Step, name, sum_of
from workings.language.algebra import GREATER
from workings.network import Dense, Network
from workings.trace import Array, Trace
from workings.training.runs import Measures, Rows, Settings, Training

FIRST = Convention()  # the article's first half: biases, rows, E = y - output
SECOND = Convention("gradient", "sum", "columns", "none", "partials")  # and its second


@dataclass(frozen=True)
class Setup:
    """What a system starts from: a network, its weights, its rows, and how it is trained."""

    network: Network
    start: Mapping[str, Array]
    X: Array
    y: Array
    settings: Settings

    @property
    def rows(self) -> Rows:
        """The rows, laid out as the convention says."""
        if self.network.convention.samples == "columns":
            return Rows(np.ascontiguousarray(self.X.T), np.ascontiguousarray(self.y.T))
        return Rows(self.X, self.y)

    @property
    def measures(self) -> Measures:
        """What is looked at while it is trained."""
        summed = self.network.convention.reduction == "sum"
        return Measures(summed=summed, output=self.network.output)


@dataclass(frozen=True)
class System:
    """One system of the article. `every` is how many iterations apart its errors are listed."""

    name: str
    summary: str
    setup: Callable[[], Setup] | None = None
    single: Callable[[], tuple[Program, Mapping[str, Array]]] | None = None
    every: int = 0
    labels: Mapping[str, list[str]] = field(default_factory=dict)

    def trace(self, iteration: int = 1) -> Trace:
        """Every matrix of one iteration, counted from 1."""
        if self.setup is None or self.single is not None:
            return self._only_pass(iteration)
        setup = self.setup()
        program = setup.network.training("sgd")
        values, which = training.replay(
            program, setup.start, setup.rows, settings=setup.settings, iteration=iteration,
            measures=setup.measures,
        )  # fmt: skip
        labels = {**self.labels, "n": [str(row + 1) for row in which]}
        return engine().trace(program, values, labels)

    def train(self) -> Training:
        """The whole run; raises `SettingError` for the perceptron, which learns nothing."""
        setup = self._trained()
        return training.train(
            setup.network.training("sgd"), setup.start, setup.rows, settings=setup.settings,
            measures=setup.measures,
        )  # fmt: skip

    @property
    def iterations(self) -> int:
        """How many iterations the whole run has."""
        if self.setup is None:
            return 1
        setup = self.setup()
        batches = -(-len(setup.X) // (setup.settings.batch_size or len(setup.X)))
        return setup.settings.epochs * batches

    def outputs(self, trained: Training) -> Array:
        """The network's outputs for its own rows after training."""
        setup = self._trained()
        forward = setup.network.program().only(setup.network.output)
        values = {**trained.values, "X": setup.rows.X}
        return engine().run(forward, values)[setup.network.output]

    def under(self, convention: Convention) -> System:
        """The same system under another convention: the same numbers, laid out otherwise."""
        before = self._trained()

        def setup() -> Setup:
            network = before.network.under(convention)
            start = before.network.translated(before.start, network)
            return replace(before, network=network, start=start)

        return replace(self, setup=setup)

    def _trained(self) -> Setup:
        if self.setup is None:
            raise SettingError(
                f"cannot do that with {self.name}: it is computed once and learns nothing",
                hint="See: workings show article",
            )
        return self.setup()

    def _only_pass(self, iteration: int) -> Trace:
        if iteration != 1 or self.single is None:
            raise SettingError(
                f"cannot go to iteration {iteration}: {self.name} has only one, 1 was expected"
            )
        program, values = self.single()
        return engine().trace(program, values, self.labels)


def system(word: str) -> System:
    """The system called `word`; raises `UnknownName` with a suggestion."""
    return lookup.row(sys.modules[__name__], System, word)


def systems() -> dict[str, System]:
    """Every system, by its name."""
    return lookup.rows(sys.modules[__name__], System)


# -- how they are set up -------------------------------------------------------------------------

X_ARTICLE = [[1, 0, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]]
X_CHAIN_RULE = [[1, 0, 0, 0], [1, 0, 1, 1], [0, 1, 0, 1]]
Y_ARTICLE = [[1], [1], [0]]


def _matrix(rows: Any) -> Array:
    return np.asarray(rows, float)


def _perceptron() -> tuple[Program, Mapping[str, Array]]:
    x, w, b = name("X", "n", "inputs"), name("w", "inputs", 1), name("b", 1, 1)
    threshold = name("threshold")
    sums = [
        ("Add the inputs up", "sum_of_inputs", sum_of(x, 1),
         "Every input counts the same."),
        ("Give each input a weight", "weighted_sum", x @ w,
         "A weight says how much its input matters."),
        ("Add a bias", "weighted_sum_and_bias", x @ w + 1.0 * b,
         "The bias is a weight for an input that is always 1: it moves the threshold."),
    ]  # fmt: skip
    steps = []
    for place, (stage, word, total, why) in enumerate(sums, 1):
        steps.append(Step(word, total, stage, why))
        fires = GREATER(steps[-1].ref, threshold)
        steps.append(Step(f"output_{place}", fires, stage, "1 above the threshold, else 0."))
    shows = ("X", "threshold"), ("w",), ("b",)
    stages = [Stage(stage, show) for (stage, *_), show in zip(sums, shows, strict=True)]
    values = {"X": [[0, 1, 1]], "w": [[2], [3], [4]], "b": [[-8]], "threshold": 0}
    return Program(tuple(steps), stages=tuple(stages)), {
        word: _matrix(value) for word, value in values.items()
    }


def _article() -> Setup:
    start = {
        "wh": [[0.42, 0.88, 0.55], [0.10, 0.73, 0.68], [0.60, 0.18, 0.47], [0.92, 0.11, 0.52]],
        "bh": [[0.46, 0.72, 0.08]], "wout": [[0.30], [0.25], [0.23]], "bout": [[0.69]],
    }  # fmt: skip
    return Setup(
        Network([Dense(3), Dense(1)], convention=FIRST),
        {word: _matrix(value) for word, value in start.items()},
        _matrix(X_ARTICLE), _matrix(Y_ARTICLE), Settings(epochs=5000),
    )  # fmt: skip


def _listing() -> Setup:
    start = _article()
    return replace(start, start=_drawn(start.network, (4, 1), np.random.RandomState(0)))


def _chain_rule() -> Setup:
    network, random = Network([Dense(3), Dense(1)], convention=SECOND), np.random.RandomState(42)
    _drawn(network, (4, 1), random)  # the article draws once to look at the first errors
    start = _drawn(network, (4, 1), random)
    return Setup(network, start, _matrix(X_CHAIN_RULE), _matrix(Y_ARTICLE), Settings(epochs=1000))


def _first_look() -> Setup:
    network, random = Network([Dense(3), Dense(1)], convention=SECOND), np.random.RandomState(42)
    start = _drawn(network, (4, 1), random)
    return Setup(network, start, _matrix(X_CHAIN_RULE), _matrix(Y_ARTICLE), Settings(epochs=1))


def _cloud(X: Array, y: Array) -> Setup:
    """1000 points scaled to 0 .. 1, and weights that go on from the chain rule's random stream."""
    small, random = Network([Dense(3), Dense(1)], convention=SECOND), np.random.RandomState(42)
    for _ in range(2):
        _drawn(small, (4, 1), random)
    network = Network([Dense(10), Dense(1)], convention=SECOND)
    start = _drawn(network, (2, 1), random)
    scaled = (X - X.min()) / (X - X.min()).max()
    return Setup(network, start, scaled, y.reshape(-1, 1).astype(float), Settings(epochs=10_000))


def _moons() -> Setup:
    return _cloud(*draws.moons(1000, noise=0.1, seed=42))


def _blobs() -> Setup:
    return _cloud(*draws.blobs(1000, groups=2, seed=42))


def _deep() -> Setup:
    network = Network([Dense(3), Dense(2), Dense(1)], convention=FIRST)
    start = network.start(inputs=4, outputs=1, random=np.random.default_rng(0))
    return Setup(network, start, _matrix(X_ARTICLE), _matrix(Y_ARTICLE), Settings(epochs=5000))


def _ten_points(batch_size: int | None) -> Setup:
    places = np.arange(1, 11) / 10
    X = np.column_stack([places, 1 - places])
    network = Network([Dense(1, "identity", bias=False)], convention=FIRST)
    return Setup(
        network, {"wout": np.zeros((2, 1))}, X, X @ _matrix([[1], [2]]),
        Settings(epochs=50, batch_size=batch_size, shuffle=False),
    )  # fmt: skip


def _drawn(network: Network, sizes: tuple[int, int], random: Any) -> Mapping[str, Array]:
    inputs, outputs = sizes
    return network.start(inputs=inputs, outputs=outputs, random=random, draw="uniform")


# -- the rows --------------------------------------------------------------------------------------

PERCEPTRON = System(
    "perceptron", "A neuron three ways: the plain sum, with weights, with a bias.",
    single=_perceptron,
)  # fmt: skip
ARTICLE = System(
    "article", "The twelve steps on 3 rows, with the weights of the article's pictures.",
    setup=_article,
)  # fmt: skip
LISTING = System(
    "listing", "The NumPy listing: the same network from random weights (seed 0), 5000 iterations.",
    setup=_listing, every=1000,
)  # fmt: skip
FIRST_LOOK = System(
    "first-look", "The chain-rule version before any training, and its first errors.",
    setup=_first_look,
)  # fmt: skip
CHAIN_RULE = System(
    "chain-rule", "The chain-rule version: no bias, columns are samples, gradients subtracted.",
    setup=_chain_rule, every=100,
)  # fmt: skip
DEEP = System(
    "deep", "The same rows through two hidden layers: more of the same steps.",
    setup=_deep, every=1000,
)  # fmt: skip
FULL_BATCH = System(
    "full-batch", "10 points, two weights: every point has its say before the weights move.",
    setup=lambda: _ten_points(None), every=10,
)  # fmt: skip
SGD = System(
    "sgd", "The same 10 points one by one: the second point already meets moved weights.",
    setup=lambda: _ten_points(1), every=10,
)  # fmt: skip
MOONS = System(
    "moons", "1000 points in two half circles, 10 hidden neurons, 10 000 iterations.",
    setup=_moons, every=1000,
)  # fmt: skip
BLOBS = System(
    "blobs", "The article's exercise: the same network on two round groups of points.",
    setup=_blobs, every=1000,
)  # fmt: skip
