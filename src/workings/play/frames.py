"""Key frames: what a step starts with, kept now and then, so that any step is near one.

Up to 64 MB are kept; then those in between go: one every 256 steps stays, then every 1024 ...
The first frame and those at which something was changed always stay.
"""

from __future__ import annotations

from bisect import bisect_right, insort

import numpy as np

from workings.trace import Array

BUDGET = 64 * 2**20  # bytes, of all runs together
EVERY, WIDER = 64, 4
Values = dict[str, Array]


class KeyFrames:
    """Frames by their step."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.steps: list[int] = []
        self.kept: dict[int, Values] = {}
        self.fixed: set[int] = set()
        self.every, self.size, self.budget = EVERY, 0, budget
        self.latest = 0  # of the regular ones

    def put(self, step: int, values: Values, *, fixed: bool = False) -> None:
        """Keeps what comes after `step`; a regular one only if the last is far enough back."""
        if fixed or not self.steps:
            self.fixed.add(step)
        elif step - self.latest < self.every:
            return
        else:
            self.latest = step
        if step in self.kept:
            return
        insort(self.steps, step)
        self.kept[step] = values
        self.size += _bytes(values)
        while self.size > self.budget and len(self.steps) > len(self.fixed):
            self.thin()

    def before(self, step: int) -> tuple[int, Values]:
        """The last frame at or before a step."""
        found = self.steps[bisect_right(self.steps, step) - 1]
        return found, self.kept[found]

    def thin(self) -> None:
        """Lets those between go: about every fourth regular one stays."""
        self.every *= WIDER
        last = self.steps[0]
        for step in self.steps[1:]:
            if step not in self.fixed and step - last < self.every:
                self.size -= _bytes(self.kept.pop(step))
            else:
                last = step
        self.steps = sorted(self.kept)


def _bytes(values: Values) -> int:
    return sum(np.asarray(x).nbytes for x in values.values()) + 100 * len(values)
