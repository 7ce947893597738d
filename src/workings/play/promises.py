"""What the update of a step does, in its true size: to the loss, and to the boundary.

promised(run, step, asked, sample)      the reply to `promise`
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from workings.engines import engine
from workings.play import contours, pictures, tapes
from workings.play.building import Built
from workings.play.runs import Run, Values
from workings.trace import Array

SIZE = 56  # of the grid on which boundaries are looked for
SEGMENTS = 1500
LEAST = 4  # decimals of a loss
Lines = list[list[list[float]]]  # each of points x, y


def promised(run: Run, step: int, asked: Mapping[str, Any], sample: str) -> dict[str, Any]:
    """The loss on the rows of a step before and after its update, and both boundaries."""
    while run.parent is not None and 0 < step <= run.at:
        run = run.parent
    iteration = max(step, 1)
    segment = run.segment(iteration)
    before = run.values(iteration - 1)
    after = run.values(step) if step else {**before, **segment.run(before, 0, 1).values}
    given, places = segment.given(before, iteration)
    program = engine().prepare(segment.program.only("loss"), ["loss"])
    losses = [float(program({**given, **values})["loss"]) for values in (before, after)]
    slopes = _by_slopes(run, step, before, after)
    return {
        "step": step, "loss": _told(losses), "rows": len(places), "slopes": slopes,
        "sentence": _sentence(losses, slopes, len(places)),
        "picture": _picture(run.built, (run, before, after), asked, sample),
    }  # fmt: skip


def _by_slopes(run: Run, step: int, before: Values, after: Values) -> dict[str, Any] | None:
    """How far the loss would fall if it were as steep all the way; none with penalties."""
    train, network = run.segment(max(step, 1)).train, run.built.network
    if train.l1 or train.l2 or train.clip:
        return None
    trace = run.trace(step)
    words = [pair for n in network.names for pair in ((n.weights, n.d_weights), (n.bias, n.d_bias))]
    sign = -1.0 if network.convention.sign == "error" else 1.0
    total = sum(
        float(np.sum(trace[slope] * (after[word] - before[word])))
        for word, slope in words if word in before and slope in trace.values
    )  # fmt: skip
    value = sign * total
    return {"value": value, "shown": _small(value)}


def _told(losses: list[float]) -> dict[str, Any]:
    """Both losses with as many decimals as tell them apart."""
    apart = abs(losses[1] - losses[0])
    digits = LEAST
    if apart and math.isfinite(apart):
        digits = min(12, max(LEAST, 1 - math.floor(math.log10(apart))))
    form = {"decimals": digits, "power": 0}
    return {"before": losses[0], "after": losses[1], "change": losses[1] - losses[0],
            "shown": [tapes.text(one, form) for one in losses]}  # fmt: skip


def _small(value: float) -> str:
    return f"{value:+.3g}".replace("-", "−")


def _sentence(losses: list[float], slopes: dict[str, Any] | None, rows: int) -> str:
    shown = _told(losses)["shown"]
    what = f"On the {rows} rows of this step the loss goes from {shown[0]} to {shown[1]}"
    change = losses[1] - losses[0]
    if slopes is None:
        return f"{what}: {_small(change)}."
    steep = slopes["shown"]
    return f"{what}: {_small(change)}; with the same slopes all the way it would be {steep}."


# -- boundaries ------------------------------------------------------------------------------------


def _picture(
    built: Built, of: tuple[Run, Values, Values], asked: Mapping[str, Any], sample: str
) -> dict[str, Any] | None:
    """Where the answer turns, before and after, over the two inputs of the map."""
    if built.inputs < 2:
        return None
    run, before, after = of
    axes = pictures.axis_of(built, asked.get("x"), 0), pictures.axis_of(built, asked.get("y"), 1)
    if axes[0].place == axes[1].place:
        return None
    X = pictures.grid(built, axes, pictures.sample_place(built, sample), SIZE)
    word = built.network.output
    said = [pictures.forward(run, values, X)[word] for values in (before, after)]
    lines = [_boundary(built, one, axes) for one in said]
    moved = float(np.abs(said[1] - said[0]).max())
    return {"x": axes[0].plain(), "y": axes[1].plain(), "before": lines[0], "after": lines[1],
            "moved": moved, "sentence": _where(built, lines, moved)}  # fmt: skip


def _where(built: Built, lines: list[Lines], moved: float) -> str:
    most = f"the output moves by at most {moved:.3g}"
    if built.task == "regression":
        return f"In this picture {most}."
    if not any(lines):
        return f"No boundary lies in this picture; {most}."
    return f"Dashed is the boundary before the update, solid after it; {most}."


def _boundary(built: Built, output: Array, axes: Any) -> Lines:
    """The lines at which the class that is told changes, in the units of the table."""
    if built.task == "regression":
        return []
    if output.shape[1] == 1:
        heights = [output[:, 0] - 0.5]
    else:
        heights = [output[:, c] - np.delete(output, c, 1).max(1) for c in range(output.shape[1])]
    found = np.concatenate([contours.crossing(one.reshape(SIZE, SIZE)) for one in heights])
    x, y = axes
    across, up = (x.high - x.low) / (SIZE - 1), (y.high - y.low) / (SIZE - 1)
    return [
        [[_near(x.low + column * across), _near(y.high - row * up)] for column, row in line]
        for line in contours.chains(found[:SEGMENTS])
    ]


def _near(value: float) -> float:
    return float(f"{value:.6g}")
