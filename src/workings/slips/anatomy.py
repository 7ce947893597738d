"""What each step of a program is for, found from its structure: no name of a step is known here.

    anatomy(program)     -> Anatomy: target, activations, slopes, deltas, gradients, updates ..

A step is *backward* when it comes after the loss, and an *update* when it reads the learning rate
or what an optimizer carries on. A *slope* is what the rules of the language give for an
activation; a *gradient* is a backward step that an update reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from workings.errors import ProgramError
from workings.language import Expr, Program, Step
from workings.language.algebra import MUL, NAME, SPREAD
from workings.language.backprop import slope_of
from workings.language.walk import leaves

SAMPLES, LOSS = "n", "loss"


@dataclass(frozen=True)
class Anatomy:
    """The parts of a training program, each by the names of steps or given matrices.

    `activations` are the steps that bend, with their expressions; `slopes` say of which
    activation a step is the slope; `new` is the next value of each parameter.
    """

    target: str | None = None
    included: str | None = None
    activations: Mapping[str, Expr] = field(default_factory=dict)
    slopes: Mapping[str, str] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()
    biases: frozenset[str] = frozenset()
    rates: frozenset[str] = frozenset()
    new: Mapping[str, str] = field(default_factory=dict)
    backward: frozenset[str] = frozenset()
    updates: frozenset[str] = frozenset()
    deltas: frozenset[str] = frozenset()
    gradients: frozenset[str] = frozenset()


def anatomy(program: Program) -> Anatomy:
    """What the steps of a program are for; an empty one where there is no loss.

    >>> from workings.systems import system
    >>> found = anatomy(system("article").trace().program)
    >>> found.slopes["slope_output_layer"], sorted(found.gradients)
    ('output', ['d_bh', 'd_bout', 'd_wh', 'd_wout'])
    """
    names = program.names
    at = names.index(LOSS) if LOSS in names else len(names)
    forward, backward = program.steps[:at], program.steps[at + 1 :]
    read = {step.name: [leaf["name"] for leaf in leaves(step.expr)] for step in program}
    before = {word for step in forward for word in read[step.name]}
    parameters = frozenset(word for word in program.updates if word in before)
    carried = set(program.updates) - parameters
    rates = frozenset(
        word for word, shape in program.given.items()
        if shape == () and word not in carried and word not in before
    )  # fmt: skip
    updates = _reached(backward, carried | rates)
    last = frozenset(step.name for step in backward) - updates
    bent = {step.name: step.expr for step in forward if _bends(step)}
    target, included = _compared(forward, parameters, program)
    slopes = _slopes(bent, backward)
    return Anatomy(
        target=target, included=included, activations=bent, slopes=slopes, parameters=parameters,
        biases=frozenset(word for step in forward for word in _spread_alone(step.expr))
        & parameters,
        rates=rates, new={word: program.updates[word] for word in parameters},
        backward=last, updates=updates,
        deltas=frozenset(
            step.name for step in backward
            if step.name in last and _is_delta(step, slopes, target, included)
        ),
        gradients=frozenset(word for step in updates for word in read[step]) & last,
    )  # fmt: skip


def _reached(steps: tuple[Step, ...], start: set[str]) -> frozenset[str]:
    """The steps that depend on any of `start`."""
    found: set[str] = set()
    for step in steps:
        if {leaf["name"] for leaf in leaves(step.expr)} & (start | found):
            found.add(step.name)
    return frozenset(found)


def _bends(step: Step) -> bool:
    """Whether a step is an activation: a defined op of one named matrix, cell by cell or not."""
    expr = step.expr
    bends = expr.op.formula is not None and len(expr.args) == 1 and expr.args[0].op == NAME
    return bends and expr.shape == expr.args[0].shape


def _compared(
    forward: tuple[Step, ...], parameters: frozenset[str], program: Program
) -> tuple[str | None, str | None]:
    """The target, and the activation that the loss includes, if it takes one's input."""
    for step in forward:
        if step.expr.op.formula is None or len(step.expr.args) != 2:
            continue
        seen, target = step.expr.args
        if seen.op == target.op == NAME and target["name"] in program.given:
            inputs = {one.expr.args[0]["name"]: one.name for one in forward if _bends(one)}
            return target["name"], inputs.get(seen["name"])
    return None, None


def _slopes(bent: Mapping[str, Expr], backward: tuple[Step, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word, expr in bent.items():
        slope = _slope(word, expr) if expr.op.elementwise else None
        found |= {step.name: word for step in backward if step.expr == slope}
    return found


@lru_cache(maxsize=1024)
def _slope(word: str, expr: Expr) -> Expr | None:
    try:
        return slope_of(expr, Step(word, expr).ref)
    except ProgramError:
        return None


def _is_delta(
    step: Step, slopes: Mapping[str, str], target: str | None, included: str | None
) -> bool:
    if step.expr.op == MUL:
        return any(arg.op == NAME and arg["name"] in slopes for arg in step.expr.args)
    words = {leaf["name"] for leaf in leaves(step.expr)}
    return included is not None and target in words


def _spread_alone(expr: Expr) -> set[str]:
    """The names that are spread somewhere in an expression: single rows or columns."""
    copied = expr.op == SPREAD and expr.args[0].op == NAME and expr.args[0].shape != ()
    found = {str(expr.args[0]["name"])} if copied else set()
    return found.union(*(_spread_alone(arg) for arg in expr.args))
