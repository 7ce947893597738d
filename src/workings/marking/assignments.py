"""What a working is of: a problem, and the same problem under every other convention.

    of_problem(problem)      a problem file; other conventions where it says of which network
    of_system(system)        one of the article's systems, its first iteration
    of_model(model, table)   a model at work on rows of a table

    assignment.forms()       the problem as each book would write it, its own way first

A right answer in another convention is right, so a working is held against all of them; which one
it keeps to is seen from the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from workings.conventions import CHOICES, Convention, LayerNames, layer_names
from workings.data import Table
from workings.errors import SettingError
from workings.language import Program, Step, size_of
from workings.language.algebra import DIV
from workings.marking.problem import Problem
from workings.models import Model
from workings.network import Network
from workings.network.layers import AND_1, DROPPED, MASK, mask_of
from workings.slips import anatomy
from workings.systems import System

LATE = "the mean taken in the gradients"
PREFIXES = (
    "new_", "clipped_", "corrected_", "shrunk_", "mean_", "squares_", "velocity_", MASK, DROPPED
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """A problem as one convention writes it; `note` is what no convention says."""

    problem: Problem
    convention: Convention | None = None
    note: str = ""

    @property
    def program(self) -> Program:
        """Its steps."""
        return self.problem.program


@dataclass(frozen=True)
class Assignment:
    """What a working is held against; `under` writes it in another convention."""

    problem: Problem
    convention: Convention | None = None
    under: Callable[[Convention], Problem] | None = None
    layers: int = 0
    late: bool = False

    @property
    def own(self) -> Form:
        """The problem as it was set."""
        return Form(self.problem, self.convention)

    def conventions(self) -> list[Convention]:
        """Every convention it can be written in with these names; its own first."""
        if self.convention is None or self.under is None:
            return []
        mine = vars(self.convention)
        biases = ("own", "folded") if mine["bias"] != "none" else ("none",)
        options = {**CHOICES, "bias": biases, "names": (mine["names"],)}
        found = [Convention(*choice) for choice in product(*(options[key] for key in mine))]
        return sorted(found, key=lambda one: sum(vars(one)[key] != mine[key] for key in mine))

    def layouts(self) -> Iterator[Form]:
        """One form for each way to lay the matrices out: samples, biases, names."""
        yield self.own
        for one in self.conventions()[1:]:
            own = self.conventions()[0]
            if (one.sign, one.reduction) == (own.sign, own.reduction):
                yield self._form(one)

    def forms(self, layout: Form) -> Iterator[Form]:
        """Every form with the layout of this one: signs, and what is done about the sum."""
        yield layout
        if layout.convention is None:
            return
        like = (layout.convention.samples, layout.convention.bias)
        same = [one for one in self.conventions() if (one.samples, one.bias) == like]
        for one in same:
            if one != layout.convention:
                yield self._form(one)
        for one in same:
            if self.late and one.reduction == "sum":
                form = self._form(one)
                mean = replace(one, reduction="mean")
                yield Form(_divided_late(form.problem), mean, LATE)

    def styles(self, form: Form) -> tuple[dict[str, str], ...]:
        """For each style of names, its own first: the form's names with what they are there."""
        words = [*form.program.given, *form.program.names]
        if form.convention is None:
            return ({word: word for word in words},)
        own = form.convention.names
        order = dict.fromkeys((own, *CHOICES["names"]))
        return tuple(
            {word: _renamed(word, self.layers, (own, style)) for word in words} for style in order
        )

    def _form(self, convention: Convention) -> Form:
        if convention == self.convention or self.under is None:
            return self.own
        return Form(self.under(convention), convention)


# -- where they come from --------------------------------------------------------------------------


def of_problem(problem: Problem) -> Assignment:
    """A problem; where it says of which network, it is known under every convention."""
    network = problem.network
    if network is None:
        return Assignment(problem)
    return _of_network(problem, network, problem.optimizer)


def of_system(system: System) -> Assignment:
    """The first iteration of one of the article's systems."""
    if system.setup is None:
        trace = system.trace()
        given = {word: trace[word] for word in trace.program.given}
        return Assignment(Problem(trace.program, given, dict(trace.labels), system.summary))
    trace, network = system.trace(), system.setup().network
    given = {word: trace[word] for word in trace.program.given}
    problem = Problem(trace.program, given, dict(trace.labels), system.summary, network)
    return _of_network(problem, network, "sgd")


def of_model(model: Model, table: Table | None, rows: Sequence[int] | None = None) -> Assignment:
    """A model on rows of a table; without one, on the `X` and `y` that the working says."""
    network = replace(model.network, weighted=False)
    if table is None:
        problem = Problem(network.backward(), dict(model.values), {}, model.described())
        return _of_network(problem, network, None)

    def under(convention: Convention) -> Problem:
        trace = model.under(convention).trace(table, rows=rows)
        given = {word: trace[word] for word in trace.program.given}
        return Problem(trace.program, given, dict(trace.labels), model.described())

    convention = model.network.convention
    return Assignment(under(convention), convention, under, len(network.layers))


def _of_network(problem: Problem, network: Network, optimizer: str | None) -> Assignment:
    def under(convention: Convention) -> Problem:
        other = network.under(convention)
        values = _translated(problem, network, other)
        return replace(problem, program=_program(other, optimizer), values=values)

    plain = not (network.l1 or network.l2 or network.weighted)
    return Assignment(problem, network.convention, under, len(network.layers), plain)


@lru_cache(maxsize=512)
def _program(network: Network, optimizer: str | None) -> Program:
    return network.backward() if optimizer is None else network.training(optimizer)


def _translated(problem: Problem, network: Network, other: Network) -> dict[str, Any]:
    """What the problem is given, as another convention lays it out and calls it."""
    turned = network.convention.samples != other.convention.samples
    learnt = list(network.parameters)
    found: dict[str, Any] = {}
    kinds: dict[str, dict[str, Any]] = {"": {}}
    masks = {
        mask_of(mine.output): mask_of(theirs.output)
        for mine, theirs in zip(network.names, other.names, strict=True)
    }
    for word, value in problem.values.items():
        owner = next((one for one in learnt if word.endswith(f"_{one}")), None)
        if word in learnt:
            kinds[""][word] = value
        elif owner is not None and word not in masks:
            kinds.setdefault(word.removesuffix(owner), {})[owner] = value
        else:
            laid = np.asarray(value).T if turned else np.asarray(value)
            found[masks.get(word, word)] = laid
    for kind, values in kinds.items():
        if set(values) != set(learnt):
            raise SettingError(f"cannot lay out this problem otherwise: {kind} is not complete")
        moved = network.translated(values, other)
        found |= {f"{kind}{word}": value for word, value in moved.items()}
    return found


def _divided_late(problem: Problem) -> Problem:
    """The mean as many books take it: errors and deltas are plain, gradients are divided."""
    program = problem.program
    parts = anatomy(program)
    losses = program["losses"].ref
    axis = losses.shape.index("n")
    steps = []
    for step in program:
        if step.name in parts.gradients | {"loss"}:
            count = size_of(losses, axis)
            step = Step(step.name, DIV(step.expr, count), step.stage, step.why)
        steps.append(step)
    return replace(problem, program=replace(program, steps=tuple(steps)))


@lru_cache(maxsize=4096)
def _renamed(word: str, layers: int, styles: tuple[str, str]) -> str:
    """A name of one style in another: `new_wh` is `new_W1`, `mask_a1` is what it must be."""
    for place in range(layers):
        mine, other = (layer_names(style, place, layers) for style in styles)
        for one in fields(LayerNames):
            known = getattr(mine, one.name)
            if one.name != "title" and word.removesuffix(AND_1) in (known, *_behind(word, known)):
                plain, behind = word.removesuffix(AND_1), AND_1 * word.endswith(AND_1)
                return f"{plain.removesuffix(known)}{getattr(other, one.name)}{behind}"
    return word


def _behind(word: str, known: str) -> tuple[str, ...]:
    """The word itself, where it is a prefix and then the known name."""
    word = word.removesuffix(AND_1)
    return (word,) if word.startswith(PREFIXES) and word.endswith(f"_{known}") else ()
