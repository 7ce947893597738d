"""A row typed by hand, through the whole network: cells as text, read as a file's cells are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from workings.data import Column, Table
from workings.data.column import Origin
from workings.errors import DataError, WorkingsError
from workings.play import tapes
from workings.play.protocol import Refused
from workings.play.runs import Run
from workings.views.parts import shortest

LONGEST = 1000  # characters of a cell
SOURCE = "the row you typed"


def predicted(run: Run, step: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """What the network after a step says of a row; refuses cells that cannot be read."""
    built = run.built
    table = _table(built.preparation.columns, row)
    read = _read(run, table)
    model = built.model(run.values(step))
    arrays = built.preparation.inputs(table)
    answers = model.answers_of(arrays)
    said = model.labels_of(answers)[0]
    target = built.job.target
    found: dict[str, Any] = {"row": read, "target": target}
    if not model.classes:
        value = float(answers[0, 0])
        shown = tapes.text(value, tapes.written(value))
        return {**found, "said": shown, "value": value, "exact": repr(value), "classes": [],
                "sentence": f"Predicted {target}: {shown}."}  # fmt: skip
    shares = [
        {"name": word, "value": float(share), "exact": repr(float(share)),
         "shown": tapes.text(float(share), {"decimals": 4, "power": 0})}
        for word, share in zip(model.classes, model.shares_of(answers)[0], strict=True)
    ]  # fmt: skip
    value = float(answers[0].max()) if answers.shape[1] > 1 else float(answers[0, 0])
    return {**found, "said": str(said), "value": value, "exact": repr(value), "classes": shares,
            "sentence": f"Predicted {target}: {said}."}  # fmt: skip


def _table(columns: list[str], row: Mapping[str, Any]) -> Table:
    """The row as a table; what was not typed is missing."""
    for word, cell in row.items():
        if word not in columns:
            raise Refused("bad_value", f"There is no input {str(word)[:60]!r}.", field="row",
                          hint=f"There are: {', '.join(columns[:30])}.")  # fmt: skip
        if not isinstance(cell, str) or len(cell) > LONGEST:
            raise Refused("bad_value", f"cannot read {word}: a text of at most {LONGEST} "
                          "characters was expected", field=f"row.{word}")  # fmt: skip
    origin = Origin(SOURCE, [1], "row")
    made = tuple(Column(word, (row.get(word, "").strip(),), origin) for word in columns)
    return Table(origin, made)


def _read(run: Run, table: Table) -> list[dict[str, str]]:
    """What each cell is read as."""
    prepared, rows = run.built.preparation, []
    for number in prepared.numbers:
        with _of_cell(number.name):
            value = float(number.read(table[number.name])[0])
        read = f"missing: the usual {number.usual}" if np.isnan(value) else shortest(value)
        rows.append({"column": number.name, "cell": table[number.name].cells[0], "read_as": read})
    for category in prepared.categories:
        with _of_cell(category.name):
            code = int(category.codes(table[category.name])[0])
        read = "missing" if code >= 0 and category.levels[code] is None else str(
            category.levels[code])  # fmt: skip
        rows.append({"column": category.name, "cell": table[category.name].cells[0],
                     "read_as": read})  # fmt: skip
    return rows


@contextmanager
def _of_cell(column: str) -> Iterator[None]:
    """What cannot be read is said of the field that it was typed into."""
    try:
        yield
    except WorkingsError as error:
        raise DataError(error.message, hint=error.hint, field=f"row.{column}") from None
