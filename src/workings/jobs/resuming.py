"""A training that is kept in a folder, and gone on with by another process.

    told = Run.of(job, "penguins.csv", every=60.0)       what the run was told
    kept(job, told, folder)                              -> Result, with checkpoints on the way
    resumed("run")                                       -> Resumed: the same job, and its state
    resume("run")                                        -> Result, as if it had run in one piece

Of the table only its place and a digest are kept: it is read again, and has to be the same.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from workings import __version__, facts, training
from workings.activations import activations
from workings.data import BUILTIN, Table, table_or_builtin
from workings.engines import lacking
from workings.engines.auto import machine_of
from workings.errors import DataError, ModelFileError, SettingError, WorkingsError
from workings.files import PathLike, clean
from workings.jobs.checkpoints import Folder, Found
from workings.jobs.job import Job, Result, about
from workings.jobs.keeper import EVERY, KIND, FolderKeeper, check_every
from workings.jobs.locating import is_path, located
from workings.jobs.options import options_of
from workings.language import Op, json_form
from workings.losses import losses
from workings.models import files as model_files
from workings.network import Network
from workings.network import stored as network_data
from workings.training.states import State, from_data

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Run:
    """What a run was told, as plain data: enough to set its job up again.

    `source` is the path of the table as it was said in `folder`, or a built-in table's name; None
    where it was no file. `table` is what it is recognised by. `command` is what whoever started
    the run wants to know again.
    """

    source: str | None
    folder: str
    sheet: str | None
    target: str
    options: Mapping[str, Any]
    test: Sequence[int] | None
    network: Mapping[str, Any]
    definitions: Sequence[Mapping[str, Any]]
    table: Mapping[str, Any]
    every: float = EVERY
    command: Mapping[str, Any] = field(default_factory=dict)
    made_by: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, job: Job, source: PathLike | None, *, sheet: str | None = None,
        every: float = EVERY, command: Mapping[str, Any] | None = None,
    ) -> Run:  # fmt: skip
        """What this job was told; raises `SettingError` for a table that can be read only once."""
        check_every(every)
        source = None if source is None else os.fspath(source)
        if source == STANDARD_INPUT:
            raise SettingError(
                "cannot keep checkpoints of a table from standard input: it cannot be read again",
                hint="Save it to a file, and name that.",
            )
        test = None if job.given_test is None else list(map(int, job.given_test))
        return cls(
            source, str(Path.cwd()), sheet, job.target, job.options.plain(), test,
            network_data.to_data(job.network),
            json_form.definitions(step.expr for step in job.network.program()),
            about(job.table), every, command or {}, made_by(),
        )  # fmt: skip

    def place(self, path: str) -> str:
        """A path that was said in the folder where the run was started, as it is said here."""
        return path if self.folder == str(Path.cwd()) else str(Path(self.folder) / path)


@dataclass(frozen=True)
class Resumed:
    """A run set up again: its job, the state to go on from, and what is to be said first.

    `told` is what else was in the checkpoint, by name.
    """

    run: Run
    job: Job
    table: Table
    state: State | None
    folder: Folder
    told: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether there is no iteration left."""
        return self.state is not None and self.state.ended

    def keeper(self, **more: Any) -> FolderKeeper:
        """Whoever goes on keeping its states."""
        return FolderKeeper(self.folder, self.told, every=self.run.every, **more)


def told_of(run: Run) -> dict[str, Any]:
    """What goes into each checkpoint besides the state."""
    return {"run": asdict(run)}


def kept(job: Job, run: Run, folder: Folder, **more: Any) -> Result:
    """Trains with checkpoints in a folder that holds none yet; `more` is what `Job.run` takes."""
    folder.claim()
    with FolderKeeper(folder, told_of(run), every=run.every) as keeper:
        return job.run(keeper=keeper, **more)


def resume(
    folder: PathLike, table: Any = None, *, watch: training.Watch | None = None
) -> Result:  # fmt: skip
    """Goes on with a training that `train(..., checkpoint=folder)` or `workings train` began.

    The result is that of the same training in one piece, to the last bit of its weights. The table
    is read again from where it was; say `table` where it was no file or has moved. A training that
    was finished already is scored again. Raises `ModelFileError` where no checkpoint is whole,
    `DataError` if the table is not the same.

    >>> import tempfile; folder = tempfile.mkdtemp()
    >>> from workings.jobs.fitting import train
    >>> told = {"hidden": [3], "epochs": 9, "checkpoint": folder}
    >>> stopped = train("iris", watch=lambda report: report.epoch == 4, **told)
    >>> resume(folder).history.epochs  # it was ended, not interrupted
    4
    """
    found = resumed(folder, table)
    with found.keeper() as keeper:
        return found.job.run(watch, keeper=keeper, state=found.state)


def resumed(folder: PathLike, table: Any = None) -> Resumed:
    """A run set up again from the newest checkpoint that is whole."""
    place = Folder(folder)
    found = place.newest()
    run, state = _read(found)
    if is_path(table):
        run, table = replace(run, source=os.path.abspath(table)), None
    rows = _table(run, place, table)
    try:
        network, options = _network(run), options_of(**run.options)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise _malformed(found.path, error) from None
    job = Job(rows, run.target, options, network=network, test=run.test)
    if about(job.table)["digest"] != run.table["digest"]:
        raise DataError(
            f"cannot go on with the training in {place}: {rows.source} is not what it was, "
            f"{run.table['rows']} rows of {clean(str(run.table['source']))}",
            hint="Put the table back as it was, or train again with another folder.",
        )
    notes = [found.note] if found.note else []
    state, more = _on_this_machine(run, state)
    told = {word: x for word, x in found.spec.items() if word in ("folds", "finished")}
    told |= told_of(run)
    return Resumed(run, job, rows, state, place, told, (*notes, *more))


def made_by() -> dict[str, str]:
    """What the last digits depend on besides machine code: versions, products, processor."""
    built: Any = np.show_config(mode="dicts")
    blas, simd = built["Build Dependencies"]["blas"], built["SIMD Extensions"]
    return {
        "workings": __version__, "NumPy": np.__version__,
        "products": f"{blas.get('name')} {blas.get('version')}",
        "processor": " ".join([platform.machine(), *simd.get("found", [])]),
        "cores": str(os.cpu_count()),
    }  # fmt: skip


# -- set up again ----------------------------------------------------------------------------------


def _read(found: Found) -> tuple[Run, State | None]:
    """What the run was told, and where it is; raises `ModelFileError` where that cannot be."""
    if found.spec.get("kind") == KIND and "fit" in found.spec:
        hint = "Call fit again, with this folder as its checkpoint."
        raise model_files.bad(found.path, "it is of a fit by an estimator", hint=hint)
    try:
        if found.spec.get("kind") != KIND:
            raise ValueError("it is no checkpoint")
        run, data = Run(**facts.table(found.spec["run"])), found.spec["state"]
        for word, check in CHECKS.items():
            check(getattr(run, word))
        return run, None if data is None else from_data(data, found.arrays)
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise _malformed(found.path, error) from None


def _malformed(path: PathLike, error: Exception) -> ModelFileError:
    return model_files.bad(path, f"its description is malformed ({error})")


def _table(run: Run, folder: Folder, given: Any) -> Table:
    if given is not None:
        return located(given, run.target)[0]
    if run.source is None:
        raise SettingError(
            f"cannot go on with the training in {folder}: its table was not read from a file",
            hint="Say the table: workings.resume(folder, table).",
        )
    place = run.source if run.source in BUILTIN else run.place(run.source)
    try:
        return table_or_builtin(place, sheet=run.sheet)
    except WorkingsError as error:
        error.message = f"cannot go on with the training in {folder}: {error.message}"
        raise


def _network(run: Run) -> Network:
    known: dict[str, Op] = {**activations(), **losses()}
    ops = json_form.read_definitions(run.definitions, known)
    return network_data.from_data(run.network, ops)


def _on_this_machine(run: Run, state: State | None) -> tuple[State | None, list[str]]:
    """The state as it can be gone on with here, and why the last digits may differ."""
    here = made_by()
    other = [
        f"{word} ({told} then, {here.get(word)} now)"
        for word, told in run.made_by.items() if told != here.get(word)
    ]  # fmt: skip
    ran = "" if state is None or not state.done else state.history.engine
    if state is not None and ran and lacking(ran):
        state = replace(state, history=replace(state.history, engine="numpy"))
        other.append(f"the engine ({ran} then, numpy now, as {lacking(ran)})")
    elif state is not None and ran and state.history.machine not in ("", machine_of(ran)):
        other.append("the processor, which its machine code was made for")
    said = f"the last digits may differ from those of one run: not the same are {', '.join(other)}"
    return state, [said] if other else []


CHECKS: dict[str, facts.Check] = {
    **dict.fromkeys(("folder", "target"), facts.text), "source": facts.optional(facts.text),
    "sheet": facts.optional(facts.text), "test": facts.optional(facts.listed(facts.whole)),
    **dict.fromkeys(("options", "network", "table", "command"), facts.table),
    "definitions": facts.listed(facts.table), "every": facts.number,
    "made_by": facts.mapped(facts.text),
}  # fmt: skip
