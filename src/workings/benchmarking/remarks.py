"""What is to be said beside the figures: that losses were the same, and who was left out.

equal(results)       the losses, and how far they lie apart
notes(results)       who was not timed, and why
everything(results)  all problems, those that grow as well
"""

from __future__ import annotations

from workings.benchmarking.bench import STARTS, Results
from workings.benchmarking.contestants import LIMIT, contestants
from workings.benchmarking.numbers import NOTHING, duration, table
from workings.benchmarking.rounds import NO_PART, SPINNING, Outcome


def everything(results: Results) -> list[Outcome]:
    """All outcomes."""
    return [*results.outcomes, *(o for points in results.grown.values() for o in points)]


def equal(results: Results) -> str:
    """The losses of all trainings, and how far they lie apart."""
    rows = [
        [o.problem.name, _loss(o.before), _loss(o.loss),
         str(min(o.problem.compared or o.iterations, o.iterations)), _apart(o),
         f"{o.problem.tolerance:g}", o.problem.because]
        for o in results.outcomes if o.problem.does == "train"
    ]  # fmt: skip
    if not rows:
        return ""
    said = (
        "Losses are computed here, by one rule, from the weights that each handed over. *Apart* is "
        "how far the losses of those who count lie from each other, as a share of the loss."
    )
    heads = ["problem", "loss before", "after", "iterations", "apart", "allowed", "because"]
    return f"## The same loss\n\n{said}\n\n{table(heads, rows)}"


def _loss(x: float) -> str:
    return f"{x:.6g}"


def _apart(outcome: Outcome) -> str:
    known = contestants()
    found = [e.loss for e in outcome.entries.values()
             if e.counts and known[e.word].side != LIMIT]  # fmt: skip
    return f"{(max(found) - min(found)) / abs(outcome.loss):.1e}" if found else NOTHING


def notes(results: Results) -> str:
    """Who was left out, and why; who was busy while it waited."""
    lines: dict[str, None] = {}
    for name, word, why in _left_out(results):
        missing = why.startswith("not installed")
        where = "" if missing else f" ({name})"
        lines[f"- {contestants()[word].title}{where}: {why}"] = None
    for outcome in everything(results):
        for entry in outcome.entries.values():
            if entry.idle > SPINNING:
                lines[f"- {contestants()[entry.word].title} ({outcome.problem.name}): busy for "
                      f"{duration(entry.idle)} while it waited"] = None  # fmt: skip
    return "## Left out, and noted\n\n" + "\n".join(lines) if lines else ""


def _left_out(results: Results) -> list[tuple[str, str, str]]:
    found = [
        (o.problem.name, e.word, e.why_not) for o in everything(results) for e in o.entries.values()
        if e.why_not and e.why_not not in NO_PART.values()
    ]  # fmt: skip
    return found + [
        (STARTS + c.problem.name, s.word, s.why_not)
        for c in results.cold for s in c.starts
        if s.why_not and s.why_not not in NO_PART.values()
    ]  # fmt: skip
