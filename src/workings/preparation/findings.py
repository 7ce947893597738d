"""What a table says against itself, before anything is trained on it.

    findings(table, target, task)    one sentence for each thing that is odd: rows that are there
                                     twice, rows that contradict each other, columns that name
                                     their rows or give the target away, classes with one row
    oddities(table, target, task)    the same as data: where, and the numbers

Nothing is changed and nothing refused here; each sentence says what to do about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workings.data import Column, Table
from workings.data.kinds import shown
from workings.data.stored import NumberCells, worded
from workings.data.tasks import classes_of, first_rows
from workings.errors import DataError
from workings.preparation.columns import called_identifier, identifier

Marks = NDArray[np.uint64]
Places = NDArray[np.intp]

ENOUGH = 10  # rows; with fewer, columns are alike by chance
LISTED = 5
MOSTLY = 0.5  # a column is mostly missing
# the constants of splitmix64 (Steele, Lea and Flood 2014)
MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
ALIKE = 1 - 1e-9  # correlation of what is the same amount in other units


REPEATED, CONTRADICTION, MISSING, COUNTS, GIVEAWAY, SINGLES = (
    "repeated", "contradiction", "missing", "counts", "giveaway", "singles",
)  # fmt: skip


@dataclass(frozen=True)
class Oddity:
    """Something odd about a table: one of the words above, a sentence, the column if it is in one,
    the places of rows (from 0), and the numbers."""

    name: str
    said: str
    column: str = ""
    rows: Places = field(default_factory=lambda: np.zeros(0, np.intp), compare=False, repr=False)
    facts: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.said


def findings(table: Table, target: str | None = None, task: str = "") -> list[str]:
    """What is odd about a table, in sentences."""
    return [one.said for one in oddities(table, target, task)]


def oddities(table: Table, target: str | None = None, task: str = "") -> list[Oddity]:
    """What is odd about a table."""
    keys = {column.name: keys_of(column) for column in table.columns}
    others = [column for column in table.columns if column.name != target]
    found = [odd for column in others for odd in _about_column(column)]
    counting = [odd.column for odd in found if odd.name == COUNTS]
    found = _about_rows(table, keys, target, aside(counting)) + found
    if target is None or len(table) < 2:
        return found
    found += [
        Oddity(
            GIVEAWAY, f"{shown(column.name)} gives {shown(target)} away ({how}): is it known when "
            "a prediction is wanted? If not, --ignore it",
            column.name, facts={"rows": len(column), "different values": _distinct(keys, column)},
        )
        for column in others
        if (how := _gives_away(column, table[target], (keys[column.name], keys[target]), task))
    ]  # fmt: skip
    if task == "classification":
        found += _about_classes(table[target])
    return found


def row_marks(table: Table, target: str | None = None) -> Marks:
    """For each row a number (n,) that rows have in common only if they are the same.

    Columns that name or count the rows are left out, and so is the target if it is named.
    """
    columns = [c for c in table.columns if c.name != target and not _names_rows(c)]
    return _marks([keys_of(column) for column in columns], len(table))


def aside(columns: Sequence[str]) -> str:
    """What is said of rows that are alike but for columns that count them."""
    return f" ({', '.join(map(shown, columns))} aside)" if columns else ""


def keys_of(column: Column) -> Marks:
    """For each cell a number (n,), the same for the same value; 0 for missing cells alone."""
    if isinstance(column.cells, NumberCells):
        bits = (column.cells.values + 0.0).view(np.uint64)  # -0 is 0
        return np.where(column.missing, 0, ~bits)  # the reverse of no number is 0
    words = worded(column.cells)
    spelled = {word: place for place, word in enumerate(dict.fromkeys(words.words), 1)}
    places = np.array([spelled[word] for word in words.words], np.uint64)[words.codes]
    return np.where(column.missing, 0, places)


def _about_rows(table: Table, keys: dict[str, Marks], target: str | None, but: str) -> list[Oddity]:
    """Rows that are there twice, or contradict each other, `but` for columns that count them."""
    names = [column.name for column in table.columns if not _names_rows(column)]
    found = []
    marks = _marks([keys[name] for name in names], len(table))
    first = np.unique(marks, return_index=True)[1]
    twice = len(table) - len(first)
    if twice:
        again = np.setdiff1d(np.arange(len(table)), first)
        said = (
            f"{_rows(twice)} {'repeats' if twice == 1 else 'repeat'} another one{but}: "
            "the same row may be learnt and tested"
        )
        found.append(Oddity(REPEATED, said, rows=again, facts={"rows": twice}))
    inputs = [keys[name] for name in names if name != target]
    if target is None or not inputs:
        return found
    torn = _torn(inputs, keys[target], len(table))
    if len(torn):
        said = (
            f"{len(torn)} rows contradict each other: the same inputs{but} with different "
            f"{shown(target)}, so no model can be right about all of them"
        )
        facts = {"rows": len(torn)} | _best(_marks(inputs, len(table)), keys[target])
        found.append(Oddity(CONTRADICTION, said, rows=torn, facts=facts))
    return found


def _torn(inputs: Sequence[Marks], goal: Marks, rows: int) -> Places:
    """The rows that have the inputs of another row and not its target."""
    alike, pairs = _marks(inputs, rows), _marks([*inputs, goal], rows)
    if len(np.unique(alike)) == len(np.unique(pairs)):
        return np.zeros(0, np.intp)
    each = np.unique(pairs, return_index=True)[1]
    groups, goals = np.unique(alike[each], return_counts=True)
    return np.flatnonzero(np.isin(alike, groups[goals > 1]))


def _best(alike: Marks, goal: Marks) -> dict[str, float]:
    """The share of rows that the most frequent target of each different input is right about.

    Of the largest group that is torn: its rows, and the share of its most frequent target.
    """
    pairs, counts = np.unique(np.column_stack([alike, goal]), axis=0, return_counts=True)
    groups, group = np.unique(pairs[:, 0], return_inverse=True)
    most, rows = np.zeros(len(groups), int), np.bincount(group, counts).astype(int)
    np.maximum.at(most, group, counts)
    widest = int(np.where(most < rows, rows, 0).argmax())
    return {
        "best possible share": float(most.sum() / len(goal)),
        "rows of the largest group": int(rows[widest]),
        "share of its most frequent target": float(most[widest] / rows[widest]),
    }  # fmt: skip


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


def _about_column(column: Column) -> list[Oddity]:
    """Mostly missing, or counting the rows; what training leaves out by itself is said there."""
    gone = int(column.missing.sum())
    if MOSTLY * len(column) < gone < len(column):
        said = f"{shown(column.name)} is missing in {gone} of {len(column)} rows"
        return [Oddity(MISSING, said, column.name, facts={"missing": gone, "rows": len(column)})]
    try:
        counts = _counts(column) and not called_identifier(column.name)
    except DataError:
        return []
    if not counts:
        return []
    numbers = column.numbers()
    first, last = int(numbers.min()), int(numbers.max())
    how = "" if (np.diff(numbers) == 1).all() else ", in another order"
    said = (
        f"{shown(column.name)} counts the rows, {first} to {last}{how}: unless the order of rows "
        "means something, it says nothing about new ones, so --ignore it"
    )
    facts = {"rows": len(column), "first": first, "last": last}
    return [Oddity(COUNTS, said, column.name, facts=facts)]


def _distinct(keys: Mapping[str, Marks], column: Column) -> int:
    return len(np.unique(keys[column.name]))


def _counts(column: Column) -> bool:
    """Whether it holds each number from 0, or from 1, once: in order, or as rows were shuffled."""
    if column.kind != "number" or len(column) < ENOUGH or column.missing.any():
        return False
    values = np.sort(column.numbers())
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


def _about_classes(target: Column) -> list[Oddity]:
    classes = classes_of(target)
    known = np.where(classes.codes < 0, len(classes.labels), classes.codes)
    counts = np.bincount(known, minlength=len(classes.labels) + 1)[:-1]
    single = np.flatnonzero(counts == 1)
    if not len(single):
        return []
    rows = np.sort(first_rows(known, len(classes.labels) + 1)[single])
    listed = ", ".join(shown(target.cells[row]) for row in rows[:LISTED].tolist())
    listed += ", ..." if len(single) > LISTED else ""
    what = "1 class has" if len(single) == 1 else f"{len(single)} classes have"
    said = f"{what} one row only ({listed}), and a row cannot be both learnt and tested"
    return [Oddity(SINGLES, said, rows=rows, facts={"classes": len(single)})]


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
