"""`workings train`: a table in, a scored model out."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from pathlib import Path
from typing import Any

import click

from workings import files
from workings.cli import _options, _print, _training
from workings.cli._table import SHEET
from workings.data import Table, table_or_builtin
from workings.errors import SettingError
from workings.jobs import cross_validation
from workings.jobs.checkpoints import Folder
from workings.jobs.job import Job
from workings.jobs.keeper import EVERY, FolderKeeper
from workings.jobs.locating import located
from workings.jobs.options import options_of
from workings.jobs.resuming import Run, told_of


@click.command("train", short_help="Train a network on a table.")
@click.argument("table")
@SHEET
@_options.training_options()
@click.option("--cv", type=int, metavar="FOLDS", help="Cross-validate first, in so many folds.")
@click.option("--against", metavar="sklearn", help="Set scikit-learn's network beside ours.")
@click.option(
    "-o",
    "--output",
    default="model.workings",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where the model goes.",
)
@click.option("--report", type=click.Path(path_type=Path), help="An HTML page about the run.")
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Keep its state in this folder; see `resume`.",
)
@click.option(
    "--every",
    metavar="TIME",
    callback=_options.seconds,
    help="How often: 30s, 5m, 1h.  [default: 60s]",
)
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option("--watch", "live", is_flag=True, help="Show it live in the playground; see `play`.")
def COMMAND(  # noqa: N802 - every command file has one
    table: str, of_sheet: str | None, target: str | None, output: Path, report: Path | None,
    checkpoint: Path | None, every: float | None, quiet: bool, live: bool,
    cv: int | None, against: str | None, **options: Any,
) -> int:  # fmt: skip
    """Train a network on TABLE and score it on rows it has not seen.

    TABLE is a file (CSV of any kind, also packed; Excel; Parquet), - for standard input, or a
    built-in table: article, moons, blobs, circles, spiral, xor,
    iris, wine, breast-cancer, digits, diabetes.

    With --cv every row is tested once, by a network that was not trained on it, and the scores are
    given with their spread over the folds; the model is then trained and saved as without.

    With --checkpoint the state of the training is kept in a folder every minute (or so often as
    --every says) and when it is stopped; `workings resume DIR` goes on from there, and ends with
    the model that the training would have had in one piece.
    """
    chosen = options_of(**options)
    cross_validation.check_against(against)
    files.check_writable(output, table)
    if report:
        files.check_writable(report, table, output)
    folder = _folder(checkpoint, every, output, report)
    found, wanted = located(table_or_builtin(table, sheet=of_sheet), target)
    job = Job(found, wanted, chosen)
    again = " ".join(filter(None, [shlex.quote(table), _options.said()]))
    where = (table, *([] if of_sheet is None else ["--sheet", of_sheet]))
    keeper = None
    if folder is not None:
        command = {"output": str(output), "report": None if report is None else str(report),
                   "cv": cv, "against": against, "again": again}  # fmt: skip
        run = Run.of(job, table, sheet=of_sheet, every=every or EVERY, command=command)
        folder.claim()
        keeper = FolderKeeper(folder, told_of(run), every=run.every, say=_print.warn)
    _print_table(found, job)
    _print_network(job)
    if keeper is not None:
        keeper.keep(None)
        _print.say(f"Checkpoints: in {keeper.folder}, every {keeper.every:g} s.")
    return _training.carried_out(_training.Setup(
        job, found, output, report, again, where, cv=cv, against=against, quiet=quiet, live=live,
        keeper=keeper,
    ))  # fmt: skip


def _folder(
    checkpoint: Path | None, every: float | None, output: Path, report: Path | None
) -> Folder | None:
    """Where checkpoints go, if they can go there."""
    if checkpoint is None:
        if every is not None:
            raise SettingError(
                "cannot tell what to keep so often: --every goes with --checkpoint",
                hint="Say --checkpoint DIR too.",
            )
        return None
    for other in (output, report):
        if other is not None and os.path.realpath(other) == os.path.realpath(checkpoint):
            raise SettingError(
                f"cannot keep checkpoints in {checkpoint}: that is where another file goes",
                hint="Name another folder.",
            )
    folder = Folder(checkpoint)
    folder.check()
    return folder


def _print_table(table: Table, job: Job) -> None:
    _print.say(
        f"Read {table.source}: {_print.amount(len(table), 'row')}, "
        f"{_print.amount(len(table.names), 'column')}."
    )
    for line in (*table.notes, *job.notes):
        _print.say(f"  note: {line}")
    rows = _described(job)
    for row in rows[: _print.COLUMNS_SHOWN]:
        row[0] = row[0] if len(row[0]) <= 40 else row[0][:39] + "…"
    _print.columns([["column", "holds", "missing", "becomes"], *rows[: _print.COLUMNS_SHOWN]])
    left = len(rows) - _print.COLUMNS_SHOWN
    if left > 0:
        kinds = Counter(row[1] for row in rows[_print.COLUMNS_SHOWN :])
        listed = ", ".join(f"{_print.amount(count, kind)}" for kind, count in kinds.items())
        _print.say(f"  ... and {_print.amount(left, 'more column')} ({listed})")
    classes = job.dealt.listed
    listed = ", ".join(f"{word} {count}" for word, count in classes[: _print.COLUMNS_SHOWN])
    listed += ", ..." if len(classes) > _print.COLUMNS_SHOWN else ""
    listed = f": {listed}" if listed else ""
    _print.say(f"Predicting {job.target}: {job.task} ({job.dealt.task_reason}){listed}.")


def _described(job: Job) -> list[list[str]]:
    becomes = dict(job.preparation.described())
    columns = [column for column in job.table.columns if column.name != job.target]
    return [[c.name, c.kind, str(int(c.missing.sum())), becomes[c.name]] for c in columns]


def _print_network(job: Job) -> None:
    rows = [f"{len(job.training)} to train", f"{len(job.test)} to test"]
    rows[1:1] = [f"{len(job.validation)} to know when to stop"] if len(job.validation) else []
    _print.say(f"Rows: {', '.join(rows)}.")
    _print.say(f"Network: {job.described()}.")
