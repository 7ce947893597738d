"""Predictions: one program for few rows or many, by whichever engine pays for so many.

    run = ByRows(program, "answer", at_once=20_000)
    run(constants, {"X": rows})            the value of `answer` for each row
    run(constants, {"X": rows}, labels)    what `labels` makes of the values, some rows at a time

Rows are done some at a time, so that what is held beside them and the result is bounded. They may
be made as they are asked for (`_rows`), and may be sparse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from workings.engines import _work, auto, engine
from workings.engines.numpy import ENGINE as REFERENCE
from workings.errors import NotSupported
from workings.language import Program
from workings.language.shapes import bound
from workings.trace import Array, Values

MANY = 4096  # rows; fewer are done before LLVM is loaded, but by very wide networks

Reading = Callable[[Array], Array]


class ByRows:
    """A program whose value `word` has its samples in rows; `at_once` rows at most for NumPy."""

    def __init__(self, program: Program, word: str, at_once: int) -> None:
        self.program, self.word, self.at_once = program, word, at_once
        self.reference = REFERENCE.prepare(program, [word])
        self.compiled: Any = None
        self.refused = False

    def __call__(
        self, constants: Values, rows: Mapping[str, Any], read: Reading | None = None
    ) -> Array:
        """The value for each row; `rows` are matrices with samples in rows, sparse ones too.

        With `read`, a function from some rows' values to as many rows of something else: that.
        """
        count = next(iter(rows.values())).shape[0]
        if count > MANY and self.pays(constants, rows):
            try:
                return self._by_machine_code({**constants, **rows}, read)
            except NotSupported:  # what only shows when sizes are known
                self.refused = True
        if count <= self.at_once:
            return self._piece(constants, rows, slice(0, count), read)
        found: Array | None = None
        for first in range(0, count, self.at_once):
            some = slice(first, min(first + self.at_once, count))
            piece = self._piece(constants, rows, some, read)
            if found is None:
                found = np.empty((count, *piece.shape[1:]), piece.dtype)
            found[some] = piece
        assert found is not None  # noqa: S101 - there are more rows than none
        return found

    def pays(self, constants: Values, rows: Mapping[str, Any]) -> bool:
        """Whether so many rows are done by machine code; it depends on the sizes alone."""
        count = next(iter(rows.values())).shape[0]
        sparse = any(hasattr(x, "toarray") for x in rows.values())
        if count <= MANY or sparse or self.refused:
            return False
        shapes = {word: np.shape(x) for word, x in {**constants, **rows}.items()}
        work = _work.seconds(self.reference, bound(self.program.given, shapes))
        return work >= auto.RUN_PAYS and not auto.why_not(self.program)

    def _by_machine_code(self, values: dict[str, Any], read: Reading | None) -> Array:
        if self.compiled is None:
            self.compiled = engine("compiled").prepare(self.program, [self.word])
        found: Array = self.compiled.read(values, read)
        return found

    def _piece(
        self, constants: Values, rows: Mapping[str, Any], some: slice, read: Reading | None
    ) -> Array:
        """Some rows by NumPy."""
        given = dict(constants)
        for word, x in rows.items():
            part = x[some]
            given[word] = part.toarray() if hasattr(part, "toarray") else part
        found = self.reference(given)[self.word]
        return found if read is None else read(found)
