"""`workings data`: what was found about a table, before anything is trained on it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from workings.cli import _options, _print
from workings.cli._table import SHEET
from workings.data import table_or_builtin
from workings.jobs.inspection import UNREAD, Inspection, Seen, inspected
from workings.jobs.options import options_of

SHOWN = 40  # columns
CLASSES = 12
NAME = 40  # characters


@click.command("data", short_help="Look at a table before training.")
@click.argument("table")
@SHEET
@_options.training_options()
def COMMAND(  # noqa: N802 - every command file has one
    table: str, of_sheet: str | None, target: str | None, **options: Any
) -> int:
    """Say what was found about TABLE, and what `workings train` would do with it.

    How it was read and what was guessed; each column with its kind, its missing cells, its range
    or most frequent words, and what becomes of it; the task; and whatever speaks against trusting
    a model of it. Nothing is trained and nothing is written. The options are those of `train`.
    """
    found = inspected(table_or_builtin(table, sheet=of_sheet), target, options_of(**options))
    _print_table(found)
    _print_task(found)
    if found.findings or not found.refused:
        _print_findings(found)
    return 2 if found.refused else 0


def _print_table(found: Inspection) -> None:
    table = found.table
    _print.say(
        f"Read {table.source}: {_print.amount(len(table), 'row')}, "
        f"{_print.amount(len(table.names), 'column')}."
    )
    for line in (*table.notes, *found.notes):
        _print.say(f"  note: {line}")
    heads = ["column", "holds", "missing", "different", "values", "becomes"]
    _print.columns([heads, *map(_row, found.columns[:SHOWN])])
    rest = found.columns[SHOWN:]
    if rest:
        kinds = Counter(column.kind for column in rest)
        listed = ", ".join(f"{_print.amount(count, kind)}" for kind, count in kinds.items())
        _print.say(f"  ... and {_print.amount(len(rest), 'more column')} ({listed})")


def _row(seen: Seen) -> list[str]:
    name = seen.name if len(seen.name) <= NAME else seen.name[: NAME - 1] + "…"
    return [name, seen.kind, str(seen.missing), str(seen.different), seen.values, seen.becomes]


def _print_task(found: Inspection) -> None:
    if found.target is None:
        _print.say("Name a column with --target to see what would be predicted, and how.")
        return
    if found.refused:
        _print.say(f"Training would be refused: {found.refused}")
        return
    listed = ", ".join(f"{word} {count}" for word, count in found.classes[:CLASSES])
    listed += f", ... ({len(found.classes)} classes)" if len(found.classes) > CLASSES else ""
    listed = f": {listed}" if listed else ""
    _print.say(f"Predicting {found.target}: {found.task} ({found.task_reason}){listed}.")
    _print.say(f"Network: {found.network}.")


def _print_findings(found: Inspection) -> None:
    _print.say()
    if not found.findings:
        unread = any(column.kind == UNREAD for column in found.columns)
        _print.say(f"Nothing {'else ' if unread else ''}odd was found.")
        return
    _print.say("Before you trust a model of this table:")
    for line in found.findings[:SHOWN]:
        _print.say(f"  - {line}.")
    more = len(found.findings) - SHOWN
    if more > 0:
        _print.say(f"  ... and {more} more")
