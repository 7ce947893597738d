"""Preparation: what is done to the columns of a table before a network reads them, as steps.

    preparation = fitted(table, target="species", task="classification")    on training rows alone
    preparation.inputs(table)       arrays: numbers (n, p) with NaN, categories (n, q) as codes
    preparation.steps(..)           numbers and categories -> X: filled, scaled, one-hot
    preparation.target_steps(..)    the target -> y; `answer_steps` turn outputs back
    plain(["a", "b"], target)       columns of numbers that are read as they are

Columns are found by name, so their order does not matter. Filling, scaling and one-hot are steps
of the program like any others: a prediction can be followed from the cell of the file on, and
leaves with every export. What is not done is no step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workings.data import Table
from workings.data.tasks import places_of
from workings.errors import DataError
from workings.preparation.columns import (
    NumberColumn,
    Target,
    category_column,
    number_column,
    several,
    target_of,
    useless,
)
from workings.preparation.prepared import Prepared

Numbers = NDArray[np.float64]


SHOWN = 5  # lacking columns that are named


@dataclass(frozen=True)
class Preparation(Prepared):
    """What was learnt about each column from the training rows; as `Prepared`, with tables."""

    def described(self) -> list[tuple[str, str]]:
        """What becomes of each column, in words: (name, what)."""
        scaled = ", scaled" * self.scaled
        numbers = [
            (c.name, f"1 input{scaled}; " + ("none may be missing" if c.name in self.required
                                             else f"missing become {c.usual}")
             + (f"; read as {c.spelling.described()}" if c.spelling else ""))
            for c in self.numbers
        ]  # fmt: skip
        words = [
            (c.name, f"{len(c.levels)} input{'s' * (len(c.levels) > 1)}, one for each word")
            for c in self.categories
        ]
        return [*numbers, *words, *((word, f"left out: {why}") for word, why in self.left_out)]

    @property
    def labels(self) -> dict[str, list[str]]:
        """What the places along each named size are called."""
        numbers = [column.name for column in self.numbers]
        levels = [
            f"{column.name} = {'missing' if level is None else level}"
            for column in self.categories for level in column.levels
        ]  # fmt: skip
        return {
            "number_columns": numbers, "levels": levels, "inputs": numbers + levels,
            "category_columns": [column.name for column in self.categories],
            "outputs": self.target.said,
        }  # fmt: skip

    # -- tables to arrays --------------------------------------------------------------------------

    def inputs(self, table: Table, *, unseen: str = "error") -> dict[str, Numbers]:
        """The arrays `numbers` and `categories` of a table, as far as the network has any.

        A word that no training row held is an error naming the row; with `unseen="none"` it
        counts as none of the levels. Raises `DataError` for a missing column or a bad cell.
        """
        self._check_columns(table)
        found: dict[str, Numbers] = {}
        if self.numbers:
            found["numbers"] = np.column_stack([c.read(table[c.name]) for c in self.numbers])
            self._check_required(table, found["numbers"])
        if self.categories:
            codes = [np.array(c.codes(table[c.name]), float) for c in self.categories]
            if unseen == "error":
                self._check_seen(table, codes)
            found["categories"] = np.column_stack(codes)
        return found

    def unseen(self, table: Table) -> list[str]:
        """In words, each cell that holds a level no training row held."""
        return [
            f"{table.origin.where(row)}: {column.name} = {table[column.name].cells[row]!r}"
            for column in self.categories
            for row in np.flatnonzero(column.codes(table[column.name]) < 0).tolist()
        ]

    def targets(self, table: Table) -> Numbers:
        """The target columns (n, 1 or more): numbers as they are, or the places of the classes."""
        return np.column_stack([_targets(table, one) for one in self.target.columns])

    def _check_required(self, table: Table, numbers: Numbers) -> None:
        missing = np.isnan(numbers) & [column.name in self.required for column in self.numbers]
        for row, place in np.argwhere(missing)[:1]:
            column = self.numbers[place].name
            raise DataError(
                f"cannot predict {table.origin.where(int(row))} of {table.source}: {column} is "
                "missing, and this model fills nothing there",
                hint="Fill the cell, or leave the row out.",
                row=table.lines[int(row)], column=column, found=table[column].cells[int(row)],
            )  # fmt: skip

    def _check_columns(self, table: Table) -> None:
        wanted = self.columns
        known = set(table.names)
        lacking = [column for column in wanted if column not in known]
        if lacking:
            shown, more = lacking[:SHOWN], len(lacking) - SHOWN
            others = f" and {more} more" if more > 0 else ""
            raise DataError(
                f"cannot predict from {table.source}: it has no column "
                f"{' and none '.join(map(repr, shown))}{others}",
                hint=f"The model reads {', '.join(wanted)}; it has {', '.join(table.names)}.",
                columns=lacking,
            )  # fmt: skip

    def _check_seen(self, table: Table, codes: Sequence[Numbers]) -> None:
        count = sum(int((code < 0).sum()) for code in codes)
        for column, code in zip(self.categories, codes, strict=True):
            for row in np.flatnonzero(code < 0)[:1]:
                cell = table[column.name].cells[int(row)]
                known = ", ".join("(missing)" if one is None else one for one in column.levels)
                others = f" (and {count - 1} more)" * (count > 1)
                raise DataError(
                    f"cannot predict {table.origin.where(int(row))} of {table.source}: "
                    f"{column.name} is {cell!r}, which no training row held{others}",
                    hint=f"Known are {known}. Correct the cell, or ask for words never seen to "
                    "count as none of these (--unseen none).",
                    row=table.lines[int(row)], column=column.name, found=cell,
                )  # fmt: skip


def plain(names: Sequence[str], target: Target) -> Preparation:
    """Columns of numbers that are read as they are: nothing is filled and nothing is scaled.

    >>> plain(["a", "b"], Target("y")).described()[0]
    ('a', '1 input; none may be missing')
    """
    columns = tuple(NumberColumn(word, 0.0, 0.0, 1.0) for word in names)
    return Preparation(columns, (), target, scaled=False, required=tuple(names))


def fitted(
    table: Table, *, target: str | Sequence[str], task: str, scale_target: bool = True,
    scale: bool = True, fill: bool = True, left_out: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
) -> Preparation:  # fmt: skip
    """What the columns of these (training) rows say about how to prepare them.

    `target` may name several columns. Without `scale` numbers are not scaled, and without `fill`
    none may be missing. `left_out` says of columns why they are, `keep` names some that stay even
    if they seem to name rows. Columns that cannot help are left out, with the reason: empty ones,
    constant ones, and words that differ in nearly every row. Raises `DataError` when no column is
    left.
    """
    numbers, categories, gone = [], [], []
    targets = [target] if isinstance(target, str) else list(target)
    for column in table.columns:
        if column.name in targets:
            continue
        reason = (left_out or {}).get(column.name) or useless(column, keep=column.name in keep)
        if reason:
            gone.append((column.name, reason))
        elif column.kind == "number":
            numbers.append(number_column(column))
        else:
            categories.append(category_column(column))
    if not numbers and not categories:
        why = "; ".join(f"{word} is {reason}" for word, reason in gone[:SHOWN])
        raise DataError(
            f"cannot train on {table.source}: no column is left to predict "
            f"{', '.join(targets)} from",
            hint=f"Left out: {why}." if why else "There are no others.",
        )
    goals = [target_of(table[word], task, scaled=scale_target) for word in targets]
    return Preparation(
        tuple(numbers), tuple(categories), goals[0] if len(goals) == 1 else several(goals),
        tuple(gone), scale, () if fill else tuple(column.name for column in numbers),
    )  # fmt: skip


def _targets(table: Table, target: Target) -> Numbers:
    """One target column (n,): numbers as they are, or the places of the classes."""
    column = table[target.name]
    if not target.classes:
        values = column.numbers()
    else:
        values = places_of(column, target.classes)
    for row in np.flatnonzero(np.isnan(values))[:1]:
        known = f"one of {', '.join(target.classes)}" if target.classes else "a number"
        raise DataError(
            f"cannot use the target of {table.source}: {table.origin.where(int(row))}, "
            f"{target.name} holds {column.cells[row]!r} where {known} was expected",
            row=table.lines[int(row)], column=target.name, found=column.cells[row],
        )  # fmt: skip
    return values
