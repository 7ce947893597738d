"""How the cells of the arrays of one step are written.

formats(trace)                  for each array: decimals, power of ten
written(values)                 the same of one matrix
text(value, form)               a cell as it is shown
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from workings.language import Program
from workings.play.layouts import labels_of
from workings.trace import Array, Trace

DECIMALS = 4
FEW = 16  # cells
SAME = 1e-12  # of a number: closer to what is shown, and it is shown whole
SMALL, LARGE = 1e-3, 1e6
HUGE = 1e9  # numbers that stand alone are written out up to here
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def arrays_of(program: Program) -> list[str]:
    """Every value that a program is given or makes, in order."""
    return [*program.given, *program.names]


def formats(trace: Trace) -> dict[str, dict[str, int]]:
    """How the cells of each array are written."""
    return {word: written(trace[word]) for word in arrays_of(trace.program)}


def written(values: Array | float) -> dict[str, int]:
    """The decimals of a matrix, and the power of ten in its caption.

    As few decimals as show every cell whole, and at most four.

    >>> written(np.array([[1.48, 2.4]])), written(np.array([1 / 3])), written(np.array([2e-5]))
    ({'decimals': 2, 'power': 0}, {'decimals': 4, 'power': 0}, {'decimals': 0, 'power': -5})
    """
    cells = np.abs(np.asarray(values, float)).ravel()
    largest = float(cells.max(initial=0.0))
    if not math.isfinite(largest):
        cells = cells[np.isfinite(cells)]
        largest = float(cells.max(initial=0.0))
    power = 0
    if largest and not SMALL <= largest < LARGE:
        power = math.floor(math.log10(largest))
    decimals = 0
    for some in (cells[:FEW], cells):  # most matrices need four, and a few cells show it
        decimals = _decimals(some, power, decimals)
    return {"decimals": decimals, "power": power}


def _decimals(cells: Array, power: int, least: int) -> int:
    """As few decimals as show every cell whole, and no fewer than `least`."""
    if least == DECIMALS:
        return least
    scaled = cells / 10.0**power if power > -300 else cells * 10.0**-power
    near = SAME * np.maximum(scaled, 1.0)
    for decimals in range(least, DECIMALS):
        if (np.abs(scaled - scaled.round(decimals)) <= near).all():
            return decimals
    return DECIMALS


def text(value: float, form: Mapping[str, int]) -> str:
    """A cell as it is shown, with a true minus."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinity" if value > 0 else "−infinity"
    shown = f"{value / 10.0 ** form['power']:.{form['decimals']}f}"
    bare = shown.lstrip("-")
    sign = "−" if shown.startswith("-") and bare.strip("0.") else ""
    ten = f" × 10{str(form['power']).translate(RAISED)}" if form["power"] else ""
    return f"{sign}{bare}{ten}"


def alone(value: float, decimals: int) -> str:
    """A number outside of its matrix: a large one with its own power of ten.

    >>> alone(2.4, 2), alone(-7.6225e76, 2), alone(2_000_000.0, 1)
    ('2.40', '−7.6225 × 10⁷⁶', '2000000.0')
    """
    if not math.isfinite(value) or abs(value) < HUGE:
        return text(value, {"decimals": decimals, "power": 0})
    return text(value, {"decimals": DECIMALS, "power": math.floor(math.log10(abs(value)))})


def statistics(trace: Trace, word: str) -> dict[str, Any]:
    """Least, mean, spread and most of each column of an array, over all its rows."""
    values = np.atleast_2d(np.asarray(trace[word], float))
    labels = labels_of(trace, word, values.ndim - 1)[0] if np.ndim(trace[word]) > 1 else [""]
    values = values if np.ndim(trace[word]) > 1 else values.T
    facts = {"least": values.min(0), "mean": values.mean(0), "spread": values.std(0),
             "most": values.max(0)}  # fmt: skip
    rows = [{"name": name, "shown": [text(float(x), written(found)) for x in found]}
            for name, found in facts.items()]  # fmt: skip
    return {"array": word, "labels": labels, "rows": rows, "of": len(values)}
