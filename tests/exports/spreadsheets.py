"""Workbooks computed anew by LibreOffice, and read: what the tests of spreadsheets share.

    recalculated({"article": content, ...})     every workbook as LibreOffice computes it
    value(book, "wh_2")                         the cells behind a defined name
    place(book, "wh_2")                         their worksheet, first row and first column

LibreOffice trusts the values stored in a file unless its profile says otherwise, so a test that
let it would compare the engine with itself. All files are converted in one go: it starts slowly.
"""

from __future__ import annotations

import io
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from numpy.typing import NDArray
from openpyxl.utils.cell import range_boundaries

from tools import needed

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""

Book = openpyxl.Workbook


def recalculated(contents: Mapping[str, bytes], folder: Path) -> dict[str, Book]:
    """Every workbook with the values that LibreOffice computes, whatever values it stores."""
    office = needed("soffice", "libreoffice-calc-nogui")
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS)
    for word, content in contents.items():
        (folder / f"{word}.xlsx").write_bytes(content)
    subprocess.run(  # noqa: S603
        [office, "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}",
         "--convert-to", "xlsx", "--outdir", str(folder / "out"),
         *(str(folder / f"{word}.xlsx") for word in contents)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return {word: read((folder / "out" / f"{word}.xlsx").read_bytes()) for word in contents}


def read(content: bytes, *, values: bool = True) -> Book:
    """A workbook with its values, or with its formulas."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def saved(book: Book) -> bytes:
    """A workbook as a file."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def place(book: Book, word: str) -> tuple[Any, int, int]:
    """The worksheet of a named range, its first row and its first column, from 1."""
    ((sheet, cells),) = book.defined_names[word].destinations
    column, row, *_ = range_boundaries(cells)
    return book[sheet], int(row or 0), int(column or 0)


def value(book: Book, word: str) -> NDArray[Any]:
    """The values of a named range, with two axes; NaN for an empty cell."""
    ((sheet, cells),) = book.defined_names[word].destinations
    left, top, right, bottom = range_boundaries(cells)
    rows = book[sheet].iter_rows(top, bottom, left, right, values_only=True)
    return np.array([[np.nan if cell is None else cell for cell in row] for row in rows])
