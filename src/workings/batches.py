"""Many iterations at once: which rows each of them takes, and what came of them.

Batches(order, begins, counts, rates)      iteration i takes the rows
                                           order[begins[i] : begins[i] + counts[i]]
Looped(values, losses, done)               what is carried after them, and the loss of each
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workings.trace import Array, Values

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Batches:
    """The rows and the learning rate of each of some iterations.

    `masks` are given iteration by iteration: along the axis of samples, the rows of the first
    iteration, then those of the second, and so on. `largest` is how many rows a batch may have,
    where these are some of many: whoever makes room for them makes the same for all.

    >>> Batches.of(np.array([2, 0, 1]), 2, 0.1).counts
    array([2, 1])
    """

    order: Whole
    begins: Whole
    counts: Whole
    rates: NDArray[Any]
    masks: Mapping[str, Array] = field(default_factory=dict)
    largest: int = 0

    def __len__(self) -> int:
        return len(self.begins)

    def rows(self, turn: int) -> Whole:
        """Which rows an iteration takes."""
        return self.order[self.begins[turn] : self.begins[turn] + self.counts[turn]]

    def is_same(self, turn: int) -> bool:
        """Whether an iteration takes the rows that the one before it took."""
        same = self.begins[turn - 1 : turn + 1], self.counts[turn - 1 : turn + 1]
        return all(one[0] == one[1] for one in same)

    def between(self, first: int, last: int) -> Batches:
        """Some neighbouring iterations; there must be no masks."""
        some = slice(first, last)
        return replace(self, begins=self.begins[some], counts=self.counts[some],
                       rates=self.rates[some])  # fmt: skip

    @classmethod
    def of(cls, order: NDArray[Any], size: int, rate: float, epochs: int = 1) -> Batches:
        """Each epoch takes all rows in this order, `size` at a time."""
        begins = np.arange(0, len(order), size, dtype=np.int64)
        counts = np.minimum(len(order) - begins, size)
        rates = np.full(len(begins) * epochs, rate)
        return cls(order.astype(np.int64), np.tile(begins, epochs), np.tile(counts, epochs), rates)

    @property
    def room(self) -> int:
        """Rows that there has to be room for."""
        return max(self.largest, int(self.counts.max(initial=0)))

    @property
    def offsets(self) -> Whole:
        """How many rows the iterations before each one have taken."""
        return np.concatenate([[0], np.cumsum(self.counts[:-1])]).astype(np.int64)


@dataclass(frozen=True)
class Looped:
    """What is carried on after `done` iterations, their losses, and what the last one kept.

    If fewer are done than were asked for, somebody stopped them, or the loss of the next one,
    which is the last of `losses`, is not finite.
    """

    values: dict[str, Array]
    losses: Array
    done: int
    kept: dict[str, Array] = field(default_factory=dict)
    interrupted: bool = False  # by Ctrl-C


class Loop(Protocol):
    """Iterations in one call: what an engine makes of a program that updates something."""

    def __call__(
        self, values: Values, rows: Values, batches: Batches, stop: Whole | None = None
    ) -> Looped:
        """Runs the iterations in `batches`.

        `values` holds what is carried and what is constant, `rows` the matrices (all of their
        rows) that batches are taken from. It ends early at a loss that is not finite, and when
        another thread changes the one number in `stop`, which is 0.
        """
