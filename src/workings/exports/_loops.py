"""A program as loops over single cells: `readied` prepares it, `loops` writes a step in C.

`readied` knows all sizes. It puts formulas in the place of ops that the notation has no row for,
makes a step of what is used twice, and of whatever would otherwise be computed again for each
cell that reads it. What is left is one loop nest per step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workings.language import Expr, Program, Step, name, number
from workings.language.algebra import JOIN, NAME, SIZE, SPREAD
from workings.language.rewrite import fresh, name_shared
from workings.language.shapes import bound, resolved
from workings.language.walk import is_spread_number
from workings.notations import spell
from workings.notations.c import NOTATION, inner, place

COPYING = {"matmul", "take", "put", "spread"}  # these read each cell of an argument many times
TOTALS = {"max": ("top", "R(-INFINITY)", "{0} = larger({0}, {1});")}
TOTAL = ("total", "R(0.0)", "{0} += {1};")


def readied(program: Program, shapes: Mapping[str, tuple[int, ...]]) -> Program:
    """The program for matrices of these shapes, in ops of the notation, ready for `loops`."""
    fix = _Fixing(bound(program.given, shapes))
    steps = [Step(step.name, fix(step.expr), step.stage, step.why) for step in program]
    named = name_shared(Program(tuple(steps)))
    known = set(program.names)
    return _separated([s if s.name in known else replace(s, why=s.expr.op.reason) for s in named])


def loops(step: Step, cells: Mapping[str, str]) -> list[str]:
    """The lines of C that compute a step; `cells` are the cells at (i, j) of what is named.

    >>> x = name("x", 1, 4)
    >>> step = Step("y", x @ name("w", 4, 1))
    >>> print(*loops(step, {"x": "x[j]", "w": "w[i]", "y": "y"}), sep="\\n")
    REAL total = R(0.0);
    for (int k = 0; k < 4; k++)
        total += x[k] * w[k];
    y = total;
    """
    known, totals = dict(cells), list[str]()
    expr = _totalled(step.expr, known, totals)
    lines = [*totals, f"{cells[step.name]} = {_spelled(expr, known)};"]
    return nested({place(axis): int(size) for axis, size in enumerate(step.shape)}, lines)


def nested(sizes: Mapping[str, int], lines: list[str]) -> list[str]:
    """The lines inside loops, one for each index that runs over more than one place."""
    running = {index: size for index, size in sizes.items() if size != 1}
    for index, size in reversed(running.items()):
        brace = " {" if sum(not line.startswith(" ") for line in lines) > 1 else ""
        head = f"for (int {index} = 0; {index} < {size}; {index}++){brace}"
        lines = [head, *(f"    {line}" for line in lines), *["}"] * bool(brace)]
    return lines


def scoped(lines: list[str]) -> list[str]:
    """The lines in braces of their own, if they declare something."""
    if not any(line.startswith("REAL ") for line in lines):
        return lines
    return ["{", *(f"    {line}" for line in lines), "}"]


# -- sizes and formulas ----------------------------------------------------------------------------


class _Fixing:
    """Expressions with every size a number and every op one that the notation has."""

    def __init__(self, sizes: dict[str, int]) -> None:
        self.sizes = sizes
        self.done: dict[Expr, Expr] = {}

    def __call__(self, expr: Expr) -> Expr:
        if expr not in self.done:
            self.done[expr] = self._fixed(expr)
        return self.done[expr]

    def _fixed(self, expr: Expr) -> Expr:
        if expr.op == SIZE:
            return number(self._shape(expr.args[0])[expr["axis"]])
        if expr.op.name not in NOTATION.table and expr.op.formula is not None:
            return self(expr.op.formula(*expr.args, **dict(expr.facts)))
        args = tuple(self(arg) for arg in expr.args)
        if expr.op == JOIN and isinstance(expr["size"], str):
            axis = expr["axis"]
            total = sum(int(arg.shape[axis]) for arg in args)
            self.sizes.setdefault(expr["size"], total)
        shape = self._shape(expr)
        if expr.op == SPREAD and args[0].shape == shape:
            return args[0]
        facts = tuple((key, self._fact(key, fact)) for key, fact in expr.facts)
        return Expr(expr.op, args, shape, facts)

    def _shape(self, expr: Expr) -> tuple[int, ...]:
        return resolved(expr.shape, self.sizes)

    def _fact(self, key: str, fact: Any) -> Any:
        if key == "shape":
            return resolved(fact, self.sizes)
        return self.sizes[fact] if key in ("size", "start") and isinstance(fact, str) else fact


# -- what must be a step of its own ----------------------------------------------------------------


def _separated(program: Sequence[Step]) -> Program:
    """Sums stay where the cell itself is computed; elsewhere they become steps of their own.

    So does arithmetic under an op that reads its cells many times.
    """
    taken = {*Program(tuple(program)).given, *(step.name for step in program)}
    steps: list[Step] = []

    def visit(expr: Expr, step: Step, alone: Callable[[Expr], bool]) -> Expr:
        if not expr.args or is_spread_number(expr):
            return expr
        if alone(expr):
            new = replace(step, name=fresh(step.name, taken), why=expr.op.reason)
            steps.append(replace(new, expr=visit_args(expr, new, _nothing)))
            return steps[-1].ref
        return visit_args(expr, step, alone)

    def visit_args(expr: Expr, step: Step, alone: Callable[[Expr], bool]) -> Expr:
        if expr.op.name in COPYING:
            alone = _arithmetic
        elif not expr.op.elementwise and alone is _nothing:
            alone = _is_sum
        return replace(expr, args=tuple(visit(arg, step, alone) for arg in expr.args))

    for step in program:
        expr = visit_args(step.expr, step, _nothing) if step.expr.args else step.expr
        steps.append(replace(step, expr=expr))
    return Program(tuple(steps))


def _nothing(expr: Expr) -> bool:
    return False


def _is_sum(expr: Expr) -> bool:
    return bool(inner(expr))


def _arithmetic(expr: Expr) -> bool:
    return expr.op.elementwise or _is_sum(expr)


# -- cells -----------------------------------------------------------------------------------------


def _totalled(expr: Expr, cells: dict[str, str], lines: list[str]) -> Expr:
    """The expression with each sum in it read from a variable, which `lines` compute before."""
    if not _arithmetic(expr):
        return expr
    if not inner(expr):
        return replace(expr, args=tuple(_totalled(arg, cells, lines) for arg in expr.args))
    base, start, add = TOTALS.get(expr.op.name, TOTAL)
    count = sum(line.startswith("REAL ") for line in lines)
    word = f"{base}_{count + 1}" if count else base
    lines.append(f"REAL {word} = {start};")
    lines += nested(inner(expr), [add.format(word, _spelled(expr, cells))])
    read = fresh(word, set(cells))
    cells[read] = word
    return name(read)


def _spelled(expr: Expr, cells: Mapping[str, str]) -> str:
    return spell(_renamed(expr, cells), NOTATION)


def _renamed(expr: Expr, cells: Mapping[str, str]) -> Expr:
    """The expression with each name written as its cell."""
    if expr.op == NAME:
        return Expr(NAME, (), expr.shape, (("name", cells[expr["name"]]),))
    return replace(expr, args=tuple(_renamed(arg, cells) for arg in expr.args))
