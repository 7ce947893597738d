"""The notation of R: base R that runs as it is written.

    X %*% wh + spread_down(bh, n)     R adds only matrices of one shape, so rows are spread visibly
    rbind(colSums(d_output))          one result for each column, as a row; rbind keeps it a matrix
    ifelse(z > 0, z, 0.01 * z)        one of two, cell by cell
    sum(losses) / n                   a named size is a variable: n <- nrow(X)

In R `%*%` binds tighter than `*` and `/`: `A * B %*% C` means `A * (B %*% C)`. The two are never
mixed without parentheses, so nobody has to remember it. `FUNCTIONS` holds the text of the functions
that some rows call, and of those that everybody knows in a certain form.
"""

from __future__ import annotations

from workings.errors import NotSupported
from workings.language import Expr, Size, spelled
from workings.language.algebra import SPREAD
from workings.notations import TIGHT, Notation, Pattern, Row, Text

# how tightly each binds; the numbers in the patterns below are these
COMPARE, SUM, MATMUL, PRODUCT, SIGN, POWER, CALL = 2, 3, 4, 5, 6, 7, TIGHT
BOUND, SIDES = ("rbind", "cbind"), ("row", "col")


def _number(value: float) -> str:
    if value != value or value in (float("inf"), -float("inf")):
        return "NaN" if value != value else f"{'-' * (value < 0)}Inf"
    whole = value.is_integer() and abs(value) < 1e15 and str(value) != "-0.0"
    return str(int(value)) if whole else repr(value)


def _is_single(arg: Expr) -> bool:
    """Whether an argument stands there as a single number, to be spread by R."""
    return (arg.args[0] if arg.op == SPREAD else arg).shape == ()


def _full(expr: Expr, text: str) -> str:
    """A single number in every cell of the shape of `expr`."""
    if len(expr.shape) > 2:
        raise _too_many_axes(expr)
    sizes = ", ".join(map(str, expr.shape))
    return f"{'matrix' if len(expr.shape) == 2 else 'rep'}({text}, {sizes})"


def _too_many_axes(expr: Expr) -> NotSupported:
    return NotSupported(
        f"cannot spell the {expr.op.name} of {spelled(expr.shape)} in R yet: "
        "2 axes or less were expected",
        op=expr.op.name, notation="r",
    )  # fmt: skip


def even(binds: int, pattern: Pattern) -> Row:
    """An elementwise row: where all arguments are single numbers, what comes out is spread."""

    def write(expr: Expr, *args: Text) -> Text:
        text = pattern(expr, *args) if callable(pattern) else pattern.format(*args)
        if expr.shape and all(map(_is_single, expr.args)):
            return Text(_full(expr, text))
        return Text(text, binds)

    return binds, write


def _signed(sign: str) -> Row:
    """A sum or difference; a minus right behind the sign is put in parentheses."""

    def write(expr: Expr, a: Text, b: Text) -> str:
        return f"{a:{SUM}} {sign} " + (f"({b})" if b.startswith("-") else f"{b:{MATMUL}}")

    return even(SUM, write)


def _extreme(function: str) -> Row:
    """pmax or pmin, which take their shape from the first argument."""

    def write(expr: Expr, a: Text, b: Text) -> str:
        first, second = (b, a) if _is_single(expr.args[0]) else (a, b)
        return f"{function}({first}, {second})"

    return even(CALL, write)


def _where(expr: Expr, c: Text, a: Text, b: Text) -> str:
    """ifelse, which takes its shape from the condition."""
    if expr.shape and _is_single(expr.args[0]):
        c = Text(_full(expr, c))
    return f"ifelse({c}, {a}, {b})"


def _reduced(sums: str, function: str) -> Row:
    """All cells, or along one axis: `sums` makes the vector that is bound as a row or column."""

    def write(expr: Expr, x: Text) -> str:
        axis, axes = expr["axis"], len(expr.args[0].shape)
        if axis is None or axes == 1:
            return f"{function}({x})"
        if axes > 2:
            raise _too_many_axes(expr)
        return f"{BOUND[axis]}({sums.format(x, sums=('colSums', 'rowSums')[axis], left=2 - axis)})"

    return CALL, write


def _transpose(expr: Expr, x: Text) -> str:
    if expr["axes"] == (1, 0):
        return f"t({x})"
    return f"aperm({x}, c({', '.join(str(axis + 1) for axis in expr['axes'])}))"


def _matmul(expr: Expr, a: Text, b: Text) -> str:
    if len(expr.shape) > 2:
        raise _too_many_axes(expr)
    return f"{a:{SIGN}} %*% {b:{POWER}}"


def _spread(expr: Expr, x: Text) -> str:
    source = expr.args[0].shape
    if source == ():
        return _full(expr, x)
    if len(source) > 2:
        raise _too_many_axes(expr)
    for ways, old, new in zip(("down", "across"), source, expr.shape, strict=False):
        if old != new:
            x = Text(f"spread_{ways}({x}, {new})")
    return x


def _reshape(expr: Expr, x: Text) -> str:
    if max(len(expr.shape), len(expr.args[0].shape)) > 2:
        raise _too_many_axes(expr)
    by_row = f"t({x})" if len(expr.args[0].shape) == 2 else str(x)
    if len(expr.shape) < 2:
        return f"c({by_row})"
    return f"matrix({by_row}, {expr.shape[0]}, {expr.shape[1]}, byrow = TRUE)"


def _size(expr: Expr, x: Text) -> str:
    return str(expr.args[0].shape[expr["axis"]])


def _at(expr: Expr, x: Text, places: str) -> str:
    """Some rows, columns or cells of `x`, by their places from 1."""
    if len(expr.shape) > 2:
        raise _too_many_axes(expr)
    if len(expr.shape) == 1:
        return f"{x:{CALL}}[{places}]"
    return f"{x:{CALL}}[{', ' * expr['axis']}{places}{', ' * (1 - expr['axis'])}, drop = FALSE]"


def _join(expr: Expr, a: Text, b: Text) -> str:
    if len(expr.shape) > 2:
        raise _too_many_axes(expr)
    return f"{BOUND[expr['axis']] if len(expr.shape) == 2 else 'c'}({a}, {b})"


def _part(expr: Expr, x: Text) -> str:
    start = f"{expr['start']} + " if expr["start"] != 0 else ""
    return _at(expr, x, f"{start}seq_len({expr['size']})")


def _pad(expr: Expr, x: Text) -> str:
    start, size, axis, shape = expr["start"], expr["size"], expr["axis"], expr.args[0].shape
    behind = f"{size} - {shape[axis]}" + (f" - {start}" if start != 0 else "")
    parts = [_zeros(shape, axis, start)] * (start != 0) + [str(x), _zeros(shape, axis, behind)]
    if len(shape) > 2:
        raise _too_many_axes(expr)
    return f"{BOUND[axis] if len(shape) == 2 else 'c'}({', '.join(parts)})"


def _zeros(shape: tuple[Size, ...], axis: int, count: Size) -> str:
    sizes = [str(size) for size in shape]
    sizes[axis] = str(count)
    return f"{'matrix' if len(shape) == 2 else 'rep'}(0, {', '.join(sizes)})"


def _put(expr: Expr, x: Text, which: Text) -> str:
    if len(expr.shape) != 2:
        raise _too_many_axes(expr)
    return f"put_into_{SIDES[expr['axis']]}s({x}, {which}, {expr['size']})"


FUNCTIONS = {
    "sigmoid": """\
# Squeezes any number to between 0 and 1.
sigmoid <- function(x) {
  1 / (1 + exp(-x))
}""",
    "spread_down": """\
# A single row, copied into `count` rows: R adds only matrices of the same shape.
spread_down <- function(row, count) {
  row[rep(1, count), , drop = FALSE]
}""",
    "spread_across": """\
# A single column, copied into `count` columns: R adds only matrices of the same shape.
spread_across <- function(column, count) {
  column[, rep(1, count), drop = FALSE]
}""",
    "put_into_rows": """\
# The rows of x, each added to zeros at the place (from 0) that `which` names.
put_into_rows <- function(x, which, size) {
  put <- matrix(0, size, ncol(x))
  for (row in seq_along(which)) put[which[row] + 1, ] <- put[which[row] + 1, ] + x[row, ]
  put
}""",
    "put_into_cols": """\
# The columns of x, each added to zeros at the place (from 0) that `which` names.
put_into_cols <- function(x, which, size) {
  put <- matrix(0, nrow(x), size)
  for (col in seq_along(which)) put[, which[col] + 1] <- put[, which[col] + 1] + x[, col]
  put
}""",
}

NOTATION = Notation(
    "r",
    {
        "add": _signed("+"),
        "sub": _signed("-"),
        "mul": even(PRODUCT, "{0:5} * {1:6}"),
        "div": even(PRODUCT, "{0:5} / {1:6}"),
        "neg": even(SIGN, "-{0:6}"),
        "power": even(POWER, "{0:8}^{1:8}"),
        "exp": even(CALL, "exp({0})"),
        "log": even(CALL, "log({0})"),
        "maximum": _extreme("pmax"),
        "greater": even(COMPARE, "{0:3} > {1:3}"),
        "equal": even(COMPARE, "{0:3} == {1:3}"),
        "where": even(CALL, _where),
        "matmul": (MATMUL, _matmul),
        "transpose": (CALL, _transpose),
        "sum": _reduced("{sums}({0})", "sum"),
        "max": _reduced("apply({0}, {left}, max)", "max"),
        "spread": (CALL, _spread),
        "reshape": (CALL, _reshape),
        "size": (CALL, _size),
        "join": (CALL, _join),
        "part": (CALL, _part),
        "pad": (CALL, _pad),
        "take": (CALL, lambda expr, x, which: _at(expr, x, f"{which:3} + 1")),
        "put": (CALL, _put),
        # defined ops that R has itself
        "identity": (CALL, lambda expr, x: x),
        "tanh": even(CALL, "tanh({0})"),
        "absolute": even(CALL, "abs({0})"),
        "minimum": _extreme("pmin"),
        "square": even(POWER, "{0:8}^2"),
        "sqrt": even(CALL, "sqrt({0})"),
        "missing": even(CALL, "is.na({0})"),
    },
    number=_number,
    spreads=lambda spread: spread.args[0].shape == (),
)
