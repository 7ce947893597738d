"""What every nest is written with: the text so far, the plan, lanes, number of rows, and team."""

from __future__ import annotations

from dataclasses import dataclass, field

from workings.compiling.cells import ARENA, Cells
from workings.compiling.planning import Nest, Plan
from workings.compiling.sharing import Team
from workings.compiling.text import Text, Word


@dataclass
class Writing:
    """What a nest is written with; `rows` is how many there are now."""

    text: Text
    plan: Plan
    lanes: int
    rows: Word
    team: Team
    masks: dict[Word, Word] = field(default_factory=dict)  # by the first of the rows together

    def cells(self, nest: Nest, lanes: int) -> Cells:
        """The cells of a nest that begins here."""
        return Cells(self.text, self.plan, nest, lanes, self.rows)

    def panel(self) -> Word:
        """Where this thread keeps its panel."""
        start = self.text.times(Word("%me", "i64"), self.plan.panel_size)
        return self.text.address(ARENA, self.text.plus(start, self.plan.panel))


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
