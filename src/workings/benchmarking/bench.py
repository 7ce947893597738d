"""All problems, one after the other.

    bench(Plan(problems=("moons",), rounds=5), say=print)     -> Results

What can be asked for by name are the problems, the cold starts ("cold-moons"), and what grows
("rows", "width", "depth", "batch").
"""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from workings.benchmarking import machine
from workings.benchmarking.cold import Cold, started
from workings.benchmarking.contestants import LIMIT, OURS, PEER, contestants, versions
from workings.benchmarking.numbers import duration, ratio
from workings.benchmarking.problems import AXES, COLD, PROBLEMS, Problem
from workings.benchmarking.processes import Setting, bound_to, cores, folder, orderly
from workings.benchmarking.rounds import Outcome, Pace, measured
from workings.errors import SettingError, UnknownName

OURSELVES = "compiled"  # whom everybody is compared with
STARTS = "cold-"
SHORT = 0.4  # of a turn, where something grows: there are many points
GROWN = 60.0  # seconds that one answer may take where something grows
ROUNDS, QUICK_ROUNDS = 5, 2
ALONGSIDE = ["numpy", "scipy", "llvmlite"]  # modules whose versions matter, too

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What is to be done: which problems and contestants (none named: all), how often, by what."""

    problems: tuple[str, ...] = ()
    contestants: tuple[str, ...] = ()
    rounds: int | None = None
    threads: int | None = None
    quick: bool = False

    def __post_init__(self) -> None:
        for kind, chosen, known in (
            ("problem", self.problems, names()),
            ("contestant", self.contestants, list(contestants())),
        ):
            for word in chosen:
                if word not in known:
                    raise UnknownName(kind, word, known)
        if not 1 <= (self.threads or 1) <= cores():
            raise SettingError(
                f"cannot run {self.threads} threads: this process may use {cores()} processors",
                hint="Ask for as many or fewer.",
            )

    @property
    def words(self) -> list[str]:
        """The contestants, in their order."""
        return [word for word in contestants() if not self.contestants or word in self.contestants]

    @property
    def pace(self) -> Pace:
        """How often, and how long."""
        if self.quick:
            return Pace(self.rounds or QUICK_ROUNDS, least=0.005, most=0.03)
        return Pace(self.rounds or ROUNDS)

    def has(self, word: str) -> bool:
        """Whether this is to be done."""
        return not self.problems or word in self.problems

    def chosen(self, problem: Problem) -> Problem:
        """The problem in the size that is wanted."""
        return problem.quick() if self.quick else problem


@dataclass
class Results:
    """Everything that was found."""

    plan: Plan
    threads: int
    began: dt.datetime
    machine: dict[str, str]
    versions: dict[str, str]
    bandwidth: float
    outcomes: list[Outcome] = field(default_factory=list)
    cold: list[Cold] = field(default_factory=list)
    grown: dict[str, list[Outcome]] = field(default_factory=dict)
    seconds: float = 0.0


Seen = Callable[[Results], None]


def names() -> list[str]:
    """Everything that can be asked for."""
    return [*(p.name for p in PROBLEMS), *(STARTS + word for word in COLD), *AXES]


def left_out(plan: Plan) -> dict[str, str]:
    """Who cannot take part on this machine, and why."""
    missing = {word: contestants()[word].missing() for word in plan.words}
    return {word: f"not installed: {', '.join(gone)}" for word, gone in missing.items() if gone}


def bench(plan: Plan, say: Say, seen: Seen = lambda _: None) -> Results:
    """Does it all; `say` is told a line about each problem, `seen` what is there by then."""
    began, threads = time.perf_counter(), plan.threads or cores()
    needed = [word for who in contestants().values() for word in who.needs]
    described = machine.described()
    with bound_to(threads), orderly(), folder() as caches:
        found = Results(
            plan, threads, dt.datetime.now(dt.UTC), described,
            versions(sorted({*ALONGSIDE, *needed})), machine.bandwidth(threads),
        )  # fmt: skip
        for line in _all(found, Setting(threads, caches)):
            found.seconds = time.perf_counter() - began
            say(line)
            seen(found)
    return found


def _all(found: Results, setting: Setting) -> Iterator[str]:
    """Problem by problem, each with a line about it."""
    plan, known = found.plan, contestants()
    for problem in PROBLEMS:
        if plan.has(problem.name):
            found.outcomes.append(measured(plan.chosen(problem), plan.words, setting, plan.pace))
            yield told(found.outcomes[-1])
    for problem in PROBLEMS:
        if problem.name in COLD and plan.has(STARTS + problem.name):
            found.cold.append(started(plan.chosen(problem), plan.words, setting, plan.pace))
            yield told_cold(found.cold[-1])
    quickly = [w for w in plan.words if not known[w].slow and known[w].side != LIMIT]
    growing = [word for word in quickly if "train" in known[word].does]
    for axis, points in AXES.items():
        if plan.has(axis):
            some = points[:2] if plan.quick else points
            brief = replace(plan.pace, least=SHORT * plan.pace.least, most=SHORT * plan.pace.most)
            patient = replace(setting, patience=GROWN)
            found.grown[axis] = [measured(p, growing, patient, brief) for p in some]
            yield f"{axis}: {', '.join(str(point.value) for point in some)}"


def best(words: Sequence[tuple[str, float]], side: str = PEER) -> tuple[str, float]:
    """Who of a side needs the least; ("", nan) if nobody is left."""
    known = contestants()
    found = [(x, word) for word, x in words if known[word].side == side and math.isfinite(x)]
    return min(found)[::-1] if found else ("", math.nan)


def told(outcome: Outcome) -> str:
    """A line about one problem."""
    timed = [(e.word, e.median) for e in outcome.entries.values() if e.counts]
    return _line(outcome.problem.name, timed, f" per {outcome.problem.unit}", outcome.units)


def told_cold(cold: Cold) -> str:
    """A line about cold starts."""
    timed = [(s.word, s.median) for s in cold.starts if not s.why_not and not s.kept]
    return _line(STARTS + cold.problem.name, timed, "", lambda seconds: seconds)


def _line(
    name: str, timed: list[tuple[str, float]], per: str, units: Callable[[float], float]
) -> str:
    known = contestants()
    parts, (mine, ours), (peer, theirs) = [], best(timed, OURS), best(timed)
    if mine:
        parts.append(f"{known[mine].title} {duration(units(ours))}{per}")
    if peer:
        parts.append(f"best peer {known[peer].title} {duration(units(theirs))}")
    if mine and peer:
        parts.append(f"{ratio(theirs / ours)} times as long")
    return f"{name}: {', '.join(parts) or 'nobody was timed'}"
