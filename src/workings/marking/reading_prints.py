"""Matrices as R prints them: columns under [,1] [,2] or under names, long ones in several parts.

begins_r(lines, at)      whether one begins on this line
r_matrix(lines, at)      its rows, and the line behind it
r_words(line)            the word of `[1] "d_output"`
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from workings.marking.reading_literals import NUMBER

CELL = rf"(?:{NUMBER}|NaN|NA|-?Inf)"
COUNTED = re.compile(r"^\s*(?:\[,\d+\]\s*)+$")
LABELS = re.compile(r"^\s+[^\W\d][\w.]*(?:\s+[^\W\d][\w.]*)*\s*$")
ROW = re.compile(rf"^\s*(?:\[\d+,\]|[^\W\d][\w.]*)((?:\s+{CELL})+)\s*$")
ROW_COUNTED = re.compile(r"^\s*\[\d+,\]")
VECTOR = re.compile(rf"^\s*\[(\d+)\]((?:\s+{CELL})+)\s*$")
WORDS = re.compile(r"""^\s*\[1\]\s+"([^\W\d][\w.]*'?)\s*[:=]?\s*"\s*$""")


def begins_r(lines: Sequence[str], at: int) -> bool:
    """Whether R's print of a matrix or a vector begins on this line."""
    return VECTOR.match(lines[at]) is not None or _heads(lines, at)


def _heads(lines: Sequence[str], at: int) -> bool:
    """Whether the line stands above the columns of a matrix."""
    row = ROW.match(lines[at + 1]) if at + 1 < len(lines) else None
    if row is None:
        return False
    if COUNTED.match(lines[at]):
        return True
    return LABELS.match(lines[at]) is not None and len(lines[at].split()) == len(row[1].split())


def r_matrix(lines: Sequence[str], at: int) -> tuple[list[list[str]], int]:
    """The rows that were printed from line `at` on, and the line behind them."""
    if VECTOR.match(lines[at]):
        return _vector(lines, at)
    rows: list[list[str]] = []
    while at < len(lines) and _heads(lines, at) and (not rows or _goes_on(lines[at], rows)):
        at, place = at + 1, 0
        while at < len(lines) and (match := ROW.match(lines[at])):
            cells = [_cell(cell) for cell in match[1].split()]
            if place < len(rows):
                rows[place] += cells
            else:
                rows.append(cells)
            at, place = at + 1, place + 1
    return rows, at


def _goes_on(head: str, rows: Sequence[Sequence[str]]) -> bool:
    """Whether further columns of the same matrix follow, as R prints wide ones."""
    first = re.match(r"\s*\[,(\d+)\]", head)
    return first is not None and int(first[1]) == len(rows[0]) + 1


def _vector(lines: Sequence[str], at: int) -> tuple[list[list[str]], int]:
    cells: list[str] = []
    while at < len(lines) and (match := VECTOR.match(lines[at])):
        if int(match[1]) != len(cells) + 1:
            break
        cells += map(_cell, match[2].split())
        at += 1
    return [cells], at


def r_words(line: str) -> str:
    """The name that R printed as a text, or nothing."""
    match = WORDS.match(line)
    return match[1] if match else ""


def _cell(text: str) -> str:
    return "" if text == "NA" else text
