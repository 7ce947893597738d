"""What the doctor says of a run, through one small door; and what of it can be done here.

    diagnosing(session)         the reply to `diagnose`, a little at a time
    glancing(session)           what shows in one step, quickly, and a little at a time
    findings(session)           the reply to `diagnose`, at once

The doctor looks at iterations of the very run that is shown; nothing is trained again. Between any
two pieces of it something else may be done: it looks at the run as it was when it began.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from workings.diagnosing import doctor, snapshot
from workings.diagnosing.case import Case
from workings.diagnosing.doctor import Pieces
from workings.diagnosing.snapshot import Snapshot
from workings.diagnosing.units import calmer
from workings.engines import engine
from workings.errors import NotFinite
from workings.play.following import EPOCHS, may
from workings.play.runs import Run
from workings.play.session import Session
from workings.training.runs import History, Settings

CURVE = 64  # epochs, at most, after which the losses of new rows are looked at
NOTHING_YET = "Nothing has happened yet: train, and the doctor looks at it."
BREATH = 0.01  # seconds that are waited for it at a time


def friends() -> Pieces[None]:
    """Imports what the doctor needs, beside everything else."""
    beside = threading.Thread(target=_imported, daemon=True)
    beside.start()
    while beside.is_alive():
        beside.join(BREATH)
        yield


def _imported() -> None:
    import scipy.optimize  # noqa: F401 - what is set beside losses is found by it


def findings(session: Session) -> dict[str, Any]:
    """What was found in the run that is shown, and what was looked for."""
    return doctor.at_once(diagnosing(session))


def diagnosing(session: Session) -> Pieces[dict[str, Any]]:
    """The same, a little at a time, of the run as it is when this is called."""
    looked = _Looked(session.run) if session.run.last else None
    return _diagnosing(session, (session.shown, session.step), looked)


def _diagnosing(
    session: Session, at: tuple[int, int], looked: _Looked | None
) -> Pieces[dict[str, Any]]:
    if looked is None:
        return {"described": "", "findings": [], "tested": [], "untested": [],
                "sentence": NOTHING_YET}  # fmt: skip
    yield from looked.prepared()
    diagnosis = yield from doctor.Course(looked).pieces()
    if session.shown == at[0]:
        session.findings = list(diagnosis.findings)
        session.diagnosed = at
        for client in session.clients.values():
            client.found = None  # what it shows now is not what it was told at a glance
    found, tested = len(diagnosis.findings), len(diagnosis.tested)
    return {
        "described": diagnosis.described,
        "findings": [_plain(one) for one in diagnosis.findings],
        "tested": _listed(diagnosis.tested), "untested": _listed(diagnosis.untested),
        "sentence": f"{found} finding{'s' * (found != 1)} in {tested} tests." if found
                    else f"Nothing wrong was found in {tested} tests.",
    }  # fmt: skip


def glancing(session: Session) -> Pieces[dict[str, Any]]:
    """What shows in the step that is shown, without what takes its time."""
    run, shown, step = session.run, session.shown, session.step
    if not run.last:
        session.findings = []
        return {"findings": [], "said": NOTHING_YET, "glance": True}
    looked = _Looked(run)
    yield from looked.prepared()
    looked.over = looked.over and step >= looked.done
    look = looked.ended() if step >= looked.done else looked.at(max(1, step))
    yield
    found = (yield from doctor.looking(look, cheap=True)).findings
    if session.shown == shown:
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


class _Known:
    """What is known of a run from the last time: its case, and losses of new rows."""

    def __init__(self, run: Run) -> None:
        self.case = _case(run)
        self.made_with = _made_with(run)
        self.new: dict[int, Any] = {}  # by the step they are of
        self.judge = engine().prepare(run.built.network.program(), ["losses"])

    def case_of(self, run: Run) -> Case:
        """The case as the run is now: the very one where nothing has changed."""
        told = _settings(run)
        if _made_with(run) != self.made_with:
            self.case, self.made_with = _case(run), _made_with(run)
        elif told != self.case.settings:
            self.case = self.case.with_settings(told)
        return self.case


_KNOWN: WeakKeyDictionary[Run, _Known] = WeakKeyDictionary()


def _known(run: Run) -> _Known:
    if run not in _KNOWN:
        _KNOWN[run] = _Known(run)
    return _KNOWN[run]


class _Looked:
    """What a course asks of a run that was trained: any of its iterations, and its end."""

    def __init__(self, run: Run) -> None:
        self.run, self.broken, self.over = run, run.broken, is_over(run)
        self.done, self.lr = run.last, run.train.lr
        self.known = _known(run)
        self.case = self.known.case_of(run)

    @property
    def last(self) -> int:
        """The last iteration there is: one more than were done, where the next one broke off."""
        return self.done + (self.broken is not None)

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
                         rate=self.lr)  # fmt: skip

    def _history(self, epochs: int) -> History:
        losses, rates = self._course
        return History(loss=losses[:epochs], rate=rates[:epochs], iterations=self.done,
                       kept_epoch=epochs)  # fmt: skip

    @cached_property
    def _course(self) -> tuple[list[float], list[float]]:
        """The loss and the rate of each epoch that is over."""
        per, count = self.case.per_epoch, self.case.count
        epochs = self.done // per
        losses = self.run.all_losses(0, epochs * per).reshape(-1, per)
        sizes = np.minimum(count - np.arange(0, per) * self.case.batch, self.case.batch)
        shares = np.full(per, 1 / count) if self.case.summed else sizes / count
        rates = [self.run.segment(1 + epoch * per).train.lr for epoch in range(epochs)]
        return (losses @ shares).tolist(), rates

    @property
    def _epochs(self) -> list[int]:
        """After which epochs new rows are looked at."""
        over = self.done // self.case.per_epoch
        return spread(over) if self.run.built.test is not None else []

    def prepared(self) -> Pieces[None]:
        """Finds the losses of new rows that are not known yet, one epoch after the other."""
        rows, new = self.run.built.test, self.known.new
        steps = [epoch * self.case.per_epoch for epoch in self._epochs]
        for step in set(new).difference(steps):
            del new[step]
        for step in steps:
            if step not in new and rows is not None:
                values = {**self.run.values(step), "X": rows.X, "y": rows.y}
                with np.errstate(all="ignore"):
                    new[step] = self.known.judge(values)["losses"].sum(1)
                yield

    @cached_property
    def new_losses(self) -> list[tuple[int, Any]]:
        """The loss of each test row, at some of the epochs."""
        doctor.at_once(self.prepared())
        return [(epoch, self.known.new[epoch * self.case.per_epoch]) for epoch in self._epochs]


def spread(count: int, most: int = CURVE - 2) -> list[int]:
    """1, `count`, and between them multiples of a power of two: next time most are the same.

    >>> spread(10, 4), spread(12, 4), spread(0)
    ([1, 4, 8, 10], [1, 4, 8, 12], [])
    """
    apart = 1
    while count > apart * most:
        apart *= 2
    return sorted({1, *range(apart, count + 1, apart), count}) if count else []


def is_over(run: Run) -> bool:
    """Whether a training has come to its end: broke off, or reached one of its stop rules."""
    until, last = run.train.until, run.last
    return (
        run.broken is not None
        or last >= until.steps
        or (until.loss is not None and run.loss(last) <= until.loss)
        or (until.plateau is not None and last - run.best_step(last) >= until.plateau)
    )


def _settings(run: Run) -> Settings:
    train, segment = run.train, run.segments[-1]
    planned = run.last if is_over(run) else train.until.steps
    return Settings(
        epochs=max(1, -(-planned // segment.per_epoch)), batch_size=train.batch, rate=train.lr,
        schedule=train.schedule, seed=run.built.job.options.seed,
    )  # fmt: skip


def _made_with(run: Run) -> tuple[Any, ...]:
    """What the programs of a case follow from, that may change on the way."""
    return tuple(getattr(run.train, word) for word in ("optimizer", "clip", "l1", "l2"))


def _case(run: Run) -> Case:
    built, train = run.built, run.train
    return Case(
        replace(built.network, l1=train.l1, l2=train.l2), built.start, built.rows, _settings(run),
        train.optimizer, train.clip, None, built.test, built.task, tuple(built.labels["inputs"]),
        built.job,
    )  # fmt: skip
