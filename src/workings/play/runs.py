"""One run: any step of it, again and again, equal bit for bit.

    run = Run(built)
    run.advance(100)            trains on; stops at the first value that is not finite
    run.values(42)              the weights after step 42, and what the optimizer remembers
    run.trace(42)               every number of iteration 42
    run.change(lr=0.05)         from here on
    run.fork(30, Change(...))   another run that shares the steps up to 30

Programs are pure and batches come from a seed, so a step is computed again from the nearest key
frame by the engine that computed it first.
"""

from __future__ import annotations

import hashlib
import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from workings.errors import SettingError
from workings.play.batching import Segment
from workings.play.building import Built
from workings.play.frames import KeyFrames
from workings.play.numbers import STEPS
from workings.play.records import (
    Broken,
    Curve,
    Mark,
    changed_text,
    finite,
    judge_of,
    moved,
    suited,
    thinned,
)
from workings.play.specs import Train
from workings.trace import Array, Trace
from workings.training import started

Values = dict[str, Array]
EVERY = 64  # steps between key frames
CHEAP = 64  # steps of a run that are quickly made again
REMEMBERED = 6  # states near the one that is looked at


class Run:
    """A training: its steps so far (`last`), and what was changed on the way."""

    def __init__(self, built: Built, *, parent: Run | None = None, at: int = 0,
                 start: Values | None = None, text: str = "") -> None:  # fmt: skip
        self.built, self.parent, self.at, self.text = built, parent, at, text
        program = built.network.training(built.spec.train.optimizer, clip=built.spec.train.clip)
        self.engine = built.engine or suited(program)
        values = started(program, built.start, built.rows) if start is None else start
        self.frames = KeyFrames()
        self.frames.put(at, values)
        self.near: OrderedDict[int, Values] = OrderedDict()
        self.segments = [Segment.begin(built, at, self.engine)]
        self.marks: list[Mark] = []
        self.cells: dict[str, float] = {}  # that were edited where it was forked
        self.losses = Curve(at)
        self.tests: list[tuple[int, float]] = []
        self.last = at
        self.broken: Broken | None = None
        self.told_broken = False
        self.seconds, self.timed = 0.0, 0
        self._judge = judge_of(built)
        self.traces: OrderedDict[int, Trace] = OrderedDict()

    # -- going on ----------------------------------------------------------------------------------

    def advance(self, count: int, seconds: float | None = None) -> int:
        """Trains on by `count` steps, or for about so long; returns how many were made.

        Ends at the last finite step, and sets `broken`, where a value is not finite.
        """
        before, began = self.last, time.perf_counter()
        until = min(self.last + count, STEPS)
        while self.last < until and self.broken is None:
            spent = time.perf_counter() - began
            if seconds is not None and spent >= seconds:
                break
            left = None if seconds is None else seconds - spent
            self._piece(min(until - self.last, self._fitting(left)))
        self.seconds += time.perf_counter() - began
        self.timed += self.last - before
        return self.last - before

    def _fitting(self, seconds: float | None) -> int:
        """How many steps are run in one call: up to a key frame, and no longer than told."""
        most = EVERY - self.last % EVERY
        if seconds is None or not self.timed:
            return most if seconds is None else 1
        return max(1, min(most, int(seconds * self.timed / max(self.seconds, 1e-9))))

    def _piece(self, count: int) -> None:
        values = self.values(self.last)
        looped = self.segments[-1].run(values, self.last, count)
        after = {**values, **looped.values}
        if looped.done < count or not finite(after):
            self._break(values, count)
            return
        self.losses.add(looped.losses)
        self.last += count
        self.remember(self.last, after)
        if self.last % EVERY == 0:
            self.frames.put(self.last, after)

    def _break(self, values: Values, count: int) -> None:
        """The steps of a piece one by one, up to the one in which a number ran away."""
        for _ in range(count):
            looped = self.segments[-1].run(values, self.last, 1)
            after = {**values, **looped.values}
            if looped.done < 1 or not finite(after):
                self.broken = self._culprit(values, after)
                return
            self.losses.add(looped.losses)
            self.last, values = self.last + 1, after
            self.remember(self.last, after)

    def _culprit(self, values: Values, after: Values) -> Broken:
        iteration = self.last + 1
        trace = self._traced(values, self.segments[-1], iteration)
        found = trace.first_not_finite()
        word, place = found or next(
            (word, tuple(map(int, np.argwhere(~np.isfinite(x))[0])))
            for word, x in after.items() if not np.isfinite(x).all()
        )  # fmt: skip
        value = trace[word][place] if found else np.inf
        what = "is not a number" if np.isnan(value) else "overflowed"
        cell = f"{word}[{','.join(str(index + 1) for index in place)}]" if place else word
        return Broken(iteration, cell, f"{cell} {what} in step {iteration}")

    def note_test(self) -> None:
        """Notes the loss on the test rows after the last step, if there are any."""
        if self._judge and (not self.tests or self.tests[-1][0] < self.last):
            self.tests = thinned([*self.tests, (self.last, self.test_loss(self.last))])

    def test_loss(self, step: int) -> float:
        """The loss on the test rows after a step, as if there were as many as learn at once."""
        if not self._judge:
            return float("nan")
        run, rows, per = self._judge
        found = run({**self.values(step), "X": rows.X, "y": rows.y})
        loss = float(found["loss"])
        share: float = min(self.segment(step + 1).batch, per[0]) / per[1]
        return loss * share

    # -- going back --------------------------------------------------------------------------------

    def values(self, step: int) -> Values:
        """The weights after a step, and what the optimizer remembers: the very same bits."""
        self.check_step(step)
        if step < self.at and self.parent is not None:
            return self.parent.values(step)
        if step in self.near:
            self.near.move_to_end(step)
            return self.near[step]
        first, values = self.frames.before(step)
        known = [near for near in self.near if first < near < step]
        if known:
            first, values = max(known), self.near[max(known)]
        while first < step:
            segment = self.segment(first + 1)
            count = min(step - first, EVERY - first % EVERY, self._until(first) - first)
            values = {**values, **segment.run(values, first, count).values}
            first += count
        self.remember(step, values)
        return values

    def cheap(self, step: int) -> bool:
        """Whether the values after a step are at hand, without computing any."""
        if step < self.at and self.parent is not None:
            return self.parent.cheap(step)
        return step in self.near or step in self.frames.kept or self.last <= CHEAP

    def segment(self, iteration: int) -> Segment:
        """What iteration `iteration` is made with."""
        if iteration <= self.at and self.parent is not None:
            return self.parent.segment(iteration)
        place = bisect_right([one.first for one in self.segments], iteration - 1) - 1
        return self.segments[max(place, 0)]

    def _until(self, step: int) -> int:
        """Up to which step all are made with the same settings as the next one."""
        return min((one.first for one in self.segments if one.first > step), default=STEPS)

    def trace(self, step: int) -> Trace:
        """Every number of iteration `step`; of step 0, what iteration 1 is about to do."""
        if step < self.at and self.parent is not None:
            return self.parent.trace(step)
        if step == self.at and self.parent is not None and step > 0:
            return self.parent.trace(step)
        if step not in self.traces:
            iteration = max(step, 1)
            segment = self.segment(iteration)
            before = self.values(iteration - 1)
            trace = self._traced(before, segment, iteration)
            after = self.values(step) if step else segment.run(before, 0, 1).values
            exact = {new: after[old] for old, new in segment.program.updates.items()}
            whole = {**trace.values, **exact}
            whole |= moved(segment.shown, whole)
            self.traces[step] = replace(trace, values=whole)
            while len(self.traces) > 2:
                self.traces.popitem(last=False)
        return self.traces[step]

    def _traced(self, values: Values, segment: Segment, iteration: int) -> Trace:
        given, places = segment.given(values, iteration)
        labels = {**self.built.labels, "n": [self.built.numbers[place] for place in places]}
        with np.errstate(all="ignore"):
            return Trace(segment.shown, segment.runner(given), labels)

    def loss(self, step: int) -> float:
        """The loss of iteration `step`; NaN where it is not known yet."""
        if step <= self.at and self.parent is not None:
            return self.parent.loss(step)
        return self.losses.at(step)

    def all_losses(self, first: int, last: int) -> Array:
        """The losses of the steps first + 1 .. last, those of the runs it came from too."""
        own = self.losses.between(max(first, self.at), last)
        if self.parent is None or first >= self.at:
            return own
        return np.concatenate([self.parent.all_losses(first, min(last, self.at)), own])

    def all_tests(self) -> list[tuple[int, float]]:
        """The losses on the test rows likewise, by their steps."""
        before = self.parent.all_tests() if self.parent else []
        return [*(pair for pair in before if pair[0] <= self.at), *self.tests]

    def best_step(self, step: int) -> int:
        """The step up to this one whose loss was the least."""
        losses = self.losses.between(self.at, step)
        return self.at + 1 + int(losses.argmin()) if len(losses) else self.at

    def checksum(self, step: int) -> str:
        """Of the weights after a step: equal ones mean equal bits."""
        digest = hashlib.sha256()
        for word, x in sorted(self.values(step).items()):
            digest.update(word.encode() + np.ascontiguousarray(x).tobytes())
        return digest.hexdigest()[:16]

    def check_step(self, step: int) -> None:
        """Refuses a step that there is not."""
        if not 0 <= step <= self.last:
            raise SettingError(
                f"cannot go to step {step}: this run has {self.last} so far", field="step"
            )

    # -- changes -----------------------------------------------------------------------------------

    @property
    def train(self) -> Train:
        """The settings that the next step is made with."""
        return self.segments[-1].train

    def change(self, train: Train) -> None:
        """Other settings from the last step on; what was made stays."""
        said = changed_text(self.train, train)
        if not said:  # another stop rule alone
            self.segments[-1] = replace(self.segments[-1], train=train)
            return
        segment = self.segments[-1].changed(train, self.last)
        self.frames.put(self.last, self.values(self.last), fixed=True)
        if segment.first == self.segments[-1].first:
            self.segments[-1] = segment
        else:
            self.segments.append(segment)
        self.marks.append(Mark(self.last, said))
        self.broken, self.told_broken = None, False

    def fork(
        self, at: int, train: Train, built: Built, cells: Mapping[str, Array], text: str
    ) -> Run:
        """A run that shares the steps up to `at` and goes on with other settings or cells."""
        values = {**self.values(at), **cells}
        spec = replace(built.spec, train=train)
        made = Run(replace(built, spec=spec), parent=self, at=at, start=values, text=text)
        segment = self.segment(at + 1)
        made.engine = self.engine
        made.segments = [segment.changed(train, at, built=made.built)]
        return made

    def all_marks(self) -> list[Mark]:
        """The changes on the way, those of the runs it came from too."""
        before = [m for m in self.parent.all_marks() if m.step <= self.at] if self.parent else []
        own = [Mark(self.at, self.text)] if self.parent is not None and self.text else []
        return [*before, *own, *self.marks]

    def remember(self, step: int, values: Values) -> None:
        """Keeps what comes after a step, for as long as it is near what is looked at."""
        self.near[step] = values
        while len(self.near) > REMEMBERED:
            self.near.popitem(last=False)
