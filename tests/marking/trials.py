"""Workings of random networks, right ones and ones with a slip, and what the marker makes of them.

    python tests/marking/trials.py [--count 500] [--seed 0] [--blank 0.3] [--told other]

prints how often the first wrong step and the slip were named, and which slips were taken for
which. Somebody who fills in a working is played by NumPy's engine, step by step: it writes four
decimals (or four significant digits), with or without zeros at the end, and goes on with the
rounded numbers or with all digits.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from workings.activations import activations
from workings.conventions import CHOICES, Convention
from workings.engines import engine
from workings.errors import WorkingsError
from workings.language import Program, Step
from workings.language.shapes import bound
from workings.marking.assignments import Assignment, of_problem
from workings.marking.marker import mark
from workings.marking.marks import Marked
from workings.marking.numbers import bind_joined
from workings.marking.problem import Problem
from workings.marking.working import Working
from workings.network import Dense, Network
from workings.slips import concrete, sites, slips
from workings.slips.planting import planted
from workings.slips.table import ROUNDING
from workings.training import started
from workings.training.runs import Rows

Random = np.random.Generator
BENT = [word for word, row in activations().items() if row.elementwise and word != "step"]
ENDS = (
    ("half_squared_error", "sigmoid"), ("half_squared_error", "identity"),
    ("half_squared_error", "tanh"), ("squared_error", "identity"), ("huber", "identity"),
    ("binary_cross_entropy", "sigmoid"), ("categorical_cross_entropy", "softmax"),
)  # fmt: skip
OPTIMIZERS = ("sgd", "sgd", "sgd", "momentum", "nesterov", "adam", "rmsprop", "adagrad", "adamw")
BEYOND = 10.0  # times what rounding does: so far a slip has to change a number to be seen
DIGITS = 4
NETWORKS = 25  # different ones; every trial has numbers of its own


@dataclass(frozen=True)
class Trial:
    """Somebody's working, what it is of, and the slip that was made in it, if any."""

    assignment: Assignment
    working: Working
    step: str = ""
    slip: str = ""


@lru_cache(maxsize=4096)
def network(number: int, seed: int) -> tuple[Network, str]:
    """A random network under a random convention, with an optimizer."""
    random = np.random.default_rng([seed, 1, number])
    loss, last = ENDS[random.integers(len(ENDS))]
    hidden = [Dense(int(random.integers(1, 5)), str(random.choice(BENT)))
              for _ in range(random.integers(0, 3))]  # fmt: skip
    outputs = int(random.integers(2 if last == "softmax" else 1, 4))
    convention = Convention(*(str(random.choice(CHOICES[key])) for key in CHOICES))
    made = Network([*hidden, Dense(outputs, last)], loss, convention)
    return made, str(random.choice(OPTIMIZERS))


@lru_cache(maxsize=4096)
def training(made: Network, optimizer: str) -> Program:
    """One iteration of it."""
    return made.training(optimizer)


def problem(random: Random, seed: int) -> Problem:
    """A random network with numbers of two decimals."""
    made, optimizer = network(int(random.integers(NETWORKS)), seed)
    program, rows = training(made, optimizer), int(random.integers(1, 7))
    inputs, outputs = int(random.integers(1, 5)), int(made.layers[-1].units or 1)
    start = made.start(inputs=inputs, outputs=outputs, random=random)
    values = {word: np.round(random.uniform(-1.2, 1.2, x.shape), 2) for word, x in start.items()}
    X = np.round(random.uniform(-1, 2, (rows, inputs)), 2)
    y = np.round(random.uniform(0, 1, (rows, outputs)))
    if made.layers[-1].op.name == "softmax":
        y = np.eye(outputs)[random.integers(0, outputs, rows)]
    if made.convention.samples == "columns":
        X, y = X.T.copy(), y.T.copy()
    given = {**started(program, values, Rows(X, y)), "X": X, "y": y,
             "lr": np.asarray(random.choice([0.05, 0.1, 0.3, 0.5]))}  # fmt: skip
    return Problem(program, given, {}, "a random network", made, optimizer)


# -- somebody who works it out ---------------------------------------------------------------------


@dataclass
class Person:
    """Somebody who works a program out: how they write, and whether they go on with that."""

    significant: bool
    rounded: bool
    zeros: bool

    def written(self, value: Any) -> Any:
        """The numbers as they are written."""
        value = np.asarray(value, float)
        if not self.significant:
            return np.round(value, DIGITS) + 0.0
        return np.vectorize(lambda x: float(f"{x:.{DIGITS}g}"), otypes=[float])(value)

    def text(self, value: Any) -> tuple[tuple[str, ...], ...] | None:
        """The same as text; None where it is only known as numbers."""
        if not self.zeros:
            return None
        write = f"{{:.{DIGITS}g}}" if self.significant else f"{{:.{DIGITS}f}}"
        return tuple(tuple(write.format(x) for x in row) for row in np.atleast_2d(value))

    def works_out(self, program: Program, given: dict[str, Any]) -> dict[str, Any]:
        """Every value they have, by name; all digits unless they go on with the rounded ones."""
        values = dict(given)
        for step in program:
            try:
                found = engine("numpy").run(Program((Step(step.name, step.expr),)), values)
            except (WorkingsError, KeyError):
                continue  # what a wrong shape makes impossible is left blank
            value = found[step.name]
            values[step.name] = self.written(value) if self.rounded else value
        return values

    def working(self, values: dict[str, Any]) -> Working:
        """All of it as a working."""
        shown = {word: np.atleast_2d(self.written(x)) for word, x in values.items()}
        texts = {word: self.text(x) for word, x in shown.items()}
        return Working(shown, {w: t for w, t in texts.items() if t is not None}, "a trial")


def person(random: Random) -> Person:
    """One of the kinds of people there are."""
    return Person(*(bool(flag) for flag in random.integers(0, 2, 3)))


def sized(one: Problem) -> dict[str, int]:
    """What the names of its sizes stand for."""
    sizes = bound(one.program.given, {w: np.shape(one.values[w]) for w in one.program.given})
    for step in one.program:
        bind_joined(step.expr, sizes)
    return sizes


# -- right ones, and ones with a slip --------------------------------------------------------------


def right(random: Random, seed: int) -> Trial:
    """A right working, held against the same problem in another convention."""
    one, who = problem(random, seed), person(random)
    values = who.works_out(concrete(one.program, sized(one)), dict(one.values))
    return Trial(_elsewhere(one, random), who.working(values))


def _elsewhere(one: Problem, random: Random) -> Assignment:
    """The problem as another book sets it."""
    assignment = of_problem(one)
    choices = assignment.conventions()
    chosen = choices[random.integers(len(choices))]
    names = str(random.choice(CHOICES["names"]))
    assert assignment.under is not None
    assert one.network is not None
    convention = replace(chosen, names=names)
    return of_problem(replace(assignment.under(convention), network=one.network.under(convention)))


def slipped(random: Random, seed: int, *, told: str = "same") -> Trial:
    """A working with one slip that changes numbers beyond rounding."""
    while True:
        one, who = problem(random, seed), person(random)
        found = _with_slip(one, who, random)
        if found is not None:
            values, step, word = found
            assignment = of_problem(one) if told == "same" else _elsewhere(one, random)
            return Trial(assignment, who.working(values), step, word)


def _with_slip(one: Problem, who: Person, random: Random) -> tuple[dict[str, Any], str, str] | None:
    sizes = sized(one)
    known, right_one = sites(one.program, sizes), concrete(one.program, sizes)
    word = str(random.choice(list(slips())))
    if word == ROUNDING.name:
        step = str(random.choice(one.program.names))
        values = _badly_rounded(right_one, one, who, step)
    else:
        possible = [(name, wrong) for name, site in known.items()
                    for wrong in slips()[word].variants(site)]  # fmt: skip
        if not possible:
            return None
        step, wrong = possible[random.integers(len(possible))]
        try:
            values = who.works_out(planted(right_one, step, wrong), dict(one.values))
        except WorkingsError:
            return None
    if step not in values or not _seen(right_one, step, values, who):
        return None
    return values, step, word


def _badly_rounded(program: Program, one: Problem, who: Person, step: str) -> dict[str, Any]:
    """A step rounded to two decimals and written as if it had more."""
    at = program.names.index(step)
    who.zeros, who.significant = True, False
    before = who.works_out(replace(program, steps=program.steps[: at + 1], updates={}),
                           dict(one.values))  # fmt: skip
    before[step] = np.round(before[step], 2)
    later = replace(program, steps=program.steps[at + 1 :], updates={})
    return who.works_out(later, before)


def _seen(program: Program, step: str, values: dict[str, Any], who: Person) -> bool:
    """Whether the slip changed a number well beyond what rounding changes."""
    alone = Program((Step(step, program[step].expr),))
    try:
        from_theirs = engine("numpy").run(alone, values)[step]
    except (WorkingsError, KeyError):
        return True
    if np.shape(from_theirs) != np.shape(values[step]):
        return True
    rounded = {word: who.written(x) for word, x in values.items()}
    noise = np.abs(engine("numpy").run(alone, rounded)[step] - from_theirs)
    unit = 10.0**-DIGITS * (10 * np.abs(values[step]) if who.significant else 1.0)
    changed = np.abs(values[step] - from_theirs)
    finite = all(np.isfinite(x).all() and np.abs(x).max(initial=0) < 1e3 for x in values.values())
    return finite and bool((changed > BEYOND * np.maximum(unit, noise)).any())


def with_blanks(trial: Trial, random: Random, share: float) -> Trial:
    """The working with some steps not filled in; never the one with the slip."""
    names = trial.assignment.problem.program.names
    kept = {
        word: x for word, x in trial.working.values.items()
        if word == trial.step or word not in names or random.random() >= share
    }  # fmt: skip
    return replace(trial, working=replace(trial.working, values=kept))


def marked(trial: Trial) -> Marked:
    """What the marker makes of it."""
    return mark(trial.working, trial.assignment)


# -- the table -------------------------------------------------------------------------------------


@dataclass
class Tally:
    """How often the step and the slip were named, and what was taken for what."""

    count: int = 0
    steps: int = 0
    named: int = 0
    taken: Counter[tuple[str, str]] = None  # type: ignore[assignment]
    missed: list[str] = None  # type: ignore[assignment]


def tally(
    count: int, seed: int, *, told: str = "same", blank: float = 0.0,
    network_seed: int | None = None,
) -> Tally:  # fmt: skip
    """`count` workings with a slip, marked."""
    networks = seed if network_seed is None else network_seed
    found = Tally(taken=Counter(), missed=[])
    for number in range(count):
        random = np.random.default_rng([seed, 2, number])
        trial = slipped(random, networks, told=told)
        if blank:
            trial = with_blanks(trial, random, blank)
        result = marked(trial)
        first = result.finding
        called = first.called if first else "nothing"
        slip = first.slip if first else "nothing"
        found.count += 1
        found.steps += called == trial.step
        found.named += called == trial.step and slip == trial.slip
        found.taken[trial.slip, slip or "none"] += 1
        if called != trial.step or slip != trial.slip:
            found.missed.append(f"{number}: {trial.slip} in {trial.step} -> {slip} in {called}")
    return found


def table(found: Tally) -> str:
    """The confusion table: for each planted slip, what it was taken for."""
    lines = [f"{'planted':22}{'times':>6}  named as"]
    for word in slips():
        row = {taken: n for (planted_one, taken), n in found.taken.items() if planted_one == word}
        if row:
            said = ", ".join(f"{one} {n}" for one, n in sorted(row.items(), key=lambda p: -p[1]))
            lines.append(f"{word:22}{sum(row.values()):6}  {said}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--blank", type=float, default=0.0, help="share of steps not filled in")
    parser.add_argument("--told", choices=["same", "other"], default="same",
                        help="whose convention the problem is set in")  # fmt: skip
    asked = parser.parse_args()
    randoms = [np.random.default_rng([asked.seed, 3, n]) for n in range(asked.count)]
    made = [with_blanks(right(one, asked.seed), one, asked.blank) for one in randoms]
    wrong = [n for n, one in enumerate(made) if not marked(one).right]
    print(f"right ones marked right: {asked.count - len(wrong)} of {asked.count}  {wrong[:20]}")
    found = tally(asked.count, asked.seed, told=asked.told, blank=asked.blank)
    print(f"first wrong step named: {found.steps} of {found.count}")
    print(f"slip named as well:     {found.named} of {found.count}\n")
    print(table(found))
    print("\n".join(["", "not named:", *found.missed]))


if __name__ == "__main__":
    main()
