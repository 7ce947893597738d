"""Subjects to take away: a trained model, or one of the article's systems.

of_model(model, rows)     with rows as test vectors, and its training if they are its own
of_system(system)         as the article starts it, and as its training ends
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from workings.data import Table
from workings.engines import engine
from workings.errors import SettingError
from workings.exports import Input, Output, Run, Subject
from workings.jobs.fitting import replayable, was_trained_on
from workings.language import Step
from workings.models import Model
from workings.systems import System
from workings.trace import Array
from workings.training import started
from workings.training.runs import Rows, Settings

TESTED = 8  # rows whose answers are carried along as test vectors


def of_system(system: System) -> Subject:
    """A system of the article with its whole run; the perceptron has none to take away."""
    if system.setup is None:
        raise SettingError(
            f"cannot export {system.name}: it is computed once and learns nothing",
            hint="Export article or moons instead.",
        )
    setup, trained = system.setup(), system.train()
    network, rows, settings = setup.network, setup.rows, setup.settings
    axis = network.convention.sample_axis
    forward = network.program().only(network.output)
    output = forward.ref(network.output)
    answer = Step("answer", output if axis == 0 else output.T, "Read the answer", "The output.")
    prediction = forward.then([answer])
    values = {word: trained.values[word] for word in setup.start}
    tests = {"X": rows.X.take(range(min(TESTED, len(setup.X))), axis)}
    program = network.training("sgd")
    return Subject(
        title=system.summary, prediction=prediction, samples=axis, given=["X"], values=values,
        tests=tests, expected=engine().run(prediction, {**values, **tests})["answer"],
        inputs=[Input(f"x{place}") for place in range(1, setup.X.shape[1] + 1)], target="output",
        run=Run(
            iteration=program, X=rows.X, y=rows.y, samples=axis,
            start=started(program, setup.start, rows), rates=trained.history.rate,
            batch_size=settings.batch_size or len(setup.X),
            shuffled=_shuffled(settings, rows, axis),
            seed=settings.seed, summed=network.convention.reduction == "sum",
            losses=trained.history.loss, last=values, engine=trained.history.engine,
        ),
    )  # fmt: skip


def of_model(model: Model, rows: Table | None = None) -> Subject:
    """A model, with the first of `rows` as test vectors.

    If `rows` are the table it was trained on, the training goes along. Without any rows the test
    vectors are drawn to be like the training rows.
    """
    tests = _drawn(model) if rows is None else _first(model, rows)
    given, prepared = model.all_values(tests), model.preparation
    return Subject(
        title=_title(model),
        prediction=model.program, samples=0, given=list(tests),
        values={word: x for word, x in given.items() if word not in tests},
        tests={word: given[word] for word in tests},
        expected=model.answers_of(tests),
        inputs=[
            *(Input(one.name, required=one.name in prepared.required) for one in prepared.numbers),
            *(Input(column.name, column.levels, column.folded) for column in prepared.categories),
        ],
        target=prepared.target.name, classes=model.classes,
        run=_run_of(model, rows) if rows is not None else None,
        labels=prepared.labels,
        outputs=[Output(one.name, one.classes) for one in prepared.target.parts],
    )  # fmt: skip


def _title(model: Model) -> str:
    """What is predicted from what, as far as it is known."""
    target, record = model.preparation.target.name, model.record
    source = record.get("table", {}).get("source")
    if source is None:
        return f"{target} predicted by {record.get('origin', 'a network trained elsewhere')}"
    return f"{target} predicted from {Path(str(source)).name}"


def _first(model: Model, rows: Table) -> Mapping[str, Array]:
    some = rows.take(range(min(TESTED, len(rows))))
    return model.preparation.inputs(some, unseen="none")


def _drawn(model: Model) -> Mapping[str, Array]:
    """Rows like those it was trained on: numbers around their means, a cell missing, any words."""
    random, prepared = np.random.default_rng(0), model.preparation
    drawn = {}
    if prepared.numbers:
        columns = [random.normal(c.mean, abs(c.scale), TESTED) for c in prepared.numbers]
        drawn["numbers"] = np.column_stack(columns).round(3)
        free = [c.name not in prepared.required for c in prepared.numbers]
        if any(free):
            drawn["numbers"][-1, free.index(True)] = np.nan
    if prepared.categories:
        places = [random.integers(0, len(c.levels), TESTED) for c in prepared.categories]
        drawn["categories"] = np.column_stack(places).astype(float)
    return drawn


def _run_of(model: Model, table: Table) -> Run | None:
    """The training of a model, up to the epoch whose weights it kept.

    None where the table is another one, where the masks of dropout would have to go along, and
    where it was interrupted within an epoch or kept none.
    """
    if model.network.drops or not was_trained_on(model, table):
        return None
    job, history = replayable(model, table), model.record["history"]
    rows, settings = job.rows(job.training), job.options.settings
    program, kept = job.iteration, history["kept_epoch"]
    batches = -(-len(job.training) // (settings.batch_size or len(job.training)))
    if history["iterations"] % batches or not kept:
        return None
    axis = model.network.convention.sample_axis
    return Run(
        iteration=program, X=rows.X, y=rows.y, samples=axis,
        start=started(program, job.start, rows), rates=history["rate"][:kept],
        batch_size=settings.batch_size or len(job.training),
        shuffled=_shuffled(settings, rows, axis), seed=settings.seed, summed=False,
        losses=history["loss"][:kept], last=dict(model.values), engine=model.engine,
    )  # fmt: skip


def _shuffled(settings: Settings, rows: Rows, axis: int) -> bool:
    count = rows.X.shape[axis]
    return settings.shuffle and (settings.batch_size or count) < count
