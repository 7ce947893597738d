"""Our engines: network, loss and optimizer to a program, and the engine's loop over all batches."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from workings.batches import Batches
from workings.benchmarking.contestants import OURS, Contestant, Predictor, Trained, Trainer
from workings.benchmarking.networks import forward, laid_out, network_of, taken_apart
from workings.benchmarking.task import Array, Task, Weights
from workings.engines import engine
from workings.training import started
from workings.training.runs import Rows


class Engine(Contestant):
    """One of our engines, by its name."""

    side = OURS
    engine: ClassVar[str] = ""

    def trainer(self, task: Task) -> Trainer:
        """The loop of the engine, over batches that are known before."""
        network = network_of(task)
        program = network.training(task.how.optimizer)
        rows = Rows(task.X, task.y)
        start = started(program, laid_out(network, task.weights), rows)
        values = {word: x for word, x in start.items() if word not in ("X", "y")}
        loop, batches = engine(self.engine).loop(program), batches_of(task)

        def run(iterations: int) -> Trained:
            looped = loop(values, {"X": task.X, "y": task.y}, batches.between(0, iterations))

            def weights() -> Weights:
                return taken_apart(network, looped.values)

            return weights

        return run

    def predictor(self, task: Task) -> Predictor:
        """The forward program, prepared."""
        network = network_of(task)
        run = engine(self.engine).prepare(forward(network), [network.output])
        values, output = laid_out(network, task.weights), network.output

        def predict(X: Array) -> Array:
            return run({**values, "X": X})[output]

        return predict


def batches_of(task: Task) -> Batches:
    """The rows of every iteration, as our loops are told them."""
    count, turns = len(task.X), np.arange(task.how.iterations)
    epoch, place = np.divmod(turns, task.per_epoch)
    first = place * task.how.batch
    begins = epoch % len(task.orders) * count + first
    counts = np.minimum(count - first, task.how.batch)
    rates = np.full(len(turns), task.how.rate)
    return Batches(task.orders.ravel(), begins, counts, rates)
