"""The programs that the mistakes are: both sides of each experiment.

slipped("listing", "lr-twice", "d_output")    a slip of the table, planted in a system
anywhere("turned")                            a slip, wherever it can be made
changed("zero-start", start="glorot")         a case that has a disease, and the same without
rows_of_biases(), wide_target(), softmax_twice()    what no slip and no setting says
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from workings.conventions import Convention
from workings.diagnosing.case import Case
from workings.diagnosing.cases import of_arrays
from workings.diagnosing.presets import preset
from workings.engines import engine
from workings.errors import SettingError, ShapeError
from workings.lab.sides import ENGINE, Side, of_network
from workings.language import Expr, Program, Step, backprop, name, spread, sum_of
from workings.language.algebra import NAME, SPREAD, SUM
from workings.language.shapes import bound
from workings.losses import loss
from workings.network import Dense, Network
from workings.slips import Site, concrete, sites, slip
from workings.slips.planting import planted
from workings.systems import Setup, system
from workings.training.runs import Rows

LR = name("lr")


@dataclass(frozen=True)
class Experiment:
    """The right side and the wrong one.

    `slips` says which slips were made in which steps of `named`, the right program with names for
    its sizes. `refused` is what a shape check says by itself. `right_case` and `wrong_case` are
    both sides for the doctor, where it can be asked.
    """

    right: Side
    wrong: Side
    slips: tuple[tuple[str, str], ...] = ()
    named: Program | None = None
    refused: str = ""
    right_case: Case | None = None
    wrong_case: Case | None = None


Make = Callable[[], Experiment]


# -- slips -----------------------------------------------------------------------------------------


def slipped(where: str, word: str, *steps: str) -> Make:
    """A slip made in some steps of a system of the article."""
    return lambda: _planted(_of_setup(_setup(where)), [(word, step) for step in steps])


def anywhere(word: str) -> Make | None:
    """A slip in the first step of the first small network in which it can be made; or None."""
    for scene in SCENES:
        side = _small(scene)
        for step, site in sites(side.program, sizes_of(side)).items():
            if _fitting(word, site):
                return partial(_planted, side, [(word, step)])
    return None


def _fitting(word: str, site: Site) -> list[Expr]:
    """The wrong expressions with which the steps that follow can still be worked out."""
    return [one for one in slip(word).variants(site) if one.shape == site.expr.shape]


def _planted(side: Side, made: Sequence[tuple[str, str]]) -> Experiment:
    sizes = sizes_of(side)
    known, right = sites(side.program, sizes), concrete(side.program, sizes)
    wrong = right
    for word, step in made:
        wrong = planted(wrong, step, _fitting(word, known[step])[0])
    return Experiment(
        replace(side, program=right), replace(side, program=wrong), tuple(made), side.program
    )


def _of_setup(setup: Setup) -> Side:
    return of_network(setup.network, setup.start, setup.rows, rate=setup.settings.rate)


def sizes_of(side: Side) -> dict[str, int]:
    """What the names of the sizes stand for."""
    given = side.program.given
    return bound(given, {word: np.shape(side.values[word]) for word in given})


@dataclass(frozen=True)
class Scene:
    """A small network on the article's rows, for slips that its own network has no place for."""

    loss: str = "half_squared_error"
    convention: Convention = Convention()
    optimizer: str = "sgd"
    rate: float = 0.1


MEAN = Convention("gradient", "mean")
SCENES = (
    Scene(),
    Scene(convention=MEAN),
    Scene("binary_cross_entropy", MEAN),
    Scene(convention=MEAN, optimizer="adam", rate=0.005),
)


def _small(scene: Scene) -> Side:
    setup = _setup("listing")
    network = Network((Dense(3), Dense(1)), scene.loss, scene.convention)
    return of_network(network, setup.start, setup.rows, rate=scene.rate, optimizer=scene.optimizer)


def _setup(word: str) -> Setup:
    made = system(word).setup
    if made is None:
        raise SettingError(f"cannot set {word} beside anything: it learns nothing")
    return made()


# -- settings --------------------------------------------------------------------------------------


def changed(word: str, **settings: Any) -> Make:
    """A case of the doctor's that has a disease, and the same from the same seed without."""

    def make() -> Experiment:
        wrong = preset(word).make()
        return _cases(wrong, wrong.changed(settings))

    return make


def _cases(wrong: Case, right: Case) -> Experiment:
    return Experiment(_of_case(right), _of_case(wrong), right_case=right, wrong_case=wrong)


def _of_case(case: Case) -> Side:
    if case.clip is not None or case.network.drops or case.settings.batch_size is not None:
        raise SettingError(
            "cannot set this training beside another: it clips, drops neurons or takes batches"
        )
    return of_network(
        case.network, case.start, case.rows, rate=case.settings.rate, optimizer=case.optimizer
    )


# -- what no slip and no setting says --------------------------------------------------------------


def rows_of_biases() -> Experiment:
    """The R listing: a bias for each row, moved by rowSums; three equal rows labelled 1, 1, 0."""
    setup = _setup("listing")
    X = np.repeat(setup.X[:1], len(setup.X), axis=0)
    side = of_network(setup.network, setup.start, Rows(X, setup.y), rate=setup.settings.rate)
    right = replace(side, program=concrete(side.program, sizes_of(side)))
    wide = {
        word: (len(X), right.values[word].shape[1]) for word, step in right.gradients.items()
        if right.program[step].expr.op == SUM
    }  # fmt: skip
    steps = [replace(step, expr=_by_row(step, wide, right.gradients)) for step in right.program]
    values = {
        word: np.repeat(value, len(X), axis=0) if word in wide else value
        for word, value in right.values.items()
    }
    wrong = replace(right, program=replace(right.program, steps=tuple(steps)), values=values)
    made = tuple(("wrong-axis", right.gradients[word]) for word in wide)
    return Experiment(right, wrong, made, side.program)


def _by_row(step: Step, wide: Mapping[str, Any], gradients: Mapping[str, str]) -> Expr:
    """A step where each row has its own bias, owed the sum of that row."""
    owner = next((word for word in wide if gradients[word] == step.name), None)
    if owner is not None:
        return spread(SUM(step.expr.args[0], axis=1), wide[owner])
    return _widened(step.expr, {**wide, **{gradients[word]: size for word, size in wide.items()}})


def _widened(expr: Expr, shapes: Mapping[str, Any]) -> Expr:
    inner = expr.args[0] if expr.op == SPREAD else expr
    if inner.op == NAME and inner["name"] in shapes:
        return name(inner["name"], *shapes[inner["name"]])
    if inner.op == NAME or not inner.op.elementwise:
        return inner  # the op around it spreads it again, to what size is right now
    return inner.op(*(_widened(arg, shapes) for arg in inner.args))


def wide_target() -> Experiment:
    """A target without its second axis: NumPy sets each output beside each target, unasked."""
    setup = _setup("listing")
    side, count = _of_setup(setup), len(setup.X)
    output, y = name(side.output, count, 1), name("y", count, 1)
    square = (count, count)
    each = loss("half_squared_error")(spread(output, square), spread(y.T, square))
    total = sum_of(name("losses", *square)) / float(count)
    right = _derived(side, setup.network, {})
    wrong = _derived(side, setup.network, {"losses": each, "loss": total})
    return Experiment(right, wrong, refused=_refusal(right, {"y": right.values["y"].ravel()}))


def _refusal(side: Side, values: Mapping[str, Any]) -> str:
    """What is said of values that do not fit."""
    try:
        engine(ENGINE).run(side.program, {**side.values, **values})
    except ShapeError as error:
        return str(error)
    return ""


def softmax_twice() -> Experiment:
    """A cross-entropy that includes the softmax, given what has been through one already."""
    case = _three_classes()
    side, shape = _of_case(case), case.rows.y.shape
    again = loss("categorical_cross_entropy")(name(side.output, *shape), name("y", *shape), axis=1)
    return Experiment(
        _derived(side, case.network, {}), _derived(side, case.network, {"losses": again})
    )


def _derived(side: Side, network: Network, wrong: Mapping[str, Expr]) -> Side:
    """The network with some forward steps replaced; all else is derived from what it is then."""
    forward, learnt = concrete(network.program(), sizes_of(side)), list(side.gradients)
    steps = tuple(replace(step, expr=wrong.get(step.name, step.expr)) for step in forward)
    program = backprop(Program(steps), "loss", learnt)
    moved = [
        Step(f"new_{word}", program.ref(word) - program.ref(f"d_{word}") * LR) for word in learnt
    ]
    updates = {word: f"new_{word}" for word in learnt}
    return replace(
        side, program=replace(program.then(moved), updates=updates), sign=1,
        gradients={word: f"d_{word}" for word in learnt},
    )  # fmt: skip


def _three_classes() -> Case:
    """Three round groups of points, one for each class."""
    random = np.random.default_rng(0)
    centres = np.array([[0.0, 1.5], [1.5, -1.0], [-1.5, -1.0]])
    which = np.arange(60) % len(centres)
    X = centres[which] + random.normal(0, 0.4, (len(which), 2))
    return of_arrays(
        X, np.eye(len(centres))[which], hidden=[6], activation="tanh", output="softmax",
        loss="categorical_cross_entropy", rate=0.5, epochs=300,
    )  # fmt: skip
