"""The notation of NumPy: Python that runs as it is written.

    X @ wh + bh                             a single row or column is spread by NumPy itself
    np.sum(d_output, axis=0, keepdims=True)   one result for each column, still a matrix
    np.where(z > 0, 1.0, 0.0)               a comparison is 1 or 0
    0.5 * np.sum(losses) / n                a named size is a variable: n = X.shape[0]

`@` and `*` bind equally tight in Python; they are never mixed without parentheses all the same, so
that nobody has to remember it. `SINGLE` is the same notation for float32: it says the type where
NumPy would choose float64 by itself. `FUNCTIONS` holds the text of the functions that some rows
call, and of those that everybody knows in a certain form.
"""

from __future__ import annotations

from dataclasses import replace

from workings.language import Expr, Shape
from workings.language.algebra import EQUAL, GREATER, NUMBER, SPREAD
from workings.language.defined import MISSING
from workings.notations import TIGHT, Notation, Pattern, Row, Text

# how tightly each binds; the numbers in the patterns below are these
COMPARE, SUM, MATMUL, PRODUCT, SIGN, POWER, CALL = 2, 3, 4, 5, 6, 7, TIGHT
YES, NO = "np.where(", ", 1.0, 0.0)"  # how a comparison becomes 1 or 0
SINGLE_TYPE = "np.float32"


def spelled_size(shape: Shape) -> str:
    """A shape as a tuple; named sizes are variables."""
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def _number(value: float) -> str:
    if value != value or value in (float("inf"), -float("inf")):
        return f"{'-' * (value < 0)}np.{'nan' if value != value else 'inf'}"
    whole = value.is_integer() and abs(value) < 1e15 and str(value) != "-0.0"
    return str(int(value)) if whole else repr(value)


def even(binds: int, pattern: Pattern) -> Row:
    """An elementwise row: where all arguments are spread, so is what comes out."""

    def write(expr: Expr, *args: Text) -> Text:
        text = pattern(expr, *args) if callable(pattern) else pattern.format(*args)
        if expr.shape and all(arg.op == SPREAD for arg in expr.args):
            return Text(f"np.broadcast_to({text}, {spelled_size(expr.shape)})")
        return Text(text, binds)

    return binds, write


def _signed(sign: str) -> Row:
    """A sum or difference; a minus right behind the sign is put in parentheses."""

    def write(expr: Expr, a: Text, b: Text) -> str:
        return f"{a:{SUM}} {sign} " + (f"({b})" if b.startswith("-") else f"{b:{MATMUL}}")

    return even(SUM, write)


def _is_number(arg: Expr) -> bool:
    return (arg.args[0] if arg.op == SPREAD else arg).op == NUMBER


def _as_float(arg: Text) -> str:
    return f"{arg}.0" if arg.lstrip("-").isdigit() else str(arg)


def _power(expr: Expr, a: Text, b: Text) -> str:
    """A power; NumPy refuses whole numbers to the power of negative ones."""
    if _is_number(expr.args[0]):
        a = Text(_as_float(a), a.binds)
    if _is_number(expr.args[1]) and b.startswith("-"):
        b = Text(_as_float(b), b.binds)
    return f"{a:{POWER + 1}}**{b:{POWER + 1}}"


def _flag(typed: str, test: str) -> Row:
    """A comparison as 1 or 0."""
    cast = f".astype({typed})" * bool(typed)
    return even(CALL, lambda expr, *args: YES + test.format(*args) + NO + cast)


def _where(typed: str) -> Row:
    def write(expr: Expr, c: Text, a: Text, b: Text) -> str:
        cast = f".astype({typed})" * bool(typed)
        if expr.args[0].op in (GREATER, EQUAL, MISSING) and c.startswith(YES):
            c = Text(c.removeprefix(YES).removesuffix(NO + cast))
        if all(map(_is_number, expr.args[1:])):
            return f"np.where({c}, {_as_float(a)}, {_as_float(b)}){cast}"
        return f"np.where({c}, {a}, {b})"

    return even(CALL, write)


def _reduced(function: str) -> Row:
    def write(expr: Expr, x: Text) -> str:
        along = "" if expr["axis"] is None else f", axis={expr['axis']}, keepdims=True"
        return f"{function}({x}{along})"

    return CALL, write


def _transpose(expr: Expr, x: Text) -> str:
    if expr["axes"] == (1, 0):
        return f"{x:{CALL}}.T"
    return f"np.transpose({x}, {spelled_size(expr['axes'])})"


def _spread(typed: str) -> Row:
    def write(expr: Expr, x: Text) -> str:
        size, last = spelled_size(expr.shape), f", {typed}" * bool(typed)
        if expr.args[0].op != NUMBER:
            return f"np.broadcast_to({x}, {size})"
        if x in ("0", "1"):
            return f"np.{('zeros', 'ones')[int(x)]}({size}{last})"
        return f"np.full({size}, {_as_float(x)}{last})"

    return CALL, write


def _join(expr: Expr, a: Text, b: Text) -> str:
    if len(expr.shape) == 2:
        return f"np.{('vstack', 'hstack')[expr['axis']]}(({a}, {b}))"
    return f"np.concatenate(({a}, {b}), axis={expr['axis']})"


def _part(expr: Expr, x: Text) -> str:
    start, size = expr["start"], expr["size"]
    chosen = f":{size}" if start == 0 else f"{start} : {start} + {size}"
    return f"{x:{CALL}}[{':, ' * expr['axis']}{chosen}]"


def _pad(expr: Expr, x: Text) -> str:
    start, size, axis = expr["start"], expr["size"], expr["axis"]
    behind = f"{size} - {expr.args[0].shape[axis]}" + (f" - {start}" if start != 0 else "")
    widths = ["(0, 0)"] * len(expr.shape)
    widths[axis] = f"({start}, {behind})"
    return f"np.pad({x}, ({', '.join(widths)}{',' * (len(widths) == 1)}))"


def _size(expr: Expr, x: Text) -> str:
    return str(expr.args[0].shape[expr["axis"]])


def _table(typed: str) -> dict[str, Row]:
    """The rows; `typed` is the type to be said where NumPy would choose another by itself."""
    return {
        "add": _signed("+"),
        "sub": _signed("-"),
        "mul": even(PRODUCT, "{0:5} * {1:6}"),
        "div": even(PRODUCT, "{0:5} / {1:6}"),
        "neg": even(SIGN, "-{0:6}"),
        "power": even(POWER, _power),
        "exp": even(CALL, "np.exp({0})"),
        "log": even(CALL, "np.log({0})"),
        "maximum": even(CALL, "np.maximum({0}, {1})"),
        "greater": _flag(typed, "{0:3} > {1:3}"),
        "equal": _flag(typed, "{0:3} == {1:3}"),
        "where": _where(typed),
        "matmul": (MATMUL, "{0:6} @ {1:7}"),
        "transpose": (CALL, _transpose),
        "sum": _reduced("np.sum"),
        "max": _reduced("np.max"),
        "spread": _spread(typed),
        "reshape": (CALL, lambda expr, x: f"np.reshape({x}, {spelled_size(expr.shape)})"),
        "size": (CALL, _size),
        "join": (CALL, _join),
        "part": (CALL, _part),
        "pad": (CALL, _pad),
        "take": (CALL, "np.take({0}, {1:1000}.astype(int), axis={axis})"),
        "put": (CALL, "put_into({0}, {1}, axis={axis}, size={size})"),
        # defined ops that NumPy has itself
        "identity": (CALL, lambda expr, x: x),
        "tanh": even(CALL, "np.tanh({0})"),
        "absolute": even(CALL, "np.abs({0})"),
        "minimum": even(CALL, "np.minimum({0}, {1})"),
        "square": even(POWER, "{0:8}**2"),
        "sqrt": even(CALL, "np.sqrt({0})"),
        "missing": _flag(typed, "np.isnan({0})"),
    }


FUNCTIONS = {
    "sigmoid": '''\
def sigmoid(x):
    """Squeezes any number to between 0 and 1."""
    with np.errstate(over="ignore"):  # e^-x may be too large for a number; 1 / infinity is 0
        return 1 / (1 + np.exp(-x))''',
    "put_into": '''\
def put_into(x, which, axis, size):
    """The rows or columns of x, each added to zeros at the place that `which` names."""
    put = np.zeros((*x.shape[:axis], size, *x.shape[axis + 1 :]), x.dtype)
    np.add.at(put, (*(slice(None),) * axis, which.astype(int)), x)
    return put''',
}

NOTATION = Notation("numpy", _table(""), number=_number, spreads=lambda spread: True)
SINGLE = replace(NOTATION, table=_table(SINGLE_TYPE))
