"""What the doctor says of a run, through one small door; and what of it can be done here.

    findings(session)           the reply to `diagnose`
    at_a_glance(session)        what shows in one step, quickly

The doctor looks at iterations of the very run that is shown; nothing is trained again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from workings.diagnosing import doctor, snapshot
from workings.diagnosing.case import Case
from workings.diagnosing.snapshot import Snapshot
from workings.diagnosing.units import calmer
from workings.engines import engine
from workings.errors import NotFinite
from workings.play.building import Built
from workings.play.following import EPOCHS, may
from workings.play.runs import Run
from workings.play.session import Session
from workings.training.runs import History, Settings

CURVE = 40  # steps at which the losses of new rows are looked at


def findings(session: Session) -> dict[str, Any]:
    """What was found in the run that is shown, and what was looked for."""
    run = session.run
    if run.last == 0:
        said = "Nothing has happened yet: train, and the doctor looks at it."
        return {"described": "", "findings": [], "tested": [], "untested": [],
                "sentence": said}  # fmt: skip
    diagnosis = doctor.Course(_Looked(run)).diagnosis()
    session.findings = list(diagnosis.findings)
    session.diagnosed = session.shown, session.step
    for client in session.clients.values():
        client.found = None  # what it shows now is not what it was told at a glance
    names = ", ".join(diagnosis.tested)
    found = len(diagnosis.findings)
    return {
        "described": diagnosis.described,
        "findings": [_plain(one) for one in diagnosis.findings],
        "tested": _listed(diagnosis.tested), "untested": _listed(diagnosis.untested),
        "sentence": f"{found} finding{'s' * (found != 1)}. Tested: {names}." if found
                    else f"Nothing wrong was found. Tested: {names}.",
    }  # fmt: skip


def at_a_glance(session: Session) -> dict[str, Any]:
    """What shows in the step that is shown, without what takes its time."""
    run, step = session.run, session.step
    looked = _Looked(run)
    found: Any = ()
    if run.last:
        looked.over = looked.over and step >= run.last
        look = looked.ended() if step >= run.last else looked.at(max(1, step))
        found = doctor.looked_at(look, cheap=True).findings
    session.findings = list(found)
    listed = [_plain(one) for one in found]
    said = "; ".join(one["what"] for one in listed) or "Nothing wrong shows in this step."
    return {"findings": listed, "said": said, "glance": True}


def calm_rate(run: Run) -> float:
    """A tenth of the rate, or less where the curvature at the start asks for less."""
    return float(calmer(_Looked(run).at(1)).change["lr"])


def _listed(told: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": word, "sentence": said} for word, said in told.items()]


def _plain(finding: Any) -> dict[str, Any]:
    evidence = [
        {"name": word, "value": value, "shown": f"{value:.4g}" if isinstance(value, float)
         else str(value)}
        for word, value in finding.evidence.items()
    ]  # fmt: skip
    remedy = None
    if finding.remedy:
        change = dict(finding.plain()["remedy"]["change"])
        remedy = {"said": finding.remedy.said, "change": change, "may": may(change),
                  "here": set(change) == {EPOCHS}}  # fmt: skip
    return {
        "disease": finding.disease,
        "title": f"{finding.disease.replace('-', ' ').capitalize()}:",
        "severity": finding.severity, "what": finding.what,
        "why": finding.why, "where": str(finding.where), "evidence": evidence, "remedy": remedy,
        "since": finding.since, "until": finding.until, "follows": finding.follows,
        "said_follows": f"It follows from {finding.follows}." if finding.follows else "",
    }  # fmt: skip


# -- what is looked at -----------------------------------------------------------------------------


class _Looked:
    """What a course asks of a run that was trained: any of its iterations, and its end."""

    def __init__(self, run: Run) -> None:
        self.run, self.broken, self.over = run, run.broken, is_over(run)
        self.case = _case(run.built, run)

    @property
    def last(self) -> int:
        """The last iteration there is: one more than were done, where the next one broke off."""
        return self.run.last + (self.broken is not None)

    def at(self, iteration: int) -> Snapshot:
        """What an iteration begins with."""
        given, _ = self.run.segment(iteration).given(self.run.values(iteration - 1), iteration)
        return self._taken(iteration, given, iteration - 1)

    def ended(self) -> Snapshot:
        """The weights that it ended with, as if another iteration began with them."""
        if self.broken is not None:
            return self.at(self.last)
        given, _ = self.run.segment(self.last + 1).given(self.run.values(self.last), self.last + 1)
        return self._taken(self.last, given, self.last)

    def _taken(self, iteration: int, given: Any, done: int) -> Snapshot:
        epochs = done // self.case.per_epoch
        known = [pair for pair in self.new_losses if pair[0] <= epochs]
        failure = self.failure if iteration == self.last else None
        taken = snapshot.taken(self.case, iteration, given, self._history(epochs), known, failure)
        return replace(taken, over=self.over)

    @property
    def failure(self) -> NotFinite | None:
        """Where it broke off, if it did."""
        if self.broken is None:
            return None
        word, _, place = self.broken.cell.partition("[")
        cell = tuple(int(one) - 1 for one in place.rstrip("]").split(",") if one)
        return NotFinite(self.broken.said, step=word, iteration=self.broken.iteration, cell=cell,
                         rate=self.run.train.lr)  # fmt: skip

    def _history(self, epochs: int) -> History:
        losses, rates = self._course
        return History(loss=losses[:epochs], rate=rates[:epochs], iterations=self.run.last,
                       kept_epoch=epochs)  # fmt: skip

    @cached_property
    def _course(self) -> tuple[list[float], list[float]]:
        """The loss and the rate of each epoch that is over."""
        per, count = self.case.per_epoch, self.case.count
        epochs = self.run.last // per
        losses = self.run.all_losses(0, epochs * per).reshape(-1, per)
        sizes = np.minimum(count - np.arange(0, per) * self.case.batch, self.case.batch)
        shares = np.full(per, 1 / count) if self.case.summed else sizes / count
        rates = [self.run.segment(1 + epoch * per).train.lr for epoch in range(epochs)]
        return (losses @ shares).tolist(), rates

    @cached_property
    def new_losses(self) -> list[tuple[int, Any]]:
        """The loss of each test row, at some of the epochs."""
        built, rows = self.run.built, self.run.built.test
        if rows is None:
            return []
        judge = engine().prepare(built.network.program(), ["losses"])
        epochs = np.unique(np.linspace(1, max(1, self.run.last // self.case.per_epoch), CURVE,
                                       dtype=int))  # fmt: skip
        found = []
        for epoch in epochs.tolist():
            step = min(epoch * self.case.per_epoch, self.run.last)
            values = {**self.run.values(step), "X": rows.X, "y": rows.y}
            with np.errstate(all="ignore"):
                found.append((epoch, judge(values)["losses"].sum(1)))
        return found


def is_over(run: Run) -> bool:
    """Whether a training has come to its end: broke off, or reached one of its stop rules."""
    until, last = run.train.until, run.last
    return (
        run.broken is not None
        or last >= until.steps
        or (until.loss is not None and run.loss(last) <= until.loss)
        or (until.plateau is not None and last - run.best_step(last) >= until.plateau)
    )


def _case(built: Built, run: Run) -> Any:
    train, segment = run.train, run.segments[-1]
    planned = run.last if is_over(run) else train.until.steps
    settings = Settings(
        epochs=max(1, -(-planned // segment.per_epoch)), batch_size=train.batch, rate=train.lr,
        schedule=train.schedule, seed=built.job.options.seed,
    )  # fmt: skip
    return Case(
        replace(built.network, l1=train.l1, l2=train.l2), built.start, built.rows, settings,
        train.optimizer, train.clip, None, built.test, built.task, tuple(built.labels["inputs"]),
        built.job,
    )  # fmt: skip
