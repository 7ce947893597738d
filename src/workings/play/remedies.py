"""What to do when the numbers ran away: a smaller rate, from a step at which all was well.

said(run)      where it happened, in sentences
of(run)        forks that are offered
"""

from __future__ import annotations

import math
from typing import Any

from workings.play import doctor
from workings.play.runs import Run

LOWER = 10.0  # by how much the second rate is lower than the first
BACK = 8  # steps before the break; further back where the loss rose for longer


def said(run: Run) -> str:
    """Where a value stopped being finite, how fast the loss grew, and what is shown."""
    broken = run.broken
    if broken is None:
        return ""
    growth = _growth(run)
    grew = f" The loss grew {growth:.3g} times a step before that." if growth > 1 else ""
    return (
        f"{broken.said}.{grew} The learning rate was {run.train.lr:g}. "
        f"Shown is step {run.last}, the last one in which every number is finite."
    )


def of(run: Run) -> list[dict[str, Any]]:
    """Forks with a smaller rate, and one from the start."""
    at, rate = good_step(run), doctor.calm_rate(run)
    found = [_row(rate, at), _row(rate / LOWER, at)]
    if at > run.at and run.parent is None:
        found.append(_row(rate / LOWER, 0))
    return found


def _row(rate: float, at: int) -> dict[str, Any]:
    rate = float(f"{rate:.3g}")
    return {"text": f"Learning rate {rate:g} from step {at}",
            "fork": {"at": at, "change": {"lr": rate}}}  # fmt: skip


def good_step(run: Run) -> int:
    """The step with the least loss among the last ones before it only rose."""
    losses = run.losses.between(run.at, run.last)
    if not len(losses):
        return run.at
    return run.at + int(losses.argmin())


def _growth(run: Run) -> float:
    first, last = run.loss(max(run.at + 1, run.last - BACK)), run.loss(run.last)
    steps = run.last - max(run.at + 1, run.last - BACK)
    if steps < 1 or not (math.isfinite(first) and math.isfinite(last) and 0 < first < last):
        return 0.0
    return math.exp((math.log(last) - math.log(first)) / steps)
