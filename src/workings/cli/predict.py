"""`workings predict`: a model and new rows in, predictions out."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from workings import files
from workings.cli import _print
from workings.cli._table import SHEET
from workings.data import table_or_builtin, write_csv
from workings.errors import UnknownName
from workings.models import load

UNSEEN = ("error", "none")


@click.command("predict", short_help="Predict new rows with a model.")
@click.argument("model")
@click.argument("table")
@SHEET
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Where the predictions go; by default to standard output.",
)
@click.option("--proba", is_flag=True, help="The probability of each class as well.")
@click.option(
    "--unseen",
    default="error",
    show_default=True,
    help="A word that no training row held: 'error', or 'none' of the known ones.",
)
def COMMAND(  # noqa: N802 - every command file has one
    model: str, table: str, of_sheet: str | None, output: Path | None, proba: bool, unseen: str
) -> int:
    """Predict the rows of TABLE with MODEL.

    TABLE is a file (CSV of any kind, also packed; Excel; Parquet), - for standard input, or a
    built-in table. Columns are found by name; others are left aside. The first column of the
    answer is the line of the row in TABLE, the next what is predicted: a column for each target
    column of the model.
    """
    if unseen not in UNSEEN:
        raise UnknownName("way to treat words never seen", unseen, UNSEEN)
    if output:
        files.check_writable(output, model, table)
    trained, rows = load(model), table_or_builtin(table, sheet=of_sheet)
    target = trained.preparation.target
    names, columns = ["line"], [list(map(str, rows.lines))]
    answers = trained.answers(rows, unseen=unseen)
    said = trained.labels_of(answers).reshape(len(rows), len(target.columns))
    for one, values in zip(target.columns, said.T, strict=True):
        names.append(one.name)
        columns.append([str(x) if one.classes else repr(float(x)) for x in values])
    if proba:
        shares = trained.shares_of(answers)
        for label, values in zip(trained.classes or target.said, shares.T, strict=True):
            names.append(f"P({label})")
            columns.append([repr(float(share)) for share in values])
    if unseen == "none":
        for cell in trained.preparation.unseen(rows):
            _print.note(f"note: {cell} was never seen in training and counts as none of the known")
    if output:
        write_csv(output, names, columns)
        _print.note(f"Wrote {output}: {_print.amount(len(rows), 'row')}.")
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(zip(*columns, strict=True))
    return 0
