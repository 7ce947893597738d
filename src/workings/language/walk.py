"""Walks over an expression: `leaves` (what it reads) and `substitute` (names replaced).

`is_spread_number` tells what no walk need go into: one number, copied.
"""

from __future__ import annotations

from collections.abc import Mapping

from workings.language.algebra import NAME, NUMBER, SPREAD, Expr


def leaves(expr: Expr) -> list[Expr]:
    """The names an expression reads, each once, in the order it reads them."""
    found: dict[Expr, None] = {}
    seen: set[Expr] = set()
    waiting = [expr]
    while waiting:
        one = waiting.pop()
        if one.op == NAME:
            found[one] = None
        elif one not in seen:
            seen.add(one)
            waiting.extend(reversed(one.args))
    return list(found)


def substitute(expr: Expr, by: Mapping[str, Expr]) -> Expr:
    """The expression with the names in `by` replaced, rebuilt so that its shapes are checked."""
    if expr.op == NAME:
        return by.get(expr["name"], expr)
    if expr.op == NUMBER:
        return expr
    args = expr.args
    if expr.op.elementwise and not all(arg.op == SPREAD for arg in args):
        # these spread by themselves, to whatever size is right now
        args = tuple(arg.args[0] if arg.op == SPREAD else arg for arg in args)
    return expr.op(*(substitute(arg, by) for arg in args), **dict(expr.facts))


def is_spread_number(expr: Expr) -> bool:
    """Whether this is a number, spread: nothing that is worth a name."""
    return expr.op == SPREAD and expr.args[0].op == NUMBER
