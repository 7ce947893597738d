"""Which loops a kernel has: values grouped into nests that share theirs, and where each is kept.

    plan(lowered, rows, lanes)        -> Plan: nests in order, and the memory they need

A value is a *member* of a nest when it is computed there, cell by cell; what only one reader needs
is computed inside that reader's cell. Members of one nest share its loops: for each unit, one pass
over the rows. What the members read of each other stays in registers; a sum over rows is kept in a
register until the pass is over. Rows lie side by side in memory, one feature after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from math import prod

from workings.compiling.factors import DEPTH, SUMS, VECTORS
from workings.compiling.indexes import (
    ELSEWHERE,
    ROW,
    UNIT,
    Index,
    arguments,
    is_row_sum,
    matrix,
    point,
    same_place,
)
from workings.compiling.plans import BY_ROWS, CELLS, FLAT, PRODUCT, UNROLLED, Nest, Plan
from workings.compiling.tiling import in_tiles
from workings.compiling.values import (
    ELEMENTWISE,
    LEAVES,
    ROWS,
    VIEWS,
    Lowered,
    Value,
)

COSTLY = {"exp", "log", "tanh", "sigmoid", "power", "div", "sqrt", "matmul", "sum", "max"}
BESIDE = 8  # so many sums over rows may share a pass


def plan(lowered: Lowered, rows: int, lanes: int, tile: int | None = None) -> Plan:
    """The nests for these values; `rows` is how many there are at most.

    If they are more than a `tile`, so many are done at a time, where that is possible.
    """
    if tile and rows > tile:
        made = _planned(lowered, tile, lanes, is_whole=False)
        if in_tiles(made):
            return made
    return _planned(lowered, rows, lanes)


def _planned(lowered: Lowered, rows: int, lanes: int, *, is_whole: bool = True) -> Plan:
    made = Plan(lowered, rows)
    planning = _Planning(made, _members(lowered), is_whole=is_whole)
    for value in lowered.values:
        if value in planning.members:
            planning.take(value)
    planning.finish()
    stored = _stored(made, planning)
    _give_homes(made, stored, lanes)
    return made


# -- what is computed in a loop of its own, and not inside its reader ------------------------------


def _members(lowered: Lowered) -> set[Value]:
    uses = Counter(arg for value in lowered.values for arg in value.args)
    found = set(lowered.named.values())
    for value in lowered.values:
        if value.op not in LEAVES | VIEWS and uses[value] > 1:
            found.add(value)
        if value.op in ("sum", "max", "put") or (value.op == "matmul" and not _short(value)):
            found.add(value)
        found |= {arg for arg in value.args if _is_read_often(value, arg)}
    return {value for value in found if value.op not in LEAVES}


def _short(value: Value) -> bool:
    inner = value.args[0].shape[-1]
    return value.has_rows and 0 < inner <= UNROLLED


def _is_read_often(value: Value, arg: Value) -> bool:
    """Whether computing `arg` inside each cell of `value` would be doing it again and again."""
    if value.op in ELEMENTWISE or arg.op in LEAVES:
        return False
    if value.op == "transpose":
        return arg.op != "transpose"
    if value.op == "matmul":
        return matrix(arg)[0].op not in LEAVES and arg.op != "transpose"
    if value.op in ("sum", "max"):
        return value["axis"] is not None and arg.op in COSTLY and not is_row_sum(value)
    return True


# -- which nest ------------------------------------------------------------------------------------


class _Planning:
    def __init__(self, made: Plan, members: set[Value], *, is_whole: bool) -> None:
        self.plan, self.members, self.is_whole = made, members, is_whole
        self.waiting: dict[Value, None] = {}  # products, until somebody reads them

    def take(self, value: Value) -> None:
        """The next value: a product of parameters' size waits for what is to be done with it."""
        if self._ways(value)[0][0] == PRODUCT and not value.has_rows:
            self.waiting[value] = None
        else:
            self.put(value)

    def finish(self) -> None:
        """Nobody reads those that wait still."""
        for value in list(self.waiting):
            self._end_waiting(value)

    def _end_waiting(self, value: Value) -> None:
        if value in self.waiting:
            del self.waiting[value]
            self.put(value)

    def put(self, value: Value) -> None:
        """Finds the value a nest: one that is there already, if it may share its loops."""
        for kind, size, unit_axis in self._ways(value):
            reads = list(self.reads(value, kind, unit_axis))
            for arg, _ in reads:
                self._end_waiting(arg)
            first = max((self._after(arg, index, kind) for arg, index in reads), default=0)
            for nest in self.plan.nests[first:]:
                if nest.size == size and self._may_join(nest, kind, [arg for arg, _ in reads]):
                    return self._join(value, nest, unit_axis)
        kind, size, unit_axis = self._ways(value)[0]
        self.plan.nests.append(Nest(kind, size))
        return self._join(value, self.plan.nests[-1], unit_axis)

    def _may_join(self, nest: Nest, kind: str, read: list[Value]) -> bool:
        if kind == FLAT and nest.kind == PRODUCT:
            return any(member in read for member in nest.members)
        return nest.kind == kind and kind in (BY_ROWS, FLAT)

    def _join(self, value: Value, nest: Nest, unit_axis: int | None) -> None:
        nest.members.append(value)
        self.plan.where[value], self.plan.unit_axis[value] = nest, unit_axis

    def _ways(self, value: Value) -> list[tuple[str, int, int | None]]:
        """The loops the value could be computed in, the best first: kind, size, axis of units."""
        is_product = value.op == "matmul" and len(value.shape) == 2 and not _short(value)
        if is_product and not is_row_sum(value):
            return [(PRODUCT, 0 if value.has_rows else prod(value.shape), None)]
        if is_row_sum(value):
            return self._sum_ways(value)
        if value.has_rows:
            return [(BY_ROWS, prod(size for size in value.shape if size != ROWS), None)]
        if self._is_flat(value):
            return [(FLAT, prod(value.shape), None)]
        return [(CELLS, 0, None)]

    def _sum_ways(self, value: Value) -> list[tuple[str, int, int | None]]:
        if value.op == "sum":
            (arg,) = value.args
            units = prod(size for size in arg.shape if size != ROWS)
            axis = None if value["axis"] is None or len(arg.shape) == 1 else 1 - value["axis"]
            return [(BY_ROWS, units, axis)]
        ways = [(BY_ROWS, value.shape[axis], axis) for axis in (0, 1)
                if value.shape[1 - axis] <= BESIDE]  # fmt: skip
        return sorted(ways, key=lambda way: -way[1]) or [(PRODUCT, prod(value.shape), None)]

    def _is_flat(self, value: Value) -> bool:
        """Whether each cell needs only the cells at its own place, and single numbers."""
        if value.op == "spread":
            return value.args[0].shape == ()
        if value.op not in ELEMENTWISE:
            return False
        inside = [arg for arg in value.args if arg not in self.members and arg.op not in LEAVES]
        return all(self._is_flat(arg) for arg in inside)

    def reads(
        self, value: Value, kind: str, unit_axis: int | None
    ) -> Iterator[tuple[Value, Index]]:
        """The members (and what is given) that `value` is made of, each with its place."""
        if kind == FLAT:
            return self._walk(value, same_place(value))
        if kind != BY_ROWS:
            return self._walk(value, (ELSEWHERE,) * len(value.shape))
        if not is_row_sum(value):
            return self._walk(value, point(value, ROW, UNIT))
        if value.op == "sum":
            return self._into([(value.args[0], point(value.args[0], ROW, UNIT))])
        index = tuple(UNIT if axis == unit_axis else _beside(value, axis) for axis in (0, 1))
        return self._into(arguments(value, index, ROW))

    def _walk(self, value: Value, index: Index) -> Iterator[tuple[Value, Index]]:
        return self._into(arguments(value, index, ELSEWHERE))

    def _into(self, reads: Iterable[tuple[Value, Index]]) -> Iterator[tuple[Value, Index]]:
        for arg, index in reads:
            if arg in self.members or arg.op == "given":
                yield arg, index
            elif arg.op not in LEAVES:
                yield from self._walk(arg, index)

    def _after(self, arg: Value, index: Index, kind: str) -> int:
        """The first nest that may read this: the one it is made in, if at the same cell."""
        if arg.op == "given":
            return 0
        nest = self.plan.where[arg]
        here = self.plan.nests.index(nest)
        if kind == FLAT and nest.kind == PRODUCT:
            fits = index == same_place(arg) and self._is_at_once(nest.members[0])
            return here if fits else here + 1
        same = point(arg, ROW, UNIT) if kind == BY_ROWS else same_place(arg)
        fits = kind == nest.kind and not is_row_sum(arg) and index == same
        fits = fits and (nest.size == 1 or UNIT in index or kind == FLAT)
        return here if fits else here + 1

    def _is_at_once(self, product: Value) -> bool:
        """Whether all terms of a product's sums are added up in one go."""
        inner = product.args[0].shape[-1]
        return self.plan.room(inner) <= DEPTH and (self.is_whole or inner != ROWS)


def _beside(value: Value, axis: int) -> object:
    return 0 if value.shape[axis] == 1 else ELSEWHERE


# -- memory ----------------------------------------------------------------------------------------


def _stored(made: Plan, planning: _Planning) -> list[Value]:
    """What must be in memory: what is given, kept, or read in another nest."""
    found = dict.fromkeys(made.lowered.given.values())
    found |= dict.fromkeys(made.lowered.named.values())
    for nest in made.nests:
        for member in nest.members:
            kind = nest.kind_of(member)
            used_at_once = kind == PRODUCT and nest.following
            if not used_at_once and (is_row_sum(member) or kind not in (BY_ROWS, FLAT)):
                found[member] = None
            for arg, _ in planning.reads(member, kind, made.unit_axis[member]):
                if arg.op != "given" and made.where[arg] is not nest:
                    found[arg] = None
                made.readers.setdefault(arg, []).append(nest)
    return [value for value in found if value.op not in ("number", "rows")]


def _give_homes(made: Plan, stored: list[Value], lanes: int) -> None:
    room = max(lanes, 1)
    for value in stored:
        made.home[value] = made.size
        made.size += -(-max(made.cells(value), 1) // room) * room
    made.panel = made.size
    products = [nest.members[0] for nest in made.nests if nest.kind == PRODUCT]
    depths = [min(made.room(value.args[0].shape[-1]), DEPTH) for value in products]
    made.panel_size = VECTORS * lanes * (-(-max(depths, default=0) // room) * room)
    made.panel_size += SUMS * lanes if products else 0
