"""Iterations on rows: what is carried from one to the next, and where a value stops being finite.

    iterations = Iterations(program, values, rows, engine="numpy")
    iterations.go(batches)         so many of them; `values` and `done` move on

Programs are pure and everything random is data, so iterations can be run again: this is how the
first value that is not finite is found, though it was noticed some iterations later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.batches import Batches, Looped
from workings.engines import engine
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


class Iterations:
    """A program's iterations: how many are done, and the values that the next one starts with."""

    def __init__(
        self, program: Program, values: Values, rows: Rows, *,
        engine_name: str, keep: tuple[str, ...] = (), masks: Masks | None = None,
    ) -> None:  # fmt: skip
        self.program, self.values, self.rows, self.masks = program, values, rows, masks
        self.axis = program.given["X"].index("n")
        self.loop = engine(engine_name).loop(program, keep)
        self.done = 0
        self.losses: list[float] = []  # of all iterations, the broken one too
        self.sparse = hasattr(rows.X, "toarray")
        self.at_once = 1 if self.sparse or keep else CHECKED if masks else AT_ONCE
        self.safe: tuple[int, Values, list[Batches]] = (0, values, [])

    def go(self, batches: Batches) -> Looped:
        """Runs at most `at_once` iterations. Raises `Broken` at a value that is not finite."""
        looped = self.loop(self.values, *self._given(batches, self.done))
        self.losses += looped.losses.tolist()
        last = max(looped.done - 1, 0)
        rate = np.asarray(batches.rates[last], self.rows.X.dtype)
        self.safe[2].append(batches)
        if len(looped.losses) > looped.done:
            self.check_again()
        self.values = {**self.values, **looped.values, "lr": rate}
        self.done += looped.done
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
        raise NotFinite("a value that is not finite was met, and not when it was computed again")

    def _walk(self, done: int, values: Values, batches: Batches) -> None:
        """The iterations one by one, keeping every value, up to the one that breaks."""
        self.done = done
        for turn in range(len(batches)):
            given = {**values, **self.batch(batches, turn)}
            trace = engine().trace(self.program, given)
            found = trace.first_not_finite()
            if found:
                raise Broken(trace, self.done + 1, *found, given, values)
            values = {**values, **{old: trace[new] for old, new in self.program.updates.items()}}
            self.done += 1


def epochs(orders: list[NDArray[Any]], size: int, rates: list[float], count: int) -> Batches:
    """The batches of some epochs: each takes its rows in its order, `size` at a time.

    If there is one order only, it is that of every epoch.
    """
    one, many = Batches.of(np.arange(count), size, 0.0), len(rates)
    starts = np.arange(many) * count if len(orders) == many else np.zeros(many, np.int64)
    begins = (starts[:, np.newaxis] + one.begins).ravel()
    order = np.concatenate(orders).astype(np.int64)
    return Batches(order, begins, np.tile(one.counts, many), np.repeat(rates, len(one)))
