"""What the command line opens: a preset, a table, a model with its table, or a link.

opened("moons")                                a session with that preset open
opened("table.csv", target="y")                one's own table
opened("model.workings", "table.csv")          a training that is over, any step of it again
"""

from __future__ import annotations

from pathlib import Path

from workings.data import Table, table_or_builtin
from workings.data.builtin import BUILTIN
from workings.errors import SettingError
from workings.jobs.job import Job
from workings.play import intake, links
from workings.play.building import Built, build, built_of, check_size
from workings.play.presets import preset, presets
from workings.play.runs import Run
from workings.play.session import Session
from workings.play.specs import Data, Layer, Net, Spec, Train, Until

FILE = "file"  # where a table comes from that the command line named


def opened(
    what: str | None, table: str | None = None, *, target: str | None = None,
    sheet: str | None = None,
) -> Session:  # fmt: skip
    """A session; with nothing open if nothing is named."""
    session = Session()
    if what is None:
        return session
    if "#s=" in what or what.startswith("s="):
        links.opened(session, what)
    elif what in presets() and not target:
        spec = preset(what).spec
        session.open(build(spec, intake.table_for(session, spec.data)))
    elif what.endswith(".workings"):
        _open_model(session, what, table, sheet)
    else:
        _open_table(session, what, target, sheet)
    return session


def _open_table(session: Session, what: str, target: str | None, sheet: str | None) -> None:
    found = table_or_builtin(what, sheet=sheet)
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
            hint=f"Name one of its columns as --target: {', '.join(found.names[:20])}.",
        )
    session.open(build(intake.suggested(data, found), found))


def _bytes(table: Table, what: str) -> bytes:
    """What the table is recognised by in links: the bytes of its file."""
    path = Path(what)
    return path.read_bytes() if path.is_file() else table.source.encode()


def _open_model(session: Session, what: str, table: str | None, sheet: str | None) -> None:
    """A model on the table it was trained on: its training, step by step, up to its end."""
    from workings.jobs.fitting import replayable
    from workings.models import load

    model = load(what)
    source = table or str(model.record.get("table", {}).get("source", ""))
    if not table and source not in BUILTIN and not Path(source).is_file():
        raise SettingError(
            f"cannot open {what} by itself: its training is shown on the table it was trained on",
            hint=f"Name that table: workings play {what} TABLE.csv",
        )
    job = replayable(model, table_or_builtin(source, sheet=sheet))
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
