"""What is looked at besides the training loss: metrics while it learns, and held-out rows.

    looking = Looking(program, measures, count)
    looking.program                   the program, with sums of the metrics carried along
    looking.so_far(values)            the metrics of the epoch that these values end
    looking.validated(values)         loss, metrics and scores of the held-out rows

Metrics are steps of the program, so that many iterations can run in one call and none of their
outputs need be handed out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workings.engines import Prepared
from workings.language import Expr, Program, Step, name, size_of
from workings.trace import Array
from workings.training.runs import Measures, Rows, Values

NOW, SUM, NEW = "{}_now", "sum_of_{}", "new_sum_of_{}"


class Looking:
    """A program with what is looked at in it; `count` is how many rows an epoch has."""

    def __init__(self, program: Program, measures: Measures, count: int) -> None:
        self.measures, self.count = measures, count
        self.axis = program.given["X"].index("n")
        self.program = self._summing(program)
        self.wanted = ["loss", *map(NOW.format, measures.metrics)]
        if measures.scores:
            self.wanted.append(measures.output)
        judge = measures.judge or program
        self.judge = judge.then(self._steps(judge)).only(*self.wanted)
        self.ready: Prepared | None = None

    @property
    def sums(self) -> list[str]:
        """The names under which sums are carried from one iteration to the next."""
        return list(map(SUM.format, self.measures.metrics))

    def _steps(self, program: Program) -> list[Step]:
        """A step for each metric: its mean over the rows of a batch."""
        if not self.measures.metrics:
            return []
        output, target = (self._by_rows(program.ref(w)) for w in (self.measures.output, "y"))
        return [
            Step(NOW.format(word), metric(output, target))
            for word, metric in self.measures.metrics.items()
        ]

    def _by_rows(self, x: Expr) -> Expr:
        return x if self.axis == 0 else x.T

    def _summing(self, program: Program) -> Program:
        """The program with each metric times the rows of the batch added up."""
        steps = self._steps(program)
        if not steps:
            return program
        rows = size_of(program.ref("X"), self.axis)
        sums = [
            Step(NEW.format(word), name(SUM.format(word)) + step.ref * rows)
            for word, step in zip(self.measures.metrics, steps, strict=True)
        ]
        carried = {SUM.format(word): NEW.format(word) for word in self.measures.metrics}
        return program.then([*steps, *sums], updates={**program.updates, **carried})

    def begun(self, values: Values) -> Values:
        """Values that an epoch can begin with: nothing is added up yet."""
        return {**values, **{word: values[word] * 0 for word in self.sums}}

    def without(self, values: Values) -> Values:
        """Values without the sums, which nobody asked for."""
        return {word: x for word, x in values.items() if word not in self.sums}

    def so_far(self, values: Values) -> dict[str, float]:
        """The metrics of the epoch that these values end: means over all rows."""
        words = zip(self.measures.metrics, self.sums, strict=True)
        return {word: float(values[carried]) / self.count for word, carried in words}

    def validated(
        self, values: Values, rows: Rows, prepare: Callable[[Program, list[str]], Prepared]
    ) -> dict[str, float]:
        """Loss, metrics and scores of held-out rows; `prepare` is that of an engine."""
        self.ready = self.ready or prepare(self.judge, self.wanted)
        batch = rows.batch(None, self.axis)
        out = self.ready(values | batch)
        found = {"loss": float(out["loss"])}
        if self.measures.summed:
            found["loss"] /= int(batch["X"].shape[self.axis])
        found |= {word: float(out[NOW.format(word)]) for word in self.measures.metrics}
        for word, score in self.measures.scores.items():
            found[word] = score(*self._laid_out(out[self.measures.output], batch["y"]))
        return found

    def _laid_out(self, *arrays: Array) -> list[Any]:
        return [x if self.axis == 0 else x.T for x in arrays]
