"""One worksheet of workings: the matrices of a trace, each computed cell holding its formula.

    page = Page(book, "Iteration 1", trace, sections, suffix="", sources=..., shown=...)
    page.write(title, note)           after which `page.regions` says where each value stands

Every value stands at one place, where it is given or computed; shown again under a later
heading, its cells refer to the first. A formula is made for each cell by itself, so that a click
on it shows the cells it is made from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from workings.errors import NotSupported
from workings.exports._xlsx_book import (
    ANY,
    COMPUTED,
    COPIED,
    GIVEN,
    Book,
    Content,
    Formula,
    Region,
    number_format,
)  # fmt: skip
from workings.exports._xlsx_cells import Extents, Narrowing, Place
from workings.exports._xlsx_formulas import CELLS, needs_an_array, spelled
from workings.exports._xlsx_layout import WIDTH, Section, Spot, lay_out
from workings.language import Expr
from workings.language.algebra import NAME
from workings.language.shapes import bound
from workings.language.walk import leaves
from workings.trace import Array, Trace

Source = Callable[[Place], Content]
MOST_COLUMNS = 16_384
EXP_AT_MOST = 600.0  # e^710 is more than a cell holds
TOP = 5  # rows for the title, the verdict and the legend
TOLERANCE = 1e-12
ROWS_OF_A_SQUARE = 3.5  # rows of a printed page, landscape, for each column that fits its width
LARGEST = "largest_difference"  # the name of the one cell that says it
AGREES, DIFFERS, FAILS = "agrees", "differs by", "cannot be computed"


class Page:
    """One worksheet while it is being made.

    `sources` say what stands in the cells of values that are not plain given numbers; `shown` are
    texts and numbers for boxes that hold no value of the trace.
    """

    def __init__(
        self, book: Book, name: str, trace: Trace, sections: Sequence[Section], *,
        suffix: str = "", sources: Mapping[str, Source] | None = None,
        shown: Mapping[str, Array] | None = None,
    ) -> None:  # fmt: skip
        self.book, self.name, self.trace = book, name, trace
        self.sources, self.shown = dict(sources or {}), dict(shown or {})
        self.styles: dict[str, str] = {}  # of boxes that have one of their own
        self.typed: set[str] = set()  # boxes whose numbers are shown as they were typed
        self.layout = lay_out(sections, TOP)
        self.sheet = book.sheet(name)
        self.regions = {
            spot.box.word: self._region(spot, suffix) for spot in self.layout.spots if spot.first
        }
        self._beside = {(spot.band, spot.box.word): spot for spot in self.layout.spots}
        self._bands = {spot.box.word: spot.band for spot in self.layout.spots if spot.first}
        self.steps = {step.name: step.expr for step in trace.program}
        self.sizes = sizes_of(trace)
        if self.layout.columns > MOST_COLUMNS:
            raise NotSupported(
                f"cannot write {name}: it needs {self.layout.columns} columns, and a worksheet "
                f"has {MOST_COLUMNS}",
                hint="Export a network with fewer inputs, or to numpy, r or c.",
            )

    def _region(self, spot: Spot, suffix: str) -> Region:
        word = spot.box.word
        shape = np.shape(self.value(word))
        region = Region(self.name, spot.row, spot.column, shape)
        if word in self.shown:
            return region
        return replace(region, called=self.book.named(word + suffix, region))

    def value(self, word: str) -> Array:
        """The values of a box."""
        return self.shown[word] if word in self.shown else np.asarray(self.trace[word])

    # -- formulas ----------------------------------------------------------------------------------

    def _narrowing(self, band: int) -> Narrowing:
        """As seen from a band: what stands there is read there, anything else where it is first."""

        def address(word: str, extents: Extents | None) -> str:
            region = self.regions[word]
            if not extents or not region.shape:
                return region.called
            spot = self._beside.get((band, word))
            here = replace(region, row=spot.row, column=spot.column) if spot else region
            return here.cells(extents)

        return Narrowing(self.sizes, address, self._kept)

    def _kept(self, expr: Expr) -> bool:
        """Whether an op is spelled as it is; a sigmoid only where its exponential cannot overflow,
        elsewhere by its longer formula.
        """
        if expr.op.name == "sigmoid":
            read = [self.value(leaf["name"]) for leaf in leaves(expr.args[0])]
            return all(np.abs(x).max(initial=0.0) < EXP_AT_MOST for x in read)
        return expr.op.name in CELLS.table

    def formula(self, word: str, place: Place) -> Formula:
        """What the cell of a step holds."""
        narrowed = self._narrowing(self._bands[word]).cell(self.steps[word], place)
        value = float(self.value(word)[place])
        copies = narrowed.op == NAME
        return Formula(spelled(narrowed), value, needs_an_array(narrowed), copies)

    def content(self, word: str, place: Place) -> Content:
        """What stands in a cell at its first place: a given number or text, or a formula."""
        if word in self.sources:
            return self.sources[word](place)
        if word in self.steps:
            return self.formula(word, place)
        value = self.value(word)[place]
        return _plain(value)

    def repeated(self, word: str, place: Place) -> Formula:
        """The cell again, under another heading."""
        at = self.regions[word].cells([(one, 1) for one in place])
        value = _plain(self.value(word)[place])
        if value is None:
            return Formula(f'IF(ISNUMBER({at}),{at},"")', "", copies=True)
        return Formula(at, value, copies=True)

    # -- writing -----------------------------------------------------------------------------------

    def write(self, title: str, note: str) -> None:
        """Everything on the worksheet."""
        for spot in self.layout.spots:
            self._write_box(spot)
        for row, kind, word, text in self.layout.lines:
            self.book.write(self.sheet, (row, 0), self._said(word, text), style=kind)
            if kind == "heading":
                for column in range(1, self._width):
                    self.book.write(self.sheet, (row, column), None, style=kind)
        self._write_top(title, note)
        self._set_up()

    def _said(self, word: str, text: str) -> str:
        """A step, and what its first cell holds, for whoever has it on paper."""
        if not word:
            return text
        region = self.regions[word]
        first = (0,) * len(region.shape)
        content = self.content(word, first)
        if not isinstance(content, Formula):
            return text
        at = region.cells([(one, 1) for one in first])
        return f"{text}        {at}:  ={content.text}"

    def _write_box(self, spot: Spot) -> None:
        box, word = spot.box, spot.box.word
        write, sheet = self.book.write, self.sheet
        value = self.value(word)
        number = ANY if word in self.typed or value.dtype.kind != "f" else number_format(value)
        if box.title:
            above = spot.row - 1 - self._labelled(spot)
            write(sheet, (above, spot.column), box.title, style="name")
        for place, label in enumerate(box.row_labels):
            write(sheet, (spot.row + place, spot.column - 1), label, style="row label")
        for place, label in enumerate(box.column_labels):
            write(sheet, (spot.row - 1, spot.column + place), label, style="column label")
        for at in np.ndindex(value.shape):
            content = self.content(word, at) if spot.first else self.repeated(word, at)
            row, column = (*at, 0, 0)[:2]
            style = self.styles.get(word, "")
            write(
                sheet, (spot.row + row, spot.column + column), content, style=style, number=number
            )

    def _labelled(self, spot: Spot) -> bool:
        """Whether some box of the same line has labels over its columns."""
        return any(one.box.column_labels for one in self.layout.spots if one.row == spot.row)

    @property
    def _width(self) -> int:
        return max(self.layout.columns, 14)

    def _write_top(self, title: str, note: str) -> None:
        write, sheet = self.book.write, self.sheet
        write(sheet, (0, 0), title, style="title")
        write(sheet, (1, 0), note, style="note")
        write(sheet, (2, 0), "This workbook and the engine:", style="name")
        for column, (text, value, style) in enumerate(_verdict(), 3):
            write(sheet, (2, column), Formula(text, value), style=style)
        sheet.conditional_format(2, 3, 2, 3, {
            "type": "cell", "criteria": "!=", "value": f'"{AGREES}"',
            "format": self.book.format("alarm"),
        })  # fmt: skip
        write(sheet, (2, 6), VERDICT, style="note")
        for column, (style, text) in LEGEND.items():
            write(sheet, (3, column), style, style=style)
            write(sheet, (3, column + 1), text, style="note")

    def _set_up(self) -> None:
        """Widths, frozen rows, and how it is printed."""
        sheet = self.sheet
        sheet.set_column(0, self.layout.columns, WIDTH + 0.5)
        for spot in self.layout.spots:
            lines = max((-(-len(label) // WIDTH) for label in spot.box.column_labels), default=1)
            if lines > 1:
                sheet.set_row(spot.row - 1, 15 * lines)
        sheet.freeze_panes(TOP - 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, 0)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.set_margins(0.4, 0.4, 0.4, 0.6)
        sheet.set_h_pagebreaks(self._page_breaks())
        sheet.print_area(0, 0, self.layout.rows, self._width - 1)
        sheet.hide_gridlines(2)

    def _page_breaks(self) -> list[int]:
        """The rows of headings before which a new page begins, so that no stage is torn apart."""
        fit = int(ROWS_OF_A_SQUARE * self._width)
        heads = [row for row, kind, _, _ in self.layout.lines if kind == "heading"]
        breaks: list[int] = []
        first = 0
        for row, following in zip(heads, [*heads[1:], self.layout.rows], strict=True):
            if following - first > fit and row > first:
                breaks.append(row)
                first = row
        return breaks


VERDICT = "Change a given number, and this says how far you are from what the engine computed."
LEGEND = {
    0: (GIVEN, "a number or word you may change"),
    4: (COMPUTED, "a formula: click it to see which cells it is made from"),
    10: (COPIED, "the same as another cell"),
}


def _verdict() -> list[tuple[str, float | str, str]]:
    """The formulas of the two cells that say whether the workbook agrees with the engine."""
    close = f"{LARGEST}<={TOLERANCE:.0E}"
    failed = f"ISERROR({LARGEST})"
    return [
        (f'IF({failed},"{FAILS}",IF({close},"{AGREES}","{DIFFERS}"))', AGREES, "verdict"),
        (f'IF({failed},"",IF({close},"",{LARGEST}))', "", "difference"),
    ]


def sizes_of(trace: Trace) -> dict[str, int]:
    """What each named size is, of given and of computed values."""
    shapes = {word: np.shape(trace.values[word]) for word in trace.program.given}
    sizes = bound(trace.program.given, shapes)
    for step in trace.program:
        pairs = zip(step.shape, np.shape(trace[step.name]), strict=True)
        sizes.update({size: length for size, length in pairs if isinstance(size, str)})
    return sizes


def formula_cells(trace: Trace) -> int:
    """How many cells the steps of a trace have."""
    return sum(int(np.size(trace[word])) for word in trace.program.names)


def _plain(value: Any) -> float | str | None:
    if isinstance(value, str) or value is None:
        return value
    return None if np.isnan(value) else float(value)
