"""What was found about a table, before anything is trained: as data, for whoever shows it.

inspected(table, target, options)    -> Inspection
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from workings.data import Column, Table
from workings.data.kinds import missing
from workings.data.stored import NumberCells
from workings.data.tasks import distinct
from workings.errors import DataError, SettingError
from workings.files import clean
from workings.jobs.job import Job
from workings.jobs.options import Options
from workings.preparation.columns import category_column, identifier, number_column, useless
from workings.preparation.findings import findings

EXAMPLES = 3  # values of a column that are shown
EXAMPLE = 16  # characters of each
UNREAD = "?"  # the kind of a column with a cell that cannot be read
MANY_DAYS = 700_000  # from 1970; a date has a year of four digits


@dataclass(frozen=True)
class Seen:
    """What was found about one column, in words."""

    name: str
    kind: str
    missing: int
    different: int
    values: str
    becomes: str


@dataclass(frozen=True)
class Inspection:
    """What was found about a table: its columns, the task, what is odd, what training would be.

    `classes` are the classes with their rows, the most frequent first. `refused` is the sentence
    with which training would be refused, if it would be.
    """

    table: Table
    columns: tuple[Seen, ...]
    target: str | None = None
    task: str = ""
    task_reason: str = ""
    classes: tuple[tuple[str, int], ...] = ()
    network: str = ""
    notes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    refused: str = ""


def inspected(
    table: Table, target: str | None = None, options: Options | None = None
) -> Inspection:
    """What is found about `table`, and what training with `options` would do with it.

    Raises `UnknownName` for a name that is no column; what is wrong with the table is a finding.

    >>> from workings.data import builtin_table
    >>> found = inspected(builtin_table("iris"), "species")
    >>> found.task, found.columns[0].becomes, found.classes[0]
    ('classification', '1 input, scaled; missing become 5.8', ('setosa', 50))
    """
    wanted = table.target if target is None else table[target].name
    job, refused = _job(table, wanted, options or Options())
    becomes = dict(job.preparation.described()) if job else {}
    columns = tuple(_seen(column, becomes, wanted) for column in table.columns)
    if job is None:
        return Inspection(
            table, columns, wanted, findings=tuple(findings(table, wanted)), refused=refused
        )
    return Inspection(
        table, columns, wanted, job.task, job.dealt.task_reason, tuple(job.dealt.listed),
        job.described(), tuple(job.notes),
        tuple(findings(job.table, wanted, job.task) + _on_size(job)),
    )  # fmt: skip


def _job(table: Table, target: str | None, options: Options) -> tuple[Job | None, str]:
    if target is None:
        return None, ""
    try:
        return Job(table, target, options), ""
    except (DataError, SettingError) as error:
        return None, str(error)


def _seen(column: Column, becomes: dict[str, str], target: str | None) -> Seen:
    missing = int(column.missing.sum())
    try:
        kind, values = _kind(column), _values(column)
        becoming = "the target" if column.name == target else becomes.get(column.name)
        if column.name == target and column.spelling:
            becoming = f"the target; read as {column.spelling.described()}"
        becoming = becoming or ("ignored" if becomes else _becomes(column))
    except DataError as error:
        kind, values, becoming = UNREAD, "", str(error)
    return Seen(column.name, kind, missing, _different(column), values, becoming)


def _kind(column: Column) -> str:
    spelling = column.spelling
    if column.kind == "number" and spelling and spelling.date:
        return "time" if spelling.date == "h:m" else "date"
    return column.kind


def _different(column: Column) -> int:
    if isinstance(column.cells, NumberCells):
        return len(np.unique(column.cells.values[~column.missing]))
    return len(set(column.words))


def _values(column: Column) -> str:
    """The range of numbers, the most frequent words."""
    if column.kind == "empty":
        return ""
    if column.kind == "number":
        values = column.numbers()
        low, high = (_example(column, int(f(values))) for f in (np.nanargmin, np.nanargmax))
        return low if low == high else f"{low} .. {high}"
    often = _often(column)
    listed = [_short(word) for word in often[:EXAMPLES]]
    return ", ".join(listed) + (", ..." if len(often) > EXAMPLES else "")


def _often(column: Column) -> list[str]:
    """The different words of a column, the most frequent first."""
    cells, counts = distinct(column), Counter[str]()
    for word, count in zip(cells.words, cells.counts().tolist(), strict=True):
        counts[word] += count
    held = ((word, count) for word, count in counts.items() if count and not missing(word))
    return [word for word, _ in sorted(held, key=lambda pair: -pair[1])]


def _example(column: Column, row: int) -> str:
    """A number as it stands in the table; a date that is kept as days as a date."""
    spelling, value = column.spelling, column.numbers()[row]
    kept = isinstance(column.cells, NumberCells) and spelling and spelling.date not in ("", "h:m")
    if kept and abs(value) < MANY_DAYS:
        return str(np.datetime64(int(np.floor(value)), "D"))
    return _short(column.cells[row])


def _short(text: str) -> str:
    text = clean(text)
    return text if len(text) <= EXAMPLE else text[: EXAMPLE - 1] + "…"


def _becomes(column: Column) -> str:
    """What training would do with a column, whatever the target is."""
    reason = useless(column) or identifier(column)
    if reason:
        return f"left out: {reason}"
    if column.kind == "number":
        read = f"; read as {column.spelling.described()}" if column.spelling else ""
        return f"1 input, scaled; missing become {number_column(column).usual}{read}"
    levels = len(category_column(column).levels)
    return f"{levels} input{'s' * (levels > 1)}, one for each word"


def _on_size(job: Job) -> list[str]:
    """How many rows there are for each weight; with few, a network learns them by heart."""
    rows, weights = len(job.training), job.count_weights(job.network)
    if weights <= rows:
        return []
    return [
        f"the network has {weights} weights for {rows} rows to train on, {rows / weights:.2g} "
        "rows for each: it can learn them by heart, so look at the test scores and try a smaller "
        "--hidden"
    ]
