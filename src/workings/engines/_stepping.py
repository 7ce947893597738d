"""Many iterations, one call of a prepared program for each: the loop of engines that have none.

It is what `Engine.loop` means, in plain Python; a loop that does it faster must do the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from workings.batches import Batches, Looped, Whole
from workings.language import Program
from workings.trace import Array, Values

SAMPLES = "n"  # the size that counts rows
RATE = "lr"


class Stepping:
    """The iterations of a program, one after the other."""

    def __init__(self, engine: Any, program: Program, keep: tuple[str, ...], loss: str) -> None:
        self.program, self.keep, self.loss = program, keep, loss
        kept = dict.fromkeys([loss, *keep, *program.updates.values()])
        self.runner = engine.prepare(program, kept)

    def __call__(
        self, values: Values, rows: Values, batches: Batches, stop: Whole | None = None
    ) -> Looped:
        """Runs the iterations in `batches`."""
        now, losses, interrupted = dict(values), list[Any](), False
        # what is done is one thing, replaced as a whole: Ctrl-C comes before or after it
        done: tuple[int, Values, dict[str, Array]] = 0, now, {}
        batch: Mapping[str, Array] = {}
        try:
            for turn in range(len(batches)):
                if stop is not None and stop[0]:
                    break
                if turn == 0 or not batches.is_same(turn):
                    batch = self.rows_of(rows, batches.rows(turn))
                rate = np.asarray(batches.rates[turn], rows["X"].dtype)
                out = self.runner({**now, **batch, **self.masks_of(batches, turn), RATE: rate})
                losses.append(out[self.loss])
                if not math.isfinite(losses[turn]):
                    break
                now = {**now, **{old: out[new] for old, new in self.program.updates.items()}}
                done = turn + 1, now, {word: out[word] for word in self.keep}
        except KeyboardInterrupt:
            interrupted = True
        count, last, kept = done
        failed = len(losses) > count and not math.isfinite(losses[count])
        found = np.array(losses[: count + failed], rows["X"].dtype)
        after = {old: last[old] for old in self.program.updates}
        return Looped(after, found, count, kept, interrupted)

    def rows_of(self, rows: Values, which: Whole) -> dict[str, Array]:
        """Those rows of every matrix of rows."""
        return {word: x.take(which, self.axis(word)) for word, x in rows.items()}

    def masks_of(self, batches: Batches, turn: int) -> dict[str, Array]:
        """What is given for this iteration alone."""
        first = int(batches.offsets[turn]) if batches.masks else 0
        which = np.arange(first, first + int(batches.counts[turn]))
        return {word: x.take(which, self.axis(word)) for word, x in batches.masks.items()}

    def axis(self, word: str) -> int:
        """The axis that rows lie on."""
        return self.program.given[word].index(SAMPLES)
