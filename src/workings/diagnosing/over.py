"""Runs that are over: what their weights and their history show, without training again.

of_result(job, result)        the end of `workings train`
of_model(model, table)        a network that was trained elsewhere, on rows of a table
of_file(model)                a model file alone: its weights, and its history if it has one
of_weights(case, history)     any weights of a case
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workings import training
from workings.data import Table
from workings.diagnosing import cases
from workings.diagnosing.case import Case
from workings.diagnosing.diagnosis import Diagnosis
from workings.diagnosing.doctor import seen
from workings.diagnosing.snapshot import Snapshot, taken
from workings.jobs.job import Job
from workings.jobs.results import Result
from workings.models import Model
from workings.trace import Array
from workings.training.runs import History

CELLS = 100_000  # of a table: what is odd about more of them is not looked for in passing


def of_result(job: Job, result: Result) -> Diagnosis:
    """What shows at the end of a training, in little time: nothing is trained again."""
    case = cases.of_job(job)
    count = len(job.table) * len(job.table.names)
    start = look_at(case, case.start, History())
    end = look_at(case, result.model.values, result.history)
    return seen(start, end, cheap=True, data=count <= CELLS)


def of_model(model: Model, table: Table) -> Diagnosis:
    """What shows in a trained network on rows whose target is known."""
    return of_weights(cases.of_model(model, table), History())


def of_file(model: Model) -> Diagnosis:
    """What a model shows by itself; most has to be seen on rows."""
    known: Mapping[str, Any] = model.record.get("history") or {}
    history = History(**{word: known[word] for word in vars(History()) if word in known})
    return of_weights(cases.of_model(model), history)


def of_weights(
    case: Case, history: History, weights: Mapping[str, Array] | None = None
) -> Diagnosis:
    """What shows in weights (those a case starts with, if none are named) after this history.

    A case of no rows says what shows in the weights and the curves alone.
    """
    weights = case.start if weights is None else weights
    if case.count:
        return seen(None, look_at(case, weights, history))
    alone = Snapshot(case, max(1, history.iterations), history, weights,
                     new_losses=_curve(history))  # fmt: skip
    return seen(None, alone)


def look_at(case: Case, weights: Mapping[str, Array], history: History) -> Snapshot:
    """A snapshot of these weights, with the first rows as a batch and no optimizer's memory."""
    values = training.started(case.program, weights, case.rows)
    rate = history.rate[-1] if history.rate else case.settings.rate
    batch = case.rows.batch(np.arange(case.batch), 0)
    given = {**values, **batch, "lr": np.asarray(rate, case.rows.X.dtype)}
    return taken(case, max(1, history.iterations), given, history, _curve(history))


def _curve(history: History) -> list[tuple[int, Array]]:
    return [(k, np.array([loss])) for k, loss in enumerate(history.validation_loss, 1)]
