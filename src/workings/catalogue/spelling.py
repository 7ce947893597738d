"""Formulas as the catalogue writes them: for a page in MathML, for a prompt in plain notation."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from workings.catalogue.entries import Formula, marked_words
from workings.files import clean
from workings.language import Expr, Step
from workings.notations import mathml, notation, spell


def equation(left: str, expr: Expr) -> Formula:
    """What a name is equal to.

    >>> from workings.language import name
    >>> equation("y", name("x") + 1.0).text
    'y = x + 1'
    """
    marked = f"{mathml.word(left)}<mo>=</mo>{spell(expr, mathml.NOTATION)}"
    return Formula(mathml.page(marked), f"{left} = {spell(expr, notation('plain'))}")


def equations(steps: Sequence[Step]) -> list[Formula]:
    """Steps below each other."""
    return [equation(step.name, step.expr) for step in steps]


def code(text: str) -> Formula:
    """What is written as it stands: one line, or several."""
    shown = "\n".join(escape(clean(line)) for line in text.splitlines())
    tag = "pre" if "\n" in shown else "code"
    return Formula(f"<{tag}>{shown}</{tag}>", text)


def prose(text: str) -> Formula:
    """A paragraph."""
    return Formula(f"<p>{marked_words(' '.join(text.split()))}</p>", text)
