"""How expressions are spelled: one table per notation, one file each, found by its name.

    notation("plain")             the notation of `plain.py`
    spell(expr, notation)         an expression in it, with just the parentheses it needs
    missing_ops(notation)         primitive ops that a table has no row for

A notation is a table: op name -> (how tightly it binds, pattern). In `(4, "{0:4} * {1:5}")` the
result binds with 4; `{0:4}` writes the first argument, in parentheses if it binds looser than 4;
`{0}` never needs any. Patterns may use the facts of the op by name (`{axis}`) and `{shape}`.
What a pattern cannot say, a function says: `(expr, *args) -> text`, its arguments spelled already.

Precedence belongs to the notation: `(A * B) @ C` needs no parentheses in Python, but in R the
same text means `A * (B %*% C)`. So nothing here knows any order of operations.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from workings import lookup
from workings.errors import NotSupported
from workings.language import Expr, algebra
from workings.language.algebra import NAME, NUMBER, SPREAD, Op

TIGHT = 1000  # how tightly a name, or anything in brackets of its own, binds


class Text(str):
    """Spelled text that knows how tightly it binds: `f"{text:5}"` asks for at least 5.

    >>> f"{Text('a + b', 3)} and {Text('a + b', 3):4}"
    'a + b and (a + b)'
    """

    binds: int

    def __new__(cls, text: str, binds: int = TIGHT) -> Text:
        """`text`, binding with `binds`."""
        self = super().__new__(cls, text)
        self.binds = binds
        return self

    def __format__(self, need: str) -> str:
        """The text, in parentheses if it binds looser than `need`."""
        return str(self) if self.binds >= int(need or 0) else f"({self})"


Pattern = str | Callable[..., str]
Row = tuple[int, Pattern]


def _as_written(word: str) -> str:
    return word


def _never(spread: Expr) -> bool:
    return False


@dataclass(frozen=True)
class Notation:
    """How expressions are spelled in one language.

    `table` has a row per op. `number` and `word` write a number and a name; a number that begins
    with a minus binds as the row `neg` does. `spreads` says which spreads the language does by
    itself, so that they stay unwritten among the arguments of an elementwise op. Defined ops
    without a row are written by the row `others`; where that is None, by their formula.
    """

    name: str
    table: Mapping[str, Row]
    number: Callable[[float], str] = repr
    word: Callable[[str], str] = _as_written
    spreads: Callable[[Expr], bool] = _never
    others: Row | None = None


def notation(word: str = "plain") -> Notation:
    """The notation called `word`; raises `UnknownName` with a suggestion."""
    return cast("Notation", lookup.module(sys.modules[__name__], word).NOTATION)


def spell(expr: Expr, notation: Notation) -> Text:
    """`expr` in `notation`, with just the parentheses it needs.

    Raises `NotSupported` where neither the table nor a formula says how an op is written.

    >>> from workings.language import name
    >>> from workings.notations.plain import NOTATION
    >>> a, b = name("a", "n", 2), name("b", "n", 2)
    >>> print(spell((a + b) * 2.0 - a / b, NOTATION))
    (a + b) * 2 - a / b
    """
    if expr.op == NAME:
        return Text(notation.word(expr["name"]))
    if expr.op == NUMBER:
        return _number(expr["value"], notation)
    row = notation.table.get(expr.op.name)
    if row is None and expr.op.formula is not None:
        if notation.others is None:
            return spell(expr.op.formula(*expr.args, **dict(expr.facts)), notation)
        row = notation.others
    if row is None:
        raise NotSupported(
            f"cannot spell the op {expr.op.name!r}: the notation {notation.name} has no row for it",
            op=expr.op.name, notation=notation.name,
        )  # fmt: skip
    args = [spell(_written(arg, expr.op, notation), notation) for arg in expr.args]
    return _filled(row, expr, args)


def missing_ops(notation: Notation) -> list[str]:
    """The primitive ops that the notation's table has no row for.

    >>> missing_ops(notation("plain"))
    []
    """
    primitive = [op.name for op in lookup.rows(algebra, Op).values() if op not in (NAME, NUMBER)]
    return [word for word in primitive if word not in notation.table]


def _number(value: float, notation: Notation) -> Text:
    text = notation.number(value)
    if isinstance(text, Text):
        return text
    return Text(text, notation.table["neg"][0] if text.startswith("-") else TIGHT)


def _written(arg: Expr, op: Op, notation: Notation) -> Expr:
    silent = op.elementwise and arg.op == SPREAD and notation.spreads(arg)
    return arg.args[0] if silent else arg


def _filled(row: Row, expr: Expr, args: list[Text]) -> Text:
    binds, pattern = row
    if callable(pattern):
        text = pattern(expr, *args)
        return text if isinstance(text, Text) else Text(text, binds)
    return Text(pattern.format(*args, **{"shape": expr.shape, **dict(expr.facts)}), binds)
