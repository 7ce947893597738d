"""One row of a table, before and after the network: its cells as they stand, and the answer."""

from __future__ import annotations

from workings.cli import _print
from workings.data import Table
from workings.files import clean
from workings.models import Model
from workings.trace import Array, Trace
from workings.views.parts import shortest


def cells(model: Model, table: Table, row: int) -> list[str]:
    """Lines with the cells of a row (from 0) as the file has them, and what each is read as."""
    prepared, one = model.preparation, table.take([row])
    rows = [["column", "cell", "is read as"]]
    for number in prepared.numbers:
        column = one[number.name]
        read = "missing" if column.missing[0] else f"the number {shortest(column.numbers()[0])}"
        rows.append([number.name, repr(column.cells[0]), read])
    for category in prepared.categories:
        column, code = one[category.name], category.codes(one[category.name])[0]
        read = f"place {code} of 0 to {len(category.levels) - 1}"
        if column.missing[0]:
            read = f"missing, {read}"
        rows.append([category.name, repr(column.cells[0]), read])
    where = table.origin.where(row)
    head = f"Row {row + 1} of {clean(table.source)} ({where}), as it stands:"
    return [head, *_print.even(rows), ""]


def answer(model: Model, trace: Trace) -> list[str]:
    """Lines with what the network says of the row that a trace follows, to the last digit."""
    target, answers = clean(model.preparation.target.name), trace["answer"]
    if model.preparation.target.parts:
        return ["", "Predicted:", *_print.even(_each(model, answers))]
    if not model.classes:
        return ["", f"Predicted {target}: {float(answers[0, 0])!r}"]
    shares = model.shares_of(answers)[0]
    rows = [[label, repr(float(share))] for label, share in zip(model.classes, shares, strict=True)]
    said = f"Predicted {target}: {clean(str(model.labels_of(answers)[0]))}"
    return ["", said, *_print.even([["class", "probability"], *rows])]


def _each(model: Model, answers: Array) -> list[list[str]]:
    """A row of words for each target column: its name, what is said of it, and the number."""
    parts, said = model.preparation.target.parts, model.labels_of(answers)[0]
    numbers = [repr(float(number)) for number in answers[0]]
    if not model.preparation.target.labelled:
        return [
            ["column", "amount"],
            *map(list, zip([p.name for p in parts], numbers, strict=True)),
        ]
    rows = zip(parts, said, numbers, strict=True)
    head = ["column", "label", "probability of the second"]
    return [head, *([one.name, str(word), number] for one, word, number in rows)]
