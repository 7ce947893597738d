"""A step in index form: how each of its cells comes about from others.

    indexed(step)      'z[r,c] = sum_k X[r,k] * wh[k,c] + bh[1,c]'

`r` and `c` are the row and the column of the cell, `k` runs over what is added up, a colon stands
for all along an axis. An axis of size 1 has only the place 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workings.language import Expr, Step, name
from workings.language.algebra import MATMUL, NAME, NUMBER, PART, SIZE, SPREAD, SUM, TRANSPOSE
from workings.notations import notation, spell

PLAIN = notation("plain")


def indexed(step: Step) -> str:
    """A step in index form.

    >>> from workings.systems import system
    >>> program = system("article").trace().program
    >>> print(indexed(program["slope_output_layer"]))
    slope_output_layer[r,c] = output[r,c] * (1 - output[r,c])
    >>> print(indexed(program["d_bout"]))
    d_bout[1,c] = sum_k d_output[k,c]
    """
    letters = ["1" if size == 1 else x for x, size in zip("rc", step.shape, strict=False)]
    return f"{_address(step.name, letters)} = {_said(step.expr, letters, iter('klmnpq'))}"


def _said(expr: Expr, letters: Sequence[str], fresh: Iterator[str]) -> str:
    return str(spell(_cell(expr, letters, fresh), PLAIN))


def _cell(expr: Expr, letters: Sequence[str], fresh: Iterator[str]) -> Expr:
    """One cell as an expression of single cells, whose names say their places."""
    if expr.op == NAME:
        return name(_address(expr["name"], letters))
    if expr.op == NUMBER:
        return expr
    if expr.op == SPREAD:
        inner = expr.args[0]
        return _cell(inner, ["1" if size == 1 else x for x, size in
                             zip(letters, inner.shape, strict=False)], fresh)  # fmt: skip
    if expr.op.elementwise:
        return expr.op(*(_cell(arg, letters if arg.shape else [], fresh) for arg in expr.args))
    if expr.op == SIZE:
        return name(str(expr.args[0].shape[expr["axis"]]))
    if expr.op == PART and expr["start"] == 0:
        return _cell(expr.args[0], letters, fresh)
    if expr.op == TRANSPOSE and len(letters) == 2:
        return _cell(expr.args[0], [letters[axis] for axis in expr["axes"]], fresh)
    if expr.op == MATMUL:
        return _product(expr, letters, fresh)
    if expr.op == SUM:
        return _total(expr, letters, fresh)
    return name(_other(expr, letters, fresh))


def _product(expr: Expr, letters: Sequence[str], fresh: Iterator[str]) -> Expr:
    a, b = expr.args
    k = "1" if a.shape[-1] == 1 else next(fresh, "k")
    first, second = _cell(a, [letters[0], k], fresh), _cell(b, [k, letters[1]], fresh)
    said = str(spell(first * second, PLAIN))
    return name(said if k == "1" else f"sum_{k} {said}")


def _total(expr: Expr, letters: Sequence[str], fresh: Iterator[str]) -> Expr:
    shape, axis = expr.args[0].shape, expr["axis"]
    if axis is None:
        inside = list("rc"[: len(shape)])
        return name(f"sum {_said(expr.args[0], inside, fresh)}")
    k = next(fresh, "k")
    inside = [k if place == axis else x for place, x in enumerate(letters)]
    return name(f"sum_{k} {_said(expr.args[0], inside, fresh)}")


def _other(expr: Expr, letters: Sequence[str], fresh: Iterator[str]) -> str:
    """An op that looks at more than one cell: by its name, or by its own index form."""
    axis = dict(expr.facts).get("axis")
    if expr.op.formula is not None and isinstance(axis, int) and len(letters) == 2:
        along = [":" if place == axis else x for place, x in enumerate(letters)]
        args = ", ".join(_said(arg, along if arg.shape else [], fresh) for arg in expr.args)
        return f"{expr.op.name}({args})" + (f"[{letters[axis]}]" if expr.shape[axis] != 1 else "")
    known = dict(zip(("r", "c"), letters, strict=False))

    def argument(found: re.Match[str]) -> str:
        places = [known.get(letter, letter) for letter in found.group(2).split(",")]
        arg = expr.args[int(found.group(1))]
        return _said(arg, places if arg.shape else [], fresh)

    form = expr.op.index.partition(" = ")[2]
    form = re.sub(r"\{(\d)\}\[([\w,:]+)\]", argument, form)
    return form.format(*(str(spell(arg, PLAIN)) for arg in expr.args), z="")


def _address(word: str, letters: Sequence[str]) -> str:
    return f"{word}[{','.join(letters)}]" if letters else word
