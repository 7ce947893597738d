"""How many rows machine code does at a time, where each can be done without the others.

is_wide(program, sizes)              whether its matrices are large
rows_at_once(program, sizes, each)   so many rows; a number takes `each` bytes
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from workings.language import Program
from workings.language.shapes import resolved

SAMPLES = "n"  # the size that counts rows
WIDE = 4096  # numbers in a matrix
PIECE = 4096  # rows at most
LEAST = 16  # rows: the lanes of the widest register
NEAR = 2**19  # bytes of all that some rows become: half of a second cache


def is_wide(program: Program, sizes: Mapping[str, int]) -> bool:
    """Whether matrices are so large that a row alone should have lanes along its features."""
    shapes = program.given.values()
    return any(prod(resolved(shape, sizes)) > WIDE for shape in shapes if SAMPLES not in shape)


def rows_at_once(program: Program, sizes: Mapping[str, int], each: int) -> int:
    """As many rows as stay near the processor; the most of large matrices, which fetch more.

    >>> from workings.language import Step, name
    >>> program = Program((Step("z", name("X", "n", 60) @ name("w", 60, 4)),))
    >>> rows_at_once(program, {"n": 10**6}, each=8), rows_at_once(program, {"n": 5000}, each=1)
    (1024, 4096)
    """
    if is_wide(program, sizes):
        return PIECE
    shapes = [*program.given.values(), *(step.expr.shape for step in program)]
    one = {**sizes, SAMPLES: 1}
    numbers = sum(prod(resolved(shape, one)) for shape in shapes if SAMPLES in shape)
    return min(PIECE, max(NEAR // (numbers * each), LEAST))
