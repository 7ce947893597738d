"""A case that has been run, so that any of its iterations can be looked at.

run = Run(case)         trains, and keeps the weights after some epochs
run.at(7)               -> Snapshot of iteration 7
run.last                the last iteration that there is
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from workings import training
from workings.diagnosing.case import LOOKED, Case
from workings.diagnosing.snapshot import Snapshot, taken
from workings.engines import engine
from workings.errors import NotFinite
from workings.trace import Array
from workings.training.courses import Places
from workings.training.epochs import Epochs
from workings.training.iterating import Iterations
from workings.training.loop import MASKS, Watch
from workings.training.runs import History, Progress, Rows, Values
from workings.training.states import until

KEPT = 4_000_000  # numbers: the weights after every epoch, or after every few of large networks
CURVE = 200  # epochs after which the loss on new rows is computed, at most


class Run:
    """A case that has been run to its end. `failure` says where it broke off, if it did."""

    def __init__(self, case: Case, watch: Watch | None = None) -> None:
        self.case, self.watch = case, watch
        self.failure: NotFinite | None = None
        self.frames: dict[int, Values] = {0: training.started(case.program, case.start, case.rows)}
        size = sum(np.size(x) for x in self.frames[0].values())
        self.every = max(1, -(-size * case.settings.epochs // KEPT))
        self.new_losses: list[tuple[int, Array]] = []
        self.new = case.validation or case.new
        self.judge = engine().prepare(replace(case.network, weighted=False).program(), ["losses"])
        self.history, self.end = self._trained()

    @property
    def last(self) -> int:
        """The last iteration there is: one more than were done, where the next one broke off."""
        return max(1, self.history.iterations + (self.failure is not None))

    def at(self, iteration: int) -> Snapshot:
        """What an iteration (from 1) begins with, run again from the nearest epoch kept."""
        case, epoch = self.case, (iteration - 1) // self.case.per_epoch
        frame = max(kept for kept in self.frames if kept <= epoch)
        iterations = self._iterations(frame)
        orders = self._orders(epoch)
        epochs = Epochs(case.count, case.batch)
        for past in range(frame, epoch):
            iterations.go(epochs.batches([orders[past]], [self._rate(past)]))
        batches = epochs.batches([orders[epoch]], [self._rate(epoch)])
        turn = iteration - 1 - epoch * case.per_epoch
        if turn:
            iterations.go(batches.between(0, turn))
        given = {**iterations.values, **iterations.batch(batches, turn)}
        return self._snapshot(iteration, given, epoch)

    def ended(self) -> Snapshot:
        """The weights that the training ended with, as if another iteration began with them."""
        if self.failure is not None:
            return self.at(self.last)
        case, epoch = self.case, self.history.epochs
        rows = case.rows.batch(np.arange(case.batch), 0)
        rate = np.asarray(self.history.rate[-1], case.rows.X.dtype)
        return self._snapshot(self.last, {**self.end, **rows, "lr": rate}, epoch)

    # -- running -----------------------------------------------------------------------------------

    def _trained(self) -> tuple[History, Values]:
        case = self.case
        try:
            done = training.train(
                case.program, case.start, case.rows, settings=case.settings, measures=case.looks,
                watch=self._watched, course=case.new_course(), masks=case.masks,
            )  # fmt: skip
        except NotFinite as error:
            self.failure, done = error, error.facts["training"]
        return done.history, done.values

    def _watched(self, report: Progress) -> bool | None:
        ended = self.watch(report) if self.watch else None
        if report.epoch % self.every == 0:
            carried = self.frames[0]
            self.frames[report.epoch] = {word: np.array(report.values[word]) for word in carried}
        curve = max(1, self.case.settings.epochs // CURVE)
        if self.new is not None and report.epoch % curve == 0:
            weights = {word: report.values[word] for word in self.case.network.parameters}
            self.new_losses.append((report.epoch, self._losses_of(self.new, weights)))
        return ended

    def _losses_of(self, new: Rows, weights: Values) -> Array:
        """The loss of each new row, or of some of many."""
        count = len(new.y)
        some = np.linspace(0, count - 1, LOOKED).astype(np.intp) if count > LOOKED else None
        with np.errstate(all="ignore"):
            losses = self.judge({**weights, **new.batch(some, 0)})["losses"]
        return np.asarray(losses.sum(1))

    # -- again -------------------------------------------------------------------------------------

    def _iterations(self, epoch: int) -> Iterations:
        case = self.case
        return Iterations(
            case.program, dict(self.frames[epoch]), case.rows, engine_name=self.history.engine,
            times=case.settings.epochs * case.per_epoch, masks=self._masks if case.masks else None,
            done=epoch * case.per_epoch,
        )  # fmt: skip

    def _masks(self, iteration: int, samples: int) -> dict[str, Array]:
        random = np.random.default_rng([self.case.settings.seed, MASKS, iteration])
        return dict(self.case.network.masks(random, samples))

    def _orders(self, epoch: int) -> list[Places]:
        course, count = self.case.new_course(), self.case.count
        orders = (course.order(count) for _ in range(epoch + 1))
        own: Any = np.arange(count)
        return [own if order is None else np.array(order) for order in orders]

    def _rate(self, epoch: int) -> float:
        if epoch < self.history.epochs:
            return self.history.rate[epoch]
        if self.failure is not None:
            return float(self.failure.facts.get("rate", self.case.settings.rate))
        return self.history.rate[-1] if self.history.rate else self.case.settings.rate

    def _snapshot(self, iteration: int, given: Values, epoch: int) -> Snapshot:
        known = [pair for pair in self.new_losses if pair[0] <= epoch]
        broken = self.failure if iteration == self.last else None
        return taken(self.case, iteration, given, until(self.history, epoch), known, broken)
