"""What becomes of the columns of a table and of its target, as steps.

    prepared.steps(convention)              numbers and categories -> X: filled, scaled, one-hot
    prepared.target_steps(convention)       the target -> y
    prepared.answer_steps(output, ..)       the network's output -> answer, in the target's units
    prepared.constants()                    what the steps read besides the arrays of a table

What is not done is no step. How a table becomes arrays is said in `preparing.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.conventions import Convention
from workings.language import Expr, Program, Stage, Step, join, name, spread, take
from workings.language.algebra import EQUAL, WHERE
from workings.language.defined import MISSING
from workings.language.walk import leaves
from workings.preparation.columns import CategoryColumn, NumberColumn, Numbers, Target

FILLED = "A missing number becomes the usual one of its column in the training rows."
SCALED = "Each column less its mean, over its spread, so that none outweighs the others."
RANGED = "Each column less its lowest value, over its range, so that it goes from 0 to 1."
UNITS = {"spread": ("mean", "scale", SCALED), "range": ("low", "range", RANGED)}  # what is known


@dataclass(frozen=True)
class Prepared:
    """What was learnt about each column from the training rows. `left_out` says why, by name.

    `scaled` says whether numbers are read in `units` of their own, which name what a column's
    `mean` and `scale` are: its mean and spread, or its lowest value and its range. `required` names
    the columns of numbers in which nothing may be missing, because nothing fills it.
    """

    numbers: tuple[NumberColumn, ...]
    categories: tuple[CategoryColumn, ...]
    target: Target
    left_out: tuple[tuple[str, str], ...] = ()
    scaled: bool = True
    required: tuple[str, ...] = ()
    units: str = "spread"

    @property
    def inputs_count(self) -> int:
        """How many inputs the network has."""
        return len(self.numbers) + sum(len(column.levels) for column in self.categories)

    @property
    def filled(self) -> bool:
        """Whether any missing numbers are filled."""
        return not {column.name for column in self.numbers} <= set(self.required)

    @property
    def columns(self) -> list[str]:
        """The names of the columns that the network reads."""
        return [column.name for column in self.numbers] + [c.name for c in self.categories]

    def steps(self, convention: Convention) -> Program:
        """From `numbers` and `categories` to `X`."""
        parts: list[Expr] = []
        steps: list[Step] = []
        if self.numbers:
            size = "inputs" if not self.categories else "number_columns"
            steps += self._number_steps(size)
            parts.append(steps[-1].ref if steps else name("numbers", "n", size))
        if self.categories:
            steps += _category_steps("inputs" if not self.numbers else "levels")
            parts.append(steps[-1].ref)
        x = parts[0] if len(parts) == 1 else join(*parts, axis=1, size="inputs")
        x = x if convention.samples == "rows" else x.T
        why = "What the network reads." if steps else "The columns as they are."
        steps.append(Step("X", x, "Put the inputs together", why))
        return _program(steps)

    def _number_steps(self, size: str) -> list[Step]:
        x = name("numbers", "n", size)
        zero, unit, why = UNITS[self.units]
        fill, mean, scale = (name(f"column_{fact}", 1, size) for fact in ("fill", zero, unit))
        steps: list[Step] = []
        if self.filled:
            steps.append(Step(
                "numbers_filled", WHERE(MISSING(x), fill, x), "Fill missing numbers", FILLED,
            ))  # fmt: skip
            x = steps[-1].ref
        if self.scaled:
            y = (x - mean) / scale
            steps.append(Step("numbers_scaled", y, "Scale the numbers", why))
        return steps

    def target_steps(self, convention: Convention) -> Program:
        """From `target` to `y`."""
        goal = self.target
        target = name("target", "n", 1 if goal.coded else "outputs")
        y, why = target, "The target as it is."
        if goal.coded:
            shape = ("n", "outputs")
            y = EQUAL(spread(target, shape), spread(name("class_places", 1, "outputs"), shape))
            why = "One column for each class: 1 for the class of the row, 0 for the others."
        elif goal.scaled:
            mean, scale = self._units()
            y = (target - mean) / scale
            why = "The target in units of its own spread, as the inputs are."
        elif goal.labelled:
            why = "One column for each label: 1 where it applies, 0 where it does not."
        y = y if convention.samples == "rows" else y.T
        return _program([Step("y", y, "Read the target", why)])

    def answer_steps(self, output: Expr, convention: Convention) -> Program:
        """From the network's output to `answer`, with samples in rows and in the target's units."""
        answer = output if convention.samples == "rows" else output.T
        each = " of each label" if self.target.labelled else " of each class"
        known = self.target.labelled or self.target.classes
        why = f"The probability{each}." if known else "The predicted value."
        if self.target.scaled:
            mean, scale = self._units()
            answer = answer * scale + mean
            why = "Back in the units of the target."
        return _program([Step("answer", answer, "Read the answer", why)])

    def _units(self) -> tuple[Expr, Expr]:
        """Mean and scale of the target, a row of them for several."""
        shape = (1, "outputs") if self.target.parts else ()
        return name("target_mean", *shape), name("target_scale", *shape)

    def constants(self) -> dict[str, Numbers]:
        """The values of every name that the steps read besides the table's arrays."""
        found: dict[str, Any] = {}
        zero, unit, _ = UNITS[self.units]
        facts = {"fill": "fill"} if self.filled else {}
        facts |= {zero: "mean", unit: "scale"} if self.scaled else {}
        if self.numbers:
            for word, fact in facts.items():
                found[f"column_{word}"] = [[getattr(column, fact) for column in self.numbers]]
        if self.categories:
            counts = [len(column.levels) for column in self.categories]
            found["column_of_level"] = np.repeat(np.arange(len(counts)), counts)
            found["place_of_level"] = [[place for count in counts for place in range(count)]]
        if self.target.coded:
            found["class_places"] = [list(range(self.target.outputs))]
        if self.target.scaled:
            columns, several = self.target.columns, bool(self.target.parts)
            for word, units in (
                ("target_mean", [one.mean for one in columns]),
                ("target_scale", [one.scale for one in columns]),
            ):
                found[word] = [units] if several else units[0]
        return {word: np.asarray(value, float) for word, value in found.items()}


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
