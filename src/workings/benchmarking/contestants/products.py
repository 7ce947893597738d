"""What bounds everybody: the matrix products of an iteration and nothing else, by NumPy's BLAS."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np

from workings.benchmarking.contestants import LIMIT, Contestant, Predictor, Trained, Trainer
from workings.benchmarking.task import Array, Task


class Products(Contestant):
    """The products of all layers, forward and back, into memory that is there already.

    It trains nothing, so it is no rival: it shows what this machine's own `gemm` needs.
    """

    title = "products alone"
    side = LIMIT

    def trainer(self, task: Task) -> Trainer:
        """For each layer: the sums, what weights are owed, and what its inputs are owed."""
        sizes = task.sizes

        @cache
        def made(count: int) -> list[tuple[Array, Array, Array]]:
            pairs = list(itertools.pairwise(sizes))
            found = []
            for place, (a, b) in enumerate(pairs):
                x, w, d = (np.ones(s, task.X.dtype) for s in ((count, a), (a, b), (count, b)))
                found += [(x, w, np.empty_like(d)), (x.T, d, np.empty_like(w))]
                found += [(d, w.T, np.empty_like(x))] if place else []
            return found

        counts = [len(batch) for batch in task.batches[: task.per_epoch]]

        def run(iterations: int) -> Trained:
            for turn in range(iterations):
                for one, other, into in made(counts[turn % len(counts)]):
                    np.matmul(one, other, out=into)
            return task.copied

        return run

    def predictor(self, task: Task) -> Predictor:
        """The products forward."""

        @cache
        def made(count: int) -> list[Array]:
            return [np.empty((count, size), task.X.dtype) for size in task.sizes[1:]]

        def predict(X: Array) -> Array:
            for (w, _), into in zip(task.weights, made(len(X)), strict=True):
                np.matmul(X, w, out=into)
                X = into
            return X

        return predict


CONTESTANT = Products()
