"""Somebody's working from a file: a workbook, CSV, JSON, a script or what it printed.

    read(path)            the matrices as a `Working`
    problem_in(path)      the problem that a sheet carries, as JSON text, or None

What the file holds decides who reads it. Nothing in it is run: of a script only what is written
out in numbers is read. Sizes are bounded before anything is made of them.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

from workings.data import decoding
from workings.errors import DataError
from workings.files import PathLike, clean
from workings.marking import (
    reading_json,
    reading_tables,
    reading_text,
    reading_workbooks,
)
from workings.marking.working import Working

MAX_BYTES = 2**24  # of a file: a working is what people write
TABLES = {".csv", ".tsv", ".tab"}
PAGE = re.compile(r'<script type="application/json" id="problem">(.*?)</script>', re.DOTALL)
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how zip archives and old workbooks begin
COMMENTS = re.compile(r"^%problem (.*)\|$", re.MULTILINE)  # at the end of a LaTeX document


def read(path: PathLike) -> Working:
    """The working in a file; raises `DataError` saying what is wrong, and where.

    A workbook made by `workings worksheet`, or any whose matrices have their names above them; a
    CSV of named matrices; JSON of names with lists; a NumPy or R script, or what it printed.
    """
    name, data = clean(os.fspath(path)), _contents(path)
    if data.startswith(WORKBOOKS):
        return reading_workbooks.read(data, name)
    text, notes = decoding.text_of(_checked(data, name), name)
    if text.lstrip().startswith("<"):
        raise DataError(
            f"cannot read {name}: it is a web page, which holds no working",
            hint="Write the numbers into a workbook, CSV or JSON file, and name the page by --for.",
            file=name,
        )  # fmt: skip
    if text.lstrip().startswith("{"):
        found = reading_json.read(text, name)
    elif Path(path).suffix.lower() in TABLES or not re.search(r"[\[=]|<-|^\d", text):
        found = reading_tables.read(text, name)
    else:
        found = reading_text.read(text, name)
    said = (f"{note[:1].upper()}{note[1:]}." for note in notes)
    return replace(found, notes=(*said, *found.notes))


def problem_in(path: PathLike) -> str | None:
    """The problem that a sheet (workbook, page or LaTeX document) or a JSON file carries.

    None for a file that carries none; raises `DataError` for one that cannot be read.
    """
    name, data = clean(os.fspath(path)), _contents(path)
    if data.startswith(WORKBOOKS):
        return reading_workbooks.problem_in(data, name)
    text, _ = decoding.text_of(_checked(data, name), name)
    if text.lstrip().startswith("{"):
        return text if _carries(text) else None
    page = PAGE.search(text)
    if page:
        return page[1]
    return "".join(COMMENTS.findall(text)) or None


def _carries(text: str) -> bool:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "program" in found


def _checked(data: bytes, name: str) -> bytes:
    """The bytes, if they can be a text; a PDF, a picture and the like are named."""
    if not re.match(rb"\s*[\[{<]", data):
        decoding.check_text(data, name)
    return data


def _contents(path: PathLike) -> bytes:
    size = decoding.size_of(path)
    if size > MAX_BYTES:
        raise DataError(
            f"cannot read {clean(os.fspath(path))}: it has {size / 2**20:.0f} MiB, and a working "
            f"up to {MAX_BYTES // 2**20}",
            hint="Keep the matrices of one iteration.", found=size,
        )  # fmt: skip
    return decoding.contents(path)
