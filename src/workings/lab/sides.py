"""One side of an experiment: a program with all it is given, run for some iterations.

side = of_network(network, start, rows, rate=0.1)
side.trace()            every value of the first iteration
side.run(5000)          the losses of every iteration, and the last outputs
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workings.engines import engine
from workings.language import Program
from workings.network import Network
from workings.optimizers import Optimizer
from workings.trace import Array, Trace
from workings.training import started
from workings.training.runs import Rows

ENGINE = "numpy"  # the reference: its numbers are those that are told
LOSS = "loss"


@dataclass(frozen=True)
class Ran:
    """The loss of every iteration, and the outputs that the last one ended with, samples in rows.

    `broke` is the iteration whose loss was no finite number any more, if one was.
    """

    losses: Array
    outputs: Array
    targets: Array
    broke: int | None = None

    @property
    def hits(self) -> float:
        """The share of the rows whose greatest output stands where that of the target does."""
        same = self.outputs.argmax(1) == self.targets.argmax(1)
        return float(same.mean())


@dataclass(frozen=True)
class Side:
    """A program and its values; `output` is the step that answers.

    `gradients` says which step holds the gradient of which weights; `sign` is -1 where they point
    downhill. `samples` is the axis along which the samples lie.
    """

    program: Program
    values: Mapping[str, Array]
    output: str
    gradients: Mapping[str, str] = field(default_factory=dict)
    sign: int = 1
    samples: int = 0
    summed: bool = True

    def trace(self) -> Trace:
        """Every value of the first iteration."""
        return engine(ENGINE).trace(self.program, self.values)

    def run(self, iterations: int) -> Ran:
        """So many iterations, or fewer where the numbers run away."""
        updates = dict(self.program.updates)
        keep = [LOSS, *updates.values()]
        once = engine(ENGINE).prepare(self.program, keep)
        values, losses = dict(self.values), list[float]()
        broke = None
        for iteration in range(1, iterations + 1):
            found = once(values)
            losses.append(float(found[LOSS]))
            if not np.isfinite(losses[-1]):
                broke = iteration
                break
            values |= {old: found[new] for old, new in updates.items()}
        answer = engine(ENGINE).run(self.program.only(self.output), values)[self.output]
        y = np.asarray(values["y"])
        if self.samples:
            answer, y = answer.T, y.T
        return Ran(np.asarray(losses), answer, y, broke)


def of_network(
    network: Network, start: Mapping[str, Any], rows: Rows, *, rate: float,
    optimizer: str | Optimizer = "sgd",
) -> Side:  # fmt: skip
    """A network on its rows, laid out as its convention says."""
    program = network.training(optimizer)
    values = {**started(program, start, rows), "X": rows.X, "y": rows.y, "lr": np.asarray(rate)}
    learnt = {
        word: step for names in network.names
        for word, step in ((names.weights, names.d_weights), (names.bias, names.d_bias))
        if word in network.parameters
    }  # fmt: skip
    convention = network.convention
    return Side(
        program, values, network.output, learnt, convention.direction, convention.sample_axis,
        convention.reduction == "sum",
    )  # fmt: skip
