"""Activations of other libraries that are rows here under another name, or with a number in them.

leaky(0.2), elu(0.5), relu6()     rows that are made when they are met
probed(function)                  the row that computes the same as a function, if any
computes(function, row)           whether it is this one
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from workings.activations import Activation, RowActivation, activation, activations
from workings.engines import engine
from workings.language import Op, Program, Step, name
from workings.language.algebra import EXP, GREATER, MAXIMUM, WHERE
from workings.language.defined import MINIMUM

FAR = np.geomspace(1e-3, 1e4, 141)
POINTS = np.concatenate([-FAR[::-1], np.linspace(-6.0, 6.0, 97), FAR])
WITHIN = {"float32": (1e-5, 1e-6), "float64": (1e-9, 1e-12)}  # share of a number, or so much


def leaky(slope: float) -> Op:
    """A ReLU that leaks this share of what is negative."""
    slope = float(slope)
    if slope in (0.0, 0.01):
        return activation("leaky_relu" if slope else "relu")
    return Activation(
        f"leaky_relu_{slope:g}", lambda x: WHERE(GREATER(x, 0.0), x, slope * x),
        lambda y, x: WHERE(GREATER(x, 0.0), 1.0, slope), use=f"A ReLU that leaks {slope:g}.",
    )  # fmt: skip


def elu(alpha: float) -> Op:
    """An ELU that bends to -alpha."""
    alpha = float(alpha)
    if alpha == 1.0:
        return activation("elu")
    return Activation(
        f"elu_{alpha:g}", lambda x: WHERE(GREATER(x, 0.0), x, alpha * (EXP(MINIMUM(x, 0.0)) - 1.0)),
        use=f"An ELU that bends to -{alpha:g}.",
    )  # fmt: skip


def between(low: float, high: float) -> Op:
    """The identity, cut to low .. high: ReLU6 and its like."""
    low, high = float(low), float(high)
    return Activation(
        f"cut_{low:g}_{high:g}", lambda x: MINIMUM(MAXIMUM(x, low), high), span=(low, high),
        use=f"Lets through what is between {low:g} and {high:g}.",
    )  # fmt: skip


def probed(function: Callable[[Any], Any]) -> Op | None:
    """The row that computes the same as `function` from -10 000 to 10 000, if any."""
    rows = (row for row in activations().values() if not isinstance(row, RowActivation))
    return next((row for row in rows if computes(function, row)), None)


def computes(function: Callable[[Any], Any], row: Op) -> bool:
    """Whether a function is this row, to single precision and, if it has it, to double.

    They meet at points of both signs from 0.001 to 10 000, evenly by their digits, and at others
    near 0, where most bend. A row that looks at whole rows of numbers is probed by one of them.
    """
    if isinstance(row, RowActivation):
        points, facts, size = POINTS.reshape(1, -1), {"axis": 1}, len(POINTS)
    else:
        points, facts, size = POINTS.reshape(-1, 1), {}, 1
    program = Program((Step("y", row(name("x", "n", size), **facts)),))
    for kind, (share, least) in WITHIN.items():
        x = points.astype(kind)
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = np.asarray(function(x))
                ours = engine().run(program, {"x": x.astype(float)})["y"].astype(kind)
            if theirs.dtype == np.float32:
                share, least = WITHIN["float32"]
            alike = theirs.shape == ours.shape
            if not alike or not np.allclose(theirs.astype(float), ours, rtol=share, atol=least):
                return False
        except Exception:
            return False
    return True
