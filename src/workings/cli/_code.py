"""What runs as machine code: a program's loops, to be read, or LLVM's text of them.

of_trace(trace, step, llvm=False)        for matrices of the sizes that are in a trace
of_model(path, None, step, llvm=False)   for one row of the table that a model reads
"""

from __future__ import annotations

from textwrap import wrap

import numpy as np

from workings import engines
from workings.conventions import convention
from workings.language import Program
from workings.trace import Array, Trace, Values

WIDTH = 100


def of_trace(trace: Trace, step: str | None, *, llvm: bool) -> list[str]:
    """Lines for what a trace shows; with `step`, for what leads to it alone."""
    values = {word: trace[word] for word in trace.program.given}
    return _lines(trace.program, values, step, llvm=llvm)


def of_model(path: str, written: str | None, step: str | None, *, llvm: bool) -> list[str]:
    """Lines for the prediction of one row by the model in a file, under a convention."""
    from workings.models import load

    model = load(path)
    if written:
        model = model.under(convention(written, model.network.convention))
    program, row = model.program, dict[str, Array]()
    for word, columns in (
        ("numbers", model.preparation.numbers),
        ("categories", model.preparation.categories),
    ):
        if columns:
            row[word] = np.zeros((1, len(columns)))
    values = model.all_values(row)
    return _lines(program, {word: values[word] for word in program.given}, step, llvm=llvm)


def _lines(program: Program, values: Values, step: str | None, *, llvm: bool) -> list[str]:
    engines.check("compiled")
    from workings.engines.compiled import ENGINE

    keep = [step] if step else _kept(program)
    needed = program.only(*keep)
    given = {word: values[word] for word in needed.given}
    code = ENGINE.loops(needed, given, keep, llvm=llvm)
    if llvm:
        return code.splitlines()
    sizes = ", ".join(f"{word} {' x '.join(map(str, x.shape)) or 1}" for word, x in given.items())
    said = f"What runs as machine code to find {', '.join(keep)}; given {sizes}."
    return [
        *wrap(said, WIDTH), "Values in a register are used at once and are never stored.", "",
        *code.splitlines(),
    ]  # fmt: skip


def _kept(program: Program) -> list[str]:
    """What is handed out: of an iteration its loss and updates, of a prediction its answer."""
    if program.updates:
        return ["loss", *program.updates.values()]
    return ["answer"] if "answer" in program.names else program.names
