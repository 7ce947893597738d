"""Verbs for a Python prompt and a notebook: `run` a program, and `show` what there is.

    run(program, values)     -> a trace
    show(trace)              every matrix, labelled, stage by stage
    show(program)            its steps, without values
    show(explanation)        why one number is what it is
    show(network)            its layers, drawn and listed
    show(activation)         formula, slope and curve; of a loss likewise

What `show` returns is text; a notebook shows it as a page instead. What stands alone on the last
line of a cell is shown in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from types import UnionType
from typing import Any

import numpy as np

from workings.activations import Activation, RowActivation
from workings.engines import engine
from workings.errors import NotSupported
from workings.explaining import gallery, losing, telling
from workings.explaining.explanation import Explanation, explained
from workings.files import clean
from workings.language import Op, Program
from workings.losses import Loss
from workings.network import Network, picture
from workings.trace import Trace
from workings.views import html, listing, sheet, table
from workings.views.wrapping import WIDTH, wrapped


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
        return html.scoped(self.html)


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
    thing: object,
    *,
    step: str | Sequence[str] | None = None,
    digits: int = 4,
    width: int = WIDTH,
) -> Shown:
    """A trace, a program, an explanation, a network, an activation or a loss as text, and as HTML
    in a notebook.

    Of a trace, `step` shows one step alone, or several by their names, and `digits` is how many
    decimals are written. Lines of text have at most `width` signs; long formulas are continued.
    Raises `NotSupported` for anything else.

    >>> from workings.language import Step, name
    >>> program = Program((Step("double", 2.0 * name("x", "n", 1)),))
    >>> print(show(run(program, {"x": [[4]]}), step="double").splitlines()[0].strip())
    double = 2 * x
    """
    if isinstance(thing, Trace):
        laid_out = sheet.sheet(thing, step=step, digits=digits)
        return Shown(table.text(laid_out, width=width), html.fragment(laid_out))
    for kind, text, page in HOW:
        if isinstance(thing, kind):
            return Shown(text(thing, width), page(thing))
    raise NotSupported(
        f"cannot show a {type(thing).__name__}: expected a trace, a program, an explanation, a "
        "network, an activation or a loss"
    )


def _of_op(op: Op) -> list[str]:
    return [op.name, f"  {op.index.format('a', 'b', z='y')}", f"  {op.reason}"]


def _lines(lines: Callable[[Any], list[str]]) -> Callable[[Any, int], str]:
    return lambda thing, width: "\n".join(
        part for line in lines(thing) for part in wrapped(line, width, further=" " * 10)
    )


def _titled(section: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda op: f"<p><strong>{escape(clean(op.name))}</strong></p>{section(op)}"


How = tuple[type | UnionType, Callable[[Any, int], str], Callable[[Any], str]]
HOW: tuple[How, ...] = (
    (Program, lambda program, width: listing.text(program, width=width), listing.html),
    (Explanation, explained, telling.html),
    (Network, lambda network, width: picture.text(network), picture.html),
    (Activation | RowActivation, _lines(gallery.lines), _titled(gallery.section)),
    (Loss, _lines(losing.lines), _titled(losing.section)),
    (Op, _lines(_of_op), lambda op: html.preformatted("\n".join(_of_op(op)))),
)
