"""What a table says against itself, before anything is trained on it.

    findings(table, target, task)    one sentence for each thing that is odd: rows that are there
                                     twice, rows that contradict each other, columns that name
                                     their rows or give the target away, classes with one row

Nothing is changed and nothing refused here; each sentence says what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workings.data import Column, Table
from workings.data.kinds import shown
from workings.data.stored import NumberCells, worded
from workings.errors import DataError
from workings.preparation.columns import called_identifier, identifier

Codes = NDArray[np.int64]
Marks = NDArray[np.uint64]

ENOUGH = 10  # rows; with fewer, columns are alike by chance
LISTED = 5
MOSTLY = 0.5  # a column is mostly missing
ALIKE = 1 - 1e-9  # correlation of what is the same amount in other units


def findings(table: Table, target: str | None = None, task: str = "") -> list[str]:
    """What is odd about a table, in sentences."""
    codes = {column.name: codes_of(column) for column in table.columns}
    found = _about_rows(table, codes, target)
    others = [column for column in table.columns if column.name != target]
    found += [said for column in others if (said := _about_column(column, codes[column.name]))]
    if target is None or len(table) < 2:
        return found
    found += [
        f"{shown(column.name)} gives {shown(target)} away ({how}): is it known when a prediction "
        "is wanted? If not, --ignore it"
        for column in others
        if (how := _gives_away(column, table[target], (codes[column.name], codes[target]), task))
    ]
    if task == "classification":
        found += _about_classes(codes[target], table[target])
    return found


def codes_of(column: Column) -> Codes:
    """For each cell a number (n,), the same for the same value; missing cells are one value."""
    if isinstance(column.cells, NumberCells):
        return np.unique(column.cells.values, return_inverse=True)[1].astype(np.int64)
    words = worded(column.cells)
    spelled = {word: place for place, word in enumerate(dict.fromkeys(words.words))}
    places = np.array([spelled[word] for word in words.words], np.int64)[words.codes]
    return np.where(column.missing, -1, places)


def _about_rows(table: Table, codes: dict[str, Codes], target: str | None) -> list[str]:
    names = [column.name for column in table.columns if not _names_rows(column)]
    found = []
    rows = _marks([codes[name] for name in names], len(table))
    twice = len(table) - len(np.unique(rows))
    if twice:
        found.append(
            f"{_rows(twice)} {'repeats' if twice == 1 else 'repeat'} another one: the same row may "
            "be learnt and tested"
        )
    inputs = [codes[name] for name in names if name != target]
    if target is not None and inputs:
        alike = _marks(inputs, len(table))
        groups, place = np.unique(alike, return_inverse=True)
        pairs = np.unique(np.stack([place, codes[target]]), axis=1)[0]
        torn = np.bincount(pairs, minlength=len(groups)) > 1
        count = int(torn[place].sum())
        if count:
            found.append(
                f"{count} rows contradict each other: the same inputs with different "
                f"{shown(target)}, so no model can be right about all of them"
            )
    return found


def _marks(codes: Sequence[Codes], rows: int) -> Marks:
    """For each row a number (n,) that rows have in common only if all their codes are the same.

    Random numbers of 64 bits are added up, so two different rows in a million million agree.
    """
    random = np.random.default_rng(0)
    total = np.zeros(rows, np.uint64)
    for some in codes:
        most = int(some.max(initial=0)) + 2
        total += random.integers(2**64, size=most, dtype=np.uint64)[some + 1]
    return total


def _names_rows(column: Column) -> bool:
    try:
        return bool(identifier(column)) or _counts(column)
    except DataError:
        return False


def _about_column(column: Column, codes: Codes) -> str:
    """Mostly missing, or counting the rows; what training leaves out by itself is said there."""
    gone = int(column.missing.sum())
    if MOSTLY * len(column) < gone < len(column):
        return f"{shown(column.name)} is missing in {gone} of {len(column)} rows"
    try:
        counts = _counts(column) and not called_identifier(column.name)
    except DataError:
        return ""
    if counts:
        return (
            f"{shown(column.name)} counts the rows (1, 2, 3, ...): if it says nothing but where a "
            "row stands, --ignore it"
        )
    return ""


def _counts(column: Column) -> bool:
    if column.kind != "number" or len(column) < ENOUGH or column.missing.any():
        return False
    values = column.numbers()
    return bool(values[0] in (0, 1) and (np.diff(values) == 1).all())


def _gives_away(column: Column, target: Column, codes: tuple[Codes, Codes], task: str) -> str:
    """How a column gives the target away, or nothing if it does not."""
    ours, goal = codes
    if len(column) < ENOUGH or _names_rows(column):
        return ""
    if task == "regression":
        return _same_amount(column, target)
    different, goals = len(np.unique(ours)), len(np.unique(goal))
    if goals < 2 or different > max(goals, len(column) // 4):
        return ""
    pairs = len(np.unique(np.stack([ours, goal]), axis=1)[0])
    if pairs == different == goals:
        return "each of its values goes with one class, and each class with one value"
    if pairs == different and different <= 2 * goals:
        return "each of its values goes with one class"
    return ""


def _same_amount(column: Column, target: Column) -> str:
    try:
        if column.kind != "number" or target.kind != "number":
            return ""
        both = ~(column.missing | target.missing)
        x, y = column.numbers()[both], target.numbers()[both]
    except DataError:
        return ""
    if len(x) < ENOUGH or np.ptp(x) == 0 or np.ptp(y) == 0:
        return ""
    with np.errstate(all="ignore"):
        correlation = abs(np.corrcoef(x, y)[0, 1])
    return "it is the same amount in other units" if correlation > ALIKE else ""


def _about_classes(goal: Codes, target: Column) -> list[str]:
    places, first, counts = np.unique(goal, return_index=True, return_counts=True)
    single = first[(counts == 1) & (places >= 0)]
    if not len(single):
        return []
    listed = ", ".join(shown(target.cells[int(row)]) for row in single[:LISTED])
    listed += ", ..." if len(single) > LISTED else ""
    what = "1 class has" if len(single) == 1 else f"{len(single)} classes have"
    return [f"{what} one row only ({listed}), and a row cannot be both learnt and tested"]


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
