"""Formulas for single cells, and programs in steps that such formulas can hold.

spelled(narrowed)            the formula of a narrowed expression
needs_an_array(narrowed)     whether it must be an array formula
cell_by_cell(program)        the program; with one op a step, where that is needed
"""

from __future__ import annotations

from dataclasses import replace

from workings.errors import NotSupported
from workings.exports._xlsx_cells import Narrowing
from workings.language import Expr, Program
from workings.language.algebra import MATMUL, MAX, NAME, NUMBER, TRANSPOSE
from workings.language.rewrite import flatten
from workings.notations import spell
from workings.notations.excel import NOTATION

CELLS = replace(NOTATION, word=str)  # the names in a narrowed expression are addresses
# what SUMPRODUCT takes of ranges as they are
PLAIN = {
    "add", "sub", "mul", "div", "neg", "power", "exp", "log", "square", "sqrt", "absolute", "tanh",
    "sigmoid", "spread", "identity",
}  # fmt: skip


def spelled(expr: Expr) -> str:
    """The formula for a narrowed expression; raises `NotSupported` where Excel has none."""
    return str(spell(expr, CELLS))


def cell_by_cell(program: Program) -> Program:
    """The program; where some formula could not hold a step, with one op a step."""
    anywhere = Narrowing(_AnySize(), lambda word, extents: "A1", _has_a_row)
    try:
        for step in program:
            spelled(anywhere.cell(step.expr, (0,) * len(step.shape)))
    except NotSupported:
        steps = [replace(step, expr=_expanded(step.expr)) for step in program]
        return flatten(replace(program, steps=tuple(steps)))
    return program


class _AnySize(dict[str, int]):
    """Sizes where it does not matter which they are: every one is 2."""

    def __contains__(self, size: object) -> bool:
        return True

    def __missing__(self, size: str) -> int:
        return 2


def _has_a_row(expr: Expr) -> bool:
    return expr.op.name in CELLS.table


def _expanded(expr: Expr) -> Expr:
    """The expression with formulas for all ops that Excel does not know."""
    while expr.args and expr.op.formula is not None and not _has_a_row(expr):
        expr = expr.op.formula(*expr.args, **dict(expr.facts))
    return Expr(expr.op, tuple(map(_expanded, expr.args)), expr.shape, expr.facts)


def needs_an_array(expr: Expr) -> bool:
    """Whether a formula gives the right number only as an array formula, in older Excels too."""
    if expr.op in (NAME, NUMBER):
        return False
    if expr.op == MATMUL:
        turned = [arg.op == TRANSPOSE for arg in expr.args]
        if sum(turned) != 1:
            return True  # MMULT; where just one is turned, SUMPRODUCT does
        upright = [arg.args[0] if arg.op == TRANSPOSE else arg for arg in expr.args]
        return any(needs_an_array(arg) for arg in upright)
    if expr.op == MAX and expr.args[0].op != NAME:
        return True
    if any(size != 1 for size in expr.shape) and expr.op.name not in PLAIN:
        return True
    return any(needs_an_array(arg) for arg in expr.args)
