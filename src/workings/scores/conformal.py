"""How wrong a trained network may be, from rows it has not seen: split-conformal prediction.

    bound(scores, coverage)              the score that new rows stay below with this probability
    interval(answers, scores, ..)        answers with a band around them
    sets(shares, scores, ..)             the classes that cannot be ruled out

Scores say how wrong each answer for held-out rows was. If new rows come from where those came
from, a new score is among the lowest `coverage` of them with at least that probability, whatever
the network and whatever the distribution. This holds on average over rows and calibrations, not
for each row by itself.

Sources: Vovk, Gammerman & Shafer 2005; Lei et al. 2018 (intervals); Sadinle, Lei & Wasserman
2019 (sets).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from workings.errors import DataError, SettingError
from workings.trace import Array


def bound(scores: Array, coverage: float) -> float:
    """The score that a new row stays at or below with probability `coverage` (0 .. 1) or more.

    It is the ceil((m + 1) * coverage)-th smallest of the m scores. Raises `DataError` where there
    are too few of them for that, `SettingError` for another coverage.

    >>> bound(np.array([0.1, 0.4, 0.2, 0.3]), 0.8)
    0.4
    """
    if not 0 < coverage < 1:
        raise SettingError(
            f"cannot cover {coverage!r} of new rows: more than 0 and less than 1 was expected",
            option="coverage", value=coverage,
        )  # fmt: skip
    count = len(scores)
    place = math.ceil((count + 1) * coverage - 1e-9)  # 10 * 0.9 is 9, and 9.000000000000002 not 10
    if place > count:
        needed = math.ceil(coverage / (1 - coverage) - 1e-9)
        raise DataError(
            f"cannot promise to cover {coverage:g} of new rows after calibration with {count}: "
            f"{needed} or more are needed",
            hint="Calibrate with more rows, or ask for less coverage.", found=count,
        )  # fmt: skip
    return float(np.sort(scores)[place - 1])


def errors_of(answers: Array, truth: Array) -> Array:
    """The scores of amounts: how far each answer is from the truth, as they are shaped."""
    errors: Array = np.abs(answers - truth)
    return errors


def interval(answers: Array, scores: Array, coverage: float) -> Array:
    """For answers (n, outputs): lower and upper ends (n, outputs, 2), each output by itself.

    `scores` (m, outputs) are the errors on held-out rows.
    """
    reach = np.array([bound(column, coverage) for column in scores.T])
    return np.stack([answers - reach, answers + reach], axis=-1)


def doubts_of(shares: Array, places: NDArray[np.intp]) -> Array:
    """The scores of classes: 1 less the probability (m, classes) given to the true one (m,)."""
    doubts: Array = 1.0 - shares[np.arange(len(shares)), places]
    return doubts


def sets(shares: Array, scores: Array, coverage: float) -> NDArray[np.bool_]:
    """For probabilities (n, classes): which classes (n, classes) cannot be ruled out.

    The most probable class is always among them, so no set is empty.
    """
    allowed = 1.0 - shares <= bound(scores, coverage)
    allowed[np.arange(len(shares)), shares.argmax(1)] = True
    return allowed
