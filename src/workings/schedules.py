"""Learning-rate schedules: how the rate changes from epoch to epoch.

    schedule("cosine")                                a row by its name
    schedule("cosine").rule(0.1, 5, 10, losses)       the rate for epoch 5 (from 0) of 10

Sources: Loshchilov & Hutter 2017 (cosine); the step and plateau rules are folklore, with the
factors that PyTorch's schedulers and Keras's callbacks made usual.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workings import lookup

STEPS = 3  # the step schedule divides the rate by 10 after each third of the epochs
PATIENCE = 10  # epochs without gain after which the plateau schedule halves the rate
GAIN = 1e-4  # the share by which a loss must fall to count as gain


@dataclass(frozen=True)
class Schedule:
    """A rule `(rate, epoch from 0, epochs, losses so far) -> rate for this epoch`.

    `looks_back` says that it reads the losses, so that no rate is known ahead.
    """

    name: str
    rule: Callable[[float, int, int, Sequence[float]], float]
    use: str
    looks_back: bool = False


def schedule(word: str) -> Schedule:
    """The schedule called `word`; raises `UnknownName` with a suggestion."""
    return lookup.row(sys.modules[__name__], Schedule, word)


def _plateau(rate: float, epoch: int, epochs: int, losses: Sequence[float]) -> float:
    best, waited = math.inf, 0
    for loss in losses:
        waited = 0 if loss < best * (1 - GAIN) else waited + 1
        best = min(best, loss)
        if waited == PATIENCE:
            rate, waited = rate / 2, 0
    return rate


CONSTANT = Schedule("constant", lambda rate, epoch, epochs, losses: rate, "The same throughout.")
STEP = Schedule(
    "step", lambda rate, epoch, epochs, losses: rate * 0.1 ** (STEPS * epoch // epochs),
    "A tenth after each third of the epochs.",
)  # fmt: skip
COSINE = Schedule(
    "cosine",
    lambda rate, epoch, epochs, losses: rate * (1 + math.cos(math.pi * epoch / epochs)) / 2,
    "Down to nearly 0 along half a cosine: fast at first, careful at the end.",
)  # fmt: skip
PLATEAU = Schedule(
    "plateau", _plateau, "Halved whenever the loss has not fallen for ten epochs.",
    looks_back=True,
)  # fmt: skip
