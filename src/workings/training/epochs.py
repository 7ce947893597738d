"""Epochs as batches: which rows make up each iteration, and what their losses say of an epoch.

epochs = Epochs(count=150, batch_size=32)
epochs.batches(orders, rates)       the iterations of so many epochs
epochs.means(losses, summed=...)    the loss per row of each epoch that was finished
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workings.batches import Batches


@dataclass(frozen=True)
class Epochs:
    """Passes over `count` rows, `batch_size` at a time (None: all at once).

    >>> Epochs(5, 2).batches([None], [0.1]).counts
    array([2, 2, 1])
    """

    count: int
    batch_size: int | None

    @property
    def size(self) -> int:
        """Rows in a batch; the last one of an epoch may have fewer."""
        return min(self.batch_size or self.count, self.count)

    @property
    def length(self) -> int:
        """How many iterations an epoch has."""
        return -(-self.count // self.size)

    def batches(self, orders: Sequence[NDArray[np.intp] | None], rates: Sequence[float]) -> Batches:
        """The batches of some epochs, each in its order; None leaves the rows in their own."""
        one, many = Batches.of(np.arange(self.count), self.size, 0.0), len(rates)
        given = [order for order in orders if order is not None] or [np.arange(self.count)]
        starts = np.arange(many) * self.count if len(given) == many else np.zeros(many, np.int64)
        begins = (starts[:, np.newaxis] + one.begins).ravel()
        order = np.concatenate(given).astype(np.int64)
        counts = np.tile(one.counts, many)
        return Batches(order, begins, counts, np.repeat(rates, len(one)), largest=self.size)

    def means(self, losses: list[float], *, summed: bool) -> list[float]:
        """The loss per row of each epoch that was finished, from those of its iterations."""
        first = np.arange(0, self.count, self.size)
        shares = np.minimum(self.count - first, self.size) / self.count
        weights = np.full(self.length, 1 / self.count) if summed else shares
        whole = len(losses) // self.length
        each = np.reshape(losses[: whole * self.length], (whole, self.length)) * weights
        return list(each.sum(axis=1).tolist())  # the same however many epochs there are
