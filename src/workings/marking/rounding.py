"""How far a number may be off when it was worked out from rounded ones.

    Digits(values, written)        half a unit of the last written place, cell by cell
    Evaluation(known).of(expr)     the value of an expression, and how far it may be off

Somebody who writes four decimals goes on with numbers that are off by up to 0.00005, and so may
be whatever is made of them. How much comes of it follows from the step itself: a product of
matrices is off by |A| times what B is off, and the other way round; an expression that works cell
by cell is tried at both ends of everything it reads.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from workings.engines.numpy import KERNELS
from workings.errors import NotSupported
from workings.language import Expr, Op
from workings.language.algebra import (
    JOIN,
    MATMUL,
    MAX,
    NAME,
    NUMBER,
    PAD,
    PART,
    PUT,
    RESHAPE,
    SIZE,
    SPREAD,
    SUM,
    TAKE,
    TRANSPOSE,
)  # fmt: skip
from workings.language.shapes import resolved
from workings.marking.working import Texts
from workings.trace import Array

OFF_BY_MACHINE = 1e-12  # relative: how far two correct programs of 16 digits are apart
FROM_A_MACHINE = 7  # significant digits; nobody writes so many by hand
MACHINE_UNITS = 8.0  # of the last place, by which machines of so many digits differ
AT_ONCE = 6  # matrices whose ends are all tried together; of more, one after the other


class Bounded(NamedTuple):
    """A matrix, and how far each of its cells may be off."""

    value: Array
    off: Array

    @classmethod
    def exactly(cls, value: Any) -> Bounded:
        """A matrix that is not off at all."""
        value = np.asarray(value, float)
        return cls(value, np.zeros(value.shape))


# -- how many digits were written ------------------------------------------------------------------


def places(value: float, text: str = "") -> tuple[int, int]:
    """How many decimals and how many significant digits a number is written with.

    Zeros at the end of a whole number may stand for digits left out: 1500 has -2 decimals.

    >>> places(0.25, "0.2500"), places(1.2e-05), places(1500.0)
    ((4, 4), (6, 2), (-2, 2))
    """
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal(repr(float(value)))
    if not number.is_finite():
        return 0, 0
    _, digits, exponent = number.as_tuple()
    told = bool(text.strip()) and int(exponent) < 0  # zeros behind the point were written
    trailing = 0 if told or digits == (0,) else _zeros(digits)
    return -int(exponent) - trailing if any(digits) or told else 0, max(1, len(digits) - trailing)


def _zeros(digits: tuple[int, ...]) -> int:
    """How many zeros stand at the end; Python writes 3.0 for 3."""
    kept = len(digits)
    while kept > 1 and digits[kept - 1] == 0:
        kept -= 1
    return len(digits) - kept


class Usual(NamedTuple):
    """How many decimals, and how many significant digits, most matrices of a working have."""

    decimals: int
    significant: int


class Digits:
    """How precisely a matrix was written: `half` a unit of the last place of each cell.

    A spreadsheet drops zeros at the end, so a cell counts as written with the decimals of its
    neighbours; where numbers were written to so many significant digits, with those.
    """

    def __init__(self, values: Array, written: Texts | None, usual: Usual | None = None) -> None:
        values = np.asarray(values, float)
        found = _places_of(values.tobytes(), values.shape, written)
        self.decimals = max(0, int(found[..., 0].max(initial=0)))
        self.significant = int(found[..., 1].max(initial=0))
        if self.decimals == 0:  # whole numbers: as precise as the rest of the working
            if usual is None:
                self.half: Array = np.zeros(values.shape)
                return
            self.decimals, self.significant = usual
        self.half = half_units(values, Usual(self.decimals, self.significant), found[..., 0])


@lru_cache(maxsize=512)  # a working is held against many forms
def _places_of(cells: bytes, shape: tuple[int, ...], written: Texts | None) -> Any:
    """Decimals and significant digits of each cell."""
    values = np.frombuffer(cells).reshape(shape)
    found = np.zeros((*shape, 2), int)
    for place in np.ndindex(shape):
        if np.isfinite(values[place]):
            found[place] = places(float(values[place]), _text(written, place))
    return found


def half_units(values: Array, usual: Usual, least: Any = 0) -> Array:
    """Half a unit of the last place of each number, written with so many digits.

    `least` is how many decimals a cell has for certain.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        order = np.floor(np.log10(np.abs(values)))
    by_digits = np.where(np.isfinite(order), usual.significant - 1 - order, usual.decimals)
    kept = np.minimum(usual.decimals, np.maximum(least, by_digits))
    units = MACHINE_UNITS if usual.significant >= FROM_A_MACHINE else 1.0
    half: Array = 0.5 * units * 10.0**-kept
    return half


def _text(written: Texts | None, place: tuple[int, ...]) -> str:
    if written is None:
        return ""
    row, column = (0, 0, *place)[-2:]
    try:
        return written[row][column]
    except IndexError:
        return ""


# -- how far off what is made of them may be -------------------------------------------------------


class Evaluation:
    """Evaluates expressions whose sizes are all numbers; `known` gives each matrix by its name."""

    def __init__(self, known: Callable[[str], Bounded]) -> None:
        self.known = known

    def of(self, expr: Expr) -> Bounded:
        """The value of an expression, and how far each cell of it may be off."""
        with np.errstate(all="ignore"):
            value, off = self._of(expr)
        return Bounded(value, np.where(np.isnan(off), np.inf, off))  # 0 / 0 may be anything

    def _of(self, expr: Expr) -> Bounded:
        if expr.op == NAME:
            return self.known(expr["name"])
        if expr.op == NUMBER:
            return Bounded.exactly(expr["value"])
        if expr.op in RULES:
            return RULES[expr.op](self, expr)
        if expr.op in MOVES:
            return self._moved(expr)
        if expr.op.elementwise:
            return self._cell_by_cell(expr)
        if expr.op.formula is None:
            raise NotSupported(f"a step with {expr.op.name} cannot be marked yet")
        return self._of(expr.op.formula(*expr.args, **dict(expr.facts)))

    def _moved(self, expr: Expr) -> Bounded:
        """An op that moves cells without changing them moves what they are off alike."""
        first, *rest = (self._of(arg) for arg in expr.args)
        kernel, facts = KERNELS[expr.op.name], dict(expr.facts)
        others = [one.value for one in rest]
        offs = [one.off for one in rest] if expr.op == JOIN else others
        return Bounded(kernel(first.value, *others, **facts), kernel(first.off, *offs, **facts))

    def _product(self, expr: Expr) -> Bounded:
        a, b = (self._of(arg) for arg in expr.args)
        size_a, size_b = np.abs(a.value), np.abs(b.value)
        return Bounded(a.value @ b.value, size_a @ b.off + a.off @ size_b + a.off @ b.off)

    def _total(self, expr: Expr) -> Bounded:
        x, axis = self._of(expr.args[0]), expr["axis"]
        return Bounded(KERNELS["sum"](x.value, axis=axis), KERNELS["sum"](x.off, axis=axis))

    def _greatest(self, expr: Expr) -> Bounded:
        x, axis = self._of(expr.args[0]), expr["axis"]
        return Bounded(KERNELS["max"](x.value, axis=axis), KERNELS["max"](x.off, axis=axis))

    def _cell_by_cell(self, expr: Expr) -> Bounded:
        """Tried with everything it reads at both ends, in every combination."""
        leaves = {leaf: self._of(leaf) for leaf in dict.fromkeys(_ends(expr))}
        here = _evaluated(expr, {leaf: one.value for leaf, one in leaves.items()})
        moving = [leaf for leaf, one in leaves.items() if one.off.any()]
        if not moving:
            return Bounded(here, np.zeros(np.shape(here)))
        if len(moving) > AT_ONCE:
            off = sum(self._swing(expr, leaves, [leaf], here) for leaf in moving)
        else:
            off = self._swing(expr, leaves, moving, here)
        return Bounded(here, np.asarray(off))

    def _swing(
        self, expr: Expr, leaves: dict[Expr, Bounded], moving: list[Expr], here: Array
    ) -> Array:
        """How far the expression gets from `here` when some leaves go to their ends."""
        count, values = len(moving), {leaf: one.value for leaf, one in leaves.items()}
        for place, leaf in enumerate(moving):
            one = leaves[leaf]
            ends = np.stack([one.value - one.off, one.value + one.off])
            axes = (1,) * place + (2,) + (1,) * (count - place - 1)
            values[leaf] = ends.reshape(*axes, *one.value.shape)
        there = np.abs(_evaluated(expr, values) - here)
        return np.asarray(there.max(axis=tuple(range(count))))


def _ends(expr: Expr) -> list[Expr]:
    """Where a part that works cell by cell ends: what it reads."""
    if not expr.op.elementwise:
        return [expr]
    return [leaf for arg in expr.args for leaf in _ends(arg)]


def _evaluated(expr: Expr, values: dict[Expr, Array]) -> Array:
    if expr in values:
        return values[expr]
    if expr.op.name in KERNELS:
        args = [_evaluated(arg, values) for arg in expr.args]
        found: Array = KERNELS[expr.op.name](*args)
        return found
    if expr.op.formula is None:
        raise NotSupported(f"a step with {expr.op.name} cannot be marked yet")
    return _evaluated(expr.op.formula(*expr.args), _with_formula(expr, values))


def _with_formula(expr: Expr, values: dict[Expr, Array]) -> dict[Expr, Array]:
    """The values, with those of the numbers that a formula brings along."""
    formula = expr.op.formula(*expr.args) if expr.op.formula else expr
    own = {
        leaf: np.broadcast_to(leaf.args[0]["value"], resolved(leaf.shape, {}))
        for leaf in _ends(formula)
        if leaf not in values and leaf.op == SPREAD and leaf.args[0].op == NUMBER
    }
    plain = {leaf: np.asarray(leaf["value"]) for leaf in _ends(formula) if leaf.op == NUMBER}
    return {**values, **own, **plain}


def _spread(evaluation: Evaluation, expr: Expr) -> Bounded:
    inner = evaluation._of(expr.args[0])
    shape = resolved(expr.shape, {})
    value, off = (np.broadcast_to(one, shape) for one in inner)
    return Bounded(value, off)


def _count(evaluation: Evaluation, expr: Expr) -> Bounded:
    return Bounded.exactly(expr.args[0].shape[expr["axis"]])


RULES: dict[Op, Callable[[Evaluation, Expr], Bounded]] = {
    MATMUL: Evaluation._product,
    SUM: Evaluation._total,
    MAX: Evaluation._greatest,
    SPREAD: _spread,
    SIZE: _count,
}
MOVES = {TRANSPOSE, RESHAPE, JOIN, PART, PAD, TAKE, PUT}


def slack(value: Array) -> Array:
    """How far two correct programs may be apart that computed with all their digits."""
    return OFF_BY_MACHINE * np.maximum(1.0, np.abs(value))
