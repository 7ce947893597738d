"""Many rows, some at a time: all that belongs to a row is done while it is near the processor.

    in_tiles(plan)     whether it can be; puts the nests in an order that serves it

A plan for fewer rows than there are does its nests with rows for one tile after the other, and
adds up what is summed over rows. What needs no rows is done before; what needs such a sum, after.
That is impossible where something is done to the rows with a sum over all of them.
"""

from __future__ import annotations

from workings.compiling.indexes import is_row_sum
from workings.compiling.plans import BY_ROWS, PRODUCT, Nest, Plan
from workings.compiling.values import Value


def in_tiles(plan: Plan) -> bool:
    """Whether its rows can be done some at a time; if so, its nests are in that order."""
    if any(value.has_rows for value in plan.lowered.named.values()):
        return False  # somebody wants to see all of them
    read = _read(plan)
    before, tiled, after = list[Nest](), list[Nest](), list[Nest]()
    for nest in plan.nests:
        needs_sums = any(_is_late(plan, value, after) for value in read[nest])
        if any(value.has_rows for value in (*nest.members, *read[nest])):
            if needs_sums or nest.kind not in (BY_ROWS, PRODUCT):
                return False
            tiled.append(nest)
        else:
            (after if needs_sums else before).append(nest)
    plan.nests[:] = [*before, *tiled, *after]
    plan.tile = slice(len(before), len(before) + len(tiled))
    return True


def _read(plan: Plan) -> dict[Nest, list[Value]]:
    """What each nest reads of others, and of what is given."""
    found: dict[Nest, list[Value]] = {nest: [] for nest in plan.nests}
    for value, nests in plan.readers.items():
        for nest in nests:
            if plan.where.get(value) is not nest:
                found[nest].append(value)
    return found


def _is_late(plan: Plan, value: Value, after: list[Nest]) -> bool:
    """Whether a value is there only once all rows have been seen."""
    return is_row_sum(value) or plan.where.get(value) in after
