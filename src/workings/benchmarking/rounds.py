"""One problem: everybody prepared and checked, then timed in turn.

    measured(problem, words, setting, pace)     -> Outcome

Each contestant has a process of its own for each problem. First it does the whole training (or as
much of it as is compared); its loss is computed here, from the weights it hands over. Whoever ends
with another loss than the rest is not timed. Then rounds: everybody once in each, the order turns.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from workings.benchmarking.contestants import LIMIT, contestants
from workings.benchmarking.judging import answers_of, loss_of
from workings.benchmarking.problems import Problem
from workings.benchmarking.processes import Asked, Failed, Setting, folder
from workings.benchmarking.task import Task, load_arrays
from workings.benchmarking.worker import SHOWN

NO_PART = {"train": "does not train", "predict": "does not predict"}
AT_ONCE = 2  # processes that are prepared at a time
SETTLED = 0.15  # seconds between two turns: threads of OpenBLAS are busy for 0.1 before they sleep
TRIES = 3  # short runs, of which the fastest says how long a timed run may be
SPINNING = 0.1  # seconds that a process may be busy while it waits, without being noted


@dataclass(frozen=True)
class Pace:
    """How often, and for how long (seconds) a contestant's turn lasts, about."""

    rounds: int = 5
    least: float = 0.1
    most: float = 0.5
    long: float = 6.0  # what takes so many seconds at the least is not done again


@dataclass
class Entry:
    """How one contestant did. `why_not` says why it is not timed, if it is not.

    `seconds` are per iteration (or call), one for each round; `first` is the first iteration with
    all that is made before it; `peak` and `beyond` are bytes: at most, and beyond what it had when
    its friends and the data were loaded.
    """

    word: str
    why_not: str = ""
    seconds: list[float] = field(default_factory=list)
    first: float = math.nan
    loss: float = math.nan
    peak: int = 0
    beyond: int | None = None
    timed: int = 0  # iterations of a run that was timed
    idle: float = 0.0  # the most seconds of work between two turns

    @property
    def counts(self) -> bool:
        """Whether it is compared with."""
        return not self.why_not

    @property
    def median(self) -> float:
        """Seconds per iteration."""
        return statistics.median(self.seconds) if self.seconds else math.nan


@dataclass
class Outcome:
    """How everybody did at one problem."""

    problem: Problem
    entries: dict[str, Entry]
    per_epoch: int
    iterations: int
    loss: float
    before: float  # the loss of the starting weights
    flops: float  # of the matrix products of an iteration
    data: int  # bytes of inputs and targets
    seconds: float = 0.0

    def units(self, seconds: float) -> float:
        """Seconds per iteration as seconds per what is told of this problem."""
        return seconds * (self.per_epoch if self.problem.unit == "epoch" else 1)


def measured(problem: Problem, words: Sequence[str], setting: Setting, pace: Pace) -> Outcome:
    """Everybody at one problem."""
    began = time.perf_counter()
    with folder() as place:
        task = problem.task()
        task.save(place)
        entries = {word: Entry(word) for word in words}
        with ExitStack() as stack:
            apart = replace(setting, caches=place / "caches")  # whoever compiles does it anew
            workers = _prepared(problem, task, place, entries, apart, stack)
            loss = _judge(problem, task, entries)
            ready = {word: w for word, w in workers.items() if entries[word].counts}
            _time(task, ready, entries, pace)
        before = loss_of(task, task.weights)
        return Outcome(
            problem, entries, task.per_epoch, task.how.iterations, loss, before, flops(task),
            task.X.nbytes + task.y.nbytes, time.perf_counter() - began,
        )  # fmt: skip


def flops(task: Task) -> float:
    """Multiplications and additions in the matrix products of an iteration, or a call."""
    pairs = list(zip(task.sizes, task.sizes[1:], strict=False))
    forward = [2.0 * a * b for a, b in pairs]
    if task.how.does == "predict":
        return task.how.batch * sum(forward)
    rows = len(task.X) / task.per_epoch
    return rows * (3 * sum(forward) - forward[0])


def _prepared(
    problem: Problem, task: Task, place: Path, entries: dict[str, Entry], setting: Setting,
    stack: ExitStack,
) -> dict[str, Asked]:  # fmt: skip
    """Everybody's process, with the training behind it whose loss is compared."""
    whole = min(problem.compared or task.how.iterations, task.how.iterations)
    known, workers = contestants(), {}

    def prepare(word: str) -> None:
        entry = entries[word]
        try:
            entry.why_not = unfit(word, task)
            if entry.why_not:
                return
            worker = stack.enter_context(Asked(word, known[word], setting))
            worker.ask("load", folder=str(place))
            entry.first = worker.ask("begin")["seconds"]
            if whole > 1:
                worker.ask("run", iterations=whole)
            path = place / f"{word}.npz"
            told = worker.ask("result", path=str(path))
            entry.peak, entry.beyond = told["peak"], told["beyond"]
            entry.loss = _loss_in(path, task)
            workers[word] = worker
        except Failed as error:
            entry.why_not = str(error)
        except (OSError, ValueError, LookupError) as error:
            entry.why_not = f"what it ends with cannot be read ({error})"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            list(pool.map(prepare, entries))
        except BaseException:
            stack.close()  # nobody waits for their answers
            raise
    return workers


def unfit(word: str, task: Task) -> str:
    """Why somebody does not take part, or ""."""
    who = contestants()[word]
    missing = who.missing()
    if missing:
        return f"not installed: {', '.join(missing)}"
    if task.how.does not in who.does:
        return NO_PART[task.how.does]
    return who.why_not(task)


def _loss_in(path: Path, task: Task) -> float:
    """The loss of the weights in a file; of predictions, how far they are from ours."""
    flat = load_arrays(path)
    if task.how.does == "train":
        return loss_of(task, list(zip(flat[::2], flat[1::2], strict=True)))
    found, wanted = flat[0], answers_of(task, task.X[:SHOWN])
    if found.ndim == 1 and wanted.shape[1] > 1:  # labels
        return float((found != wanted.argmax(axis=1)).mean())
    return float(np.abs(found.reshape(wanted.shape) - wanted).max())


def _judge(problem: Problem, task: Task, entries: dict[str, Entry]) -> float:
    """Says of those who ended elsewhere that they do; returns the loss of the others."""
    sides = contestants()
    judged = [e for e in entries.values() if e.counts and sides[e.word].side != LIMIT]
    if not judged:
        return math.nan
    wanted, allowed = 0.0, problem.tolerance
    if task.how.does == "train":
        finite = [e.loss for e in judged if math.isfinite(e.loss)]
        wanted = statistics.median_low(finite) if finite else math.nan
        allowed *= abs(wanted)
    for entry in judged:
        if not abs(entry.loss - wanted) <= allowed:
            what = "its loss is" if task.how.does == "train" else "its answers are off by"
            entry.why_not = f"{what} {entry.loss:.10g}, not {wanted:.10g}"
    return wanted


def _time(task: Task, workers: dict[str, Asked], entries: dict[str, Entry], pace: Pace) -> None:
    """Rounds; the order of turns goes round, too."""
    plans = {word: _planned(task, workers[word], entries[word], pace) for word in list(workers)}
    words = [word for word in workers if entries[word].counts]
    for turn in range(pace.rounds if words else 0):
        place = turn % len(words)
        for word in words[place:] + words[:place]:
            entry, (iterations, repeats) = entries[word], plans[word]
            if entry.median > pace.long:
                continue
            time.sleep(SETTLED)
            try:
                told = workers[word].ask("run", iterations=iterations, repeats=repeats)
            except Failed as error:
                entry.why_not, words = str(error), [one for one in words if one != word]
                continue
            entry.idle = max(entry.idle, told["idle"])
            entry.seconds.append(told["seconds"] / (iterations * repeats))


def _planned(task: Task, worker: Asked, entry: Entry, pace: Pace) -> tuple[int, int]:
    """How many iterations a timed run has, and how many such runs make up a turn."""
    iterations, each = max(1, task.how.iterations // 50), math.inf
    time.sleep(SETTLED)
    try:
        for _ in range(TRIES):
            told = worker.ask("run", iterations=iterations)
            each = min(each, told["seconds"] / iterations)
            if told["seconds"] > pace.most:
                break
    except Failed as error:
        entry.why_not = str(error)
        return 1, 1
    fitting = max(1, min(task.how.iterations, int(pace.most / each)))
    if fitting > task.per_epoch and task.how.does == "train":
        fitting -= fitting % task.per_epoch
    entry.timed = fitting
    return fitting, max(1, math.ceil(pace.least / (each * fitting)))
