"""What the command line and a notebook open: a preset, a table, a model with its table, or a link.

opened("moons")                                a session with that preset open
opened("table.csv", target="y")                one's own table
opened("model.workings", "table.csv")          a training that is over, any step of it again
opened(model, table)                           the same of things at hand in Python
"""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

from workings.data import Table, table_or_builtin
from workings.data.builtin import BUILTIN
from workings.data.frames import is_frame, table_of_frame
from workings.errors import SettingError
from workings.jobs.fitting import replayable
from workings.jobs.job import Job, Result
from workings.jobs.locating import is_path
from workings.models import Model, load
from workings.play import intake, links
from workings.play.building import Built, build, built_of, check_size
from workings.play.presets import preset, presets
from workings.play.runs import Run
from workings.play.session import Session
from workings.play.specs import Data, Layer, Net, Spec, Train, Until

FILE = "file"  # where a table comes from that the command line named


def opened(
    what: Any, table: Any = None, *, target: str | None = None, sheet: str | None = None
) -> Session:
    """A session; with nothing open if nothing is named.

    `what` is the name of a preset, the path of a table or of a model file, or a link; or a model,
    what came out of a training, a `Table`, a data frame, or a pair of arrays (X, y).
    """
    session = Session()
    if what is None:
        return session
    if not is_path(what):
        _open_thing(session, what, table, target, sheet)
        return session
    what = os.fspath(what)
    if "#s=" in what or what.startswith("s="):
        links.opened(session, what)
    elif what in presets() and not target:
        spec = preset(what).spec
        session.open(build(spec, intake.table_for(session, spec.data)))
    elif what.endswith(".workings"):
        _open_model(session, load(what), what, table, sheet)
    else:
        found = table_or_builtin(what, sheet=sheet)
        _open_table(session, found, what, target)
    return session


def _open_thing(
    session: Session, what: Any, table: Any, target: str | None, sheet: str | None
) -> None:
    """What is at hand in Python."""
    model = what.model if isinstance(what, Result) else getattr(what, "model_", what)
    if isinstance(model, Model):
        _open_model(session, model, "the model", table, sheet)
    else:
        _open_table(session, _as_table(what, target), "", target)


def _as_table(table: Any, target: str | None = None) -> Table:
    if isinstance(table, Table):
        return table
    if isinstance(table, tuple) and len(table) == 2:
        return Table.from_arrays(*table, target=target or "target")
    if is_frame(table):
        return table_of_frame(table)
    raise SettingError(
        f"cannot open a {type(table).__name__}: the name of a preset, a table, a model or a link "
        "was expected",
        hint="A table is a path, a data frame, a Table or a pair of arrays (X, y).",
    )


def _open_table(session: Session, found: Table, what: str, target: str | None) -> None:
    """A table; `what` is where it is on the disk, or "" if it is not."""
    check_size(found)
    data = Data(what if what in BUILTIN else intake.OWN, name=Path(found.source).name,
                target=target, scale="standard", test=0.2)  # fmt: skip
    if data.source == intake.OWN:
        upload = intake.Upload(data.name, _bytes(found, what), found)
        session.uploads[upload.sha256] = upload
        data = intake.named(data, upload)
    if target is None and found.target is None:
        raise SettingError(
            f"cannot open {found.source}: it was not said which column to predict",
            hint=f"Name one of its columns as target (--target): {', '.join(found.names[:20])}.",
        )
    session.open(build(intake.suggested(data, found), found))


def _bytes(table: Table, what: str) -> bytes:
    """What the table is recognised by in links: the bytes of its file, or else of its cells."""
    path = Path(what)
    if what and path.is_file():
        return path.read_bytes()
    text = io.StringIO()
    rows = zip(*(column.cells for column in table.columns), strict=True)
    csv.writer(text, lineterminator="\n").writerows([table.names, *rows])
    return text.getvalue().encode()


def _open_model(session: Session, model: Model, what: str, table: Any, sheet: str | None) -> None:
    """A model on the table it was trained on: its training, step by step, up to its end."""
    source = str(model.record.get("table", {}).get("source", ""))
    if table is None and source not in BUILTIN and not Path(source).is_file():
        raise SettingError(
            f"cannot open {what} by itself: its training is shown on the table it was trained on",
            hint="Name that table behind it.",
        )
    named = source if table is None else table
    found = table_or_builtin(named, sheet=sheet) if is_path(named) else _as_table(named)
    job = replayable(model, found)
    history = model.record["history"]
    check_size(job.table)
    run = of_job(job, Path(what).name, history["rate"])
    per = run.segments[-1].per_epoch
    run.advance(min(history["iterations"], history["kept_epoch"] * per or history["iterations"]))
    session.add(run)
    session.step = run.last


def of_job(job: Job, title: str, rates: list[float] | None = None) -> Run:
    """A training that the command line has set up, as a run."""
    return Run(_built(job, title, rates))


def _built(job: Job, title: str, rates: list[float] | None) -> Built:
    options, network = job.options, job.network
    *hidden, last = network.layers
    steps = options.epochs * -(-len(job.training) // (options.batch_size or len(job.training)))
    spec = Spec(
        title,
        Data(FILE, job.table.source, target=job.target, ignore=options.ignore,
             categories=options.categories, keep=options.keep, task=job.task, scale="standard",
             test=options.test_size, seed=options.seed),
        Net(tuple(Layer(int(layer.units or 0), layer.op.name) for layer in hidden), last.op.name,
            network.loss_row.name, sign=network.convention.sign,
            reduction=network.convention.reduction, start=options.start, seed=options.seed),
        Train(options.optimizer, options.settings.rate, options.batch_size, network.l1, network.l2,
              options.clip, options.schedule, options.epochs, options.seed, Until(max(steps, 1))),
    )  # fmt: skip
    return built_of(job, spec, rates)
