"""Random programs, drawn from the table of ops itself, with values to run them on.

    drawn = draw(seed)
    drawn.program        several steps and a scalar `loss`
    drawn.values         a value for everything it is given

Every op there is can be drawn; one that needs arguments of its own kind has a row in `MAKERS`.
Values are kept to at most 10 or so, so that derivatives stay measurable.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.activations import activations
from workings.engines import engine
from workings.language import (
    Expr,
    Op,
    Program,
    Size,
    Step,
    defined,
    join,
    mean_of,
    name,
    part,
    spread,
    sum_of,
    take,
)
from workings.language.algebra import EQUAL, GREATER, PAD, PUT, RESHAPE, SPREAD, TRANSPOSE, WHERE
from workings.language.defined import SQUARE
from workings.language.json_form import PRIMITIVES
from workings.lookup import rows
from workings.losses import losses

OPS: dict[str, Op] = {**PRIMITIVES, **rows(defined, Op), **activations(), **losses()}
LARGEST = 10.0  # larger values are scaled down, or the next exponential would overflow
STEPS = 6


@dataclass
class Drawn:
    """A program while it is being drawn: what there is to read, and what that is."""

    random: Random
    sizes: dict[str, int] = field(default_factory=lambda: {"n": 3, "m": 2})
    values: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)  # given values that are no parameters: indices
    steps: list[Step] = field(default_factory=list)
    pool: list[Expr] = field(default_factory=list)

    @property
    def program(self) -> Program:
        """The steps so far."""
        return Program(tuple(self.steps))

    @property
    def parameters(self) -> list[str]:
        """What the program is given and can be differentiated by."""
        return [word for word in self.program.given if word not in self.fixed]

    def length(self, size: Size) -> int:
        """A size as a number."""
        return size if isinstance(size, int) else self.sizes[size]

    def size(self) -> Size:
        """A size: a number or a name."""
        return self.random.choice([1, 2, 3, "n", "m"])

    def given(self, *shape: Size) -> Expr:
        """A new given matrix of normal numbers."""
        word = f"x{len(self.values)}"
        normal = np.random.default_rng(self.random.getrandbits(32)).normal
        self.values[word] = np.asarray(normal(size=[self.length(size) for size in shape]))
        return name(word, *shape)

    def places(self, axis_length: int) -> Expr:
        """A new given list of two places along an axis."""
        word = f"x{len(self.values)}"
        places = [self.random.randrange(axis_length) for _ in range(2)]
        self.values[word] = np.array(places, float)
        self.fixed.add(word)
        return name(word, 2)

    def any(self, axes: int | None = None) -> Expr:
        """Something to read, if need be with so many axes."""
        fits = [one for one in self.pool if axes is None or len(one.shape) == axes]
        return (
            self.random.choice(fits)
            if fits
            else self.given(*(self.size() for _ in range(axes or 2)))
        )

    def beside(self, x: Expr) -> Expr:
        """Something of the shape of `x`, or a row, column or number that can be spread to it."""
        alike = [one for one in self.pool if one.shape == x.shape]
        if alike and self.random.random() < 0.6:
            return self.random.choice(alike)
        kept = [size if self.random.random() < 0.6 else 1 for size in x.shape]
        return self.given(*kept) if self.random.random() < 0.8 else self.given()

    def axis(self, x: Expr) -> int:
        """One of the axes."""
        return self.random.randrange(len(x.shape))

    def add(self, expr: Expr) -> None:
        """A step of that expression, scaled if it is large."""
        largest = np.abs(self.value(expr)).max()
        expr = expr * (LARGEST / float(largest)) if largest > LARGEST else expr
        self.steps.append(Step(f"s{len(self.steps)}", expr))
        self.pool.append(self.steps[-1].ref)

    def value(self, expr: Expr) -> NDArray[np.float64]:
        """What an expression is here."""
        program = self.program.then([Step("value", expr)])
        return engine().prepare(program, ["value"])(self.values)["value"]


def draw(seed: int) -> Drawn:
    """A random program; the same for the same seed."""
    drawn = Drawn(Random(seed))  # noqa: S311 - nothing here is secret
    drawn.pool.append(drawn.given(drawn.size(), drawn.size()))
    drawn.add(drawn.given("n", "m") * drawn.given())  # so that both sizes are known
    for _ in range(STEPS):
        drawn.add(made(drawn, drawn.random.choice(sorted(OPS))))
    total = sum_of(drawn.pool[-1])
    for one in drawn.random.sample(drawn.pool, 3):
        total = total + mean_of(one * drawn.beside(one))
    drawn.steps.append(Step("loss", total))
    return drawn


def made(drawn: Drawn, word: str) -> Expr:
    """An expression of the op of that name."""
    if word in MAKERS:
        return MAKERS[word](drawn)
    op, x = OPS[word], drawn.any()
    others = [drawn.beside(x) for _ in range(arity(op) - 1)]
    if not op.elementwise:  # it looks along an axis, at arguments of one shape
        x = drawn.any(2)
        return op(x, *(spread(drawn.given(), x.shape) for _ in others), axis=drawn.axis(x))
    return op(x, *others)


def arity(op: Op) -> int:
    """How many arguments an op takes."""
    rule, extra = (op.formula, 0) if op.formula else (op.back, 2)
    assert rule is not None
    kinds = [one.kind for one in inspect.signature(rule).parameters.values()]
    return kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD) - extra


def positive(x: Expr) -> Expr:
    """Something above a half, so that logarithms, roots and quotients are gentle."""
    return SQUARE(x) + 0.5


def _reduced(op: Op) -> Callable[[Drawn], Expr]:
    def make(drawn: Drawn) -> Expr:
        x = drawn.any(2)
        return op(x, axis=drawn.axis(x))

    return make


def _product(drawn: Drawn) -> Expr:
    x = drawn.any(drawn.random.choice([2, 2, 3]))
    return x @ drawn.given(*x.shape[:-2], x.shape[-1], drawn.size())


def _transposed(drawn: Drawn) -> Expr:
    x = drawn.any(drawn.random.choice([2, 3]))
    axes = drawn.random.sample(range(len(x.shape)), len(x.shape))
    return TRANSPOSE(x, axes=tuple(axes))


def _spread(drawn: Drawn) -> Expr:
    x = drawn.any(2)
    summed = sum_of(x, drawn.axis(x))
    return SPREAD(summed, shape=tuple(drawn.size() if size == 1 else size for size in summed.shape))


def _reshaped(drawn: Drawn) -> Expr:
    x = drawn.any()
    sizes = [*drawn.random.sample(x.shape, len(x.shape)), 1]
    return RESHAPE(x, shape=tuple(sizes))


def _joined(drawn: Drawn) -> Expr:
    x = drawn.any(2)
    axis, other = drawn.axis(x), list(x.shape)
    other[axis] = drawn.size()
    y, known = (
        drawn.given(*other),
        all(isinstance(one, int) for one in (x.shape[axis], other[axis])),
    )
    word = None if known else f"both{len(drawn.sizes)}"
    if word:
        drawn.sizes[word] = drawn.length(x.shape[axis]) + drawn.length(other[axis])
    return join(x, y, axis=axis, size=word)


def _part(drawn: Drawn) -> Expr:
    x = drawn.any(2)
    axis = drawn.axis(x)
    start = drawn.random.randrange(drawn.length(x.shape[axis]))
    size = drawn.random.randint(1, drawn.length(x.shape[axis]) - start)
    return part(x, axis=axis, start=start, size=size)


def _padded(drawn: Drawn) -> Expr:
    x = drawn.any(2)
    axis, start = drawn.axis(x), drawn.random.randrange(3)
    more = start + drawn.length(x.shape[axis]) + drawn.random.randrange(2)
    return PAD(x, axis=axis, start=start, size=more)


def _taken(drawn: Drawn) -> Expr:
    x = drawn.any(2)
    axis = drawn.axis(x)
    return take(x, drawn.places(drawn.length(x.shape[axis])), axis)


def _put(drawn: Drawn) -> Expr:
    axis, shape = drawn.random.randrange(2), [drawn.size(), drawn.size()]
    shape[axis] = 2
    return PUT(drawn.given(*shape), drawn.places(3), axis=axis, size=3)


def _chosen(drawn: Drawn) -> Expr:
    x = drawn.any()
    return WHERE(GREATER(x, drawn.given()), drawn.beside(x), x)


def _size(drawn: Drawn) -> Expr:
    x = drawn.any(2)
    return PRIMITIVES["size"](x, axis=drawn.axis(x)) * x


def _of_axes(op: Op) -> Callable[[Drawn], Expr]:
    def make(drawn: Drawn) -> Expr:
        x = drawn.any(2)
        return op(x, axis=drawn.random.choice([None, 0, 1]))

    return make


# -- ops whose arguments must be of their own kind -----------------------------------------------

MAKERS: dict[str, Callable[[Drawn], Expr]] = {
    "log": lambda drawn: OPS["log"](positive(drawn.any())),
    "sqrt": lambda drawn: OPS["sqrt"](positive(drawn.any())),
    "power": lambda drawn: positive(x := drawn.any()) ** drawn.beside(x),
    "div": lambda drawn: (x := drawn.any()) / positive(drawn.beside(x)),
    "equal": lambda drawn: EQUAL(x := drawn.any(), drawn.random.choice([x, drawn.beside(x)])) * x,
    "greater": lambda drawn: GREATER(x := drawn.any(), drawn.beside(x)) * x,
    "where": _chosen, "matmul": _product, "transpose": _transposed, "spread": _spread,
    "sum": _of_axes(OPS["sum"]), "mean": _of_axes(OPS["mean"]), "max": _reduced(OPS["max"]),
    "log_sum_exp": _reduced(OPS["log_sum_exp"]), "reshape": _reshaped, "size": _size,
    "join": _joined, "part": _part, "pad": _padded, "take": _taken, "put": _put,
}  # fmt: skip


def nudged(
    drawn: Drawn, parameter: str, step: float = 1e-6
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Central differences of the loss by each cell, and where the two sides differ: at a kink."""
    loss = engine().prepare(drawn.program, ["loss"])
    x = drawn.values[parameter]
    here, slopes, kinks = (
        float(loss(drawn.values)["loss"]),
        np.zeros(x.shape),
        np.zeros(x.shape, bool),
    )
    for cell in np.ndindex(x.shape):
        moved = [_moved(drawn.values, parameter, cell, by) for by in (step, -step)]
        right, left = (float(loss(values)["loss"]) for values in moved)
        slopes[cell] = (right - left) / (2 * step)
        kinks[cell] = abs(right - 2 * here + left) / step > 1e-2 * max(1.0, abs(slopes[cell]))
    return slopes, kinks


def _moved(values: dict[str, Any], word: str, cell: tuple[int, ...], by: float) -> dict[str, Any]:
    moved = values[word].copy()
    moved[cell] += by
    return {**values, word: moved}
