"""Which cells a cell is made of: what planning asks with stand-ins, and spelling with words.

arguments(value, index, inner)      the arguments' cells that the cell at `index` reads
point(value, row, unit)             the index of the cell that belongs to a row and a unit
same_place(value)                   the index of any cell, wherever it is
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from workings.compiling.values import ELEMENTWISE, ROWS, Value, row_axis

ROW, UNIT, ELSEWHERE = "row", "unit", "elsewhere"  # stand-ins, as far as a plan must know
Index = tuple[object, ...]


def is_row_sum(value: Value) -> bool:
    """Whether the value is a sum over all rows."""
    if value.op == "matmul":
        return value.args[0].shape[-1] == ROWS
    if value.op != "sum" or not value.args[0].has_rows:
        return False
    return value["axis"] in (None, row_axis(value.args[0].shape))


def arguments(value: Value, index: Index, inner: object) -> Iterator[tuple[Value, Index]]:
    """Which cells of its arguments a cell is made of; `inner` is where along an inner sum."""
    if value.op in ELEMENTWISE:
        yield from ((arg, index) for arg in value.args)
    elif value.op == "spread":
        (arg,) = value.args
        fits = arg.shape and len(arg.shape) == len(index)
        yield arg, tuple(0 if size == 1 else one for size, one in zip(arg.shape, index,
                         strict=True)) if fits else (ELSEWHERE,) * len(arg.shape)  # fmt: skip
    elif value.op == "transpose":
        back = [value["axes"].index(axis) for axis in range(len(value.shape))]
        yield value.args[0], tuple(index[axis] for axis in back)
    elif value.op == "matmul":
        *lead, row, column = index
        yield value.args[0], (*lead, row, inner)
        yield value.args[1], (*lead, inner, column)
    elif value.op in ("sum", "max") and value["axis"] is not None:
        axis = value["axis"]
        yield value.args[0], (*index[:axis], inner, *index[axis + 1 :])
    else:
        yield from ((arg, (ELSEWHERE,) * len(arg.shape)) for arg in value.args)


def matrix(value: Value) -> tuple[Value, bool]:
    """What a transposed matrix is made of, and whether it is turned."""
    turned = False
    while value.op == "transpose" and len(value.shape) == 2:
        value, turned = value.args[0], not turned
    return value, turned


def factors(value: Value) -> list[Value]:
    """What a product's factors are made of, turned or not."""
    return [matrix(arg)[0] for arg in value.args]


def multiplications(value: Value, rows: int) -> int:
    """How many of them a matrix product takes."""
    sizes = [*value.shape, value.args[0].shape[-1]]
    return prod(rows if size == ROWS else size for size in sizes)


def point(value: Value, row: object, unit: object) -> Index:
    """The index of the cell of `value` that belongs to a row and a unit."""
    return tuple(row if size == ROWS else 0 if size == 1 else unit for size in value.shape)


def same_place(value: Value) -> Index:
    """The index of a cell wherever it is: for loops over the cells of several matrices."""
    return tuple(f"axis {axis}" for axis in range(len(value.shape)))
