"""Whether the numbers of an exercise survive rounding at each step.

    trial = Trial(program, network, digits, sizes)
    trial.margin(values)      1 or more where they do well, less the worse they do; 0 not at all
    trial.reason              which test the best draw so far does worst in

The working is computed twice: with every digit, and with each step rounded to the digits of the
sheet before the next one reads it, as somebody with a pencil does. Each test of `TESTS` measures
one thing in units of the last digit and divides by what is wanted. What an answer would be after
one slip must differ, too: a wrong step that rounds to the right number cannot be found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workings.engines import engine
from workings.errors import ProgramError
from workings.language import Program, Step
from workings.language.algebra import NAME
from workings.language.backprop import slope_of
from workings.network import Network
from workings.slips import concrete, sites, slips

DRIFT = 3  # units by which rounding on the way may change a cell
RELATIVE = 1e-4  # or so much of it: digits that nobody would miss
SMALLEST = 20  # units that every cell that is not 0 has at least
APART = 20  # units by which any two rows or columns of a given matrix differ somewhere
FLATTEST = 0.05  # the least slope of a unit that is not simply off: sigmoid's at 2.9
SURE = 0.02  # a share of softmax is at least so much
LOUD = 10  # units by which every slip changes some cell of its step
SAME = 1e-9  # what differs by less is the same whatever is drawn, as a transposed single cell is

Values = Mapping[str, Any]
Prepared = Callable[[Values], dict[str, Any]]


@dataclass(frozen=True)
class Draft:
    """One draw: exact values, those of rounding at each step, and a unit of the last digit."""

    program: Program
    exact: Values
    rounded: Values
    slopes: tuple[Any, ...]
    shares: tuple[Any, ...]
    slips: tuple[float, ...]  # by how much each slip changes its step
    unit: float
    samples: int  # the axis along which they lie

    @property
    def steps(self) -> list[Any]:
        """The exact value of each step."""
        return [np.asarray(self.exact[word]) for word in self.program.names]


def drift(draft: Draft) -> float:
    """Rounding on the way changes the answers too much."""
    shares = (
        np.abs(draft.rounded[word] - exact) / (DRIFT * draft.unit + RELATIVE * np.abs(exact))
        for word, exact in zip(draft.program.names, draft.steps, strict=True)
    )
    return 1.0 / max(float(np.max(one, initial=0.1)) for one in shares)


def smallness(draft: Draft) -> float:
    """A number is nearly 0."""
    sizes = [np.abs(value[value != 0]).min(initial=np.inf) for value in draft.steps]
    return min(sizes, default=np.inf) / (SMALLEST * draft.unit)


def twins(draft: Draft) -> float:
    """Two given rows or columns are alike."""
    given = [np.asarray(draft.exact[word]) for word in draft.program.given]
    wide = [x for x in given if x.ndim == 2 and min(x.shape) > 1]
    gaps = [_nearest(lines) for x in wide if not np.isin(x, (0, 1)).all() for lines in (x, x.T)]
    return min(gaps, default=np.inf) / (APART * draft.unit)


def saturation(draft: Draft) -> float:
    """A unit is saturated, or off for every row."""
    margins = [np.inf]
    for slope in draft.slopes:  # laid out like any other matrix: samples along one axis
        sizes = np.abs(slope)
        margins.append(sizes[sizes > 0].min(initial=np.inf) / FLATTEST)
        margins.append(float(sizes.max(axis=draft.samples).min()) / FLATTEST)
    margins += [min(share.min(), (1 - share).min()) / SURE for share in draft.shares]
    return float(min(margins))


def silence(draft: Draft) -> float:
    """A slip would hardly show."""
    return min((one for one in draft.slips if one > SAME), default=np.inf) / (LOUD * draft.unit)


TESTS: tuple[Callable[[Draft], float], ...] = (drift, smallness, twins, saturation, silence)


def _nearest(lines: Any) -> float:
    """By how much the two lines that are most alike differ somewhere."""
    gaps = np.abs(lines[:, None] - lines[None]).max(axis=2)
    return float(gaps[~np.eye(len(lines), dtype=bool)].min())


@dataclass
class Trial:
    """All that is the same for each draw of an exercise, made once.

    `sizes` says what the named sizes of the program are.
    """

    program: Program
    network: Network
    digits: int
    sizes: Mapping[str, int]
    reason: str = ""
    _best: float = -1.0
    _steps: list[tuple[str, Prepared]] = field(default_factory=list)

    def __post_init__(self) -> None:
        run = engine("numpy")
        self._exact = run.prepare(self.program)
        # by itself a step does not tell all sizes it needs, so they are numbers in it
        self._alone = {step.name: step for step in concrete(self.program, self.sizes)}
        self._steps = [
            (word, run.prepare(Program((step,)), [word])) for word, step in self._alone.items()
        ]
        self._slopes = [run.prepare(one, ["slope"]) for one in self._slope_programs()]
        self._slips = [
            (step, run.prepare(Program((Step("wrong", wrong),)), ["wrong"]))
            for step, site in sites(self.program, self.sizes).items()
            for slip in slips().values()
            for wrong in slip.variants(site)
            if wrong.shape == site.expr.shape
        ]

    def _slope_programs(self) -> list[Program]:
        """The slope of each layer's activation; none where it is the same everywhere."""
        found = []
        for names in self.network.names:
            step = self._alone[names.output]
            if not step.expr.op.elementwise or step.expr.op == NAME:
                continue
            try:
                slope = slope_of(step.expr, step.ref)
            except ProgramError:  # a step function: flat but for its jump
                continue
            program = Program((Step("slope", slope),))
            if program.given:  # else it is the same everywhere
                found.append(program)
        return found

    def margin(self, values: Values) -> float:
        """How well the draw survives: the worst of all tests, at most 1."""
        with np.errstate(all="ignore"):
            draft = self._draft(values)
            margins = {test: float(test(draft)) for test in TESTS}
        worst = min(margins, key=lambda test: margins[test])
        margin = 0.0 if np.isnan(margins[worst]) else min(1.0, margins[worst])
        if margin > self._best:
            self._best = margin
            said = (worst.__doc__ or "").rstrip(".")
            self.reason = said[:1].lower() + said[1:]
        return margin

    def _draft(self, values: Values) -> Draft:
        exact, (rounded, right) = self._exact(values), self._rounded(values)
        changed = (np.abs(run(rounded)["wrong"] - right[step]) for step, run in self._slips)
        return Draft(
            self.program, exact, rounded,
            tuple(run(exact)["slope"] for run in self._slopes),
            tuple(
                exact[names.output] for names in self.network.names
                if not self.program[names.output].expr.op.elementwise
            ),
            tuple(float(np.max(one)) for one in changed),
            10.0**-self.digits, self.network.convention.sample_axis,
        )  # fmt: skip

    def _rounded(self, values: Values) -> tuple[dict[str, Any], dict[str, Any]]:
        """Each step from rounded ones, itself rounded; and before it is."""
        rounded, right = dict(values), dict[str, Any]()
        for word, run in self._steps:
            right[word] = run(rounded)[word]
            rounded[word] = np.round(right[word], self.digits)
        return rounded, right
