"""All rows once: what a kernel does where nothing is repeated, as in a prediction.

    Pass(kernel, given, keep, rows)            matrices of these sizes, again and again
    Pieces(kernels, given, keep, rows, axes)   many rows, some at a time: by as many threads as
                                               there are kernels, each with its own memory

Both are called with the given matrices, in the order of `given`, and hand back what is kept; or
what a function makes of it, a row of something else for each row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

import numpy as np

from workings.compiling.kernels import Kernel
from workings.compiling.teams import Hand, wait_for
from workings.trace import Array

STAGED = 4096  # numbers in a matrix of rows that are copied rather than fetched where they are
Given = Sequence[Array]
Reading = Callable[[Array], Array]


class Ready(Protocol):
    """What has been made ready for matrices of some sizes."""

    def __call__(self, arrays: Given, read: Reading | None = None) -> dict[str, Array]:
        """Given values to kept values, or to what `read` makes of these."""


class Pass:
    """A kernel, and where in its memory everything comes from and goes to."""

    def __init__(
        self, kernel: Kernel, given: Sequence[str], keep: Sequence[str], rows: int
    ) -> None:
        self.kernel, self.rows, self.given = kernel, rows, given
        self.targets = [self._target(word) for word in given]
        self.kept = [(word, kernel.look(word, rows)) for word in keep]

    def __call__(self, arrays: Given, read: Reading | None = None) -> dict[str, Array]:
        """Runs it."""
        fetched = {}
        for word, x, target in zip(self.given, arrays, self.targets, strict=True):
            if target is None:
                fetched[word] = x
            else:
                target[...] = x
        self.kernel.once(fetched, self.rows)
        if read is None:
            return {word: x.copy() for word, x in self.kept}
        return {word: read(x.copy()) for word, x in self.kept}

    def _target(self, word: str) -> Array | None:
        """Where a matrix is copied to, unless its rows are fetched where they are."""
        if word not in self.kernel.job.gathered:
            return self.kernel.at(self.kernel.plan.lowered.given[word], 0)
        return (
            self.kernel.staged(word, self.rows) if self.rows * self._width(word) <= STAGED else None
        )

    def _width(self, word: str) -> int:
        value = self.kernel.plan.lowered.given[word]
        return self.kernel.plan.cells(value) // self.kernel.plan.rows


class Pieces:
    """Many rows, as many at a time as stay near the processor.

    `axes` says on which axis the rows of a matrix lie, given or kept.
    """

    def __init__(
        self, kernels: Sequence[Kernel], given: Sequence[str], keep: Sequence[str], rows: int,
        axes: Mapping[str, int],
    ) -> None:  # fmt: skip
        self.kernels, self.given, self.keep = kernels, given, keep
        self.rows, self.axes, self.piece = rows, axes, kernels[0].plan.rows

    def __call__(self, arrays: Given, read: Reading | None = None) -> dict[str, Array]:
        """Runs it, piece by piece; whose thread is free takes the next."""
        given, read = dict(zip(self.given, arrays, strict=True)), read or _as_it_is
        found = {word: self._empty(word, read) for word in self.keep}
        firsts, failed = iter(range(0, self.rows, self.piece)), list[BaseException]()

        def work(kernel: Kernel) -> None:
            try:
                for word in given.keys() - set(kernel.job.gathered):
                    kernel.put(word, given[word])
                for first in firsts:
                    if failed:
                        break
                    self._run(kernel, given, found, first, read)
            except BaseException as error:  # raised again, in the thread that waits
                failed.append(error)

        others = [Hand(partial(work, one)) for one in self.kernels[1:]]
        try:
            for other in others:
                other.start()
        except BaseException as error:
            failed.append(error)
        work(self.kernels[0])
        wait_for([other for other in others if other.ident is not None])
        if failed:
            raise failed[0]
        return found

    def _run(
        self, kernel: Kernel, given: Mapping[str, Array], found: Mapping[str, Array], first: int,
        read: Reading,
    ) -> None:  # fmt: skip
        some = slice(first, min(first + self.piece, self.rows))
        count = some.stop - first
        kernel.once({w: given[w][self._at(w, some)] for w in kernel.job.gathered}, count)
        for word, whole in found.items():
            whole[self._at(word, some)] = read(kernel.look(word, count))

    def _at(self, word: str, some: slice) -> tuple[slice, ...]:
        return (*[slice(None)] * self.axes[word], some)

    def _empty(self, word: str, read: Reading) -> Array:
        like = read(self.kernels[0].look(word, 1))
        axis = self.axes[word]
        return np.empty((*like.shape[:axis], self.rows, *like.shape[axis + 1 :]), like.dtype)


def _as_it_is(value: Array) -> Array:
    return value
