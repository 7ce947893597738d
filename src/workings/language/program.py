"""Programs: named steps in order, each name assigned once.

    Step(name, expr, stage, why)      one line of working
    Stage(title, shows)               a heading, and the given matrices to be shown under it
    Program(steps, updates, stages)   all of it; what is read but never assigned must be *given*

`updates` says what the next iteration starts with: `{"wh": "new_wh"}` means that the next `wh` is
this iteration's `new_wh`. A program is plain data: `to_json` and `from_json` are each other's
inverse, and the form is described in `json_form`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from workings.errors import ProgramError, UnknownName
from workings.language import json_form
from workings.language.algebra import Expr, Op, name
from workings.language.shapes import Shape, spelled
from workings.language.walk import leaves
from workings.shows import ShowsItself, few


@dataclass(frozen=True)
class Step:
    """A name and its expression, with the stage it belongs to and why it is there."""

    name: str
    expr: Expr
    stage: str = ""
    why: str = ""

    @property
    def shape(self) -> Shape:
        """The shape of the step's value."""
        return self.expr.shape

    @property
    def ref(self) -> Expr:
        """The step's value, to be used in other expressions."""
        return name(self.name, *self.shape)


@dataclass(frozen=True)
class Stage:
    """A heading in the working, and the names of given matrices that are shown under it."""

    title: str
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Program(ShowsItself):
    """Steps in order. Raises `ProgramError` when they cannot be.

    >>> x = name("x", "n", 2)
    >>> program = Program((Step("double", x * 2.0), Step("back", name("double", "n", 2) / 2.0)))
    >>> program.given, program.names
    ({'x': ('n', 2)}, ['double', 'back'])
    """

    steps: tuple[Step, ...]
    updates: Mapping[str, str] = field(default_factory=dict)
    stages: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        known = dict(self.given)
        for step in self.steps:
            if step.name in known:
                what = "read before it is" if step.name in self.given else "already"
                raise ProgramError(f"cannot assign {step.name!r}: it is {what} assigned")
            known[step.name] = step.shape
        _check_updates(self.updates, known)

    @cached_property
    def given(self) -> dict[str, Shape]:
        """What must be given: each name that is read and not assigned before, with its shape."""
        assigned: dict[str, Shape] = {}
        given: dict[str, Shape] = {}
        for step in self.steps:
            for leaf in leaves(step.expr):
                word = leaf["name"]
                known = assigned if word in assigned else given
                if known.setdefault(word, leaf.shape) != leaf.shape:
                    raise ProgramError(
                        f"cannot build the step {step.name!r}: it reads {word} as "
                        f"{spelled(leaf.shape)}, but {word} is {spelled(known[word])}"
                    )
            assigned[step.name] = step.shape
        return given

    @property
    def names(self) -> list[str]:
        """The names of the steps, in order."""
        return [step.name for step in self.steps]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        given = [f"{word} ({spelled(shape)})" for word, shape in self.given.items()]
        count = f"{len(self)} step{'s' * (len(self) != 1)}"
        return few(f"Program: {count}", {"given": given, "steps": self.names})

    def __getitem__(self, word: str) -> Step:
        if word not in self._by_name:
            raise UnknownName("step", word, self.names)
        return self._by_name[word]

    @cached_property
    def _by_name(self) -> dict[str, Step]:
        return {step.name: step for step in self.steps}

    def ref(self, word: str) -> Expr:
        """The value called `word`, given or assigned, to be used in other expressions."""
        if word in self.given:
            return name(word, *self.given[word])
        return self[word].ref

    def then(self, steps: Iterable[Step], **changes: Any) -> Program:
        """The program with more steps behind it."""
        return replace(self, steps=(*self.steps, *steps), **changes)

    def only(self, *wanted: str) -> Program:
        """The steps that `wanted` need, and no others; nothing is updated.

        >>> x = name("x", "n", 2)
        >>> Program((Step("a", x + 1.0), Step("b", x + 2.0))).only("b").names
        ['b']
        """
        needed = {self.ref(word)["name"] for word in wanted}
        kept = []
        for step in reversed(self.steps):
            if step.name in needed:
                kept.append(step)
                needed |= {leaf["name"] for leaf in leaves(step.expr)}
        return replace(self, steps=tuple(reversed(kept)), updates={})

    def by_stage(self) -> Program:
        """The steps sorted by the order of the stages; none before what it reads.

        Stages under which nothing stands are left out.
        """
        order = {stage.title: place for place, stage in enumerate(self.stages)}
        rank: dict[str, int] = {}
        for step in self.steps:
            read = [rank.get(leaf["name"], 0) for leaf in leaves(step.expr)]
            rank[step.name] = max([order.get(step.stage, len(order)), *read])
        used = {step.stage for step in self.steps}
        return replace(
            self, steps=tuple(sorted(self.steps, key=lambda step: rank[step.name])),
            stages=tuple(s for s in self.stages if s.title in used or s.shows),
        )  # fmt: skip

    def to_json(self) -> str:
        """The program as JSON text; `from_json` gives an equal program back."""
        return json.dumps(
            {
                "format": json_form.FORMAT,
                "definitions": json_form.definitions(step.expr for step in self.steps),
                "steps": [
                    {"name": s.name, "expr": json_form.to_data(s.expr), "shape": list(s.shape),
                     "stage": s.stage, "why": s.why}
                    for s in self.steps
                ],
                "updates": dict(self.updates),
                "stages": [{"title": s.title, "shows": list(s.shows)} for s in self.stages],
            },
        )  # fmt: skip

    @classmethod
    def from_json(cls, text: str, known: Mapping[str, Op] | None = None) -> Program:
        """The program in `text`; raises `ProgramError` saying what is wrong with it.

        `known` are defined ops that the caller has; any other comes from the definitions in the
        text. No name in the text is ever imported or run.
        """
        data = json_form.parse(text)
        ops = json_form.read_definitions(data.get("definitions", []), known or {})
        with json_form.reading("the program"):
            steps = tuple(_read_step(entry, ops) for entry in data["steps"])
            json_form.check_length(step.expr for step in steps)
            return cls(
                steps,
                {str(old): str(new) for old, new in data["updates"].items()},
                tuple(Stage(str(s["title"]), tuple(map(str, s["shows"]))) for s in data["stages"]),
            )


def chain(*programs: Program) -> Program:
    """The programs one after the other, as one: what a later one is given, an earlier may make.

    What has been made is not shown again as if it were given.
    """
    made: set[str] = set()
    stages: list[Stage] = []
    for program in programs:
        stages += [
            Stage(stage.title, tuple(word for word in stage.shows if word not in made))
            for stage in program.stages
        ]
        made.update(program.names)
    return Program(
        tuple(step for program in programs for step in program),
        {old: new for program in programs for old, new in program.updates.items()},
        tuple(stages),
    )


def _read_step(entry: dict[str, Any], ops: Mapping[str, Op]) -> Step:
    step = Step(str(entry["name"]), json_form.from_data(entry["expr"], ops),
                str(entry["stage"]), str(entry["why"]))  # fmt: skip
    if step.shape != tuple(entry["shape"]):
        raise ProgramError(
            f"step {step.name!r} says it is {spelled(tuple(entry['shape']))}, "
            f"but its expression gives {spelled(step.shape)}"
        )
    return step


def _check_updates(updates: Mapping[str, str], known: Mapping[str, Shape]) -> None:
    for old, new in updates.items():
        for word in (old, new):
            if word not in known:
                raise ProgramError(f"cannot update {old} by {new}: there is no {word}")
        if known[old] != known[new]:
            raise ProgramError(
                f"cannot update {old} ({spelled(known[old])}) by {new} ({spelled(known[new])})"
            )
