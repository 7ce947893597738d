"""Which cells a cell feeds: the way from a number to those that were made of it.

    feeds(trace, "wh[1,3]")        the cells of other steps that read it, step by step

A step is followed with yes and no instead of numbers: the cell says yes, and so does whatever is
made of it. All of it follows from what the primitive ops mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.explaining.cells import Place, address
from workings.language import Expr, Step
from workings.language.algebra import NAME, NUMBER, SIZE
from workings.language.shapes import bound, resolved
from workings.language.walk import leaves
from workings.trace import Trace

Mask = NDArray[np.bool_]


def feeds(trace: Trace, word: str, place: Place) -> list[str]:
    """The cells of all steps that read this one, in the order of the steps.

    >>> from workings.systems import system
    >>> feeds(system("article").trace(), "X", (1, 3))[:3]
    ['hidden_layer_input[2,1]', 'hidden_layer_input[2,2]', 'hidden_layer_input[2,3]']
    """
    found: list[str] = []
    for step in trace.program:
        if any(leaf["name"] == word for leaf in leaves(step.expr)):
            mask = reached(trace, step, word, place)
            found += [address(step.name, tuple(map(int, one))) for one in np.argwhere(mask)]
    return found


def reached(trace: Trace, step: Step, word: str, place: Place) -> Mask:
    """Which cells of a step read the cell `place` of `word`."""
    shapes = {name: np.shape(value) for name, value in trace.values.items()}
    declared = {name: trace.shape(name) for name in (*trace.program.given, *trace.program.names)}
    reach = _Reach(trace, bound(declared, shapes), word, place)
    found: Mask = np.broadcast_to(reach.of(step.expr), shapes[step.name])
    return found


class _Reach:
    def __init__(self, trace: Trace, sizes: Mapping[str, int], word: str, place: Place) -> None:
        self.trace, self.sizes, self.word, self.place = trace, sizes, word, place
        self.known: dict[Expr, Mask] = {}

    def of(self, expr: Expr) -> Mask:
        """Which cells of an expression say yes."""
        if expr not in self.known:
            self.known[expr] = self._made(expr)
        return self.known[expr]

    def _made(self, expr: Expr) -> Mask:
        shape = resolved(expr.shape, self.sizes)
        if expr.op in (NUMBER, SIZE):
            return np.zeros(shape, bool)
        if expr.op == NAME:
            mask = np.zeros(shape, bool)
            if expr["name"] == self.word:
                mask[self.place] = True
            return mask
        args = [self.of(arg) for arg in expr.args]
        if expr.op.elementwise:
            either: Mask = np.logical_or.reduce([np.broadcast_to(arg, shape) for arg in args])
            return either
        if expr.op.name in RULES:
            return RULES[expr.op.name](self, expr, *args)
        assert expr.op.formula is not None  # noqa: S101 - each op is primitive or has one
        return self.of(expr.op.formula(*expr.args, **dict(expr.facts)))

    def number(self, size: Any) -> int:
        """A size as a number."""
        return size if isinstance(size, int) else self.sizes[size]

    def placed(self, expr: Expr, axis: int, start: int, mask: Mask) -> Mask:
        """A mask among cells that say no."""
        whole = np.zeros(resolved(expr.shape, self.sizes), bool)
        index = [slice(None)] * whole.ndim
        index[axis] = slice(start, start + mask.shape[axis])
        whole[tuple(index)] = mask
        return whole


def _product(reach: _Reach, expr: Expr, a: Mask, b: Mask) -> Mask:
    return np.asarray(a.any(-1, keepdims=True) | b.any(-2, keepdims=True))


def _along(reach: _Reach, expr: Expr, a: Mask) -> Mask:
    axis = expr["axis"]
    return np.asarray(a.any() if axis is None else a.any(axis, keepdims=True))


def _part(reach: _Reach, expr: Expr, a: Mask) -> Mask:
    axis, start = expr["axis"], reach.number(expr["start"])
    return a.take(range(start, start + reach.number(expr["size"])), axis)


def _taken(reach: _Reach, expr: Expr, a: Mask, which: Mask) -> Mask:
    places = reach.trace[expr.args[1]["name"]].astype(int)
    made = a.take(places, expr["axis"])
    shape = [1] * made.ndim
    shape[expr["axis"]] = -1
    return made | which.reshape(shape)


def _put(reach: _Reach, expr: Expr, a: Mask, which: Mask) -> Mask:
    axis, places = expr["axis"], reach.trace[expr.args[1]["name"]].astype(int)
    made = np.zeros(resolved(expr.shape, reach.sizes), bool)
    for turn, place in enumerate(places):
        index = [slice(None)] * made.ndim
        index[axis] = place
        made[tuple(index)] |= a.take(turn, axis)
    return made


RULES: dict[str, Callable[..., Mask]] = {
    "matmul": _product, "sum": _along, "max": _along, "part": _part, "take": _taken, "put": _put,
    "transpose": lambda reach, expr, a: a.transpose(expr["axes"]),
    "spread": lambda reach, expr, a: np.broadcast_to(a, resolved(expr.shape, reach.sizes)),
    "reshape": lambda reach, expr, a: a.reshape(resolved(expr.shape, reach.sizes)),
    "join": lambda reach, expr, a, b: np.concatenate([a, b], expr["axis"]),
    "pad": lambda reach, expr, a: reach.placed(
        expr, expr["axis"], reach.number(expr["start"]), a
    ),
}  # fmt: skip
