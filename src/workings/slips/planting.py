"""A program with a slip in it, to be run beside the right one.

sites(program, sizes)             every step with what a slip must know of it
plant(program, sizes, "lr-twice", "d_output")    the program with that step rewritten
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from workings.errors import SettingError
from workings.language import Expr, Program, Step
from workings.language.walk import leaves
from workings.slips.anatomy import anatomy
from workings.slips.rewriting import concrete
from workings.slips.site import Site
from workings.slips.table import slip


def sites(program: Program, sizes: Mapping[str, int]) -> dict[str, Site]:
    """Every step of the program with what a slip must know of it, by the step's name."""
    found, fixed = anatomy(program), concrete(program, sizes)
    return {
        step.name: Site(program, found, step, small.expr, sizes)
        for step, small in zip(program, fixed, strict=True)
    }


def plant(
    program: Program, sizes: Mapping[str, int], word: str, step: str, *, variant: int = 0
) -> Program:
    """The program, sizes as numbers, with the slip `word` made in `step`.

    Raises `SettingError` where the slip cannot be made there, and `UnknownName` for a slip or a
    step that there is not.

    >>> from workings.systems import system
    >>> right = system("article").trace().program
    >>> sizes = {"n": 3, "inputs": 4, "hidden": 3, "outputs": 1}
    >>> plant(right, sizes, "slope-forgotten", "d_output")["d_output"].expr
    <E: 3 x 1>
    """
    program[step]
    known = sites(program, sizes)
    wrong = slip(word).variants(known[step])
    if variant >= len(wrong):
        raise SettingError(
            f"cannot make the slip {word!r} in the step {step}: it is made in {slip(word).where}",
            slip=word, step=step,
        )  # fmt: skip
    return planted(concrete(program, sizes), step, wrong[variant])


def planted(program: Program, step: str, wrong: Expr) -> Program:
    """The program with another expression in a step, its steps in an order that can be run.

    Raises `SettingError` where the step would then need itself.
    """
    steps = {one.name: replace(one, expr=wrong) if one.name == step else one for one in program}
    return replace(program, steps=_in_order(steps))


def _in_order(steps: Mapping[str, Step]) -> tuple[Step, ...]:
    """The steps, none before what it reads, otherwise as they are."""
    needs = {
        word: [leaf["name"] for leaf in leaves(step.expr) if leaf["name"] in steps]
        for word, step in steps.items()
    }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        raise SettingError(f"cannot make this slip: {error.args[1][0]} would need itself") from None
    done: dict[str, Step] = {}

    def visit(word: str) -> None:
        if word not in done:
            for other in needs[word]:
                visit(other)
            done[word] = steps[word]

    for word in steps:
        visit(word)
    return tuple(done.values())
