"""Slips in how much: slopes, signs, learning rates, sums and means; each a rewriting of a `Site`.

A rewriting looks at ops and at what steps are for, never at names, and gives nothing where its
slip cannot be made.
"""

from __future__ import annotations

from collections.abc import Iterator

from workings.language import Expr, name, number, spread
from workings.language.algebra import (
    ADD,
    DIV,
    JOIN,
    MATMUL,
    MUL,
    NAME,
    SIZE,
    SPREAD,
    SUB,
    SUM,
)  # fmt: skip
from workings.language.backprop import slope_of
from workings.slips.anatomy import SAMPLES
from workings.slips.rewriting import at_one_place, reads, renamed
from workings.slips.site import Site

# -- slopes ----------------------------------------------------------------------------------------


def _bent(site: Site) -> tuple[Expr, Expr] | None:
    """What the activation of this slope reads, and what it gives."""
    word = site.anatomy.slopes.get(site.step.name)
    if word is None:
        return None
    z = site.anatomy.activations[word].args[0]["name"]
    return site.ref(z), site.ref(word)


def slope_of_the_other(site: Site) -> Iterator[Expr]:
    """The slope's formula given what the activation reads for what it gives, or the reverse."""
    found = _bent(site)
    if found is None:
        return
    z, a = found
    inside = reads(site.expr)
    if inside == {a["name"]}:
        yield renamed(site.expr, {a["name"]: z})
    elif inside == {z["name"]}:
        yield renamed(site.expr, {z["name"]: a})


def slope_bent_twice(site: Site) -> Iterator[Expr]:
    """The slope at the activation's output instead of at its input."""
    found = _bent(site)
    if found is None:
        return
    z, a = found
    again = site.anatomy.activations[a["name"]].op(a)
    if a["name"] in reads(site.expr):  # otherwise it is the slope taken of the other matrix
        yield renamed(site.expr, {z["name"]: a, a["name"]: again})


def without_slope(site: Site) -> Iterator[Expr]:
    """The error alone."""
    if site.expr.op == MUL:
        for one, other in (site.expr.args, site.expr.args[::-1]):
            if one.op == NAME and one["name"] in site.anatomy.slopes:
                yield other


def slope_again(site: Site) -> Iterator[Expr]:
    """The slope of an activation that the loss includes already."""
    word = site.anatomy.included
    if word is None or site.step.name not in site.anatomy.deltas:
        return
    if site.anatomy.target in reads(site.expr):
        bent, a = site.anatomy.activations[word], site.ref(word)
        if bent.op.elementwise:
            z = site.ref(bent.args[0]["name"])
            yield site.expr * slope_of(bent.op(z), a)
        else:
            yield site.expr * (a * (1.0 - a))


# -- signs and rates -------------------------------------------------------------------------------


def error_reversed(site: Site) -> Iterator[Expr]:
    """Output and target the other way round."""
    if site.step.name in site.anatomy.backward and site.anatomy.target in reads(site.expr):
        yield -site.expr


def update_reversed(site: Site) -> Iterator[Expr]:
    """Added for subtracted, or the reverse."""
    turned = {ADD: SUB, SUB: ADD}.get(site.expr.op)
    if turned and site.step.name in site.anatomy.new.values():
        yield turned(*site.expr.args)


def sign_turned(site: Site) -> Iterator[Expr]:
    """Minus what it should be."""
    compares = site.anatomy.target in reads(site.expr)  # then output and target changed places
    steep = site.step.name in site.anatomy.slopes
    if site.step.name in site.anatomy.backward and not steep and not compares:
        yield -site.expr


def rate_twice(site: Site) -> Iterator[Expr]:
    """The learning rate once more than it belongs there."""
    owed = site.anatomy.deltas | site.anatomy.gradients
    for word in site.anatomy.rates:
        rate = name(word)
        if site.step.name in owed:
            yield site.expr * rate
        elif site.step.name in site.anatomy.updates and word in reads(site.expr):
            yield renamed(site.expr, {word: rate * rate})


def rate_missing(site: Site) -> Iterator[Expr]:
    """1 in the place of the learning rate."""
    for word in site.anatomy.rates & reads(site.expr):
        if site.step.name in site.anatomy.updates:
            yield renamed(site.expr, {word: number(1.0)})


# -- sums ------------------------------------------------------------------------------------------


def _count_of_samples(expr: Expr) -> bool:
    inner = expr.args[0] if expr.op == SPREAD else expr
    return inner.op == SIZE


def mean_left_out(site: Site) -> Iterator[Expr]:
    """Not divided by the number of samples."""

    def change(one: Expr) -> Expr | None:
        counted = one.op == DIV and _count_of_samples(one.args[1])
        return one.args[0] if counted else None

    yield from at_one_place(site.expr, change)


def _sums_samples(expr: Expr) -> bool:
    """Whether a sum over the samples is taken here, by a sum or by a product of matrices."""
    if expr.op == SUM:
        shape, axis = expr.args[0].shape, expr["axis"]
        return SAMPLES in (shape if axis is None else (shape[axis],))
    return expr.op == MATMUL and expr.args[0].shape[-1] == SAMPLES


def divided(site: Site) -> Iterator[Expr]:
    """Divided by the number of samples."""
    if SAMPLES not in site.sizes or any(_divides(one) for one in _parts(site.step.expr)):
        return
    sums = any(_sums_samples(one) for one in _parts(site.step.expr))
    compares = site.step.name in site.anatomy.backward and site.anatomy.target in reads(site.expr)
    if sums or compares:
        yield site.expr / float(site.sizes[SAMPLES])


def _divides(expr: Expr) -> bool:
    return expr.op == DIV and _count_of_samples(expr.args[1])


def _parts(expr: Expr) -> Iterator[Expr]:
    yield expr
    for arg in expr.args:
        yield from _parts(arg)


def other_axis(site: Site) -> Iterator[Expr]:
    """Along the other axis; a sum also turned, or copied to every sample."""

    def change(one: Expr) -> Expr | None:
        axis = dict(one.facts).get("axis")
        if not isinstance(axis, int) or len(one.args[0].shape) != 2:
            return None
        if one.op in (SIZE, JOIN) or {"start", "size"} & dict(one.facts).keys():
            return None
        return one.op(*one.args, **{**dict(one.facts), "axis": 1 - axis})

    for wrong in at_one_place(site.expr, change):
        yield wrong
        if site.expr.op == SUM:
            yield wrong.T
            yield spread(wrong, site.expr.args[0].shape)
