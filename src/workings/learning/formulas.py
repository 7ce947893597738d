"""Formulas as the library has them: spelled for a page by the browser, for a terminal as text.

formula(trace, "d_output", "d_wout")     steps of a program: as matrices, and cell by cell
formula(activation("tanh"))              an activation with its slope
formula(activation("softmax"))           one of whole rows, with what its input is owed
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from html import escape

from workings.activations import Activation, RowActivation
from workings.errors import ProgramError
from workings.explaining.indexing import indexed
from workings.language import Expr, Program, name
from workings.language.backprop import slope_of
from workings.notations import mathml, notation, spell
from workings.trace import Trace


@dataclass(frozen=True)
class Formulas:
    """Lines of a left side, what it is equal to, and the same cell by cell, where that is said."""

    lines: tuple[tuple[str, Expr, str], ...]

    def __str__(self) -> str:
        plain = notation("plain")
        return "\n".join(
            f"{left} = {spell(expr, plain)}" + (f"\n    {cells}" if cells else "")
            for left, expr, cells in self.lines
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "\n".join(
            f'<p class="formula" tabindex="0">{mathml.page(_equation(left, expr))}'
            + (f"<br><code>{escape(cells)}</code>" if cells else "") + "</p>"
            for left, expr, cells in self.lines
        )  # fmt: skip


def formula(what: Program | Trace | Activation | RowActivation, *steps: str) -> Formulas:
    """The formulas of some steps, of all without any; or an activation's with its slope.

    An activation is given as textbooks write it, even where it is worked out in another order. One
    that reads whole rows has no slope of its own: `d_x` is what its input is owed for `d_y`.

    >>> from workings.systems import system
    >>> print(formula(system("article").trace(), "d_output"))
    d_output = E * slope_output_layer
        d_output[r,c] = E[r,c] * slope_output_layer[r,c]
    >>> from workings.activations import activation
    >>> print(formula(activation("sigmoid")))
    y = 1 / (1 + exp(-x))
    slope = y * (1 - y)
    >>> print(formula(activation("softmax")))
    y = exp(x) / spread(sum(exp(x), each row))
    d_x = y * (d_y - spread(sum(d_y * y, each row)))
    """
    if isinstance(what, RowActivation):
        return Formulas(tuple(_of_rows(what)))
    if isinstance(what, Activation):
        return Formulas(tuple(_of_activation(what.as_read)))
    program = what.program if isinstance(what, Trace) else what
    chosen = steps or tuple(program.names)
    return Formulas(tuple((word, program[word].expr, indexed(program[word])) for word in chosen))


def _of_activation(row: Activation) -> Iterator[tuple[str, Expr, str]]:
    x = name("x")
    yield "y", row(x) if row.formula is None else row.formula(x), ""
    with suppress(ProgramError):  # flat but for its jumps
        yield "slope", slope_of(row(x), name("y")), ""


def _of_rows(row: RowActivation) -> Iterator[tuple[str, Expr, str]]:
    x, y, owed = (name(word, "n", "outputs") for word in ("x", "y", "d_y"))
    written = row.textbook or row.formula
    if written is not None:
        yield "y", written(x, axis=1), ""
    for back in row.back(owed, y, x, axis=1) if row.back else ():
        if back is not None:
            yield "d_x", back, ""


def _equation(left: str, expr: Expr) -> str:
    return f"{mathml.word(left)}<mo>=</mo>{spell(expr, mathml.NOTATION)}"
