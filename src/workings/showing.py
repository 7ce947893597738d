"""Two verbs for a Python prompt: `run` a program, and `show` what came out as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workings.engines import engine
from workings.language import Program
from workings.trace import Trace
from workings.views import sheet, table


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


def show(trace: Trace, *, step: str | None = None, digits: int = 4, width: int = 100) -> str:
    """Every matrix of a trace, labelled, stage by stage; or those of one step.

    >>> from workings.language import Step, name
    >>> program = Program((Step("double", 2.0 * name("x", "n", 1)),))
    >>> print(show(run(program, {"x": [[4]]}), step="double").splitlines()[0].strip())
    double = 2 * x
    """
    return table.text(sheet.sheet(trace, step=step, digits=digits), width=width)
