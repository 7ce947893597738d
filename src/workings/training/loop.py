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

from workings.batches import Batches
from workings.engines import Prepared, engine
from workings.engines.auto import asked_for, machine_of
from workings.errors import NotFinite, SettingError
from workings.language import Program
from workings.trace import Array
from workings.training.courses import Course, FarSighted, Places, Usual
from workings.training.epochs import Epochs
from workings.training.iterating import AT_ONCE, Broken, Iterations
from workings.training.looking import Looking
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
from workings.training.starting import carried, started

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
    last = settings.epochs * loop.epochs.length
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
        self.epochs = Epochs(self.count, settings.batch_size)
        self.looking = Looking(program, measures, self.count)
        values = started(self.looking.program, start, rows)
        values["lr"] = np.asarray(settings.rate, rows.X.dtype)
        self.iterations = Iterations(
            self.looking.program, values, rows, engine_name=settings.engine,
            times=settings.epochs * self.epochs.length, masks=self._drawn if masks else None,
        )  # fmt: skip
        self.history = History(stopped="all epochs done")
        self.until: int | None = None
        self.reached: Places | None = None  # the rows of the iteration asked for
        self.best = self.values

    @property
    def values(self) -> Values:
        """What the next iteration starts with."""
        return self.looking.without(self.iterations.values)

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
        return min(left, max(1, min(AT_ONCE // self.epochs.length, ROOM // self.count)))

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
        orders = [self.course.order(self.count) for _ in rates]
        self.iterations.start_with(self.looking.begun(self.iterations.values))
        try:
            interrupted = self._go(self.epochs.batches(orders, rates))
            self.iterations.check()
        except Broken as found:
            self._note(self.iterations.losses[begun : found.iteration - 1], rates)
            raise
        finally:
            self.history.engine, self.history.fallback = self.iterations.ran
        if self.reached is not None:
            return True
        ended = self._note(self.iterations.losses[begun:], rates)
        if interrupted:
            raise KeyboardInterrupt
        return ended

    def _go(self, batches: Batches) -> bool:
        """Runs the iterations, a few at a time if need be; True if somebody pressed Ctrl-C."""
        count = len(batches)
        size = -(-count // -(-count // self.iterations.at_once))  # pieces alike, so kernels too
        for first in range(0, count, size):
            piece = batches.between(first, first + size)
            if self._reaches(piece):
                return False
            looped = self.iterations.go(piece)
            self.history.iterations = self.iterations.done
            if looped.interrupted:
                return True
        return False

    def _rates(self, most: int) -> list[float]:
        """The learning rates of the next epochs, as far ahead as the course can tell."""
        if most > 1 and isinstance(self.course, FarSighted):
            return self.course.rates(self.history, most)
        return [self.course.rate(self.history)]

    def _reaches(self, piece: Batches) -> bool:
        """Stops before the iteration that was asked for, if it is one of these."""
        left = len(piece) if self.until is None else self.until - 1 - self.iterations.done
        if left >= len(piece):
            return False
        if left:
            self.iterations.go(piece.between(0, left))
        given = self.iterations.batch(piece, left)
        self.iterations.start_with({**self.iterations.values, **given})
        self.reached = piece.rows(left)
        return True

    def _drawn(self, iteration: int, samples: int) -> Mapping[str, Array]:
        """The masks of an iteration, from a seed of its own."""
        assert self.masks is not None  # noqa: S101 - or nobody would ask
        return self.masks(np.random.default_rng([self.settings.seed, MASKS, iteration]), samples)

    def _note(self, losses: list[float], rates: list[float]) -> bool:
        """Notes the epochs that were finished; True when the training is to end."""
        history = self.history
        means = self.epochs.means(losses, summed=self.measures.summed)
        history.rate += rates[: len(means)]
        if len(means) > 1 and isinstance(self.course, FarSighted):
            history.loss += means
            best, ended = self.course.judged_all(history, len(means))
            history.best_epoch = best or history.best_epoch
            history.stopped = ended or history.stopped
            return bool(ended)
        for loss in means:
            history.loss.append(loss)
            self._note_looks()
        return bool(means) and self._ended()

    def _note_looks(self) -> None:
        """Notes what was looked at besides the loss, after one epoch."""
        history, found = self.history, self.looking.so_far(self.iterations.values)
        if self.measures.validation is not None:
            held = self.looking.validated(self.values, self.measures.validation, self._prepare)
            history.validation_loss.append(held.pop("loss"))
            found |= {f"validation {word}": value for word, value in held.items()}
        for word, value in found.items():
            history.metrics.setdefault(word, []).append(value)

    def _prepare(self, program: Program, words: list[str]) -> Prepared:
        """A program that runs once an epoch, ready to run: on NumPy where the iterations are.

        Where they are not, it depends on the work alone, not on who asked for machine code: a
        replay must be judged as the training was.
        """
        word = engine().name if self.iterations.ran[0] == engine().name else "auto"
        return asked_for(word, self.settings.epochs).prepare(program, words)

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
        self.history.machine = machine_of(self.history.engine)
        return Training(carried(self.best if restore else self.values), self.history)

    def _not_finite(self, found: Broken) -> NotFinite:
        self.history.stopped = found.described
        self.history.iterations = found.iteration - 1
        self.iterations.start_with(found.before)
        return NotFinite(
            found.described, hint=found.hint, step=found.step, iteration=found.iteration,
            cell=found.cell, rate=found.rate, training=self._finished(),
        )  # fmt: skip
