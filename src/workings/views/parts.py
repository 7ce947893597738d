"""Parts of a page: bullets, a figure with what it says, a table; and how a score is written.

All that is data is escaped here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from html import escape
from typing import Any

from workings.files import clean
from workings.views.figures import svg

# a number, or several with what stands between them: 0.95 ± 0.01 (0.005), 0.9 to 1.0, 12 %
AMOUNT = re.compile(r"-?|[-+−]?\d[\d.,e+\-−±()% ]*( (to|\.\.) [\d.,e+\-− ]+)?")


def bullets(facts: Sequence[str]) -> str:
    """Sentences under each other."""
    return "<ul>" + "".join(f"<li>{escape(clean(fact))}</li>" for fact in facts) + "</ul>"


def figure(picture: Any, said: str) -> str:
    """A picture (SVG, or axes to be drawn) and a sentence, which is also read in its place."""
    drawn = picture if isinstance(picture, str) else svg(picture, said)
    return f"<figure>{drawn}</figure>\n<p>{escape(clean(said))}</p>\n"


def table(caption: str, rows: Sequence[Sequence[str]]) -> str:
    """Rows of words as a table; the first row and the first column are its headings.

    Columns of numbers stand to the right, others to the left.
    """
    heads, *body = rows
    kinds = ["" if right else ' class="words"' for right in numeric(rows)]
    top = "".join(
        f'<th scope="col"{kind}>{escape(clean(head))}</th>' if head else "<td></td>"
        for head, kind in zip(heads, kinds, strict=True)
    )
    inside = "".join(
        f'<tr><th scope="row">{escape(clean(row[0]))}</th>'
        + "".join(
            f"<td{kind}>{escape(clean(cell))}</td>"
            for cell, kind in zip(row[1:], kinds[1:], strict=True)
        )
        + "</tr>"
        for row in body
    )
    return (
        f'<div class="matrix" tabindex="0"><table><caption>{escape(clean(caption))}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{inside}</tbody></table></div>\n"
    )


def shortest(number: float) -> str:
    """The fewest digits that mean this number and no other.

    >>> shortest(38.6), shortest(188.0), shortest(0.1 + 0.2)
    ('38.6', '188', '0.30000000000000004')
    """
    return repr(float(number)).removesuffix(".0")


def numeric(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Of each column whether it holds numbers below its heading, and nothing else but gaps.

    >>> numeric([["", "score", "means"], ["ours", "0.95 ± 0.01", "better"], ["theirs", "-", "12"]])
    [False, True, False]
    """
    columns = zip(*rows[1:], strict=True) if len(rows) > 1 else [()] * len(rows[0])
    return [any(column) and all(map(AMOUNT.fullmatch, column)) for column in columns]


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
