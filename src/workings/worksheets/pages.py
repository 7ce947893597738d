"""An exercise laid out for any medium: what is given, what is blank, which formulas are used.

    page(exercise)                        as it is handed out
    page(exercise, key=True)              with the answers
    page(exercise, hints=True)            with the index form of each step behind its formula

The layout is that of a trace (`views.sheet`): given numbers as they were drawn, computed ones to
the decimals of the sheet; in a blank matrix each cell is marked and, but for the key, empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf, nan

from workings.explaining.indexing import indexed
from workings.views.sheet import ANSWER, BLANK, Block, Cell, Matrix, Sheet, sheet
from workings.worksheets.exercises import Exercise

EVERYTHING = 10**9  # rows and columns to show


@dataclass(frozen=True)
class Page:
    """A sheet with its title, its lines of text, and the name of whoever it is for."""

    title: str
    student: str
    said: tuple[str, ...]
    sheet: Sheet


def page(exercise: Exercise, *, key: bool = False, hints: bool = False) -> Page:
    """The exercise as a page; see above."""
    laid = sheet(exercise.trace, why=False, max_rows=EVERYTHING, max_columns=EVERYTHING)
    blocks = [_block(block, exercise, key=key, hints=hints) for block in laid.blocks]
    kept = tuple(block for block in blocks if block.groups)
    heading = "Answers" if key else "Worksheet"
    number = "" if exercise.seed is None else f" {exercise.seed}"
    return Page(f"{heading}{number}", exercise.student, tuple(_said(exercise, key)),
                Sheet("", kept, ""))  # fmt: skip


def _said(exercise: Exercise, key: bool) -> Iterable[str]:
    yield f"{exercise.title[:1].upper()}{exercise.title[1:].rstrip('.')}."
    if key:
        yield (
            f"The answers are rounded to {exercise.digits} decimals at the end. Whoever rounds at "
            "each step may differ in the last decimals."
        )
    else:
        yield f"Fill in the empty cells, to {exercise.digits} decimals."


def _block(block: Block, exercise: Exercise, *, key: bool, hints: bool) -> Block:
    groups = tuple(
        tuple(_matrix(matrix, exercise, key=key, hints=hints) for matrix in group)
        for group in block.groups
    )
    return replace(block, groups=groups)


def _matrix(matrix: Matrix, exercise: Exercise, *, key: bool, hints: bool) -> Matrix:
    blank = matrix.name in exercise.blank
    why = ""
    if hints and matrix.formula:
        why = f"each cell: {indexed(exercise.trace.program[matrix.name])}"
    digits = exercise.digits if matrix.formula else None
    cells = tuple(
        tuple(_cell(cell, digits, blank=blank, key=key) for cell in row) for row in matrix.cells
    )
    return replace(matrix, cells=cells, why=why)


def _cell(cell: Cell, digits: int | None, *, blank: bool, key: bool) -> Cell:
    if blank and not key:
        return Cell("", nan, BLANK)
    if digits is None:
        return Cell(f"{cell.value:.15g}", cell.value)
    value = round(cell.value, digits) + 0.0  # no minus before a zero
    text = f"{value:.{digits}f}" if abs(value) < inf else str(value)
    return Cell(text, value, ANSWER if blank else "")
