"""What several commands print: columns of words, scores, where rows came from."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

import click

from workings.files import clean
from workings.views.parts import digits
from workings.views.wrapping import left, right, wide

COLUMNS_SHOWN = 12


def say(text: str = "") -> None:
    """A line on standard output, with nothing in it that a terminal would obey."""
    _out(clean(text))


def _out(text: str) -> None:
    """When nobody reads any more, the command goes on unread: what it makes is wanted still."""
    try:
        click.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def lines(text: str) -> None:
    """Several lines on standard output."""
    for line in text.splitlines():
        say(line)


def note(text: str) -> None:
    """A line on standard error, so that standard output stays what was asked for."""
    click.echo(clean(text), err=True)


def warn(text: str) -> None:
    """A line on standard error that says who says it."""
    note(f"workings: {text}")


def columns(rows: Sequence[Sequence[str]]) -> None:
    """Prints rows of words in even columns."""
    for line in even(rows):
        _out(line)


def even(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of words as lines of even columns; the first to the left, numbers to the right."""
    cleaned = [[clean(word) for word in row] for row in rows]
    widths = [max(map(wide, column)) for column in zip(*cleaned, strict=True)]
    lines = []
    for row in cleaned:
        cells = [
            left(word, width) if place == 0 or not _numeric(word) else right(word, width)
            for place, (word, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(("  " + "  ".join(cells)).rstrip())
    return lines


def aligned(rows: Sequence[Sequence[str]]) -> None:
    """Prints a table of numbers: the first column to the left, the others to the right."""
    cleaned = [[clean(word) for word in row] for row in rows]
    widths = [max(map(wide, column)) for column in zip(*cleaned, strict=True)]
    for row in cleaned:
        line = [left(row[0], widths[0])]
        line += [right(word, width) for word, width in zip(row[1:], widths[1:], strict=True)]
        _out("  " + "  ".join(line).rstrip())


def scores(found: Mapping[str, Mapping[str, float]]) -> None:
    """Scores as a table: one line for each of those scored, one column for each score."""
    heads = list(dict.fromkeys(word for one in found.values() for word in one))
    rows = [["", *heads]]
    for word, one in found.items():
        rows.append([word, *(digits(one[head]) if head in one else "-" for head in heads)])
    aligned(rows)


def amount(count: int, word: str) -> str:
    """A count with its noun: 1 row, 2 rows, 3 categories."""
    many = f"{word[:-1]}ies" if word.endswith("ry") else f"{word}s"
    return f"{count} {word}" if count == 1 else f"{count} {many}"


def _numeric(word: str) -> bool:
    return word.replace(".", "", 1).replace("-", "", 1).replace(",", "").isdigit()
