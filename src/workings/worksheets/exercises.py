"""What an exercise is: one iteration of a network, with steps left blank.

    exercise([2, 2, 1], seed=7, blank="deltas,updates")     short numbers drawn from the seed
    on_system(system("article"), blank="slopes")            one of the article's systems
    on_problem(problem, blank="all")                        a problem there is

The numbers of a drawn exercise are tried before they are given out: the working is computed with
rounding at each step, and draws are refused until rounding does no harm (see `surviving`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from workings.conventions import Convention
from workings.engines import engine
from workings.errors import SettingError
from workings.language import Program
from workings.language.shapes import bound
from workings.losses import loss_row
from workings.marking.problem import Problem
from workings.network import Dense, Network
from workings.systems import System
from workings.trace import Trace
from workings.training import started
from workings.training.runs import Rows
from workings.worksheets import blanks, draws, surviving

DIGITS, RATE, ROWS = 4, 0.5, 3
MOST_CELLS = 2000  # of all matrices together: more is no exercise for a person
ATTEMPTS = 400
GOOD, ENOUGH = 1.0, 0.2  # margins at which a draw is taken at once, or as the best of all

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Exercise:
    """A problem with the names of the steps that are to be filled in.

    `digits` are the decimals of the sheet, `seed` what it was drawn from, `student` for whom it is.
    """

    problem: Problem
    blank: tuple[str, ...]
    digits: int = DIGITS
    seed: int | None = None
    student: str = ""

    @property
    def title(self) -> str:
        """What the problem is, in a line."""
        return self.problem.title

    @property
    def network(self) -> Network | None:
        """The network that the problem is of, where that is known."""
        return self.problem.network

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The neurons of each layer, the inputs first; none where it is no known network."""
        if self.network is None:
            return ()
        weights = [
            layer.taken_apart(self.problem.values, names, self.network.convention)[0]
            for layer, names in zip(self.network.layers, self.network.names, strict=True)
        ]
        return (len(weights[0]), *(one.shape[1] for one in weights))

    @cached_property
    def trace(self) -> Trace:
        """Every value with all its digits, as NumPy computes it."""
        return engine("numpy").trace(self.problem.program, self.problem.values, self.problem.labels)

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What is to be filled in, rounded to the digits of the sheet."""
        return {word: np.round(self.trace[word], self.digits) for word in self.blank}

    def until(self, *steps: str) -> Exercise:
        """The same with `steps` at its end: nothing stands there that only later steps need.

        What is left of the network is marked in its own convention alone. Raises `UnknownName`
        for a step there is not, and `SettingError` where nothing that is blank comes before.

        >>> made = exercise([2, 2, 1], seed=7, blank="forward").until("output")
        >>> made.problem.program.names[-1], list(made.problem.values)
        ('output', ['X', 'wh', 'bh', 'wout', 'bout'])
        """
        program = self.problem.program.only(*steps)
        blank = tuple(word for word in self.blank if word in program.names)
        if not blank:
            raise SettingError(
                f"cannot end this exercise with {', '.join(steps)}: nothing before it is blank",
                hint=f"Blank are: {', '.join(self.blank)}.",
            )
        titles = [stage.title for stage in program.stages]
        last = max((titles.index(s.stage) for s in program if s.stage in titles), default=-1)
        program = replace(program, stages=program.stages[: last + 1])
        given = {word: self.problem.values[word] for word in program.given}
        net, ends = self.network, self.sizes  # how it learns is not said: it may not come so far
        title = net.described(ends[0], ends[-1]) if net else self.title
        problem = replace(self.problem, program=program, values=given, title=title, network=None)
        return replace(self, problem=problem, blank=blank)


@dataclass(frozen=True)
class Plan:
    """What an exercise is to be like: all that is not drawn.

    `activation` is that of the hidden layers, or one for each layer with commas between; the
    output layer's is that of the loss, or sigmoid.
    """

    sizes: tuple[int, ...]
    rows: int = ROWS
    activation: str = "sigmoid"
    loss: str = "half_squared_error"
    optimizer: str = "sgd"
    rate: float = RATE
    convention: Convention = Convention()
    digits: int = DIGITS

    def __post_init__(self) -> None:
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            written = "-".join(map(str, self.sizes))
            raise SettingError(
                f"cannot make an exercise on the network {written!r}: the sizes of 2 or more "
                "layers were expected, the inputs first",
                hint="For instance 2-2-1.",
            )
        if self.rows < 1 or not 1 <= self.digits <= 12 or not 0 < self.rate < float("inf"):
            raise SettingError(
                f"cannot make an exercise of {self.rows} rows with {self.digits} decimals and a "
                f"learning rate of {self.rate:g}: 1 or more rows, 1 to 12 decimals and a rate "
                "above 0 were expected"
            )

    @cached_property
    def network(self) -> Network:
        """The network; raises `UnknownName` and `SettingError` for what cannot be one."""
        if loss_row(self.loss).task == "classes" and self.sizes[-1] < 2:
            raise SettingError(
                f"cannot use the loss {self.loss} with 1 output: the share of the only class is "
                "always 1",
                hint="Give the network an output for each class.",
            )
        units, words = self.sizes[1:], self._activations
        layers = [Dense(count, word) for count, word in zip(units, words, strict=True)]
        return Network(layers, self.loss, self.convention)

    @property
    def _activations(self) -> list[str]:
        words = [word.strip() for word in self.activation.split(",")]
        if len(words) == 1:
            output = loss_row(self.loss).activation or "sigmoid"
            return [*words * (len(self.sizes) - 2), output]
        if len(words) != len(self.sizes) - 1:
            raise SettingError(
                f"cannot give {len(self.sizes) - 1} layers {len(words)} activations",
                hint="Name one for all hidden layers, or one for each layer but the inputs.",
            )
        return words

    @cached_property
    def program(self) -> Program:
        """One iteration of its training."""
        return self.network.training(self.optimizer)

    def trial(self, values: Values) -> surviving.Trial:
        """What draws such as `values` are tried by."""
        shapes = {word: np.shape(value) for word, value in values.items()}
        sizes = bound(self.program.given, shapes)
        return surviving.Trial(self.program, self.network, self.digits, sizes)

    @property
    def title(self) -> str:
        """The network in a line, and how it learns."""
        said = self.network.described(self.sizes[0], self.sizes[-1])
        return f"{said}; {self.optimizer} with learning rate {self.rate:g}"

    def values(self, random: draws.Random) -> dict[str, Any]:
        """All that the program is given, drawn anew."""
        drawn = draws.draw(self.network, self.sizes, self.rows, random)
        rows = Rows(drawn.pop("X"), drawn.pop("y"))
        start = started(self.program, drawn, rows)
        return {**start, "X": rows.X, "y": rows.y, "lr": np.asarray(self.rate)}


def exercise(
    sizes: Sequence[int], *, seed: int, blank: str = "all", **plan: Any
) -> Exercise:  # fmt: skip
    """An exercise on a network of `sizes` (inputs, hidden units .., outputs), drawn from `seed`.

    `blank` names what is left blank, with commas between: see `blanks.chosen`. `plan` are the
    fields of `Plan`: rows, activation, loss, optimizer, rate, convention, digits. Raises
    `SettingError` where no numbers are found that survive rounding.

    >>> made = exercise([2, 2, 1], seed=7, blank="deltas")
    >>> made.blank
    ('d_output', 'd_hiddenlayer')
    >>> float(made.trace["X"].max()) <= 1.0
    True
    """
    planned = Plan(tuple(sizes), **plan)
    words = blanks.chosen(blank, planned.program, planned.network)
    values = _drawn(planned, seed)
    problem = Problem(
        planned.program, values, {}, planned.title, planned.network, planned.optimizer
    )
    return Exercise(problem, words, planned.digits, seed)


def _drawn(plan: Plan, seed: int) -> dict[str, Any]:
    """The first draw that survives rounding well, or else the best of many."""
    _check_size(plan)
    if seed < 0:
        raise SettingError(f"cannot draw from the seed {seed}: 0 or more was expected")
    best, found = 0.0, dict[str, Any]()
    survives = plan.trial(plan.values(np.random.default_rng(seed)))
    for attempt in range(ATTEMPTS):
        values = plan.values(np.random.default_rng([seed, attempt]))
        margin = survives.margin(values)
        if margin > best:
            best, found = margin, values
        if best >= GOOD:
            return found
    if best >= ENOUGH:
        return found
    raise SettingError(
        f"cannot find numbers for this exercise that survive rounding to {plan.digits} decimals: "
        f"of {ATTEMPTS} draws, the best fails as {survives.reason}",
        hint="Ask for more --digits, a smaller network, fewer --rows, or another activation or "
        "optimizer.",
        margin=best,
    )


def _check_size(plan: Plan) -> None:
    sizes = plan.sizes
    cells = sum(a * (b + plan.rows) for a, b in zip(sizes, (*sizes[1:], 0), strict=True))
    if cells > MOST_CELLS:
        raise SettingError(
            f"cannot make an exercise with {cells} inputs, activations and weights: up to "
            f"{MOST_CELLS} are made",
            hint="Ask for fewer rows or a smaller network.", found=cells,
        )  # fmt: skip


def on_system(
    system: System, *, blank: str = "all", digits: int = DIGITS,
    convention: Convention | None = None,
) -> Exercise:  # fmt: skip
    """The first iteration of one of the article's systems, with its own numbers.

    >>> from workings.systems import system
    >>> on_system(system("article"), blank="slopes").blank
    ('slope_output_layer', 'slope_hidden_layer')
    """
    if convention is not None:
        system = system.under(convention)
    trace = system.trace()
    _check_cells(trace.values, system.name)
    network = system.setup().network if system.setup else None
    given = {word: trace[word] for word in trace.program.given}
    problem = Problem(trace.program, given, dict(trace.labels), system.summary, network)
    return on_problem(problem, blank=blank, digits=digits)


def on_problem(problem: Problem, *, blank: str = "all", digits: int = DIGITS) -> Exercise:
    """A problem there is, with the given numbers it has."""
    words = blanks.chosen(blank, problem.program, problem.network)
    made = Exercise(problem, words, digits)
    _check_cells(made.trace.values, problem.title)
    return made


def _check_cells(values: Values, what: str) -> None:
    cells = sum(int(np.size(value)) for value in values.values())
    if cells > MOST_CELLS:
        raise SettingError(
            f"cannot make a worksheet of {what!r}: it has {cells} cells, and up to {MOST_CELLS} "
            "are laid out",
            hint="Choose a smaller problem, such as article.", found=cells,
        )  # fmt: skip


def for_student(made: Exercise, student: str) -> Exercise:
    """The same exercise with a name at its top."""
    return replace(made, student=student)
