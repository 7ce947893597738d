"""Workbooks that are opened in a process of their own, which may come to grief without harm.

`opened`    a workbook of calamine's kind, with the one sheet that is wanted

How far the cells of an .xlsb or .xls file reach is known only to who has opened it, and opening
it asks for all that memory at once: 929 bytes can ask for 100 GB, which no program survives.
`apart_child` is the other process. Where the system knows no limit of memory (Windows, in part
macOS) the limit of time remains.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workings.data import sources, workbooks
from workings.errors import DataError

MEMORY = 8 * 2**30  # bytes; the largest sheet that is taken needs about 6 GiB
SECONDS = 300
CHILD = Path(__file__).with_name("apart_child.py")

MADE: dict[str, Callable[[Any], Any]] = {
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
    "timedelta": lambda parts: dt.timedelta(*parts),
}


@dataclass(frozen=True)
class Sheet:
    """One sheet, as calamine's own."""

    rows: list[list[Any]]
    merged_cell_ranges: list[Any]

    def to_python(self, skip_empty_area: bool = False) -> list[list[Any]]:
        """The values from the first row and column on."""
        return self.rows


@dataclass(frozen=True)
class Book:
    """A workbook, as calamine's own; only the sheet that was wanted is there."""

    sheet_names: list[str]
    sheet: Sheet

    def get_sheet_by_name(self, title: str) -> Sheet:
        """The sheet that was wanted."""
        return self.sheet


def opened(data: bytes, name: str, sheet: str | None) -> Book:
    """The workbook in `data`, with the sheet called `sheet`, or the first one.

    Raises `DataError` where it is damaged, locked or too large.
    """
    memory = min(MEMORY, sources.free_bytes())
    wanted = {
        "sheet": sheet, "memory": memory,
        "cells": workbooks.MAX_CELLS, "bytes": workbooks.MAX_UNPACKED,
    }  # fmt: skip
    first, *rows = _told(json.dumps(wanted).encode() + b"\n" + data, name, memory)
    last = rows[-1] if rows and isinstance(rows[-1], dict) else first
    if "far" in first:
        title, *reach = first["far"]
        raise workbooks.too_far(name, title, tuple(reach))
    if "locked" in first:
        raise workbooks.locked(name)
    if "damaged" in last:
        raise workbooks.damaged(name, f"it is a damaged workbook ({last['damaged']})")
    if "long" in last:
        raise _too_much(name, f"more than {sources.in_words(workbooks.MAX_UNPACKED)} of cells")
    return Book(first["titles"], Sheet(rows, first["merged"]))


def _told(given: bytes, name: str, memory: int) -> list[Any]:
    """What the other process wrote; an error where it did not come to its end."""
    path = os.pathsep.join(filter(None, sys.path))  # where calamine was found, if not installed
    try:
        ran = subprocess.run(  # noqa: S603
            [sys.executable, "-P", str(CHILD)], input=given, capture_output=True,
            timeout=SECONDS, env={**os.environ, "PYTHONPATH": path}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise _too_much(name, f"more than {SECONDS} seconds") from error
    except OSError as error:
        what = f"no process can be started that opens it ({error.strerror})"
        raise workbooks.damaged(name, what) from error
    if ran.returncode:
        raise _too_much(name, f"more than {sources.in_words(memory)} of memory, or is damaged")
    return [json.loads(line, object_hook=_made) for line in ran.stdout.splitlines()]


def _made(fact: dict[str, Any]) -> Any:
    """The date or time that a fact of JSON spells; other facts are themselves."""
    for kind, of in fact.items():
        if kind in MADE:
            return MADE[kind](of)
    return fact


def _too_much(name: str, what: str) -> DataError:
    return DataError(
        f"cannot read {name}: it needs {what}", hint="Save the table as CSV.", file=name, found=what
    )
