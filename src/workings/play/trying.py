"""Another value for one cell, many of them at once: what the loss of the step would be with each.

tried(run, "wh[1,3]", step)       values around the one there is, and the loss for each
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workings.engines import engine
from workings.language import Program
from workings.play import tapes, why
from workings.play.protocol import Refused
from workings.play.runs import Run

COUNT = 41  # values, the one there is among them
ROOM = 1.0  # to both sides, of small ones


def tried(run: Run, cell: str, step: int) -> dict[str, Any]:
    """Values of a weight, a bias or an input, and the loss on the rows of the step with each."""
    trace = run.trace(step)
    word, place = why.cell_of(trace, cell)
    if word not in run.built.start and word not in ("X", "y"):
        raise Refused("bad_value", f"cannot try other values for {cell[:60]}: it is computed",
                      hint="Choose a weight, a bias or an input.", field="cell")  # fmt: skip
    here = float(trace[word][place])
    room = max(ROOM, abs(here))
    offsets = np.linspace(-room, room, COUNT).tolist()
    values = [round(here + offset, 6) if offset else here for offset in offsets]
    program: Program = trace.program.only("loss")
    compute = engine().prepare(program, ["loss"])
    given = {one: trace[one] for one in program.given}
    losses = []
    for value in values:
        moved = given[word].copy()
        moved[place] = value
        with np.errstate(all="ignore"):
            losses.append(float(compute({**given, word: moved})["loss"]))
    return {
        "cell": cell, "step": step, "at": COUNT // 2, "values": values, "losses": losses,
        "shown": [tapes.text(one, {"decimals": 4, "power": 0}) for one in values],
        "shown_losses": [_short(one) for one in losses],
        "sentence": _sentence(losses),
    }  # fmt: skip


def _short(loss: float) -> str:
    return tapes.text(loss, tapes.written(loss)) if math.isfinite(loss) else "not finite"


def _sentence(losses: list[float]) -> str:
    finite = [one if math.isfinite(one) else math.inf for one in losses]
    best = int(np.argmin(finite))
    middle = len(losses) // 2
    if best == middle:
        return "With all else as it is, no value near it makes the loss smaller."
    side = "left" if best < middle else "right"
    return f"With all else as it is, the loss is smaller to the {side}."
