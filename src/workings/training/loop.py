"""The loop: a program, an engine and rows -> trained values and their history.

    train(program, start, rows, settings=Settings(...))    -> Training
    replay(program, start, rows, settings=..., iteration=k) -> what iteration k starts with

Three words are kept apart: an *iteration* is one update, a *batch* the rows used in it, an
*epoch* one pass over all rows. Everything random comes from the seed, and programs are pure, so
any iteration can be run again: this is how the first value that is not finite is found.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from workings.batches import Batches, Looped
from workings.engines import engine
from workings.errors import NotFinite, SettingError
from workings.language import Program
from workings.language.shapes import bound, resolved, spelled
from workings.trace import Array
from workings.training.courses import Course, FarSighted, Places, Usual
from workings.training.iterating import AT_ONCE, Broken, Iterations, epochs
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
ROOM = 1 << 20  # places of rows in memory at once


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
        self.rows, self.settings, self.measures = rows, settings, measures
        self.course, self.masks = course or Usual(settings), masks
        self.axis = program.given["X"].index("n")
        self.count = int(rows.X.shape[self.axis])
        if self.count == 0:
            raise SettingError("cannot train on 0 rows: 1 or more were expected")
        values = started(program, start, rows)
        values["lr"] = np.asarray(settings.rate, rows.X.dtype)
        self.iterations = Iterations(
            program, values, rows, engine_name=settings.engine,
            keep=(measures.output,) if measures.metrics else (),
            masks=self._drawn if masks else None,
        )  # fmt: skip
        self.history = History(stopped="all epochs done")
        self.until: int | None = None
        self.reached: Places | None = None  # the rows of the iteration asked for
        self.best = values
        looked_at = ["loss", measures.output] if measures.metrics or measures.scores else ["loss"]
        judge = (measures.judge or program).only(*looked_at)
        self.judge = engine(settings.engine).prepare(judge, looked_at)

    @property
    def values(self) -> Values:
        """What the next iteration starts with."""
        return self.iterations.values

    @property
    def batches_per_epoch(self) -> int:
        """How many iterations an epoch has."""
        return -(-self.count // (self.settings.batch_size or self.count))

    def run(self, watch: Watch | None) -> Training:
        """Epoch after epoch, or several at once where nobody looks at what is between them."""
        began = time.perf_counter()
        try:
            while self.history.epochs < self.settings.epochs:
                ended = self._epochs(self._at_once(watch))
                if self.reached is not None:
                    break
                self.history.seconds = time.perf_counter() - began
                if watch:
                    ended = self._watched(watch, self.history.epochs) or ended
                if ended:
                    break
        except KeyboardInterrupt:
            self.history.stopped = "interrupted"
        except Broken as found:
            raise self._not_finite(found) from None
        return self._finished()

    def _at_once(self, watch: Watch | None) -> int:
        """How many epochs may be run before anything is looked at."""
        looks = watch or self.measures.metrics or self.measures.validation or self.course.keeps_best
        if looks or self.until:
            return 1
        left = self.settings.epochs - self.history.epochs
        return min(left, max(1, min(AT_ONCE // self.batches_per_epoch, ROOM // self.count)))

    def _watched(self, watch: Watch, done: int) -> bool:
        """Tells whoever watches; True when they want the training to end."""
        speed = self.count * done / max(self.history.seconds, 1e-9)
        ended = watch(Progress(done, self.settings.epochs, speed, self.history, self.values))
        if ended:
            self.history.stopped = "ended by a callback"
        return bool(ended)

    def _epochs(self, most: int) -> bool:
        """Some passes over all rows, at most so many; True when the training is to end."""
        rates, begun = self._rates(most), self.iterations.done
        batches, sums = self._batches(rates), dict[str, float]()
        try:
            interrupted = self._go(batches, sums)
            self.iterations.check()
        except Broken as found:
            self._note(self.iterations.losses[begun : found.iteration - 1], rates, sums)
            raise
        if self.reached is not None:
            return True
        ended = self._note(self.iterations.losses[begun:], rates, sums)
        if interrupted:
            raise KeyboardInterrupt
        return ended

    def _go(self, batches: Batches, sums: dict[str, float]) -> bool:
        """Runs the iterations, a few at a time if need be; True if somebody pressed Ctrl-C."""
        for first in range(0, len(batches), self.iterations.at_once):
            piece = batches.between(first, first + self.iterations.at_once)
            if self._reaches(piece):
                return False
            looped = self.iterations.go(piece)
            self.history.iterations = self.iterations.done
            self._add_metrics(sums, looped, piece)
            if looped.interrupted:
                return True
        return False

    def _rates(self, most: int) -> list[float]:
        """The learning rates of the next epochs, as far ahead as the course can tell."""
        if most > 1 and isinstance(self.course, FarSighted):
            return self.course.rates(self.history, most)
        return [self.course.rate(self.history)]

    def _batches(self, rates: list[float]) -> Batches:
        """Which rows make up each batch of so many epochs."""
        orders = [self.course.order(self.count) for _ in rates]
        size = min(self.settings.batch_size or self.count, self.count)
        given = [order for order in orders if order is not None] or [np.arange(self.count)]
        return epochs(given, size, rates, self.count)

    def _reaches(self, piece: Batches) -> bool:
        """Stops before the iteration that was asked for, if it is one of these."""
        left = len(piece) if self.until is None else self.until - 1 - self.iterations.done
        if left >= len(piece):
            return False
        if left:
            self.iterations.go(piece.between(0, left))
        given = self.iterations.batch(piece, left)
        self.iterations.values, self.reached = {**self.values, **given}, piece.rows(left)
        return True

    def _drawn(self, iteration: int, samples: int) -> Mapping[str, Array]:
        """The masks of an iteration, from a seed of its own."""
        assert self.masks is not None  # noqa: S101 - or nobody would ask
        return self.masks(np.random.default_rng([self.settings.seed, MASKS, iteration]), samples)

    def _add_metrics(self, sums: dict[str, float], looped: Looped, piece: Batches) -> None:
        if self.measures.metrics and looped.done:
            target = self.rows.y.take(piece.rows(0), self.axis)
            share = int(piece.counts[0]) / self.count
            output, target = (self._as_rows(x) for x in (looped.kept[self.measures.output], target))
            for word, metric in self.measures.metrics.items():
                sums[word] = sums.get(word, 0.0) + metric(output, target) * share

    def _as_rows(self, x: Array) -> Array:
        return x if self.axis == 0 else x.T

    def _note(self, losses: list[float], rates: list[float], sums: dict[str, float]) -> bool:
        """Notes the epochs that were finished; True when the training is to end."""
        per_epoch, history = self.batches_per_epoch, self.history
        size = min(self.settings.batch_size or self.count, self.count)
        shares = np.minimum(self.count - np.arange(0, self.count, size), size) / self.count
        weights = np.full(per_epoch, 1 / self.count) if self.measures.summed else shares
        whole = len(losses) // per_epoch
        means = np.reshape(losses[: whole * per_epoch], (whole, per_epoch)) @ weights
        history.rate += rates[:whole]
        if whole > 1 and isinstance(self.course, FarSighted):
            history.loss += means.tolist()
            history.best_epoch = self.course.best_of(history, whole) or history.best_epoch
            return False
        for loss in means.tolist():
            history.loss.append(loss)
            self._note_looks(sums)
        return bool(whole) and self._ended()

    def _note_looks(self, sums: dict[str, float]) -> None:
        """Notes what was looked at besides the loss, after one epoch."""
        history = self.history
        if self.measures.validation is not None:
            found = self._validated(self.measures.validation)
            history.validation_loss.append(found.pop("loss"))
            sums |= {f"validation {word}": value for word, value in found.items()}
        for word, value in sums.items():
            history.metrics.setdefault(word, []).append(value)

    def _validated(self, rows: Rows) -> dict[str, float]:
        batch = rows.batch(None, self.axis)
        out: Values = self.judge(self.values | batch)
        found = {"loss": float(out["loss"])}
        if self.measures.summed:
            found["loss"] /= int(batch["X"].shape[self.axis])
        for word, score in {**self.measures.metrics, **self.measures.scores}.items():
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

    def _not_finite(self, found: Broken) -> NotFinite:
        what = "is not a number" if np.isnan(found.trace[found.step][found.cell]) else "overflowed"
        rate = float(found.values["lr"])
        hint = f"Lower the learning rate (now {rate:g})"
        weights = found.trace.values.get("sample_weights")
        if weights is not None and not weights.sum():
            hint = "The weights of the samples in this batch add up to 0: use larger batches"
        elif found.iteration == 1:
            hint = "Look at the inputs and the starting weights: scale them to about -1 .. 1"
        self.history.stopped = f"{found.step} {what} in iteration {found.iteration}"
        self.history.iterations = found.iteration - 1
        self.iterations.values = found.before
        return NotFinite(
            self.history.stopped, hint=f"{hint}.",
            step=found.step, iteration=found.iteration, cell=found.cell, rate=rate,
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
