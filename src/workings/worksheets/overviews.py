"""The answers of a whole class on one page: a row for each sheet, a column for each cell.

write([("sheet-1.xlsx", exercise), ...], "sheet-keys.xlsx")       or .html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workings.explaining.cells import address
from workings.exports._xlsx_book import Book
from workings.exports._xlsx_layout import WIDTH
from workings.files import PathLike
from workings.views import html, parts
from workings.worksheets.exercises import Exercise
from workings.worksheets.writing import save

FORMS = {".xlsx": ".xlsx", ".html": ".html", ".tex": ".html", ".pdf": ".html"}
HEADS = ("sheet", "name", "seed")
TITLE = "Answers"

Sheets = Sequence[tuple[str, Exercise]]


def write(sheets: Sheets, path: PathLike) -> None:
    """Writes the overview, whole or not at all."""
    save(path, _workbook(sheets) if Path(path).suffix == ".xlsx" else _page(sheets))


def _cells(exercise: Exercise) -> dict[str, float]:
    """Each cell to be filled in, with what belongs there."""
    return {
        address(word, place): float(value[place])
        for word, value in exercise.answers.items()
        for place in np.ndindex(np.shape(value))
    }


def _page(sheets: Sheets) -> str:
    heads = list(dict.fromkeys(cell for _, exercise in sheets for cell in _cells(exercise)))
    rows = [[*HEADS, *heads]]
    for file, exercise in sheets:
        cells = _cells(exercise)
        said = [f"{cells[head]:.{exercise.digits}f}" if head in cells else "" for head in heads]
        rows.append([file, exercise.student, _seed(exercise), *said])
    about = sheets[0][1].title if sheets else ""
    return html.page(TITLE, [("Every sheet", parts.bullets([about]) + parts.table(TITLE, rows))])


def _workbook(sheets: Sheets) -> bytes:
    book = Book(TITLE)
    sheet = book.sheet(TITLE)
    heads = list(dict.fromkeys(cell for _, exercise in sheets for cell in _cells(exercise)))
    for column, head in enumerate([*HEADS, *heads]):
        book.write(sheet, (0, column), head, style="column label" if column > 2 else "name")
    for row, (file, exercise) in enumerate(sheets, 1):
        for column, text in enumerate((file, exercise.student, _seed(exercise))):
            book.write(sheet, (row, column), text, style="note")
        number = "0." + "0" * exercise.digits
        for word, value in _cells(exercise).items():
            at = (row, len(HEADS) + heads.index(word))
            book.write(sheet, at, value, style="computed", number=number)
    sheet.set_column(0, 1, 2.5 * WIDTH)
    sheet.set_column(2, 2, WIDTH)
    sheet.set_column(len(HEADS), len(HEADS) + len(heads), 1.3 * WIDTH)
    sheet.set_row(0, 45)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(1, len(HEADS))
    return book.content()


def _seed(exercise: Exercise) -> str:
    return "" if exercise.seed is None else str(exercise.seed)
