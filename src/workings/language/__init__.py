"""The language of steps: what a computation is, without saying how it is run or shown.

    algebra     Op, Expr, and the closed table of primitive ops
    defined     ops defined by a formula in those
    shapes      the shape rules
    program     Step, Stage, Program
    backprop    a program -> a longer program that also computes gradients
    rewrite     tidy, name what is used twice, flatten
    json_form   the published form of programs

It stands on the standard library alone and knows no NumPy, no files and no text formats.
"""

from workings.language.algebra import (
    Expr,
    Op,
    greatest,
    join,
    name,
    number,
    part,
    size_of,
    spread,
    sum_of,
    take,
)  # fmt: skip
from workings.language.backprop import backprop
from workings.language.defined import mean_of
from workings.language.program import Program, Stage, Step, chain
from workings.language.shapes import Shape, Size, spelled

__all__ = [
    "Expr",
    "Op",
    "Program",
    "Shape",
    "Size",
    "Stage",
    "Step",
    "backprop",
    "chain",
    "greatest",
    "join",
    "mean_of",
    "name",
    "number",
    "part",
    "size_of",
    "spelled",
    "spread",
    "sum_of",
    "take",
]  # fmt: skip
