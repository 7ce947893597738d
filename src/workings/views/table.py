"""A sheet as text for a terminal: `text(sheet)`.

    Step 2  Add up the inputs of the hidden layer

      hidden_layer_input = X @ wh + spread(bh)
          Each neuron of the hidden layer adds up its inputs times its weights.

             h1      h2      h3
      1  1.4800  1.7800  1.1000

First come the equations of a group, then their values side by side as far as the width goes; a
matrix too wide for it is continued below. What comes from data is cleaned: no label can move the
cursor.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from workings.files import clean
from workings.views.sheet import ACTIVE, SOURCE, Block, Cell, Matrix, Sheet
from workings.views.wrapping import NARROWEST, WIDTH, wrapped

Lines = list[str]
Style = Callable[[str, str], str]
MARGIN, DEEPER, GAP, APART = "  ", "      ", "  ", "     "
LONGEST = 16  # signs of a label; of a longer one the middle is left out
FRAMES = {ACTIVE: ("[", "]"), SOURCE: ("(", ")")}
BOLD, FAINT, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def text(sheet: Sheet, *, width: int = WIDTH, styled: bool = False) -> str:
    """The sheet as lines of at most `width` signs, wherever a single column allows it.

    `styled` makes headings bold and reasons faint, for a terminal that knows how (ANSI); without
    it the only control characters are line ends.
    """
    style: Style = _styled if styled else _unstyled
    width = max(width, NARROWEST)
    lines = [style(line, BOLD) for line in _wrapped(sheet.title, width)]
    lines += [""] if lines else []
    for block in sheet.blocks:
        lines += _block(block, width, style)
    lines += [style(line, FAINT) for line in _wrapped(sheet.note, width)]
    if lines and not lines[-1]:
        lines.pop()  # what no note follows ends without an empty line
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _styled(line: str, code: str) -> str:
    return f"{code}{line}{PLAIN}"


def _unstyled(line: str, code: str) -> str:
    return line


# -- a block: heading, equations, values -----------------------------------------------------------


def _block(block: Block, width: int, style: Style) -> Lines:
    number = "" if block.number is None else f"Step {block.number}"
    heading = GAP.join(filter(None, (number, block.title)))
    lines = [style(line, BOLD) for line in _wrapped(heading, width)]
    lines += [""] if lines else []
    for group in block.groups:
        captions = _captions(group, block.reasons, width, style=style)
        lines += [*captions, ""] if captions else []
        alone = len(group) == 1 and bool(group[0].formula)
        room = width - len(MARGIN)
        drawn = [band for matrix in group for band in _bands(matrix, room, named=not alone)]
        for line in _beside(drawn, room):
            lines += [*(MARGIN + row for row in line), ""]
    return lines


def _captions(
    group: Sequence[Matrix], reasons: dict[str, str], width: int, *, style: Style
) -> Lines:
    lines = []
    for matrix in group:
        if matrix.formula:
            lines += _wrapped(f"{matrix.name} = {matrix.formula}", width, MARGIN)
            why = _wrapped(reasons.get(matrix.name, ""), width, DEEPER)
            lines += [DEEPER + style(line.strip(), FAINT) for line in why]
    return lines


def _wrapped(words: str, width: int, indent: str = "") -> Lines:
    """The words on lines of at most `width` signs; what is continued stands a little deeper."""
    return wrapped(clean(words), width, indent=indent, further=indent + GAP * bool(indent))


# -- values ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Drawn:
    """A matrix, or some of its columns: its cells as lines, and what stands around them."""

    name: str
    side: Lines
    labels: str
    rows: Lines
    note: str

    def lines(self, *, side: bool, labels: bool) -> Lines:
        """All of it on lines of equal width, with or without the labels of rows and columns."""
        edge = [label + GAP for label in self.side] if side else []
        lead = " " * _width(edge[0]) if edge else ""
        above = [self.name, self.labels] if labels else [self.name]
        rows = [label + row for label, row in zip_longest(edge, self.rows, fillvalue="")]
        below = [lead + self.note] if self.note else []
        return _even([*(lead + line for line in above), *rows, *below])


def _bands(matrix: Matrix, room: int, *, named: bool) -> list[_Drawn]:
    """The matrix in as many parts of neighbouring columns as the room makes necessary."""
    side = _side(matrix.row_labels) if any(matrix.row_labels) else []
    used = start = _width(side[0]) if side else 0
    parts: list[list[Lines]] = [[]]
    for column in _columns(matrix):
        wide = len(GAP) + _width(column[0])
        if parts[-1] and used + wide > room:
            parts.append([])
            used = start
        parts[-1].append(column)
        used += wide
    name = clean(matrix.name) if named else ""
    rows = [[GAP.join(cells) for cells in zip(*part, strict=True)] for part in parts]
    notes = [""] * (len(rows) - 1) + [matrix.left_out]
    return [
        _Drawn(name, side, labels.rstrip(), cells, note)
        for (labels, *cells), note in zip(rows, notes, strict=True)
    ]


def _beside(drawn: Sequence[_Drawn], room: int) -> list[Lines]:
    """Side by side, as many to a line as there is room for."""
    laid: list[Lines] = []
    line: list[_Drawn] = []
    for one in drawn:
        wider = _laid([*line, one])
        if line and _width(wider[0]) > room:
            laid.append(_laid(line))
            line = []
        line.append(one)
    return [*laid, _laid(line)] if line else laid


def _laid(line: Sequence[_Drawn]) -> Lines:
    """Matrices next to each other, their first rows on one height.

    Labels of rows that stand at a matrix to the left already are not repeated.
    """
    labels = any(one.labels for one in line)
    parts: list[Lines] = []
    said: Lines = []
    for one in line:
        parts.append(one.lines(side=one.side != said, labels=labels))
        said = one.side or said
    if not any(one.name for one in line):
        parts = [part[1:] for part in parts]
    height = max(map(len, parts))
    full = [part + [" " * _width(part[0])] * (height - len(part)) for part in parts]
    return [APART.join(row) for row in zip(*full, strict=True)]


def _even(lines: Lines) -> Lines:
    wide = max(map(_width, lines))
    return [_left(line, wide) for line in lines]


def _columns(matrix: Matrix) -> list[Lines]:
    """Each column as lines of equal width, its label first."""
    labels = matrix.column_labels or ("",)
    found = []
    for place, label in enumerate(labels):
        cells = [_shortened(label), *(_framed(row[place]) for row in matrix.cells)]
        if any(row[place].mark for row in matrix.cells):  # so that marked and plain numbers align
            marks = [True, *(bool(row[place].mark) for row in matrix.cells)]
            cells = [c if mark else f"{c} " for c, mark in zip(cells, marks, strict=True)]
        wide = max(map(_width, cells))
        found.append([_right(cell, wide) for cell in cells])
    return found


def _framed(cell: Cell) -> str:
    left, right = FRAMES.get(cell.mark, ("", ""))
    return f"{left}{cell.text}{right}"


def _side(labels: Sequence[str]) -> Lines:
    """The labels of the rows, of equal width; places stand to the right, words to the left."""
    short = [_shortened(label) for label in labels]
    wide = max(map(_width, short), default=0)
    align = _right if all(label.isdigit() for label in short) else _left
    return [align(label, wide) for label in short]


def _shortened(label: str) -> str:
    label = clean(label)
    if len(label) <= LONGEST:
        return label
    return label[: LONGEST // 2] + "…" + label[1 - LONGEST // 2 :]


def _width(line: str) -> int:
    """How many places of a terminal a line takes; some signs take two, accents none."""
    if line.isascii():
        return len(line)
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in line)
    return len(line) + wide - sum(unicodedata.combining(sign) > 0 for sign in line)


def _left(line: str, wide: int) -> str:
    return line + " " * (wide - _width(line))


def _right(line: str, wide: int) -> str:
    return " " * (wide - _width(line)) + line
