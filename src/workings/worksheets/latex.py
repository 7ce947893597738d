r"""A sheet as one LaTeX document that needs amsmath and nothing else: boxes where numbers belong.

    content(exercise, key=False, hints=False, with_key=False)      the document, as text

The problem goes along in comments at the end, so that the file can be named when a working is
marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workings.exports._latex_frame import BEGINNING, SIGNS
from workings.notations import notation, spell
from workings.notations._latex_text import escaped, power_of_ten, word
from workings.views.sheet import BLANK, Block, Cell, Matrix
from workings.worksheets import picture
from workings.worksheets.carrying import carried
from workings.worksheets.exercises import Exercise
from workings.worksheets.pages import Page, page

MARK = "%problem "
WRAPPED = 90  # characters of a comment
OWN = r"""\newcommand{\tofill}[1]{\fboxsep0pt\raisebox{-1.2mm}{\framebox[#1]{\rule{0pt}{5.2mm}}}}
\newcommand{\labelled}[1]{\mbox{\scriptsize #1}}
\newcommand{\named}[2]{\begin{tabular}[t]{@{}l@{}}#1\\[1pt]#2\\[3mm]\end{tabular}\hspace{6mm}}
\newcommand{\stage}[1]{\par\medskip\pagebreak[1]\textbf{#1}\par\nopagebreak}"""


def content(
    exercise: Exercise, *, key: bool = False, hints: bool = False, with_key: bool = False
) -> str:
    """The document; with `key` the answers stand in it, with `with_key` behind the sheet."""
    frame = BEGINNING.replace(r"\begin{document}", OWN + "\n" + r"\begin{document}")
    pages = [_Document(exercise, page(exercise, key=key, hints=hints)).text()]
    if with_key and not key:
        pages.append(_Document(exercise, page(exercise, key=True, hints=hints)).text())
    body = "\n\n\\newpage\n".join(pages)
    return "\n\n".join([frame, body, r"\end{document}", _comments(exercise)]) + "\n"


def _comments(exercise: Exercise) -> str:
    text = carried(exercise)
    pieces = (text[start : start + WRAPPED] for start in range(0, len(text), WRAPPED))
    return "\n".join(f"{MARK}{piece}|" for piece in pieces)  # the bar keeps blanks at the end


class _Document:
    """One page of a document: the sheet, or its answers."""

    def __init__(self, exercise: Exercise, laid: Page) -> None:
        self.exercise, self.laid = exercise, laid
        self.box = f"{8 + 2 * exercise.digits}mm"
        self.shown: set[str] = set()

    def text(self) -> str:
        laid, sizes = self.laid, self.exercise.sizes
        name = escaped(laid.student) or r"\underline{\hspace{60mm}}"
        top = [rf"\section*{{{escaped(laid.title)}}}", f"Name: {name}", *map(escaped, laid.said)]
        drawn = [picture.commands(sizes)] if sizes else []
        return "\n\n".join([*top, *drawn, r"{\small " + SIGNS + r"\par}", *self._blocks()])

    def _blocks(self) -> Iterator[str]:
        for block in self.laid.sheet.blocks:
            parts = [*self._steps(block), *self._matrices(block)]
            number = "" if block.number is None else f"{block.number}.\\enspace "
            title = rf"\stage{{{number}{escaped(block.title)}}}" if block.title else ""
            yield "\n".join([title, *parts])

    def _steps(self, block: Block) -> Iterator[str]:
        for matrix in block.matrices:
            if matrix.formula:
                expr = self.exercise.trace.program[matrix.name].expr
                symbols = spell(expr, notation("latex"))
                yield rf"\working{{{word(matrix.name)} = {symbols}}}"
                if matrix.why:
                    yield rf"\why{{{escaped(matrix.why)}}}"

    def _matrices(self, block: Block) -> Iterable[str]:
        new = [matrix for matrix in block.matrices if matrix.name not in self.shown]
        self.shown |= {matrix.name for matrix in new}
        return [r"\par\nopagebreak", *map(self._matrix, new), r"\par"] if new else []

    def _matrix(self, matrix: Matrix) -> str:
        """Its name above its cells; labels to the left and above, in small letters."""
        labelled = any(matrix.row_labels)
        columns = ("r@{\\enspace}" if labelled else "") + "r" * len(matrix.cells[0])
        lines = []
        if any(matrix.column_labels):
            heads = [rf"\labelled{{{escaped(label)}}}" for label in matrix.column_labels]
            lines.append(" & ".join([*[""] * labelled, *heads]))
        for place, row in enumerate(matrix.cells):
            side = [rf"\labelled{{{escaped(matrix.row_labels[place])}}}"] if labelled else []
            lines.append(" & ".join([*side, *map(self._cell, row)]))
        body = r" \\[2pt] ".join(lines)
        grid = rf"$\begin{{array}}{{{columns}}} {body} \end{{array}}$"
        return rf"\named{{${word(matrix.name)}$}}{{{grid}}}"

    def _cell(self, cell: Cell) -> str:
        if cell.mark == BLANK:
            return rf"\tofill{{{self.box}}}"
        text = power_of_ten(cell.text)
        return rf"\mathbf{{{text}}}" if cell.mark else text
