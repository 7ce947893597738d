"""A trace: a program together with the value of every name.

trace = engine.trace(program, values)
trace["wh"]                    a value, given or computed
trace.first_not_finite()       where infinity or not-a-number came from
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.errors import UnknownName
from workings.language import Program, Shape
from workings.shows import ShowsItself, few

Array = NDArray[np.floating[Any]]
Values = Mapping[str, Array]


@dataclass(frozen=True, repr=False)
class Trace(ShowsItself):
    """A program with the value of every name, given or computed.

    `labels` says what the places along a named size are called: `{"inputs": ["age", "height"]}`.
    Where it says nothing, they are counted.
    """

    program: Program
    values: Values
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __getitem__(self, word: str) -> Array:
        if word not in self.values:
            raise UnknownName("value", word, self.values)
        return self.values[word]

    def __repr__(self) -> str:
        given, steps = (
            [f"{word} {self._brief(word)}" for word in words if word in self.values]
            for words in (self.program.given, self.program.names)
        )
        loss = f"; loss {self._brief('loss')}" if "loss" in self.values else ""
        head = f"Trace: {len(self.program)} steps with their values{loss}"
        return few(head, {"given": given, "steps": steps})

    def _brief(self, word: str) -> str:
        """A single number as it is, of a matrix how large it is."""
        value = np.asarray(self.values[word])
        sizes = " x ".join(map(str, value.shape))
        return f"({sizes})" if value.ndim else f"{value.item():.6g}"

    def shape(self, word: str) -> Shape:
        """The shape of a value as the program declares it, with the names of its sizes."""
        given = self.program.given
        return given[word] if word in given else self.program[word].shape

    def names_along(self, word: str, axis: int) -> list[str]:
        """What the places along an axis of `word` are called, one by one."""
        size, length = self.shape(word)[axis], np.shape(self[word])[axis]
        given = self.labels.get(str(size), ())
        if len(given) == length:
            return list(given)
        letter = INITIALS.get(str(size).rstrip("_0123456789"), "")
        return [f"{letter}{place}" for place in range(1, length + 1)]

    def first_not_finite(self) -> tuple[str, tuple[int, ...]] | None:
        """The first step with a cell that is not finite, and which cell (from 0); or None."""
        for step in self.program:
            bad = np.argwhere(~np.isfinite(np.asarray(self[step.name])))
            if len(bad):
                return step.name, tuple(int(place) for place in bad[0])
        return None


INITIALS = {"inputs": "x", "hidden": "h", "outputs": "o"}
