"""The loop: a program, an engine and rows -> trained values and their history.

    train(program, start, rows, settings=Settings(...))    -> Training
    replay(program, start, rows, settings=..., iteration=k) -> what iteration k starts with

Three words are kept apart: an *iteration* is one update, a *batch* the rows used in it, an
*epoch* one pass over all rows. Everything random comes from the seed, and programs are pure, so
any iteration can be run again: this is how the first value that is not finite is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from workings.batches import Batches
from workings.errors import NotFinite, SettingError
from workings.language import Program
from workings.trace import Array
from workings.training.courses import Course, FarSighted, Places, Resumable, Usual
from workings.training.epochs import Epochs
from workings.training.iterating import AT_ONCE, Broken, Iterations
from workings.training.keeping import Keeping, machine
from workings.training.looking import Looking
from workings.training.noting import Noting
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
from workings.training.starting import carried, check_fits, started, unfit
from workings.training.states import Keeper, State, until

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
    keeper: Keeper | None = None,
    state: State | None = None,
) -> Training:
    """Runs the program until the epochs are over, its course ends it, or Ctrl-C.

    `start` holds the parameters and constants; what the optimizer remembers starts at 0 unless it
    is there too. Without a `course` of one's own it is the `Usual` one: with `settings.patience`
    the values returned are those of the last epoch that brought a gain in the validation loss
    (training loss, without validation rows). `masks(random, samples)` draws what dropout needs for
    one iteration, from a seed of that iteration's own. Raises `NotFinite`, with the training up to
    there, at the first value that is not finite.

    `keeper` is handed the state of the training before the first iteration, whenever it asks and
    at the end. With such a `state`, and all else as it was, the training goes on from there and
    ends with the bits that it would have ended with.
    """
    loop = _Loop(
        program, start, rows, settings, measures or Measures(), course, masks, keeper, state
    )
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
            f"({loop.history.stopped})",
            hint="Ask for an earlier iteration.",
        )
    return loop.values, loop.reached


class _Loop:
    """One training run: where it is, and what it has seen."""

    def __init__(
        self, program: Program, start: Mapping[str, Any], rows: Rows, settings: Settings,
        measures: Measures, course: Course | None, masks: Masks | None,
        keeper: Keeper | None = None, state: State | None = None,
    ) -> None:  # fmt: skip
        self.settings, self.measures, self.masks = settings, measures, masks
        self.course = course or Usual(settings)
        self.axis = program.given["X"].index("n")
        self.count = int(rows.X.shape[self.axis])
        if self.count == 0:
            raise SettingError("cannot train on 0 rows: 1 or more were expected")
        self.epochs = Epochs(self.count, settings.batch_size)
        self.looking = Looking(program, measures, self.count)
        values = started(self.looking.program, start, rows)
        values["lr"] = np.asarray(settings.rate, rows.X.dtype)
        at = state or State(0, values, np.empty(0), History(), {}, {})
        self.iterations = Iterations(
            self.looking.program, at.values, rows, done=at.done, losses=at.losses.tolist(),
            engine_name=at.history.engine if at.done else settings.engine,
            times=settings.epochs * self.epochs.length, masks=self._drawn if masks else None,
        )  # fmt: skip
        self.noting = Noting(self.epochs, self.looking, self.course, self.iterations, settings)
        self.ended, self.ahead = at.ended, at.ahead
        if state is not None:
            self._go_on(state, values)
        self.keeping = Keeping(keeper, self.course, self.iterations, self.noting)
        self.until: int | None = None
        self.reached: Places | None = None  # the rows of the iteration asked for

    def _go_on(self, state: State, start: Values) -> None:
        """What was noted before, and what the course remembers."""
        check_fits(start, state.values)
        check_fits(self.looking.without(start), state.best)
        begun = state.history.epochs * self.epochs.length
        left = self.settings.epochs - state.history.epochs
        sound = 0 <= state.done - begun == len(state.losses) and state.ahead <= left
        if not sound or not isinstance(self.course, Resumable):
            raise unfit("is not one of it")
        self.noting.history = until(state.history, state.history.epochs)
        self.noting.best = state.best
        try:
            self.course.go_on(state.course)
        except (LookupError, TypeError, ValueError) as error:
            raise unfit(f"remembers of its course what cannot be ({error})") from None

    @property
    def history(self) -> History:
        """What has happened so far."""
        return self.noting.history

    @property
    def values(self) -> Values:
        """What the next iteration starts with."""
        return self.noting.values

    def run(self, watch: Watch | None) -> Training:
        """Epoch after epoch, or several at once where nobody looks at what is between them."""
        try:
            if self.iterations.done == 0:
                self.keeping.begin(0)
                self.keeping.now()
            while not self.ended and self.history.epochs < self.settings.epochs:
                self.ended = self._epochs(self._at_once(watch))
                if self.reached is not None:
                    break
                self.history.seconds = self.keeping.seconds
                if watch:
                    self.ended |= self._watched(watch, self.history.epochs)
            self.keeping.last(ended=True)
        except KeyboardInterrupt:
            self.history.stopped = "interrupted"
            self.keeping.last(ended=False)
        except Broken as found:
            raise self._not_finite(found) from None
        return self._finished()

    def _at_once(self, watch: Watch | None) -> int:
        """How many epochs may be run before anything is looked at."""
        if self.ahead:  # they were begun already
            return self.ahead
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
        begun = self.history.epochs * self.epochs.length
        self.keeping.begin(begun, most)
        rates, self.ahead = self._rates(most), 0
        orders = [self.course.order(self.count) for _ in rates]
        if self.iterations.done == begun:
            self.iterations.start_with(self.looking.begun(self.iterations.values))
        try:
            interrupted = self._go(self.epochs.batches(orders, rates), begun)
            self.iterations.check()
        except Broken as found:
            self.noting.note(self.iterations.since(begun, found.iteration - 1), rates)
            raise
        finally:
            self.history.engine, fallback = self.iterations.ran
            self.history.fallback = fallback or self.history.fallback
        if self.reached is not None:
            return True
        ended = self.noting.note(self.iterations.since(begun), rates)
        if interrupted:
            raise KeyboardInterrupt
        return ended

    def _go(self, batches: Batches, begun: int) -> bool:
        """Runs the iterations, a few at a time if need be; True if somebody pressed Ctrl-C."""
        count = len(batches)
        size = -(-count // -(-count // self.iterations.at_once))  # pieces alike, so kernels too
        while (first := self.iterations.done - begun) < count:
            piece = batches.between(first, first + size)
            if self._reaches(piece):
                return False
            looped = self.iterations.go(piece, self.keeping.stop)
            if not looped.done and not looped.interrupted:  # a state is due sooner than it works
                looped = self.iterations.go(piece.between(0, 1))
            self.history.iterations = self.iterations.done
            if looped.interrupted:
                return True
            self.keeping.look()
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

    def _finished(self) -> Training:
        restore = self.course.keeps_best and self.history.best_epoch > 0
        self.history.kept_epoch = self.history.best_epoch if restore else self.history.epochs
        self.history.machine = machine(self.history)
        return Training(carried(self.noting.best if restore else self.values), self.history)

    def _not_finite(self, found: Broken) -> NotFinite:
        self.history.stopped = found.described
        self.history.iterations = found.iteration - 1
        self.iterations.start_with(found.before)
        return NotFinite(
            found.described, hint=found.hint, step=found.step, iteration=found.iteration,
            cell=found.cell, rate=found.rate, training=self._finished(),
        )  # fmt: skip
