"""What shows itself, wherever it stands: a notebook asks it, and it asks the front door's `show`.

    class Program(ShowsItself): ...       a page in a notebook, laid out by rooms far above

This is the one file that asks the front door, and only when something is to be shown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from textwrap import shorten
from typing import Any

WIDTH = 96


class ShowsItself:
    """Mixed into what a notebook shows as `workings.show` does."""

    def _repr_html_(self) -> str:
        front_door: Any = sys.modules[__package__]
        return str(front_door.show(self)._repr_html_())


class Brief:
    """Mixed into a dataclass that is written as it would be made: what is as usual is left out."""

    def __repr__(self) -> str:
        held: Any = self
        said = [
            f"{one.name}={getattr(self, one.name)!r}" for one in fields(held)
            if one.default is MISSING or getattr(self, one.name) != one.default
        ]  # fmt: skip
        return f"{type(self).__name__}({', '.join(said)})"


def few(head: str, lists: Mapping[str, Iterable[str]]) -> str:
    """A thing in a few lines at a prompt: what it is, and lists of names that are cut where long.

    >>> print(few("Program: 2 steps", {"given": ["x"], "steps": ["double", "back"]}))
    <Program: 2 steps
      given  x
      steps  double, back>
    """
    wide = max(map(len, lists), default=0)
    rows = [f"  {word:<{wide}}  {shorten(', '.join(names), WIDTH - wide, placeholder=' …')}"
            for word, names in lists.items()]  # fmt: skip
    return "\n".join([f"<{head}", *rows]) + ">"
