"""Which values stand where on a sheet: `stages`, and what belongs together in one: `groups`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from workings.language import Step
from workings.language.walk import leaves
from workings.trace import Trace

CARRIED = "Carried over from the iteration before"


def stages(trace: Trace, chosen: Collection[str] = ()) -> list[tuple[int | None, str, list[str]]]:
    """Number, title and names of each block, in order; a block may have no names.

    Given matrices that no stage shows come first; single numbers, which are settings, only if
    they are among the chosen. Steps of no stage come last.
    """
    program = trace.program
    titles = {stage.title for stage in program.stages}
    shown = {word for stage in program.stages for word in stage.shows}
    first = [
        word for word, shape in program.given.items()
        if word not in shown and (shape != () or word in chosen)
    ]  # fmt: skip
    carried = CARRIED if set(first) <= set(program.updates) else ""
    blocks: list[tuple[int | None, str, list[str]]] = [(None, carried, first)]
    for number, stage in enumerate(program.stages):
        steps = [each.name for each in program if each.stage == stage.title]
        blocks.append((number, stage.title, [*stage.shows, *steps]))
    rest = [each.name for each in program if each.stage not in titles]
    return [*blocks, (None, "", rest)]


def groups(trace: Trace, words: Sequence[str]) -> list[list[str]]:
    """What belongs together: a step with the given matrices of its block that it reads.

    Such a step also draws in the steps that nothing else in the block reads, so that old weights,
    gradient, rate and new weights are one group. All else keeps its order.
    """
    given = [word for word in words if word in trace.program.given]
    steps = [trace.program[word] for word in words if word not in given]
    gathered = {step.name: _gathered(step, given, steps) for step in steps}
    drawn = {word for group in gathered.values() for word in group[:-1]}
    found: list[list[str]] = [[word for word in given if word not in drawn], []]
    for step in steps:
        if len(gathered[step.name]) > 1:
            found += [gathered[step.name], []]
        elif step.name not in drawn:
            found[-1].append(step.name)
    return [group for group in found if group]


def _gathered(step: Step, given: Collection[str], steps: Sequence[Step]) -> list[str]:
    """The step behind what it draws in, in the order in which it reads them."""
    reads = [leaf["name"] for leaf in leaves(step.expr)]
    if not set(reads) & set(given):
        return [step.name]
    alone = [word for word in reads if _readers(word, steps) == 1]
    own = [word for word in alone if not _reads_given(word, given, steps)]
    return [*(word for word in reads if word in given or word in own), step.name]


def _readers(word: str, steps: Sequence[Step]) -> int:
    """How many steps read a step of the same block; 0 for what is no step of it."""
    if all(step.name != word for step in steps):
        return 0
    return sum(word in [leaf["name"] for leaf in leaves(step.expr)] for step in steps)


def _reads_given(word: str, given: Collection[str], steps: Sequence[Step]) -> bool:
    reads = [leaf["name"] for step in steps if step.name == word for leaf in leaves(step.expr)]
    return bool(set(reads) & set(given))
