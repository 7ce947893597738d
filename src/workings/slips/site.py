"""`Site`: a step where a slip may be made, with what a slip must know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workings.language import Expr, Program, Step, name
from workings.slips.anatomy import Anatomy


@dataclass(frozen=True)
class Site:
    """A step where a slip may be made: as the program has it, and with all sizes as numbers."""

    program: Program
    anatomy: Anatomy
    step: Step
    expr: Expr
    sizes: Mapping[str, int]

    def ref(self, word: str) -> Expr:
        """The matrix `word` with numbers for its sizes."""
        shape = self.program.ref(word).shape
        return name(word, *(self.sizes.get(s, s) if isinstance(s, str) else s for s in shape))
