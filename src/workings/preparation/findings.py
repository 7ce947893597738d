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
from workings.data.tasks import classes_of, first_rows
from workings.errors import DataError
from workings.preparation.columns import called_identifier, identifier

Marks = NDArray[np.uint64]

ENOUGH = 10  # rows; with fewer, columns are alike by chance
LISTED = 5
MOSTLY = 0.5  # a column is mostly missing
# the constants of splitmix64 (Steele, Lea and Flood 2014)
MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
ALIKE = 1 - 1e-9  # correlation of what is the same amount in other units


def findings(table: Table, target: str | None = None, task: str = "") -> list[str]:
    """What is odd about a table, in sentences."""
    keys = {column.name: keys_of(column) for column in table.columns}
    found = _about_rows(table, keys, target)
    others = [column for column in table.columns if column.name != target]
    found += [said for column in others if (said := _about_column(column))]
    if target is None or len(table) < 2:
        return found
    found += [
        f"{shown(column.name)} gives {shown(target)} away ({how}): is it known when a prediction "
        "is wanted? If not, --ignore it"
        for column in others
        if (how := _gives_away(column, table[target], (keys[column.name], keys[target]), task))
    ]
    if task == "classification":
        found += _about_classes(table[target])
    return found


def keys_of(column: Column) -> Marks:
    """For each cell a number (n,), the same for the same value; 0 for missing cells alone."""
    if isinstance(column.cells, NumberCells):
        bits = (column.cells.values + 0.0).view(np.uint64)  # -0 is 0
        return np.where(column.missing, 0, ~bits)  # the reverse of no number is 0
    words = worded(column.cells)
    spelled = {word: place for place, word in enumerate(dict.fromkeys(words.words), 1)}
    places = np.array([spelled[word] for word in words.words], np.uint64)[words.codes]
    return np.where(column.missing, 0, places)


def _about_rows(table: Table, keys: dict[str, Marks], target: str | None) -> list[str]:
    names = [column.name for column in table.columns if not _names_rows(column)]
    found = []
    twice = len(table) - _different([keys[name] for name in names], len(table))
    if twice:
        found.append(
            f"{_rows(twice)} {'repeats' if twice == 1 else 'repeat'} another one: the same row may "
            "be learnt and tested"
        )
    inputs = [keys[name] for name in names if name != target]
    count = _torn(inputs, keys[target], len(table)) if target is not None and inputs else 0
    if count:
        found.append(
            f"{count} rows contradict each other: the same inputs with different "
            f"{shown(target or '')}, so no model can be right about all of them"
        )
    return found


def _torn(inputs: Sequence[Marks], goal: Marks, rows: int) -> int:
    """How many rows have the inputs of another row and not its target."""
    alike, pairs = _marks(inputs, rows), _marks([*inputs, goal], rows)
    if len(np.unique(alike)) == len(np.unique(pairs)):
        return 0
    each = np.unique(pairs, return_index=True)[1]
    groups, goals = np.unique(alike[each], return_counts=True)
    return int(np.isin(alike, groups[goals > 1]).sum())


def _different(keys: Sequence[Marks], rows: int) -> int:
    """How many different rows these columns make."""
    return len(np.unique(_marks(keys, rows)))


def _marks(keys: Sequence[Marks], rows: int) -> Marks:
    """For each row a number (n,) that rows have in common only if all their keys are the same.

    Keys are mixed to random numbers of 64 bits, in each column to others, and added up, so two
    different rows in a million million agree.
    """
    random = np.random.default_rng(0)
    total = np.zeros(rows, np.uint64)
    for some in keys:
        mixed = some + random.integers(2**64, dtype=np.uint64)
        for shift, factor in MIXING:
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        total += mixed ^ (mixed >> np.uint64(31))
    return total


def _names_rows(column: Column) -> bool:
    try:
        return bool(identifier(column)) or _counts(column)
    except DataError:
        return False


def _about_column(column: Column) -> str:
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


def _gives_away(column: Column, target: Column, keys: tuple[Marks, Marks], task: str) -> str:
    """How a column gives the target away, or nothing if it does not."""
    ours, goal = keys
    if len(column) < ENOUGH or _names_rows(column):
        return ""
    if task == "regression":
        return _same_amount(column, target)
    different, goals = len(np.unique(ours)), len(np.unique(goal))
    if goals < 2 or different > max(goals, len(column) // 4):
        return ""
    pairs = _different([ours, goal], len(column))
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


def _about_classes(target: Column) -> list[str]:
    classes = classes_of(target)
    known = np.where(classes.codes < 0, len(classes.labels), classes.codes)
    counts = np.bincount(known, minlength=len(classes.labels) + 1)[:-1]
    single = np.flatnonzero(counts == 1)
    if not len(single):
        return []
    rows = np.sort(first_rows(known, len(classes.labels) + 1)[single])[:LISTED]
    listed = ", ".join(shown(target.cells[row]) for row in rows.tolist())
    listed += ", ..." if len(single) > LISTED else ""
    what = "1 class has" if len(single) == 1 else f"{len(single)} classes have"
    return [f"{what} one row only ({listed}), and a row cannot be both learnt and tested"]


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
