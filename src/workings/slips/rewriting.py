"""Expressions changed in one place or in all, and with numbers for the names of their sizes.

    concrete(program, sizes)     every size a number, so that a square matrix may be turned
    at_one_place(expr, change)   each way to change a single part; what cannot be is left out
    everywhere(expr, change)     all parts changed that `change` has an answer for

A wrong program only exists where its shapes allow it: with names for sizes `n` is never `hidden`,
but three rows and three neurons do make a wrong product possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from workings.errors import ShapeError
from workings.language import Expr, Program, name
from workings.language.algebra import NAME, NUMBER, SIZE
from workings.language.shapes import Shape, resolved
from workings.language.walk import leaves

Sizes = Mapping[str, int]
Change = Callable[[Expr], Expr | None]


def concrete(program: Program, sizes: Sizes) -> Program:
    """The program with a number for each named size; nothing else is changed.

    >>> from workings.language import Step
    >>> program = Program((Step("z", name("X", "n", 4) @ name("w", 4, 1)),))
    >>> concrete(program, {"n": 3})["z"].shape
    (3, 1)
    """
    known: dict[Expr, Expr] = {}
    steps = tuple(replace(step, expr=fixed(step.expr, sizes, known)) for step in program)
    return replace(program, steps=steps)


def fixed(expr: Expr, sizes: Sizes, known: dict[Expr, Expr] | None = None) -> Expr:
    """An expression with numbers for the sizes; what is in `known` is not done again."""
    known = {} if known is None else known
    if expr not in known:
        known[expr] = _fixed(expr, sizes, known)
    return known[expr]


def _fixed(expr: Expr, sizes: Sizes, known: dict[Expr, Expr]) -> Expr:
    if expr.op == NAME:
        return name(expr["name"], *resolved(expr.shape, sizes))
    if expr.op == NUMBER:
        return expr
    args = tuple(fixed(arg, sizes, known) for arg in expr.args)
    facts = {key: _fact(key, fact, sizes) for key, fact in expr.facts}
    return expr.op(*args, **facts)


def _fact(key: str, fact: Any, sizes: Sizes) -> Any:
    if key == "shape":
        return resolved(fact, sizes)
    if key == "size" and isinstance(fact, str) and fact not in sizes:
        return None  # of something joined: the sum of two numbers tells it
    return sizes[fact] if key in ("size", "start") and isinstance(fact, str) else fact


def at_one_place(expr: Expr, change: Change) -> Iterator[Expr]:
    """The expression with one part changed, for each part that `change` has an answer for."""
    try:
        changed = change(expr)
    except ShapeError:
        changed = None
    if changed is not None:
        yield changed
    for place, arg in enumerate(expr.args):
        for other in at_one_place(arg, change):
            args = (*expr.args[:place], other, *expr.args[place + 1 :])
            try:
                yield expr.op(*args, **dict(expr.facts))
            except ShapeError:
                continue


def everywhere(expr: Expr, change: Change) -> Expr:
    """The expression with every part changed that `change` has an answer for, outermost first."""
    changed = change(expr)
    if changed is not None:
        return changed
    if not expr.args or expr.op == SIZE:
        return expr
    return expr.op(*(everywhere(arg, change) for arg in expr.args), **dict(expr.facts))


def renamed(expr: Expr, by: Mapping[str, Expr]) -> Expr:
    """The expression that reads other matrices of the same shapes."""
    return everywhere(expr, lambda one: by.get(one["name"]) if one.op == NAME else None)


def reads(expr: Expr, shape: Shape | None = None) -> set[str]:
    """The names an expression reads; with `shape`, those of that shape."""
    return {leaf["name"] for leaf in leaves(expr) if shape is None or leaf.shape == shape}
