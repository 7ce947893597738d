"""`workings evaluate`: a model scored on rows whose target is known."""

from __future__ import annotations

import click

from workings.cli import _print
from workings.data import table_or_builtin
from workings.errors import DataError
from workings.models import load
from workings.scoring import confusion, scores

CLASSES_SHOWN = 12


@click.command("evaluate", short_help="Score a model on rows whose target is known.")
@click.argument("model")
@click.argument("table")
def COMMAND(model: str, table: str) -> int:  # noqa: N802 - every command file has one
    """Score MODEL on all rows of TABLE, a CSV or TSV file with the target column."""
    trained, rows = load(model), table_or_builtin(table)
    target = trained.preparation.target.name
    if target not in rows.names:
        raise DataError(
            f"cannot score {rows.source}: it has no column {target!r}, which the model predicts",
            hint="Use 'workings predict' for rows whose target is not known.",
        )
    known = rows.take(~rows[target].missing)
    if len(known) == 0:
        raise DataError(f"cannot score {rows.source}: no row has a value in {target}")
    _print.say(f"Read {rows.source}: {_print.amount(len(known), 'row')} with a value in {target}.")
    unseen = trained.preparation.unseen(known)
    if unseen:
        _print.say(
            f"  note: {_print.amount(len(unseen), 'cell')} with words never seen in training "
            f"(first: {unseen[0]})"
        )
    _print.scores({"network": scores(trained, known)})
    if trained.classes and len(trained.classes) <= CLASSES_SHOWN:
        _print.say()
        _print.say("Rows of each class (down), and what they were taken for (across):")
        counts = confusion(trained, known)
        body = [[label, *map(str, row)] for label, row in zip(trained.classes, counts, strict=True)]
        _print.columns([["", *trained.classes], *body])
    return 0
