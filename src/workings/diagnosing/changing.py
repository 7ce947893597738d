"""Other settings for the same case: what a remedy changes, by the names that `Options` has.

changed(case, change)         of a network on arrays
job_changed(job, change)      of a training from a table: its options, or rows left out

SETTINGS holds, for each setting, what makes of a case the same case with another value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from workings.diagnosing.case import Case, drawn
from workings.diagnosing.finding import Change
from workings.errors import NotSupported, UnknownName
from workings.jobs.job import Job
from workings.jobs.options import Options
from workings.network import Dense
from workings.trace import Array
from workings.training.runs import Rows

ROWS = "without_rows"  # places of rows (from 0) that are left out
LAST = ("start",)  # settings that are applied after all others
OPTIONS = frozenset(option.name for option in fields(Options))


def changed(case: Case, change: Change) -> Case:
    """A case with other settings; its starting weights are drawn anew only where they must be."""
    for word in sorted(change, key=lambda word: word in LAST):
        if word not in SETTINGS:
            raise UnknownName("setting", word, SETTINGS)
        case = SETTINGS[word](case, change[word])
    return case


def job_changed(job: Job, change: Change) -> Job:
    """A training with other options, on the same split; rows that are left out are in neither."""
    told = {word: value for word, value in change.items() if word != ROWS}
    for word in told:
        if word not in OPTIONS:
            raise NotSupported(
                f"cannot change {word} of a training from a table: it is fixed there"
            )
    options = replace(job.options, **told)
    if not change.get(ROWS):
        return Job(job.table, job.target, options, test=job.given_test)
    kept = np.setdiff1d(np.arange(len(job.table)), change[ROWS])
    table, held_out = job.table.take(kept), set(job.test.lines)
    test = [place for place, line in enumerate(table.lines) if line in held_out]
    return Job(table, job.target, options, test=test)


# -- one function for each kind of setting ---------------------------------------------------------

Setter = Callable[[Case, Any], Case]


def _setting(word: str) -> Setter:
    return lambda case, value: replace(case, settings=replace(case.settings, **{word: value}))


def _of_network(word: str) -> Setter:
    return lambda case, value: replace(case, network=replace(case.network, **{word: value}))


def _with_layers(case: Case, layers: Sequence[Dense]) -> Case:
    return replace(case, network=replace(case.network, layers=tuple(layers)))


def _hidden_layers(**facts: Any) -> Callable[[Case], Case]:
    def with_them(case: Case) -> Case:
        *hidden, last = case.network.layers
        return _with_layers(case, [*(replace(layer, **facts) for layer in hidden), last])

    return with_them


def _hidden(case: Case, sizes: Sequence[int]) -> Case:
    *hidden, last = case.network.layers
    like = hidden[0] if hidden else Dense(1, "tanh")
    case = _with_layers(case, [*(replace(like, units=units) for units in sizes), last])
    return replace(case, start=drawn(case, None))


def _output(case: Case, told: tuple[str, str]) -> Case:
    """The activation of the output layer, and the loss that goes with it."""
    ends, loss = told
    *hidden, last = case.network.layers
    layers = (*hidden, replace(last, activation=ends))
    return replace(case, network=replace(case.network, layers=layers, loss=loss))


def _reduction(case: Case, value: str) -> Case:
    convention = replace(case.network.convention, reduction=value)
    return replace(case, network=case.network.under(convention))


def _scale(case: Case, value: bool) -> Case:
    """Each input less its mean, over its spread, by the rows that are learnt from."""
    if not value:
        return case
    mean, spread = case.rows.X.mean(0), case.rows.X.std(0)
    spread = np.where(spread > 0, spread, 1.0)
    return _with_inputs(case, lambda X: (X - mean) / spread)


def _ignore(case: Case, columns: Sequence[str]) -> Case:
    kept = [place for place, word in enumerate(case.inputs) if word not in columns]
    case = _with_inputs(case, lambda X: X[:, kept])
    case = replace(case, inputs=tuple(case.inputs[place] for place in kept))
    first = case.network.names[0].weights
    return replace(case, start={**case.start, first: np.asarray(case.start[first])[kept]})


def _with_inputs(case: Case, f: Callable[[Array], Array]) -> Case:
    def moved(rows: Rows | None) -> Rows | None:
        return None if rows is None else replace(rows, X=f(rows.X))

    learnt = replace(case.rows, X=f(case.rows.X))
    return replace(case, rows=learnt, new=moved(case.new), validation=moved(case.validation))


def _without_rows(case: Case, places: Sequence[int]) -> Case:
    found = case.rows.batch(np.setdiff1d(np.arange(case.count), places), 0)
    return replace(case, rows=Rows(found["X"], found["y"], found.get("sample_weights")))


SETTINGS: dict[str, Setter] = {
    "lr": _setting("rate"),
    **{word: _setting(word) for word in ("epochs", "batch_size", "schedule", "seed", "patience")},
    **{word: _of_network(word) for word in ("l1", "l2", "loss")},
    "clip": lambda case, value: replace(case, clip=value),
    "optimizer": lambda case, value: replace(case, optimizer=value),
    "activation": lambda case, value: _hidden_layers(activation=value)(case),
    "dropout": lambda case, value: _hidden_layers(dropout=value)(case),
    "hidden": _hidden,
    "output": _output,
    "reduction": _reduction,
    "scale": _scale,
    "ignore": _ignore,
    ROWS: _without_rows,
    "start": lambda case, value: replace(case, start=drawn(case, value)),
}
