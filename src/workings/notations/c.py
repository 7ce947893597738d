"""The notation for C: one cell of a matrix, as an expression of C99.

    X[i][j] + bh[j]                 a name is a cell already; an axis of size 1 has no index
    x > y ? R(1.0) : R(0.0)         R() gives a number the precision the file is compiled for
    is_missing(x) ? fill : x        what C has no short word for, `HELPERS` define
    X[i][k] * wh[k][j]              a sum is spelled as what is summed; `inner` names its loops

Everything is spelled for the cell at (i, j). An op that only moves cells about (a transpose, a
part, a join) writes the place a cell comes from into its index, so nothing is copied for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence

from workings.language import Expr
from workings.notations import TIGHT, Notation, Row, Text

# how tightly each binds; the numbers in the patterns below are these
CHOICE, AND, EQUALITY, COMPARE, SUM, PRODUCT, SIGN, CALL = 1, 2, 3, 4, 5, 6, 7, TIGHT
TRUTH = " ? R(1.0) : R(0.0)"
COMPARISONS = {"greater", "equal", "missing"}

HELPERS: Mapping[str, str] = {
    "larger": "static REAL larger(REAL a, REAL b) { return a > b || a != a ? a : b; }",
    "smaller": "static REAL smaller(REAL a, REAL b) { return a < b || a != a ? a : b; }",
    "squared": "static REAL squared(REAL x) { return x * x; }",
    "is_missing": "static int is_missing(REAL x) { return x != x; }",
    "EXP": "#define EXP MATH(exp)",
    "LOG": "#define LOG MATH(log)",
    "POW": "#define POW MATH(pow)",
    "TANH": "#define TANH MATH(tanh)",
    "SQRT": "#define SQRT MATH(sqrt)",
    "FABS": "#define FABS MATH(fabs)",
}


def literal(value: float) -> str:
    """A number as C writes it, with as many digits as bring the same number back (17 at most).

    >>> literal(0.1), literal(math.inf), literal(3)
    ('0.1', 'INFINITY', '3.0')
    """
    if math.isnan(value):
        return "NAN"
    return repr(float(value)).replace("inf", "INFINITY")


def place(axis: int) -> str:
    """The index that runs along an axis: i, j, i2, i3 ..."""
    return "ij"[axis] if axis < 2 else f"i{axis}"


def cell(word: str, shape: Sequence[object]) -> str:
    """The cell at (i, j) of the array `word`.

    >>> cell("wh", (4, 3)), cell("bh", (1, 3)), cell("lr", ())
    ('wh[i][j]', 'bh[j]', 'lr')
    """
    return word + "".join(f"[{place(axis)}]" for axis, size in enumerate(shape) if size != 1)


def declared(word: str, shape: Sequence[object]) -> str:
    """The array as it is declared: `wh[4][3]`, without the axes of size 1."""
    return word + "".join(f"[{size}]" for size in shape if size != 1)


def inner(expr: Expr) -> dict[str, int]:
    """The loops around what the op adds up (or takes the greatest of): index -> how often."""
    shape = [int(size) for size in expr.args[0].shape] if expr.args else []
    if expr.op.name == "matmul":
        return {"k": shape[-1]}
    if expr.op.name in ("sum", "max", "put"):
        axis = expr["axis"]
        return {f"k{a}": s for a, s in enumerate(shape)} if axis is None else {"k": shape[axis]}
    return {}


# -- cells from elsewhere --------------------------------------------------------------------------

INDEX = re.compile(r"(\[?)\b(i\d+|i|j)\b(\]?)")


def _at(text: Text, places: Mapping[int, str]) -> Text:
    """The cell with other places along some axes; in brackets of their own if need be."""
    moved = {place(axis): where for axis, where in places.items()}

    def write(found: re.Match[str]) -> str:
        before, index, behind = found.groups()
        new = moved.get(index, index)
        loose = not (before and behind) and not new.isalnum()
        return before + (f"({new})" if loose else new) + behind

    return Text(INDEX.sub(write, text), text.binds)


def _product(expr: Expr, a: Text, b: Text) -> str:
    last = len(expr.shape) - 1
    return f"{_at(a, {last: 'k'}):{PRODUCT}} * {_at(b, {last - 1: 'k'}):{SIGN}}"


def _within(expr: Expr, a: Text) -> Text:
    axis = expr["axis"]
    axes = range(len(expr.args[0].shape)) if axis is None else [axis]
    return _at(a, {one: "k" if axis is not None else f"k{one}" for one in axes})


def _spread(expr: Expr, a: Text) -> Text:
    source = expr.args[0].shape
    return _at(a, {axis: "0" for axis, size in enumerate(source) if size == 1})


def _transpose(expr: Expr, a: Text) -> Text:
    return _at(a, {source: place(axis) for axis, source in enumerate(expr["axes"])})


def _take(expr: Expr, a: Text, which: Text) -> Text:
    axis = expr["axis"]
    return _at(a, {axis: f"(int){_at(which, {0: place(axis)}):{CALL}}"})


def _put(expr: Expr, a: Text, which: Text) -> str:
    axis = expr["axis"]
    here = f"(int){_at(which, {0: 'k'}):{CALL}} == {place(axis)}"
    return f"{here} ? {_at(a, {axis: 'k'}):{AND}} : R(0.0)"


def _join(expr: Expr, a: Text, b: Text) -> str:
    index, first = place(expr["axis"]), expr.args[0].shape[expr["axis"]]
    return f"{index} < {first} ? {a:{AND}} : {_at(b, {expr['axis']: f'{index} - {first}'}):{AND}}"


def _part(expr: Expr, a: Text) -> Text:
    axis, start = expr["axis"], expr["start"]
    return _at(a, {axis: f"{place(axis)} + {start}"}) if start else a


def _pad(expr: Expr, a: Text) -> str:
    axis, start = expr["axis"], expr["start"]
    index, size = place(axis), expr.args[0].shape[axis]
    inside = f"{index} >= {start} && {index} < {start + size}"
    return f"{inside} ? {_at(a, {axis: f'{index} - {start}'}):{AND}} : R(0.0)"


def _reshape(expr: Expr, a: Text) -> Text:
    """Counted row by row, the cell's number is the same in both shapes."""
    number = " + ".join(
        place(axis) if stride == 1 else f"{place(axis)} * {stride}"
        for axis, (size, stride) in enumerate(_strides(expr)) if size != 1
    ) or "0"  # fmt: skip
    return _at(a, {
        axis: f"({number}) / {stride} % {size}"
        for axis, (size, stride) in enumerate(_strides(expr.args[0])) if size != 1
    })  # fmt: skip


def _strides(expr: Expr) -> list[tuple[int, int]]:
    """Each axis: its size, and how many cells lie between two neighbours."""
    sizes = [int(size) for size in expr.shape]
    return [(size, math.prod(sizes[axis + 1 :])) for axis, size in enumerate(sizes)]


# -- cells by themselves ---------------------------------------------------------------------------


def _where(expr: Expr, condition: Text, a: Text, b: Text) -> str:
    if expr.args[0].op.name in COMPARISONS:
        condition = Text(condition.removesuffix(TRUTH), EQUALITY)
    else:
        condition = Text(f"{condition:{COMPARE}} != R(0.0)", EQUALITY)
    return f"{condition} ? {a:{AND}} : {b:{AND}}"


def _neg(expr: Expr, a: Text) -> str:
    return f"-({a})" if a.startswith("-") else f"-{a:{SIGN}}"


def _sigmoid(expr: Expr, a: Text) -> str:
    return f"R(1.0) / (R(1.0) + EXP({_neg(expr, a)}))"


def _call(word: str) -> Row:
    return CALL, lambda expr, *args: f"{word}({', '.join(args)})"


def _itself(expr: Expr, a: Text) -> Text:
    return a


def _moves(write: Callable[..., Text]) -> Row:
    return CALL, write  # the cell binds as it does where it comes from


NOTATION = Notation(
    "c",
    {
        "add": (SUM, "{0:5} + {1:6}"),
        "sub": (SUM, "{0:5} - {1:6}"),
        "mul": (PRODUCT, "{0:6} * {1:7}"),
        "div": (PRODUCT, "{0:6} / {1:7}"),
        "neg": (SIGN, _neg),
        "power": _call("POW"),
        "exp": _call("EXP"),
        "log": _call("LOG"),
        "maximum": _call("larger"),
        "greater": (CHOICE, "{0:5} > {1:5}" + TRUTH),
        "equal": (CHOICE, "{0:4} == {1:4}" + TRUTH),
        "where": (CHOICE, _where),
        # added up over `inner`
        "matmul": (PRODUCT, _product),
        "sum": _moves(_within),
        "put": (CHOICE, _put),
        # the greatest over `inner`
        "max": _moves(_within),
        # found elsewhere
        "transpose": _moves(_transpose),
        "spread": _moves(_spread),
        "reshape": _moves(_reshape),
        "part": _moves(_part),
        "take": _moves(_take),
        "join": (CHOICE, _join),
        "pad": (CHOICE, _pad),
        "size": (CALL, lambda expr, a: f"R({expr.args[0].shape[expr['axis']]}.0)"),
        # defined ops that C has itself, or that are shorter than their formula
        "identity": _moves(_itself),
        "sigmoid": (PRODUCT, _sigmoid),
        "tanh": _call("TANH"),
        "sqrt": _call("SQRT"),
        "absolute": _call("FABS"),
        "minimum": _call("smaller"),
        "square": _call("squared"),
        "missing": (CHOICE, "is_missing({0})" + TRUTH),
    },
    number=lambda value: f"R({literal(value)})",
)
