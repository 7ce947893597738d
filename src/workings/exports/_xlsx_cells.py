"""One cell of an expression: which cells it is made from, as an expression over their addresses.

    Narrowing(sizes, ...).cell(expr, (2, 0))     what stands in row 2, column 0 of its value

Ops that only move cells about (transpose, join, part, take ...) vanish in this, as they do when
one points at a cell with a finger; a matrix product becomes one row that meets one column. What
remains can be spelled. Where a block of cells would be needed that no formula gives at once,
`NotSupported` is raised: then the inner part must be a step of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from workings.errors import NotSupported
from workings.language import Expr, Size, name, number, spread
from workings.language.algebra import (
    EQUAL,
    MATMUL,
    MAX,
    MUL,
    NAME,
    NUMBER,
    SIZE,
    SPREAD,
    SUM,
    TAKE,
    TRANSPOSE,
)  # fmt: skip
from workings.language.shapes import resolved
from workings.language.walk import leaves

Place = tuple[int, ...]
Extents = Sequence[tuple[int, int]]  # along each axis: the first place, and how many
Along = TypeVar("Along")


@dataclass(frozen=True)
class Narrowing:
    """Narrows expressions to cells and blocks.

    `address(word, extents)` is what the cells of a value are called, `address(word, None)` all of
    them. `kept` are the ops that need no formula, `sizes` what named sizes are.
    """

    sizes: Mapping[str, int]
    address: Callable[[str, Extents | None], str]
    kept: Callable[[Expr], bool]

    def shape(self, expr: Expr) -> tuple[int, ...]:
        """The shape of an expression in numbers."""
        return resolved(expr.shape, self.sizes)

    def size(self, size: Size) -> int:
        """A size as a number."""
        return size if isinstance(size, int) else self.sizes[size]

    def cell(self, expr: Expr, place: Place) -> Expr:
        """The cell of `expr` at `place`, over the addresses of single cells and ranges."""
        expr = self.expanded(expr)
        if expr.op == NUMBER:
            return expr
        if expr.op == NAME:
            return name(self.address(expr["name"], [(at, 1) for at in place]))
        if expr.op.elementwise:
            return expr.op(*(self.cell(arg, place) for arg in expr.args), **dict(expr.facts))
        if expr.op not in (SIZE, SPREAD, TRANSPOSE, SUM, MAX, MATMUL):
            return MOVES[expr.op.name](self, expr, place)
        return self._cell(expr, place)

    def _cell(self, expr: Expr, place: Place) -> Expr:
        arg = expr.args[0]
        if expr.op == SIZE:
            return self._counted(expr)
        if expr.op == SPREAD:
            axes = zip(place, arg.shape, strict=True) if arg.shape else ()
            return self.cell(arg, tuple(0 if size == 1 else at for at, size in axes))
        if expr.op == TRANSPOSE:
            return self.cell(arg, _untransposed(place, expr["axes"]))
        if expr.op == MATMUL:
            return self._met(expr, place)
        inner = self.block(arg, self.along(arg, expr["axis"], place))
        return expr.op(self._full(inner), axis=None)

    def along(self, arg: Expr, axis: int | None, place: Place) -> Extents:
        """All of `arg`, or its cells along one axis."""
        shape = self.shape(arg)
        return [
            (0, size) if axis in (None, at) else (place[at], 1) for at, size in enumerate(shape)
        ]

    def _met(self, expr: Expr, place: Place) -> Expr:
        a, b = expr.args
        row, column = place
        count = self.shape(a)[1]
        if count == 1:
            return MUL(self.cell(a, (row, 0)), self.cell(b, (0, column)))
        return MATMUL(
            self._full(self.block(a, [(row, 1), (0, count)])),
            self._full(self.block(b, [(0, count), (column, 1)])),
        )

    def _counted(self, expr: Expr) -> Expr:
        """A count, taken from a value that is as large."""
        size = expr.args[0].shape[expr["axis"]]
        for leaf in leaves(expr.args[0]):
            if size in leaf.shape[:2]:
                whole = name(self.address(leaf["name"], None), *leaf.shape)
                return SIZE(whole, axis=leaf.shape.index(size))
        return number(self.size(size))

    def block(self, expr: Expr, extents: Extents) -> Expr:
        """Several cells of `expr`; raises `NotSupported` where no formula gives them at once."""
        expr = self.expanded(expr)
        shape = tuple(size for _, size in extents)
        if expr.op in (NUMBER, SIZE):
            return self.cell(expr, ())
        if expr.op == NAME:
            return name(self.address(expr["name"], extents), *shape)
        if expr.op.elementwise:
            return expr.op(*(self.block(arg, extents) for arg in expr.args), **dict(expr.facts))
        if expr.op == SPREAD:
            return spread(self._unspread(expr.args[0], extents), shape)
        if expr.op == TRANSPOSE:
            inner = self.block(expr.args[0], _untransposed(extents, expr["axes"]))
            return TRANSPOSE(inner, axes=expr["axes"])
        if all(size == 1 for size in shape):
            return spread(self.cell(expr, tuple(at for at, _ in extents)), shape)
        if expr.op.name == "part":
            return self.block(expr.args[0], _shifted(expr, extents, self.size(expr["start"])))
        raise NotSupported(f"cannot write several cells of {expr.op.name!r} in one formula")

    def _unspread(self, arg: Expr, extents: Extents) -> Expr:
        if not arg.shape:
            return self.cell(arg, ())
        pairs = zip(arg.shape, extents, strict=True)
        return self.block(arg, [(0, 1) if size == 1 else extent for size, extent in pairs])

    def _full(self, block: Expr) -> Expr:
        """The block, if its formula is as large as it is: what is spread copies itself only
        beside something larger.
        """
        if _spelled(block) != block.shape:
            raise NotSupported("cannot add up copies of a cell in one formula")
        return block

    def expanded(self, expr: Expr) -> Expr:
        """The expression, or the formula of an op that cannot be spelled as it is."""
        while expr.args and expr.op.formula is not None and not self.kept(expr):
            expr = expr.op.formula(*expr.args, **dict(expr.facts))
        return expr


def _spelled(block: Expr) -> tuple[Size, ...]:
    """The shape of what the block's formula gives, with nothing spread."""
    if block.op == SPREAD:
        return _spelled(block.args[0])
    if block.op == TRANSPOSE:
        return _spelled(block.args[0])[::-1]
    if not block.op.elementwise:
        return block.shape
    shapes = [_spelled(arg) or (1,) * len(block.shape) for arg in block.args]
    return tuple(
        next((size for size in sizes if size != 1), 1) for sizes in zip(*shapes, strict=True)
    )


def _untransposed(along: Sequence[Along], axes: Place) -> tuple[Along, ...]:
    """What is said along the axes of a transpose, along the axes of what was transposed."""
    return tuple(along[axes.index(axis)] for axis in range(len(axes)))


def _shifted(expr: Expr, extents: Extents, by: int) -> Extents:
    return [
        (at + by, size) if axis == expr["axis"] else (at, size)
        for axis, (at, size) in enumerate(extents)
    ]


def _moved(place: Place, axis: int, to: int) -> Place:
    return (*place[:axis], to, *place[axis + 1 :])


# -- ops that only move cells about ----------------------------------------------------------------


def _reshape(narrow: Narrowing, expr: Expr, place: Place) -> Expr:
    arg = expr.args[0]
    flat = int(np.ravel_multi_index(place, narrow.shape(expr))) if place else 0
    return narrow.cell(arg, tuple(int(at) for at in np.unravel_index(flat, narrow.shape(arg))))


def _join(narrow: Narrowing, expr: Expr, place: Place) -> Expr:
    (a, b), axis = expr.args, expr["axis"]
    beyond = place[axis] - narrow.shape(a)[axis]
    return narrow.cell(a, place) if beyond < 0 else narrow.cell(b, _moved(place, axis, beyond))


def _part(narrow: Narrowing, expr: Expr, place: Place) -> Expr:
    axis = expr["axis"]
    start = narrow.size(expr["start"])
    return narrow.cell(expr.args[0], _moved(place, axis, place[axis] + start))


def _pad(narrow: Narrowing, expr: Expr, place: Place) -> Expr:
    arg, axis = expr.args[0], expr["axis"]
    inside = place[axis] - narrow.size(expr["start"])
    if not 0 <= inside < narrow.shape(arg)[axis]:
        return number(0.0)
    return narrow.cell(arg, _moved(place, axis, inside))


def _take(narrow: Narrowing, expr: Expr, place: Place) -> Expr:
    (x, which), axis = expr.args, expr["axis"]
    line = narrow.block(x, narrow.along(x, axis, place))
    return TAKE(line, narrow.block(which, [(place[axis], 1)]), axis=axis)


def _put(narrow: Narrowing, expr: Expr, place: Place) -> Expr:
    (x, which), axis = expr.args, expr["axis"]
    if which.op != NAME:
        raise NotSupported("cannot write 'put' by places that are computed in the same step")
    count = narrow.shape(which)[0]
    places = name(narrow.address(which["name"], [(0, count)]), count, 1)
    line = narrow.block(x, narrow.along(x, axis, place))
    here = EQUAL(places, float(place[axis]))
    return MATMUL(line if axis == 1 else line.T, here)


MOVES: dict[str, Callable[[Narrowing, Expr, Place], Expr]] = {
    "reshape": _reshape, "join": _join, "part": _part, "pad": _pad, "take": _take, "put": _put,
}  # fmt: skip
