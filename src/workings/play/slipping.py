"""A step as somebody got it wrong, beside the right one.

The article's picture of the delta at the output multiplies by the learning rate, and its update
does so again: the slip `lr-twice`. The program with the slip in it is run on the very numbers of
the step that is shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.engines import engine
from workings.errors import WorkingsError
from workings.language import Program
from workings.network import Network
from workings.play import layouts, tapes
from workings.play.building import Built
from workings.play.formulas import formula_of
from workings.play.protocol import Refused
from workings.play.runs import Run
from workings.slips import plant, slip
from workings.trace import Trace

PICTURED = "lr-twice"
ROWS = 12  # that are shown
SAID = (
    "The article's picture multiplies by the learning rate here, and its update does so again. The "
    "delta is what the sum is owed; how far a weight goes is decided once, in its update."
)


def pictured(trace: Trace, network: Network) -> str | None:
    """The array of which the article's picture shows another one; None where there is no such."""
    word = network.names[-1].d_input
    try:
        _planted(trace, word)
    except WorkingsError:
        return None
    return word


def slipped(run: Run, step: int) -> dict[str, Any]:
    """The delta at the output as the article's picture has it, beside the right one."""
    trace = run.trace(step)
    word = pictured(trace, run.built.network)
    if word is None:
        raise Refused("not_available", "This step has no delta at the output by itself.")
    wrong = _run(trace, run.built, word)
    cells = _cells(trace, wrong, word)
    update = f"update_{run.built.network.names[-1].weights}"
    expr = wrong.program[word].expr
    return {
        "step": step, "array": word, "sentence": SAID, "slip": slip(PICTURED).told,
        "formula": formula_of(expr, ("plain", "mathml")), "cells": cells,
        "more": int(np.size(trace[word])) - len(cells),
        "then": _then(trace, wrong, update) if update in trace.values else "",
    }  # fmt: skip


def _run(trace: Trace, built: Built, word: str) -> Trace:
    """The values of the same iteration with the slip in it."""
    program = _planted(trace, word)
    given = {one: trace[one] for one in program.given}
    with np.errstate(all="ignore"):
        return Trace(program, engine().run(program, given), built.labels)


def _planted(trace: Trace, word: str) -> Program:
    sizes: dict[str, int] = {}
    for one in trace.values:
        for size, count in zip(trace.shape(one), np.shape(trace[one]), strict=True):
            sizes[str(size)] = int(count)
    named = {size: count for size, count in sizes.items() if not size.isdigit()}
    return plant(trace.program, named, PICTURED, word)


def _cells(trace: Trace, wrong: Trace, word: str) -> list[dict[str, Any]]:
    """Cell by cell: where it stands, what is right, what the picture has."""
    forms = [tapes.written(one[word]) for one in (trace, wrong)]
    found = []
    for place in list(np.ndindex(trace[word].shape))[:ROWS]:
        labels = [
            layouts.labels_of(trace, word, axis)[1][index] for axis, index in enumerate(place)
        ]
        found.append({
            "cell": f"{word}[{','.join(labels)}]", "value": float(trace[word][place]),
            "pictured": float(wrong[word][place]),
            "shown": [tapes.text(float(one[word][place]), form)
                      for one, form in zip((trace, wrong), forms, strict=True)],
        })  # fmt: skip
    return found


def _then(trace: Trace, wrong: Trace, update: str) -> str:
    """How much shorter the weights' step is with it."""
    right, short = (float(np.abs(one[update]).max()) for one in (trace, wrong))
    if f"{short:.3g}" == f"{right:.3g}":
        return "This optimizer looks at directions of gradients alone, so it would not show here."
    return f"With it the longest step of an output weight is {short:.3g} instead of {right:.3g}."
