"""What is trained and predicted: a row each, and rows made for each point of a growth curve.

    PROBLEMS                what everybody is timed at
    AXES                    what grows: rows, width, depth, batch
    problem.task()          the same as plain data
    problem.quick()         a small version of it, for a look

Data are drawn from a seed where no table of ours is named; nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from workings.benchmarking.task import SEED, Array, How, Task
from workings.data.builtin import builtin_table
from workings.initializers import initializer

Made = Callable[[], tuple[Array, Array]]

LONG = "float64, and sums of this length differ in the last digits only"
SINGLE = "float32 has 7 digits, and rounding adds up over the iterations"
BESIDE = "Adam's epsilon stands beside another root in scikit-learn"


@dataclass(frozen=True)
class Problem:
    """One row: data, network, and how long it is trained.

    `compared` is after how many iterations the losses are compared, where not at the end;
    `tolerance` how far apart they may be, as a share of the loss, and `because` why.
    `fewer` is what the small version has in other numbers.
    """

    name: str
    title: str
    made: Made
    layers: tuple[int, ...]
    hidden: str = "sigmoid"
    output: str = "sigmoid"
    loss: str = "binary_cross_entropy"
    reduction: str = "mean"
    optimizer: str = "sgd"
    rate: float = 0.1
    batch: int = 1
    epochs: int = 1
    calls: int = 0  # so many predictions of `batch` rows, where nothing is trained
    shuffled: bool = True
    precise: str = "float32"
    compared: int | None = None
    tolerance: float = 1e-3
    because: str = SINGLE
    unit: str = "iteration"
    fewer: tuple[tuple[str, object], ...] = ()
    axis: str = ""
    value: int = 0

    @property
    def does(self) -> str:
        """Train or predict."""
        return "predict" if self.calls else "train"

    def quick(self) -> Problem:
        """The small version."""
        return replace(self, **dict(self.fewer))  # type: ignore[arg-type]

    def task(self) -> Task:
        """The problem as plain data."""
        X, y = (np.ascontiguousarray(x, self.precise) for x in self.made())
        iterations = self.calls or self.epochs * -(-len(X) // self.batch)
        how = How(
            self.name, self.does, self.hidden, self.output, self.loss, self.reduction,
            self.optimizer, self.rate, min(self.batch, len(X)), iterations, self.shuffled,
        )  # fmt: skip
        random, glorot = np.random.default_rng(SEED), initializer("glorot")
        weights = [
            (glorot.draw(random, a, b).astype(self.precise), np.zeros(b, self.precise))
            for a, b in pairwise([X.shape[1], *self.layers])
        ]
        return Task(how, X, y, weights)


def table(name: str, scale: float = 1.0) -> tuple[Array, Array]:
    """A built-in table, its numbers divided by `scale`, its classes as ones and zeros."""
    found = builtin_table(name)
    target = found.target or ""
    X = np.column_stack([column.numbers() for column in found.without(target).columns]) / scale
    codes = found[target].numbers().astype(int)
    return X, one_hot(codes) if codes.max() > 1 else codes.reshape(-1, 1)


def one_hot(codes: Array) -> Array:
    """Each class in a column of its own."""
    return np.eye(int(codes.max()) + 1)[codes]


def drawn(rows: int, inputs: int, classes: int = 0) -> tuple[Array, Array]:
    """Normal inputs; a target that a network can learn in part: classes, or an amount."""
    random = np.random.default_rng(SEED)
    X = random.standard_normal((rows, inputs), dtype=np.float32)
    seen = X @ random.standard_normal((inputs, max(classes, 4)), dtype=np.float32)
    seen /= np.sqrt(inputs, dtype=np.float32)
    if classes:
        return X, one_hot(seen.argmax(axis=1)).astype(np.float32)
    return X, np.sin(seen[:, :1]) + np.tanh(seen[:, 1:2])


MOONS = Problem(
    "moons", "moons, 1000 x 2, 10 hidden, full batch, 10 000 iterations", partial(table, "moons"),
    (10, 1), batch=1000, epochs=10_000, rate=0.5, shuffled=False, precise="float64",
    tolerance=1e-8, because=LONG, fewer=(("epochs", 200),),
)  # fmt: skip
DIGITS = Problem(
    "digits", "digits, 1797 x 64, 32-16 hidden, Adam, batches of 200, 20 epochs",
    partial(table, "digits", scale=16.0), (32, 16, 10), hidden="relu", output="softmax",
    loss="categorical_cross_entropy", optimizer="adam", rate=0.001, batch=200, epochs=20,
    precise="float64", tolerance=2e-3, because=BESIDE, fewer=(("epochs", 2),),
)  # fmt: skip
IMAGES = replace(
    DIGITS, name="images-sgd", title="784-256-10, 60 000 rows, SGD, batches of 128, an epoch",
    made=partial(drawn, 60_000, 784, 10), layers=(256, 10), optimizer="sgd", rate=0.05, batch=128,
    epochs=1, precise="float32", tolerance=1e-3, because=SINGLE,
    fewer=(("made", partial(drawn, 2000, 784, 10)),),
)  # fmt: skip

PROBLEMS = (
    Problem(
        "article", "the article, 3 rows, 5000 iterations", partial(table, "article"), (3, 1),
        loss="half_squared_error", reduction="sum", batch=3, epochs=5000, shuffled=False,
        precise="float64", tolerance=1e-8, because=LONG, fewer=(("epochs", 200),),
    ),
    MOONS,
    replace(
        MOONS, name="moons-online", title="moons, one row at a time, 10 epochs", batch=1,
        epochs=10, rate=0.05, shuffled=True, fewer=(("epochs", 1),),
    ),
    DIGITS,
    IMAGES,
    replace(
        IMAGES, name="images-adam", title="784-256-10, 60 000 rows, Adam, batches of 128, an epoch",
        optimizer="adam", rate=0.001, tolerance=1e-2, because=f"{SINGLE}; {BESIDE}",
    ),
    Problem(
        "deep", "100-512-512-512-1, 200 000 rows, Adam, batches of 1024",
        partial(drawn, 200_000, 100), (512, 512, 512, 1), hidden="relu", output="identity",
        loss="half_squared_error", optimizer="adam", rate=0.001, batch=1024, compared=40,
        tolerance=1e-2, because=f"{SINGLE}; {BESIDE}",
        fewer=(("made", partial(drawn, 4096, 100)), ("layers", (64, 64, 64, 1)), ("compared", 4)),
    ),
    replace(
        DIGITS, name="one-row", title="prediction of one row, 64-32-16-10", batch=1, calls=1000,
        precise="float32", tolerance=1e-5, because="float32 has 7 digits", unit="call",
        fewer=(("calls", 50),),
    ),
    replace(
        DIGITS, name="million-rows", title="prediction of 1 000 000 rows, 64-32-16-10",
        made=partial(drawn, 1_000_000, 64, 10), batch=1_000_000, calls=1, precise="float32",
        tolerance=1e-5, because="float32 has 7 digits", unit="call",
        fewer=(("made", partial(drawn, 2000, 64, 10)), ("batch", 2000)),
    ),
)  # fmt: skip

COLD = ("article", "moons")  # from the start of a process to the trained network

GROWING = replace(
    DIGITS, name="growing", made=partial(drawn, 10_000, 20), layers=(32, 1), output="identity",
    loss="half_squared_error", optimizer="sgd", rate=0.01, batch=100, epochs=1, compared=20,
    precise="float32", tolerance=1e-5, because="float32 has 7 digits", fewer=(),
)  # fmt: skip
DECADES = (1, 10, 100, 1000)


def _grown(
    axis: str, unit: str, said: str, how: Callable[[int], dict[str, object]]
) -> tuple[Problem, ...]:
    return tuple(
        replace(
            GROWING, name=f"{axis}-{value}", title=said.format(value), axis=axis, value=value,
            unit=unit, **how(value),  # type: ignore[arg-type]
        )
        for value in DECADES
    )  # fmt: skip


AXES = {
    "rows": tuple(
        replace(one, name=f"rows-{one.value * 100}", value=one.value * 100)
        for one in _grown(
            "rows", "epoch", "rows (20-32-1, batches of 100)",
            lambda v: {"made": partial(drawn, v * 100, 20)},
        )
    ),
    "width": _grown(
        "width", "iteration", "hidden neurons in each of two layers (batches of 100)",
        lambda v: {"layers": (v, v, 1)},
    ),
    "depth": _grown(
        "depth", "iteration", "hidden layers of 8 neurons (batches of 100)",
        lambda v: {"layers": (*[8] * v, 1), "hidden": "tanh", "rate": 0.001},
    ),
    "batch": _grown(
        "batch", "epoch", "rows in a batch (10 000 rows, 20-32-1)", lambda v: {"batch": v},
    ),
}  # fmt: skip
