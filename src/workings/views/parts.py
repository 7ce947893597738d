"""Parts of a page: bullets, a figure with what it says, a table; and how a score is written.

All that is data is escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

from workings.files import clean
from workings.views.figures import svg


def bullets(facts: Sequence[str]) -> str:
    """Sentences under each other."""
    return "<ul>" + "".join(f"<li>{escape(clean(fact))}</li>" for fact in facts) + "</ul>"


def figure(picture: Any, said: str) -> str:
    """A picture (SVG, or axes to be drawn) and a sentence, which is also read in its place."""
    drawn = picture if isinstance(picture, str) else svg(picture, said)
    return f"<figure>{drawn}</figure>\n<p>{escape(clean(said))}</p>\n"


def table(caption: str, rows: Sequence[Sequence[str]]) -> str:
    """Rows of words as a table; the first row and the first column are its headings."""
    heads, *body = rows
    top = "".join(f'<th scope="col">{escape(clean(head))}</th>' if head else "<td></td>"
                  for head in heads)  # fmt: skip
    inside = "".join(
        f'<tr><th scope="row">{escape(clean(row[0]))}</th>'
        + "".join(f"<td>{escape(clean(cell))}</td>" for cell in row[1:])
        + "</tr>"
        for row in body
    )
    return (
        f'<div class="matrix" tabindex="0"><table><caption>{escape(clean(caption))}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{inside}</tbody></table></div>\n"
    )


def digits(value: float, like: float | None = None) -> str:
    """Four decimals, or four digits of a large amount (as many decimals as `like` has); or a dash.

    >>> digits(0.97222), digits(3029.06), digits(float("nan")), digits(4.7911, 44.28)
    ('0.9722', '3029', '-', '4.79')
    """
    if math.isnan(value):
        return "-"
    size = abs(value if like is None else like)
    decimals = 4 if size < 10 else max(0, 3 - math.floor(math.log10(size)))
    return f"{value:.{decimals}f}"
