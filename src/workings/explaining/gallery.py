"""The activations side by side: formula, slope, range, curve, and when to use which.

    entries()      what is known of each, as plain data
    text()         all of it for a terminal
    page()         all of it as one HTML page with curves

Formulas, slopes and curves are made from the rows, so an activation of one's own is here as soon
as it is a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np

from workings.activations import Activation, activations
from workings.engines import engine
from workings.errors import ProgramError
from workings.language import Expr, Program, Step, name
from workings.language.backprop import slope_of
from workings.notations import notation, spell
from workings.trace import Array
from workings.views import html, plots

X, Y = name("x"), name("y")
WIDE = np.linspace(-5.0, 5.0, 401)


@dataclass(frozen=True)
class Entry:
    """One activation. `formula` and `slope` are empty for those that look at a whole sample."""

    name: str
    formula: str
    slope: str
    span: tuple[float, float]
    use: str
    curve: tuple[Array, Array] | None = None


def entries() -> Iterator[Entry]:
    """Every activation there is; `curve` is output and slope over `WIDE`."""
    plain = notation("plain")
    for op in activations().values():
        if not isinstance(op, Activation) or op.formula is None:
            yield Entry(op.name, "", "", op.span, op.use)
            continue
        slope = _slope(op(X))
        said = str(spell(slope, plain)) if slope is not None else "none: flat but for its jump"
        formula = str(spell(op.formula(X), plain))
        yield Entry(op.name, formula, said, op.span, op.use, _curve(op(X), slope))


def text() -> str:
    """The gallery for a terminal; x is an activation's input, y its output."""
    lines = ["x is the input of the activation, y its output."]
    for entry in entries():
        lines += ["", entry.name]
        if entry.formula:
            lines += [f"  y     = {entry.formula}", f"  slope = {entry.slope}"]
        lines += [f"  range   {entry.span[0]:g} .. {entry.span[1]:g}", f"  {entry.use}"]
    return "\n".join(lines)


def page() -> str:
    """The gallery as one self-contained page."""
    return html.page("Activations", [(entry.name, _section(entry)) for entry in entries()])


def _section(entry: Entry) -> str:
    low, high = entry.span
    parts = [f"<p>{escape(entry.use)} Its values lie in {low:g} .. {high:g}.</p>"]
    if entry.formula:
        parts.append(
            f"<p><code>y = {escape(entry.formula)}</code><br>"
            f"<code>slope = {escape(entry.slope)}</code></p>"
        )
    if entry.curve:
        ax = plots.plot_activations(WIDE, {entry.name: entry.curve})
        parts.append(f"<figure>{plots.svg(ax)}</figure>")
    return "\n".join(parts)


def _slope(expr: Expr) -> Expr | None:
    try:
        return slope_of(expr, Y)
    except ProgramError:
        return None


def _curve(expr: Expr, slope: Expr | None) -> tuple[Array, Array]:
    """Output and slope over `WIDE`; a slope of 0 where there is none."""
    steps = [Step("y", expr)] + ([Step("slope", slope)] if slope is not None else [])
    prepared = engine().prepare(Program(tuple(steps)))
    found = [prepared({"x": np.asarray(x)}) for x in WIDE]
    return (
        np.array([float(one["y"]) for one in found]),
        np.array([float(one.get("slope", np.float64(0.0))) for one in found]),
    )
