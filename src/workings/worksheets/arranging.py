"""Where things stand on a worksheet that is printed on one page: stages in columns, as in a paper.

    arrange(sections, top)      an `Arranged`: each matrix and each line of text at its place

How many columns of stages there are, and how wide they may be, is what lets the page be printed
largest. A matrix is shown once, where it first occurs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import ceil

from workings.exports._xlsx_layout import Layout, Section, Spot, lay_out

COLUMN, ROW = 20.0, 5.3  # millimetres of a cell
LETTERS = 10.5  # of a formula, in a cell's width
PAPER = (190.0, 277.0)  # millimetres that are printed on
MOST_COLUMNS = 3
BANDS = range(4, 19)  # columns of cells that matrices may take side by side
GAP = 1

Line = tuple[int, int, str, str]  # row, column, kind, text


@dataclass(frozen=True)
class Arranged:
    """Spots and lines at their places; the cells that are used; the column and width of each
    stage's heading by its row and column.
    """

    spots: tuple[Spot, ...]
    lines: tuple[Line, ...]
    rows: int
    columns: int
    widths: dict[tuple[int, int], int]
    landscape: bool
    scale: float


def arrange(sections: Sequence[Section], top: int) -> Arranged:
    """The sections from row `top` on, in the way that is printed largest."""
    once = list(_once(sections))
    ways = product(range(1, min(MOST_COLUMNS, max(1, len(once))) + 1), BANDS)
    return max((_arranged(once, top, way) for way in ways), key=lambda found: found.scale)


def _once(sections: Iterable[Section]) -> Iterator[Section]:
    """The sections without what was shown before."""
    seen: set[str] = set()
    for section in sections:
        groups = []
        for group in section.groups:
            groups.append([box for box in group if box.word not in seen])
            seen |= {box.word for box in group}
        yield replace(section, groups=[group for group in groups if group])


def _arranged(sections: Sequence[Section], top: int, way: tuple[int, int]) -> Arranged:
    count, band = way
    laid = [lay_out([section], 0, band) for section in sections]
    spots: list[Spot] = []
    lines: list[Line] = []
    widths: dict[tuple[int, int], int] = {}
    bottom, left = top, 0
    for column in _split(laid, count):
        width, row = max(map(_width, column), default=0), top
        for layout in column:
            spots += [replace(s, row=s.row + row, column=s.column + left) for s in layout.spots]
            lines += [(at + row, left, kind, text) for at, kind, _, text in layout.lines]
            widths[row, left] = width
            row += layout.rows
        bottom, left = max(bottom, row), left + width + GAP
    rows, columns = bottom, max(left - GAP, 9)
    scale, landscape = max((_scale(rows, columns, turned), turned) for turned in (False, True))
    return Arranged(tuple(spots), tuple(lines), rows, columns, widths, landscape, scale)


def _width(layout: Layout) -> int:
    """How many columns of cells a stage takes, its text included."""
    longest = max((len(text) for _, _, _, text in layout.lines), default=0)
    return max(layout.columns, ceil(longest / LETTERS))


def _split(laid: Sequence[Layout], count: int) -> list[list[Layout]]:
    """The stages in `count` columns of about the same height, in their order."""
    total = sum(layout.rows for layout in laid)
    columns: list[list[Layout]] = [[] for _ in range(count)]
    done = 0
    for layout in laid:
        place = min(count - 1, int((done + layout.rows / 2) * count / max(total, 1)))
        columns[place].append(layout)
        done += layout.rows
    return [column for column in columns if column]


def _scale(rows: int, columns: int, turned: bool) -> float:
    width, height = reversed(PAPER) if turned else PAPER
    return min(1.0, width / (columns * COLUMN), height / (rows * ROW))
