"""The activations side by side: formula, slope, range, and when to use which."""

from __future__ import annotations

from workings.activations import Activation, activations
from workings.cli import _print
from workings.errors import ProgramError
from workings.language import Op, name
from workings.language.backprop import slope_of
from workings.notations import notation, spell

X, Y = name("x"), name("y")


def print_all() -> None:
    """Prints every activation; x is its input, y its output."""
    _print.say("x is the input of the activation, y its output.")
    for op in activations().values():
        _print.say()
        _print.say(op.name)
        if isinstance(op, Activation):
            _print.say(f"  y     = {_formula(op)}")
            _print.say(f"  slope = {_slope(op)}")
        low, high = op.span
        _print.say(f"  range   {low:g} .. {high:g}")
        _print.say(f"  {op.use}")


def _formula(op: Op) -> str:
    return str(spell(op.formula(X) if op.formula else X, notation("plain")))


def _slope(op: Op) -> str:
    try:
        return str(spell(slope_of(op(X), Y), notation("plain")))
    except ProgramError:
        return "none: flat but for its jump"
