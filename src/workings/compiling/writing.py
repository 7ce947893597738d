"""What every nest is written with: the text so far, the plan, lanes, number of rows, and team."""

from __future__ import annotations

from dataclasses import dataclass, field

from workings.compiling.cells import ARENA, Cells
from workings.compiling.factors import SUMS
from workings.compiling.plans import Nest, Plan
from workings.compiling.sharing import Team
from workings.compiling.text import Text, Word
from workings.compiling.values import Value


@dataclass
class Writing:
    """What a nest is written with; `rows` is how many there are now, `total` in all tiles.

    `is_later` says whether other rows came before, so that sums over rows go on.
    """

    text: Text
    plan: Plan
    lanes: int
    rows: Word
    team: Team
    total: Word
    is_later: Word | None = None
    masks: dict[Word, Word] = field(default_factory=dict)  # by the first of the rows together

    def cells(self, nest: Nest, lanes: int, kind: str = "") -> Cells:
        """The cells of a nest that begins here, or of those of its members in such loops."""
        return Cells(self.text, self.plan, nest, lanes, self.total, kind or nest.kind)

    def panel(self) -> tuple[Word, Word]:
        """Where this thread keeps its panel, and where the cells of a block."""
        start = self.text.times(Word("%me", "i64"), self.plan.panel_size)
        start = self.text.plus(start, self.plan.panel)
        behind = self.plan.panel_size - SUMS * self.lanes
        first, second = start, self.text.plus(start, behind)
        return self.text.address(ARENA, first), self.text.address(ARENA, second)


def so_far(w: Writing, there: Word) -> Word:
    """What a sum over rows has come to before these rows."""
    text, none = w.text, w.text.number(0.0)
    if w.is_later is None:
        return none
    return text.select(w.is_later, text.load(there, text.real, text.depth), none)


def put(
    w: Writing, cells: Cells, members: list[Value], place: Word, lanes: int, some: int | None = None
) -> None:
    """The members' cells at a place, whatever it is; only the first lanes are kept if `some` is.

    All is read before anything changes in its place.
    """
    found = []
    for member in members:
        at = (place,) if member.shape else ()
        cells.made[member, at] = cells.computed(member, at)
        found.append((member, at, cells.made[member, at]))
    for member, at, cell in found:
        if member not in w.plan.home:
            continue
        cell, there = w.text.spread(cell, lanes), cells.address(member, at)
        if some is None:
            w.text.store(cell, there)
        else:
            w.text.store_some(cell, there, some)


def is_row(w: Writing, row: Word) -> Word:
    """Which lanes are rows, and not room behind the last."""
    text = w.text
    if w.lanes == 1:
        return Word("true", "i1")
    if row in w.masks:
        return w.masks[row]
    ahead = ", ".join(f"i64 {one}" for one in range(w.lanes))
    places = text.op("add", text.spread(row, w.lanes), Word(f"<{ahead}>", f"<{w.lanes} x i64>"))
    w.masks[row] = text.compare("icmp slt", places, text.spread(w.rows, w.lanes))
    return w.masks[row]
