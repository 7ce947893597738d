"""Verbs for a Python prompt and a notebook: `run` a program, and `show` what there is.

    run(program, values)     -> a trace
    show(trace)              every matrix, labelled, stage by stage
    show(program)            its steps, without values
    show(explanation)        why one number is what it is

What `show` returns is text; a notebook shows it as a page instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from workings.engines import engine
from workings.explaining.explanation import Explanation
from workings.language import Program
from workings.trace import Trace
from workings.views import html, listing, sheet, table


class Shown(str):
    """Text that a notebook shows as HTML."""

    html: str

    __slots__ = ("html",)

    def __new__(cls, text: str, as_html: str) -> Shown:
        """The text, with the same as HTML beside."""
        shown = super().__new__(cls, text)
        shown.html = as_html
        return shown

    def _repr_html_(self) -> str:
        return f"<style>{html.SCOPED}</style><div class='workings'>{self.html}</div>"


def run(program: Program, values: Mapping[str, Any], *, on: str = "numpy") -> Trace:
    """The program run on given values: a trace, with the value of every name.

    Lists and whole numbers become float64 arrays. Raises `ShapeError` where one does not fit.

    >>> from workings.language import Step, name
    >>> run(Program((Step("double", 2.0 * name("x", "n", 1)),)), {"x": [[4]]})["double"]
    array([[8.]])
    """
    arrays = {word: np.asarray(value) for word, value in values.items()}
    floats = {
        word: x if np.issubdtype(x.dtype, np.floating) else x.astype(float)
        for word, x in arrays.items()
    }
    return engine(on).trace(program, floats)


def show(
    thing: Trace | Program | Explanation,
    *,
    step: str | Sequence[str] | None = None,
    digits: int = 4,
    width: int = 100,
) -> Shown:
    """A trace, a program or an explanation as text, and as HTML in a notebook.

    Of a trace, `step` shows one step alone, or several by their names, and `digits` is how many
    decimals are written.

    >>> from workings.language import Step, name
    >>> program = Program((Step("double", 2.0 * name("x", "n", 1)),))
    >>> print(show(run(program, {"x": [[4]]}), step="double").splitlines()[0].strip())
    double = 2 * x
    """
    if isinstance(thing, Explanation):
        return Shown(str(thing), f"<pre>{escape(str(thing))}</pre>")
    if isinstance(thing, Program):
        return Shown(listing.text(thing), listing.html(thing))
    laid_out = sheet.sheet(thing, step=step, digits=digits)
    return Shown(table.text(laid_out, width=width), html.fragment(laid_out))
