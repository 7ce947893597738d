"""From what every parameter is owed to its new value: clipping, and the optimizer's steps.

updated(program, learnt, optimizer, adds, clip)     the whole iteration
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from workings.language import Expr, Program, Step, name, sum_of
from workings.language.algebra import MAXIMUM
from workings.language.defined import SQRT, SQUARE
from workings.optimizers import ITERATION, Optimizer, Update


class Learnt(NamedTuple):
    """A parameter, the step that holds what it is owed, and the stage of its update."""

    word: str
    gradient: str
    stage: str


def updated(
    program: Program, learnt: Sequence[Learnt], optimize: Optimizer, adds: bool, clip: float | None
) -> Program:
    """The program with the steps in which the optimizer changes all that is learnt.

    `adds` says whether what is owed is added or taken away. With `clip`, gradients whose norm
    (all together) is larger are scaled down to it first.
    """
    before = {step.name: step for step in program}
    used = {one.gradient: program[one.gradient] for one in learnt}
    if clip is not None:
        clipping, used = _clipped(used, clip, learnt[0].stage)
        before |= {step.name: step for step in clipping}
    steps: list[Step] = []
    updates: dict[str, str] = {}
    for word, gradient, stage in learnt:
        w = Update(program.ref(word), used[gradient].ref, adds, stage)
        optimize.update(w)
        own = [] if clip is not None else [before.pop(gradient)]
        steps += [*own, *w.steps]
        updates |= w.carried
    if ITERATION in updates:
        count = Step(f"new_{ITERATION}", name(ITERATION) + 1.0, learnt[0].stage, "Counted.")
        steps.insert(0, count)
    return replace(program, steps=(*before.values(), *steps), updates=updates)


def _clipped(
    gradients: Mapping[str, Step], clip: float, stage: str
) -> tuple[list[Step], dict[str, Step]]:
    """The steps that shorten all gradients together to a norm of `clip`, and what they make."""
    total: Expr | None = None
    for step in gradients.values():
        squares = sum_of(SQUARE(step.ref))
        total = squares if total is None else total + squares
    if total is None:
        return [], {}
    norm = Step("gradient_norm", SQRT(total), stage, "How long all gradients are together.")
    shrink = Step("shrink", clip / MAXIMUM(norm.ref, clip), stage, "1, unless they are too long.")
    made = {
        word: Step(f"clipped_{word}", step.ref * shrink.ref, stage, "The same way, but not as far.")
        for word, step in gradients.items()
    }
    return [norm, shrink, *made.values()], made
