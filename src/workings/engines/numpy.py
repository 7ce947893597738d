"""The reference engine: one line of NumPy per op, every value kept.

A program is planned once: each different expression becomes one instruction, in order. What is
merely spread for the sake of an elementwise op is left to NumPy's own broadcasting, which copies
nothing; the shapes have been checked already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from workings.batches import Loop
from workings.engines._stepping import Stepping
from workings.errors import NotSupported, ShapeError
from workings.language import Expr, Program, Size
from workings.language.algebra import JOIN, NAME, NUMBER, SIZE, SPREAD
from workings.language.shapes import bound, resolved
from workings.trace import Array, Trace, Values

Kernel = Callable[..., Any]
REMEMBERED = 256  # kinds of matrices, by their sizes


def _flag(test: Kernel) -> Kernel:
    """A comparison that answers 1.0 or 0.0, as precise as what it compares."""

    def run(a: Any, b: Any) -> Any:
        return test(a, b).astype(np.result_type(a, b))

    return run


def _sum(x: Any, *, axis: int | None) -> Any:
    return x.sum() if axis is None else x.sum(axis, keepdims=True)


def _where(c: Any, a: Any, b: Any) -> Any:
    return np.where(c, a, b).astype(np.result_type(c, a, b), copy=False)


def _cut(axis: int, start: int, size: int) -> tuple[slice, ...]:
    return (*(slice(None),) * axis, slice(start, start + size))


def _pad(x: Any, *, axis: int, start: int, size: int) -> Any:
    padded = np.zeros((*x.shape[:axis], size, *x.shape[axis + 1 :]), x.dtype)
    padded[_cut(axis, start, x.shape[axis])] = x
    return padded


def _put(x: Any, which: Any, *, axis: int, size: int) -> Any:
    put = np.zeros((*x.shape[:axis], size, *x.shape[axis + 1 :]), x.dtype)
    np.add.at(put, (*(slice(None),) * axis, which.astype(int)), x)
    return put


# -- one line per primitive op; facts of the op come as keywords --------------------------------

KERNELS: dict[str, Kernel] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "power": np.power,
    "exp": np.exp,
    "log": np.log,
    "maximum": np.maximum,
    "greater": _flag(np.greater),
    "equal": _flag(np.equal),
    "where": _where,
    "matmul": np.matmul,
    "transpose": lambda x, *, axes: x.transpose(axes),
    "sum": _sum,
    "max": lambda x, *, axis: x.max(axis, keepdims=True),
    "spread": lambda x, *, shape, dtype=None: np.broadcast_to(np.asarray(x, dtype), shape),
    "reshape": lambda x, *, shape: np.reshape(x, shape),
    "join": lambda a, b, *, axis, size: np.concatenate((a, b), axis),
    "part": lambda x, *, axis, start, size: x[_cut(axis, start, size)],
    "pad": _pad,
    "take": lambda x, which, *, axis: np.take(x, which.astype(int), axis),
    "put": _put,
    "identity": lambda x: x,
    # defined ops that NumPy has itself, or that are better done in fewer passes
    "sigmoid": lambda x: 1.0 / (1.0 + np.exp(-x)),
    "tanh": np.tanh,
    "absolute": np.abs,
    "minimum": np.minimum,
    "square": np.square,
    "sqrt": np.sqrt,
}


@dataclass(frozen=True)
class _Instruction:
    expr: Expr
    out: int
    args: tuple[int, ...]


class _Plan:
    """The instructions of a program, with one numbered place for each different value."""

    def __init__(self, program: Program, keep: Iterable[str] | None) -> None:
        self.program = program
        self.places: dict[Expr, int] = {}
        self.numbers: dict[int, float] = {}
        self.counts: dict[int, Size] = {}
        self.instructions: list[_Instruction] = []
        self.size = 0
        self.given = [(word, self.place(program.ref(word))) for word in program.given]
        for step in program:
            self.places[step.ref] = self.place(step.expr)
        words = [*program.given, *program.names] if keep is None else keep
        self.kept = [(word, self.place(program.ref(word))) for word in words]
        self.fitted: dict[tuple[Any, ...], tuple[list[Any], list[Any]]] = {}

    def place(self, expr: Expr) -> int:
        """Where the value of an expression goes; what is met again is not computed again."""
        if expr not in self.places:
            self.places[expr] = self._placed(expr)
        return self.places[expr]

    def _placed(self, expr: Expr) -> int:
        if expr.op == NAME:
            return self._new()
        if expr.op == NUMBER:
            self.numbers[place := self._new()] = expr["value"]
            return place
        if expr.op == SIZE:
            self.counts[place := self._new()] = expr.args[0].shape[expr["axis"]]
            return place
        if expr.op.name in KERNELS:
            args = tuple(self.place(arg) for arg in _unspread(expr))
            self.instructions.append(_Instruction(expr, place := self._new(), args))
            return place
        if expr.op.formula is None:
            raise NotSupported(f"the numpy engine cannot run the op {expr.op.name!r} yet")
        return self.place(expr.op.formula(*expr.args, **dict(expr.facts)))

    def _new(self) -> int:
        self.size += 1
        return self.size - 1

    def __call__(self, values: Values) -> dict[str, Array]:
        given = [values[word] for word, _ in self.given if word in values]
        kind = (*[value.shape for value in given], given[0].dtype if given else None)
        found = self.fitted.get(kind) if len(given) == len(self.given) else None
        if found is None:
            if len(self.fitted) > REMEMBERED:
                self.fitted.clear()
            shapes = {word: value.shape for word, value in values.items()}
            found = self.fitted[kind] = self._fit(shapes, kind[-1])
        start, code = found
        cells = start.copy()
        for (_, place), value in zip(self.given, given, strict=True):
            cells[place] = value
        with np.errstate(all="ignore"):
            for kernel, out, args, spent in code:
                if len(args) == 2:
                    cells[out] = kernel(cells[args[0]], cells[args[1]])
                else:
                    cells[out] = kernel(*[cells[place] for place in args])
                for place in spent:
                    cells[place] = None
        return {word: cells[place] for word, place in self.kept}

    def _fit(
        self, shapes: Mapping[str, tuple[int, ...]], dtype: Any
    ) -> tuple[list[Any], list[Any]]:
        """The start values and the code for matrices of these shapes."""
        sizes = bound(self.program.given, shapes)
        if dtype is not None and dtype.kind != "f":  # whole numbers must not turn 0.5 into 0
            dtype = np.dtype(float)
        start: list[Any] = [None] * self.size
        kept = {place for _, place in self.kept}
        # a Python float is as precise as its partner, but two of them make a float64
        exactly = float if dtype is None or dtype == np.float64 else dtype.type
        for place, number in self.numbers.items():
            start[place] = np.asarray(number, dtype) if place in kept else exactly(number)
        code = []
        for instruction, spent in zip(self.instructions, self._spent(), strict=True):
            bind_join(instruction.expr, sizes)
            kernel = _kernel(instruction.expr, sizes, dtype)
            code.append((kernel, instruction.out, instruction.args, spent))
        for place, size in self.counts.items():
            count = resolved((size,), sizes)[0]
            start[place] = np.asarray(count, dtype) if place in kept else exactly(count)
        return start, code

    def _spent(self) -> list[list[int]]:
        """For each instruction, the places that nobody reads afterwards."""
        needed = {place for _, place in self.kept} | set(self.numbers) | set(self.counts)
        spent = []
        for instruction in reversed(self.instructions):
            read = dict.fromkeys(instruction.args)
            spent.append([place for place in read if place not in needed])
            needed.update(instruction.args)
        return spent[::-1]


def _unspread(expr: Expr) -> list[Expr]:
    """The arguments, without spreading what NumPy spreads by itself."""
    args = list(expr.args)
    full = [arg.op != SPREAD for arg in args]
    if not expr.op.elementwise or not any(full):
        return args
    return [arg if is_full else arg.args[0] for arg, is_full in zip(args, full, strict=True)]


def bind_join(expr: Expr, sizes: dict[str, int]) -> None:
    """What the size of two joined matrices is, where it has a name of its own."""
    if expr.op != JOIN or not isinstance(expr["size"], str):
        return
    axis, size = expr["axis"], expr["size"]
    a, b = (resolved(arg.shape, sizes)[axis] for arg in expr.args)
    if sizes.setdefault(size, a + b) != a + b:
        raise ShapeError(
            f"cannot join {a} and {b} along {size}: {size} is {sizes[size]} elsewhere, not {a + b}"
        )


def _kernel(expr: Expr, sizes: Mapping[str, int], dtype: Any) -> Kernel:
    kernel = KERNELS[expr.op.name]
    facts: dict[str, Any] = {}
    if expr.op == SPREAD and expr.args[0].op == NUMBER:
        facts["dtype"] = dtype
    for key, fact in expr.facts:
        if key == "shape":
            facts[key] = resolved(fact, sizes)
        elif key in ("size", "start") and isinstance(fact, str):
            facts[key] = sizes[fact]
        else:
            facts[key] = fact
    return partial(kernel, **facts) if facts else kernel


class NumpyEngine:
    """Runs programs with NumPy, step by step; the reference for every other engine.

    >>> from workings.language import Step, name
    >>> program = Program((Step("z", name("X", "n", 2) @ name("w", 2, 1)),))
    >>> ENGINE.run(program, {"X": np.array([[1.0, 2.0]]), "w": np.array([[3.0], [4.0]])})["z"]
    array([[11.]])
    """

    name = "numpy"

    def prepare(self, program: Program, keep: Iterable[str] | None = None) -> _Plan:
        """A function from given values to the values of the names in `keep` (all, if None)."""
        return _Plan(program, keep)

    def run(self, program: Program, values: Values) -> dict[str, Array]:
        """The value of every name, given or computed."""
        return _Plan(program, None)(values)

    def trace(
        self, program: Program, values: Values, labels: Mapping[str, Sequence[str]] | None = None
    ) -> Trace:
        """The program with the value of every name."""
        return Trace(program, self.run(program, values), labels or {})

    def loop(self, program: Program, keep: Iterable[str] = (), *, loss: str = "loss") -> Loop:
        """Many iterations in one call; of `keep`, the values of the last one are handed back."""
        return Stepping(self, program, tuple(keep), loss)


ENGINE = NumpyEngine()
