"""Many iterations in one call: a program's training loop as kernels, one for each set of sizes.

What else a kernel's caller asks of given matrices is here too: their type, and whether places lie
within what they are places of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np

from workings.batches import Batches, Looped, Whole
from workings.compiling import machine
from workings.compiling.iterations import Job
from workings.compiling.kernels import Kernel, real_of, rounded
from workings.compiling.turns import in_turns
from workings.compiling.values import ROWS, Lowered, is_rowwise, lowered
from workings.engines._pieces import SAMPLES
from workings.engines._rows import Rows
from workings.errors import NotSupported
from workings.language import Program
from workings.language.shapes import bound
from workings.trace import Values

RATE = "lr"
UNTILED = 4096  # rows of a batch stay in the cache; of a larger one, a TILE at a time
TILE = 1024
REMEMBERED = 64  # kinds of matrices, by their sizes


class Looping:
    """A program's iterations: a kernel for each set of sizes it has met."""

    def __init__(self, program: Program, keep: tuple[str, ...], loss: str) -> None:
        self.program, self.keep, self.loss = program, keep, loss
        self.kernels: dict[Any, Kernel] = {}
        self.met: dict[Any, Kernel] = {}  # the same, by the shapes that were given
        self.lock = Lock()

    def __call__(
        self, values: Values, rows: Values, batches: Batches, stop: Whole | None = None
    ) -> Looped:
        """Runs the iterations in `batches`."""
        given = {**values, **rows, **batches.masks}
        dtype = type_of([given[word] for word in self.program.given if word in given])
        losses = np.zeros(len(batches), dtype)
        with self.lock:
            kernel = self._kernel(given, batches, dtype)
            for word in self.program.given:
                if word not in rows and word not in batches.masks and word != RATE:
                    kernel.put(word, np.asarray(given[word], dtype))
            check_places(kernel.plan.lowered, given)
            stop = np.zeros(1, np.int64) if stop is None else stop
            run = kernel.runner(rows, batches, losses, stop)
            turned = in_turns(run, len(batches), stop, kernel.fitting)
            done, kernel.fitting = turned.done, turned.fitting
            after = {word: kernel.get_given(word) for word in self.program.updates}
            last = int(batches.counts[max(done - 1, 0)])
            kept = {word: kernel.get(word, last) for word in self.keep}
        failed = done < len(batches) and not np.isfinite(losses[done])
        return Looped(after, losses[: done + failed], done, kept, turned.interrupted)

    def _kernel(self, given: Values, batches: Batches, dtype: np.dtype[Any]) -> Kernel:
        real = real_of(dtype)
        lanes = machine.lanes(real)
        room = rounded(batches.room, lanes)
        shapes = {w: np.shape(x) for w, x in given.items() if w not in batches.masks}
        met = (tuple(shapes.items()), room, real, tuple(batches.masks))
        if met not in self.met:
            if len(self.met) >= REMEMBERED:
                self.met.clear()
            self.met[met] = self._found(shapes, room, real, batches)
        return self.met[met]

    def _found(
        self, shapes: Mapping[str, tuple[int, ...]], room: int, real: str, batches: Batches
    ) -> Kernel:
        declared = {word: s for word, s in self.program.given.items() if word in shapes}
        sizes, lanes = bound(declared, shapes), machine.lanes(real)
        key = (but_rows(sizes), room, real, tuple(batches.masks))
        if key not in self.kernels:
            keep = [self.loss, *self.keep, *self.program.updates.values()]
            made = lowered(self.program, {**sizes, SAMPLES: ROWS}, keep)
            _check(made, self.program)
            gathered = tuple(word for word in by_rows(made) if word not in batches.masks)
            job = Job(real, lanes, gathered, tuple(batches.masks), RATE, self.loss,
                      self.program.updates)  # fmt: skip
            tile = TILE if room > UNTILED else None
            self.kernels[key] = Kernel(made, job, room, tile=tile)
        return self.kernels[key]


def _check(made: Lowered, program: Program) -> None:
    """Refuses what no loop can be made of."""
    if not is_rowwise(made.values):
        raise NotSupported(
            "cannot compile a loop over batches: rows are reshaped, joined or chosen in a step, "
            "so their number cannot be left open",
            hint='Choose engine="numpy".',
        )
    given = set(made.given.values())
    for old, new in program.updates.items():
        if made.named[new] in given:
            raise NotSupported(f"cannot compile a loop: {old} goes on as {new}, which is given")


def check_places(made: Lowered, given: Values) -> None:
    """Machine code looks wherever it is told to: places outside a matrix are refused before."""
    for word, size in made.places:
        if (
            np.any(given[word] >= size)
            or np.any(given[word] < -size)
            or np.isnan(given[word]).any()
        ):
            raise IndexError(f"cannot choose the places in {word}: some are not within {size}")


def by_rows(made: Lowered) -> tuple[str, ...]:
    """The given matrices that have a row for each sample."""
    return tuple(word for word, value in made.given.items() if value.has_rows)


def but_rows(sizes: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The named sizes that a kernel is made for."""
    return tuple(sorted((word, size) for word, size in sizes.items() if word != SAMPLES))


def as_array(x: Any) -> Any:
    """An array as it is; anything else as NumPy makes one of it."""
    return x if type(x) is np.ndarray or isinstance(x, Rows) else np.asarray(x)


def type_of(values: Sequence[Any]) -> np.dtype[Any]:
    """Single precision if all is; whole numbers are computed with as double."""
    types = [x.dtype if isinstance(x, Rows) else x for x in values]
    found = np.result_type(*types) if values else np.dtype(float)
    return found if found == np.float32 else np.dtype(float)
