"""A plan: nests in the order they run, and where each value is kept.

A value is a *member* of a nest when it is computed there, cell by cell. There are four kinds:

    kind       loops                                    for
    rows       each unit, each row                      whatever there is one of for each row
    flat       each cell, whatever its place            updates of parameters
    product    units by rows, or units by inputs        matrix products with a long inner sum, and
                                                        what is done to their cells at once
    cells      each axis                                everything else
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

from workings.compiling.values import ROWS, Lowered, Value, row_axis

UNROLLED = 16  # a sum over so many is written out

BY_ROWS, FLAT, PRODUCT, CELLS = "rows", "flat", "product", "cells"


@dataclass(eq=False)
class Nest:
    """Loops, and what is computed in them; `size` is how many units or cells it has."""

    kind: str
    size: int
    members: list[Value] = field(default_factory=list)

    @property
    def following(self) -> list[Value]:
        """What a product's cells are used for as soon as they are there."""
        return self.members[1:] if self.kind == PRODUCT else []

    def kind_of(self, member: Value) -> str:
        """The loops that a member sees itself in."""
        return FLAT if member in self.following else self.kind


@dataclass
class Plan:
    """Nests in the order they run; `home` says at which number of the memory a value begins."""

    lowered: Lowered
    rows: int  # room for so many
    nests: list[Nest] = field(default_factory=list)
    tile: slice | None = None  # those of the nests that are run for so many rows at a time
    where: dict[Value, Nest] = field(default_factory=dict)
    unit_axis: dict[Value, int | None] = field(default_factory=dict)  # of a sum over rows
    readers: dict[Value, list[Nest]] = field(default_factory=dict)  # of what is in memory
    home: dict[Value, int] = field(default_factory=dict)
    panel: int = 0  # where products keep their panels, one for each thread, and how large one is
    panel_size: int = 0  # with room for the cells of a block behind it
    size: int = 0

    def strides(self, value: Value) -> tuple[int, ...]:
        """How far apart neighbours along each axis are; rows are side by side."""
        axis = row_axis(value.shape)
        order = list(range(len(value.shape)))
        if axis is not None:
            order = [*(one for one in order if one != axis), axis]
        steps, step = [0] * len(order), 1
        for one in reversed(order):
            steps[one] = step
            step *= self.room(value.shape[one])
        return tuple(steps)

    def room(self, size: int) -> int:
        """A size, or how many rows there is room for."""
        return self.rows if size == ROWS else size

    def cells(self, value: Value) -> int:
        """How many numbers a value has room for."""
        return prod(self.room(size) for size in value.shape)
