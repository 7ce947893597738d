"""`workings size`: how many hidden neurons a table needs."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from workings import files
from workings.cli import _options, _print, _progress, _signals
from workings.cli._table import SHEET
from workings.data import table_or_builtin
from workings.jobs import sizing
from workings.jobs.fitting import located
from workings.scores.folds import FOLDS

LEFT_OUT = ("hidden", "test_size")  # the sizes are compared, and every row is tested


@click.command("size", short_help="Find out how many hidden neurons a table needs.")
@click.argument("table")
@SHEET
@click.option(
    "--sizes",
    default=",".join(map(str, sizing.SIZES)),
    callback=_options.whole_numbers("--sizes 0,1,2,4,8"),
    show_default=True,
    help="Hidden neurons to try; 0 for no hidden layer.",
)
@click.option(
    "--folds", type=int, default=FOLDS, show_default=True, help="Parts the rows are dealt into."
)
@_options.training_options(*LEFT_OUT)
@click.option("--report", type=click.Path(path_type=Path), help="An HTML page about it.")
@click.option("--quiet", is_flag=True, help="No progress.")
def COMMAND(  # noqa: N802 - every command file has one
    table: str, of_sheet: str | None, target: str | None, sizes: tuple[int, ...], folds: int,
    report: Path | None, quiet: bool, **options: Any,
) -> int:  # fmt: skip
    """Try networks with one hidden layer of each size on TABLE, and recommend one.

    Each size is trained and tested on the same folds, so that every row is tested once by a
    network that was not trained on it. Recommended is the smallest size whose mean score is within
    one standard error of the best.
    """
    if report:
        files.check_writable(report, table)
    found, wanted = located(table_or_builtin(table, sheet=of_sheet), target)
    with _progress.shown(quiet) as watch:
        curve = sizing.size(found, wanted, sizes=sizes, folds=folds, watch=watch, **options)
    _print.say(f"Predicting {wanted} from {found.source}: {curve.task}.")
    for line in (curve.described, *(f"  note: {note}" for note in curve.notes)):
        _print.say(line)
    _print.say()
    _print.aligned(curve.table())
    _print.say()
    _print.say(curve.sentence)
    typed = _options.said()
    command = f"workings train {shlex.quote(table)} --hidden {curve.recommended.hidden} {typed}"
    _print.say("Train it with:")
    _print.say(f"  {command.rstrip()}")
    if report:
        from workings.reporting import pages as reporting

        reporting.save(reporting.size_page(curve, command.rstrip()), report)
        _print.say(f"Wrote {report}.")
    return _signals.code() if curve.interrupted else 0
