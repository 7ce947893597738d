"""What each step should be, worked out from somebody's own numbers.

    numbers = Numbers(form, filled, usual)
    numbers.of("d_output")          what they go on with: theirs if they wrote it
    numbers.expected("d_output")    what it should be, from what they had before

So a slip is counted once: what follows from a wrong number is held against that number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from workings.errors import SettingError
from workings.language import Expr, Program
from workings.language.shapes import bound, resolved
from workings.marking.assignments import Form
from workings.marking.rounding import Bounded, Digits, Evaluation, Usual, half_units, slack
from workings.marking.working import Texts
from workings.slips import Site, concrete, sites
from workings.trace import Array


@dataclass(frozen=True)
class Filled:
    """One matrix of a working: what it is called there, its cells, and its text if known.

    `turned` says that a single row was written as a column, or the other way round.
    """

    called: str
    values: Array
    written: Texts | None = None
    turned: bool = False

    @cached_property
    def blank(self) -> Any:
        """Where nothing stands."""
        return np.isnan(self.values)

    @property
    def empty(self) -> bool:
        """Whether nothing stands anywhere."""
        return bool(self.blank.all())


class Numbers:
    """The values of a form, each from what stands before it in somebody's working.

    `filled` are the matrices that have the right shape; `usual` is how many digits most of the
    working has; `instead` are steps that are worked out by another expression, for trying slips.
    """

    def __init__(
        self, form: Form, filled: Mapping[str, Filled], usual: Usual | None,
        instead: Mapping[str, Expr] | None = None,
    ) -> None:  # fmt: skip
        self.form, self.filled, self.usual = form, filled, usual
        self.instead = instead or {}
        self._used: dict[str, Bounded] = {}
        self._expected: dict[str, Bounded] = {}
        self._busy: set[str] = set()
        self.evaluation = Evaluation(self.of)

    @cached_property
    def given(self) -> dict[str, Array]:
        """What the problem gives, and where it gives nothing, what the working says."""
        values = self.form.problem.values
        known = {word: np.asarray(values[word], float) for word in self.form.program.given
                 if word in values}  # fmt: skip
        for word in self.form.program.given:
            if word not in known and word in self.filled:
                known[word] = self.filled[word].values
        return known

    @cached_property
    def sizes(self) -> dict[str, int]:
        """What the names of the sizes stand for; raises `ShapeError` for what is not told."""
        shapes = {word: np.shape(value) for word, value in self.given.items()}
        sizes = bound(self.form.program.given, shapes)
        for step in self.form.program:
            bind_joined(step.expr, sizes)
        return sizes

    @cached_property
    def program(self) -> Program:
        """The program with all sizes known."""
        return concrete(self.form.program, self.sizes)

    @cached_property
    def exprs(self) -> dict[str, Expr]:
        """The expression of each step."""
        return {step.name: step.expr for step in self.program}

    @cached_property
    def sites(self) -> dict[str, Site]:
        """Each step with what a slip must know of it."""
        return sites(self.form.program, self.sizes)

    @cached_property
    def halves(self) -> dict[str, Array]:
        """Half a unit of the last written place, for each cell that was written."""
        return {
            word: Digits(one.values, one.written, self.usual).half
            for word, one in self.filled.items()
        }

    def shape(self, word: str) -> tuple[int, ...]:
        """How large a matrix has to be."""
        return resolved(self.form.program.ref(word).shape, self.sizes)

    def of(self, word: str) -> Bounded:
        """What they went on with: what they wrote, and what it should be where they did not."""
        if word not in self._used:
            self._used[word] = self._theirs(word)
        return self._used[word]

    def expected(self, word: str) -> Bounded:
        """What a matrix should be, worked out from what they had before it."""
        if word not in self._expected:
            if word in self._busy:
                raise SettingError(f"cannot work out {word}: it would need itself")
            self._busy.add(word)
            self._expected[word] = self._worked_out(word)
            self._busy.discard(word)
        return self._expected[word]

    def allowed(self, word: str) -> Array:
        """How far each cell they wrote may be from what is expected of it."""
        expected = self.expected(word)
        return expected.off + self.halves[word] + slack(expected.value)

    def instead_of(self, step: str, expr: Expr) -> Numbers:
        """The same with another expression for a step that they did not write down."""
        other = Numbers(self.form, self.filled, self.usual, {**self.instead, step: expr})
        for word in ("given", "sizes", "program", "exprs", "sites", "halves"):
            other.__dict__[word] = getattr(self, word)
        return other

    def _worked_out(self, word: str) -> Bounded:
        if word in self.given:
            return self._as_given(word)
        return self.evaluation.of(self.instead.get(word) or self.exprs[word])

    def _as_given(self, word: str) -> Bounded:
        """A given matrix; they may have read it rounded to as many decimals as they write."""
        value = self.given[word]
        if word not in self.form.problem.values:
            half = self.halves[word]
            return Bounded(value, np.where(np.isnan(value), 0.0, half))
        seen = value if self.usual is None else np.round(value, self.usual.decimals)
        return Bounded(value, np.abs(value - seen))

    def _theirs(self, word: str) -> Bounded:
        expected = self.expected(word)
        if word not in self.filled:
            return self._rounded_on_the_way(word, expected)
        written, half = self.filled[word], self.halves[word]
        apart = np.abs(written.values - expected.value)
        right = apart <= expected.off + half + slack(expected.value)
        # whoever went on with unrounded numbers had one near the expected that is written so
        reach = np.minimum(half, apart + expected.off)
        value = np.where(written.blank, expected.value, written.values)
        blank = self._rounded_on_the_way(word, expected).off
        return Bounded(value, np.where(written.blank, blank, np.where(right, reach, half)))

    def _rounded_on_the_way(self, word: str, expected: Bounded) -> Bounded:
        """What was not written down may have been rounded all the same before they went on."""
        if word in self.given or self.usual is None:
            return expected
        return Bounded(expected.value, expected.off + half_units(expected.value, self.usual))


def bind_joined(expr: Expr, sizes: dict[str, int]) -> None:
    """Finds what a size is called that joining two others makes."""
    for arg in expr.args:
        bind_joined(arg, sizes)
    name = dict(expr.facts).get("size")
    if expr.op.name == "join" and isinstance(name, str) and name not in sizes:
        axis = expr["axis"]
        sizes[name] = sum(resolved((arg.shape[axis],), sizes)[0] for arg in expr.args)


def fits(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether a matrix has its shape; a single number may stand in one cell."""
    return found == wanted or (wanted == () and int(np.prod(found)) == 1)


def turns(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether a single row stands as a column, or the other way round."""
    return len(wanted) == 2 and 1 in wanted and found == wanted[::-1]
