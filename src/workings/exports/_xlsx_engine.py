"""The worksheet "Engine says": the engine's values as plain numbers, each beside its difference.

    write(book, checks)      checks are (page, word, extents): a value, or some of its cells

The difference is the largest of a matrix, as a share of its largest number where that is above 1.
One cell, which has a name, holds the largest of all; the top of every worksheet reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workings.exports._xlsx_book import SMALL, Book, Formula, Region
from workings.exports._xlsx_cells import Extents
from workings.exports._xlsx_page import LARGEST, TOLERANCE, Page
from workings.trace import Array

NAME = "Engine says"
TOP, VALUES = 6, 5  # the first row of the list, and the first column of the engine's values
HEADINGS = ("Worksheet", "Step", "", "Largest difference", "")


@dataclass(frozen=True)
class Check:
    """Cells of a value on a page, which are to be what the engine computed."""

    page: Page
    word: str
    extents: Extents

    @property
    def cells(self) -> str:
        """Their address: the defined name, if it is all of them."""
        region = self.page.regions[self.word]
        whole = list(self.extents) == region.whole
        return region.called if whole else region.elsewhere(self.extents)

    @property
    def expected(self) -> Array:
        """The engine's values, with two axes."""
        window = tuple(slice(at, at + size) for at, size in self.extents)
        value = self.page.value(self.word)[window]
        return value.reshape(value.shape[0], -1) if value.ndim else value.reshape(1, 1)


def write(book: Book, checks: list[Check]) -> None:
    """The worksheet, and the name of the cell with the largest difference."""
    sheet = book.sheet(NAME)
    book.write(sheet, (0, 0), "What the engine computed", style="title")
    book.write(
        sheet, (1, 0), "These are plain numbers, from the numbers that were given at first. A "
        f"matrix agrees where it differs by no more than {TOLERANCE:g} of its largest number (or "
        "of 1).", style="note",
    )  # fmt: skip
    row = TOP
    for check in checks:
        row += _write_check(book, sheet, check, row)
    last = max(row, TOP + 1)
    largest = Formula(f"MAX(D{TOP + 1}:D{last})", 0.0)
    book.write(sheet, (2, 0), "Largest difference of all:", style="name")
    book.write(sheet, (2, 3), largest, number=SMALL)
    book.named(LARGEST, Region(NAME, 2, 3, ()))
    for column, heading in enumerate((*HEADINGS, "The engine's values")):
        book.write(sheet, (TOP - 1, column), heading, style="heading")
    sheet.set_column(0, 0, 13)
    sheet.set_column(1, 2, 16)
    sheet.set_column(3, 3, 18)
    sheet.set_column(4, 4, 10)
    sheet.set_column(5, 5 + max((check.expected.shape[1] for check in checks), default=1), 12)
    sheet.freeze_panes(TOP, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(TOP - 1, TOP - 1)


def _write_check(book: Book, sheet: object, check: Check, row: int) -> int:
    """One matrix; returns how many rows it took."""
    expected = check.expected
    height, width = expected.shape
    region = Region(NAME, row, VALUES, expected.shape)
    says = region.cells(region.whole)
    scale = f"MAX(1,MAX(ABS({says})))"
    book.write(sheet, (row, 0), check.page.name, style="note")
    book.write(sheet, (row, 1), check.word, style="note")
    difference = Formula(f"MAX(ABS({check.cells}-{says}))/{scale}", 0.0, array=True)
    book.write(sheet, (row, 3), difference, number=SMALL)
    verdict = f'IF(D{row + 1}<={TOLERANCE:.0E},"agrees","differs")'
    book.write(sheet, (row, 4), Formula(verdict, "agrees"))
    for place in np.ndindex(height, width):
        at = (row + place[0], VALUES + place[1])
        book.write(sheet, at, float(expected[place]), style="note")
    return int(height)
