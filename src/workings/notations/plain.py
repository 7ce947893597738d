"""The notation for people: close to Python and to what is written on a board.

    X @ wh + spread(bh)                 @ is the matrix product; a single row is copied visibly
    d_wout * lr                         a single number needs no word to be copied
    X.T @ d_output                      .T turns rows into columns
    sum(d_output, each column)          one result for each column; sum(losses) is over all cells
    (y - output) / n                    a count is written as the name of the size
    a if c > 0 else b                   one of two, cell by cell
    sigmoid(z), softmax(z, each row)    what has a name is called by it

`@` and `*` are never mixed without parentheses, so nobody has to remember which comes first, and
what is added or multiplied first stays in parentheses, as it is computed.
"""

from __future__ import annotations

from workings.language import Expr, Size, spelled
from workings.notations import TIGHT, Notation, Row, Text

# how tightly each binds; the numbers in the patterns below are these
CHOICE, COMPARE, SUM, MATMUL, PRODUCT, SIGN, POWER, CALL = 1, 2, 3, 4, 5, 6, 7, TIGHT
AXES = ("row", "column")


def _signed(sign: str) -> Row:
    """A sum or difference; a minus right behind the sign is put in parentheses."""

    def write(expr: Expr, a: Text, b: Text) -> str:
        return f"{a:{SUM}} {sign} " + (f"({b})" if b.startswith("-") else f"{b:{MATMUL}}")

    return SUM, write


def _along(expr: Expr, axis: int) -> str:
    """The rows or columns that lie along an axis."""
    return f"{AXES[axis]}s" if len(expr.shape) == 2 else f"places of axis {axis}"


def _maximum(expr: Expr, a: Text, b: Text) -> str:
    """A call; the greatest of three or more is one call as well."""
    inside = a.removeprefix("max(").removesuffix(")")
    return f"max({inside if expr.args[0].op == expr.op else a}, {b})"


def _each(expr: Expr, *args: Text) -> str:
    """A call; where the op works along one axis, with what it gives one result for."""
    said = list(args)
    axis = dict(expr.facts).get("axis")
    if axis is not None:
        shape = expr.args[0].shape
        said.append(Text(f"each {AXES[1 - axis]}" if len(shape) == 2 else f"axis {axis}"))
    return f"{expr.op.name}({', '.join(said)})"


def _transpose(expr: Expr, a: Text) -> str:
    if len(expr.shape) == 2 and expr["axes"] == (1, 0):
        return f"{a:{CALL}}.T"
    return f"transpose({a}, axes {' '.join(map(str, expr['axes']))})"


def _size(expr: Expr, a: Text) -> str:
    return str(expr.args[0].shape[expr["axis"]])


def _join(expr: Expr, a: Text, b: Text) -> str:
    return f"join({a}, {b}, as {_along(expr, expr['axis'])})"


def _part(expr: Expr, a: Text) -> str:
    count = f"{expr['size']} {_along(expr, expr['axis'])}"
    start: Size = expr["start"]
    return f"part({a}, {'first ' if start == 0 else ''}{count}{_behind(start)})"


def _pad(expr: Expr, a: Text) -> str:
    return f"pad({a}, to {expr['size']} {_along(expr, expr['axis'])}{_behind(expr['start'])})"


def _behind(start: Size) -> str:
    return "" if start == 0 else f" after {start}"


NOTATION = Notation(
    "plain",
    {
        "add": _signed("+"),
        "sub": _signed("-"),
        "mul": (PRODUCT, "{0:5} * {1:7}"),
        "div": (PRODUCT, "{0:5} / {1:7}"),
        "neg": (SIGN, "-{0:7}"),
        "power": (POWER, "{0:8}^{1:8}"),
        "exp": (CALL, "exp({0})"),
        "log": (CALL, "log({0})"),
        "maximum": (CALL, _maximum),
        "greater": (COMPARE, "{0:3} > {1:3}"),
        "equal": (COMPARE, "{0:3} == {1:3}"),
        "where": (CHOICE, "{1:3} if {0:2} else {2:3}"),
        "matmul": (MATMUL, "{0:6} @ {1:7}"),
        "transpose": (CALL, _transpose),
        "sum": (CALL, _each),
        "max": (CALL, _each),
        "spread": (CALL, "spread({0})"),
        "reshape": (CALL, lambda expr, a: f"reshape({a}, {spelled(expr.shape)})"),
        "size": (CALL, _size),
        "join": (CALL, _join),
        "part": (CALL, _part),
        "pad": (CALL, _pad),
        "take": (CALL, lambda expr, a, b: f"take({a}, {_along(expr, expr['axis'])} {b})"),
        "put": (CALL, lambda expr, a, b: f"put({a}, into {_along(expr, expr['axis'])} {b})"),
    },
    number="{:g}".format,
    spreads=lambda spread: spread.args[0].shape == (),
    others=(CALL, _each),
)
