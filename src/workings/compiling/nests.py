"""The loop nests of a plan, written down.

    write(text, plan, nest, lanes=8, rows=n)       the nest as LLVM's text

One function per kind of nest, in `WRITERS`. Sums over rows leave out the lanes beyond the last row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
from math import prod

from workings.compiling.cells import ARENA, Cells, Index, words
from workings.compiling.indexes import arguments, is_row_sum, point
from workings.compiling.plans import BY_ROWS, CELLS, FLAT, PRODUCT, Nest, Plan
from workings.compiling.products import blocks
from workings.compiling.sharing import by_units
from workings.compiling.text import Word, whole
from workings.compiling.values import Value
from workings.compiling.writing import Writing, is_row, put, so_far


def write(writing: Writing, nest: Nest) -> None:
    """The nest, behind what is written already."""
    WRITERS[nest.kind](writing, nest)


# -- each unit, each row ---------------------------------------------------------------------------


def _by_rows(w: Writing, nest: Nest) -> None:
    text, sums = w.text, [member for member in nest.members if is_row_sum(member)]
    for member in sums:
        if w.plan.unit_axis[member] is None and nest.size > 1:
            there = w.cells(nest, 1).address(member, ())
            text.store(so_far(w, there), there)
    cells = w.cells(nest, w.lanes)
    units, rows = _shares(w, nest)
    with text.some(*units) as unit:
        zero = text.number(0.0, w.lanes)
        totals = {(member, at): text.cell(zero) for member in sums
                  for at in _places(w.plan, member, unit)}  # fmt: skip
        with text.some(*rows, w.lanes) as row:
            for member in nest.members:
                if is_row_sum(member):
                    continue
                at = words(point(member, row, unit))
                cell = cells.made[member, at] = cells.computed(member, at)
                if member in w.plan.home:
                    text.store(text.spread(cell, w.lanes), cells.address(member, at))
            for (member, at), total in totals.items():
                _add_row(w, cells, (member, at), total, (row, unit))
        for (member, at), total in totals.items():
            found = text.total(text.read(total, zero.type))
            there = cells.address(member, at)
            if w.plan.unit_axis[member] is None and nest.size > 1:
                found = text.op("fadd", text.load(there, text.real, text.depth), found)
            elif w.is_later:
                found = text.op("fadd", so_far(w, there), found)
            text.store(found, there)


def _shares(w: Writing, nest: Nest) -> tuple[tuple[Word, Word], tuple[Word, Word]]:
    """This thread's units, and rows: some of one and all of the other."""
    if by_units(w.plan, nest):
        return w.team.share(whole(nest.size)), (whole(0), w.rows)
    return (whole(0), whole(nest.size)), _in_lanes(w, w.rows)


def _in_lanes(w: Writing, count: Word) -> tuple[Word, Word]:
    """This thread's part of what goes by lanes."""
    if not w.team.is_dividing:
        return whole(0), count
    blocks = w.text.op("udiv", w.text.plus(count, w.lanes - 1), whole(w.lanes))
    first, last = w.team.share(blocks)
    return w.text.times(first, w.lanes), w.text.times(last, w.lanes)


def _places(plan: Plan, member: Value, unit: Word) -> Iterator[Index]:
    """The cells of a sum over rows that a unit adds up: those beside each other, all of them."""
    axis = plan.unit_axis[member]
    ranges = [[unit] if place == axis else [whole(one) for one in range(size)]
              for place, size in enumerate(member.shape)]  # fmt: skip
    yield from product(*ranges)


def _add_row(
    w: Writing, cells: Cells, what: tuple[Value, Index], total: Word, here: tuple[Word, Word]
) -> None:
    (member, at), (row, unit), text = what, here, w.text
    so_far = text.read(total, f"<{w.lanes} x {text.real}>" if w.lanes > 1 else text.real)
    if member.op == "matmul":
        a, b = (cells.at(arg, words(there)) for arg, there in arguments(member, at, row))
        added = text.call("fmuladd", a, b, so_far)
    else:
        (arg,) = member.args
        added = text.op("fadd", so_far, cells.at(arg, words(point(arg, row, unit))))
    text.write(total, text.select(is_row(w, row), added, so_far))


# -- each cell, whatever its place -----------------------------------------------------------------


def _flat(w: Writing, nest: Nest) -> None:
    lanes = w.lanes if nest.size > 1 else 1
    cells = w.cells(nest, lanes)
    share = _in_lanes(w, whole(nest.size)) if lanes > 1 else (whole(0), whole(nest.size))
    with w.text.some(*share, lanes) as place:
        put(w, cells, nest.members, place, lanes)


# -- everything else -------------------------------------------------------------------------------


def _cells(w: Writing, nest: Nest) -> None:
    (value,) = nest.members
    cells = w.cells(nest, 1)
    if value.op == "put":
        return _put(w, cells, value)
    with ExitStack() as loops:
        at = tuple(loops.enter_context(w.text.loop(0, size)) for size in value.shape)
        w.text.store(cells.computed(value, at), cells.address(value, at))
    return None


def _put(w: Writing, cells: Cells, value: Value) -> None:
    text, (x, which), axis = w.text, value.args, value["axis"]
    with text.loop(0, prod(value.shape)) as place:
        text.store(text.number(0.0), text.address(ARENA, text.plus(place, w.plan.home[value])))
    with ExitStack() as loops:
        at = tuple(loops.enter_context(text.loop(0, size)) for size in x.shape)
        place = cells.whole_at(which, (at[axis],), value.shape[axis])
        there = cells.address(value, (*at[:axis], place, *at[axis + 1 :]))
        text.store(text.op("fadd", text.load(there, text.real, text.depth), cells.at(x, at)), there)


WRITERS: dict[str, Callable[[Writing, Nest], None]] = {
    BY_ROWS: _by_rows, FLAT: _flat, PRODUCT: blocks, CELLS: _cells,
}  # fmt: skip
