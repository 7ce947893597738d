"""Expressions and programs, rewritten without changing what they mean for finite values.

tidy(expr)               x * 1, x + 0, --x and their like taken out
reuse(program)           what an earlier step has computed is read by its name
name_shared(program)     what is used twice becomes a step of its own
flatten(program)         one op a step
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from workings.language.algebra import (
    ADD,
    DIV,
    MATMUL,
    MUL,
    NAME,
    NEG,
    NUMBER,
    POWER,
    RESHAPE,
    SPREAD,
    SUB,
    TRANSPOSE,
    WHERE,
    Expr,
    Op,
    number,
    spread,
)  # fmt: skip
from workings.language.program import Program, Step
from workings.language.walk import is_spread_number


def tidy(expr: Expr) -> Expr:
    """The expression without what changes nothing; its shape stays as it is.

    >>> from workings.language.algebra import name
    >>> x = name("x", "n", 2)
    >>> tidy(-(x * 1.0 - 0.0)) == -x
    True
    """
    if expr.op in (NAME, NUMBER):
        return expr
    args = tuple(tidy(arg) for arg in expr.args)
    expr = Expr(expr.op, args, expr.shape, expr.facts)
    if all(arg.op == NUMBER for arg in args) and expr.op in FOLDS:
        return number(FOLDS[expr.op](*(arg["value"] for arg in args)))
    rule = RULES.get(expr.op)
    tidied = rule(expr, *args) if rule else expr
    return expr if tidied == expr else spread(tidy(tidied), expr.shape)


FOLDS: dict[Op, Callable[..., float]] = {
    ADD: lambda a, b: a + b,
    SUB: lambda a, b: a - b,
    MUL: lambda a, b: a * b,
    NEG: lambda a: -a,
}


def _number(expr: Expr) -> float | None:
    """The number that stands in every cell of the expression, if it is one."""
    inner = expr.args[0] if expr.op == SPREAD else expr
    return inner["value"] if inner.op == NUMBER else None


def _is(expr: Expr, value: float) -> bool:
    return _number(expr) == value


def _tidy_add(e: Expr, a: Expr, b: Expr) -> Expr:
    if _is(a, 0):
        return b
    if _is(b, 0):
        return a
    return SUB(a, b.args[0]) if b.op == NEG else e


def _tidy_sub(e: Expr, a: Expr, b: Expr) -> Expr:
    if _is(b, 0):
        return a
    if _is(a, 0):
        return NEG(b)
    return ADD(a, b.args[0]) if b.op == NEG else e


def _tidy_mul(e: Expr, a: Expr, b: Expr) -> Expr:
    for one, other in ((a, b), (b, a)):
        if _is(one, 1):
            return other
        if _is(one, 0):
            return one
        if _is(one, -1):
            return NEG(other)
        if one.op == NEG:
            return NEG(MUL(a, b.args[0]) if one is b else MUL(a.args[0], b))
        factor, inner = _number(one), _number(other.args[0]) if other.op == MUL else None
        if factor is not None and inner is not None:
            return MUL(factor * inner, other.args[1])
    return _over(a, b) or _over(b, a) or e


def _over(share: Expr, other: Expr) -> Expr | None:
    """(1 / n) * x is x / n, also where 1 / n is spread; likewise with a minus."""
    inner = share.args[0] if share.op == SPREAD else share
    if inner.op == NEG and share.op == SPREAD:
        return NEG(MUL(spread(inner.args[0], other.shape), other))
    if inner.op == DIV and any(_is(inner.args[0], sign) for sign in (1, -1)):
        quotient = DIV(other, spread(inner.args[1], other.shape))
        return quotient if _is(inner.args[0], 1) else NEG(quotient)
    return None


def _tidy_div(e: Expr, a: Expr, b: Expr) -> Expr:
    if _is(b, 1):
        return a
    if _is(a, 0):
        return a
    return NEG(DIV(a.args[0], b)) if a.op == NEG else e


def _tidy_neg(e: Expr, a: Expr) -> Expr:
    if a.op == NEG:
        return a.args[0]
    if a.op == SUB:
        return SUB(a.args[1], a.args[0])
    if a.op in (MUL, DIV) and a.args[0].op == SUB:
        return a.op(NEG(a.args[0]), a.args[1])
    if a.op == SPREAD and a.args[0].op == NUMBER:
        return number(-a.args[0]["value"])
    return e


def _tidy_power(e: Expr, a: Expr, b: Expr) -> Expr:
    return a if _is(b, 1) else e


def _tidy_where(e: Expr, condition: Expr, a: Expr, b: Expr) -> Expr:
    return a if a == b else e


def _tidy_transpose(e: Expr, a: Expr) -> Expr:
    if a.op == TRANSPOSE and _undoes(e["axes"], a["axes"]):
        return a.args[0]
    if a.op == MATMUL and len(e.shape) == 2 and any(arg.op == TRANSPOSE for arg in a.args):
        return MATMUL(a.args[1].T, a.args[0].T)
    return e


def _undoes(second: tuple[int, ...], first: tuple[int, ...]) -> bool:
    return all(first[axis] == place for place, axis in enumerate(second))


def _tidy_same_shape(e: Expr, a: Expr) -> Expr:
    if a.shape == e.shape:
        return a
    return e.op(a.args[0], shape=e.shape) if a.op == e.op else e


RULES: dict[Op, Callable[..., Expr]] = {
    ADD: _tidy_add, SUB: _tidy_sub, MUL: _tidy_mul, DIV: _tidy_div, NEG: _tidy_neg,
    POWER: _tidy_power, WHERE: _tidy_where, TRANSPOSE: _tidy_transpose,
    SPREAD: _tidy_same_shape, RESHAPE: _tidy_same_shape,
}  # fmt: skip


def reuse(program: Program) -> Program:
    """The program, where a part that an earlier step has computed is read by that step's name."""
    known: dict[Expr, Expr] = {}
    steps = []
    for step in program:
        expr = _replaced(step.expr, known)
        steps.append(replace(step, expr=expr))
        if step.expr.args:
            known.setdefault(step.expr, step.ref)
            known.setdefault(expr, step.ref)
    return replace(program, steps=tuple(steps))


def name_shared(program: Program) -> Program:
    """The program, where what occurs more than once is a step of its own."""
    uses: Counter[Expr] = Counter()
    for step in program:
        _count(step.expr, uses)
    shared = {e for e, times in uses.items() if times > 1 and e.args and not is_spread_number(e)}
    return _named(program, lambda expr: expr in shared)


def flatten(program: Program) -> Program:
    """The program with one op a step; spread numbers stay where they are."""
    return _named(program, lambda expr: bool(expr.args) and not is_spread_number(expr))


def _named(program: Program, wanted: Callable[[Expr], bool]) -> Program:
    known: dict[Expr, Expr] = {}
    taken = {*program.given, *program.names}
    steps: list[Step] = []

    def visit(expr: Expr, step: Step, top: bool) -> Expr:
        if not expr.args:
            return expr
        if expr in known:
            return known[expr]
        small = Expr(
            expr.op, tuple(visit(arg, step, False) for arg in expr.args), expr.shape, expr.facts
        )
        if top or not wanted(expr):
            return small
        new = replace(step, name=fresh(step.name, taken), expr=small)
        steps.append(new)
        known[expr] = new.ref
        return new.ref

    for step in program:
        steps.append(replace(step, expr=visit(step.expr, step, True)))
        if step.expr.args:
            known.setdefault(step.expr, step.ref)
    return replace(program, steps=tuple(steps))


def fresh(base: str, taken: set[str]) -> str:
    """A name made of `base` that is not taken; it is from now on."""
    place = 1
    while f"{base}_{place}" in taken:
        place += 1
    taken.add(f"{base}_{place}")
    return f"{base}_{place}"


def _replaced(expr: Expr, known: dict[Expr, Expr]) -> Expr:
    if expr in known:
        return known[expr]
    if not expr.args:
        return expr
    return Expr(expr.op, tuple(_replaced(arg, known) for arg in expr.args), expr.shape, expr.facts)


def _count(expr: Expr, uses: Counter[Expr]) -> None:
    uses[expr] += 1
    if uses[expr] == 1:
        for arg in expr.args:
            _count(arg, uses)
