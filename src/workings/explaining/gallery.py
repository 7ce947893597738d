"""The activations side by side: formula, slope, range, curve, and when to use which.

    entries()      what is known of each, as plain data
    text()         all of it for a terminal · lines(op)  of one
    page()         all of it as one HTML page with curves · section(op)  of one

Formulas, slopes and curves are made from the rows, so an activation of one's own is here as soon
as it is a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np

from workings.activations import Activation, RowActivation, activations
from workings.engines import engine
from workings.errors import ProgramError
from workings.files import clean
from workings.language import Expr, Program, Step, name
from workings.language.backprop import slope_of
from workings.notations import notation, spell
from workings.trace import Array
from workings.views import html, parts, plots
from workings.views.wrapping import WIDTH, wrapped

RUN_AS = "What stands behind 'run as' is the same, written so that it cannot overflow."
RUN = "What is run is the same, written so that it cannot overflow:"
X, Y = name("x"), name("y")
SAMPLE = name("x", "n", "outputs")  # a row for each sample
WIDE = np.linspace(-5.0, 5.0, 401)


@dataclass(frozen=True)
class Entry:
    """One activation. `slope` is empty for those that look at a whole sample.

    `run` is what is worked out in place of `formula`, where that could overflow.
    """

    name: str
    formula: str
    slope: str
    span: tuple[float, float]
    use: str
    curve: tuple[Array, Array] | None = None
    run: str = ""


def entries() -> Iterator[Entry]:
    """Every activation there is; `curve` is output and slope over `WIDE`."""
    return map(entry, activations().values())


def entry(op: Activation | RowActivation) -> Entry:
    """What is known of one activation, in the table or one's own."""
    plain = notation("plain")
    if not isinstance(op, Activation):
        formula = op.formula(SAMPLE, axis=1) if op.formula else None
        said = str(spell(formula, plain)) if formula is not None else ""
        return Entry(op.name, said, "", op.span, op.use)
    read = op.as_read
    slope = _slope(read(X))
    said = str(spell(slope, plain)) if slope is not None else "none: flat but for its jump"
    run, shown = (str(spell((one.formula or one)(X), plain)) for one in (op, read))
    run = run if run != shown else ""
    return Entry(op.name, shown, said, op.span, op.use, _curve(op(X), _slope(op(X))), run)


def text() -> str:
    """The gallery for a terminal; x is an activation's input, y its output."""
    found = ["x is the input of the activation, y its output.", RUN_AS]
    for op in activations().values():
        found += ["", *lines(op)]
    return "\n".join(found)


def lines(op: Activation | RowActivation, width: int = WIDTH) -> list[str]:
    """One activation for a terminal."""
    known = entry(op)
    said = [("  y     = ", known.formula), ("  slope = ", known.slope), ("  run as  ", known.run)]
    return [
        known.name,
        *(line for head, formula in said if formula
          for line in wrapped(head + formula, width, further=" " * 10)),
        f"  range   {known.span[0]:g} .. {known.span[1]:g}",
        *([f"  {known.use}"] if known.use else []),
    ]  # fmt: skip


def page() -> str:
    """The gallery as one self-contained page."""
    return html.page("Activations", [(op.name, section(op)) for op in activations().values()])


def section(op: Activation | RowActivation) -> str:
    """One activation for a page."""
    known = entry(op)
    low, high = known.span
    said = [("y", known.formula), ("slope", known.slope)]
    written = "<br>".join(
        f"<code>{word} = {escape(formula)}</code>" for word, formula in said if formula
    )
    lies = f"Its values lie in {low:g} .. {high:g}."
    found = [f"<p>{escape(clean(f'{known.use} {lies}'.strip()))}</p>"]
    if written:
        found.append(f"<p>{written}</p>")
    if known.run:
        found.append(f"<p>{RUN}<br><code>{escape(known.run)}</code></p>")
    if known.curve:
        ax = plots.plot_activations(WIDE, {known.name: known.curve})
        says = f"{known.name} over its input from {WIDE[0]:g} to {WIDE[-1]:g}; dashed, its slope."
        found.append(parts.figure(ax, says))
    return "\n".join(found)


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
