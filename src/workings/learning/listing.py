"""Rows of words and numbers, laid out: as a table on a page, in even columns in a terminal.

A column of numbers stands to the right, any other to the left, each with its heading.

listed("Right answers", [["", "test"], ["network", 0.9375]])     headings first
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workings.files import clean
from workings.views import html, parts
from workings.views.wrapping import left, right, wide

STYLE = "<style>.workings-listed caption { text-align: left; white-space: nowrap; }</style>"


@dataclass(frozen=True)
class Listed:
    """Rows of words under a caption; the first row and the first column are headings."""

    caption: str
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        widths = [max(map(wide, column)) for column in zip(*self.rows, strict=True)]
        turned = parts.numeric(self.rows)
        lines = [
            "  ".join(
                (right if amounts else left)(word, width)
                for word, width, amounts in zip(row, widths, turned, strict=True)
            ).rstrip()
            for row in self.rows
        ]
        return "\n".join([f"{self.caption}:", "", *(f"  {line}" for line in lines)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return (
            f"<style>{html.SCOPED}</style>{STYLE}<div class='workings workings-listed'>\n"
            f"{parts.table(self.caption, self.rows)}</div>"
        )


def listed(caption: str, rows: Sequence[Sequence[object]]) -> Listed:
    """Rows of one length, the headings first; a number is written as a score is.

    >>> print(listed("Right answers", [["", "learnt", "test"], ["network", 1.0, 0.9375]]))
    Right answers:
    <BLANKLINE>
               learnt    test
      network  1.0000  0.9375
    """
    return Listed(clean(caption), tuple(tuple(map(_written, row)) for row in rows))


def _written(cell: object) -> str:
    return parts.digits(cell) if isinstance(cell, float) else clean(str(cell))
