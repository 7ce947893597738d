"""Excel's formulas: what stands in a cell, or in an array formula over named ranges.

    MMULT(X,wh)+bh                        a matrix product: rows meet columns
    SUMPRODUCT(B3:B5,F3:F5)               one cell of one where both lie the same way
    SUM(E), SUMPRODUCT(E*E)               what is only a range is summed as it is
    IF(z>0,z,0.01*z)                      one of two, cell by cell
    MAX(B3,0), IF(z>0,z,0)                the greater one of two cells; of two ranges

A minus in front binds tighter than a power here, as in no other notation: `-B3^2` is (-B3)^2, so
a base is never left without parentheses. Only functions of Excel 2010 are used. It has none that
moves cells about (reshape, join, pad, put): those are written cell by cell, and over a whole
range they are refused.
"""

from __future__ import annotations

import re

from workings.errors import NotSupported
from workings.language import Expr
from workings.language.algebra import NAME
from workings.notations import TIGHT, Notation, Row, Text

# how tightly each binds; the numbers in the patterns below are these
COMPARE, SUM, PRODUCT, POWER, SIGN, CALL = 1, 2, 3, 4, 5, TIGHT
LIKE_A_CELL = re.compile(r"[a-z]{1,3}\d+|r\d*c\d*|r\d*|c\d*|true|false", re.IGNORECASE)


def defined_name(word: str) -> str:
    """`word` as a name that Excel takes for a range: none that reads like a cell or a constant.

    >>> defined_name("wh"), defined_name("dW1"), defined_name("c"), defined_name("y hat")
    ('wh', 'dW1_', 'c_', 'y_hat')
    """
    safe = re.sub(r"[^A-Za-z0-9_.]", "_", word)[:200]
    if not re.match(r"[A-Za-z_]", safe):
        safe = f"_{safe}"
    return f"{safe}_" if LIKE_A_CELL.fullmatch(safe) else safe


class Turned(Text):
    """A transpose, which also knows what it turned."""

    upright: Text

    @classmethod
    def of(cls, inner: Text) -> Turned:
        """`inner` transposed."""
        self = cls(f"TRANSPOSE({inner})", CALL)
        self.upright = inner
        return self


class Flag(Text):
    """1 or 0 by a test, which an IF may also ask by itself."""

    test: str

    @classmethod
    def of(cls, test: str) -> Flag:
        """1 where `test` holds, else 0."""
        self = cls(f"IF({test},1,0)", CALL)
        self.test = test
        return self


def _infix(sign: str, binds: int, right: int) -> Row:
    """Two with a sign between; a minus right behind it is put in parentheses."""

    def write(expr: Expr, a: Text, b: Text) -> str:
        return f"{a:{binds}}{sign}" + (f"({b})" if b.startswith("-") else f"{b:{right}}")

    return binds, write


def _maximum(expr: Expr, a: Text, b: Text) -> str:
    # MAX of two ranges is one number, so cell by cell it takes an IF
    return f"MAX({a},{b})" if _single(expr) else f"IF({a:{SUM}}>{b:{SUM}},{a},{b})"


def _minimum(expr: Expr, a: Text, b: Text) -> str:
    return f"MIN({a},{b})" if _single(expr) else f"IF({a:{SUM}}>{b:{SUM}},{b},{a})"


def _single(expr: Expr) -> bool:
    return all(size == 1 for size in expr.shape)


def _where(expr: Expr, condition: Text, a: Text, b: Text) -> str:
    test = condition.test if isinstance(condition, Flag) else f"{condition:{SUM}}<>0"
    return f"IF({test},{a},{b})"


def _matmul(expr: Expr, a: Text, b: Text) -> str:
    if _single(expr) and isinstance(a, Turned) and not isinstance(b, Turned):
        return f"SUMPRODUCT({a.upright},{b})"  # a column meets a column
    if _single(expr) and isinstance(b, Turned) and not isinstance(a, Turned):
        return f"SUMPRODUCT({a},{b.upright})"  # a row meets a row
    return f"MMULT({a},{b})"


def _transpose(expr: Expr, a: Text) -> Text:
    return Turned.of(a) if len(expr.shape) == 2 and expr["axes"] == (1, 0) else _refused(expr)


def _sum(expr: Expr, a: Text) -> str:
    if expr["axis"] is not None:
        _refused(expr)
    return f"SUM({a})" if expr.args[0].op == NAME else f"SUMPRODUCT({a})"


def _max(expr: Expr, a: Text) -> str:
    if expr["axis"] is not None:
        _refused(expr)
    return f"MAX({a})"


def _size(expr: Expr, a: Text) -> str:
    return f"{('ROWS', 'COLUMNS')[expr['axis']]}({a})"


def _spread(expr: Expr, a: Text) -> Text:
    return a  # array formulas copy a single number, row or column by themselves


def _part(expr: Expr, a: Text) -> str:
    start, size, axis = expr["start"], expr["size"], expr["axis"]
    if expr.args[0].op != NAME or not isinstance(start, int) or not isinstance(size, int):
        _refused(expr)
    first, last = (start + 1, start + size)
    if axis == 0:
        return f"INDEX({a},{first},1):INDEX({a},{last},COLUMNS({a}))"
    return f"INDEX({a},1,{first}):INDEX({a},ROWS({a}),{last})"


def _take(expr: Expr, a: Text, which: Text) -> str:
    if expr.shape[expr["axis"]] != 1:
        _refused(expr)  # INDEX takes one place at a time
    return f"INDEX({a},{which:{SUM}}+1)" if _single(expr) else f"INDEX({a},0,{which:{SUM}}+1)"


def _refused(expr: Expr, *args: Text) -> Text:
    raise NotSupported(
        f"cannot write the op {expr.op.name!r} over a whole range: Excel 2010 has no function "
        "for it",
        hint="Make its result a step of its own, which is written cell by cell.",
        op=expr.op.name, notation="excel",
    )  # fmt: skip


def _number(value: float) -> str:
    return repr(value).removesuffix(".0").upper()


NOTATION = Notation(
    "excel",
    {
        "add": _infix("+", SUM, SUM),
        "sub": _infix("-", SUM, PRODUCT),
        "mul": _infix("*", PRODUCT, PRODUCT),
        "div": _infix("/", PRODUCT, POWER),
        "neg": (SIGN, "-{0:6}"),
        "power": (POWER, "{0:6}^{1:6}"),
        "exp": (CALL, "EXP({0})"),
        "log": (CALL, "LN({0})"),
        "maximum": (CALL, _maximum),
        "greater": (CALL, lambda expr, a, b: Flag.of(f"{a:{SUM}}>{b:{SUM}}")),
        "equal": (CALL, lambda expr, a, b: Flag.of(f"{a:{SUM}}={b:{SUM}}")),
        "where": (CALL, _where),
        "matmul": (CALL, _matmul),
        "transpose": (CALL, _transpose),
        "sum": (CALL, _sum),
        "max": (CALL, _max),
        "spread": (CALL, _spread),
        "reshape": (CALL, _refused),
        "size": (CALL, _size),
        "join": (CALL, _refused),
        "part": (CALL, _part),
        "pad": (CALL, _refused),
        "take": (CALL, _take),
        "put": (CALL, _refused),
        # defined ops that Excel has itself, or that read better than their formulas
        "identity": (CALL, lambda expr, a: a),
        "sigmoid": (PRODUCT, "1/(1+EXP(-{0:6}))"),
        "tanh": (CALL, "TANH({0})"),
        "absolute": (CALL, "ABS({0})"),
        "minimum": (CALL, _minimum),
        "square": (POWER, "{0:6}^2"),
        "sqrt": (CALL, "SQRT({0})"),
        "missing": (CALL, lambda expr, a: Flag.of(f"NOT(ISNUMBER({a}))")),
    },
    number=_number,
    word=defined_name,
)
