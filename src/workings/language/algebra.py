"""What a computation is made of: `Op`, `Expr`, and the closed table of primitive ops.

    name("X", "n", 4)          a matrix called X, n rows and 4 columns
    number(0.5)                a number
    X @ wh + bh                ops applied to expressions; `+` spreads the row `bh` visibly
    sigmoid(z)                 a defined op: it carries a formula in other ops

An `Op` is a row of facts: its shape rule, what each argument is owed when the result is owed `g`
(the derivative rule), its index form, and one sentence of reason. How it is run or spelled is not
known here: engines and notations have tables of their own.

An expression knows its shape, and one with impossible shapes cannot be built. The rules below are
written in the language itself, so a derivative is again an expression that can be shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from workings.errors import ShapeError
from workings.language import shapes
from workings.language.shapes import Shape, Size, spelled
from workings.shows import ShowsItself

Owed = tuple["Expr | None", ...]


@dataclass(frozen=True, eq=False, repr=False)
class Op(ShowsItself):
    """One mathematical operation, as a row of facts.

    `shape` takes the shapes of the arguments (and the op's own facts, such as `axis`);
    `back` takes `(g, y, *args)` and says what each argument is owed, None for nothing;
    `index` is the index form, `reason` what it does and why, `owed` a sentence per argument.
    A *defined* op has a `formula` in other ops and, if the textbooks state one, a `slopes` entry
    `(y, *args) -> slope` per argument; `length` is how many ops they take when all is written out,
    where a text defines it. Ops are equal when their names are.
    """

    name: str
    shape: Callable[..., Shape]
    index: str
    reason: str
    back: Callable[..., Owed] | None = None
    owed: tuple[str, ...] = ()
    elementwise: bool = False
    formula: Callable[..., Expr] | None = None
    slopes: tuple[Callable[..., Expr] | None, ...] = ()
    length: int = 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Op) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {self.reason}>"

    def __call__(self, *args: Expr | float, **facts: Any) -> Expr:
        """The op applied; an elementwise op spreads numbers, single rows and single columns."""
        given = tuple(arg if isinstance(arg, Expr) else number(arg) for arg in args)
        try:
            if self.elementwise:
                given = _evenly(given)
            shape = self.shape(*(arg.shape for arg in given), **facts)
        except ShapeError as error:
            listed = " and ".join(f"{_short(arg)} ({spelled(arg.shape)})" for arg in given)
            raise ShapeError(
                f"cannot take the {self.name} of {listed}: {error.message}",
                hint=error.hint, op=self.name, shapes=tuple(arg.shape for arg in given),
            ) from None  # fmt: skip
        return Expr(self, given, shape, tuple(sorted(facts.items())))


@dataclass(frozen=True, eq=False)
class Expr:
    """An op applied to expressions, or a leaf (a name or a number); it knows its shape.

    `facts` are what the op needs besides matrices, as sorted pairs: an axis, a shape, a name.
    """

    op: Op
    args: tuple[Expr, ...]
    shape: Shape
    facts: tuple[tuple[str, Any], ...] = ()
    _hash: int = field(init=False, repr=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.op.name, self.args, self.shape, self.facts)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Expr) or self._hash != other._hash or self.op != other.op:
            return False
        return (self.facts, self.shape, self.args) == (other.facts, other.shape, other.args)

    def __getitem__(self, fact: str) -> Any:
        return dict(self.facts)[fact]

    def __repr__(self) -> str:
        return f"<{_short(self)}: {spelled(self.shape)}>"

    def __add__(self, other: Expr | float) -> Expr:
        return ADD(self, other)

    def __radd__(self, other: float) -> Expr:
        return ADD(other, self)

    def __sub__(self, other: Expr | float) -> Expr:
        return SUB(self, other)

    def __rsub__(self, other: float) -> Expr:
        return SUB(other, self)

    def __mul__(self, other: Expr | float) -> Expr:
        return MUL(self, other)

    def __rmul__(self, other: float) -> Expr:
        return MUL(other, self)

    def __truediv__(self, other: Expr | float) -> Expr:
        return DIV(self, other)

    def __rtruediv__(self, other: float) -> Expr:
        return DIV(other, self)

    def __rpow__(self, other: float) -> Expr:
        return POWER(other, self)

    def __pow__(self, other: Expr | float) -> Expr:
        return POWER(self, other)

    def __neg__(self) -> Expr:
        return NEG(self)

    def __matmul__(self, other: Expr) -> Expr:
        return MATMUL(self, other)

    @property
    def T(self) -> Expr:  # noqa: N802 - what everybody calls it
        """The last two axes exchanged."""
        if len(self.shape) < 2:
            raise ShapeError(f"cannot transpose {_short(self)}: it is {spelled(self.shape)}")
        *lead, row, column = range(len(self.shape))
        return TRANSPOSE(self, axes=(*lead, column, row))


def name(text: str, *shape: Size) -> Expr:
    """The matrix called `text`.

    >>> name("X", "n", 4)
    <X: n x 4>
    """
    return Expr(NAME, (), shape, (("name", text),))


def number(value: float) -> Expr:
    """A number, the same in every cell it is spread to."""
    return Expr(NUMBER, (), (), (("value", float(value)),))


def spread(x: Expr | float, shape: Shape) -> Expr:
    """`x` copied until its shape is `shape`; itself if it already is."""
    x = x if isinstance(x, Expr) else number(x)
    return x if x.shape == shape else SPREAD(x, shape=shape)


def sum_of(x: Expr, axis: int | None = None) -> Expr:
    """The sum of all cells (a single number), or along one axis (which keeps size 1)."""
    return SUM(x, axis=axis)


def greatest(x: Expr, axis: int) -> Expr:
    """The greatest cell along one axis, which keeps size 1."""
    return MAX(x, axis=axis)


def size_of(x: Expr, axis: int) -> Expr:
    """How many there are along an axis, as a number; known at once when the shape knows it."""
    size = x.shape[axis]
    return number(size) if isinstance(size, int) else SIZE(x, axis=axis)


def join(a: Expr, b: Expr, *, axis: int, size: Size | None = None) -> Expr:
    """`b` put behind `a` along an axis; `size` names the new size where it is not known."""
    return JOIN(a, b, axis=axis, size=size)


def part(x: Expr, *, axis: int, start: Size, size: Size) -> Expr:
    """`size` neighbours along an axis, from `start` on."""
    return PART(x, axis=axis, start=start, size=size)


def take(x: Expr, which: Expr, axis: int) -> Expr:
    """The rows (or columns) of `x` whose numbers, from 0, `which` lists."""
    return TAKE(x, which, axis=axis)


def _evenly(args: tuple[Expr, ...]) -> tuple[Expr, ...]:
    full = shapes.common([arg.shape for arg in args])
    return tuple(spread(arg, full) for arg in args)


def _short(expr: Expr) -> str:
    if expr.op == NAME:
        return str(expr["name"])
    if expr.op == NUMBER:
        return f"{expr['value']:g}"
    return f"{expr.op.name}({', '.join('..' if a.args else _short(a) for a in expr.args)})"


def _gather(g: Expr, shape: Shape) -> Expr:
    """The reverse of spreading: add up what was copied."""
    if shape == ():
        return sum_of(g)
    for axis, size in enumerate(shape):
        if size != g.shape[axis]:
            g = sum_of(g, axis)
    return g


def _joined_back(g: Expr, y: Expr, a: Expr, b: Expr, *, axis: int, size: Size | None) -> Owed:
    first, second = a.shape[axis], b.shape[axis]
    return (
        part(g, axis=axis, start=0, size=first),
        part(g, axis=axis, start=first, size=second),
    )


def _max_back(g: Expr, y: Expr, x: Expr, *, axis: int) -> Owed:
    greatest_ones = EQUAL(x, spread(y, x.shape))
    share = spread(g / sum_of(greatest_ones, axis), x.shape)
    return (share * greatest_ones,)


def _permuted_back(g: Expr, y: Expr, x: Expr, *, axes: tuple[int, ...]) -> Owed:
    return (TRANSPOSE(g, axes=tuple(axes.index(axis) for axis in range(len(axes)))),)


# -- the closed table of primitive ops ---------------------------------------------------------

CELL = "{z}[r,c] = "
NAME = Op("name", lambda: (), "{z}[r,c]", "A matrix with a name.")
NUMBER = Op("number", lambda: (), "{z}", "A number.")
ADD = Op(
    "add", shapes.alike, CELL + "{0}[r,c] + {1}[r,c]", "Cell by cell, the two are added.",
    lambda g, y, a, b: (g, g),
    ("A sum passes on to each part just what it is owed itself.",) * 2, elementwise=True,
)  # fmt: skip
SUB = Op(
    "sub", shapes.alike, CELL + "{0}[r,c] - {1}[r,c]", "Cell by cell, the second is taken away.",
    lambda g, y, a, b: (g, -g),
    ("A difference passes on what it is owed.", "What is taken away is owed the opposite."),
    elementwise=True,
)  # fmt: skip
MUL = Op(
    "mul", shapes.alike, CELL + "{0}[r,c] * {1}[r,c]",
    "Cell by cell: each cell has a factor of its own, so this is no matrix product.",
    lambda g, y, a, b: (g * b, g * a),
    ("Each factor is owed the other factor times what the product is owed.",) * 2,
    elementwise=True,
)  # fmt: skip
DIV = Op(
    "div", shapes.alike, CELL + "{0}[r,c] / {1}[r,c]", "Cell by cell, the first over the second.",
    lambda g, y, a, b: (g / b, -g * y / b),
    ("What is divided is owed its share.", "A larger divisor makes the quotient smaller."),
    elementwise=True,
)  # fmt: skip
NEG = Op(
    "neg", shapes.same, CELL + "-{0}[r,c]", "The sign is turned.",
    lambda g, y, a: (-g,), ("The sign turns on the way back as well.",), elementwise=True,
)  # fmt: skip
POWER = Op(
    "power", shapes.alike, CELL + "{0}[r,c] ^ {1}[r,c]", "Cell by cell, a power.",
    lambda g, y, a, b: (g * b * a ** (b - 1.0), g * y * LOG(a)),
    ("The exponent comes down and one is taken from it.", "A power grows by its logarithm."),
    elementwise=True,
)  # fmt: skip
EXP = Op(
    "exp", shapes.same, CELL + "e ^ {0}[r,c]", "The exponential of each cell.",
    lambda g, y, a: (g * y,), ("The exponential is its own slope.",), elementwise=True,
)  # fmt: skip
LOG: Op = Op(
    "log", shapes.same, CELL + "log({0}[r,c])", "The natural logarithm of each cell.",
    lambda g, y, a: (g / a,), ("The slope of the logarithm is one over its input.",),
    elementwise=True,
)  # fmt: skip
MAXIMUM = Op(
    "maximum", shapes.alike, CELL + "max({0}[r,c], {1}[r,c])", "Cell by cell, the greater one.",
    lambda g, y, a, b: (g * GREATER(a, b), g * (1.0 - GREATER(a, b))),
    ("Only the greater one is owed anything.",) * 2, elementwise=True,
)  # fmt: skip
GREATER: Op = Op(
    "greater", shapes.alike, CELL + "1 if {0}[r,c] > {1}[r,c] else 0",
    "A comparison: 1 where it holds, 0 where not.",
    lambda g, y, a, b: (None, None), elementwise=True,
)  # fmt: skip
EQUAL = Op(
    "equal", shapes.alike, CELL + "1 if {0}[r,c] = {1}[r,c] else 0",
    "A comparison: 1 where both are the same, 0 where not.",
    lambda g, y, a, b: (None, None), elementwise=True,
)  # fmt: skip
WHERE: Op = Op(
    "where", shapes.alike, CELL + "{1}[r,c] if {0}[r,c] else {2}[r,c]",
    "Cell by cell, one of two, by a condition.",
    lambda g, y, c, a, b: (None, WHERE(c, g, 0.0), WHERE(c, 0.0, g)),
    ("", "Only the chosen one is owed anything.", "Only the chosen one is owed anything."),
    elementwise=True,
)  # fmt: skip
MATMUL = Op(
    "matmul", shapes.product, CELL + "sum_k {0}[r,k] * {1}[k,c]",
    "Each row of the first meets each column of the second: inputs times weights, added up.",
    lambda g, y, a, b: (g @ b.T, a.T @ g),
    (
        "Each cell met one row of the second matrix: it is owed that row times what its products "
        "are owed, so the second matrix is turned round.",
        "Each cell met one column of the first matrix: it is owed that column times what its "
        "products are owed, so the first matrix is turned round.",
    ),
)  # fmt: skip
TRANSPOSE = Op(
    "transpose", shapes.permuted, CELL + "{0}[c,r]", "Rows become columns.",
    _permuted_back, ("It is turned back.",),
)  # fmt: skip
SUM = Op(
    "sum", shapes.reduced, "{z} = sum {0}[r,c]", "The cells are added up.",
    lambda g, y, x, *, axis: (spread(g, x.shape),),
    ("Each part of a sum is owed what the sum is owed.",),
)  # fmt: skip
MAX = Op(
    "max", shapes.reduced, "{z} = max {0}[r,c]", "The greatest cell.",
    _max_back, ("Only the greatest is owed anything; equals share.",),
)  # fmt: skip
SPREAD = Op(
    "spread", shapes.spread, CELL + "{0} of that row or column",
    "A single row, column or number is copied to where it is needed.",
    lambda g, y, x, *, shape: (_gather(g, x.shape),),
    ("What was copied is owed the sum of what its copies are owed.",),
)  # fmt: skip
RESHAPE: Op = Op(
    "reshape", shapes.reshaped, "{z} = the cells of {0}, row by row",
    "The same cells in another shape.",
    lambda g, y, x, *, shape: (RESHAPE(g, shape=x.shape),),
    ("Each cell is owed what its place is owed.",),
)  # fmt: skip
SIZE = Op(
    "size", lambda x, *, axis: (), "{z} = how many there are in {0}",
    "A count, which depends on no value.", lambda g, y, x, *, axis: (None,),
)  # fmt: skip
JOIN = Op(
    "join", shapes.joined, "{z} = {0} followed by {1}", "One behind the other.",
    _joined_back, ("Each part is owed what its place is owed.",) * 2,
)  # fmt: skip
PART = Op(
    "part", shapes.part,
    "{z}[r,c] = {0}[r,start+c]", "Some neighbouring rows or columns.",
    lambda g, y, x, *, axis, start, size: (PAD(g, axis=axis, start=start, size=x.shape[axis]),),
    ("What was left out is owed nothing.",),
)  # fmt: skip
PAD: Op = Op(
    "pad", shapes.padded,
    "{z}[r,start+c] = {0}[r,c], 0 elsewhere", "Put among zeros.",
    lambda g, y, x, *, axis, start, size: (part(g, axis=axis, start=start, size=x.shape[axis]),),
    ("The zeros are owed nothing.",),
)  # fmt: skip
TAKE = Op(
    "take", shapes.taken,
    "{z}[r,c] = {0}[r,{1}[c]]", "Rows or columns chosen by their number.",
    lambda g, y, x, which, *, axis: (PUT(g, which, axis=axis, size=x.shape[axis]), None),
    ("Whatever was taken is owed the sum of what its copies are owed.", ""),
)  # fmt: skip
PUT: Op = Op(
    "put", shapes.put,
    "{z}[r,{1}[c]] += {0}[r,c]", "Added to the rows or columns of those numbers.",
    lambda g, y, x, which, *, axis, size: (TAKE(g, which, axis=axis), None),
    ("Each is owed what its place is owed.", ""),
)  # fmt: skip
