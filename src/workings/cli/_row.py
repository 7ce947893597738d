"""One row of a table, before and after the network: its cells as they stand, and the answer."""

from __future__ import annotations

from workings.cli import _print
from workings.data import Table
from workings.models import Model
from workings.trace import Trace


def print_cells(model: Model, table: Table, row: int) -> None:
    """The cells of a row (from 0) as the file has them, and what each is read as."""
    prepared, one = model.preparation, table.take([row])
    prepared.inputs(one)  # whatever is wrong with the row is said before anything is shown
    rows = [["column", "cell", "is read as"]]
    for number in prepared.numbers:
        column = one[number.name]
        read = "missing" if column.missing[0] else f"{column.numbers()[0]:.17g}"
        rows.append([number.name, repr(column.cells[0]), read])
    for category in prepared.categories:
        column, code = one[category.name], category.codes(one[category.name])[0]
        levels = [level or "missing" for level in category.levels]
        rows.append(
            [
                category.name,
                repr(column.cells[0]),
                f"{code}, counted from 0, of {', '.join(levels)}",
            ]
        )
    _print.say(f"Row {row + 1} of {table.source} ({table.origin.where(row)}), as it stands:")
    _print.columns(rows)
    _print.say()


def print_answer(model: Model, trace: Trace) -> None:
    """What the network says of the row that a trace follows, to the last digit."""
    target, answers = model.preparation.target.name, trace["answer"]
    _print.say()
    if not model.classes:
        _print.say(f"Predicted {target}: {float(answers[0, 0])!r}")
        return
    _print.say(f"Predicted {target}: {model.labels_of(answers)[0]}")
    shares = model.shares_of(answers)[0]
    rows = [[label, repr(float(share))] for label, share in zip(model.classes, shares, strict=True)]
    _print.columns([["class", "probability"], *rows])
