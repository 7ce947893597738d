"""The main job: a table in, a trained model out, with honest scores.

    train(table, target="species", hidden=[16], seed=0)     -> Result
    train(table, ..., checkpoint="run"), resume("run")      the same, in several pieces
    replay(model, table, iteration=k)                       -> the trace of that iteration

The rows are split first; columns are prepared, weights drawn and rows shuffled from one seed, on
training rows alone; the test rows are looked at once, at the end, beside a trivial and a linear
model.
"""

from __future__ import annotations

from typing import Any

from workings import training
from workings.data import Table
from workings.engines import engine
from workings.engines.auto import again
from workings.errors import DataError
from workings.files import PathLike
from workings.jobs.checkpoints import Folder
from workings.jobs.dealing import chosen, dealt, known
from workings.jobs.job import Job, Result, about
from workings.jobs.keeper import EVERY
from workings.jobs.locating import is_path
from workings.jobs.locating import located as located
from workings.jobs.options import Options, options_of
from workings.jobs.resuming import Run, kept
from workings.jobs.resuming import resume as resume
from workings.language import chain
from workings.models import Model
from workings.trace import Trace

REPLAYED = {"options", "table", "history"}  # what the record of a training that is known holds


def train(
    table: Any,
    target: str | None = None,
    *,
    watch: training.Watch | None = None,
    checkpoint: PathLike | None = None,
    every: float = EVERY,
    **options: Any,
) -> Result:
    """Trains a network on a table and scores it on rows it has not seen.

    `table` is the path of a file (CSV of any kind, also packed; Excel; Parquet), the name of a
    built-in table, a `Table`, a data frame, or a pair of arrays (X, y). `options` are the fields of
    `Options`: hidden=[16, 8], activation="relu", epochs=100, seed=0 and so on.

    With `checkpoint`, a folder, its state is kept there every so many seconds and at the end;
    `workings.resume(folder)` goes on from there, after whatever stopped it.

    >>> result = train("xor", hidden=[8], epochs=300, lr=0.05)
    >>> result.model.predict([[0, 1], [1, 1]]).tolist()
    ['1', '0']
    """
    source = table if is_path(table) else None
    table, target = located(table, target)
    job = Job(table, target, options_of(**options))
    if checkpoint is None:
        return job.run(watch)
    return kept(job, Run.of(job, source, every=every), Folder(checkpoint), watch=watch)


def replayable(model: Model, table: Table) -> Job:
    """The training of a model, set up again; raises `DataError` if this is not its table."""
    if not set(model.record) >= REPLAYED:
        raise DataError(
            "cannot replay the training: this model was not trained here, so it is not known",
            hint="Leave the iteration out to see the trained network.",
        )
    if not was_trained_on(model, table):
        told = model.record["table"]
        raise DataError(
            f"cannot replay the training: {table.source} is not the table it was trained on "
            f"({told['source']}, {told['rows']} rows)",
            hint="Name that table, or leave the iteration out to see the trained network.",
        )
    return Job(
        table, model.preparation.target.name, _options(model, same_engine(model)[0]),
        network=model.network, test=model.record.get("test_rows"),
    )  # fmt: skip


def same_engine(model: Model) -> tuple[str, str]:
    """The engine that runs a model's training again, and why it may differ in the last digits.

    The second is "" where it is the engine that ran, on a processor of the same kind.
    """
    found, why = again(model.engine, model.record["history"].get("machine", ""))
    if why:
        why = (
            f"The training ran as machine code and is run again with NumPy, as {why}: "
            "the last digits may differ."
        )
    return found, why


def _options(model: Model, engine_name: str = "numpy") -> Options:
    """The options of a model's training, for an engine that can be had here."""
    return options_of(**{**model.record["options"], "engine": engine_name})


def was_trained_on(model: Model, table: Table) -> bool:
    """Whether this is the very table that a model was trained on, cell by cell."""
    target = model.preparation.target.name
    if target not in table.names or not set(model.record) >= REPLAYED:
        return False
    found = about(known(chosen(table, _options(model)), target))
    return bool(found["digest"] == model.record["table"]["digest"])


def not_trained_on(model: Model, table: Table) -> Table | None:
    """The rows of a model's own table that were kept for testing; None of any other table."""
    if not was_trained_on(model, table):
        return None
    options, test = _options(model), model.record.get("test_rows")
    return dealt(table, model.preparation.target.name, options, test).test


def replay(model: Model, table: Table, *, iteration: int) -> Trace:
    """The whole working of one iteration of a model's training, run again from its seed.

    `table` must be the one it was trained on; raises `DataError` if it is not.
    """
    job = replayable(model, table)
    values, rows = job.replay(iteration)
    network, prepared = model.network, model.preparation
    step = job.iteration
    arrays = {**prepared.inputs(rows), "target": prepared.targets(rows), **prepared.constants()}
    before = chain(prepared.steps(network.convention), prepared.target_steps(network.convention))
    found = {**engine().run(before, arrays), **engine().run(step, values)}
    answer = prepared.answer_steps(step.ref(network.output), network.convention)
    found |= engine().run(answer, {**arrays, network.output: found[network.output]})
    return Trace(model.working_of(step), found, model.labels(rows, table))
