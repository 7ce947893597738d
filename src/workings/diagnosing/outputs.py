"""Diseases of what a network answers: an output that cannot, and answers that are all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from workings.diagnosing import thresholds as limits
from workings.diagnosing.disease import LATE, NO_SLOPE, START, Disease
from workings.diagnosing.finding import ERROR, WARNING, Finding, Remedy, Where
from workings.diagnosing.flows import unscaled
from workings.diagnosing.snapshot import Snapshot
from workings.diagnosing.units import dead, saturated, span
from workings.optimizers import optimizer

TINY = 1e-9
MORE_UNITS = 16
HEAVY = 0.01  # a penalty
MOST_DROPPED = 0.5  # share of neurons


def wrong_output(look: Snapshot) -> Iterator[Finding]:
    """An output layer that cannot give what the target asks for."""
    case = look.case
    last, names, y = case.network.layers[-1], case.network.names[-1], case.rows.y
    word = last.op.name
    if word == "softmax" and y.shape[1] == 1:
        yield Finding(
            "wrong-output", ERROR,
            f"softmax has one column: its {len(look.outputs)} outputs are all "
            f"{look.outputs.max():g}, whatever the weights are",
            {"columns": 1, "smallest output": look.outputs.min(),
             "largest output": look.outputs.max()},
            "A softmax shares 1 among its columns; a single one always gets all of it.",
            Where(names.title),
            Remedy("Use one sigmoid output, or one column for each class",
                   {"output": ("sigmoid", "binary_cross_entropy")}),
        )  # fmt: skip
        return
    low, high = span(last.op)
    beyond = (y < low - TINY) | (y > high + TINY)
    share, columns = float(beyond.any(1).mean()), f"{word} gives numbers from {low:g} to {high:g}"
    logistic = case.task == "regression" and np.isfinite(low) and np.isfinite(high)
    if not share and not (logistic and case.job is not None):
        return
    rows = np.flatnonzero(beyond.any(1))
    what = f"{len(rows)} of {len(y)} targets lie beyond it, up to {float(np.abs(y).max()):.4g}"
    yield Finding(
        "wrong-output", ERROR if share else WARNING, f"{columns}, and {what}",
        {"lowest output": low, "highest output": high, "smallest target": float(y.min()),
         "largest target": float(y.max()), "targets beyond": len(rows), "of": len(y)},
        "What the output cannot reach is never learnt: it stays at the end of its range.",
        Where(names.title, rows=tuple((rows + 1).tolist())),
        Remedy("Let the sum through as it is: identity", {"output": ("identity", "squared_error")}),
    )  # fmt: skip


def constant(look: Snapshot) -> Iterator[Finding]:
    """Answers that hardly differ from row to row, though the targets do."""
    y, out = look.case.looked.y, look.outputs
    goal, spread = float(y.std(0).max()), float(out.std(0).max())
    if goal == 0 or not spread < limits.CONSTANT.value * goal or not look.behind:
        return
    mean = ", ".join(f"{value:.4g}" for value in out.mean(0)[:3])
    yield Finding(
        "constant-prediction", look.judged(ERROR),
        f"{look.so_far}all {len(out)} answers are {mean} to within {spread:.2g}, while the "
        f"targets spread by {goal:.3g}",
        {"spread of the answers": spread, "spread of the targets": goal, "rows": len(out),
         "loss": look.loss, "loss of the best constant": look.case.marks.constant},
        "The answer does not depend on the row: the network predicts what it would without inputs.",
        Where(look.case.network.names[-1].title), outlook(look),
    )  # fmt: skip


def majority(look: Snapshot) -> Iterator[Finding]:
    """Every row taken for the same class."""
    if look.case.task != "classification":
        return
    truth, taken = places(look.case.looked.y), places(look.outputs)
    share = float(np.bincount(truth).max() / len(truth))
    alike = len(np.unique(taken)) == 1 and np.isfinite(look.outputs).all()
    if not alike or len(np.unique(truth)) < 2:
        return
    goal, spread = float(look.case.looked.y.std(0).max()), float(look.outputs.std(0).max())
    if spread < limits.CONSTANT.value * goal and look.behind:  # a constant prediction
        return
    if look.loss <= look.case.marks.best * limits.AT_BEST.value:  # no other answer is better
        return
    said = _class(look, int(taken[0]))
    right = float((taken == truth).mean())
    yield Finding(
        "majority-only", look.judged(WARNING),
        f"{look.so_far}all {len(truth)} rows are taken for {said}, which is right for {right:.3g} "
        f"of them; the most frequent class has {share:.3g}",
        {"rows": len(truth), "right": right, "share of the most frequent class": share,
         "classes": len(np.unique(truth))},
        "A score that looks good says nothing here: the rare classes are never found.",
        Where(look.case.network.names[-1].title), outlook(look),
    )  # fmt: skip


def cause(look: Snapshot) -> Remedy | None:
    """The remedy of what keeps a network from learning, if something does that is known."""
    case = look.case
    for finding in (*unscaled(look), *saturated(look), *dead(look)):
        if finding.severity == ERROR and finding.remedy:
            return finding.remedy
    heavy = {word: 0.0 for word in ("l1", "l2") if getattr(case.network, word) > HEAVY}
    if heavy:
        return Remedy(f"Leave out the penalty {' and '.join(heavy)}", heavy)
    if max((layer.dropout for layer in case.network.layers), default=0.0) > MOST_DROPPED:
        return Remedy("Drop no neurons", {"dropout": 0.0})
    if not any(np.any(case.start[names.weights]) for names in case.network.names):
        return Remedy("Start from drawn weights", {"start": "glorot"})
    return None


def outlook(look: Snapshot) -> Remedy:
    """The remedy of what a training has come to: while it goes on, no cause against it, or time."""
    if look.over:
        return livelier(look)
    done = len(look.history.loss)
    epochs = max(look.case.settings.epochs, done + 1)
    on = Remedy(f"Train on: {done} of {epochs} epochs are done", {"epochs": epochs})
    return cause(look) or on


def livelier(look: Snapshot) -> Remedy:
    """What lets a network answer more than one thing: no cause against it, units, or time."""
    found = cause(look)
    if found is not None:
        return found
    units = [layer.units or 0 for layer in look.case.network.layers[:-1]]
    if sum(units) < MORE_UNITS:
        return Remedy(f"Use {MORE_UNITS} hidden neurons", {"hidden": (MORE_UNITS,)})
    rate = max(10 * look.case.settings.rate, optimizer("sgd").rate)
    return Remedy(f"Raise the learning rate to {rate:g}", {"lr": rate})


def places(values: Any) -> Any:
    """The place of the class that each row speaks for."""
    return values.argmax(1) if values.shape[1] > 1 else (values[:, 0] > 0.5).astype(int)


def _class(look: Snapshot, place: int) -> str:
    job = look.case.job
    return repr(job.preparation.target.classes[place]) if job else f"class {place}"


WRONG_OUTPUT = Disease(
    "wrong-output", "an output that cannot give what the target asks for", wrong_output, (), START
)
CONSTANT = Disease(
    "constant-prediction", "answers that hardly differ from row to row", constant,
    (limits.CONSTANT, limits.LEARNT), LATE, follows=NO_SLOPE,
)  # fmt: skip
MAJORITY = Disease(
    "majority-only", "every row taken for the same class", majority, (), LATE, follows=NO_SLOPE
)
