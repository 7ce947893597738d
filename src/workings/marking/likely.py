"""Which slip makes somebody's wrong numbers out of their own right ones.

    likely(judged, step)      -> Likely: the slips that explain every cell, the likeliest first

Each slip of the table is made on purpose, with their own numbers, and what comes of it is held
against what they wrote. Where none explains a whole matrix, rounding and slips in a single cell
are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from workings.errors import WorkingsError
from workings.language.walk import leaves
from workings.marking.judging import Judged
from workings.marking.numbers import Filled, Numbers
from workings.marking.rounding import Bounded, Digits
from workings.slips import Slip, slips
from workings.slips.table import ROUNDING
from workings.trace import Array

Place = tuple[int, ...]
NEAR_UNITS = 5.0  # of the last place: as far as rounding on the way is thought to lead
ALIKE = 0.25  # of what is allowed: closer than this, the order of the table decides
FARTHEST = 3  # steps back that were not written down and are looked into


@dataclass(frozen=True)
class Likely:
    """One explanation: a slip, or a sentence of its own for a single cell; how far off at most."""

    slip: str
    told: str
    step: str = ""
    ratio: float = 0.0


def likely(judged: Judged, step: str) -> list[Likely]:
    """What explains the numbers that were written for a step, the likeliest first."""
    written = judged.matrices[step]
    if step not in judged.numbers.exprs:
        return [COPIED]
    found = [one for where in _unwritten(judged, step) for one in _tried(judged, step, where)]
    best = min((one.ratio for one in found), default=0.0)
    near = [one for one in found if one.ratio <= best + ALIKE]
    far = [one for one in found if one.ratio > best + ALIKE]
    explained = list({one.slip: one for one in (*reversed(far), *reversed(near))}.values())[::-1]
    if explained or step in judged.misfits:
        return explained or _of_shape(judged, step, written)
    return [one for one in (_rounded(judged, step), _one_cell(judged, step)) if one]


COPIED = Likely("copied", "This is given: it was copied with another number than the problem has.")


# -- slips of the table ----------------------------------------------------------------------------


def _unwritten(judged: Judged, step: str) -> Iterator[str]:
    """The step itself, and those before it that were not written down, the nearest first."""
    yield step
    seen, here = {step}, [step]
    for _ in range(FARTHEST):
        before = [leaf["name"] for one in here for leaf in leaves(judged.numbers.exprs[one])]
        here = [
            word for word in dict.fromkeys(before)
            if word in judged.numbers.exprs and word not in seen and _not_written(judged, word)
        ]  # fmt: skip
        seen.update(here)
        yield from here


def _not_written(judged: Judged, word: str) -> bool:
    return word not in judged.matrices or judged.matrices[word].empty


def _tried(judged: Judged, step: str, where: str) -> Iterator[Likely]:
    """Every slip that is possible in the step `where` and gives what was written for `step`."""
    numbers, written = judged.numbers, judged.matrices[step]
    elsewhere = where if where != step else ""
    for row in slips().values():
        ratios = [_ratio(judged, step, wrong) for wrong in _outcomes(numbers, row, step, where)]
        best = min(ratios, default=np.inf)
        if best <= 1.0 and not written.empty:
            yield Likely(row.name, row.told, elsewhere, best)


def _outcomes(numbers: Numbers, row: Slip, step: str, where: str) -> Iterator[Bounded]:
    for wrong in row.variants(numbers.sites[where]):
        try:
            if where == step:
                yield numbers.evaluation.of(wrong)
            elif wrong.shape == numbers.exprs[where].shape:
                yield numbers.instead_of(where, wrong).expected(step)
        except WorkingsError:
            continue  # the slip would need its own outcome


def _ratio(judged: Judged, step: str, wrong: Bounded) -> float:
    """How far what they wrote is from the outcome of a slip, in units of what is allowed."""
    written = judged.matrices[step]
    values = written.values.reshape(1, -1) if written.values.ndim == 1 else written.values
    if step in judged.numbers.filled:
        values = judged.numbers.filled[step].values
        half = judged.numbers.halves[step]
    else:
        half = _half(judged, written)
    if values.shape != np.shape(wrong.value):
        return float("inf")
    allowed = np.maximum(half + wrong.off, 1e-300) + 1e-12 * np.abs(wrong.value)
    with np.errstate(invalid="ignore"):
        apart = np.abs(values - wrong.value) / allowed
    told = apart[~np.isnan(values) & np.isfinite(allowed)]
    return float(told.max(initial=0.0)) if np.isfinite(told).all() else float("inf")


def _half(judged: Judged, written: Filled) -> Array:
    values = written.values.reshape(1, -1) if written.values.ndim == 1 else written.values
    return Digits(values, written.written, judged.numbers.usual).half


# -- rounding, and slips in a single cell ----------------------------------------------------------


def _rounded(judged: Judged, step: str) -> Likely | None:
    """Whether all cells are nearly right: cut off, or rounded to fewer decimals than written."""
    numbers, values = judged.numbers, judged.numbers.filled[step].values
    expected, half = numbers.expected(step), numbers.halves[step]
    if not half.any():
        return None
    apart, unit = np.abs(values - expected.value), 2 * half
    told = ~np.isnan(values)
    near = apart <= expected.off + NEAR_UNITS * unit
    coarse = [apart <= expected.off + unit * by for by in (10.0, 100.0) if _short(values, unit, by)]
    if any(bool(one[told].all()) for one in (near, *coarse)):
        return Likely(ROUNDING.name, ROUNDING.told)
    return None


def _short(values: Array, unit: Array, by: float) -> bool:
    """Whether every number has fewer decimals than were written: zeros at its end."""
    scaled = values / (unit * by)
    told = ~np.isnan(scaled)
    return bool((np.abs(scaled - np.round(scaled))[told] < 1e-6).all())


def _one_cell(judged: Judged, step: str) -> Likely | None:
    """A slip of arithmetic in one cell, if one explains all cells that are wrong."""
    numbers, values = judged.numbers, judged.numbers.filled[step].values
    expected, allowed = numbers.expected(step).value, numbers.allowed(step)
    places = [tuple(map(int, place)) for place in np.argwhere(judged.off_by(step))]
    for told, explains in IN_A_CELL:
        if all(
            explains(float(values[place]), float(expected[place]), float(allowed[place]))
            for place in places
        ):
            return Likely("arithmetic", told)
    others = [
        float(x) for place, x in np.ndenumerate(expected) if place not in places or len(places) > 1
    ]
    moved = all(
        any(abs(float(values[place]) - x) <= float(allowed[place]) for x in others)
        for place in places
    )
    if moved and others:
        return Likely("arithmetic", "The number stands in another cell than its own.")
    told = "A slip of arithmetic, it seems: most cells of this matrix are right."
    few = 2 * len(places) <= int((~np.isnan(values)).sum())
    return Likely("arithmetic", told) if few else None


def _sign(value: float, expected: float, allowed: float) -> bool:
    return abs(value + expected) <= allowed


def _decimal_point(value: float, expected: float, allowed: float) -> bool:
    return any(
        abs(value - expected * 10.0**k) <= allowed * max(1.0, 10.0**k) for k in (-2, -1, 1, 2)
    )


def _digits_exchanged(value: float, expected: float, allowed: float) -> bool:
    decimals = max(0, round(-np.log10(2 * allowed))) if 0 < allowed < 1 else 6
    one, other = f"{value:.{decimals}f}", f"{expected:.{decimals}f}"
    if len(one) != len(other):
        return False
    apart = [place for place in range(len(one)) if one[place] != other[place]]
    return len(apart) == 2 and [one[k] for k in apart] == [other[k] for k in apart[::-1]]


InACell = Callable[[float, float, float], bool]
IN_A_CELL: tuple[tuple[str, InACell], ...] = (
    ("The sign of the number is turned.", _sign),
    ("The decimal point stands elsewhere.", _decimal_point),
    ("Two digits changed places.", _digits_exchanged),
)


def _of_shape(judged: Judged, step: str, written: Filled) -> list[Likely]:
    """The right numbers, laid out the other way."""
    wanted = judged.numbers.expected(step)
    values = written.values
    if values.ndim == 2 and values.T.shape == np.shape(wanted.value):
        off = np.abs(values.T - wanted.value) - wanted.off - _half(judged, written).T
        if np.nanmax(off, initial=0.0) <= 1e-9:
            return [Likely("turned", slips()["turned"].told)]
    return []
