"""`workings train`: a table in, a scored model out."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path
from typing import Any

import click

from workings import files
from workings.cli import _live, _options, _print, _progress
from workings.cli._table import SHEET
from workings.data import Table, table_or_builtin
from workings.errors import NotFinite
from workings.jobs import cross_validation
from workings.jobs.cross_validation import CrossValidation
from workings.jobs.fitting import located
from workings.jobs.job import Job, Result
from workings.jobs.options import options_of


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
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option("--watch", "live", is_flag=True, help="Show it live in the playground; see `play`.")
def COMMAND(  # noqa: N802 - every command file has one
    table: str, of_sheet: str | None, target: str | None, output: Path, report: Path | None,
    quiet: bool, live: bool,
    cv: int | None, against: str | None, **options: Any,
) -> int:  # fmt: skip
    """Train a network on TABLE and score it on rows it has not seen.

    TABLE is a file (CSV of any kind, also packed; Excel; Parquet), - for standard input, or a
    built-in table: article, moons, blobs, circles, spiral, xor,
    iris, wine, breast-cancer, digits, diabetes.

    With --cv every row is tested once, by a network that was not trained on it, and the scores are
    given with their spread over the folds; the model is then trained and saved as without.
    """
    chosen = options_of(**options)
    cross_validation.check_against(against)
    files.check_writable(output, table)
    if report:
        files.check_writable(report, table, output)
    found, wanted = located(table_or_builtin(table, sheet=of_sheet), target)
    job = Job(found, wanted, chosen)
    _print_table(found, job)
    _print_network(job)
    already = len(job.notes)
    try:
        folds = None if cv is None else _folds(job, found, cv, against=against, quiet=quiet)
        if folds and folds.interrupted:
            _print.note("workings: stopped; no model was written")
            return 130
        with _live.shown(job, found.source, live) as told, _progress.shown(quiet) as watch:
            result = job.run(_live.both(told, watch), against=against is not None)
    except NotFinite as error:
        again = " ".join(filter(None, [shlex.quote(table), _options.said()]))
        error.hint = f"{error.hint} No model was written. See: workings diagnose {again}"
        raise
    result = cross_validation.recorded(result, folds) if folds else result
    _keep(result, folds, output, report)
    _print_result(result, already)
    _print_kept(output, report)
    where = [] if of_sheet is None else ["--sheet", of_sheet]
    _print_diagnosis(job, result, shlex.join([str(output), table, *where]))
    _live.wait()
    return 130 if result.history.stopped == "interrupted" else 0


def _keep(result: Result, folds: CrossValidation | None, output: Path, report: Path | None) -> None:
    """Writes what was asked for, before anything is printed: the reader may have gone away."""
    result.model.save(output)
    if report:
        from workings.reporting import pages as reporting

        reporting.write(result, report, folds)


def _print_kept(output: Path, report: Path | None) -> None:
    _print.say()
    _print.say(f"Saved {output} ({output.stat().st_size / 1000:.0f} kB). Predict new rows with:")
    _print.say(f"  workings predict {output} NEW.csv")
    if report:
        _print.say(f"Wrote {report}.")


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


def _folds(
    job: Job, table: Table, count: int, *, against: str | None, quiet: bool
) -> CrossValidation:
    with _progress.shown(quiet) as watch:
        found = cross_validation.of_job(job, table, folds=count, against=against, watch=watch)
    _print_folds(found)
    return found


def _print_folds(found: CrossValidation) -> None:
    _print.say()
    _print.say(found.described)
    _print.say("Mean ± standard deviation over the folds (standard error of the mean):")
    _print.aligned(found.table())
    _print.say()
    _print.aligned(found.by_fold())
    for line in found.verdicts:
        _print.say(line)
    for line in found.notes:
        _print.say(f"  note: {line}")
    _print.say()


def _described(job: Job) -> list[list[str]]:
    becomes = dict(job.preparation.described())
    columns = [column for column in job.table.columns if column.name != job.target]
    return [[c.name, c.kind, str(int(c.missing.sum())), becomes[c.name]] for c in columns]


def _print_network(job: Job) -> None:
    rows = [f"{len(job.training)} to train", f"{len(job.test)} to test"]
    rows[1:1] = [f"{len(job.validation)} to know when to stop"] if len(job.validation) else []
    _print.say(f"Rows: {', '.join(rows)}.")
    _print.say(f"Network: {job.described()}.")


def _print_diagnosis(job: Job, result: Result, words: str) -> None:
    """A line, if something is found that is more than a note, and the command that says more."""
    from workings.diagnosing import over

    found = over.of_result(job, result)
    if found.worst in ("error", "warning"):
        names = dict.fromkeys(one.disease for one in found.findings if one.severity != "note")
        _print.say(f"Diagnosis: {', '.join(names)}. See: workings diagnose {words}")


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
    else:
        _print.say(f"No epoch was finished{ended}: these are the weights it started with.")
    for line in result.notes[already:]:
        _print.say(f"  note: {line}")
    _print.say()
    _print.scores(result.score_table)
    if result.baselines:
        _print.say(result.verdict)
