"""The compiled engine: the same steps as machine code, and a whole training in one call.

A program is lowered to values in primitive ops, planned as loop nests, spelled as LLVM's text and
compiled for this machine (see `workings.compiling`). Sizes are known when that happens; only the
number of rows is left open, where rows do nothing but stand side by side. What cannot be compiled
is said by `why_not`, and refused with the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np

from workings.compiling import machine
from workings.compiling.cores import threads
from workings.compiling.indexes import is_row_sum
from workings.compiling.iterations import Job
from workings.compiling.kernels import Kernel, real_of, rounded
from workings.compiling.passes import Pass, Pieces, Reading, Ready
from workings.compiling.reading import loops
from workings.compiling.values import ROWS, Lowered, is_rowwise, lowered, why_not
from workings.engines._looping import (
    REMEMBERED,
    Looping,
    as_array,
    but_rows,
    by_rows,
    check_places,
    type_of,
)
from workings.engines._pieces import PIECE, SAMPLES, is_wide, rows_at_once
from workings.engines.numpy import ENGINE as REFERENCE
from workings.errors import NotSupported
from workings.language import Program, Shape
from workings.language.shapes import bound
from workings.trace import Array, Trace, Values


class CompiledEngine:
    """Runs programs as machine code.

    >>> from workings.language import Step, name
    >>> program = Program((Step("z", name("X", "n", 2) @ name("w", 2, 1)),))
    >>> ENGINE.run(program, {"X": np.array([[1.0, 2.0]]), "w": np.array([[3.0], [4.0]])})["z"]
    array([[11.]])
    """

    name = "compiled"

    def why_not(self, program: Program) -> str:
        """What of the program cannot be compiled yet, or "" if all of it can."""
        return why_not(program)

    def prepare(self, program: Program, keep: Iterable[str] | None = None) -> _Prepared:
        """A function from given values to the values of the names in `keep` (all, if None)."""
        return _Prepared(program, keep)

    def run(self, program: Program, values: Values) -> dict[str, Array]:
        """The value of every name, given or computed."""
        return _Prepared(program, None)(values)

    def trace(
        self, program: Program, values: Values, labels: Mapping[str, Sequence[str]] | None = None
    ) -> Trace:
        """The program with the value of every name."""
        return Trace(program, self.run(program, values), labels or {})

    def loops(
        self, program: Program, values: Values, keep: Iterable[str] | None = None, *,
        llvm: bool = False,
    ) -> str:  # fmt: skip
        """What runs for matrices of these sizes: its loops to be read, or LLVM's text of them."""
        given = {w: np.asarray(x) for w, x in values.items() if w in program.given}
        kernel = _Prepared(program, keep).kernel(given)
        if kernel is None:
            return ""
        return kernel.code if llvm else loops(kernel.plan)

    def loop(self, program: Program, keep: Iterable[str] = (), *, loss: str = "loss") -> Looping:
        """Many iterations in one call; of `keep`, the values of the last one are handed back."""
        return Looping(program, tuple(keep), loss)


class _Prepared:
    """A program ready to run: a kernel for each set of sizes it has met.

    What is `held` was copied when it was made ready, and is not given with each call.
    """

    def __init__(
        self, program: Program, keep: Iterable[str] | None, held: Values | None = None
    ) -> None:
        self.program, held = program, held or {}
        self.held = {word: np.array(held[word]) for word in program.given if word in held}
        words = [*program.given, *program.names] if keep is None else list(keep)
        self.keep = [str(program.ref(word)["name"]) for word in words]
        self.words = [word for word in program.given if word not in self.held]
        self.kernels: dict[Any, Kernel] = {}
        self.apart: dict[int, list[Kernel]] = {}  # one for each thread, where rows are many
        self.ready: dict[Any, tuple[Ready, Lowered | None]] = {}
        self.lock = Lock()

    def bound(self, held: Values) -> _Prepared:
        """The same with some values as they are now: a call takes the others.

        Raises `NotSupported` for matrices with a row for each sample.
        """
        for word in held:
            if SAMPLES in self.program.given.get(word, ()):
                raise NotSupported(f"cannot hold {word}: its rows come with each call")
        return _Prepared(self.program, self.keep, {**self.held, **held})

    def __call__(self, values: Values) -> dict[str, Array]:
        return self._run(values, None)

    def read(self, values: Values, read: Reading | None) -> Array:
        """What `read` makes of the first value that is kept, of many rows some at a time."""
        return self._run(values, read)[self.keep[0]]

    def _run(self, values: Values, read: Reading | None) -> dict[str, Array]:
        arrays = [as_array(values[word]) for word in self.words if word in values]
        kind = tuple([fact for x in arrays for fact in (x.shape, x.dtype)])
        with self.lock:  # a kernel has one memory
            found = self.ready.get(kind)
            if found is None or len(arrays) < len(self.words):
                found = self.ready[kind] = self._fitted(values)
            ready, made = found
            if made is not None and made.places:
                check_places(made, {**self.held, **values})
            return ready(arrays, read)

    def _nothing(self, arrays: Sequence[Array], read: Reading | None = None) -> dict[str, Array]:
        """What becomes of no rows."""
        given = {**self.held, **dict(zip(self.words, arrays, strict=True))}
        found = REFERENCE.prepare(self.program, self.keep)(given)
        return found if read is None else {word: read(x) for word, x in found.items()}

    def kernel(self, given: Values) -> Kernel | None:
        """The kernel for matrices of these sizes, or None if they are empty."""
        sizes = self._sizes(given)
        if 0 in sizes.values():
            return None
        return self._kernel(sizes, sizes.get(SAMPLES, 1), type_of(list(given.values())))

    def _fitted(self, values: Values) -> tuple[Ready, Lowered | None]:
        """What is ready for matrices of these sizes."""
        if len(self.ready) > REMEMBERED:
            self.ready.clear()
        words = [word for word in self.words if word in values]
        given = {**self.held, **{word: as_array(values[word]) for word in words}}
        kernel, rows = self.kernel(given), self._sizes(given).get(SAMPLES, 1)
        if kernel is None:
            return self._nothing, None
        made = kernel.plan.lowered
        if rows <= kernel.plan.rows:
            return Pass(self._hold(kernel), words, self.keep, rows), made
        kernels = self.apart.setdefault(id(kernel), [])
        many = min(threads(), -(-rows // kernel.plan.rows))
        for _ in range(len(kernels), many):
            kernels.append(self._hold(Kernel(made, kernel.job, kernel.plan.rows, 1)))
        axes = {word: shape.index(SAMPLES) for word, shape in self._shapes(words).items()}
        return Pieces(kernels[:many], words, self.keep, rows, axes), made

    def _hold(self, kernel: Kernel) -> Kernel:
        for word, value in self.held.items():
            kernel.put(word, value)
        return kernel

    def _shapes(self, words: list[str]) -> dict[str, Shape]:
        """The shapes of what has rows, given or kept."""
        found = {word: self.program.ref(word).shape for word in (*words, *self.keep)}
        return {word: shape for word, shape in found.items() if SAMPLES in shape}

    def _sizes(self, given: Values) -> dict[str, int]:
        return bound(self.program.given, {word: np.shape(x) for word, x in given.items()})

    def _is_apart(self, sizes: Mapping[str, int]) -> bool:
        """Whether each row can be done without the others, and all that is kept has rows."""
        made = lowered(self.program, {**sizes, SAMPLES: ROWS}, self.keep)
        apart = not any(is_row_sum(value) or value.op == "rows" for value in made.values)
        return apart and is_rowwise(made.values) and all(v.has_rows for v in made.named.values())

    def _kernel(self, sizes: dict[str, int], rows: int, dtype: np.dtype[Any]) -> Kernel:
        real = real_of(dtype)
        others = but_rows(sizes)
        if rows > PIECE and self._is_apart(sizes):
            rows = rows_at_once(self.program, sizes, np.dtype(dtype).itemsize)
        room, is_alone = (
            rounded(rows, machine.lanes(real)),
            rows == 1 and is_wide(self.program, sizes),
        )
        for key in ((others, room, real), (others, -rows, real)):
            if key in self.kernels and not (is_alone and key[1] > 0):
                return self.kernels[key]
        made = lowered(self.program, {**sizes, SAMPLES: ROWS}, self.keep)
        key = (others, room, real)
        if is_alone or not is_rowwise(made.values):
            made, key = lowered(self.program, sizes, self.keep), (others, -rows, real)
        self.kernels[key] = Kernel(made, Job(real, machine.lanes(real), by_rows(made)), room)
        return self.kernels[key]


ENGINE = CompiledEngine()
