"""What is wanted, a row each, and whether it was met.

verdicts(results)     -> what was measured of each target, and whether that is enough
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from workings.benchmarking.bench import OURSELVES, Results, best
from workings.benchmarking.contestants import contestants
from workings.benchmarking.numbers import NOTHING, duration, ratio
from workings.benchmarking.problems import COLD, PROBLEMS

Amounts = dict[str, float]  # of each contestant that counts, the less the better
COMPILING = 0.15  # seconds
BOUND = "products"


@dataclass(frozen=True)
class Target:
    """One target: `measure` of `of` at `problem`, beside those `against` (none: the best peer).

    It is met when theirs is at least `least` times ours; with `most`, when ours is at most that.
    """

    problem: str
    measure: str
    least: float = 1.0
    against: str = ""
    of: str = OURSELVES
    most: float = math.inf


@dataclass(frozen=True)
class Verdict:
    """What was measured, in words; `met` is None where it could not be measured."""

    target: Target
    wanted: str
    found: str
    met: bool | None


TRAINED = [problem.name for problem in PROBLEMS if problem.does == "train"]
LARGE = ("images-sgd", "images-adam", "deep")
TARGETS = (
    *(Target(name, "time", 2.0) for name in TRAINED if name not in LARGE),
    *(Target(name, "time", 1.3) for name in LARGE),
    *(Target(name, "time", 0.85, BOUND) for name in LARGE),
    Target("one-row", "time", 5.0, "sklearn", of="estimator"),
    Target("one-row", "time", 5.0, "sklearn"),
    Target("one-row", "time", 1.0, "onnxruntime"),
    Target("million-rows", "time", 1.5),
    *(Target(name, "cold start") for name in COLD),
    Target("moons", "compiling", most=COMPILING),
    *(Target(problem.name, "memory, data aside") for problem in PROBLEMS),
)


def verdicts(results: Results) -> list[Verdict]:
    """Every target that has to do with what was measured."""
    asked = {o.problem.name for o in results.outcomes}, {c.problem.name for c in results.cold}
    return [
        _verdict(target, MEASURES[target.measure](results, target.problem))
        for target in TARGETS
        if target.problem in asked[target.measure in ("cold start", "compiling")]
    ]


def _verdict(target: Target, amounts: Amounts) -> Verdict:
    known, ours = contestants(), amounts.get(target.of, math.nan)
    mine = known[target.of].title if target.of in known else target.of
    if target.most < math.inf:
        met = None if math.isnan(ours) else ours <= target.most
        return Verdict(target, f"at most {duration(target.most)}", duration(ours), met)
    word, theirs = best(list(amounts.items()))
    if target.against:
        word, theirs = target.against, amounts.get(target.against, math.nan)
    rival = known[word].title if word in known else "nobody"
    factor = theirs / ours
    share = target.against == BOUND
    wanted = f"at least {100 * target.least:.0f} %" if share else f"at least {target.least:g} times"
    wanted = "no more" if target.least == 1.0 else wanted
    found = f"{100 * factor:.0f} %" if share else f"{ratio(factor)} times"
    beside = f"of {rival}" if share else f"{mine} beside {rival}"
    met = None if math.isnan(factor) else factor >= target.least
    return Verdict(target, wanted, NOTHING if met is None else f"{found}, {beside}", met)


def _times(results: Results, problem: str) -> Amounts:
    return {
        e.word: e.median for o in results.outcomes if o.problem.name == problem
        for e in o.entries.values() if e.counts
    }  # fmt: skip


def _memory(results: Results, problem: str) -> Amounts:
    return {
        e.word: float(e.peak - o.data) for o in results.outcomes if o.problem.name == problem
        for e in o.entries.values() if e.counts and e.peak
    }  # fmt: skip


def _cold(results: Results, problem: str) -> Amounts:
    return {
        s.word: s.median for c in results.cold if c.problem.name == problem
        for s in c.starts if not s.why_not and not s.kept
    }  # fmt: skip


def _compiling(results: Results, problem: str) -> Amounts:
    return {
        s.word: s.beginning for c in results.cold if c.problem.name == problem
        for s in c.starts if not s.why_not and not s.kept
    }  # fmt: skip


MEASURES: dict[str, Callable[[Results, str], Amounts]] = {
    "time": _times, "memory, data aside": _memory, "cold start": _cold, "compiling": _compiling,
}  # fmt: skip
