"""Preparation: what is done to the columns of a table before a network reads them, as steps.

    preparation = fitted(table, target="species", task="classification")    on training rows alone
    preparation.inputs(table)       arrays: numbers (n, p) with NaN, categories (n, q) as codes
    preparation.steps(..)           numbers and categories -> X: filled, scaled, one-hot
    preparation.target_steps(..)    the target -> y; `answer_steps` turn outputs back

Columns are found by name, so their order does not matter. Filling, scaling and one-hot are steps
of the program like any others: a prediction can be followed from the cell of the file on, and
leaves with every export.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.columns import (
    CategoryColumn,
    NumberColumn,
    Target,
    category_column,
    number_column,
    target_of,
    useless,
)
from workings.conventions import Convention
from workings.data import Table
from workings.errors import DataError
from workings.language import Expr, Program, Stage, Step, join, name, spread, take
from workings.language.algebra import EQUAL, WHERE
from workings.language.defined import MISSING
from workings.language.walk import leaves

Numbers = NDArray[np.float64]


SHOWN = 5  # lacking columns that are named


@dataclass(frozen=True)
class Preparation:
    """What was learnt about each column from the training rows. `left_out` says why, by name."""

    numbers: tuple[NumberColumn, ...]
    categories: tuple[CategoryColumn, ...]
    target: Target
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def inputs_count(self) -> int:
        """How many inputs the network has."""
        return len(self.numbers) + sum(len(column.levels) for column in self.categories)

    @property
    def columns(self) -> list[str]:
        """The names of the columns that the network reads."""
        return [column.name for column in self.numbers] + [c.name for c in self.categories]

    def described(self) -> list[tuple[str, str]]:
        """What becomes of each column, in words: (name, what)."""
        numbers = [(c.name, f"1 input, scaled; missing become {c.fill:g}") for c in self.numbers]
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
        classes = list(self.target.classes)
        outputs = classes if self.target.outputs > 1 else [self.target.name]
        if len(classes) == 2:
            outputs = [f"{self.target.name} = {classes[1]}"]
        return {
            "number_columns": numbers, "levels": levels, "inputs": numbers + levels,
            "category_columns": [column.name for column in self.categories], "outputs": outputs,
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
            found["numbers"] = np.column_stack([_numbers(table, c.name) for c in self.numbers])
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
            for row, code in enumerate(column.codes(table[column.name])) if code < 0
        ]  # fmt: skip

    def targets(self, table: Table) -> Numbers:
        """The target as a column (n, 1): numbers as they are, or the places of the classes."""
        column = table[self.target.name]
        if not self.target.classes:
            values = column.numbers()
        else:
            places = {word: place for place, word in enumerate(self.target.classes)}
            values = np.array([places.get(text or "", np.nan) for text in column.texts()], float)
        for row in np.flatnonzero(np.isnan(values))[:1]:
            known = (
                f"one of {', '.join(self.target.classes)}" if self.target.classes else "a number"
            )
            raise DataError(
                f"cannot use the target of {table.source}: {table.origin.where(int(row))}, "
                f"{self.target.name} holds {column.cells[row]!r} where {known} was expected",
                row=table.lines[int(row)], column=self.target.name, found=column.cells[row],
            )  # fmt: skip
        return values.reshape(-1, 1)

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
        for column, code in zip(self.categories, codes, strict=True):
            for row in np.flatnonzero(code < 0)[:1]:
                cell = table[column.name].cells[int(row)]
                known = ", ".join("(missing)" if one is None else one for one in column.levels)
                others = f" (and {len(self.unseen(table)) - 1} more)"
                raise DataError(
                    f"cannot predict {table.origin.where(int(row))} of {table.source}: "
                    f"{column.name} is {cell!r}, which no training row held"
                    + others * (len(self.unseen(table)) > 1),
                    hint=f"Known are {known}. Correct the cell, or ask for words never seen to "
                    "count as none of these (--unseen none).",
                    row=table.lines[int(row)], column=column.name, found=cell,
                )  # fmt: skip

    # -- steps -----------------------------------------------------------------------------------

    def steps(self, convention: Convention) -> Program:
        """From `numbers` and `categories` to `X`."""
        parts: list[Expr] = []
        steps: list[Step] = []
        if self.numbers:
            steps += _number_steps("inputs" if not self.categories else "number_columns")
            parts.append(steps[-1].ref)
        if self.categories:
            steps += _category_steps("inputs" if not self.numbers else "levels")
            parts.append(steps[-1].ref)
        x = parts[0] if len(parts) == 1 else join(*parts, axis=1, size="inputs")
        x = x if convention.samples == "rows" else x.T
        steps.append(Step("X", x, "Put the inputs together", "What the network reads."))
        return _program(steps)

    def target_steps(self, convention: Convention) -> Program:
        """From `target` to `y`."""
        target = name("target", "n", 1 if self.target.outputs > 1 else "outputs")
        y, why = target, "The target as it is."
        if self.target.outputs > 1:
            shape = ("n", "outputs")
            y = EQUAL(spread(target, shape), spread(name("class_places", 1, "outputs"), shape))
            why = "One column for each class: 1 for the class of the row, 0 for the others."
        elif self.target.scaled:
            y = (target - name("target_mean")) / name("target_scale")
            why = "The target in units of its own spread, as the inputs are."
        y = y if convention.samples == "rows" else y.T
        return _program([Step("y", y, "Read the target", why)])

    def answer_steps(self, output: Expr, convention: Convention) -> Program:
        """From the network's output to `answer`, with samples in rows and in the target's units."""
        answer = output if convention.samples == "rows" else output.T
        why = "The probability of each class." if self.target.classes else "The predicted value."
        if self.target.scaled:
            answer = answer * name("target_scale") + name("target_mean")
            why = "Back in the units of the target."
        return _program([Step("answer", answer, "Read the answer", why)])

    def constants(self) -> dict[str, Numbers]:
        """The values of every name that the steps read besides the table's arrays."""
        found: dict[str, Any] = {}
        if self.numbers:
            for fact in ("fill", "mean", "scale"):
                found[f"column_{fact}"] = [[getattr(column, fact) for column in self.numbers]]
        if self.categories:
            counts = [len(column.levels) for column in self.categories]
            found["column_of_level"] = np.repeat(np.arange(len(counts)), counts)
            found["place_of_level"] = [[place for count in counts for place in range(count)]]
        if self.target.outputs > 1:
            found["class_places"] = [list(range(self.target.outputs))]
        if self.target.scaled:
            found |= {"target_mean": self.target.mean, "target_scale": self.target.scale}
        return {word: np.asarray(value, float) for word, value in found.items()}

    # -- plain data --------------------------------------------------------------------------------

    def to_data(self) -> dict[str, Any]:
        """All of it as plain data for a model file."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Preparation:
        """The reverse of `to_data`; raises KeyError, TypeError or ValueError where it is not."""
        target = {**data["target"], "classes": tuple(map(str, data["target"]["classes"]))}
        return cls(
            tuple(
                NumberColumn(str(c.pop("name")), **{fact: float(x) for fact, x in c.items()})
                for c in map(dict, data["numbers"])
            ),
            tuple(
                CategoryColumn(str(c["name"]), tuple(c["levels"]), bool(c["folded"]))
                for c in data["categories"]
            ),
            Target(**target),
            tuple((str(word), str(why)) for word, why in data["left_out"]),
        )


def fitted(table: Table, *, target: str, task: str, scale_target: bool = True) -> Preparation:
    """What the columns of these (training) rows say about how to prepare them.

    Columns that cannot help are left out, with the reason: empty ones, constant ones, and words
    that differ in nearly every row. Raises `DataError` when no column is left.
    """
    numbers, categories, left_out = [], [], []
    for column in table.columns:
        if column.name == target:
            continue
        reason = useless(column)
        if reason:
            left_out.append((column.name, reason))
        elif column.kind == "number":
            numbers.append(number_column(column))
        else:
            categories.append(category_column(column))
    if not numbers and not categories:
        why = "; ".join(f"{word} is {reason}" for word, reason in left_out)
        raise DataError(
            f"cannot train on {table.source}: no column is left to predict {target} from",
            hint=f"Left out: {why}." if why else "There are no others.",
        )
    return Preparation(
        tuple(numbers), tuple(categories), target_of(table[target], task, scaled=scale_target),
        tuple(left_out),
    )  # fmt: skip


def _numbers(table: Table, word: str) -> Numbers:
    return table[word].numbers()


def _number_steps(size: str) -> list[Step]:
    numbers = name("numbers", "n", size)
    fill, mean, scale = (name(f"column_{fact}", 1, size) for fact in ("fill", "mean", "scale"))
    filled = Step(
        "numbers_filled", WHERE(MISSING(numbers), fill, numbers), "Fill missing numbers",
        "A missing number becomes the median of its column in the training rows.",
    )  # fmt: skip
    scaled = Step(
        "numbers_scaled", (filled.ref - mean) / scale, "Scale the numbers",
        "Each column less its mean, over its spread, so that none outweighs the others.",
    )  # fmt: skip
    return [filled, scaled]


def _category_steps(size: str) -> list[Step]:
    categories = name("categories", "n", "category_columns")
    copied = Step(
        "categories_copied", take(categories, name("column_of_level", size), axis=1),
        "Write categories as ones and zeros", "Each category is copied for each of its levels.",
    )  # fmt: skip
    one_hot = Step(
        "one_hot", EQUAL(copied.ref, name("place_of_level", 1, size)),
        "Write categories as ones and zeros", "1 under the level that the row has, 0 elsewhere.",
    )  # fmt: skip
    return [copied, one_hot]


def _program(steps: list[Step]) -> Program:
    """The steps under their stages; what each is first given is shown there."""
    shown: dict[str, list[str]] = {}
    seen: set[str] = set()
    for step in steps:
        for leaf in leaves(step.expr):
            if leaf["name"] not in seen:
                shown.setdefault(step.stage, []).append(leaf["name"])
                seen.add(leaf["name"])
        seen.add(step.name)
    titles = dict.fromkeys(step.stage for step in steps)
    return Program(tuple(steps), stages=tuple(Stage(t, tuple(shown.get(t, ()))) for t in titles))
