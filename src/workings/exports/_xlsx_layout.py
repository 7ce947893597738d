"""Where things stand on a worksheet: sections, one under the other, of boxes side by side.

    Box(word, ...)                 one matrix: its title and the labels of its rows and columns
    Section(heading, said, groups) a heading, lines of text, and what belongs together
    lay_out(sections, top)         a Layout: each box at its place, each line in its row

Beside a step stands what it reads, shown again, so that the cells a formula is made from can be
seen where the formula is. Rows and columns count from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workings.language import Expr, Program
from workings.language.algebra import NAME, SIZE
from workings.trace import Trace
from workings.views.sheet import Block, Matrix, sheet

WIDTH = 10  # characters a column of the worksheet holds
BAND = 18  # columns; boxes that go beyond stand under the others, if they can
EVERYTHING = 10**9  # rows and columns to show
SMALL = 12  # rows; up to here, what a step reads is shown again beside it
LONGEST = 30  # characters of a label


@dataclass(frozen=True)
class Box:
    """One matrix as it is to be laid out; `word` says what is in it."""

    word: str
    title: str
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    rows: int
    columns: int

    @property
    def margin(self) -> int:
        """How many columns the labels of the rows take; at least one keeps boxes apart."""
        longest = max((len(label) for label in self.row_labels), default=0)
        return max(1, -(-longest // WIDTH))

    @property
    def width(self) -> int:
        """How many columns the box takes; a long title reaches over the margin of the next."""
        return self.margin + max(self.columns, -(-len(self.title) // WIDTH) - 1)


@dataclass(frozen=True)
class Section:
    """A heading, what is said about steps (word, formula, reason), and groups of boxes."""

    heading: str
    said: Sequence[tuple[str, str, str]]
    groups: Sequence[Sequence[Box]]


@dataclass(frozen=True)
class Spot:
    """A box at its place: `row` and `column` are those of its first cell.

    What has an earlier spot already is shown again, not computed again: `first` is False.
    """

    box: Box
    row: int
    column: int
    first: bool
    band: int  # spots of the same band stand side by side


@dataclass
class Layout:
    """Spots, and lines of text as (row, kind, word, text); `rows` and `columns` that are used."""

    spots: list[Spot] = field(default_factory=list)
    lines: list[tuple[int, str, str, str]] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    bands: int = 0


def shortened(text: str) -> str:
    """A label, cut where it would take too much room."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def box(matrix: Matrix) -> Box:
    """The box for a matrix of a sheet."""
    rows, columns = len(matrix.cells), len(matrix.cells[0]) if matrix.cells else 0
    labels = (matrix.row_labels, matrix.column_labels)
    named = [tuple(map(shortened, some)) if any(some) else () for some in labels]
    return Box(matrix.name, matrix.name, named[0], named[1], rows, columns)


def program_sections(trace: Trace) -> list[Section]:
    """The stages of a trace as sections, every matrix whole.

    What a step reads stands beside it, where that is small.
    """
    laid = sheet(trace, max_rows=EVERYTHING, max_columns=EVERYTHING)
    boxes = {matrix.name: box(matrix) for block in laid.blocks for matrix in block.matrices}
    singles = [word for word, shape in trace.program.given.items() if shape == ()]
    boxes = {word: Box(word, word, (), (), 1, 1) for word in singles} | boxes
    return [_section(block, trace.program, boxes) for block in laid.blocks]


def _section(block: Block, program: Program, boxes: Mapping[str, Box]) -> Section:
    number = "" if block.number is None else f"Step {block.number}   "
    reasons = block.reasons
    said = [
        (matrix.name, f"{matrix.name} = {matrix.formula}", reasons.get(matrix.name, ""))
        for matrix in block.matrices if matrix.formula
    ]  # fmt: skip
    groups: list[list[Box]] = []
    for group in block.groups:
        groups += _with_inputs([matrix.name for matrix in group], program, boxes)
    return Section(number + block.title, said, groups)


def _with_inputs(words: list[str], program: Program, boxes: Mapping[str, Box]) -> list[list[Box]]:
    """A group with what its steps read; step by step where it gets too wide for that."""
    reads = {
        step.name: list(dict.fromkeys(_read(step.expr)))
        for step in program if step.name in words
    }  # fmt: skip
    everything = _followed(words, reads)
    if not reads or any(boxes[word].rows > SMALL for word in everything):
        return [[boxes[word] for word in words]]
    if _width([boxes[word] for word in everything]) <= BAND:
        return [[boxes[word] for word in everything]]
    groups = [[*dict.fromkeys(read), step] for step, read in reads.items()]
    if any(_width([boxes[word] for word in group]) > BAND for group in groups):
        groups = [words]
    return [[boxes[word] for word in group] for group in groups]


def _read(expr: Expr) -> list[str]:
    """The names whose cells an expression reads; to be counted is not to be read."""
    if expr.op == NAME:
        return [expr["name"]]
    return [] if expr.op == SIZE else [word for arg in expr.args for word in _read(arg)]


def _followed(words: Sequence[str], reads: Mapping[str, Sequence[str]]) -> list[str]:
    """The words in their order, each step behind what it reads."""
    found: dict[str, None] = {}
    for word in words:
        found |= dict.fromkeys([*(one for one in reads.get(word, ()) if one not in words), word])
    return list(found)


def _width(boxes: Iterable[Box]) -> int:
    return sum(one.width for one in boxes)


def lay_out(sections: Iterable[Section], top: int, band: int = BAND) -> Layout:
    """Every section under the one before, from row `top` on; up to `band` columns side by side."""
    layout = Layout(rows=top)
    seen: set[str] = set()
    for one in sections:
        layout.lines.append((layout.rows, "heading", "", one.heading))
        layout.rows += 1
        for word, formula, why in one.said:
            layout.lines.append((layout.rows, "formula", word, formula))
            layout.rows += 1
            if why:
                layout.lines.append((layout.rows, "why", "", why))
                layout.rows += 1
        for boxes in _bands(one.groups, band):
            _place(boxes, layout, seen)
    return layout


def _bands(groups: Sequence[Sequence[Box]], most: int) -> list[list[Box]]:
    """What stands side by side: whole groups while there is room, else a new line for the next."""
    bands: list[list[Box]] = [[]]
    for group in groups:
        if bands[-1] and _width({*bands[-1], *group}) > most:
            bands.append([])
        for one in group:
            if bands[-1] and _width({*bands[-1], one}) > most:
                bands.append([])
            if one not in bands[-1]:
                bands[-1].append(one)
    return [band for band in bands if band]


def _place(band: Sequence[Box], layout: Layout, seen: set[str]) -> None:
    labelled = any(one.column_labels for one in band)
    row, column = layout.rows + 1 + labelled, 0
    for one in band:
        column += one.margin
        layout.spots.append(Spot(one, row, column, one.word not in seen, layout.bands))
        seen.add(one.word)
        column += one.width - one.margin
        layout.columns = max(layout.columns, column)
    layout.rows = row + max(one.rows for one in band) + 1
    layout.bands += 1
