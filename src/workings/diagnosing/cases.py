"""Where cases come from.

of_job(job)               a training from a table, as `workings train` sets it up
of_arrays(X, y, ...)      a network on arrays that are read as they are
of_setup(setup)           one of the article's systems
of_model(model, table)    a network that was trained elsewhere
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from workings.conventions import Convention
from workings.data import Table
from workings.diagnosing.case import Case, drawn
from workings.diagnosing.changing import changed, job_changed
from workings.engines import engine
from workings.jobs.job import Job
from workings.language import chain
from workings.models import Model
from workings.network import Dense, Network
from workings.scores.scoring import given
from workings.systems import Setup
from workings.trace import Array
from workings.training.runs import Rows, Settings


def of_job(job: Job) -> Case:
    """The case of a training from a table; its changes are those of the options."""
    validation = job.rows(job.validation) if len(job.validation) else None
    held_out = job.test if len(job.test) else job.validation
    return Case(
        job.network, job.start, job.rows(job.given_training), job.options.settings,
        job.options.optimizer, job.options.clip, validation,
        job.rows(given(job.preparation, held_out)) if len(held_out) else None,
        job.task, tuple(job.preparation.labels["inputs"]), job,
        remake=lambda case, change: of_job(job_changed(job, change)),
    )  # fmt: skip


def of_model(model: Model, table: Table | None = None) -> Case:
    """A trained network as a case that begins with its weights; without `table`, of no rows."""
    how = model.network.convention
    if how.samples != "rows" or how.bias == "folded":
        model = model.under(replace(how, samples="rows", bias="own"))
    prepared, target = model.preparation, model.preparation.target
    rows = Rows(np.zeros((0, prepared.inputs_count)), np.zeros((0, target.outputs)))
    if table is not None:
        program = chain(prepared.steps(Convention()), prepared.target_steps(Convention()))
        one = given(prepared, table)
        arrays = {**one.arrays, "target": one.targets, **prepared.constants()}
        found = engine().run(program, arrays)
        rows = Rows(found["X"], found["y"])
    task = "labels" if target.labelled else "classification" if target.classes else "regression"
    network = replace(model.network, weighted=False)
    names = tuple(prepared.labels["inputs"])
    return Case(network, model.values, rows, Settings(), task=task, inputs=names)


def of_setup(setup: Setup) -> Case:
    """The case of one of the article's systems, with its own starting weights."""
    told = setup.network.convention
    bias = "own" if told.bias == "folded" else told.bias
    network = setup.network.under(replace(told, samples="rows", bias=bias, names="article"))
    start = setup.network.translated(setup.start, network)
    task = "classification" if _zeros_and_ones(setup.y) else "regression"
    return Case(network, start, Rows(setup.X, setup.y), setup.settings, task=task, remake=changed)


def of_arrays(
    X: Any, y: Any, *, hidden: Sequence[int] = (8,), activation: str = "sigmoid",
    output: str = "sigmoid", loss: str = "half_squared_error", reduction: str = "mean",
    l2: float = 0.0, optimizer: str = "sgd", clip: float | None = None, start: str | None = None,
    new: tuple[Any, Any] | None = None, task: str | None = None, bias: bool = True,
    **settings: Any,
) -> Case:  # fmt: skip
    """A network on `X` (n, inputs) and `y` (n, outputs), read as they are and suited to nothing.

    `settings` are those of `training.Settings`; `new` is a pair of rows that are not learnt from.

    >>> case = of_arrays([[0.0], [1.0]], [[0.0], [1.0]], hidden=[2], epochs=5, seed=1)
    >>> case.per_epoch, case.weights
    (1, 7)
    """
    rows, new_rows = Rows(X, y), None if new is None else Rows(*new)
    told = Settings(**settings)
    ends = Dense(rows.y.shape[1], output, bias)
    layers = [*(Dense(units, activation, bias) for units in hidden), ends]
    network = Network(layers, loss, Convention("gradient", reduction), l2=l2)
    found = task or ("classification" if _zeros_and_ones(rows.y) else "regression")
    names = tuple(f"x{place}" for place in range(1, rows.X.shape[1] + 1))
    case = Case(
        network, {}, rows, told, optimizer, clip, new=new_rows, task=found, inputs=names,
        remake=changed,
    )  # fmt: skip
    return replace(case, start=drawn(case, start))


def _zeros_and_ones(y: Array) -> bool:
    return bool(np.isin(y, (0.0, 1.0)).all())
