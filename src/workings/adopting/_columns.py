"""What the steps before a network in a scikit-learn pipeline make of each column.

    made = Made.of(count, title)            every column as it is
    made.through("scale", scaler)           ... and behind a step
    made.preparation(names, target)         the same as a preparation
    made.weights(coefs)                     the first layer, in the preparation's order of inputs

A column of numbers is filled, then shifted and divided; a column of words becomes ones and zeros.
That is what a preparation does too, so its steps say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from workings.data.arrays import cells
from workings.data.kinds import missing
from workings.errors import NotSupported
from workings.preparation import Preparation
from workings.preparation.columns import CategoryColumn, NumberColumn, Target
from workings.trace import Array

ADVICE = "Scalers, SimpleImputer, OneHotEncoder and ColumnTransformer can be adopted; or hand over "
ALONE = "the network alone, and give it columns that the other steps have made."


@dataclass(frozen=True)
class Number:
    """A column of numbers, filled where `fill` is given, as (x - mean) / scale."""

    column: int
    fill: Any = None
    mean: float = 0.0
    scale: float = 1.0

    def scaled(self, center: float, by: float) -> Number:
        """(x - center) / by, behind what is done already."""
        return replace(self, mean=self.mean + center * self.scale, scale=self.scale * by)


@dataclass(frozen=True)
class Level:
    """1 where a column holds the word at `place` of its words, else 0; times a factor, plus."""

    column: int
    place: int
    factor: float = 1.0
    shift: float = 0.0

    def scaled(self, center: float, by: float) -> Level:
        """(x - center) / by, behind what is done already."""
        return replace(self, factor=self.factor / by, shift=(self.shift - center) / by)


Out = Number | Level


@dataclass
class Made:
    """What the network reads so far, and for each column of words the words, as they were."""

    title: str
    outs: list[Out]
    words: dict[int, list[Any]] = field(default_factory=dict)
    fills: dict[int, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, count: int, title: str) -> Made:
        """`count` columns as they are."""
        return cls(title, [Number(place) for place in range(count)])

    def through(self, word: str, step: Any) -> None:
        """Behind a step called `word`; raises `NotSupported` for one that cannot be adopted."""
        if step is None or isinstance(step, str):
            if step == "drop":
                self.outs = []
            return
        kinds = [kind.__name__ for kind in type(step).__mro__]
        known = next((kind for kind in kinds if kind in STEPS), None)
        if known is None:
            raise self.refused(word, step, "")
        STEPS[known](self, word, step)

    def refused(self, word: str, step: Any, why: str) -> NotSupported:
        """The error that names a step."""
        because = f", {why}" if why else ""
        return NotSupported(
            f"cannot adopt {self.title}: its step {word!r} is a {type(step).__name__}{because}",
            hint=ADVICE + ALONE, step=word,
        )  # fmt: skip

    # -- the same as a preparation -----------------------------------------------------------------

    @property
    def numbers(self) -> list[Number]:
        """The columns of numbers, in their order in the table."""
        found = [one for one in self.outs if isinstance(one, Number)]
        used = [one.column for one in found]
        twice = {at for at in used if used.count(at) > 1} | {at for at in used if at in self.words}
        if twice:
            raise NotSupported(
                f"cannot adopt {self.title}: it reads column {min(twice) + 1} in two ways",
                hint="Give the network each column once.",
            )
        return sorted(found, key=lambda one: one.column)

    @property
    def truths(self) -> set[int]:
        """The columns of words that are true or false, which tables write in small or capitals."""
        return {
            column for column, words in self.words.items()
            if all(isinstance(word, bool | np.bool_) for word in words)
        }  # fmt: skip

    @property
    def levels(self) -> dict[int, list[str | None]]:
        """The words of each column of words as a table spells them, None for a missing cell."""
        found = {}
        for column, words in sorted(self.words.items()):
            texts = cells(np.array(words, object), "words")
            spelled: list[str | None] = [
                None if missing(text) else text.lower() if column in self.truths else text
                for text in texts
            ]
            if len(set(spelled)) < len(spelled):
                raise NotSupported(
                    f"cannot adopt {self.title}: two words of column {column + 1} are spelled "
                    "alike in a table",
                    hint="Give them other names.",
                )
            filled = column in self.fills and None not in spelled
            found[column] = [*spelled, *([None] if filled else [])]
        return found

    def preparation(self, names: Sequence[str], target: Target) -> Preparation:
        """Filling, scaling and one-hot coding as a preparation does them."""
        numbers = self.numbers
        used = {one.column for one in numbers} | set(self.words)
        return Preparation(
            tuple(
                NumberColumn(names[one.column], float(one.fill or 0.0), one.mean, one.scale)
                for one in numbers
            ),
            tuple(
                CategoryColumn(names[at], tuple(words), at in self.truths)
                for at, words in self.levels.items()
            ),
            target,
            tuple((word, "not read") for at, word in enumerate(names) if at not in used),
            scaled=any((one.mean, one.scale) != (0.0, 1.0) for one in numbers),
            required=tuple(names[one.column] for one in numbers if one.fill is None),
        )

    def first_layer(self, weights: Array, bias: Array) -> tuple[Array, Array]:
        """Weights and biases for the inputs in the preparation's order."""
        rows: dict[tuple[int, int], Array] = {}
        bias = np.array(bias)
        for one, row in zip(self.outs, weights, strict=True):
            if isinstance(one, Number):
                rows[one.column, -1] = row
            else:
                rows[one.column, one.place] = row * weights.dtype.type(one.factor)
                bias = bias + row * weights.dtype.type(one.shift)
        none = np.zeros_like(weights[0])
        found = [rows[one.column, -1] for one in self.numbers]
        for column, words in self.levels.items():
            known = len(self.words[column])
            filled = self._place_of_fill(column)
            places = [at if at < known else filled for at in range(len(words))]
            found += [rows.get((column, at), none) for at in places]
        return np.array(found), bias

    def _place_of_fill(self, column: int) -> int:
        words = self.words[column]
        return words.index(self.fills[column]) if self.fills.get(column) in words else -2


# -- the steps -------------------------------------------------------------------------------------


def _affine(made: Made, center: Any, by: Any) -> None:
    count = len(made.outs)
    centers, scales = (np.broadcast_to(np.asarray(x, float), count) for x in (center, by))
    made.outs = [one.scaled(float(c), float(s))
                 for one, c, s in zip(made.outs, centers, scales, strict=True)]  # fmt: skip


def _standard(made: Made, word: str, step: Any) -> None:
    center = step.mean_ if step.with_mean else 0.0
    _affine(made, center, step.scale_ if step.with_std else 1.0)


def _min_max(made: Made, word: str, step: Any) -> None:
    if getattr(step, "clip", False):
        raise made.refused(word, step, "which clips")
    low = np.asarray(step.feature_range[0], float)
    _affine(made, step.data_min_ - low / step.scale_, 1.0 / step.scale_)


def _robust(made: Made, word: str, step: Any) -> None:
    center = step.center_ if step.with_centering else 0.0
    _affine(made, center, step.scale_ if step.with_scaling else 1.0)


def _imputer(made: Made, word: str, step: Any) -> None:
    if step.add_indicator:
        raise made.refused(word, step, "which adds columns that say what was missing")
    if step.missing_values is not None and step.missing_values == step.missing_values:
        raise made.refused(word, step, f"which fills cells of {step.missing_values!r}")
    fills, outs = list(step.statistics_), []
    for one, fill in zip(made.outs, fills, strict=True):
        if not isinstance(one, Number):
            raise made.refused(word, step, "which fills what is one-hot already")
        if one.fill is not None:
            outs.append(one)
            continue
        if not isinstance(fill, str) and (fill is None or fill != fill):
            raise made.refused(word, step, "one of whose columns was empty")
        plain = isinstance(fill, str) or (one.mean, one.scale) == (0.0, 1.0)
        outs.append(replace(one, fill=fill if plain else float(fill) * one.scale + one.mean))
    made.outs = [*outs]


def _one_hot(made: Made, word: str, step: Any) -> None:
    if any(one is not None for one in getattr(step, "infrequent_categories_", ())):
        raise made.refused(word, step, "which puts rare words together")
    dropped = step.drop_idx_ if step.drop_idx_ is not None else [None] * len(made.outs)
    outs: list[Out] = []
    for one, words, drop in zip(made.outs, step.categories_, dropped, strict=True):
        untouched = isinstance(one, Number) and (one.mean, one.scale) == (0.0, 1.0)
        if not untouched or one.column in made.words:
            raise made.refused(word, step, "which reads what is no longer as it was")
        made.words[one.column] = list(words)
        if isinstance(one, Number) and one.fill is not None:
            made.fills[one.column] = one.fill
        outs += [Level(one.column, place) for place in range(len(words)) if place != drop]
    made.outs = outs


def _each(made: Made, word: str, step: Any) -> None:
    """A ColumnTransformer: some columns through one step, others through another, side by side."""
    before, outs = made.outs, list[Out]()
    where = step._transformer_to_input_indices
    for name, inner, _ in step.transformers_:
        made.outs = [before[at] for at in where.get(name, ())]
        if made.outs:
            made.through(f"{word}: {name}", inner)
        outs += made.outs
    made.outs = outs


def _chain(made: Made, word: str, step: Any) -> None:
    for name, inner in step.steps:
        made.through(f"{word}: {name}", inner)


def _function(made: Made, word: str, step: Any) -> None:
    if step.func is not None:
        raise made.refused(word, step, "which is code")


def _selected(made: Made, word: str, step: Any) -> None:
    made.outs = [one for one, kept in zip(made.outs, step.get_support(), strict=True) if kept]


STEPS: dict[str, Callable[[Made, str, Any], None]] = {
    "StandardScaler": _standard, "MinMaxScaler": _min_max, "RobustScaler": _robust,
    "MaxAbsScaler": lambda made, word, step: _affine(made, 0.0, step.scale_),
    "SimpleImputer": _imputer, "OneHotEncoder": _one_hot, "ColumnTransformer": _each,
    "Pipeline": _chain, "FunctionTransformer": _function, "SelectorMixin": _selected,
}  # fmt: skip


def units(step: Any, title: str) -> tuple[Array, Array]:
    """Mean and scale of what a scaler of the target does."""
    made = Made.of(int(getattr(step, "n_features_in_", 1)), title)
    if step is not None:
        made.through("transformer", step)
    numbers = made.numbers
    if any(one.fill is not None for one in numbers) or made.words:
        raise made.refused("transformer", step, "and no scaler")
    return np.array([one.mean for one in numbers]), np.array([one.scale for one in numbers])
