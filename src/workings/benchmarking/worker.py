"""The process that one contestant runs in: it is asked in lines of JSON, and answers in such.

    python -m workings.benchmarking.worker CONTESTANT

    {"do": "load", "folder": ...}             imports, and the task's arrays; then nothing is kept
                                              in mind of how much memory that took on the way
    {"do": "begin"}                           whatever it needs, and one iteration: how long
    {"do": "run", "iterations": n, "repeats": k}     k runs from the start: how long all of them
    {"do": "result", "path": ...}             what the last run ended with, and the memory it took
    {"do": "cold", "folder": ..., "path": ...}       all of it at once

It ends when nobody asks any more, which is when the pipe is closed. What its friends print goes to
standard error.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from workings.benchmarking import memory
from workings.benchmarking.contestants import Contestant, Predictor, Trainer, contestant
from workings.benchmarking.task import Array, Task, load, save_arrays

Ended = Callable[[], list[Array]]
Work = Callable[[int], Ended]
SHOWN = 1000  # rows whose answers are handed over


class Worker:
    """A contestant at a task."""

    def __init__(self, who: Contestant) -> None:
        self.who, self.level, self.seen = who, 0, time.process_time()
        self.task: Task
        self.work: Work
        self.last: Ended | None = None

    def load(self, folder: str) -> dict[str, Any]:
        """The contestant's friends and the task's arrays."""
        self.who.load()
        self.task = load(Path(folder))
        self.level = memory.forget_peak()
        return {"why_not": self.who.why_not(self.task)}

    def begin(self) -> dict[str, Any]:
        """Whatever is made once, and a first iteration."""
        began = time.perf_counter()
        if self.task.how.does == "train":
            self.work = training(self.who.trainer(self.task))
        else:
            self.work = predicting(self.who.predictor(self.task), self.task)
        self.last = self.work(1)
        return {"seconds": time.perf_counter() - began}

    def run(self, iterations: int, repeats: int = 1) -> dict[str, Any]:
        """Some runs, each of them from the start."""
        idle = time.process_time() - self.seen
        began = time.perf_counter()
        for _ in range(repeats):
            self.last = self.work(iterations)
        return {"seconds": time.perf_counter() - began, "idle": idle}

    def result(self, path: str) -> dict[str, Any]:
        """What the last run ended with."""
        peak, since = memory.peak(), memory.peak_since()
        assert self.last is not None  # noqa: S101 - it is asked after a run
        save_arrays(Path(path), self.last())
        return {"peak": peak, "beyond": None if since is None else max(since - self.level, 0)}

    def cold(self, folder: str, path: str) -> dict[str, Any]:
        """From nothing to a trained network, in one go."""
        self.task = load(Path(folder))  # modules are imported where they are used
        begun = self.begin()
        save_arrays(Path(path), self.work(self.task.how.iterations)())
        return begun

    def answer(self, line: str) -> dict[str, Any]:
        """What is said to one line; what went wrong is said, too."""
        asked = json.loads(line)
        try:
            found: dict[str, Any] = getattr(self, asked.pop("do"))(**asked)
        except Exception as error:  # whatever a contestant comes to grief by
            first = (str(error).strip() or "no reason given").splitlines()[0]
            found = {"error": f"{type(error).__name__}: {first}"}
        self.seen = time.process_time()
        return found


def training(train: Trainer) -> Work:
    """So many iterations; what comes of them is the weights."""

    def work(iterations: int) -> Ended:
        trained = train(iterations)
        return lambda: [x for pair in trained() for x in pair]

    return work


def predicting(predict: Predictor, task: Task) -> Work:
    """So many calls; what comes of them is the answers to the first rows."""
    size, rows = task.how.batch, task.X
    parts = [slice(first, first + size) for first in range(0, len(rows), size)]

    def work(calls: int) -> Ended:
        for turn in range(calls):
            predict(rows[parts[turn % len(parts)]])
        return lambda: [answers()]

    def answers() -> Array:
        found = [predict(rows[part])[:SHOWN] for part in parts[: -(-SHOWN // size)]]
        return np.concatenate(found).astype(float)  # labels of ours are text

    return work


def main() -> None:
    """Answers until nobody asks."""
    heard = os.fdopen(os.dup(0), encoding="utf-8")
    said = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever is printed must not be taken for an answer
    worker = Worker(contestant(sys.argv[1]))
    for line in heard:
        said.write(json.dumps(worker.answer(line)) + "\n")
        said.flush()


if __name__ == "__main__":
    main()
