"""`workings evaluate`: a model scored on rows whose target is known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from workings import files
from workings.cli import _print
from workings.cli._table import SHEET
from workings.data import Table, table_or_builtin
from workings.errors import DataError, NotSupported
from workings.jobs.dealing import known as fully_known
from workings.jobs.fitting import not_trained_on
from workings.models import Model, load
from workings.scores.judging import by_class, confusion, intervals
from workings.scores.scoring import Judged, judged, judged_each
from workings.views.parts import digits

CLASSES_SHOWN = 12


@click.command("evaluate", short_help="Score a model on rows whose target is known.")
@click.argument("model")
@click.argument("table")
@SHEET
@click.option("--report", type=click.Path(path_type=Path), help="An HTML page with pictures.")
@click.option(
    "--seed", type=click.IntRange(0, 10**18), default=0, show_default=True, help="Of intervals."
)
def COMMAND(  # noqa: N802 - every command file has one
    model: str, table: str, of_sheet: str | None, report: Path | None, seed: int
) -> int:
    """Score MODEL on all rows of TABLE, which has the target column.

    TABLE is a file (CSV of any kind, also packed; Excel; Parquet), - for standard input, or a
    built-in table.

    Beside each score stands the interval in which 95 % of the scores lie when the rows are drawn
    again with replacement (of the accuracy, Wilson's interval).
    """
    if report:
        files.check_writable(report, model, table)
    trained = load(model)
    _check_report(trained, report)
    known = _known(trained, table_or_builtin(table, sheet=of_sheet))
    facts, unseen = _facts(trained, known)
    _print.say(facts[0])
    for line in facts[1:]:
        _print.say(f"  note: {line}")
    if len(trained.preparation.target.columns) > 1:
        return _several(judged_each(trained, known), seed)
    rows = judged(trained, known)
    apart = judged(trained, unseen) if unseen else None
    scored = _scored(rows, apart, seed)
    _print.aligned(scored)
    rows = apart or rows
    if rows.classes and len(rows.classes) <= CLASSES_SHOWN:
        _print_classes(rows)
    if report:
        from workings.reporting import pages as reporting

        word = "test" if apart else "evaluated"
        page = reporting.evaluation_page(rows, word, known.source, facts, scored)
        reporting.save(page, report)
        _print.say(f"Wrote {report}.")
    return 0


def _check_report(model: Model, report: Path | None) -> None:
    count = len(model.preparation.target.columns)
    if report and count > 1:
        raise NotSupported(
            f"cannot write a report about {count} target columns at once yet",
            hint="Leave --report out; the scores are printed for each of them.",
        )


def _several(columns: Sequence[Judged], seed: int) -> int:
    """The scores of each target column of a model that has several."""
    for rows in columns:
        _print.say()
        _print.say(f"{rows.target}:")
        _print.aligned(_scored(rows, None, seed))
    return 0


def _known(model: Model, rows: Table) -> Table:
    """The rows whose targets are known."""
    known = rows
    for one in model.preparation.target.columns:
        if one.name not in rows.names:
            raise DataError(
                f"cannot score {rows.source}: it has no column {one.name!r}, which the model "
                "predicts",
                hint="Use 'workings predict' for rows whose target is not known.",
            )
        known = fully_known(known, one.name)
    if len(known) == 0:
        raise DataError(
            f"cannot score {rows.source}: no row has a value in {model.preparation.target.name}",
            hint="Use 'workings predict' for rows whose target is not known.",
        )
    return known


def _facts(model: Model, known: Table) -> tuple[list[str], Table | None]:
    """What is to be said of the rows, and those that the model was not trained on, if it was."""
    target, count = model.preparation.target.name, _print.amount(len(known), "row")
    facts = [f"Read {known.source}: {count} with a value in {target}."]
    unseen = not_trained_on(model, known)
    if unseen is not None:
        seen = len(known) - len(unseen)
        told = (
            "what follows the scores is about the others alone"
            if len(unseen)
            else ("score it on rows that it has not seen")
        )
        facts.append(
            f"the model was trained on {seen} of these rows, so scores on all of them are too "
            f"good; {told}"
        )
        unseen = unseen if len(unseen) else None
    words = model.preparation.unseen(known)
    if words:
        cells = _print.amount(len(words), "cell")
        facts.append(f"{cells} with words never seen in training (first: {words[0]})")
    return facts, unseen


def _scored(rows: Judged, unseen: Judged | None, seed: int) -> list[list[str]]:
    """Each score with its interval; those of the rows not trained on beside, if there are any."""
    table = [["", *rows.scores]]
    columns = [(f"{len(rows)} rows", rows)]
    if unseen is not None:
        columns = [(f"all {len(rows)} rows", rows), (f"{len(unseen)} not trained on", unseen)]
    for word, some in columns:
        reach = intervals(some, seed=seed)
        for head, values in ((word, some.scores), ("95 % interval", None)):
            table.append([head, *(_cell(name, values, reach) for name in rows.scores)])
    return [list(line) for line in zip(*table, strict=True)]


def _cell(
    name: str, values: Mapping[str, float] | None, reach: Mapping[str, tuple[float, float]]
) -> str:
    if values is not None:
        return digits(values.get(name, math.nan))
    return " to ".join(map(digits, reach[name])) if name in reach else "-"


def _print_classes(rows: Judged) -> None:
    _print.say()
    heads = ["class", "rows", "precision", "recall"]
    body = [[label, str(count), digits(p), digits(r)] for label, count, p, r in by_class(rows)]
    _print.aligned([heads, *body])
    _print.say()
    _print.say("Rows of each class (down), and what they were taken for (across):")
    lines = zip(rows.classes, confusion(rows), strict=True)
    _print.columns([["", *rows.classes], *([label, *map(str, line)] for label, line in lines)])
