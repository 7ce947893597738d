"""Slips in which matrix, and how it is multiplied; each a rewriting of a `Site`.

Shapes that do not fit are left out by the language itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from workings.language import Expr, spread
from workings.language.algebra import (
    ADD,
    DIV,
    JOIN,
    MATMUL,
    MUL,
    NAME,
    NUMBER,
    POWER,
    SPREAD,
    SUB,
    SUM,
    TRANSPOSE,
)  # fmt: skip
from workings.slips.rewriting import at_one_place, everywhere, reads, renamed
from workings.slips.site import Site

# -- products --------------------------------------------------------------------------------------


def not_turned(site: Site) -> Iterator[Expr]:
    """A product without one of its transposes."""

    def change(one: Expr) -> Expr | None:
        if one.op != MATMUL:
            return None
        a, b = one.args
        for place, arg in enumerate((a, b)):
            if arg.op == TRANSPOSE:
                return MATMUL(*((arg.args[0], b) if place == 0 else (a, arg.args[0])))
        return None

    yield from (one for one in at_one_place(site.expr, change) if one.shape == site.expr.shape)


def turned(site: Site) -> Iterator[Expr]:
    """A product that stands transposed."""

    def change(one: Expr) -> Expr | None:
        return one.T if one.op == MATMUL else None

    yield from (one for one in at_one_place(site.expr, change) if one.shape == site.expr.shape)


def needlessly_turned(site: Site) -> Iterator[Expr]:
    """A product with a transpose too many."""

    def change(one: Expr) -> Expr | None:
        plain = one.op == MATMUL and not any(arg.op == TRANSPOSE for arg in one.args)
        return MATMUL(one.args[0], one.args[1].T) if plain else None

    yield from (one for one in at_one_place(site.expr, change) if one.shape == site.expr.shape)


def cell_by_cell(site: Site) -> Iterator[Expr]:
    """Cell by cell for row by column."""

    def change(one: Expr) -> Expr | None:
        if one.op != MATMUL:
            return None
        pairs = [(a, b) for a in _either_way(one.args[0]) for b in _either_way(one.args[1])]
        fitting = (MUL(a, b) for a, b in pairs if a.shape == b.shape == one.shape)
        return next(fitting, None)

    yield from at_one_place(site.expr, change)


def _either_way(expr: Expr) -> tuple[Expr, Expr]:
    return (expr, expr.args[0]) if expr.op == TRANSPOSE else (expr, expr.T)


# -- which matrix ----------------------------------------------------------------------------------


def new_too_early(site: Site) -> Iterator[Expr]:
    """The weights of after the update."""
    if site.step.name not in site.anatomy.backward - site.anatomy.gradients:
        return
    for word in reads(site.expr) & site.anatomy.parameters:
        yield renamed(site.expr, {word: site.ref(site.anatomy.new[word])})


def without_bias(site: Site) -> Iterator[Expr]:
    """Without the bias; folded in, with zeros for its ones."""

    def change(one: Expr) -> Expr | None:
        if one.op == ADD and one.args[1].op == SPREAD:
            inner = one.args[1].args[0]
            return one.args[0] if inner.op == NAME and _is_bias(site, inner) else None
        if one.op == JOIN and one.args[1].op == SPREAD and one.args[1].args[0].op == NUMBER:
            return JOIN(one.args[0], spread(0.0, one.args[1].shape), **dict(one.facts))
        return None

    yield from at_one_place(site.expr, change)


def _is_bias(site: Site, leaf: Expr) -> bool:
    return leaf["name"] in site.anatomy.biases


def other_delta(site: Site) -> Iterator[Expr]:
    """The sum of another layer's delta."""
    if site.expr.op != SUM or site.expr.args[0].op != NAME or not site.expr.shape:
        return
    axis, mine = site.expr["axis"], site.expr.args[0]["name"]
    for step in site.program:
        summed = step.expr
        if step.name not in site.anatomy.gradients or summed.op != SUM:
            continue
        if summed.args[0].op != NAME or summed.args[0]["name"] == mine:
            continue
        other = SUM(site.ref(summed.args[0]["name"]), axis=axis)
        if other.shape == site.expr.shape or set(other.shape) == {1}:
            yield spread(other, site.expr.shape)


def not_bent(site: Site) -> Iterator[Expr]:
    """The sums as they are."""
    if site.step.name in site.anatomy.activations:
        yield site.expr.args[0]


def before_bending(site: Site) -> Iterator[Expr]:
    """The sums before an activation for the values after it."""
    if site.step.name in site.anatomy.slopes:
        return
    for word in reads(site.expr) & set(site.anatomy.activations):
        z = site.ref(site.anatomy.activations[word].args[0]["name"])
        if z["name"] not in reads(site.expr):
            yield renamed(site.expr, {word: z})


# -- rules of one loss or optimizer ----------------------------------------------------------------


def half_forgotten(site: Site) -> Iterator[Expr]:
    """Twice the half squared error."""
    if site.step.expr.op.name == "half_squared_error":
        yield site.expr * 2.0


def not_corrected(site: Site) -> Iterator[Expr]:
    """A running mean that is not corrected for its start."""

    def change(one: Expr) -> Expr | None:
        if one.op != DIV:
            return None
        inner = one.args[1].args[0] if one.args[1].op == SPREAD else one.args[1]
        runs_on = inner.op == SUB and inner.args[1].op == POWER
        return one.args[0] if runs_on else None

    if site.step.name in site.anatomy.updates:
        corrected = everywhere(site.expr, change)
        if corrected != site.expr:
            yield corrected


def none(site: Site) -> tuple[Expr, ...]:
    """Rounding is no expression: it is seen by the numbers alone."""
    return ()
