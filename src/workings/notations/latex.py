r"""The notation of mathematics, as LaTeX with amsmath.

X\,W                        a product of matrices
A \odot B                   cell by cell; so are fractions, powers and functions
\mathbf{1}\,b               a row copied to every row: a column of ones times it
\mathbf{1}^{\top}\,A        one sum for each column; \sum_{r,c} over all cells
\left[a > b\right]          1 where it holds, 0 elsewhere
\mathit{hidden\_layer}      a name of more than one letter
"""

from __future__ import annotations

import re
from collections.abc import Callable

from workings.language import Expr, Size
from workings.language.algebra import SPREAD
from workings.notations import TIGHT, Notation, Row, Text
from workings.notations._latex_text import escaped, power_of_ten, word

# how tightly each binds; the numbers in the patterns below are these
CHOICE, SUM, MATMUL, PRODUCT, SIGN, FRACTION, POWER, CALL = 1, 2, 4, 5, 6, 7, 8, TIGHT


class Tall(Text):
    """Text whose parentheses grow with what is in them."""

    def __format__(self, need: str) -> str:
        """The text, in parentheses if it binds looser than `need`."""
        return str(self) if self.binds >= int(need or 0) else rf"\left({self}\right)"


def _number(value: float) -> str:
    text = power_of_ten(f"{value:g}")
    return Tall(text, PRODUCT) if "10^" in text and value > 0 else text


# -- rows ------------------------------------------------------------------------------------------


def _row(binds: int, write: str | Callable[..., str]) -> Row:
    """A row whose text gets tall parentheses."""

    def made(expr: Expr, *args: Text) -> Tall:
        return Tall(write.format(*args) if isinstance(write, str) else write(expr, *args), binds)

    return binds, made


def _signed(sign: str) -> Row:
    return _row(SUM, lambda expr, a, b: (
        f"{a:{SUM}} {sign} " + (rf"\left({b}\right)" if b.startswith("-") else f"{b:{MATMUL}}")
    ))  # fmt: skip


def _is_single(expr: Expr) -> bool:
    return expr.shape == () or (expr.op == SPREAD and expr.args[0].shape == ())


def _times(expr: Expr, a: Text, b: Text) -> str:
    sign = r"\cdot" if any(_is_single(arg) for arg in expr.args) else r"\odot"
    return f"{a:{PRODUCT}} {sign} {b:{FRACTION}}"


def _neg(expr: Expr, a: Text) -> str:
    return rf"-\left({a}\right)" if a.startswith("-") else f"-{a:{SIGN}}"


def _call(name: str) -> Row:
    return _row(CALL, lambda expr, *args: rf"{name}\left({', '.join(args)}\right)")


def _others(expr: Expr, *args: Text) -> str:
    name = rf"\operatorname{{{_upright(expr.op.name)}}}{_along(expr)}"
    return rf"{name}\left({', '.join(args)}\right)"


def _upright(text: str) -> str:
    plain = re.fullmatch("[A-Za-z0-9_]+", text)
    return text.replace("_", r"\_") if plain else rf"\text{{{escaped(text)}}}"


def _along(expr: Expr) -> str:
    """A subscript with what there is one result for, where the op works along one axis."""
    axis = dict(expr.facts).get("axis")
    if axis is None:
        return ""
    each = ("column", "row")[axis] if len(expr.args[0].shape) == 2 else f"axis {axis}"
    return rf"_{{\text{{{each}}}}}"


def _spread(expr: Expr, a: Text) -> str:
    source, shape = expr.args[0].shape, expr.shape
    if source == ():
        return f"{a:{MATMUL}}"
    if len(source) != 2:
        return rf"\operatorname{{spread}}\left({a}\right)"
    down, across = (before != now for before, now in zip(source, shape, strict=True))
    return (r"\mathbf{1}\," if down else "") + f"{a:{CALL}}" + (
        r"\,\mathbf{1}^{\top}" if across else ""
    )  # fmt: skip


def _sum(expr: Expr, a: Text) -> str:
    axis = expr["axis"]
    if axis is None:
        return rf"\sum_{{r,c}} {a:{CALL}}_{{rc}}" if expr.args[0].shape else str(a)
    if len(expr.shape) != 2:
        return rf"\operatorname{{sum}}{_along(expr)}\left({a}\right)"
    ones = r"\mathbf{1}"
    return rf"{ones}^{{\top}}\,{a:{FRACTION}}" if axis == 0 else rf"{a:{SIGN}}\,{ones}"


def _where(expr: Expr, condition: Text, a: Text, b: Text) -> str:
    holds = condition.removeprefix(r"\left[").removesuffix(r"\right]")
    if holds == condition:
        holds = rf"{condition} \neq 0"
    return rf"\begin{{cases}} {a} & \text{{if }} {holds} \\ {b} & \text{{else}} \end{{cases}}"


def _transpose(expr: Expr, a: Text) -> str:
    if len(expr.shape) == 2 and expr["axes"] == (1, 0):
        return rf"{a:{CALL}}^{{\top}}"
    return rf"\operatorname{{transpose}}_{{{', '.join(map(str, expr['axes']))}}}\left({a}\right)"


def _join(expr: Expr, a: Text, b: Text) -> str:
    if expr["axis"] == 0 and len(expr.shape) == 2:
        return rf"\begin{{bmatrix}} {a} \\ {b} \end{{bmatrix}}"
    return rf"\begin{{bmatrix}} {a} & {b} \end{{bmatrix}}"


def _reshape(expr: Expr, a: Text) -> str:
    sizes = r" \times ".join(_size(size) for size in expr.shape)
    return rf"\operatorname{{reshape}}_{{{sizes}}}\left({a}\right)"


def _part(expr: Expr, a: Text) -> str:
    return f"{a:{CALL}}{_chosen(expr, _range(expr['start'], expr['size']))}"


def _within(expr: Expr) -> str:
    """Where what is padded lies among the zeros."""
    return _range(expr["start"], expr.args[0].shape[expr["axis"]])


def _range(start: Size, size: Size) -> str:
    """Rows or columns, counted from 1."""
    if isinstance(start, int) and isinstance(size, int):
        return rf"{start + 1} \dots {start + size}"
    first = "1" if start == 0 else f"{_size(start)} + 1"
    return rf"{first} \dots " + (_size(size) if start == 0 else f"{_size(start)} + {_size(size)}")


def _size(size: Size) -> str:
    return str(size) if isinstance(size, int) else word(size)


def _chosen(expr: Expr, what: str) -> str:
    """A subscript with rows or columns."""
    places = [":"] * len(expr.shape)
    places[expr["axis"]] = what
    return f"_{{{', '.join(places)}}}"


NOTATION = Notation(
    "latex",
    {
        "add": _signed("+"),
        "sub": _signed("-"),
        "mul": _row(PRODUCT, _times),
        "div": _row(FRACTION, lambda expr, a, b: rf"\frac{{{a}}}{{{b}}}"),
        "neg": _row(SIGN, _neg),
        "power": _row(POWER, lambda expr, a, b: f"{a:{CALL}}^{{{b}}}"),
        "exp": _call(r"\exp"),
        "log": _call(r"\ln"),
        "maximum": _call(r"\max"),
        "greater": _row(CALL, r"\left[{0} > {1}\right]"),
        "equal": _row(CALL, r"\left[{0} = {1}\right]"),
        "where": _row(CHOICE, _where),
        "matmul": _row(MATMUL, r"{0:6}\,{1:7}"),
        "transpose": _row(POWER, _transpose),
        "sum": _row(MATMUL, _sum),
        "max": _row(CALL, lambda expr, a: rf"\max{_along(expr)}\left({a}\right)"),
        "spread": _row(MATMUL, _spread),
        "reshape": _row(CALL, _reshape),
        "size": _row(CALL, lambda expr, a: _size(expr.args[0].shape[expr["axis"]])),
        "join": _row(CALL, _join),
        "part": _row(POWER, _part),
        "pad": _row(CALL, lambda expr, a: (
            rf"\operatorname{{pad}}{_chosen(expr, _within(expr))}\left({a}\right)"
        )),
        "take": _row(POWER, lambda expr, a, b: f"{a:{CALL}}{_chosen(expr, b)}"),
        "put": _row(CALL, lambda expr, a, b: (
            rf"\operatorname{{put}}{_chosen(expr, b)}\left({a}\right)"
        )),
        # defined ops that have a sign of their own
        "sigmoid": _call(r"\sigma"),
        "tanh": _call(r"\tanh"),
        "minimum": _call(r"\min"),
        "absolute": _row(CALL, r"\left|{0}\right|"),
        "square": _row(POWER, lambda expr, a: f"{a:{CALL}}^{{2}}"),
        "sqrt": _row(CALL, lambda expr, a: rf"\sqrt{{{a}}}"),
        "missing": _row(CALL, r"\left[{0} \text{{ is missing}}\right]"),
    },
    number=_number,
    word=word,
    spreads=lambda spread: spread.args[0].shape == (),
    others=_row(CALL, _others),
)  # fmt: skip
