"""What tests of ops share: an op's value and its gradient at given points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workings.engines import engine
from workings.language import Op, Program, Step, backprop, name, sum_of

Numbers = NDArray[np.float64]
HARD = [0.0, 1e-300, 1.0, 37.0, 710.0, 745.0, 1e3, 1e300]  # where exp, log and squares give up
HARDEST = np.array([*HARD, *(-x for x in HARD)]).reshape(-1, 1)


def facts_of(op: Op) -> dict[str, Any]:
    """Ops that look along an axis look along the columns here."""
    return {} if op.elementwise else {"axis": 1}


def value(op: Op, *points: ArrayLike) -> Numbers:
    """The op at these points."""
    return _run(op, points, ["y"])["y"]


def gradient(op: Op, *points: ArrayLike) -> Numbers:
    """What the op's first argument is owed when each cell of its result is owed 1."""
    return _run(op, points, ["d_x0"])["d_x0"]


def _run(op: Op, points: tuple[ArrayLike, ...], keep: list[str]) -> dict[str, Numbers]:
    values = {f"x{place}": np.asarray(x, float) for place, x in enumerate(points)}
    step = Step("y", op(*(name(word, *x.shape) for word, x in values.items()), **facts_of(op)))
    program = Program((step, Step("loss", sum_of(step.ref))))
    if "d_x0" in keep:
        program = backprop(program, "loss", ["x0"])
    return engine().prepare(program, keep)(values)
