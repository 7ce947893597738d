"""How a training goes on from epoch to epoch: the order of rows, the rate, and when it ends.

Course     what the loop asks; a course of one's own has these three methods
Usual      the course that `Settings` describe
Resumable  a course that tells what it remembers, so that another process can go on

A course is told what happened (`History`) and nothing else, so it can be run again: a replay asks
a fresh one the same questions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from workings import facts
from workings.schedules import schedule
from workings.training.runs import History, Settings

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Verdict:
    """After an epoch: are its weights the best so far, and why the training ends (or "")."""

    best: bool = False
    ended: str = ""


class Course(Protocol):
    """What the loop asks about each epoch. Asked once for each, in this order."""

    keeps_best: bool  # whether the weights returned are those of the best epoch

    def rate(self, history: History) -> float:
        """The learning rate of the next epoch."""

    def order(self, count: int) -> Places | None:
        """The order of its `count` rows; None leaves them in their own."""

    def judged(self, history: History) -> Verdict:
        """What the epoch that has just been noted means."""


@runtime_checkable
class FarSighted(Course, Protocol):
    """A course that may know rates before it has seen what comes of them.

    Then many epochs are run at once; of these none but the last may end the training.
    """

    def rates(self, history: History, most: int) -> list[float]:
        """The learning rates of the next epochs: of one, or as many as are known, up to `most`."""

    def judged_all(self, history: History, count: int) -> tuple[int, str]:
        """What the last `count` epochs, more than one, mean.

        Which of them is the best so far (0 if none is), and why the training ends (or "").
        """


@runtime_checkable
class Resumable(Course, Protocol):
    """A course that another process can go on with."""

    def remembered(self) -> dict[str, Any]:
        """What it remembers: plain data and arrays, which do not change any more."""

    def go_on(self, remembered: Mapping[str, Any]) -> None:
        """Remembers what another course did; raises where this cannot be such a thing."""


class Usual:
    """The course that `Settings` describe: shuffled if in batches, a schedule, patience."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.best = settings, math.inf
        self.keeps_best = settings.patience is not None
        self.random = np.random.default_rng(settings.seed)
        self.rule = schedule(settings.schedule).rule

    def rate(self, history: History) -> float:
        """As the schedule says, from the losses so far."""
        losses = history.validation_loss or history.loss
        return self.rule(self.settings.rate, history.epochs, self.settings.epochs, losses)

    def rates(self, history: History, most: int) -> list[float]:
        """As many as do not depend on losses still to come."""
        if self.settings.patience is not None or schedule(self.settings.schedule).looks_back:
            return [self.rate(history)]
        first, last = history.epochs, self.settings.epochs
        return [self.rule(self.settings.rate, first + k, last, []) for k in range(most)]

    def judged_all(self, history: History, count: int) -> tuple[int, str]:
        """The last of so many epochs that brought a gain in the training loss; it never ends."""
        found, first = 0, history.epochs - count + 1
        for epoch, loss in enumerate(history.loss[first - 1 :], first):
            if loss < self.best - self.settings.gain:
                found, self.best = epoch, loss
        return found, ""

    def order(self, count: int) -> Places | None:
        """Shuffled, where an epoch has more than one batch."""
        if not self.settings.shuffle or (self.settings.batch_size or count) >= count:
            return None
        order = np.arange(count)
        self.random.shuffle(order)
        return order

    def judged(self, history: History) -> Verdict:
        """Best if it brought a gain; ended when none came for as long as patience lasts."""
        loss = (history.validation_loss or history.loss)[-1]
        best = loss < self.best - self.settings.gain
        if best:
            self.best = loss
        waited = 0 if best else history.epochs - history.best_epoch
        if self.settings.patience is None or waited < self.settings.patience:
            return Verdict(best)
        return Verdict(best, f"no gain for {waited} epochs")

    def remembered(self) -> dict[str, Any]:
        """The best loss, and where its random numbers have got to."""
        return {"best": self.best, "random": self.random.bit_generator.state}

    def go_on(self, remembered: Mapping[str, Any]) -> None:
        """As the course that told this."""
        self.best = facts.any_number(remembered["best"])
        self.random.bit_generator.state = remembered["random"]
