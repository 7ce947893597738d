"""What a program computes, each thing once: primitive ops over matrices whose sizes are numbers.

    lowered(program, sizes, keep)      -> Lowered: named values in an order they can be made in
    why_not(program)                   what of the program cannot be compiled, or ""

`sizes` says what the named sizes are; `ROWS` among them stands for a number of rows that is only
known when the kernel runs. Defined ops become their formulas, but for those in `KNOWN`, which the
kernels have instructions or vector code for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from workings.errors import NotSupported, ShapeError
from workings.language import Expr, Program, Shape
from workings.language.algebra import JOIN, NAME, NUMBER, PUT, SIZE, TAKE

ROWS = -1  # as a size: how many rows there are, known when the kernel runs
KNOWN = {"sigmoid", "tanh", "absolute", "minimum", "square", "sqrt", "identity"}
ELEMENTWISE = {
    "add", "sub", "mul", "div", "neg", "power", "exp", "log", "maximum", "greater", "equal",
    "where", *KNOWN,
}  # fmt: skip
VIEWS = {"transpose", "spread", "reshape", "join", "part", "pad", "take"}  # copy, compute nothing
PRIMITIVE = {*ELEMENTWISE, *VIEWS, "matmul", "sum", "max", "put"}
LEAVES = {"given", "number", "rows"}


@dataclass(frozen=True, eq=False, slots=True)
class Value:
    """One thing to be computed, or given; its shape is in numbers, and `ROWS`."""

    op: str
    args: tuple[Value, ...]
    shape: tuple[int, ...]
    facts: tuple[tuple[str, Any], ...] = ()

    def __getitem__(self, fact: str) -> Any:
        return dict(self.facts)[fact]

    @property
    def has_rows(self) -> bool:
        """Whether there is one of it, or some of them, for each row."""
        return ROWS in self.shape


@dataclass
class Lowered:
    """Values in an order they can be made in, and what the program calls them.

    `named` are those that are kept; `steps` says of all values which step they are, if any.
    """

    values: list[Value] = field(default_factory=list)
    given: dict[str, Value] = field(default_factory=dict)
    named: dict[str, Value] = field(default_factory=dict)
    steps: dict[Value, str] = field(default_factory=dict)

    @cached_property
    def places(self) -> list[tuple[str, int]]:
        """The given lists of places, each with the size of the axis they lie on."""
        found = []
        for value in self.values:
            if value.op in ("take", "put"):
                matrix = value.args[0] if value.op == "take" else value
                found.append((value.args[1]["name"], matrix.shape[value["axis"]]))
        return found


def lowered(program: Program, sizes: Mapping[str, int], keep: Iterable[str]) -> Lowered:
    """What it takes to know the names in `keep`; raises `NotSupported` if that is not known yet."""
    if reason := why_not(program):
        raise NotSupported(
            f"the compiled engine cannot run {reason} yet", hint='Choose engine="numpy".'
        )
    lowering = _Lowering(program, dict(sizes))
    for step in program:
        lowering.known[step.ref] = lowering.value(step.expr)
        lowering.made.steps.setdefault(lowering.known[step.ref], step.name)
    made = lowering.made
    made.named = {word: lowering.value(program.ref(word)) for word in keep}
    needed = _needed(made.named.values())
    made.values = [value for value in made.values if value in needed]
    return made


def why_not(program: Program) -> str:
    """What of the program cannot be compiled yet, or "" if all of it can."""
    waiting, seen = [step.expr for step in program], set[Expr]()
    while waiting:
        expr = waiting.pop()
        if expr in seen:
            continue
        seen.add(expr)
        if expr.op in (TAKE, PUT) and expr.args[1] not in _given(program):
            return f"the {expr.op.name} of places that are computed, not given"
        known = expr.op.name in PRIMITIVE or expr.op in (NAME, NUMBER, SIZE)
        if not known and expr.op.formula is None:
            return f"the op {expr.op.name!r}"
        waiting += expr.args
        if not known and expr.op.formula is not None:
            waiting.append(expr.op.formula(*expr.args, **dict(expr.facts)))
    return ""


def _given(program: Program) -> set[Expr]:
    return {program.ref(word) for word in program.given}


def is_rowwise(values: Iterable[Value]) -> bool:
    """Whether rows only ever stand side by side, so that their number can be left open."""
    return all(_leaves_rows_alone(value) for value in values)


def row_axis(shape: tuple[int, ...]) -> int | None:
    """The axis that rows lie on, if any."""
    return shape.index(ROWS) if ROWS in shape else None


class _Lowering:
    def __init__(self, program: Program, sizes: dict[str, int]) -> None:
        self.made, self.sizes = Lowered(), sizes
        self.known: dict[Expr, Value] = {}
        self.unique: dict[tuple[Any, ...], Value] = {}
        for word in program.given:
            shape = self._resolved(program.given[word])
            self.made.given[word] = self._new("given", (), shape, (("name", word),))
            self.known[program.ref(word)] = self.made.given[word]

    def value(self, expr: Expr) -> Value:
        """The value of an expression; what is met again is the same value."""
        if expr not in self.known:
            self.known[expr] = self._value(expr)
        return self.known[expr]

    def _value(self, expr: Expr) -> Value:
        if expr.op == NUMBER:
            return self._new("number", (), (), expr.facts)
        if expr.op == SIZE:
            size = self._resolved((expr.args[0].shape[expr["axis"]],))[0]
            if size == ROWS:
                return self._new("rows", (), (), ())
            return self._new("number", (), (), (("value", float(size)),))
        if expr.op.name not in PRIMITIVE and expr.op.formula is not None:
            return self.value(expr.op.formula(*expr.args, **dict(expr.facts)))
        args = tuple(self.value(arg) for arg in expr.args)
        self._bind_join(expr, args)
        facts = tuple((key, self._fact(fact)) for key, fact in expr.facts if key != "shape")
        shape = self._resolved(expr.shape)
        return self._same(expr, args, shape) or self._new(expr.op.name, args, shape, facts)

    def _same(self, expr: Expr, args: tuple[Value, ...], shape: tuple[int, ...]) -> Value | None:
        """The argument itself, where the op changes nothing."""
        nothing = expr.op.name in ("spread", "reshape") and args[0].shape == shape
        return args[0] if nothing or expr.op.name == "identity" else None

    def _new(self, op: str, args: tuple[Value, ...], shape: tuple[int, ...], facts: Any) -> Value:
        key = (op, args, shape, facts)
        if key not in self.unique:
            self.unique[key] = Value(op, args, shape, facts)
            self.made.values.append(self.unique[key])
        return self.unique[key]

    def _fact(self, fact: Any) -> Any:
        return self._resolved((fact,))[0] if isinstance(fact, str) else fact

    def _resolved(self, shape: Shape) -> tuple[int, ...]:
        for size in shape:
            if isinstance(size, str) and size not in self.sizes:
                raise ShapeError(f"the size {size} is told by no given matrix")
        return tuple(size if isinstance(size, int) else self.sizes[size] for size in shape)

    def _bind_join(self, expr: Expr, args: tuple[Value, ...]) -> None:
        if expr.op != JOIN or not isinstance(expr["size"], str):
            return
        a, b = (arg.shape[expr["axis"]] for arg in args)
        if ROWS in (a, b):  # not to be compiled so; a number of rows must be known
            self.sizes.setdefault(expr["size"], 0)
            return
        if self.sizes.setdefault(expr["size"], a + b) != a + b:
            size, found = expr["size"], self.sizes[expr["size"]]
            raise ShapeError(
                f"cannot join {a} and {b} along {size}: {size} is {found} elsewhere, not {a + b}"
            )


def _needed(wanted: Iterable[Value]) -> set[Value]:
    found: set[Value] = set()
    waiting = list(wanted)
    while waiting:
        value = waiting.pop()
        if value not in found:
            found.add(value)
            waiting.extend(value.args)
    return found


def _leaves_rows_alone(value: Value) -> bool:
    axes = set(_row_axes(value))
    if not axes:
        return True
    if any(len(shape) > 2 or shape.count(ROWS) > 1 for shape in _shapes(value)):
        return False
    if value.op in ("reshape", "put") or (value.op == "take" and value.args[1].has_rows):
        return False
    moves = value.op in ("join", "part", "pad", "take", "max")
    return not (moves and value["axis"] in axes)


def _shapes(value: Value) -> Iterator[tuple[int, ...]]:
    yield value.shape
    yield from (arg.shape for arg in value.args)


def _row_axes(value: Value) -> Iterator[int]:
    for shape in _shapes(value):
        if ROWS in shape:
            yield shape.index(ROWS)
