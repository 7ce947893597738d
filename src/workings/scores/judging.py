"""What stands behind a score: intervals, mistakes by class, ROC and calibration curves.

    intervals(rows)      between which values 95 % of the scores lie, had other rows been drawn
    confusion(rows)      how many rows of each class were taken for each class
    by_class(rows)       rows, precision and recall of each class
    roc(rows)            how many of a class are found, for how many false alarms
    calibration(rows)    whether of those given 70 % some 70 % are so

All of them take `scoring.Judged`: the truth of some rows beside what a model says of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.scores.scoring import Judged

Numbers = NDArray[Any]  # amounts, counts or masks

DRAWS, FEWEST_DRAWS = 1000, 200
CELLS = 100_000_000  # drawn in all, at most: fewer draws of a very large table
AT_ONCE = 2_000_000  # cells held at a time
BINS = 10
MOST_AREAS = 20  # classes whose AUC is drawn again and again
SORTED = 10_000_000  # cells that are brought into the order of their scores for it, at most
Z = 1.959963984540054  # 95 % of a normal distribution lie within so many standard deviations


@dataclass(frozen=True)
class Curve:
    """A receiver operating characteristic: rates (points,) of one class against the others."""

    label: str
    wrong: Numbers
    right: Numbers
    area: float


@dataclass(frozen=True)
class Calibration:
    """What was stated in each bin that has rows, how often it was so, and in how many rows.

    All are (bins,); `low` and `high` bound the share (Wilson's 95 % interval). `of` says whose
    probability is meant.
    """

    said: Numbers
    found: Numbers
    counts: Numbers
    low: Numbers
    high: Numbers
    of: str


def confusion(rows: Judged) -> Numbers:
    """How many rows of each class (rows) were taken for each class (columns)."""
    counts = np.zeros((len(rows.classes),) * 2, int)
    np.add.at(counts, (rows.truth, rows.taken), 1)
    return counts


def by_class(rows: Judged) -> list[tuple[str, int, float, float]]:
    """For each class: its rows, its precision and its recall; NaN where there is no such row."""
    counts = confusion(rows)
    right, true, taken = np.diag(counts), counts.sum(1), counts.sum(0)
    with np.errstate(invalid="ignore"):
        shares = zip(rows.classes, true, right / taken, right / true, strict=True)
    return [(label, int(n), float(p), float(r)) for label, n, p, r in shares]


def roc(rows: Judged, most: int) -> list[Curve]:
    """The curve of the second of two classes, or of each class against all others.

    Of more than `most` classes those with most rows; none of a class that has no row or all rows.
    """
    from sklearn.metrics import roc_auc_score, roc_curve

    counts = np.bincount(rows.truth, minlength=len(rows.classes))
    places = [1] if len(rows.classes) == 2 else np.argsort(-counts, kind="stable")[:most].tolist()
    found = []
    for place in sorted(places):
        if 0 < counts[place] < len(rows):
            is_it, score = rows.truth == place, rows.said[:, place]
            wrong, right, _ = roc_curve(is_it, score)
            area = float(roc_auc_score(is_it, score))
            found.append(Curve(rows.classes[place], wrong, right, area))
    return found


def calibration(rows: Judged, bins: int = BINS) -> Calibration:
    """Stated against found: of two classes the probability of the second, else of the class said.

    The rows are put into `bins` of equal width by the probability stated; `counts` add up to them.
    """
    if len(rows.classes) == 2:
        said, so, of = rows.said[:, 1], rows.truth == 1, f"{rows.target} = {rows.classes[1]}"
    else:
        said, so, of = rows.said.max(1), rows.taken == rows.truth, "the class predicted"
    which = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], said)
    counts = np.bincount(which, minlength=bins)
    kept = counts > 0
    stated, right = (np.bincount(which, values, bins)[kept] for values in (said, so))
    low, high = wilson(right, counts[kept])
    counts = counts[kept]
    return Calibration(stated / counts, right / counts, counts, low, high, of)


def wilson(right: Numbers, count: Numbers) -> tuple[Numbers, Numbers]:
    """The 95 % interval of a share of which `right` of `count` are seen (Wilson 1927).

    >>> [round(float(end), 4) for end in wilson(np.array(10), np.array(10))]
    [0.7225, 1.0]
    """
    share = right / count
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    reach = np.sqrt(share * (1 - share) / count + (Z / (2 * count)) ** 2) / (1 + Z * Z / count)
    reach = reach * Z
    return np.clip(middle - reach, 0, share), np.clip(middle + reach, share, 1)


def intervals(rows: Judged, *, seed: int = 0) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each score: the rows drawn again with replacement, 1000 times.

    Of large tables fewer times, and the AUC to first order. Of the accuracy it is Wilson's
    interval: rows drawn again never show a mistake that none of them holds, and 36 of 36 right is
    no proof of 100 %.
    """
    measures, found = dict(_measures(rows)), {}
    drawn: dict[str, list[Numbers]] = {word: [] for word in measures}
    for weights in _weights(len(rows), np.random.default_rng(seed)):
        for word, measure in measures.items():
            drawn[word].append(measure(weights))
    if rows.classes:
        ends = wilson(np.array((rows.taken == rows.truth).sum()), np.array(len(rows)))
        found["accuracy"] = (float(ends[0]), float(ends[1]))
    for word, pieces in drawn.items():
        values = np.concatenate(pieces)
        values = values[np.isfinite(values)]
        if values.size:
            low, high = np.percentile(values, [2.5, 97.5])
            found[word] = (float(low), float(high))
    return found


def _weights(count: int, random: np.random.Generator) -> Iterator[Numbers]:
    """How often each row is drawn (draws, n), some draws at a time."""
    draws = max(FEWEST_DRAWS, min(DRAWS, CELLS // count))
    at_once = max(1, AT_ONCE // count)
    for first in range(0, draws, at_once):
        some = min(at_once, draws - first)
        places = random.integers(count, size=(some, count)) + np.arange(some)[:, None] * count
        yield np.bincount(places.ravel(), minlength=some * count).reshape(some, count)


def _measures(rows: Judged) -> Iterator[tuple[str, Callable[[Numbers], Numbers]]]:
    """Each score as a function of how often each row is drawn: (draws, n) -> (draws,)."""
    if not rows.classes:
        yield from _amounts(rows.truth, rows.said)
        return
    of_truth = rows.said[np.arange(len(rows)), rows.truth]
    lost = -np.log(np.clip(of_truth, np.finfo(float).eps, 1))
    yield "log loss", lambda weights: weights @ lost / len(rows)
    present = len(np.unique(rows.truth)) == len(rows.classes)
    if present and len(rows.classes) <= MOST_AREAS:
        yield "AUC", _area(rows)


def _amounts(truth: Numbers, said: Numbers) -> Iterator[tuple[str, Callable[[Numbers], Numbers]]]:
    count, missed = len(truth), truth - said
    centred = truth - truth.mean()

    def r2(weights: Numbers) -> Numbers:
        total = weights @ centred**2 - (weights @ centred) ** 2 / count
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(1 - weights @ missed**2 / np.where(total > 0, total, math.nan))

    yield "R2", r2
    yield "MAE", lambda weights: weights @ abs(missed) / count
    yield "RMSE", lambda weights: np.sqrt(weights @ missed**2 / count)


def _area(rows: Judged) -> Callable[[Numbers], Numbers]:
    """The area under the curve of two classes, or the mean over each against all others."""
    places = [1] if len(rows.classes) == 2 else range(len(rows.classes))
    parts = [(rows.said[:, place], rows.truth == place) for place in places]
    if len(rows) * len(parts) * DRAWS > SORTED:
        found = [_influence(score, is_it) for score, is_it in parts]
        area = sum(one for one, _ in found) / len(parts)
        pull = np.mean([one for _, one in found], axis=0)
        return lambda weights: area + weights @ pull
    measures = [_drawn_area(score, is_it) for score, is_it in parts]
    return lambda weights: np.asarray(sum(one(weights) for one in measures) / len(parts))


def _drawn_area(score: Numbers, is_it: Numbers) -> Callable[[Numbers], Numbers]:
    """How often a row of the class has the higher score than one of the others; ties count half."""
    order, first = _runs(score)
    of_it = is_it[order]

    def area(weights: Numbers) -> Numbers:
        ordered = weights[:, order]
        ours, others = (
            np.add.reduceat(ordered * mask, first, axis=1).astype(float) for mask in (of_it, ~of_it)
        )
        below = others.cumsum(1) - others / 2
        pairs = ours.sum(1) * others.sum(1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((ours * below).sum(1) / np.where(pairs > 0, pairs, math.nan))

    return area


def _influence(score: Numbers, is_it: Numbers) -> tuple[float, Numbers]:
    """The same area, and how much it gains when a row is drawn once more (to first order).

    A row of the class pulls it by the share of others that it is above, one of the others by the
    share of the class that is above it, each less the area itself.
    """
    order, first = _runs(score)
    of_it = is_it[order]
    ours, others = (np.add.reduceat(mask.astype(float), first) for mask in (of_it, ~of_it))
    sizes = np.diff(np.r_[first, len(order)])
    above = np.repeat((others.cumsum() - others / 2) / others.sum(), sizes)
    under = np.repeat(1 - (ours.cumsum() - ours / 2) / ours.sum(), sizes)
    area = float(above[of_it].mean())
    pull = np.empty(len(order))
    pull[order] = np.where(of_it, (above - area) / ours.sum(), (under - area) / others.sum())
    return area, pull


def _runs(score: Numbers) -> tuple[Numbers, Numbers]:
    """The rows by rising score, and where each run of equal scores begins."""
    order = np.argsort(score, kind="stable")
    return order, np.flatnonzero(np.r_[True, np.diff(score[order]) > 0])
