"""Which task a target column poses: to tell classes apart, or to predict an amount.

`task_of`       "classification" or "regression", with the reason in words
`classes_of`    the classes of a column, and which of them each row is
`places_of`     the place of each row's class among classes that are known already
`distinct`      the different cells of a column, and which of them each row holds

A guess on evidence, made to be printed: numbers may be names of classes. Words that differ in
most rows are names of rows, and no classes. Numbers are one class where they are one number,
however they are written: 1 and 1.0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from workings.data.kinds import missing, number, shown
from workings.data.stored import NumberCells, WordCells, spelled, worded
from workings.data.table import Column
from workings.errors import DataError

Task = Literal["classification", "regression"]

MANY_CLASSES = 20  # whole numbers beyond are amounts
MANY_WORDS = 50  # different words beyond, in most rows, are names
_WHOLE = re.compile(r"[+-]?[0-9]+")

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Classes:
    """The classes of a column in order: of size if they are numbers, else of their text.

    `codes` (n,) holds for each row the place of its class among the `labels`, -1 where the cell
    is missing. Of several spellings of one number the most frequent is the label; of equally
    frequent ones the first.
    """

    labels: tuple[str, ...]
    codes: Codes = field(repr=False)

    def listed(self) -> list[tuple[str, int]]:
        """Each class with its rows, in order of appearance."""
        known = self.codes[self.codes >= 0]
        counts = np.bincount(known, minlength=len(self.labels)).tolist()
        order = np.argsort(first_rows(known, len(self.labels)), kind="stable").tolist()
        return [(self.labels[place], counts[place]) for place in order]

    @property
    def by_text(self) -> Codes:
        """For each row the place of its class where they stand in the order of their text."""
        order = sorted(range(len(self.labels)), key=self.labels.__getitem__)
        places = np.full(len(order) + 1, -1)  # the last for what is missing
        places[order] = np.arange(len(order))
        return places[self.codes]


def classes_of(column: Column) -> Classes:
    """The classes that occur in a column, and which of them each row is.

    >>> from workings.data import Table
    >>> found = classes_of(Table.from_arrays([["10"], ["9"], ["9.0"], ["9"], ["NA"]])["x1"])
    >>> found.labels, found.codes.tolist(), found.listed()
    (('9', '10'), [1, 0, 0, 0, -1], [('10', 1), ('9', 3)])
    """
    cells = distinct(column)
    counts = np.bincount(cells.codes, minlength=len(cells.words))
    held = [place for place in np.flatnonzero(counts).tolist() if not missing(cells.words[place])]
    said: Sequence[Any] = _said(column, cells, held)
    spellings: dict[Any, list[int]] = {value: [] for value in sorted(set(said))}
    for value, place in zip(said, held, strict=True):
        spellings[value].append(place)
    places = np.full(len(cells.words), -1)
    for place, group in enumerate(spellings.values()):
        places[group] = place
    labels = [_label(cells, group, counts) for group in spellings.values()]
    return Classes(tuple(labels), places[cells.codes])


def places_of(column: Column, classes: Sequence[str]) -> npt.NDArray[np.float64]:
    """The place of each cell (n,) among the `classes`, NaN for what is missing or none of them.

    A number that is written otherwise than its class is of it all the same: 1 and 1.0.
    """
    cells, known = distinct(column), {label: place for place, label in enumerate(classes)}
    numbers = {_as_number(column, label): place for place, label in enumerate(classes)}
    for word in cells.words if None not in numbers else ():
        if word not in known and (value := _as_number(column, word)) in numbers:
            known[word] = numbers[value]
    places = [np.nan if missing(word) else known.get(word, np.nan) for word in cells.words]
    found: npt.NDArray[np.float64] = np.array(places, float)[cells.codes]
    return found


def _as_number(column: Column, word: str) -> float | None:
    found = column.spelling.number(word) if column.spelling else None
    return number(word, column.decimal) if found is None else found


def distinct(column: Column) -> WordCells:
    """The cells of a column as its different words, and the place of each row's among them."""
    if not isinstance(column.cells, NumberCells):
        return worded(column.cells)
    values, codes = np.unique(column.cells.values, return_inverse=True)
    return WordCells(codes.astype(np.int32), tuple(spelled(x + 0.0) for x in values.tolist()))


def first_rows(codes: Codes, count: int) -> Codes:
    """The first row that holds each of `count` codes; the number of rows for those none holds."""
    first = np.full(count, len(codes))
    np.minimum.at(first, codes, np.arange(len(codes)))
    return first


def _said(column: Column, cells: WordCells, held: list[int]) -> list[str] | list[float]:
    """What each of the words that are held says: its number in a column of numbers, or itself."""
    if column.kind != "number":
        return [cells.words[place] for place in held]
    values = np.empty(len(cells.words))
    values[cells.codes] = column.numbers()
    found: list[float] = values[held].tolist()
    return found


def _label(cells: WordCells, places: list[int], counts: npt.NDArray[np.intp]) -> str:
    """The most frequent of the words that say the same; of equally frequent ones the first."""
    if len(places) == 1:
        return cells.words[places[0]]
    often = Counter[str]()
    for place in places:
        often[cells.words[place]] += int(counts[place])
    first = {place: int((cells.codes == place).argmax()) for place in places}
    best = min(places, key=lambda place: (-often[cells.words[place]], first[place]))
    return cells.words[best]


def task_of(column: Column) -> tuple[Task, str]:
    """The task of predicting `column`, and why; raises `DataError` if it has no values, and for
    more words than could be classes.

    >>> from workings.data import builtin_table
    >>> task_of(builtin_table("xor")["y"])[0]
    'classification'
    """
    kind, name = column.kind, shown(column.name)
    rows = len(column) - int(column.missing.sum())
    if not rows:
        raise DataError(
            f"cannot predict column {name} of {column.origin.source}: all its cells are empty",
            hint="Choose another target.", file=column.origin.source, column=column.name,
        )  # fmt: skip
    if kind == "category":
        _check_groups(column, rows)
    if kind != "number":
        words = "words" if kind == "category" else "yes and no"
        return "classification", f"{name} holds {words}, not numbers"
    return _task_of_numbers(column, rows)


def _check_groups(column: Column, rows: int) -> None:
    different = len(column.words)
    if different > MANY_WORDS and 2 * different > rows:
        raise DataError(
            f"cannot predict column {shown(column.name)} of {column.origin.source}: it holds "
            f"{different} different words in {rows} rows, so names of rows rather than classes",
            hint="Choose another target, or make groups of its words.",
            file=column.origin.source, column=column.name, found=different,
        )  # fmt: skip


def _task_of_numbers(column: Column, rows: int) -> tuple[Task, str]:
    name, different = shown(column.name), len(np.unique(column.numbers()[~column.missing]))
    otherwise = 'task "regression" predicts them as amounts'
    if different == 2:
        return "classification", f"{name} holds two different numbers in {rows} rows; {otherwise}"
    if different <= MANY_CLASSES and 2 * different < rows and all(map(_is_whole, _held(column))):
        some = f"{different} different whole numbers in {rows} rows"
        return "classification", f"{name} holds {some}, taken as classes; {otherwise}"
    return "regression", f'{name} holds numbers; task "classification" takes them as classes'


def _held(column: Column) -> Sequence[str]:
    """The different words of the cells that are there."""
    return [word for word in distinct(column).distinct() if not missing(word)]


def _is_whole(text: str) -> bool:
    return _WHOLE.fullmatch(text) is not None
