"""The notation of mathematics for pages: MathML, which browsers draw by themselves.

The signs are those of the LaTeX notation: a dot for a product of matrices, a circled dot for one
cell by cell. A row that is copied to be added stays as it is, as on paper; a column of ones times
a row says it where nothing else does. Text from elsewhere is
escaped, so that a name is never more than a name.

    <mrow><mi>X</mi><mo>·</mo><mi>wh</mi></mrow>
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from workings.language import Expr, Size
from workings.language.algebra import SPREAD
from workings.notations import TIGHT, Notation, Row, Text

# how tightly each binds; the numbers in the patterns below are these
CHOICE, SUM, MATMUL, PRODUCT, SIGN, FRACTION, POWER, CALL = 1, 2, 4, 5, 6, 7, 8, TIGHT
ONES = "<mi mathvariant='bold'>1</mi>"


class Marked(Text):
    """MathML whose parentheses are marks of their own."""

    def __format__(self, need: str) -> str:
        """The text, in parentheses if it binds looser than `need`."""
        return str(self) if self.binds >= int(need or 0) else str(_parts("(", self, ")"))


def page(text: str) -> str:
    """A formula as one element to be put into a page.

    >>> page(word("wh"))
    '<math><mi>wh</mi></math>'
    """
    return f"<math>{text}</math>"


def word(text: str) -> str:
    """A name, whatever it holds."""
    return f"<mi>{escape(text)}</mi>"


def number(value: float) -> str:
    """A number with up to six digits, as it is read."""
    text = f"{value:g}".replace("inf", "∞").replace("nan", "not a number")
    digits, _, power = text.partition("e")
    sign, size = ("−", digits[1:]) if digits.startswith("-") else ("", digits)
    found = f"<mn>{size}</mn>"
    if power:
        ten = f"<msup><mn>10</mn><mn>{str(int(power)).replace('-', '−')}</mn></msup>"
        found = _parts(found, "·", ten)
    return Marked(_parts(sign, found), SIGN) if sign else found


def _parts(*parts: str) -> str:
    """Signs and marked text in a row."""
    made = [part if part.startswith("<") else f"<mo>{escape(part)}</mo>" for part in parts if part]
    return f"<mrow>{''.join(made)}</mrow>"


# -- rows ------------------------------------------------------------------------------------------


def _row(binds: int, write: Callable[..., str]) -> Row:
    def made(expr: Expr, *args: Text) -> Marked:
        return Marked(write(expr, *(Marked(arg, arg.binds) for arg in args)), binds)

    return binds, made


def _between(sign: str, binds: int, left: int, right: int) -> Row:
    return _row(binds, lambda expr, a, b: _parts(f"{a:{left}}", sign, f"{b:{right}}"))


def _signed(sign: str) -> Row:
    def write(expr: Expr, a: Marked, b: Marked) -> str:
        behind = _parts("(", b, ")") if b.startswith("<mrow><mo>−") else f"{b:{MATMUL}}"
        return _parts(f"{a:{SUM}}", sign, behind)

    return _row(SUM, write)


def _is_single(expr: Expr) -> bool:
    return expr.shape == () or (expr.op == SPREAD and expr.args[0].shape == ())


def _times(expr: Expr, a: Marked, b: Marked) -> str:
    sign = "·" if any(_is_single(arg) for arg in expr.args) else "⊙"
    return _parts(f"{a:{PRODUCT}}", sign, f"{b:{FRACTION}}")


def _neg(expr: Expr, a: Marked) -> str:
    return _parts("−", f"{a:{SIGN}}" if not a.startswith("<mrow><mo>−") else _parts("(", a, ")"))


def _call(name: str) -> Row:
    return _row(CALL, lambda expr, *args: _called(_upright(name), args))


def _called(name: str, args: tuple[str, ...]) -> str:
    listed = [piece for arg in args for piece in (",", arg)][1:]
    return _parts(name, _parts("(", *listed, ")"))


def _upright(name: str) -> str:
    return f"<mi mathvariant='normal'>{escape(name)}</mi>"


def _others(expr: Expr, *args: str) -> str:
    return _called(_along(expr, _upright(expr.op.name)), args)


def _along(expr: Expr, base: str) -> str:
    """With what there is one result for below it, where the op works along one axis."""
    axis = dict(expr.facts).get("axis")
    if axis is None:
        return base
    each = ("column", "row")[axis] if len(expr.args[0].shape) == 2 else f"axis {axis}"
    return f"<msub>{base}<mtext>{each}</mtext></msub>"


def _spread(expr: Expr, a: Marked) -> str:
    source, shape = expr.args[0].shape, expr.shape
    if source == ():
        return f"{a:{MATMUL}}"
    if len(source) != 2:
        return _called(_upright("spread"), (a,))
    down, across = (before != now for before, now in zip(source, shape, strict=True))
    turned = f"<msup>{ONES}<mo>⊤</mo></msup>" if across else ""
    return _parts(ONES if down else "", f"{a:{CALL}}", turned)


def _sum(expr: Expr, a: Marked) -> str:
    axis = expr["axis"]
    if axis is None and expr.args[0].shape == ():
        return str(a)
    below = {None: "r,c", 0: "r", 1: "c"}.get(axis, str(axis))
    return _parts(f"<munder><mo>∑</mo><mi>{below}</mi></munder>", f"{a:{CALL}}")


def _where(expr: Expr, condition: str, a: str, b: str) -> str:
    rows = ((a, "if ", condition), (b, "else", ""))
    table = "".join(
        f"<mtr><mtd>{value}</mtd><mtd><mtext>{said}</mtext>{test}</mtd></mtr>"
        for value, said, test in rows
    )
    return f"<mrow><mo>{{</mo><mtable columnalign='left'>{table}</mtable></mrow>"


def _transpose(expr: Expr, a: Marked) -> str:
    if len(expr.shape) == 2 and expr["axes"] == (1, 0):
        return f"<msup>{_base(a)}<mo>⊤</mo></msup>"
    return _called(_upright("transpose"), (a,))


def _base(a: Marked) -> str:
    """What stands under a power: one element."""
    return f"<mrow>{a:{CALL}}</mrow>"


def _size(size: Size) -> str:
    return f"<mn>{size}</mn>" if isinstance(size, int) else word(size)


def _chosen(expr: Expr, a: Marked, what: str) -> str:
    """A subscript with rows or columns."""
    places = ["<mo>:</mo>"] * max(len(expr.shape), 1)
    places[expr["axis"]] = what
    listed = [piece for one in places for piece in (",", one)][1:]
    return f"<msub>{_base(a)}{_parts(*listed)}</msub>"


def _range(start: Size, size: Size) -> str:
    if isinstance(start, int) and isinstance(size, int):
        return _parts(f"<mn>{start + 1}</mn>", "…", f"<mn>{start + size}</mn>")
    first = "<mn>1</mn>" if start == 0 else _parts(_size(start), "+", "<mn>1</mn>")
    last = _size(size) if start == 0 else _parts(_size(start), "+", _size(size))
    return _parts(first, "…", last)


def _apart(left: str, right: str, sign: str = "") -> Row:
    """What stands between two signs."""
    return _row(CALL, lambda expr, *args: _parts(left, *_joined(args, sign), right))


def _joined(args: tuple[str, ...], sign: str) -> list[str]:
    return [piece for arg in args for piece in (sign, arg)][1:]


NOTATION = Notation(
    "mathml",
    {
        "add": _signed("+"),
        "sub": _signed("−"),
        "mul": _row(PRODUCT, _times),
        "div": _row(FRACTION, lambda expr, a, b: f"<mfrac>{_base(a)}{_base(b)}</mfrac>"),
        "neg": _row(SIGN, _neg),
        "power": _row(POWER, lambda expr, a, b: f"<msup>{_base(a)}<mrow>{b}</mrow></msup>"),
        "exp": _call("exp"),
        "log": _call("ln"),
        "maximum": _call("max"),
        "greater": _apart("[", "]", ">"),
        "equal": _apart("[", "]", "="),
        "where": _row(CHOICE, _where),
        "matmul": _between("·", MATMUL, SIGN, FRACTION),
        "transpose": _row(POWER, _transpose),
        "sum": _row(MATMUL, _sum),
        "max": _row(CALL, lambda expr, a: _called(_along(expr, _upright("max")), (a,))),
        "spread": _row(MATMUL, _spread),
        "reshape": _call("reshape"),
        "size": _row(CALL, lambda expr, a: _size(expr.args[0].shape[expr["axis"]])),
        "join": _apart("[", "]", "|"),
        "part": _row(
            POWER, lambda expr, a: _chosen(expr, a, _range(expr["start"], expr["size"]))
        ),
        "pad": _call("pad"),
        "take": _row(POWER, lambda expr, a, b: _chosen(expr, a, b)),
        "put": _call("put"),
        # defined ops that have a sign of their own
        "sigmoid": _call("σ"),
        "minimum": _call("min"),
        "absolute": _apart("|", "|"),
        "square": _row(POWER, lambda expr, a: f"<msup>{_base(a)}<mn>2</mn></msup>"),
        "sqrt": _row(CALL, lambda expr, a: f"<msqrt>{a}</msqrt>"),
        "missing": _apart("[", "is missing]"),
    },
    number=number,
    word=word,
    spreads=lambda spread: True,
    others=_row(CALL, _others),
)  # fmt: skip
