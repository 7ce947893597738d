"""Checks: is a stated slope the derived one, and is either what a nudge shows?

    check("tanh")                        an activation or a loss by its name
    check(Activation("bent", ...))       one of your own
    check(program, values=...)           every gradient of a program, cell by cell

Three ways to the same number: the slope that the row *states*, the slope *derived* from its
formula by the rules of the language, and a *nudge*: the value a little to the right less the
value a little to the left, over the distance. Where a function has a kink between the two, a
nudge says nothing and is skipped, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.activations import activation, activations
from workings.engines import engine
from workings.errors import ProgramError, SettingError
from workings.explaining.nudging import nudge
from workings.language import Op, Program, Step, backprop, name, sum_of
from workings.losses import loss, losses
from workings.trace import Array, Values
from workings.views.wrapping import wrapped

AGREE = 1e-6  # relative to the larger of 1 and the slope
STATED, NUDGED = ("stated slope", "derived slope"), ("back-propagation", "nudge")
SHARE = "share"  # how much each cell of an op's result counts in the loss made around it
POINTS = (5, 4)  # rows and columns of the points an op is tried at


@dataclass(frozen=True)
class Comparison:
    """One way to a slope against another: the worst relative difference, and where it was."""

    one: str
    other: str
    worst: float
    where: str
    cells: int
    skipped: int = 0

    @property
    def agrees(self) -> bool:
        """Whether the two agree to 1e-6, and anything was compared."""
        return self.cells > self.skipped and self.worst <= AGREE

    def __str__(self) -> str:
        cells = f"{self.cells} cell{'s' * (self.cells != 1)}"
        kinks = f", {self.skipped} skipped at kinks" if self.skipped else ""
        verdict = "agree" if self.agrees else "DIFFER"
        return (
            f"{self.one} and {self.other} {verdict}: worst difference {self.worst:.1e} "
            f"at {self.where} ({cells}{kinks})"
        )


@dataclass(frozen=True)
class Check:
    """What was compared; true when all of it agrees."""

    subject: str
    comparisons: tuple[Comparison, ...]
    note: str = ""

    @property
    def agrees(self) -> bool:
        """Whether every comparison agrees."""
        return bool(self.comparisons) and all(one.agrees for one in self.comparisons)

    def __bool__(self) -> bool:
        return self.agrees

    def __str__(self) -> str:
        said = [*map(str, self.comparisons), *filter(None, [self.note])]
        rest = [line for one in said for line in wrapped(one, indent="  ")]
        return "\n".join([*wrapped(f"{self.subject}:"), *rest])


def check(
    thing: str | Op | Program,
    *,
    values: Mapping[str, Array] | None = None,
    at: Sequence[Array] | None = None,
    seed: int = 0,
    **facts: Any,
) -> Check:
    """Compares slopes: those of an op (by name or as a row), or all gradients of a program.

    `at` are the points to try an op at, an array per argument (normal numbers from `seed`, if
    left out), and `facts` what the op needs besides, such as `axis=1`. For a program with a step
    `loss` and steps called `d_...`, `values` are the given matrices.

    >>> from workings.activations import Activation
    >>> print(check(Activation("bent", lambda x: x * x, lambda y, x: 3.0 * x)).agrees)
    False
    """
    if isinstance(thing, Program):
        return check_program(thing, values or {})
    op = _named(thing) if isinstance(thing, str) else thing
    if op.formula is None and op.back is None:
        raise ProgramError(f"cannot check {op.name}: it has neither a formula nor a rule")
    points = [np.asarray(x, float) for x in at] if at else _points(op, seed)
    if not op.elementwise and op.formula and not facts:
        facts = {"axis": 1}
    return _check_op(op, points, facts)


def check_program(
    program: Program,
    values: Mapping[str, Array],
    *,
    gradients: Mapping[str, str] | None = None,
    sign: int = 1,
) -> Check:
    """Compares every gradient of a program with a nudge, cell by cell.

    `gradients` says which step holds the gradient of which given matrix (those called `d_` and
    its name, if left out); with `sign=-1` they are expected to point downhill.
    """
    gradients = gradients or {
        word: f"d_{word}" for word in program.given if f"d_{word}" in program.names
    }
    if not gradients:
        raise SettingError("cannot check a program without gradients: run backprop on it first")
    run = engine().run(program, values)
    loss_alone = engine().prepare(program.only("loss"), ["loss"])

    def loss_at(given: Mapping[str, Array]) -> float:
        return float(loss_alone(given)["loss"])

    compared = [
        _against_nudge(loss_at, values, word, sign * run[gradient])
        for word, gradient in gradients.items()
    ]
    return Check("gradients", tuple(compared))


def _named(word: str) -> Op:
    if word in losses():
        return loss(word)
    known = activations()
    return known[word] if word in known else activation(word)


def _points(op: Op, seed: int) -> list[Array]:
    random = np.random.default_rng(seed)
    return [2.0 * random.normal(size=POINTS) for _ in range(max(len(op.slopes), len(op.owed), 1))]


def _check_op(op: Op, points: list[Array], facts: dict[str, Any]) -> Check:
    stated = bool(op.back or any(op.slopes))
    plain = Op(
        op.name, op.shape, op.index, op.reason, elementwise=op.elementwise, formula=op.formula
    )
    values = {f"x{place}": point for place, point in enumerate(points)}
    try:
        program, values = _around(op, values, facts)
    except ProgramError as error:
        return Check(op.name, (), f"has no slope ({error.message})")
    compared = list(check_program(program, values).comparisons)
    if stated and op.formula:
        derived = engine().run(_around(plain, values, facts)[0], values)
        given = engine().run(program, values)
        compared += [
            _against(STATED, given[f"d_{word}"], derived[f"d_{word}"], word)
            for word in values
            if f"d_{word}" in program.names
        ]
    return Check(op.name, tuple(compared))


def _around(
    op: Op, values: dict[str, Array], facts: dict[str, Any]
) -> tuple[Program, dict[str, Array]]:
    """A program whose loss weighs the op's result, with the gradients of all that has any."""
    args = [name(word, *x.shape) for word, x in values.items() if word != SHARE]
    y = Step("y", op(*args, **facts))
    share = name(SHARE, *y.shape)
    program = Program((y, Step("loss", sum_of(share * y.ref))))
    size = tuple(int(length) for length in y.shape)
    weighed = {**values, SHARE: np.random.default_rng(1).uniform(0.5, 1.5, size)}
    return backprop(program, "loss", [str(arg["name"]) for arg in args]), weighed


def _against_nudge(
    f: Callable[[Values], float], values: Values, word: str, gradient: Array
) -> Comparison:
    """The gradient of `word` against central differences of `f`."""
    nudged, kinks = np.zeros(gradient.shape), np.zeros(gradient.shape, bool)
    for cell in np.ndindex(gradient.shape):
        found = nudge(f, values, word, cell)
        nudged[cell], kinks[cell] = found.slope, found.kink
    return _against(NUDGED, gradient, nudged, word, kinks)


def _against(
    ways: tuple[str, str], one: Array, other: Array, word: str, skipped: Any = False
) -> Comparison:
    apart = np.abs(one - other) / np.maximum(1.0, np.maximum(np.abs(one), np.abs(other)))
    apart = np.where(skipped, 0.0, apart)
    worst = np.unravel_index(int(apart.argmax()), apart.shape) if apart.ndim else ()
    place = ",".join(str(int(index) + 1) for index in worst)
    return Comparison(
        *ways, float(apart[worst]), f"{word}[{place}]", apart.size, int(np.sum(skipped))
    )
