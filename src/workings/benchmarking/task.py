"""One problem as plain data: what every contestant is given, in its own process.

A task is written to a folder once and read by each contestant, so all have the same rows, the same
starting weights and the same order of rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Weights = list[tuple[Array, Array]]  # for each layer (inputs, outputs) and (outputs,)

SEED = 0  # of the order of rows


@dataclass(frozen=True)
class How:
    """How a network is made and trained. `does` is "train" or "predict".

    `batch` is the rows of an iteration, or of one call when predicting; `iterations` how many
    there are in a whole run. `loss` and the activations have our names.
    """

    name: str
    does: str
    hidden: str
    output: str
    loss: str
    reduction: str
    optimizer: str
    rate: float
    batch: int
    iterations: int
    shuffled: bool


@dataclass(frozen=True)
class Task:
    """Inputs `X` (n, inputs), targets `y` (n, outputs), starting weights, and how to go on."""

    how: How
    X: Array
    y: Array
    weights: Weights

    @property
    def per_epoch(self) -> int:
        """How many iterations pass over all rows once."""
        return -(-len(self.X) // self.how.batch)

    @property
    def is_whole(self) -> bool:
        """Whether every iteration takes all rows in their own order."""
        return not self.how.shuffled and self.how.batch >= len(self.X)

    @property
    def sizes(self) -> list[int]:
        """Inputs, the neurons of each layer, outputs."""
        return [self.X.shape[1], *(w.shape[1] for w, _ in self.weights)]

    @cached_property
    def orders(self) -> NDArray[np.int64]:
        """The order of rows in each epoch (epochs, n); a single one if it never changes.

        Drawn as scikit-learn draws it: its fit makes its own order from a seed, and takes part so.
        """
        order = np.arange(len(self.X))
        if not self.how.shuffled:
            return order[np.newaxis]
        random, found = np.random.RandomState(SEED), []
        for _ in range(-(-self.how.iterations // self.per_epoch)):
            places = np.arange(len(order))
            random.shuffle(places)
            order = order[places]
            found.append(order)
        return np.array(found)

    @cached_property
    def batches(self) -> list[NDArray[np.int64]]:
        """The rows of each iteration; after the last, it begins again."""
        size = self.how.batch
        return [
            order[first : first + size]
            for order in self.orders
            for first in range(0, len(order), size)
        ]

    def copied(self) -> Weights:
        """The starting weights, to be changed."""
        return [(w.copy(), b.copy()) for w, b in self.weights]

    def save(self, folder: Path) -> None:
        """Writes the task to a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "task.json").write_text(json.dumps(asdict(self.how)))
        np.save(folder / "X.npy", np.ascontiguousarray(self.X))
        np.save(folder / "y.npy", np.ascontiguousarray(self.y))
        save_arrays(folder / "weights.npz", [x for pair in self.weights for x in pair])


def load(folder: Path) -> Task:
    """The task in a folder."""
    how = How(**json.loads((folder / "task.json").read_text()))
    flat = load_arrays(folder / "weights.npz")
    weights = list(zip(flat[::2], flat[1::2], strict=True))
    return Task(how, np.load(folder / "X.npy"), np.load(folder / "y.npy"), weights)


def save_arrays(path: Path, arrays: Sequence[Array]) -> None:
    """Writes arrays in order."""
    np.savez(path, *arrays)


def load_arrays(path: Path) -> list[Array]:
    """Reads arrays in order."""
    with np.load(path) as found:
        return [found[f"arr_{place}"] for place in range(len(found.files))]
