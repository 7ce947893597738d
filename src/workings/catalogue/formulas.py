"""Activations, losses and optimizers: what they compute, how steep they are, how they look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from workings.activations import Activation, activations
from workings.catalogue import pictures
from workings.catalogue.entries import Entry, Said
from workings.catalogue.spelling import equation, equations
from workings.engines import engine
from workings.errors import ProgramError
from workings.explaining.gallery import WIDE
from workings.explaining.gallery import entries as activation_facts
from workings.language import Expr, Program, Step, name, sum_of
from workings.language.backprop import backprop, slope_of
from workings.losses import Loss, losses
from workings.optimizers import ITERATION, RATE, Update, optimizers
from workings.trace import Array

OUTPUTS = np.linspace(-4.0, 4.0, 161)
TARGETS = {"regression": (0.0, 2.0), "binary": (0.0, 1.0), "classes": (1.0, 0.0)}
COUNTS = (1.0, 3.0)  # targets of a loss for counts
# learning rates that suit the valley; 0.1 for optimizers that scale each weight by itself
VALLEY_RATES: Mapping[str, float] = {
    "sgd": 0.15, "momentum": 0.03, "nesterov": 0.03, "adagrad": 0.3,
}  # fmt: skip
WAY, STEEP, START = 40, 10.0, (-1.0, 1.0)  # iterations down a valley that is 10 times as steep


def of_activations() -> Iterator[Entry]:
    """Every activation; x is its input, y its output."""
    rows = activations()
    for known in activation_facts():
        op, x = rows[known.name], name("x")
        low, high = known.span
        facts: list[tuple[str, Said]] = []
        if isinstance(op, Activation) and op.formula is not None:
            slope = _slope(op(x))
            facts = [
                ("formula", equation("y", op.formula(x))),
                ("slope", "none: flat but for its jump" if slope is None
                 else equation("slope", slope)),
            ]  # fmt: skip
        elif op.formula is not None:
            facts = [("formula, along a sample", equation("y", _along(op)))]
        facts += [("range", f"{_end(low)} to {_end(high)}"), ("use", known.use)]
        drawn = pictures.activation(known.name, WIDE, known.curve) if known.curve else ""
        yield Entry(known.name, facts, drawn)


def _end(value: float) -> str:
    return f"{value:g}".replace("inf", "∞").replace("-", "−")


def _along(op: Any) -> Expr:
    made: Expr = op.formula(name("x", "n", "outputs"), axis=1)
    return made


def _slope(expr: Expr) -> Expr | None:
    try:
        return slope_of(expr, name("y"))
    except ProgramError:
        return None


# -- losses ----------------------------------------------------------------------------------------


def of_losses() -> Iterator[Entry]:
    """Every loss; y is the target."""
    for one in losses().values():
        read = "z" if one.activation else "output"
        facts: list[tuple[str, Said]] = [("formula", equation("loss", _loss(one, read)))]
        if one.elementwise:
            facts.append(("slope", equation("slope", _loss_slope(one, read))))
        if one.activation:
            facts.append(("reads", f"the output layer's input z: {one.activation} is part of it"))
        facts += [("for", one.task), ("use", one.use)]
        yield Entry(one.name, facts, _loss_picture(one, read))


def _loss(one: Loss, read: str, wide: tuple[str | int, ...] = ("n", "classes")) -> Expr:
    assert one.formula is not None  # noqa: S101 - a loss is its formula
    if one.elementwise:
        return one.formula(name(read), name("y"))
    return one.formula(name(read, *wide), name("y", *wide), axis=1)


def _loss_slope(one: Loss, read: str) -> Expr:
    """How fast the loss grows with what it reads: as stated, or derived from the formula."""
    stated = one.slopes[0] if one.slopes else None
    if stated is not None:
        return stated(name("loss"), name(read), name("y"))
    program = Program((Step("loss", sum_of(_loss(one, read))),))
    longer = backprop(program, "loss", [read])
    return longer[f"d_{read}"].expr


def _loss_picture(one: Loss, read: str) -> str:
    targets = COUNTS if one.activation == "exponential" else TARGETS[one.task]
    over = read if one.elementwise else "z of the first of two classes, that of the other being 0"
    made = _loss(one, read, ("n", "classes") if one.elementwise else (1, 2))
    curves = []
    for y in targets:
        given = partial(_given if one.elementwise else _given_of_two, read, y)
        curves.append((f"target {y:g}", pictures.values(made, OUTPUTS, given)))
    return pictures.losses(OUTPUTS, curves, over=over, name=one.name)


def _given(read: str, y: float, point: float) -> dict[str, Any]:
    return {read: point, "y": y}


def _given_of_two(read: str, y: float, point: float) -> dict[str, Any]:
    """Two classes, of which the second has the sum 0."""
    return {read: [[point, 0.0]], "y": [[y, 1.0 - y]]}


# -- optimizers ------------------------------------------------------------------------------------


def of_optimizers() -> Iterator[Entry]:
    """Every optimizer: the steps that it adds for a weight w that is owed d_w."""
    for word, kind in optimizers().items():
        one = kind()
        update = _written(one, ("inputs", "outputs"))
        kept = [old for old in update.carried if old != "w"]
        facts: list[tuple[str, Said]] = [
            ("is", str(kind.__doc__).splitlines()[0]),
            ("steps", equations(update.steps)),
            ("remembers", ", ".join(kept) + "; from 0" if kept else "nothing"),
        ]
        if asdict(one):
            facts.append(("settings", ", ".join(f"{k} = {v:g}" for k, v in asdict(one).items())))
        facts.append(("usual rate", f"{one.rate:g}"))
        yield Entry(word, facts, _way(word, one))


def _written(one: Any, shape: tuple[str | int, ...]) -> Update:
    update = Update(name("w", *shape), name("d_w", *shape), adds=False)
    one.update(update)
    return update


def _way(word: str, one: Any) -> str:
    """Two weights on their way down a long valley, all optimizers with rates that suit it."""
    update = _written(one, (1, 2))
    steps = [*update.steps]
    if ITERATION in update.carried:
        steps.insert(0, Step(update.carried[ITERATION], name(ITERATION) + 1.0))
    prepared = engine().prepare(Program(tuple(steps), updates=update.carried))
    rate = VALLEY_RATES.get(word, 0.1)
    state: dict[str, Array] = {old: np.zeros((1, 2)) for old in update.carried}
    state |= {"w": np.array([START])}
    if ITERATION in state:
        state[ITERATION] = np.asarray(0.0)
    found = [state["w"]]
    for _ in range(WAY):
        made = prepared({**state, "d_w": state["w"] * [1.0, STEEP], RATE["name"]: np.asarray(rate)})
        state = {old: made[new] for old, new in update.carried.items()}
        found.append(state["w"])
    weights = np.concatenate(found)
    said = (
        f"{word}, {WAY} iterations at rate {rate:g} down a valley that is {STEEP:g} times as steep "
        f"one way as the other: from {_point(weights[0])} to {_point(weights[-1])}, where the "
        "lowest point is (0, 0)."
    )
    return pictures.path(weights, lambda x, y: (x * x + STEEP * y * y) / 2, said)


def _point(weights: Array) -> str:
    return f"({weights[0]:.2f}, {weights[1]:.2f})"
