"""A remedy tried: the same case from the same start with the settings changed, before and after.

    tried(course, finding)      -> Trial

Losses are compared on the same rows. Where the remedy changes the loss itself, the mean squared
error of the answers is compared. New rows are those to test on which are no copies of learnt ones;
what gives the target away is blanked in them, as it will not be known of new rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workings.diagnosing.case import Case
from workings.diagnosing.changing import ROWS
from workings.diagnosing.diagnosis import Diagnosis
from workings.diagnosing.diseases import disease
from workings.diagnosing.doctor import Course
from workings.diagnosing.finding import Finding
from workings.diagnosing.outputs import places
from workings.diagnosing.replaying import Run
from workings.diagnosing.tables import GIVES_AWAY
from workings.engines import engine
from workings.errors import SettingError
from workings.preparation.findings import row_marks
from workings.trace import Array
from workings.training.loop import Watch
from workings.training.runs import Rows
from workings.views.parts import digits

NONE = "-"  # in a table: there are no such rows


@dataclass(frozen=True)
class Outcome:
    """What a run came to: losses of a row (NaN where there are no such rows), and its score."""

    loss: float
    new_loss: float
    score: float
    diagnosis: Diagnosis


@dataclass(frozen=True)
class Trial:
    """A remedy's run beside the one that had the finding.

    `judged` is the loss that the remedy is to lower: "learnt rows" or "new rows"; `scored` is what
    the score is, and of which rows.
    """

    finding: Finding
    before: Outcome
    after: Outcome
    judged: str
    scored: str
    measured: str

    @property
    def gone(self) -> bool:
        """Whether the finding is not made any more."""
        return all(one.key != self.finding.key for one in self.after.diagnosis.findings)

    @property
    def improved(self) -> bool:
        """Whether the loss that the remedy is to lower is lower."""
        if self.judged == "new rows":
            return self.after.new_loss < self.before.new_loss
        before = self.before.loss if math.isfinite(self.before.loss) else math.inf
        return self.after.loss < before

    def plain(self) -> dict[str, Any]:
        """The numbers, as plain data."""
        both = {"before": self.before, "after": self.after}
        return {
            "disease": self.finding.disease, "gone": self.gone, "improved": self.improved,
            "judged by": self.judged, "measured": self.measured, "score": self.scored,
            **{word: {"loss": one.loss, "loss on new rows": one.new_loss, "score": one.score,
                      "findings": one.diagnosis.counted} for word, one in both.items()},
        }  # fmt: skip

    def table(self) -> list[list[str]]:
        """Rows of words: before and after."""
        heads = ["", f"{self.measured}, learnt rows", "new rows", self.scored, "found"]
        body = [
            [word, _shown(one.loss), _shown(one.new_loss), digits(one.score), one.diagnosis.counted]
            for word, one in (("before", self.before), ("after", self.after))
        ]
        return [heads, *body]

    def losses(self) -> list[list[str]]:
        """The losses and the score, before and after, without a column that has no number."""
        heads, before, after = (row[:4] for row in self.table())
        told = [k for k in range(4) if {before[k], after[k]} != {NONE}]
        return [[row[k] for k in told] for row in (heads, before, after)]

    def lines(self) -> Iterator[str]:
        """What came of it, in two sentences."""
        yield f"The finding is {'gone' if self.gone else 'still there'}."
        if self.judged == "new rows" and math.isnan(self.before.new_loss):
            yield "Whether it helps would show on new rows, and there are none to test on."
            return
        yield f"The loss on {self.judged} is {'lower' if self.improved else 'not lower'}."


def tried(course: Course[Run], finding: Finding, watch: Watch | None = None) -> Trial:
    """Runs the case of `course` again with the change that a finding's remedy says.

    Raises `SettingError` for a finding whose remedy no settings can bring about.
    """
    if finding.remedy is None or not finding.remedy.change:
        raise SettingError(
            f"cannot try a remedy of {finding.disease}: no settings bring it about",
            hint="Look at what the finding says.",
        )
    before = course.run.case
    other = Course(Run(before.changed(finding.remedy.change), watch))
    after = other.run.case
    own = before.network.loss_row.name == after.network.loss_row.name
    first_new, second_new = _new_rows(before, after, finding)
    score = "accuracy" if before.task == "classification" else "R2"
    return Trial(
        finding, _outcome(course, first_new, own), _outcome(other, second_new, own),
        "new rows" if disease(finding.disease).judged_by_new else "learnt rows",
        f"{score}, {'new' if first_new else 'learnt'} rows", "loss" if own else "squared error",
    )  # fmt: skip


def _outcome(course: Course[Run], new: Rows | None, own: bool) -> Outcome:
    learnt = course.run.case.rows
    return Outcome(
        _loss(course, learnt, own), _loss(course, new, own), _score(course, new or learnt),
        course.diagnosis(),
    )  # fmt: skip


def _new_rows(before: Case, after: Case, finding: Finding) -> tuple[Rows | None, Rows | None]:
    """The same rows as each of the two reads them; none where there are none to test on."""
    if before.job is None:
        return _new_arrays(before, after)
    if after.job is None or not len(before.job.test):
        return None, None
    table, test = before.job.table, before.job.test
    marks, lines = row_marks(table), np.asarray(table.lines)
    held = np.isin(lines, np.asarray(test.lines))
    change = finding.remedy.change if finding.remedy else {}
    gone = np.isin(np.arange(len(table)), change.get(ROWS, ()))
    fresh = held & ~np.isin(marks, marks[~held])
    if finding.disease != "copied-rows":  # of copies, the first may be among those to test on
        fresh &= ~gone
    if not fresh.any():
        return None, None
    rows = table.take(np.flatnonzero(fresh))
    first = before.job.rows(rows)
    if finding.disease == GIVES_AWAY.name:
        first = _blanked(first, before, finding.where.columns)
    return first, after.job.rows(rows)


def _new_arrays(before: Case, after: Case) -> tuple[Rows | None, Rows | None]:
    if before.new is None or after.new is None:
        return None, None
    learnt = {row.tobytes() for row in np.hstack([before.rows.X, before.rows.y])}
    both = np.hstack([before.new.X, before.new.y])
    fresh = np.flatnonzero([row.tobytes() not in learnt for row in both])
    if not len(fresh):
        return None, None
    found = (case.new.batch(fresh, 0) for case in (before, after) if case.new is not None)
    first, second = (Rows(one["X"], one["y"]) for one in found)
    return first, second


def _blanked(rows: Rows, case: Case, columns: tuple[str, ...]) -> Rows:
    """The rows as if nothing were known of some columns: their mean, or none of their words."""
    X = np.array(rows.X)
    for place, word in enumerate(case.inputs):
        if any(word == column or word.startswith(f"{column} = ") for column in columns):
            X[:, place] = 0.0
    return replace(rows, X=X)


def _ran(course: Course[Run], rows: Rows, word: str) -> Array:
    network = course.run.case.network
    weights = {name: course.run.end[name] for name in network.parameters}
    program = replace(network, weighted=False).program()
    with np.errstate(all="ignore"):
        return engine().run(program, {**weights, "X": rows.X, "y": rows.y})[word]


def _loss(course: Course[Run], rows: Rows | None, own: bool) -> float:
    """The loss of a row, or the squared error of its answers, with the weights of the end."""
    if rows is None:
        return math.nan
    if course.run.failure is not None:
        return math.inf
    if own:
        return float(_ran(course, rows, "losses").sum() / len(rows.y))
    out = _ran(course, rows, course.run.case.network.output)
    return float(((out - rows.y) ** 2).sum() / len(rows.y))


def _score(course: Course[Run], rows: Rows) -> float:
    case = course.run.case
    out = _ran(course, rows, case.network.output)
    if course.run.failure is not None or not np.isfinite(out).all():
        return math.nan
    if case.task == "classification":
        return float((places(out) == places(rows.y)).mean())
    with np.errstate(over="ignore"):
        return _explained(rows.y, out)


def _explained(y: Array, out: Array) -> float:
    total = ((y - y.mean(0)) ** 2).sum()
    return float(1 - ((y - out) ** 2).sum() / total) if total else math.nan


def _shown(value: float) -> str:
    return "ran away" if math.isinf(value) else NONE if math.isnan(value) else f"{value:.4g}"
