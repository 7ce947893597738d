"""Folds, and what is made of one score over all of them.

    folds_of(labels, folds, seed)         which rows each fold tests
    Spread(values)                        mean, standard deviation, standard error
    verdict(who, score, ours, theirs)     whether one beats the other on the same folds, in words
    smallest_within(means, errors)        the one-standard-error rule
    main_score(task, found)               which score is compared

Nothing here trains anything.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from workings.errors import SettingError
from workings.scores.scoring import BETTER, MAIN, Scores
from workings.trace import Array
from workings.training.runs import is_number
from workings.views.parts import digits

FOLDS = 5  # unless something else is said


@dataclass(frozen=True)
class Spread:
    """One score over the folds. Where a fold has none (AUC without a class), it is left out.

    >>> found = Spread((1.0, 2.0, 3.0, float("nan")))
    >>> found.count, found.mean, found.sd, round(found.error, 4)
    (3, 2.0, 1.0, 0.5774)
    """

    values: tuple[float, ...]

    @property
    def known(self) -> Array:
        """The values there are."""
        return np.array([value for value in self.values if math.isfinite(value)])

    @property
    def count(self) -> int:
        """How many folds have this score."""
        return len(self.known)

    @property
    def mean(self) -> float:
        """The mean over the folds; NaN where there is none."""
        return float(self.known.mean()) if self.count else math.nan

    @property
    def sd(self) -> float:
        """The sample standard deviation over the folds; NaN of a single one."""
        return float(self.known.std(ddof=1)) if self.count > 1 else math.nan

    @property
    def error(self) -> float:
        """The standard error of the mean: the standard deviation over the root of the count."""
        return self.sd / math.sqrt(self.count) if self.count > 1 else math.nan

    def __str__(self) -> str:
        """`mean ± standard deviation (standard error)`."""
        like = self.mean
        spread = f" ± {digits(self.sd, like)} ({digits(self.error, like)})" * (self.count > 1)
        of = f" in {self.count} folds" if 0 < self.count < len(self.values) else ""
        return f"{digits(self.mean)}{spread}{of}"


def folds_of(labels: ArrayLike | None, rows: int, folds: int, seed: int) -> list[Array]:
    """The places of the rows that each fold tests, in order.

    With `labels`, the class of each row (its text, or its place), every class is dealt out evenly;
    a class of a single row is tested in no fold, as it could not be trained on. All other rows are
    in exactly one. Raises `SettingError` where so many folds cannot be.

    >>> [fold.tolist() for fold in folds_of(["a", "a", "b", "b", "c"], 5, folds=2, seed=0)]
    [[0, 2], [1, 3]]
    """
    groups = [np.arange(rows)]
    if labels is not None:
        _, codes = np.unique(np.asarray(labels), return_inverse=True)
        ordered = np.argsort(codes, kind="stable")
        groups = np.split(ordered, np.flatnonzero(np.diff(codes[ordered])) + 1)
        groups = [group for group in groups if len(group) > 1]
    tested = sum(map(len, groups))
    if not (is_number(folds, whole=True) and 2 <= folds <= tested):
        raise SettingError(
            f"cannot cross-validate in {folds!r} folds: a whole number from 2 to {tested}, the "
            "rows that can be tested, was expected",
            hint="5 or 10 are usual.", found=folds,
        )  # fmt: skip
    random = np.random.default_rng([seed, 4])
    dealt = np.concatenate([random.permutation(group) for group in groups])
    return [np.sort(dealt[first::folds]) for first in range(folds)]


def verdict(who: str, score: str, ours: Spread, theirs: Spread) -> str:
    """Whether the network beats another model on the same folds, in a sentence.

    It does when the mean of the differences, fold by fold, is farther from 0 than chance would
    bring it in 19 of 20 cases (Student's t on the standard error of the differences).
    """
    signed = (np.array(ours.values) - np.array(theirs.values)) * BETTER[score]
    difference = Spread(tuple(signed))
    if difference.count < 2:
        return f"There are too few folds to tell the network from the {who}."
    if not difference.known.any():
        return (
            f"The network cannot be told apart from the {who}: {score} is the same in every fold."
        )
    from scipy.special import stdtrit

    far = abs(difference.mean) > float(stdtrit(difference.count - 1, 0.975)) * difference.error
    said = "cannot be told apart from"
    if far:
        said = "beats" if difference.mean > 0 else "does not beat"
    higher = "higher" if difference.mean * BETTER[score] > 0 else "lower"
    by = digits(abs(difference.mean))
    by = "on average the same" if float(by) == 0 else f"{by} {higher}"
    return (
        f"The network {said} the {who}: its {score} is {by} "
        f"(standard error {digits(difference.error)}, over the same {difference.count} folds)."
    )


def smallest_within(means: Sequence[float], errors: Sequence[float]) -> tuple[int, int]:
    """The place of the best mean, and the first place within one standard error of it.

    Means are the higher the better; places stand in order of size. Of equal means the first is the
    best; where an error is not known it counts as 0 (Breiman and others 1984, section 3.4.3).

    >>> smallest_within([0.80, 0.90, 0.91, 0.93], [0.02, 0.02, 0.02, 0.02])
    (3, 2)
    """
    known = [mean if math.isfinite(mean) else -math.inf for mean in means]
    best = int(np.argmax(known))
    error = errors[best] if math.isfinite(errors[best]) else 0.0
    return best, next(place for place, mean in enumerate(known) if mean >= known[best] - error)


def main_score(task: str, found: Sequence[Scores]) -> str:
    """The score that is compared: accuracy or R2; RMSE where a fold has no R2."""
    score = MAIN[task]
    return score if spread_of(found, score).count == len(found) else "RMSE"


def spread_of(found: Sequence[Scores], score: str) -> Spread:
    """One score over the folds."""
    return Spread(tuple(fold.get(score, math.nan) for fold in found))
