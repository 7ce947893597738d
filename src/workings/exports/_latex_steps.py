"""The steps of a trace in LaTeX: in symbols, with the numbers put in, and the result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

import numpy as np

from workings.language import Expr
from workings.language.algebra import ADD, DIV, MATMUL, MUL, NAME, SUB, WHERE
from workings.language.shapes import bound
from workings.notations import Notation, Text, notation, spell
from workings.notations._latex_text import escaped, power_of_ten, word
from workings.trace import Trace
from workings.views.sheet import Block, Matrix, sheet

ROWS, COLUMNS = 8, 10  # of a matrix, at most
DIGITS = 72  # as many fit between the margins, with what stands around them


def blocks(trace: Trace) -> list[str]:
    """The text of each stage, under its heading; a given matrix is shown where it first occurs."""
    return list(_Working(trace).blocks())


def typeset(matrix: Matrix, *, single: bool) -> str:
    """The window of a matrix as LaTeX; `single` writes the one number it has by itself."""
    cells = [[power_of_ten(cell.text) for cell in row] for row in matrix.cells]
    if single:
        return cells[0][0]
    if matrix.more_columns:
        cells = [[*row, r"\cdots"] for row in cells]
    if matrix.more_rows:
        cells.append([r"\vdots"] * len(cells[0]))
    inside = r" \\ ".join(" & ".join(row) for row in cells)
    return rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}"


def typeset_list(matrix: Matrix) -> str:
    """The window of a value with one axis, in a line."""
    cells = [power_of_ten(row[0].text) for row in matrix.cells]
    if matrix.more_rows:
        cells.append(r"\dots")
    return rf"\left({', '.join(cells)}\right)"


def crowd(expr: Expr, wide: Callable[[str], int]) -> int:
    """How wide the widest part is that LaTeX cannot break, if a name is as `wide` as that.

    >>> from workings.language import name
    >>> a, b = name("a", 2, 2), name("b", 2, 2)
    >>> crowd(a @ b + a, lambda word: 5), crowd((a - b) * a, lambda word: 5)
    (5, 10)
    """
    return max(_width(part, wide) for part in _parts(expr))


def _parts(expr: Expr) -> list[Expr]:
    """The parts between which a line may be broken."""
    if expr.op in (ADD, SUB):
        a, b = expr.args
        return [*_parts(a), *([b] if b.op in (ADD, SUB) else _parts(b))]
    return list(expr.args) if expr.op in (MUL, MATMUL) else [expr]


def _width(expr: Expr, wide: Callable[[str], int]) -> int:
    if expr.op == NAME:
        return wide(expr["name"])
    widths = [_width(arg, wide) for arg in expr.args] or [1]
    if expr.op == WHERE:  # the two stand one below the other
        return widths[0] + max(widths[1:])
    return max(widths) if expr.op == DIV else sum(widths)


def _matrix_width(matrix: Matrix) -> int:
    """The width of a matrix in digits; powers of ten need more room than their text."""
    widths = [max(len(cell.text) + 4 * ("e" in cell.text) for cell in column) + 1
              for column in zip(*matrix.cells, strict=True)]  # fmt: skip
    return sum(widths) + 4


class _Working:
    """A trace, stage by stage."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.shown: set[str] = set()
        shapes = {name: np.shape(trace[name]) for name in trace.program.given}
        self.sizes = bound(trace.program.given, shapes)
        self.window = cache(self._window)

    def blocks(self) -> Iterable[str]:
        for block in sheet(self.trace, max_rows=ROWS, max_columns=COLUMNS).blocks:
            parts = [*self._given(block), *self._steps(block)]
            if parts:
                number = "" if block.number is None else f"{block.number}.\\enspace "
                title = escaped(block.title)
                heading = rf"\subsection*{{{number}{title}}}" if title else ""
                yield "\n".join([heading, *parts])

    def _given(self, block: Block) -> list[str]:
        """What is given in this stage and was not shown before."""
        new = [
            matrix for matrix in block.matrices
            if not matrix.formula and matrix.name not in self.shown
        ]  # fmt: skip
        self.shown |= {matrix.name for matrix in new}
        return [rf"\given{self._shown(word(matrix.name), matrix)}" for matrix in new]

    def _steps(self, block: Block) -> Iterable[str]:
        for matrix in block.matrices:
            if matrix.formula and matrix.name not in self.shown:
                self.shown.add(matrix.name)
                yield self._step(matrix, block.reasons.get(matrix.name, ""))

    def _step(self, matrix: Matrix, why: str) -> str:
        expr = self.trace.program[matrix.name].expr
        symbols = spell(expr, notation("latex"))
        lines = [rf"\working{{{word(matrix.name)} = {_breakable(symbols)}}}"]
        if why:
            lines.append(rf"\why{{{escaped(why)}}}")
        if expr.op != NAME:
            numbers = spell(expr, self._with_numbers(self._fitting(expr)))
            lines.append(rf"\numbers{{= {_breakable(numbers)}}}{{}}")
        return "\n".join([*lines, rf"\numbers{self._shown('', matrix)}"])

    def _fitting(self, expr: Expr) -> int:
        """How many columns of each matrix are shown, so that they fit side by side."""

        def fit(columns: int) -> bool:
            return crowd(expr, lambda word: _matrix_width(self.window(word, columns))) <= DIGITS

        return next((columns for columns in range(COLUMNS, 1, -1) if fit(columns)), 1)

    def _with_numbers(self, columns: int) -> Notation:
        """The notation in which a name is spelled as the matrix it stands for."""
        latex = notation("latex")

        def counted(expr: Expr, a: Text) -> str:
            size = expr.args[0].shape[expr["axis"]]
            return str(self.sizes[size] if isinstance(size, str) else size)

        def written(name: str) -> str:
            text = self._typeset(self.window(name, columns))
            return f"({text})" if text.startswith("-") else text

        return replace(latex, word=written, table={**latex.table, "size": (1000, counted)})

    def _window(self, name: str, columns: int) -> Matrix:
        laid_out = sheet(self.trace, step=name, max_rows=ROWS, max_columns=columns)
        return laid_out.blocks[0].matrices[0]

    def _typeset(self, matrix: Matrix) -> str:
        axes = np.ndim(self.trace[matrix.name])
        return typeset_list(matrix) if axes == 1 else typeset(matrix, single=axes == 0)

    def _shown(self, left: str, matrix: Matrix) -> str:
        """Two arguments: what `left` equals, and in words what the window leaves out."""
        matrix = self.window(matrix.name, self._fitting(self.trace.program.ref(matrix.name)))
        left_out = escaped(matrix.left_out.removeprefix("… "))
        aside = f"({left_out})" if left_out else ""
        return f"{{{left} = {self._typeset(matrix)}}}{{{aside}}}"


def _breakable(text: str) -> str:
    """Lines may also be broken in a matrix product, at its thin space; not behind ones."""
    return re.sub(r"(?<!\\mathbf\{1\})\\,", r"\\,\\allowbreak ", text)
