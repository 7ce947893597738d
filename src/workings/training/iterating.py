"""Iterations on rows: what is carried from one to the next, and where a value stops being finite.

    iterations = Iterations(program, values, rows, engine_name="numpy", times=5000)
    iterations.go(batches)         so many of them; `values` and `done` move on
    iterations.ran                 which engine it was

Programs are pure and everything random is data, so iterations can be run again: this is how the
first value that is not finite is found, though it was noticed some iterations later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workings.batches import Batches, Loop, Looped, Whole
from workings.engines import engine
from workings.engines.auto import asked_for, ran_by
from workings.errors import NotFinite
from workings.language import Program
from workings.trace import Array, Trace
from workings.training.runs import Rows, Values

Masks = Callable[[int, int], Mapping[str, Array]]  # (iteration from 0, samples) -> masks
CHECKED = 64  # iterations between two looks at whether all weights are finite
AT_ONCE = 8192  # iterations in one call


@dataclass
class Broken(Exception):
    """The first value that is not finite, in which iteration (from 1), and what that began with."""

    trace: Trace
    iteration: int
    step: str
    cell: tuple[int, ...]
    values: Values
    before: Values

    @property
    def rate(self) -> float:
        """The learning rate of that iteration."""
        return float(self.values["lr"])

    @property
    def described(self) -> str:
        """Which step it was, what became of it, and when."""
        broken = self.trace[self.step][self.cell]
        what = "is not a number" if np.isnan(broken) else "overflowed"
        return f"{self.step} {what} in iteration {self.iteration}"

    @property
    def hint(self) -> str:
        """What is most likely to help."""
        weights = self.trace.values.get("sample_weights")
        if weights is not None and not weights.sum():
            return "The weights of the samples in this batch add up to 0: use larger batches."
        if self.iteration == 1:
            return "Look at the inputs and the starting weights: scale them to about -1 .. 1."
        return f"Lower the learning rate (now {self.rate:g})."


class Iterations:
    """A program's iterations: how many are done, and the values that the next one starts with."""

    def __init__(
        self, program: Program, values: Values, rows: Rows, *,
        engine_name: str, times: int, masks: Masks | None = None, done: int = 0,
        losses: Sequence[float] = (),
    ) -> None:  # fmt: skip
        self.program, self.rows, self.masks = program, rows, masks
        self.axis = program.given["X"].index("n")
        self.engine_name = engine_name
        self.loop: Loop = asked_for(engine_name, times).loop(program)
        self.at: tuple[int, Values] = done, values  # replaced as a whole: Ctrl-C may come any time
        self.losses = list(losses)  # those given, of the last iterations, and all since
        self.first = done - len(self.losses)  # the iteration (from 0) of the first of them
        self.sparse = hasattr(rows.X, "toarray")
        self.at_once = 1 if self.sparse else CHECKED if masks else AT_ONCE
        self.safe: tuple[int, Values, list[Batches]] = (done, values, [])

    @property
    def ran(self) -> tuple[str, str]:
        """The engine that ran, and why it is NumPy where machine code would have been faster."""
        return ran_by(self.loop, self.engine_name)

    @property
    def done(self) -> int:
        """How many iterations are done."""
        return self.at[0]

    @property
    def values(self) -> Values:
        """What the next iteration starts with."""
        return self.at[1]

    def start_with(self, values: Values) -> None:
        """Goes on with other values."""
        self.at = self.done, values

    def since(self, begun: int, done: int | None = None) -> list[float]:
        """The losses from iteration `begun` (from 0), up to the one before `done`."""
        return self.losses[begun - self.first : None if done is None else done - self.first]

    def go(self, batches: Batches, stop: Whole | None = None) -> Looped:
        """Runs at most `at_once` iterations; fewer, if `stop` is no longer 0.

        Raises `Broken` at a value that is not finite.
        """
        looped = self.loop(self.values, *self._given(batches, self.done), stop)
        self.losses += looped.losses.tolist()
        last = max(looped.done - 1, 0)
        rate = np.asarray(batches.rates[last], self.rows.X.dtype)
        self.safe[2].append(batches.between(0, len(looped.losses)))
        if len(looped.losses) > looped.done:
            self.check_again()
        self.at = self.done + looped.done, {**self.values, **looped.values, "lr": rate}
        if self.done - self.safe[0] >= CHECKED:
            self.check()
        return looped

    def check(self) -> None:
        """Looks at whether all that is carried is finite; raises `Broken` if not."""
        if not self._is_finite(self.values):
            self.check_again()
        self.safe = (self.done, self.values, [])

    def batch(self, batches: Batches, turn: int) -> Values:
        """The rows, the rate and the masks that one iteration, the next to be done, is given."""
        found = self.rows.batch(batches.rows(turn), self.axis)
        rate = np.asarray(batches.rates[turn], self.rows.X.dtype)
        return {**found, "lr": rate, **self._masks(batches.between(turn, turn + 1), self.done)}

    def _given(self, batches: Batches, done: int) -> tuple[Values, Batches]:
        """All rows, and the batches with their masks."""
        masks = self._masks(batches, done)
        if not self.sparse:
            return self.rows.batch(None, self.axis), replace(batches, masks=masks)
        some = np.concatenate([batches.rows(turn) for turn in range(len(batches))])
        dense = replace(batches, order=np.arange(len(some)), begins=batches.offsets, masks=masks)
        return self.rows.batch(some, self.axis), dense

    def _masks(self, batches: Batches, done: int) -> Values:
        if self.masks is None:
            return {}
        drawn = [self.masks(done + turn, int(n)) for turn, n in enumerate(batches.counts)]
        kind = self.rows.X.dtype
        return {
            word: np.concatenate([one[word].astype(kind, copy=False) for one in drawn], self.axis)
            for word in drawn[0]
        }

    def _is_finite(self, values: Values) -> bool:
        return all(np.isfinite(values[word]).all() for word in self.program.updates)

    # -- finding the first value that is not finite -----------------------------------------------

    def check_again(self) -> None:
        """Runs the iterations since the last look again, a few at a time, until some break."""
        done, values, pieces = self.safe
        for piece in pieces:
            for first in range(0, len(piece), CHECKED):
                few = piece.between(first, first + CHECKED)
                looped = self.loop(values, *self._given(few, done))
                after = {**values, **looped.values}
                if looped.done < len(few) or not self._is_finite(after):
                    self._walk(done, values, few)
                done, values = done + looped.done, after
        raise NotFinite(
            "the training cannot go on: a value that is not finite was met, and not when it was "
            "computed again",
            hint="Lower the learning rate.",
        )

    def _walk(self, done: int, values: Values, batches: Batches) -> None:
        """The iterations one by one, on the engine that ran them, up to the one that breaks."""
        for turn in range(len(batches)):
            one, self.at = batches.between(turn, turn + 1), (done + turn, values)
            looped = self.loop(values, *self._given(one, self.done))
            after = {**values, **looped.values}
            if looped.done < 1 or not self._is_finite(after):
                self._name(values, one)
            values = after

    def _name(self, values: Values, one: Batches) -> None:
        """Names the first value of an iteration that is not finite, by keeping every value.

        The reference looks first; what overflows by the last digit alone may do so on the engine
        that ran, and not there.
        """
        given = {**values, **self.batch(one, 0)}
        for word in dict.fromkeys((engine().name, self.ran[0])):
            trace = engine(word).trace(self.program, given)
            found = trace.first_not_finite()
            if found:
                raise Broken(trace, self.done + 1, *found, given, values)
