"""How a program is run: one file per engine, found by its name.

    engine("numpy")                        the reference
    engine.prepare(program, keep)          program -> function from values to values
    engine.run(program, values)            the value of every name
    engine.trace(program, values)          the same with the program beside it
    engine.loop(program, keep)             many iterations in one call
    check("numpy")                         whether there is such an engine, and it can be had

Values are arrays whose shapes fit what the program declares; named sizes are found from them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Protocol, cast

from workings import lookup
from workings.batches import Loop
from workings.errors import NotSupported, UnknownName
from workings.language import Program
from workings.trace import Array, Trace, Values

Prepared = Callable[[Values], dict[str, Array]]
NEEDS = {"compiled": "llvmlite"}  # what an engine cannot do without


class Engine(Protocol):
    """Something that runs programs."""

    name: str

    def prepare(self, program: Program, keep: Iterable[str] | None = None) -> Prepared:
        """A function from given values to those of the names in `keep` (all, if None)."""

    def run(self, program: Program, values: Values) -> dict[str, Array]:
        """The value of every name, given or computed."""

    def trace(
        self, program: Program, values: Values, labels: Mapping[str, Sequence[str]] | None = None
    ) -> Trace:
        """The program with the value of every name."""

    def loop(self, program: Program, keep: Iterable[str] = (), *, loss: str = "loss") -> Loop:
        """Many iterations in one call; of `keep`, the values of the last one are handed back."""


@cache
def engine(word: str = "numpy") -> Engine:
    """The engine called `word`; raises `UnknownName` with a suggestion."""
    return cast("Engine", lookup.module(sys.modules[__name__], word).ENGINE)


def check(word: str) -> None:
    """Raises `UnknownName` for what is no engine, `NotSupported` for one that cannot be had."""
    known = lookup.modules(sys.modules[__name__])
    if word not in known:
        raise UnknownName("engine", word, known)
    if lacking(word):
        raise NotSupported(
            f"cannot run with the engine {word}: {lacking(word)}", hint='Choose engine="numpy".'
        )


def lacking(word: str) -> str:
    """What an engine cannot do without and is not there; "" if nothing is."""
    needed = NEEDS.get(word)
    return f"{needed} is not installed" if needed and find_spec(needed) is None else ""
