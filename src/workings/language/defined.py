"""Defined ops of general use: each a formula in primitive ops, so that every engine has them.

    absolute  minimum  square  sqrt  mean  missing  log_sum_exp

Activations and losses are defined in the same way, in modules of their own.
"""

from __future__ import annotations

from workings.language import shapes
from workings.language.algebra import (
    CELL,
    EQUAL,
    EXP,
    GREATER,
    LOG,
    MAXIMUM,
    WHERE,
    Expr,
    Op,
    greatest,
    size_of,
    spread,
    sum_of,
)  # fmt: skip


def _mean(x: Expr, *, axis: int | None) -> Expr:
    axes = range(len(x.shape)) if axis is None else [axis]
    total = sum_of(x, axis)
    for one in axes:
        total = total / size_of(x, one)
    return total


def _log_sum_exp(x: Expr, *, axis: int) -> Expr:
    top = greatest(x, axis)
    return top + LOG(sum_of(EXP(x - spread(top, x.shape)), axis))


ABSOLUTE = Op(
    "absolute", shapes.same, CELL + "|{0}[r,c]|", "The size of each cell, without its sign.",
    owed=("It is owed the same, with the sign of the cell.",), elementwise=True,
    formula=lambda x: MAXIMUM(x, -x),
    slopes=(lambda y, x: GREATER(x, 0.0) - GREATER(0.0, x),),
)  # fmt: skip
MINIMUM = Op(
    "minimum", shapes.alike, CELL + "min({0}[r,c], {1}[r,c])", "Cell by cell, the smaller one.",
    owed=("Only the smaller one is owed anything.",) * 2, elementwise=True,
    formula=lambda a, b: WHERE(GREATER(a, b), b, a),
)  # fmt: skip
SQUARE = Op(
    "square", shapes.same, CELL + "{0}[r,c]^2", "Each cell times itself.",
    owed=("The slope of a square is twice its root.",), elementwise=True,
    formula=lambda x: x * x, slopes=(lambda y, x: 2.0 * x,),
)  # fmt: skip
SQRT = Op(
    "sqrt", shapes.same, CELL + "sqrt({0}[r,c])", "The square root of each cell.",
    owed=("The slope of a root is one over twice the root.",), elementwise=True,
    formula=lambda x: x**0.5, slopes=(lambda y, x: 0.5 / y,),
)  # fmt: skip
MEAN = Op(
    "mean", shapes.reduced, "{z} = sum {0}[r,c] / how many", "The sum over how many there are.",
    owed=("Each cell is owed its share of what the mean is owed.",), formula=_mean,
)  # fmt: skip
MISSING = Op(
    "missing", shapes.same, CELL + "1 if {0}[r,c] is missing else 0",
    "A missing cell holds the one thing that does not equal itself (NaN).",
    back=lambda g, y, x: (None,), elementwise=True, formula=lambda x: 1.0 - EQUAL(x, x),
)  # fmt: skip
LOG_SUM_EXP = Op(
    "log_sum_exp", shapes.reduced, "{z} = log(sum e^{0}[r,c])",
    "The greatest cell is taken out first, so that nothing overflows.",
    formula=_log_sum_exp,
)  # fmt: skip


def mean_of(x: Expr, axis: int | None = None) -> Expr:
    """The mean of all cells (a single number), or along one axis (which keeps size 1)."""
    return MEAN(x, axis=axis)
