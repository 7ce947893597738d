"""From the start of a process to a trained network: imports, compiling and all.

    started(problem, words, setting, pace)     -> Cold

Where something keeps what it has compiled, it starts twice: from an empty folder, and from one that
it has filled before. Python keeps the modules it has compiled, ours too, as it does wherever they
are installed.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workings.benchmarking.contestants import LIMIT, OURS, contestants
from workings.benchmarking.judging import loss_of
from workings.benchmarking.problems import Problem
from workings.benchmarking.processes import Asked, Failed, Setting, folder
from workings.benchmarking.rounds import Pace, unfit
from workings.benchmarking.task import Task, load_arrays


@dataclass
class Start:
    """How one contestant started. `seconds` are whole starts, `begun` the part of them in which
    whatever is needed is made and a first iteration done."""

    word: str
    kept: bool = False
    why_not: str = ""
    seconds: list[float] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)
    loss: float = math.nan

    @property
    def median(self) -> float:
        """Seconds from nothing to a trained network."""
        return statistics.median(self.seconds) if self.seconds else math.nan

    @property
    def beginning(self) -> float:
        """Seconds of what is made once."""
        return statistics.median(self.begun) if self.begun else math.nan


@dataclass
class Cold:
    """How everybody started at one problem."""

    problem: Problem
    starts: list[Start]

    def of(self, word: str, *, kept: bool = False) -> Start | None:
        """The start of one of them, if it has one that counts."""
        found = [s for s in self.starts if (s.word, s.kept) == (word, kept) and not s.why_not]
        return found[0] if found else None


def started(problem: Problem, words: Sequence[str], setting: Setting, pace: Pace) -> Cold:
    """Everybody in turn, as often as there are rounds."""
    with folder() as place:
        task = problem.task()
        task.save(place / "task")
        starts = [start for word in words for start in _starts(word, task)]
        for start in starts:
            is_ours = contestants()[start.word].side == OURS
            if not start.why_not and (start.kept or is_ours):  # to fill what is kept
                _start(start, task, place, replace(setting, caches=place / "kept"))
                start.seconds, start.begun = [], []
        for turn in range(pace.rounds):
            for start in starts:
                if start.why_not or start.median > pace.long:
                    continue
                caches = place / ("kept" if start.kept else f"fresh-{turn}-{start.word}")
                _start(start, task, place, replace(setting, caches=caches, asked=start.kept))
        _judge(problem, starts)
        return Cold(problem, starts)


def _starts(word: str, task: Task) -> list[Start]:
    who = contestants()[word]
    if who.side == LIMIT:
        return []
    why_not = unfit(word, task)
    both = who.keeps and not why_not
    return [Start(word, kept, why_not) for kept in ((False, True) if both else (False,))]


def _start(start: Start, task: Task, place: Path, setting: Setting) -> None:
    """One process from its start to its end."""
    path, who = place / "result.npz", contestants()[start.word]
    began = time.perf_counter()
    try:
        with Asked(start.word, who, setting) as worker:
            told = worker.ask("cold", folder=str(place / "task"), path=str(path))
            start.seconds.append(time.perf_counter() - began)
        start.begun.append(told["seconds"])
        flat = load_arrays(path)
        start.loss = loss_of(task, list(zip(flat[::2], flat[1::2], strict=True)))
    except Failed as error:
        start.why_not = str(error)
    except (OSError, ValueError, LookupError) as error:
        start.why_not = f"what it ends with cannot be read ({error})"


def _judge(problem: Problem, starts: Sequence[Start]) -> None:
    """Says of those who ended with another loss that they do."""
    finite = [s.loss for s in starts if not s.why_not and math.isfinite(s.loss)]
    wanted = statistics.median_low(finite) if finite else math.nan
    for start in starts:
        if not start.why_not and not abs(start.loss - wanted) <= problem.tolerance * abs(wanted):
            start.why_not = f"its loss is {start.loss:.10g}, not {wanted:.10g}"
