"""Where a number comes from, what it was before, and the curve it lies on."""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.activations import Activation
from workings.engines import engine
from workings.explaining.cells import address
from workings.language import Program, Step, name
from workings.language.algebra import NAME
from workings.play.runs import Run
from workings.trace import Trace

HISTORY = 200  # steps
WIDE = np.linspace(-6.0, 6.0, 97)


def history(run: Run, word: str, place: tuple[int, ...], step: int) -> dict[str, Any]:
    """A weight's values at up to 200 steps so far; only the last of anything else."""
    old = word.removeprefix("new_")
    if old not in run.built.start and word not in run.built.start:
        return {"steps": [step], "values": [float(run.trace(step)[word][place])]}
    steps = np.unique(np.linspace(0, run.last, min(run.last + 1, HISTORY)).astype(int))
    near = [int(one) for one in steps if run.cheap(int(one))]
    return {"steps": near, "values": [float(run.values(one)[old][place]) for one in near]}


def curve(trace: Trace, word: str, place: tuple[int, ...]) -> dict[str, Any] | None:
    """The curve of an activation with a dot where this cell lies on it."""
    if word not in trace.program.names:
        return None
    expr = trace.program[word].expr
    if not isinstance(expr.op, Activation) or expr.args[0].op != NAME:
        return None
    at = float(trace[expr.args[0]["name"]][place])
    span = max(6.0, 1.2 * abs(at)) / 6.0
    x = WIDE * span
    bent = engine().run(Program((Step("it", expr.op(name("x", len(x)))),)), {"x": x})["it"]
    return {"title": expr.op.name, "x": x.tolist(), "y": bent.tolist(),
            "dot": [at, float(trace[word][place])]}  # fmt: skip


def made(
    run: Run, trace: Trace, word: str, place: tuple[int, ...], step: int
) -> dict[str, Any] | None:
    """Where the weight was made that a step begins with."""
    new, cell = trace.program.updates.get(word), address(word, place)
    if new is not None and step == run.at + 1 and cell in run.cells and run.parent is not None:
        before = float(run.parent.values(run.at)[word][place])
        return {
            "step": step - 1,
            "cell": address(new, place) if step > 1 else cell,
            "sentence": f"Set by hand where this fork begins; it was {before:.6g}.",
        }
    if new is None or step < 2:
        if word in run.built.start:
            return {"step": 0, "cell": cell, "sentence": _drawn(run)}
        return None
    return {
        "step": step - 1, "cell": address(new, place),
        "sentence": f"Made in step {step - 1}, as {new}.",
    }  # fmt: skip


def _drawn(run: Run) -> str:
    net = run.built.spec.network
    if net.start == "article":
        return "A starting value of the article."
    rule = net.start or "what suits the activation"
    return f"A starting value, drawn by {rule} from seed {net.seed}."


def edit(run: Run, word: str, step: int) -> dict[str, Any]:
    """Whether a cell may be edited, and what comes of it: a fork `at` a step, and `steps` on."""
    may, at = word in run.built.start or word in ("X", "y"), max(0, step - 1)
    said = f"An edit starts a fork at step {at}; this run stays as it is."
    return {"may": may, "sentence": said if may else "This is computed.",
            "at": at, "steps": step - at}  # fmt: skip


def original(run: Run, trace: Trace, word: str, place: tuple[int, ...]) -> str:
    """What an input is in the units of the table, where it was scaled."""
    prepared = run.built.preparation
    if word != "X" or not prepared.scaled or place[1] >= len(prepared.numbers):
        return ""
    column, value = prepared.numbers[place[1]], float(trace[word][place])
    raw = float(f"{value * column.scale + column.mean:.12g}")
    said = (f"In the table it is {raw:g}; less {column.mean:.4g}, over {column.scale:.4g}, which "
            "were found on the training rows alone.")  # fmt: skip
    return said.replace("-", "−")
