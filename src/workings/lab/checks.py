"""The checks that would have caught a mistake, really run on the wrong side.

gradient check    are the gradients what a nudge of each weight shows?
update check      did the weights move by the learning rate times the gradient, downhill?
shape check       is the step still possible when all sizes are different?
perfect answer    does the loss of an answer that is exactly right reach its least?
doctor            which diseases does the run have? (see `workings diagnose`)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workings.diagnosing.doctor import diagnosed
from workings.diagnosing.finding import NOTE
from workings.engines import engine
from workings.explaining.checking import check_program
from workings.explaining.nudging import nudge
from workings.lab.making import Experiment
from workings.lab.sides import ENGINE, LOSS, Side
from workings.language import Program, Step
from workings.language.algebra import NAME
from workings.slips import sites, slip
from workings.trace import Array

GRADIENT, UPDATE, SHAPE, PERFECT, DOCTOR = (
    "gradient check", "update check", "shape check", "perfect answer", "doctor",
)  # fmt: skip
AGREE = 1e-6  # relative to the larger of 1 and the step
MOST_CELLS = 400  # weights that are nudged
REACHED = 1e-6  # of the loss, above its least
FAR = 40.0  # a sum before a sigmoid or softmax that leaves nothing to be wished


@dataclass(frozen=True)
class Said:
    """What one check says of the wrong side, and whether that gives the mistake away."""

    check: str
    catches: bool
    told: str


def said(experiment: Experiment) -> tuple[Said, ...]:
    """What every check says that can be run."""
    found = (check(experiment) for check in CHECKS)
    return tuple(one for one in found if one is not None)


# -- gradients and updates -------------------------------------------------------------------------


def _gradients(experiment: Experiment) -> Said | None:
    side = experiment.wrong
    if sum(np.size(side.values[word]) for word in side.gradients) > MOST_CELLS:
        return None
    found = check_program(side.program, side.values, gradients=side.gradients, sign=side.sign)
    worst = max(found.comparisons, key=lambda one: one.worst)
    if found.agrees:
        return Said(GRADIENT, False, "back-propagation and nudges agree in every weight")
    return Said(GRADIENT, True, f"back-propagation and a nudge differ at {worst.where} "
                                f"by {worst.worst:.2g}")  # fmt: skip


def _updates(experiment: Experiment) -> Said | None:
    """For plain gradient descent alone: other optimizers move weights otherwise."""
    side = experiment.wrong
    if not _plain(experiment.right) or _cells(side) > MOST_CELLS:
        return None
    found = engine(ENGINE).run(side.program, side.values)
    rate, worst, where = float(side.values["lr"]), 0.0, ""
    for word in side.gradients:
        moved = found[side.program.updates[word]] - side.values[word]
        owed = -rate * _nudged(side, word)
        apart = np.abs(moved - owed) / np.maximum(1.0, np.abs(owed))
        if apart.max() > worst:
            place = np.unravel_index(int(apart.argmax()), apart.shape)
            worst, where = float(apart.max()), (
                f"{word}[{','.join(str(int(k) + 1) for k in place)}] moved by "
                f"{moved[place]:.4g} instead of {owed[place]:.4g}"
            )  # fmt: skip
    if worst <= AGREE:
        return Said(UPDATE, False, "every weight moved by the rate times its gradient, downhill")
    return Said(UPDATE, True, where)


def _cells(side: Side) -> int:
    return sum(int(np.size(side.values[word])) for word in side.gradients)


def _plain(side: Side) -> bool:
    """Whether nothing but weights is carried on: no velocity, no running mean."""
    return set(side.program.updates) == set(side.gradients)


def _nudged(side: Side, word: str) -> Array:
    """The gradient of the loss that nudges show."""
    alone = engine(ENGINE).prepare(side.program.only(LOSS), [LOSS])
    values = {key: np.asarray(value, float) for key, value in side.values.items()}
    slopes = np.zeros(values[word].shape)
    for place in np.ndindex(slopes.shape):
        slopes[place] = nudge(lambda v: float(alone(v)[LOSS]), values, word, place).slope
    return slopes


# -- shapes ----------------------------------------------------------------------------------------


def _shapes(experiment: Experiment) -> Said | None:
    """Whether the wrong expressions are still possible when no two sizes are alike."""
    if experiment.refused:
        return Said(SHAPE, True, experiment.refused)
    program = experiment.named
    if program is None:
        return None
    words = dict.fromkeys(
        size for shape in program.given.values() for size in shape if isinstance(size, str)
    )
    sizes = dict(zip(words, range(len(words) + 1, 1, -1), strict=True))
    for word, step in experiment.slips:
        site = sites(program, sizes)[step]
        if not any(one.shape == site.expr.shape for one in slip(word).variants(site)):
            listed = ", ".join(f"{size} {length}" for size, length in sizes.items())
            return Said(SHAPE, True, f"{step} cannot be worked out so with {listed}")
    return Said(SHAPE, False, "the shapes fit, whatever the sizes")


# -- the loss of a perfect answer ------------------------------------------------------------------


def _perfect(experiment: Experiment) -> Said | None:
    """Whether the loss reaches its least where every output is the target."""
    side = experiment.wrong
    expr = side.program["losses"].expr
    if len(expr.args) != 2 or any(arg.op != NAME for arg in expr.args):
        return None
    seen, target = (str(arg["name"]) for arg in expr.args)
    y = np.asarray(side.values[target], float)
    best = _reachable(side, seen, y)
    alone = Program((Step("it", expr),))
    cost = float(engine(ENGINE).run(alone, {seen: best, target: y})["it"].mean())
    least = f"the best answer there can be still costs {cost:.4f} on the average"
    if cost > REACHED:
        return Said(PERFECT, True, least)
    return Said(PERFECT, False, "the best answer costs nothing")


def _reachable(side: Side, seen: str, y: Array) -> Array:
    """What comes closest to the target of all that a step can give."""
    if seen in side.program.given or seen != side.output:
        return np.where(y > 0.5, FAR, -FAR)  # sums before an activation that the loss includes
    low, high = getattr(side.program[seen].expr.op, "span", (-np.inf, np.inf))
    return np.clip(y, low, high)


# -- the doctor ------------------------------------------------------------------------------------


def _doctor(experiment: Experiment) -> Said | None:
    if experiment.wrong_case is None or experiment.right_case is None:
        return None
    ill, well = (
        {one.disease: one for one in diagnosed(case).findings if one.severity != NOTE}
        for case in (experiment.wrong_case, experiment.right_case)
    )
    found = [one for word, one in ill.items() if word not in well]
    if not found:
        return Said(DOCTOR, False, "no disease that the right side does not have")
    return Said(DOCTOR, True, "; ".join(f"{one.disease}: {one.what}" for one in found))


Check = Callable[[Experiment], Said | None]
CHECKS: tuple[Check, ...] = (_gradients, _updates, _shapes, _perfect, _doctor)
