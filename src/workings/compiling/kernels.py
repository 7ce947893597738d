"""A kernel with its memory: called with values, it gives values.

Kernel(lowered, job, rows, most, tile)    for so many rows, threads, and rows at a time
kernel.put("wh", matrix)                  what is given, but not by rows
kernel.runner(rows, batches, ...)         runs so many iterations, or fewer
kernel.get("new_wh", rows)                what is kept
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.batches import Batches, Whole
from workings.compiling import keeping, machine
from workings.compiling.cores import threads
from workings.compiling.iterations import NUMBERS, PARAMETERS, Job, spelled
from workings.compiling.planning import plan
from workings.compiling.sharing import MEMORY, is_divided
from workings.compiling.teams import Pace, letting_others_go_first, together
from workings.compiling.values import ROWS, Lowered, Value, row_axis
from workings.trace import Array, Values

Runner = Callable[[int], int]
ALIGNED = 64  # bytes: the widest register
IN_MEMORY = 128  # functions
AHEAD = 64  # numbers of room behind the last value, for lanes that reach over the end
REALS: dict[str, np.dtype[Any]] = {"double": np.dtype(np.float64), "float": np.dtype(np.float32)}

PLACE = {word: place for place, word in enumerate((*PARAMETERS, *NUMBERS))}

_functions: OrderedDict[str, machine.Function] = OrderedDict()
_lock = Lock()


class Kernel:
    """Machine code for one job, and the memory that its values have their homes in."""

    def __init__(
        self, lowered: Lowered, job: Job, rows: int, most: int | None = None,
        tile: int | None = None,
    ) -> None:  # fmt: skip
        self.job, self.dtype = job, REALS[job.real]
        self.plan = plan(lowered, rounded(rows, job.lanes), job.lanes, tile)
        self.code = spelled(job, self.plan)
        self.function = _function(self.code)
        self.threads = (most or threads()) if is_divided(self.plan) else 1
        cells = self.plan.size + self.threads * self.plan.panel_size + AHEAD
        self.memory = np.zeros(cells * self.dtype.itemsize + ALIGNED, np.uint8)
        self.team = np.zeros(MEMORY, np.int64)
        self.start = -self.memory.ctypes.data % ALIGNED
        self.table = np.zeros(len(PLACE), np.int64)
        self.table[PLACE["arena"]] = self.memory.ctypes.data + self.start
        self.table[PLACE["team"]] = _address(self.team)
        self.table[PLACE["yield"]] = letting_others_go_first()
        self.place = _address(self.table)
        self.fitting = 1  # iterations in a turn, as the last run found
        self.stages: dict[str, Array] = {}
        self.is_staged = False
        self.views: dict[tuple[Value, int], Array] = {}
        self.whole: dict[str, NDArray[Any]] | None = None
        self.told: Mapping[str, NDArray[Any]] | None = None

    def put(self, word: str, value: Array) -> None:
        """Gives a matrix that does not come by rows."""
        self.at(self.plan.lowered.given[word], 0)[...] = value

    def get(self, word: str, rows: int = 0) -> Array:
        """The value of a name, copied; `rows` is how many there are now."""
        return self.look(word, rows).copy(order="C")

    def look(self, word: str, rows: int) -> Array:
        """The value of a name where it is, until the next iteration."""
        value = self.plan.lowered.named[word]
        if value.op in ("number", "rows"):
            return np.asarray(rows if value.op == "rows" else value["value"], self.dtype)
        return self.at(value, rows)

    def get_given(self, word: str) -> Array:
        """The value of a given name, as the last iteration left it, copied."""
        return self.at(self.plan.lowered.given[word], 0).copy(order="C")

    def at(self, value: Value, rows: int) -> Array:
        """Where a value lies, as an array."""
        if (value, rows) not in self.views:
            if len(self.views) > IN_MEMORY:
                self.views.clear()
            self.views[value, rows] = self._view(value, rows)
        return self.views[value, rows]

    def _view(self, value: Value, rows: int) -> Array:
        shape = tuple(rows if size == ROWS else size for size in value.shape)
        bytes_of = self.dtype.itemsize
        strides = tuple(step * bytes_of for step in self.plan.strides(value))
        start = self.start + self.plan.home[value] * bytes_of
        return np.ndarray(shape, self.dtype, self.memory.data, start, strides)

    def staged(self, word: str, rows: int) -> Array:
        """Where the rows of a given matrix may be copied to, rather than fetched by `once`."""
        if word not in self.stages:
            shape = [self.plan.room(size) for size in self.plan.lowered.given[word].shape]
            self.stages[word] = np.zeros(shape, self.dtype)
        stage, axis = self.stages[word], row_axis(self.plan.lowered.given[word].shape) or 0
        return stage[(*[slice(None)] * axis, slice(0, rows))]

    def once(self, rows: Values, count: int) -> None:
        """One iteration over all rows in their own order; those not given are in their stages."""
        if self.whole is None:
            self.whole = self._whole()
        self.whole["counts"][0] = count
        if rows or not self.is_staged:
            taken = [_in_steps(rows[w], self.dtype) if w in rows else self.stages[w]
                     for w in self.job.gathered]  # fmt: skip
            sources = [self._source(*one) for one in zip(self.job.gathered, taken, strict=True)]
            if sources:
                self.whole["sources"][...] = sources
            self.is_staged = not rows
        self._tell(self.whole)
        self._call(self.threads)

    def _whole(self) -> dict[str, NDArray[Any]]:
        """The tables of one iteration over all rows."""
        one, some = np.zeros((6, 1), np.int64), np.zeros((2, 1), self.dtype)
        sources = np.zeros((max(len(self.job.gathered), 1), 3), np.int64)
        return {"sources": sources, "order": np.arange(self.plan.rows, dtype=np.int64),
                "begins": one[0], "counts": one[1], "offsets": one[2], "rates": some[0],
                "losses": some[1], "stop": one[3], "done": one[4]}  # fmt: skip

    def _tell(self, tables: Mapping[str, NDArray[Any]], iterations: int = 1) -> None:
        """Notes where the function finds what, unless that is noted already."""
        if tables is not self.told:
            for word, table in tables.items():
                self.table[PLACE[word]] = _address(table)
            self.table[PLACE["iterations"]] = iterations
            self.told = tables

    def _call(self, many: int) -> None:
        """The function, by so many threads."""
        self.table[PLACE["threads"]] = many
        if many == 1:
            return self.function.call(self.place, 0)
        return together(lambda me: self.function.call(self.place, me), self.team, many)

    def runner(self, rows: Values, batches: Batches, losses: Array, stop: Whole) -> Runner:
        """A function (how many) that runs the next iterations, and says how many are done by now.

        `rows` are matrices whose rows the batches are taken from; `losses` is filled.
        """
        words = (*self.job.gathered, *self.job.by_iteration)
        given = {**rows, **batches.masks}
        taken = [_in_steps(given[word], self.dtype) for word in words]
        sources = np.array([self._source(*one) for one in zip(words, taken, strict=True)], np.int64)
        order, done = np.ascontiguousarray(batches.order, np.int64), np.zeros(1, np.int64)
        by_turn: dict[str, NDArray[Any]] = {
            "rates": np.ascontiguousarray(batches.rates, self.dtype), "losses": losses,
        }  # fmt: skip
        for word in ("begins", "counts", "offsets"):
            by_turn[word] = np.ascontiguousarray(getattr(batches, word), np.int64)
        tables = {"sources": sources, "order": order, "stop": stop, "done": done}
        held, pace = (taken, tables), Pace(self.threads)

        def call(iterations: int, many: int) -> int:
            before = int(done[0])
            now = {word: table[before:] for word, table in by_turn.items()}
            self._tell({**held[1], **now}, iterations)
            self._call(many)
            return int(done[0]) - before

        def run(iterations: int) -> int:
            if iterations:
                pace.run(call, iterations)
            return int(done[0])

        return run

    def _source(self, word: str, x: Array) -> tuple[int, int, int]:
        """Where rows lie: address, step from row to row, from feature to feature, in numbers."""
        axis = row_axis(self.plan.lowered.given[word].shape) or 0
        steps = [step // self.dtype.itemsize for step in x.strides]
        return x.ctypes.data, steps[axis], steps[1 - axis] if len(steps) > 1 else 0


def rounded(rows: int, lanes: int) -> int:
    """Room for at least so many rows: an eighth more at most, so that kernels can be used again."""
    least = next(many for many in (4, 2, 1) if rows > (many - 1) * lanes) * lanes
    step = max(least, 1 << max(rows.bit_length() - 3, 0))
    return max(-(-rows // step) * step, least)


def _in_steps(x: Array, dtype: np.dtype[Any]) -> Array:
    """The matrix in the kernel's type, its cells whole numbers of cells apart."""
    x = np.asarray(x, dtype)
    aligned = x.flags.aligned and all(step % x.itemsize == 0 for step in x.strides)
    return x if aligned else np.ascontiguousarray(x)


def _address(table: NDArray[Any]) -> int:
    return int(table.ctypes.data)


def _function(code: str) -> machine.Function:
    """The code's function: from memory, from the disk, or compiled now."""
    key = hashlib.sha256(f"{machine.described()}\n{code}".encode()).hexdigest()
    with _lock:
        if key not in _functions:
            content = keeping.kept(key, lambda: machine.compiled(code))
            _functions[key] = machine.loaded(content)
        _functions.move_to_end(key)
        while len(_functions) > IN_MEMORY:
            _functions.popitem(last=False)
        return _functions[key]


def real_of(dtype: np.dtype[Any]) -> str:
    """What LLVM calls the type that numbers of this type are computed in."""
    return "float" if dtype == np.float32 else "double"
