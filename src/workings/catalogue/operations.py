"""Ops: what each cell of the result is, what fits, and what the arguments are owed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workings.catalogue.entries import Entry, Said
from workings.catalogue.spelling import code, equation
from workings.language import Expr, Op, Shape, name, spelled
from workings.language import defined as defined_ops
from workings.language.json_form import PRIMITIVES
from workings.lookup import rows

GRID: Shape = ("n", "m")
# each op on arguments that show what it does: their shapes, and the facts it needs besides; an op
# that is not here works cell by cell, or along the columns
SHOWN: Mapping[str, tuple[tuple[Shape, ...], Mapping[str, Any]]] = {
    "matmul": ((("n", "k"), ("k", "m")), {}),
    "transpose": ((GRID,), {"axes": (1, 0)}),
    "spread": (((1, "m"),), {"shape": GRID}),
    "reshape": (((2, 6),), {"shape": (3, 4)}),
    "size": ((GRID,), {"axis": 0}),
    "join": ((("n", 2), ("n", 3)), {"axis": 1, "size": None}),
    "part": ((("n", 5),), {"axis": 1, "start": 1, "size": 2}),
    "pad": ((("n", 2),), {"axis": 1, "start": 1, "size": 5}),
    "take": ((GRID, ("k",)), {"axis": 0}),
    "put": ((("k", "m"), ("k",)), {"axis": 0, "size": "n"}),
}
LETTERS = "abc"


def of_ops() -> Iterator[Entry]:
    """Every op of the language: the primitive ones, and those that are defined by them."""
    for op in PRIMITIVES.values():
        yield _entry(op)
    for op in rows(defined_ops, Op).values():
        if op.formula is not None:
            yield _entry(op)


def example(op: Op) -> Expr:
    """The op on named arguments that fit it."""
    count = len(op.owed) or op.index.count("{1}") + op.index.count("{2}") + 1
    plain: dict[str, Any] = {} if op.elementwise else {"axis": 1}
    given, facts = SHOWN.get(op.name, ((GRID,) * count, plain))
    return op(*(name(LETTERS[place], *shape) for place, shape in enumerate(given)), **facts)


def _entry(op: Op) -> Entry:
    shown = example(op)
    facts: list[tuple[str, Said]] = [
        ("kind", "primitive" if op.formula is None else "defined by a formula"),
        ("formula" if op.formula is None else "written", equation("y", shown)),
    ]
    if op.formula is not None:
        facts.append(("formula", equation("y", op.formula(*shown.args, **dict(shown.facts)))))
    facts += [
        ("each cell", code(op.index.format(*LETTERS, z="y"))),
        ("shapes", _shapes(shown)),
        ("what it does", op.reason),
        *_owed(op, shown),
    ]
    return Entry(op.name, facts)


def _shapes(shown: Expr) -> str:
    given = " and ".join(spelled(arg.shape) for arg in shown.args)
    needs = ", ".join(f"{word} {_fact(value)}" for word, value in shown.facts if value is not None)
    return f"{given} give {spelled(shown.shape)}" + (f", with {needs}" if needs else "")


def _fact(value: Any) -> str:
    return spelled(value) if isinstance(value, tuple) and value != (1, 0) else str(value)


def _owed(op: Op, shown: Expr) -> Iterator[tuple[str, Said]]:
    """What each argument is owed when the result is owed g: as a formula, and why."""
    g, y = name("g", *shown.shape), name("y", *shown.shape)
    parts: tuple[Expr | None, ...] = ()
    if op.back is not None:
        parts = op.back(g, y, *shown.args, **dict(shown.facts))
    elif op.slopes:
        parts = tuple(slope and g * slope(y, *shown.args) for slope in op.slopes)
    reasons = [*op.owed, *[""] * len(shown.args)]
    for place, part in enumerate(parts):
        label = f"{LETTERS[place]} is owed"
        if part is None:
            yield label, "nothing: what it computes does not change by a nudge"
            continue
        yield label, equation(f"d_{LETTERS[place]}", part)
        if reasons[place]:
            yield "because", reasons[place]
