"""How long NumPy will take, about: what a choice between engines goes by.

    seconds(plan, sizes)      one run of a program that is ready to run with NumPy
    counted(plan, sizes)      its ops, the cells they make, the products of cells

It counts, and never looks at a clock: the same training is given to the same engine, whatever else
the machine is doing, so that the same seed gives the same digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from workings.engines.numpy import bind_join
from workings.language.algebra import MATMUL
from workings.language.shapes import resolved

# fitted to 144 trainings of 1 to 1000 rows and 2-10-1 to 784-256-10 units, on two cores: eight of
# ten lie within half and twice of what was measured
PER_OP, PER_CELL, PER_PRODUCT = 1e-6, 1.5e-9, 3e-11  # seconds


def seconds(plan: Any, sizes: Mapping[str, int]) -> float:
    """The time of one run, for matrices of these sizes."""
    ops, cells, products = counted(plan, sizes)
    return ops * PER_OP + cells * PER_CELL + products * PER_PRODUCT


def counted(plan: Any, sizes: Mapping[str, int]) -> tuple[int, int, int]:
    """How many ops there are, how many cells they make, and how many products of cells."""
    ops, cells, products = 0, 0, 0
    sizes = dict(sizes)
    for instruction in plan.instructions:
        expr = instruction.expr
        bind_join(expr, sizes)
        made = prod(resolved(expr.shape, sizes))
        ops, cells = ops + 1, cells + made
        if expr.op == MATMUL:
            products += made * resolved(expr.args[0].shape, sizes)[-1]
    return ops, cells, products
