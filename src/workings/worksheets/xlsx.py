"""A sheet as an Excel workbook: cells to be filled in are unlocked, all else is protected.

    content(exercise, key=False, hints=False, with_key=False)      the file, as bytes

The protection has no password: it guards against slips of the hand. A blank takes numbers only
and holds no formula. The problem itself, and where each matrix stands, are kept on a hidden
worksheet, so that a filled workbook can be marked by itself.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

from workings.exports._xlsx_book import ANY, GIVEN, Book
from workings.exports._xlsx_layout import WIDTH, Section, Spot, box
from workings.views.sheet import BLANK, Block, Matrix
from workings.worksheets import picture
from workings.worksheets.arranging import ROW, Arranged, arrange
from workings.worksheets.carrying import carried
from workings.worksheets.exercises import Exercise
from workings.worksheets.pages import Page, page

SHEET, KEY, HIDDEN = "Worksheet", "Answers", "problem"
CHUNK = 30_000  # characters of the problem that one cell holds
LARGEST = 1e12
DOTS = 96
TO_FILL, ANSWERED, SHOWN = "blank", "answer", "computed"
STYLE = {"": GIVEN, "blank": TO_FILL, "answer": ANSWERED}


def content(
    exercise: Exercise, *, key: bool = False, hints: bool = False, with_key: bool = False
) -> bytes:
    """The workbook; with `key` the answers stand in it, with `with_key` on a worksheet behind."""
    laid = page(exercise, key=key, hints=hints)
    book = Book(exercise.title)
    places = _write(book, KEY if key else SHEET, laid, exercise)
    if with_key and not key:
        _write(book, KEY, page(exercise, key=True, hints=hints), exercise)
    _hide(book, exercise, places)
    return book.content()


def _write(book: Book, name: str, laid: Page, exercise: Exercise) -> dict[str, list[Any]]:
    """One worksheet; says where each matrix stands: worksheet, row and column from 0, shape."""
    matrices = {matrix.name: matrix for block in laid.sheet.blocks for matrix in block.matrices}
    sheet = book.sheet(name)
    laid_out = arrange(list(map(_section, laid.sheet.blocks)), _top(book, sheet, laid, exercise))
    number = "0." + "0" * exercise.digits
    for row, left, kind, text in laid_out.lines:
        book.write(sheet, (row, left), text, style=kind)
        for column in range(1, laid_out.widths[row, left]) if kind == "heading" else ():
            book.write(sheet, (row, left + column), None, style=kind)
    for spot in laid_out.spots:
        _write_matrix(book, sheet, spot, (matrices[spot.box.word], number))
    _set_up(sheet, laid_out)
    return {
        spot.box.word: [name, spot.row, spot.column, spot.box.rows, spot.box.columns]
        for spot in laid_out.spots
    }  # fmt: skip


def _top(book: Book, sheet: Any, laid: Page, exercise: Exercise) -> int:
    """Title, name, text and picture; the row behind them."""
    book.write(sheet, (0, 0), laid.title, style="title")
    book.write(sheet, (0, 4), f"Name: {laid.student or '_' * 30}", style="name")
    for row, line in enumerate(laid.said, 1):
        book.write(sheet, (row, 0), line, style="note")
    row = len(laid.said) + 2
    if not exercise.sizes:
        return row
    _, high = picture.size(exercise.sizes)
    about = "The network: " + "-".join(map(str, exercise.sizes))
    scale = DOTS / picture.DOTS
    sheet.insert_image(row, 1, "network.png", {
        "image_data": io.BytesIO(picture.png(exercise.sizes)), "description": about,
        "x_scale": scale, "y_scale": scale, "object_position": 3,
    })  # fmt: skip
    return row + ceil(high / ROW) + 1


def _section(block: Block) -> Section:
    number = "" if block.number is None else f"Step {block.number}   "
    reasons = block.reasons
    said = [
        (matrix.name, f"{matrix.name} = {matrix.formula}", reasons.get(matrix.name, ""))
        for matrix in block.matrices if matrix.formula
    ]  # fmt: skip
    return Section(number + block.title, said, [[box(one) for one in group]
                                                for group in block.groups])  # fmt: skip


def _write_matrix(book: Book, sheet: Any, spot: Spot, what: tuple[Matrix, str]) -> None:
    matrix, number = what
    labelled = bool(spot.box.column_labels)
    book.write(sheet, (spot.row - 1 - labelled, spot.column), matrix.name, style="name")
    for place, label in enumerate(spot.box.row_labels):
        book.write(sheet, (spot.row + place, spot.column - 1), label, style="row label")
    for place, label in enumerate(spot.box.column_labels):
        book.write(sheet, (spot.row - 1, spot.column + place), label, style="column label")
    for row, cells in enumerate(matrix.cells):
        for column, cell in enumerate(cells):
            style = SHOWN if matrix.formula and not cell.mark else STYLE[cell.mark]
            content = None if cell.mark == BLANK else cell.value
            at = (spot.row + row, spot.column + column)
            written = number if matrix.formula else ANY
            book.write(sheet, at, content, style=style, number=written)
    if any(cell.mark == BLANK for cells in matrix.cells for cell in cells):
        bottom, right = spot.row + spot.box.rows - 1, spot.column + spot.box.columns - 1
        sheet.data_validation(spot.row, spot.column, bottom, right, NUMBERS)


NUMBERS = {
    "validate": "decimal", "criteria": "between", "minimum": -LARGEST, "maximum": LARGEST,
    "error_title": "A number belongs here",
    "error_message": "Write a number, such as -0.1234; leave the cell empty if you do not know.",
}  # fmt: skip


def _set_up(sheet: Any, laid_out: Arranged) -> None:
    """Widths, protection, and how it is printed: on one page."""
    sheet.set_column(0, laid_out.columns, WIDTH)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.hide_gridlines(2)
    if laid_out.landscape:
        sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 1)
    sheet.set_margins(0.4, 0.4, 0.4, 0.4)
    sheet.print_area(0, 0, laid_out.rows, laid_out.columns - 1)


def _hide(book: Book, exercise: Exercise, places: Mapping[str, list[Any]]) -> None:
    """The problem on a worksheet that is not shown, in pieces that a cell can hold."""
    sheet = book.sheet(HIDDEN)
    for row, piece in enumerate(_pieces(carried(exercise, places))):
        book.write(sheet, (row, 0), piece, style="note")
    sheet.protect()
    sheet.hide()


def _pieces(text: str) -> Iterable[str]:
    return (text[start : start + CHUNK] for start in range(0, len(text), CHUNK))
