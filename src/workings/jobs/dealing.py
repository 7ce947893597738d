"""Which rows of a table a training learns from, and which it only looks at.

    dealt(table, target, options, test)     -> Dealt: the task, and the rows dealt out
    chosen(table, options)                  the columns that were asked for
    known(table, target)                    the rows whose target is known

All is drawn from the seed alone, so that whoever knows the options can deal the rows again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workings.data import Column, Table, task_of
from workings.data.tasks import Classes, classes_of
from workings.errors import DataError, SettingError
from workings.jobs.options import Options

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Dealt:
    """The rows whose target is known, and how they are dealt out; `classes` are None of amounts."""

    table: Table
    task: str
    task_reason: str
    classes: Classes | None
    training: Table
    validation: Table
    test: Table

    @property
    def listed(self) -> list[tuple[str, int]]:
        """The classes with their rows, the most frequent first; none of amounts."""
        return sorted(self.classes.listed() if self.classes else [], key=lambda pair: -pair[1])


def dealt(table: Table, target: str, options: Options, test: Sequence[int] | None = None) -> Dealt:
    """The rows of a table dealt out; `test` are those to test on where they are not to be drawn.

    Raises `DataError` where there is nothing to learn, or `test` names a row that is not there, and
    `SettingError` where the target itself is to be ignored.
    """
    if target in options.ignore:
        raise SettingError(
            f"cannot ignore {target!r}: it is the column to predict",
            hint="Ignore other columns, or name another target.",
        )
    table = known(chosen(table, options), target)
    if len(table) < 2:
        raise DataError(
            f"cannot train on {table.source}: {len(table)} row"
            f"{' has' if len(table) == 1 else 's have'} a value in {target}, "
            "and 2 or more were expected"
        )
    task, reason = task_of(table[target])
    if options.task != "auto":
        task, reason = options.task, "as you said"  # type: ignore[assignment]
    classes = _classes(table[target], task)
    split = _Split(None if classes is None else classes.by_text, options.seed)
    rest = np.arange(len(table))
    if test is None:
        rest, places = split.of(rest, options.test_size, 1)
        held_out = _taken(table, places)
    else:
        held_out = table.take(list(test))
        rest = np.delete(rest, list(test))
    learnt, judged = split.of(rest, options.validation_share, 2)
    training, validation = _taken(table, learnt), _taken(table, judged)
    return Dealt(table, task, reason, classes, training, validation, held_out)


def chosen(table: Table, options: Options) -> Table:
    """The table without the columns to ignore, and those that are categories read as such."""
    kept = [table[word].name for word in options.keep]
    gone = [word for word in options.ignore if word not in kept]
    table = table.without(*gone) if gone else table
    kinds = dict.fromkeys(options.categories, "category")
    return table.with_kinds(kinds) if kinds else table


def known(table: Table, target: str) -> Table:
    """The rows that have a value in the target column."""
    missing = table[target].missing
    return table.take(~missing) if missing.any() else table


def _classes(column: Column, task: str) -> Classes | None:
    """The classes to tell apart; amounts have none, and have to be numbers."""
    if task == "regression":
        column.numbers()
        return None
    found = classes_of(column)
    if len(found.labels) < 2:
        raise DataError(
            f"cannot learn to tell classes apart: every row of {column.origin.source} has "
            f"{column.name} = {column.cells[0]!r}",
            hint="Add rows of another class, or choose another target.",
        )
    return found


def _taken(table: Table, places: Places) -> Table:
    """The rows at `places`, which rise; nothing is copied where they are all there are."""
    return table if len(places) == len(table) else table.take(places)


@dataclass(frozen=True)
class _Split:
    """Holds rows out; of each class (`codes` (n,), if there are classes) its share."""

    codes: Places | None
    seed: int

    def of(self, places: Places, share: float, stream: int) -> tuple[Places, Places]:
        """The places to keep and those to hold out: of each class its share, but never all."""
        random = np.random.default_rng([self.seed, stream])
        mask = np.zeros(len(places), bool)
        for group in self._groups(places) if share else ():
            count = min(round(share * len(group)), len(group) - 1)
            mask[random.permutation(group)[:count]] = True
        return places[~mask], places[mask]

    def _groups(self, places: Places) -> list[Places]:
        """Where in `places` the rows of each class are."""
        if self.codes is None:
            return [np.arange(len(places))]
        codes = self.codes[places]
        ends = np.cumsum(np.bincount(codes))[:-1]
        groups = np.split(np.argsort(codes, kind="stable"), ends)
        return [group for group in groups if len(group)]
