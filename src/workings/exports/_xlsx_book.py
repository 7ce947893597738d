"""The workbook: its styles, its names, and the one way in which anything is written into a cell.

    book.sheet(name)                      a new worksheet
    book.write(sheet, at, content, ...)   a number, a text, a `Formula`, or None for an empty cell
    book.named(word, region)              a defined name for a range
    book.content()                        the file

Text is always written as a typed string, whatever it begins with: never as a formula or a link.
"""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.notations.excel import defined_name
from workings.trace import Array

GIVEN, COMPUTED, COPIED = "given", "computed", "repeated"
LONGEST_TEXT = 32_000  # characters that a cell takes
ANY, FOUR, SMALL, LARGE = "General", "0.0000", "0.000E+00", "0.0000E+00"

STYLES: dict[str, dict[str, Any]] = {
    GIVEN: {"bg_color": "#FBD5B5", "border": 1, "border_color": "#BFBFBF", "bold": True},
    COMPUTED: {"bg_color": "#FFF6CC", "border": 1, "border_color": "#BFBFBF"},
    COPIED: {"border": 1, "border_color": "#BFBFBF", "italic": True, "font_color": "#595959"},
    "blank": {"border": 2, "border_color": "#404040", "locked": False},
    "answer": {"border": 2, "border_color": "#404040", "bold": True, "font_color": "#0B62A8"},
    "title": {"bold": True, "font_size": 15},
    "note": {"font_color": "#404040"},
    "heading": {"bold": True, "font_size": 12, "bottom": 1, "bottom_color": "#808080"},
    "formula": {"font_name": "Consolas", "font_size": 10},
    "why": {"italic": True, "font_color": "#595959", "indent": 2},
    "name": {"bold": True},
    "row label": {"align": "right", "font_color": "#595959", "font_size": 9},
    "column label": {"align": "right", "valign": "bottom", "text_wrap": True,
                     "font_color": "#595959", "font_size": 9},
    "verdict": {"bold": True, "border": 1},
    "engine": {"border": 1, "border_color": "#BFBFBF", "align": "right"},
    "alarm": {"bg_color": "#F4B6B6", "bold": True},
    "difference": {"num_format": SMALL, "align": "left"},
}  # fmt: skip


@dataclass(frozen=True)
class Formula:
    """A formula without its equals sign, and the value it has.

    `copies` says that it only shows another cell again; `array` that it must be an array formula.
    """

    text: str
    value: float | str
    array: bool = False
    copies: bool = False


Content = float | str | Formula | None


@dataclass(frozen=True)
class Region:
    """Where a value stands: its worksheet, its first cell, its shape, and what it is called."""

    sheet: str
    row: int
    column: int
    shape: tuple[int, ...]
    called: str = ""

    def cells(self, extents: Sequence[tuple[int, int]]) -> str:
        """The address of some of its cells, as it is read on the same worksheet."""
        (top, height), (left, width) = (*extents, (0, 1), (0, 1))[:2]
        row, column = self.row + top, self.column + left
        first = address(row, column)
        if height == width == 1:
            return first
        return f"{first}:{address(row + height - 1, column + width - 1)}"

    def elsewhere(self, extents: Sequence[tuple[int, int]]) -> str:
        """The same as it is read on another worksheet."""
        return f"'{self.sheet}'!{self.cells(extents)}"

    @property
    def whole(self) -> list[tuple[int, int]]:
        """All its cells."""
        return [(0, size) for size in self.shape]

    @property
    def absolute(self) -> str:
        """All its cells, as a defined name wants them."""
        corners = self.cells(self.whole).split(":")
        return f"='{self.sheet}'!" + ":".join(_fixed(corner) for corner in corners)


def address(row: int, column: int) -> str:
    """The address of a cell.

    >>> address(0, 0), address(9, 27)
    ('A1', 'AB10')
    """
    letters, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def _fixed(corner: str) -> str:
    digits = corner.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f"${corner.removesuffix(digits)}${digits}"


class Book:
    """An Excel workbook while it is being written, in memory."""

    def __init__(self, title: str) -> None:
        from xlsxwriter import Workbook

        self._file = io.BytesIO()
        self._book = Workbook(self._file, {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        })  # fmt: skip
        # a fixed date: the same subject gives the same bytes
        made = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
        self._book.set_properties({"title": _text(title)[:250], "created": made})
        self._formats: dict[tuple[str, str], Any] = {}
        self._names: set[str] = set()

    def sheet(self, name: str) -> Any:
        """A new worksheet; `name` is ours."""
        return self._book.add_worksheet(name)

    def format(self, style: str, number: str = "") -> Any:
        """The format of a style, with a number format."""
        if (style, number) not in self._formats:
            facts = STYLES[style] | ({"num_format": number} if number else {})
            self._formats[style, number] = self._book.add_format(facts)
        return self._formats[style, number]

    def write(
        self, sheet: Any, at: tuple[int, int], content: Content, *, style: str = "",
        number: str = "",
    ) -> None:  # fmt: skip
        """Writes `content` into the cell `at` (row, column); without a style, in that of its kind.

        Numbers and texts are what was given, formulas what is computed.
        """
        if not style:
            style = GIVEN
            if isinstance(content, Formula):
                style = COPIED if content.copies else COMPUTED
        how = self.format(style, number)
        if content is None:
            sheet.write_blank(*at, None, how)
        elif isinstance(content, str):
            sheet.write_string(*at, _text(content), how)
        elif not isinstance(content, Formula):
            sheet.write_number(*at, content, how)
        elif content.array:
            sheet.write_dynamic_array_formula(
                *at, *at, f"={content.text}", how, _cached(content.value)
            )
        else:
            sheet.write_formula(*at, f"={content.text}", how, _cached(content.value))

    def named(self, word: str, region: Region) -> str:
        """A name for the region that no other has, as Excel compares them: without capitals."""
        called = defined_name(word)
        while called.lower() in self._names:
            called += "_"
        self._names.add(called.lower())
        self._book.define_name(called, region.absolute)
        return called

    def content(self) -> bytes:
        """The file. Nothing can be written afterwards."""
        self._book.close()
        return self._file.getvalue()


def number_format(values: Array) -> str:
    """How numbers of this size are shown: whole ones as they are, others to 4 decimals."""
    sizes = np.abs(values[np.isfinite(values)])
    if not np.any(sizes % 1):
        return ANY
    if sizes.max() >= 1e6:
        return LARGE
    return SMALL if sizes.max() < 1e-3 else FOUR


def _cached(value: float | str) -> float | str:
    return _text(value) if isinstance(value, str) else value if math.isfinite(value) else "#NUM!"


def _text(text: str) -> str:
    """Text that a file can hold: no halves of characters, and not too long."""
    return text.encode("utf-8", "replace").decode("utf-8")[:LONGEST_TEXT]
