"""A picture in a lesson, with what is to be seen in it as text beside.

    picture(ax, "The line parts three corners from the fourth.")     of matplotlib, or SVG as text

In a terminal the text stands alone.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from html import escape
from typing import Any

from workings.files import clean
from workings.views.figures import svg

WIDTH = 80  # columns of a terminal


@dataclass(frozen=True)
class Picture:
    """An SVG picture, and what it shows in words."""

    said: str
    svg: str = field(repr=False)

    def __str__(self) -> str:
        return textwrap.fill(f"Picture: {self.said}", WIDTH)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"{framed(self.svg)}\n<p>{escape(clean(self.said))}</p>"


def framed(svg: str) -> str:
    """An SVG picture as a figure of a page."""
    return f"<figure style='margin:0'>{svg}</figure>"


def picture(drawn: Any, said: str) -> Picture:
    """A picture with its words: `drawn` are axes or a figure of matplotlib, or SVG as text.

    >>> from workings.views.drawing import drawing
    >>> picture(drawing([["x1", "x2"], ["h1"]]), "Two inputs reach one neuron.")
    Picture: Two inputs reach one neuron.
    """
    return Picture(said, drawn if isinstance(drawn, str) else svg(drawn, said))
