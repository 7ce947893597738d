"""Predictions: one program for few rows or many, by whichever engine pays for so many.

    run = ByRows(program, "answer", at_once=20_000)
    run(constants, {"X": rows})      the value of `answer` for each row

NumPy does some rows at a time, so that the memory is bounded; machine code bounds it by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workings.engines import Prepared, _work, auto, engine
from workings.engines.numpy import ENGINE as REFERENCE
from workings.errors import NotSupported
from workings.language import Program
from workings.language.shapes import bound
from workings.trace import Array, Values

MANY = 4096  # rows; for fewer, machine code has never been faster by more than it costs to make


class ByRows:
    """A program whose value `word` has its samples in rows; `at_once` rows at most for NumPy."""

    def __init__(self, program: Program, word: str, at_once: int) -> None:
        self.program, self.word, self.at_once = program, word, at_once
        self.reference = REFERENCE.prepare(program, [word])
        self.compiled: Prepared | None = None

    def __call__(self, constants: Values, rows: Mapping[str, Any]) -> Array:
        """The value for each row; `rows` are matrices with samples in rows, sparse ones too."""
        count = next(iter(rows.values())).shape[0]
        if self.pays(constants, rows):
            try:
                return self._compiled({**constants, **rows})
            except NotSupported:  # what only shows when sizes are known
                self.compiled = self.reference
        pieces = [
            self.reference({**constants, **_dense(rows, first, first + self.at_once)})[self.word]
            for first in range(0, max(1, count), self.at_once)
        ]
        return np.concatenate(pieces) if len(pieces) > 1 else pieces[0]

    def pays(self, constants: Values, rows: Mapping[str, Any]) -> bool:
        """Whether so many rows are done by machine code; it depends on the sizes alone."""
        count = next(iter(rows.values())).shape[0]
        sparse = any(hasattr(x, "toarray") for x in rows.values())
        if count <= MANY or sparse or self.compiled is self.reference:
            return False
        shapes = {word: np.shape(x) for word, x in {**constants, **rows}.items()}
        work = _work.seconds(self.reference, bound(self.program.given, shapes))
        return work >= auto.RUN_PAYS and not auto.why_not(self.program)

    def _compiled(self, values: Values) -> Array:
        if self.compiled is None:
            self.compiled = engine("compiled").prepare(self.program, [self.word])
        return self.compiled(values)[self.word]


def _dense(rows: Mapping[str, Any], first: int, last: int) -> dict[str, Array]:
    """Some rows of each matrix."""
    some = {word: x[first:last] for word, x in rows.items()}
    return {word: x.toarray() if hasattr(x, "toarray") else x for word, x in some.items()}
