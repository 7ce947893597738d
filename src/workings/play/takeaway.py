"""Files to take away, made by the exports of the library; returned as bytes and written nowhere.

made(run, step, "numpy", {})      a file: its name, its bytes, what it is
listed()                          the kinds there are
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workings import exports, taking
from workings.errors import UnknownName
from workings.exports import Run as Training
from workings.play import layouts, scripts, tapes, typesetting
from workings.play.protocol import Refused
from workings.play.runs import Run
from workings.trace import Trace

MOST = 100  # iterations chained in a workbook
TYPES = {
    "numpy": ("NumPy", "py", "text/x-python", "One file of NumPy that checks itself."),
    "r": ("R", "R", "text/plain", "One file of base R that checks itself."),
    "c": ("C", "c", "text/x-c", "Fixed arrays, no allocation, with test vectors."),
    "xlsx": ("Excel", "xlsx",
             "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
             "A workbook of live formulas."),
    "latex": ("LaTeX", "tex", "text/x-tex", "The working, to be typeset."),
    "json": ("JSON", "json", "application/json", "Program and weights as data."),
    "tape": ("CSV of this step", "csv", "text/csv", "Every number of this step, a line each."),
    "python": ("Python", "py", "text/x-python", "A short script that makes this run again."),
    "cell": ("LaTeX of a number", "tex", "text/x-tex", "Why the chosen number is what it is."),
}  # fmt: skip
OPTIONS = {"xlsx": ["iterations"], "cell": ["cell"]}  # what may be said of a form
RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula


@dataclass(frozen=True)
class File:
    """A file to be saved by whoever asked for it."""

    name: str
    type: str
    content: bytes
    notices: list[str]


def listed() -> dict[str, dict[str, Any]]:
    """The kinds of files; a form that is added to the exports is here because it is there."""
    known = ["python", *exports.formats(), "cell", "tape"]
    return {
        word: {
            "title": row[0],
            "ending": row[1],
            "summary": row[3],
            "options": OPTIONS.get(word, []),
        }
        for word in known
        for row in [TYPES.get(word, (word, word, "application/octet-stream", ""))]
    }


def made(run: Run, step: int, kind: str, options: Mapping[str, Any]) -> File:
    """A file of a run as it is after a step."""
    if kind not in listed():
        raise UnknownName("form to export to", kind[:40], listed())
    _, ending, what, _ = TYPES.get(kind, ("", kind, "application/octet-stream", ""))
    told = _checked(kind, options)
    if kind in OWN:
        content, notices = OWN[kind](run, step, told)
    else:
        subject, notices = subject_of(run, step)
        content = exports.content(subject, kind, **told)
    data = content.encode() if isinstance(content, str) else content
    return File(_named(run, kind, told, ending), what, data, notices)


def _named(run: Run, kind: str, told: Mapping[str, Any], ending: str) -> str:
    """What the file is called: by the title, and by the cell or the form where it needs to be."""
    said = [run.built.spec.title or "network", str(told.get("cell", ""))]
    words = [re.sub(r"[^a-z0-9]+", "-", one.lower()).strip("-") for one in said]
    more = ["again"] if kind == "python" else []
    parts = ["workings", words[0] or "network", words[1], *more]
    return "-".join(filter(None, parts)) + f".{ending}"


def _checked(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a form, held to what it has."""
    for word, value in options.items():
        if word not in OPTIONS.get(kind, []):
            raise Refused("bad_value", f"cannot export to {kind} with {str(word)[:40]}: it has no "
                          "such option", field="options")  # fmt: skip
        if word == "iterations" and (type(value) is not int or not 1 <= value <= MOST):
            raise Refused("bad_value", f"cannot export so many iterations: 1 to {MOST} were "
                          "expected", field="options")  # fmt: skip
    if kind == "cell" and not isinstance(options.get("cell"), str):
        raise Refused("bad_value", "cannot typeset a number: its cell was expected",
                      hint="Choose one on the sheet.", field="options.cell")  # fmt: skip
    return dict(options)


def subject_of(run: Run, step: int) -> tuple[exports.Subject, list[str]]:
    """What an export knows of the run: the network after the step, and its training."""
    built = run.built
    subject = taking.of_model(built.model(run.values(step)), built.job.training)
    training, why_not = training_of(run, step)
    title = f"{built.spec.title or built.job.table.source}, after {step} steps"
    said = [f"The training does not go along: {why_not}."] if why_not else []
    return replace(subject, title=title, run=training), said


def training_of(run: Run, step: int) -> tuple[Training | None, str]:
    """The training since the last change, if an export can do it again; or why it cannot."""
    segment = run.segment(max(step, 1))
    first, per = segment.first, segment.per_epoch
    if run.built.network.drops:
        return None, "the masks of dropout are not exported"
    if step <= run.at and run.parent is not None:
        return training_of(run.parent, step)
    if step <= first:
        return None, "no step was made since the last change"
    if per > 1 and (first or segment.base):
        return None, "its batches were changed on the way, or it was forked"
    epochs = (step - first) // per
    if (step - first) % per:
        return None, f"step {step} is within an epoch of {per} steps"
    rows, summed = run.built.rows, run.built.network.convention.reduction == "sum"
    count = len(run.built.numbers)
    losses = run.all_losses(first, step).reshape(epochs, per)
    sizes = np.minimum(count - np.arange(0, count, segment.batch), segment.batch)
    shares = np.full(per, 1 / count) if summed else sizes / count
    last = {word: run.values(step)[word] for word in run.built.start}
    return Training(
        iteration=segment.program, X=rows.X, y=rows.y, samples=0, start=run.values(first),
        rates=[segment.rate((first - segment.base) // per + k) for k in range(epochs)],
        batch_size=segment.batch, shuffled=per > 1, seed=segment.train.seed, summed=summed,
        losses=(losses @ shares).tolist(), last=last,
    ), ""  # fmt: skip


def _cell(run: Run, step: int, told: Mapping[str, Any]) -> tuple[str, list[str]]:
    return typesetting.document(run, told["cell"], step), []


def _tape(trace: Trace) -> bytes:
    """Every number of a step: array, row, column, value."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["array", "row", "column", "value"])
    for word in tapes.arrays_of(trace.program):
        value = np.asarray(trace[word])
        labels = [layouts.labels_of(trace, word, axis)[0] for axis in range(value.ndim)]
        for place in np.ndindex(value.shape):
            said = [labels[axis][index] for axis, index in enumerate(place)]
            row, column = ([*said, "", ""])[:2]
            writer.writerow([word, _safe(row), _safe(column), repr(float(value[place]))])
    return file.getvalue().encode()


def _safe(label: str) -> str:
    """A label that no spreadsheet takes for a formula."""
    return f"'{label}" if label.startswith(RISKY) else label


OWN: dict[str, Callable[[Run, int, Mapping[str, Any]], tuple[str | bytes, list[str]]]] = {
    "python": lambda run, step, told: scripts.script(run, step),
    "tape": lambda run, step, told: (_tape(run.trace(step)), []),
    "cell": _cell,
}
