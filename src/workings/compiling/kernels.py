"""A kernel with its memory: called with values, it gives values.

Kernel(lowered, job, rows)                room for so many rows
kernel.put("wh", matrix)                  what is given, but not by rows
kernel.runner(rows, batches, ...)         runs so many iterations, or fewer
kernel.get("new_wh", rows)                what is kept
"""

from __future__ import annotations

import ctypes
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.batches import Batches, Whole
from workings.compiling import keeping, machine
from workings.compiling.borrowed import gemm
from workings.compiling.iterations import Job, spelled
from workings.compiling.planning import BLAS, plan
from workings.compiling.values import ROWS, Lowered, Value, row_axis
from workings.trace import Array, Values

Runner = Callable[[int], int]
ALIGNED = 64  # bytes: the widest register
IN_MEMORY = 128  # functions
AHEAD = 64  # numbers of room behind the last value, for lanes that reach over the end
REALS: dict[str, np.dtype[Any]] = {"double": np.dtype(np.float64), "float": np.dtype(np.float32)}

_functions: OrderedDict[str, machine.Function] = OrderedDict()
_lock = Lock()


class Kernel:
    """Machine code for one job, and the memory that its values have their homes in."""

    def __init__(self, lowered: Lowered, job: Job, rows: int) -> None:
        self.job, self.dtype = job, REALS[job.real]
        self.plan = plan(lowered, rounded(rows, job.lanes), job.lanes)
        self.code = spelled(job, self.plan)
        self.function = _function(self.code)
        self.memory = np.zeros((self.plan.size + AHEAD) * self.dtype.itemsize + ALIGNED, np.uint8)
        self.start = -self.memory.ctypes.data % ALIGNED
        uses_blas = any(nest.kind == BLAS for nest in self.plan.nests)
        self.gemm = gemm(job.real) if uses_blas else 0
        self.views: dict[tuple[Value, int], Array] = {}
        self.whole: tuple[list[NDArray[Any]], list[int]] | None = None

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

    def once(self, rows: Values, count: int) -> None:
        """One iteration over all rows in their own order."""
        if self.whole is None:
            order, one = np.arange(self.plan.rows, dtype=np.int64), np.zeros(6, np.int64)
            some = np.zeros(2, self.dtype)
            tables = [order, one[:1], one[1:2], one[2:3], some[:1], some[1:], one[3:4], one[4:5]]
            self.whole = tables, [_address(table) for table in tables]
        tables, places = self.whole
        tables[2][0] = count
        taken = [(word, _in_steps(rows[word], self.dtype)) for word in self.job.gathered]
        sources = np.array([self._source(word, x) for word, x in taken], np.int64)
        start = self.memory.ctypes.data + self.start
        self.function.call(start, self.gemm, _address(sources), *places, 1)

    def runner(self, rows: Values, batches: Batches, losses: Array, stop: Whole) -> Runner:
        """A function (how many) that runs the next iterations, and says how many are done by now.

        `rows` are matrices whose rows the batches are taken from; `losses` is filled.
        """
        words = (*self.job.gathered, *self.job.by_iteration)
        given = {**rows, **batches.masks}
        taken = [_in_steps(given[word], self.dtype) for word in words]
        sources = np.array([self._source(*one) for one in zip(words, taken, strict=True)], np.int64)
        order = np.ascontiguousarray(batches.order, np.int64)
        whole = [batches.begins, batches.counts, batches.offsets]
        tables = [*(np.ascontiguousarray(one, np.int64) for one in whole),
                  np.ascontiguousarray(batches.rates, self.dtype), losses]  # fmt: skip
        start, done = self.memory.ctypes.data + self.start, np.zeros(1, np.int64)

        def run(iterations: int) -> int:
            held = taken, sources, order  # as long as their addresses are used
            if iterations:
                self.function.call(
                    start, self.gemm, *map(_address, held[1:]),
                    *(_address(table) + int(done[0]) * table.itemsize for table in tables),
                    _address(stop), _address(done), iterations,
                )  # fmt: skip
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


assert ctypes.sizeof(ctypes.c_int) == 4  # noqa: S101 - what the BLAS calls a whole number
