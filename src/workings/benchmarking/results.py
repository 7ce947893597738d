"""All that was found, as a page of text: the same text for the same figures.

text(results)              Markdown
save(results, folder)      results.md and the two pictures
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from workings import __version__, files
from workings.benchmarking import plots
from workings.benchmarking.bench import OURSELVES, STARTS, Results, best
from workings.benchmarking.contestants import LIMIT, contestants
from workings.benchmarking.numbers import (
    NOTHING,
    amount,
    duration,
    ratio,
    size,
    spread,
    table,
    three,
)
from workings.benchmarking.remarks import equal, everything, notes
from workings.benchmarking.rounds import Entry, Outcome
from workings.benchmarking.targets import verdicts

PAGE, RATIOS, GROWTH = "results.md", "ratios.png", "growth.png"
MET = {True: "met", False: "missed", None: "not measured"}


def save(results: Results, folder: Path) -> dict[Path, None]:
    """Writes the page and its pictures; returns what was written, in order."""
    written = [folder / PAGE]
    if _compared(results):
        plots.save(plots.ratios(results), folder / RATIOS)
        written.append(folder / RATIOS)
    if results.grown:
        plots.save(plots.growth(results), folder / GROWTH)
        written.append(folder / GROWTH)
    with files.replacing(folder / PAGE) as file:
        file.write(text(results))
    return dict.fromkeys(written)


def text(results: Results) -> str:
    """The page."""
    parts = [_head(results), _targets(results), _ratios(results), _times(results),
             _cold(results), _memory(results), _limits(results), _growth(results),
             equal(results), notes(results)]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(results: Results) -> str:
    plan = results.plan
    facts = {
        **results.machine, "threads of everybody": str(results.threads),
        "copying in memory": f"{size(results.bandwidth)}/s read and written",
        "rounds": f"{plan.pace.rounds}, medians are shown",
        **results.versions, "workings": __version__,
    }  # fmt: skip
    small = " These are the small versions of the problems (`--quick`)." * plan.quick
    return (
        "# Side by side\n\n"
        f"Written by `workings bench` on {results.began:%Y-%m-%d} in "
        f"{duration(results.seconds)}.{small} Everybody trains the same network from the same "
        "weights on the same batches, one after the other in each round, each in a process of its "
        "own, with the same number of threads. Who does not end with the same loss is not timed."
        "\n\n" + table(["machine", ""], [list(fact) for fact in facts.items()])
    )


def _targets(results: Results) -> str:
    rows = [
        [v.target.problem, v.target.measure, v.wanted, v.found, MET[v.met]]
        for v in verdicts(results)
    ]
    if not rows:
        return ""
    heads = ["problem", "what", "wanted", "measured", ""]
    said = (
        "*Measured* is what the rival needs, as a multiple of ours: time, or memory. The rival is "
        "the best of the others, or the one named. *No more* wants us to need the least."
    )
    return f"## What is wanted\n\n{said}\n\n{table(heads, rows)}"


def _shown(results: Results) -> list[str]:
    """Who is in the tables: whoever did anything."""
    timed = {e.word for o in everything(results) for e in o.entries.values() if e.counts}
    timed |= {s.word for c in results.cold for s in c.starts if not s.why_not}
    return [word for word in results.plan.words if word in timed]


def _titles(words: Sequence[str]) -> list[str]:
    return [contestants()[word].title for word in words]


def _ratios(results: Results) -> str:
    """How many times as long as ours everybody needs."""
    words, rows = _shown(results), []
    for outcome in results.outcomes:
        amounts = {e.word: e.median for e in outcome.entries.values() if e.counts}
        rows.append([outcome.problem.name, *_beside(amounts, words)])
    for cold in results.cold:
        starts = {s.word: s.median for s in cold.starts if not s.kept and not s.why_not}
        rows.append([STARTS + cold.problem.name, *_beside(starts, words)])
    if not _compared(results):
        return ""
    said = (
        f"How many times as long as {contestants()[OURSELVES].title} everybody needs: above 1 is "
        "slower than it, below 1 faster. The last column is the best of the others."
    )
    heads = ["", *_titles(words), "best peer"]
    parts = ["## Ratios", said, table(heads, rows), f"![Ratios]({RATIOS})"]
    return "\n\n".join(parts)


def _compared(results: Results) -> bool:
    """Whether there is anything to compare with ours."""
    return bool(results.outcomes or results.cold) and OURSELVES in _shown(results)


def _beside(amounts: dict[str, float], words: Sequence[str]) -> list[str]:
    ours = amounts.get(OURSELVES, math.nan)
    cells = [ratio(amounts.get(word, math.nan) / ours) for word in words]
    peer, theirs = best(list(amounts.items()))
    last = f"{contestants()[peer].title}, {ratio(theirs / ours)}" if peer else NOTHING
    return [*cells, last]


def _times(results: Results) -> str:
    if not results.outcomes:
        return ""
    rows = []
    for outcome in results.outcomes:
        for entry in outcome.entries.values():
            if entry.counts:
                per = [outcome.units(x) for x in entry.seconds]
                rows.append([
                    outcome.problem.name, contestants()[entry.word].title,
                    spread(per, outcome.units(entry.median)), duration(entry.first),
                    _part(outcome, entry),
                ])  # fmt: skip
    said = (
        "Medians, with the least and the most in brackets, per iteration (an update, or a call "
        "that predicts). *First* is the first iteration with all that is made before it. Where a "
        "whole run takes long, a part of its iterations was timed."
    )
    heads = ["problem", "", "per iteration", "first", "timed"]
    problems = [f"- **{o.problem.name}**: {o.problem.title}" for o in results.outcomes]
    return f"## Times\n\n{said}\n\n" + "\n".join(problems) + "\n\n" + table(heads, rows)


def _part(outcome: Outcome, entry: Entry) -> str:
    return (
        "whole" if entry.timed >= outcome.iterations else f"{entry.timed} of {outcome.iterations}"
    )


def _cold(results: Results) -> str:
    rows = [
        [cold.problem.name, contestants()[s.word].title, "kept" if s.kept else "nothing kept",
         spread(s.seconds, s.median), duration(s.beginning)]
        for cold in results.cold for s in cold.starts if not s.why_not
    ]  # fmt: skip
    if not rows:
        return ""
    said = (
        "From the start of a process to the trained network: imports and compiling included. "
        "*Kept*: what was compiled lies in a folder from an earlier start. *To begin* is the part "
        "in which programs are made and compiled, with a first iteration."
    )
    heads = ["problem", "", "compiled before", "whole", "to begin"]
    return f"## Cold starts\n\n{said}\n\n{table(heads, rows)}"


def _memory(results: Results) -> str:
    rows = [
        [o.problem.name, contestants()[e.word].title, size(e.peak), size(e.peak - o.data),
         size(e.beyond) if e.beyond is not None else NOTHING]
        for o in results.outcomes for e in o.entries.values()
        if e.counts and e.peak and contestants()[e.word].side != LIMIT
    ]  # fmt: skip
    if not rows:
        return ""
    said = (
        "The most memory that each process held: all of it, without the data, and beyond what it "
        "held when its modules and the data were loaded."
    )
    heads = ["problem", "", "peak", "without data", "beyond imports and data"]
    return f"## Memory\n\n{said}\n\n{table(heads, rows)}"


def _limits(results: Results) -> str:
    """What the products alone need, and what share of that speed ours reaches."""
    rows = []
    for outcome in results.outcomes:
        entries = outcome.entries
        alone, ours = (entries.get(word) for word in ("products", OURSELVES))
        if alone and alone.counts and ours and ours.counts:
            rate = outcome.flops / ours.median, outcome.flops / alone.median
            rows.append([
                outcome.problem.name, amount(outcome.flops), duration(alone.median),
                *(three(x / 1e9) for x in rate), f"{100 * rate[0] / rate[1]:.0f} %",
            ])  # fmt: skip
    if not rows:
        return ""
    said = (
        "The matrix products of an iteration by this machine's own `gemm` (NumPy's BLAS), with the "
        "same threads in the same rounds, and nothing else; speeds in GFLOP/s. Where products are "
        "small, calling the BLAS costs more than they do, and a share above 100 % is what not "
        "calling it gains."
    )
    heads = ["problem", "additions and multiplications", "products alone", "ours", "gemm", "share"]
    return f"## What bounds it\n\n{said}\n\n{table(heads, rows)}"


def _growth(results: Results) -> str:
    parts = []
    for axis, outcomes in results.grown.items():
        words = [word for word in _shown(results) if any(word in o.entries for o in outcomes)]
        heads = [axis, *_titles(words)]
        one = outcomes[0].problem
        said = (
            f"By the number of {one.title}: time per {one.unit}, then memory beyond imports, data."
        )
        parts.append(f"### {axis.capitalize()}\n\n{said}")
        for of in (_time_of, _beyond_of):
            rows = [[str(o.problem.value), *(of(o, word) for word in words)] for o in outcomes]
            parts.append(table(heads, rows))
    if not parts:
        return ""
    return "\n\n".join(["## How it grows", *parts, f"![Growth]({GROWTH})"])


def _time_of(outcome: Outcome, word: str) -> str:
    entry = outcome.entries.get(word)
    return duration(outcome.units(entry.median)) if entry and entry.counts else NOTHING


def _beyond_of(outcome: Outcome, word: str) -> str:
    entry = outcome.entries.get(word)
    return size(entry.beyond) if entry and entry.counts and entry.beyond is not None else NOTHING
