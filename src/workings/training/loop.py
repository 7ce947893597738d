"""The loop: a program, an engine and rows -> trained values and their history.

    train(program, start, rows, settings=Settings(...))    -> Training
    replay(program, start, rows, settings=..., iteration=k) -> what iteration k starts with

Three words are kept apart: an *iteration* is one update, a *batch* the rows used in it, an
*epoch* one pass over all rows. Everything random comes from the seed, and programs are pure, so
any iteration can be run again: this is how the first value that is not finite is found.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from workings.engines import engine
from workings.errors import NotFinite, SettingError
from workings.language import Program
from workings.language.shapes import bound, resolved, spelled
from workings.trace import Array, Trace
from workings.training.courses import Course, Places, Usual
from workings.training.runs import (
    History,
    Measures,
    Progress,
    Rows,
    Settings,
    Training,
    Values,
    check_least,
)  # fmt: skip

Watch = Callable[[Progress], bool | None]  # True ends the training
Masks = Callable[["np.random.Generator", int], Mapping[str, Array]]
MASKS = 4  # the stream of the seed that masks are drawn from
CHECKED = 64  # iterations between two looks at whether all weights are finite


def train(
    program: Program,
    start: Mapping[str, Any],
    rows: Rows,
    *,
    settings: Settings,
    measures: Measures | None = None,
    watch: Watch | None = None,
    course: Course | None = None,
    masks: Masks | None = None,
) -> Training:
    """Runs the program until the epochs are over, its course ends it, or Ctrl-C.

    `start` holds the parameters and constants; what the optimizer remembers starts at 0 unless it
    is there too. Without a `course` of one's own it is the `Usual` one: with `settings.patience`
    the values returned are those of the last epoch that brought a gain in the validation loss
    (training loss, without validation rows). `masks(random, samples)` draws what dropout needs for
    one iteration, from a seed of that iteration's own. Raises `NotFinite`, with the training up to
    there, at the first value that is not finite.
    """
    loop = _Loop(program, start, rows, settings, measures or Measures(), course, masks)
    return loop.run(watch)


def replay(
    program: Program,
    start: Mapping[str, Any],
    rows: Rows,
    *,
    settings: Settings,
    iteration: int,
    measures: Measures | None = None,
    course: Course | None = None,
    masks: Masks | None = None,
) -> tuple[Values, Places]:
    """What iteration `iteration` (from 1) is given (weights, rate, X and y), and which rows.

    `measures` must be those of the training: what is held out decides when to slow down or stop.

    >>> from workings.network.network import Dense, Network
    >>> program = Network([Dense(1)]).training()
    >>> rows = Rows(np.ones((1, 1)), np.ones((1, 1)))
    >>> start = {"wout": np.ones((1, 1)), "bout": np.ones((1, 1))}
    >>> values, which = replay(program, start, rows, settings=Settings(), iteration=2)
    >>> values["wout"].round(4), which
    (array([[1.0013]]), array([0]))
    """
    check_least("iteration", iteration, 1)
    loop = _Loop(program, start, rows, settings, measures or Measures(), course, masks)
    last = settings.epochs * loop.batches_per_epoch
    if iteration > last:
        raise SettingError(
            f"cannot go to iteration {iteration}: this training has {last}",
            hint="Train for more epochs, or ask for an earlier iteration.",
        )
    loop.until = iteration
    loop.run(None)
    if loop.reached is None:
        raise SettingError(
            f"cannot go to iteration {iteration}: the training ended before it "
            f"({loop.history.stopped})"
        )
    return loop.values, loop.reached


class _Loop:
    """One training run: where it is, and what it has seen."""

    def __init__(
        self, program: Program, start: Mapping[str, Any], rows: Rows, settings: Settings,
        measures: Measures, course: Course | None, masks: Masks | None,
    ) -> None:  # fmt: skip
        self.program, self.rows, self.settings = program, rows, settings
        self.measures, self.engine, self.dtype = measures, engine(settings.engine), rows.X.dtype
        self.course, self.masks = course or Usual(settings), masks
        self.axis = program.given["X"].index("n")
        self.count = int(rows.X.shape[self.axis])
        if self.count == 0:
            raise SettingError("cannot train on 0 rows: 1 or more were expected")
        self.values = started(program, start, rows)
        self.values["lr"] = np.asarray(settings.rate, self.dtype)
        self.history = History(stopped="all epochs done")
        self.until: int | None = None
        self.reached: Places | None = None  # the rows of the iteration asked for
        self.best = self.values
        self.safe: tuple[int, Values, list[Values]] = (0, self.values, [])
        looked_at = ["loss", measures.output] if measures.metrics else ["loss"]
        kept = dict.fromkeys([*looked_at, *program.updates.values()])
        self.runner = self.engine.prepare(program, kept)
        looked_at = ["loss", measures.output] if measures.scores else looked_at
        judge = (measures.judge or program).only(*looked_at)
        self.judge = self.engine.prepare(judge, looked_at)

    @property
    def batches_per_epoch(self) -> int:
        """How many iterations an epoch has."""
        return -(-self.count // (self.settings.batch_size or self.count))

    def run(self, watch: Watch | None) -> Training:
        """Epoch after epoch."""
        began = time.perf_counter()
        try:
            for epoch in range(self.settings.epochs):
                ended = self._epoch()
                if self.reached is not None:
                    break
                self.history.seconds = time.perf_counter() - began
                if watch:
                    ended = self._watched(watch, epoch + 1) or ended
                if ended:
                    break
        except KeyboardInterrupt:
            self.history.stopped = "interrupted"
        return self._finished()

    def _watched(self, watch: Watch, done: int) -> bool:
        """Tells whoever watches; True when they want the training to end."""
        speed = self.count * done / max(self.history.seconds, 1e-9)
        ended = watch(Progress(done, self.settings.epochs, speed, self.history, self.values))
        if ended:
            self.history.stopped = "ended by a callback"
        return bool(ended)

    def _epoch(self) -> bool:
        """One pass over all rows; True when the training is to end."""
        self._set_rate(self.course.rate(self.history))
        sums: dict[str, float] = {}
        for which in self._batches():
            batch = self._batch(which)
            if self.until == self.history.iterations + 1:
                self.values = self.values | batch
                self.reached = np.arange(self.count) if which is None else which
                return True
            out, share = self._iterate(batch), self._samples(batch) / self.count
            for word, value in self._measured(out, batch, share).items():
                sums[word] = sums.get(word, 0.0) + value * share
        self._check_finite()
        self._note(sums)
        return self._ended()

    def _iterate(self, batch: Values) -> Values:
        out: Values = self.runner(self.values | batch)
        self.safe[2].append(batch)
        if not math.isfinite(out["loss"]):
            self._stop_at_first_not_finite()
        self.values = self.values | {old: out[new] for old, new in self.program.updates.items()}
        self.history.iterations += 1
        if len(self.safe[2]) == CHECKED:
            self._check_finite()
        return out

    def _batches(self) -> Iterator[Places | None]:
        """Which rows make up each batch of one epoch; None for all, in their own order."""
        size, order = self.settings.batch_size or self.count, self.course.order(self.count)
        if order is None and size >= self.count:
            yield None
            return
        order = np.arange(self.count) if order is None else order
        for first in range(0, self.count, size):
            yield order[first : first + size]

    def _batch(self, which: Places | None) -> Values:
        batch = self.rows.batch(which, self.axis)
        if self.masks:
            random = np.random.default_rng([self.settings.seed, MASKS, self.history.iterations])
            drawn = self.masks(random, self._samples(batch))
            batch |= {word: x.astype(self.dtype, copy=False) for word, x in drawn.items()}
        return batch

    def _samples(self, batch: Values) -> int:
        return int(batch["X"].shape[self.axis])

    def _measured(self, out: Values, batch: Values, share: float) -> dict[str, float]:
        """The loss per sample and the metrics of a batch with this share of the rows."""
        found = {"loss": float(out["loss"])}
        if self.measures.summed:
            found["loss"] /= share * self.count
        if self.measures.metrics:
            output, target = (self._as_rows(x) for x in (out[self.measures.output], batch["y"]))
            for word, metric in self.measures.metrics.items():
                found[word] = metric(output, target)
        return found

    def _as_rows(self, x: Array) -> Array:
        return x if self.axis == 0 else x.T

    def _note(self, sums: dict[str, float]) -> None:
        history = self.history
        history.loss.append(sums.pop("loss"))
        history.rate.append(float(self.values["lr"]))
        if self.measures.validation is not None:
            found = self._validated(self.measures.validation)
            history.validation_loss.append(found.pop("loss"))
            sums |= {f"validation {word}": value for word, value in found.items()}
        for word, value in sums.items():
            history.metrics.setdefault(word, []).append(value)

    def _validated(self, rows: Rows) -> dict[str, float]:
        batch = rows.batch(None, self.axis)
        out: Values = self.judge(self.values | batch)
        found = self._measured(out, batch, self._samples(batch) / self.count)
        for word, score in self.measures.scores.items():
            output, target = (self._as_rows(x) for x in (out[self.measures.output], batch["y"]))
            found[word] = score(output, target)
        return found

    def _ended(self) -> bool:
        verdict = self.course.judged(self.history)
        if verdict.best:
            self.best, self.history.best_epoch = self.values, self.history.epochs
        if verdict.ended:
            self.history.stopped = verdict.ended
        return bool(verdict.ended)

    def _finished(self) -> Training:
        restore = self.course.keeps_best and self.history.best_epoch > 0
        self.history.kept_epoch = self.history.best_epoch if restore else self.history.epochs
        return Training(_carried(self.best if restore else self.values), self.history)

    def _set_rate(self, rate: float) -> None:
        if rate != float(self.values["lr"]):
            self.values = self.values | {"lr": np.asarray(rate, self.dtype)}
            self.safe = (self.history.iterations, self.values, [])  # run again at this rate

    # -- finding the first value that is not finite -----------------------------------------------

    def _check_finite(self) -> None:
        if not all(np.isfinite(self.values[word]).all() for word in self.program.updates):
            self._stop_at_first_not_finite()
        self.safe = (self.history.iterations, self.values, [])

    def _stop_at_first_not_finite(self) -> None:
        """Runs the iterations since the last look again, keeping every value, and reports."""
        done, values, batches = self.safe
        for iteration, batch in enumerate(batches, done + 1):
            trace = self.engine.trace(self.program, values | batch)
            found = trace.first_not_finite()
            if found:
                self.values, self.history.iterations = values, iteration - 1
                raise self._not_finite(trace, iteration, *found)
            values = values | {old: trace[new] for old, new in self.program.updates.items()}
        raise NotFinite("a value that is not finite was met, and not when it was computed again")

    def _not_finite(
        self, trace: Trace, iteration: int, step: str, cell: tuple[int, ...]
    ) -> NotFinite:
        what = "is not a number" if np.isnan(trace[step][cell]) else "overflowed"
        rate = float(self.values["lr"])
        hint = f"Lower the learning rate (now {rate:g})"
        weights = trace.values.get("sample_weights")
        if weights is not None and not weights.sum():
            hint = "The weights of the samples in this batch add up to 0: use larger batches"
        elif iteration == 1:
            hint = "Look at the inputs and the starting weights: scale them to about -1 .. 1"
        self.history.stopped = f"{step} {what} in iteration {iteration}"
        return NotFinite(
            self.history.stopped, hint=f"{hint}.",
            step=step, iteration=iteration, cell=cell, rate=rate,
            training=self._finished(),
        )  # fmt: skip


def started(program: Program, start: Mapping[str, Any], rows: Rows) -> Values:
    """What the first iteration is given besides its rows and its learning rate.

    That is `start`, as precise as the rows, and 0 for whatever else is carried from iteration to
    iteration: what the optimizer remembers.
    """
    values = {word: np.asarray(value, rows.X.dtype) for word, value in start.items()}
    given: Values = {**values, "X": rows.X, "y": rows.y}
    declared = {word: shape for word, shape in program.given.items() if word in given}
    sizes = bound(declared, {word: value.shape for word, value in given.items()})
    needed = program.only("loss").given
    for word in program.updates:
        if word not in values and word in needed:
            raise SettingError(
                f"cannot start the training: {word} ({spelled(needed[word])}) has no starting value"
            )
        if word not in values:
            values[word] = np.zeros(resolved(program.given[word], sizes), rows.X.dtype)
    return values


def _carried(values: Values) -> Values:
    """What a training ends with: neither its rows nor its rate."""
    given = ("X", "y", "lr", "sample_weights")
    return {word: value for word, value in values.items() if word not in given}
