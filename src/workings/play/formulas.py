"""A formula in each notation that can write it.

formula_of(expr)        {"plain": .., "mathml": .., "latex": .., "numpy": .., "r": .., "excel": ..}
"""

from __future__ import annotations

from functools import cache

from workings.errors import NotSupported
from workings.language import Expr
from workings.notations import mathml, notation, spell

NOTATIONS = ("plain", "mathml", "latex", "numpy", "r", "excel")


def formula_of(expr: Expr, words: tuple[str, ...] = NOTATIONS) -> dict[str, str]:
    """A formula in each notation that can write it."""
    return {word: said for word in words if (said := _spelled(expr, word))}


@cache
def _spelled(expr: Expr, word: str) -> str:
    try:
        said = str(spell(expr, notation(word)))
    except NotSupported:
        return ""
    return mathml.page(said) if word == "mathml" else said
