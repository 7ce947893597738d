"""What a matrix product is made of, as its blocks see it: one axis has lanes, the other has not.

    Product.of(value, strides)     value[unit, lane] = sum of units[unit, k] * lanes[k, lane] over k

Lanes go along the axis of the result whose neighbours lie side by side: along rows, where it has
any. Blocks are as many units by as many vectors of lanes as the registers hold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from workings.compiling.indexes import matrix
from workings.compiling.values import ROWS, Value

DEPTH = 1024  # terms of the inner sum at a time, so that what they need stays in the cache
VECTORS = 4  # of lanes, side by side in a block
UNITS = {4: 5, 3: 7, 2: 10, 1: 14}  # so many by so many vectors; what they read fits beside them
SUMS = max(units * vectors for vectors, units in UNITS.items())  # of the 32 registers there are


class Factor(NamedTuple):
    """A matrix in memory: how far it is to the next unit (or lane), and to the next term."""

    core: Value
    across: int
    along: int


class Product(NamedTuple):
    """The factors, and the sizes of the result: its lanes, its units, the terms of each sum."""

    value: Value
    lanes: Factor
    units: Factor
    wide: int
    high: int
    inner: int
    step: int  # from one unit of the result to the next

    @classmethod
    def of(cls, value: Value, strides: Callable[[Value], tuple[int, ...]]) -> Product:
        """The product that `value` is; `strides` says how matrices lie in memory."""
        steps = strides(value)
        axis = next((axis for axis in (0, 1) if value.shape[axis] == ROWS), None)
        if axis is None:
            axis = 0 if value.shape[1] == 1 else 1
        a, b = value.args
        first, second = _steps(a, strides), _steps(b, strides)
        left = Factor(matrix(a)[0], *first)
        right = Factor(matrix(b)[0], *reversed(second))
        lanes, units = (left, right) if axis == 0 else (right, left)
        return cls(value, lanes, units, value.shape[axis], value.shape[1 - axis],
                   a.shape[-1], steps[1 - axis])  # fmt: skip


def _steps(factor: Value, strides: Callable[[Value], tuple[int, ...]]) -> tuple[int, int]:
    core, turned = matrix(factor)
    rows, columns = strides(core)
    return (columns, rows) if turned else (rows, columns)
