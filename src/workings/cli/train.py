"""`workings train`: a table in, a scored model out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from workings import files
from workings.cli import _print, _progress
from workings.data import Table
from workings.errors import NotFinite, SettingError
from workings.fitting import located
from workings.jobs import Job, Result
from workings.options import Options, options_of

DEFAULTS = Options()


def _hidden(ctx: click.Context, option: click.Parameter, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise SettingError(
            f"cannot read --hidden {text!r}: whole numbers with commas between were expected",
            hint="For instance --hidden 16,8 for two hidden layers, --hidden 0 for none.",
        ) from None


def _batch(ctx: click.Context, option: click.Parameter, text: str) -> int | None:
    if text == "full":
        return None
    try:
        return int(text)
    except ValueError:
        raise SettingError(
            f"cannot read --batch-size {text!r}: a whole number or 'full' was expected"
        ) from None


@click.command("train", short_help="Train a network on a table.")
@click.argument("table")
@click.option("--target", help="The column to predict.")
@click.option(
    "--hidden",
    default=",".join(map(str, DEFAULTS.hidden)),
    callback=_hidden,
    show_default=True,
    help="Neurons in each hidden layer; 0 for none.",
)
@click.option(
    "--activation", default=DEFAULTS.activation, show_default=True, help="Of the hidden layers."
)
@click.option(
    "--task", default="auto", show_default=True, help="auto, classification or regression."
)
@click.option("--loss", help="What is made small; by default what suits the task.")
@click.option("--optimizer", default=DEFAULTS.optimizer, show_default=True)
@click.option("--lr", type=float, help="Learning rate; by default what suits the optimizer.")
@click.option(
    "--schedule",
    default=DEFAULTS.schedule,
    show_default=True,
    help="Of the learning rate: constant, step, cosine or plateau.",
)
@click.option("--epochs", type=int, default=DEFAULTS.epochs, show_default=True)
@click.option(
    "--batch-size",
    default=str(DEFAULTS.batch_size),
    callback=_batch,
    show_default=True,
    help="Rows per update, or 'full'.",
)
@click.option("--l1", type=float, default=DEFAULTS.l1, show_default=True)
@click.option("--l2", type=float, default=DEFAULTS.l2, show_default=True)
@click.option("--start", help="How weights start: uniform, normal, zeros, glorot, he, lecun.")
@click.option(
    "--test-size",
    type=float,
    default=DEFAULTS.test_size,
    show_default=True,
    help="Share of the rows kept for testing.",
)
@click.option(
    "--patience",
    type=int,
    help="Stop after so many epochs without gain on held-out rows; keep the best.",
)
@click.option("--ignore", multiple=True, metavar="COLUMN", help="Leave a column out.")
@click.option(
    "--category",
    "categories",
    multiple=True,
    metavar="COLUMN",
    help="Read a column of numbers as names of groups.",
)
@click.option("--dtype", default=DEFAULTS.dtype, show_default=True, help="float64 or float32.")
@click.option("--seed", type=int, default=DEFAULTS.seed, show_default=True)
@click.option(
    "-o",
    "--output",
    default="model.workings",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where the model goes.",
)
@click.option("--report", type=click.Path(path_type=Path), help="An HTML page about the run.")
@click.option("--quiet", is_flag=True, help="No progress.")
def COMMAND(  # noqa: N802 - every command file has one
    table: str, target: str | None, output: Path, report: Path | None, quiet: bool, **options: Any
) -> int:
    """Train a network on TABLE and score it on rows it has not seen.

    TABLE is a CSV or TSV file, or a built-in table: article, moons, blobs, circles, spiral, xor,
    iris, wine, breast-cancer, digits, diabetes.
    """
    chosen = options_of(**options)
    files.check_writable(output, table)
    if report:
        files.check_writable(report, table, output)
    found, wanted = located(table, target)
    job = Job(found, wanted, chosen)
    _print_table(found, job)
    _print_network(job)
    already = len(job.notes)
    try:
        with _progress.shown(quiet) as watch:
            result = job.run(watch)
    except NotFinite as error:
        error.hint = f"{error.hint} No model was written."
        raise
    _print_result(result, already)
    result.model.save(output)
    _print.say()
    _print.say(f"Saved {output} ({output.stat().st_size / 1000:.0f} kB). Predict new rows with:")
    _print.say(f"  workings predict {output} NEW.csv")
    if report:
        from workings import reporting

        reporting.write(result, report)
        _print.say(f"Wrote {report}.")
    return 130 if result.history.stopped == "interrupted" else 0


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
        listed = ", ".join(f"{count} of {kind}s" for kind, count in kinds.items())
        _print.say(f"  ... and {_print.amount(left, 'more column')} ({listed})")
    counts = Counter(job.table[job.target].texts()) if job.task == "classification" else {}
    classes = sorted(counts.items(), key=lambda pair: -pair[1])
    listed = ", ".join(f"{word} {count}" for word, count in classes[: _print.COLUMNS_SHOWN])
    listed += ", ..." if len(classes) > _print.COLUMNS_SHOWN else ""
    listed = f": {listed}" if listed else ""
    _print.say(f"Predicting {job.target}: {job.task} ({job.task_reason}){listed}.")


def _described(job: Job) -> list[list[str]]:
    becomes = dict(job.preparation.described())
    columns = [column for column in job.table.columns if column.name != job.target]
    return [[c.name, c.kind, str(int(c.missing.sum())), becomes[c.name]] for c in columns]


def _print_network(job: Job) -> None:
    rows = [f"{len(job.training)} to train", f"{len(job.test)} to test"]
    rows[1:1] = [f"{len(job.validation)} to know when to stop"] if len(job.validation) else []
    _print.say(f"Rows: {', '.join(rows)}.")
    _print.say(f"Network: {job.described()}.")


def _print_result(result: Result, already: int) -> None:
    history = result.history
    ended = "" if history.stopped == "all epochs done" else f" ({history.stopped})"
    earlier = history.kept_epoch < history.epochs
    kept = f"; kept the weights of epoch {history.kept_epoch}" if earlier else ""
    if history.epochs:
        _print.say(
            f"Trained {_print.amount(history.epochs, 'epoch')} "
            f"({_print.amount(history.iterations, 'iteration')}) in {history.seconds:.1f} s: "
            f"loss {history.loss[0]:.4g} -> {history.loss[-1]:.4g}{ended}{kept}."
        )
    for line in result.notes[already:]:
        _print.say(f"  note: {line}")
    _print.say()
    _print.scores(result.score_table)
    if result.baselines:
        _print.say(result.verdict)
