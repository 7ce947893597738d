"""One cell of an expression, written out: which other cells it is made of, and how.

    terms(expr, (1, 0), sizes)     the terms that add up to the cell, each a scalar expression
    cell(expr, (1, 0), sizes)      the whole cell as one scalar expression

The leaves of the result are single cells, called as people write them: `X[2,4]`, counted from 1.
A matrix product becomes its products, a spread row the one number it copies, a transpose the cell
on the other side. All of it follows from what the ops mean, so a new activation needs no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import product

import numpy as np

from workings.errors import NotSupported
from workings.language import Expr, Op, Size, number
from workings.language import name as named
from workings.language.algebra import (
    ADD,
    DIV,
    JOIN,
    MATMUL,
    MAX,
    MAXIMUM,
    MUL,
    NAME,
    NEG,
    NUMBER,
    PAD,
    PART,
    RESHAPE,
    SIZE,
    SPREAD,
    SUB,
    SUM,
    TAKE,
    TRANSPOSE,
)  # fmt: skip
from workings.language.shapes import resolved
from workings.trace import Array

Place = tuple[int, ...]
Sizes = Mapping[str, int]
ADDRESS = re.compile(r"(\w+)(?:\[([\d,]+)\])?")


def address(word: str, place: Place) -> str:
    """A cell as people write it, counted from 1.

    >>> address("wh", (0, 2)), address("loss", ())
    ('wh[1,3]', 'loss')
    """
    return f"{word}[{','.join(str(index + 1) for index in place)}]" if place else word


def located(text: str) -> tuple[str, Place]:
    """The name and the place of a cell that `address` wrote."""
    found = ADDRESS.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no cell")
    inside = found.group(2)
    return found.group(1), tuple(int(part) - 1 for part in inside.split(",")) if inside else ()


class Reader:
    """Writes out cells of expressions, given what the named sizes are and the given values.

    Values are only asked for where a cell's place depends on them: the numbers of the columns
    that a `take` chooses.
    """

    def __init__(self, sizes: Sizes, values: Mapping[str, Array]) -> None:
        self.sizes, self.values = sizes, values

    def terms(self, expr: Expr, place: Place) -> list[Expr]:
        """The terms that add up to one cell; only one where it is no sum."""
        if expr.op == ADD:
            return [term for arg in expr.args for term in self.terms(arg, place)]
        if expr.op == SUB:
            first, second = (self.terms(arg, place) for arg in expr.args)
            return [*first, *(NEG(term) for term in second)]
        if expr.op == NEG:
            return [NEG(term) for term in self.terms(expr.args[0], place)]
        if expr.op == DIV:
            shared = self.cell(expr.args[1], place)
            return [DIV(term, shared) for term in self.terms(expr.args[0], place)]
        if expr.op == MATMUL:
            return self._products(expr, place)
        if expr.op == SUM:
            inside = self._inside(expr, place)
            return [term for one in inside for term in self.terms(expr.args[0], one)]
        if expr.op == SPREAD:
            return self.terms(expr.args[0], self._source(expr, place))
        return [self.cell(expr, place)]

    def cell(self, expr: Expr, place: Place) -> Expr:
        """One cell as a scalar expression of other cells."""
        if expr.op == NAME:
            return named(address(expr["name"], place))
        if expr.op == NUMBER:
            return expr
        if expr.op.elementwise:
            return expr.op(*(self.cell(arg, place) for arg in expr.args))
        if expr.op in (MATMUL, SUM):
            return _added(self.terms(expr, place))
        if expr.op in MOVES:
            return MOVES[expr.op](self, expr, place)
        if expr.op.formula is not None:
            return self.cell(expr.op.formula(*expr.args, **dict(expr.facts)), place)
        raise NotSupported(f"a single cell of {expr.op.name} cannot be written out yet")

    def _products(self, expr: Expr, place: Place) -> list[Expr]:
        a, b = expr.args
        *lead, row, column = place
        count = self._shape(a)[-1]
        return [
            MUL(self.cell(a, (*lead, row, k)), self.cell(b, (*lead, k, column)))
            for k in range(count)
        ]

    def _inside(self, expr: Expr, place: Place) -> list[Place]:
        """The places of the argument that one cell of a sum or a maximum is made of."""
        shape, axis = self._shape(expr.args[0]), expr["axis"]
        if axis is None:
            return list(product(*map(range, shape)))
        return [(*place[:axis], k, *place[axis + 1 :]) for k in range(shape[axis])]

    def _source(self, expr: Expr, place: Place) -> Place:
        """Where a spread cell was copied from."""
        shape = self._shape(expr.args[0])
        return tuple(index if size != 1 else 0 for index, size in zip(place, shape, strict=False))

    def _greatest(self, expr: Expr, place: Place) -> Expr:
        first, *rest = (self.cell(expr.args[0], one) for one in self._inside(expr, place))
        for other in rest:
            first = MAXIMUM(first, other)
        return first

    def _joined(self, expr: Expr, place: Place) -> Expr:
        axis, (a, b) = expr["axis"], expr.args
        before = self._shape(a)[axis]
        if place[axis] < before:
            return self.cell(a, place)
        return self.cell(b, (*place[:axis], place[axis] - before, *place[axis + 1 :]))

    def _padded(self, expr: Expr, place: Place) -> Expr:
        axis, start = expr["axis"], self._number(expr["start"])
        index = place[axis] - start
        if not 0 <= index < self._shape(expr.args[0])[axis]:
            return number(0.0)
        return self.cell(expr.args[0], (*place[:axis], index, *place[axis + 1 :]))

    def _part(self, expr: Expr, place: Place) -> Expr:
        axis = expr["axis"]
        index = place[axis] + self._number(expr["start"])
        return self.cell(expr.args[0], (*place[:axis], index, *place[axis + 1 :]))

    def _taken(self, expr: Expr, place: Place) -> Expr:
        axis, which = expr["axis"], expr.args[1]
        if which.op != NAME or which["name"] not in self.values:
            raise NotSupported("which cell was taken is not known")
        index = int(self.values[which["name"]][place[axis]])
        return self.cell(expr.args[0], (*place[:axis], index, *place[axis + 1 :]))

    def _transposed(self, expr: Expr, place: Place) -> Expr:
        back = [0] * len(place)
        for index, axis in zip(place, expr["axes"], strict=True):
            back[axis] = index
        return self.cell(expr.args[0], tuple(back))

    def _reshaped(self, expr: Expr, place: Place) -> Expr:
        flat = int(np.ravel_multi_index(place, self._shape(expr)))
        there = np.unravel_index(flat, self._shape(expr.args[0]))
        return self.cell(expr.args[0], tuple(int(index) for index in there))

    def _shape(self, expr: Expr) -> tuple[int, ...]:
        return resolved(expr.shape, self.sizes)

    def _number(self, size: Size) -> int:
        return size if isinstance(size, int) else self.sizes[size]


MOVES: dict[Op, Callable[[Reader, Expr, Place], Expr]] = {
    SPREAD: lambda reader, expr, place: reader.cell(expr.args[0], reader._source(expr, place)),
    TRANSPOSE: Reader._transposed,
    MAX: Reader._greatest,
    JOIN: Reader._joined,
    PART: Reader._part,
    PAD: Reader._padded,
    TAKE: Reader._taken,
    RESHAPE: Reader._reshaped,
    SIZE: lambda reader, expr, place: number(reader._shape(expr.args[0])[expr["axis"]]),
}


def _added(terms: list[Expr]) -> Expr:
    total, *rest = terms
    for term in rest:
        total = ADD(total, term)
    return total
