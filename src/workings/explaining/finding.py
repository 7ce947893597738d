"""Why is this number what it is? One cell of a trace, explained.

    explain(trace, "hidden_layer_input[2,1]")      -> Explanation; print it

Everything follows from the program: which cells it was made of and how much each brought, what
reads it, what the loss owes it, and whether a nudge agrees. A new activation is explained as soon
as it is a row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np

from workings.engines import engine
from workings.errors import ProgramError, ShapeError, UnknownName
from workings.explaining.cells import Reader, address, located
from workings.explaining.explanation import Explanation, Nudge, Term
from workings.explaining.indexing import indexed
from workings.explaining.nudging import nudge
from workings.files import clean
from workings.language import Expr, Program, Step, backprop
from workings.language.algebra import NAME, NUMBER, SPREAD
from workings.language.shapes import bound
from workings.language.walk import leaves
from workings.notations import notation, spell
from workings.trace import Array, Trace
from workings.views.sheet import ACTIVE, SOURCE, Sheet, marked

MOST_TERMS = 12


def explain(
    trace: Trace, cell: str, *, digits: int = 4, most: int = MOST_TERMS, in_order: bool = False
) -> Explanation:
    """Why a cell of a trace is what it is.

    `cell` is written as in the working: `wh[1,3]`, counted from 1, or with the labels of its row
    and column: `wh[x1,h3]`. Of many terms the `most` largest are listed, the largest first, or
    with `in_order` as they are added up. Raises `UnknownName` for a name that is not there and
    `ShapeError` for a place outside the matrix.

    >>> from workings.systems import system
    >>> found = explain(system("article").trace(), "hidden_layer_input[2,1]")
    >>> found.shown, [term.text for term in found.terms][:2]
    ('2.4000', ['X[2,4] * wh[4,1]', 'X[2,3] * wh[3,1]'])
    """
    word, place = placed(trace, cell)
    reader = reader_of(trace)
    made, why, formula = [], "It is given.", ""
    reasons: tuple[str, ...] = ()
    index_form = ""
    if word in trace.program.names:
        step = trace.program[word]
        made = [_term(trace, one, digits) for one in reader.terms(step.expr, place)]
        why, formula = step.why, f"{word} = {_spelled(step.expr)}"
        reasons = _reasons(step.expr)
        index_form = indexed(step)
    kept, rest = _largest(made, most, in_order=in_order)
    owed, owed_as, path, nudge = _owed(trace, word, place, digits)
    return Explanation(
        cell=address(word, place), where=_where(trace, word, place),
        value=float(trace[word][place]), digits=digits, formula=formula, index_form=index_form,
        terms=tuple(kept), left_out=len(rest), rest=math.fsum(term.value for term in rest),
        why=why, reasons=reasons,
        sources=tuple(dict.fromkeys(one for term in made for one in term.cells)),
        feeds=_feeds(trace, word), owed=owed, owed_as=owed_as,
        path=tuple(path[:MOST_TERMS]), path_left_out=len(path[MOST_TERMS:]),
        path_rest=math.fsum(term.value for term in path[MOST_TERMS:]), nudge=nudge,
    )  # fmt: skip


def picture(trace: Trace, found: Explanation) -> Sheet:
    """The cell among its neighbours, and the cells it was made of among theirs, marked."""
    marks: dict[str, dict[tuple[int, ...], str]] = {}
    for cell in found.sources:
        word, place = located(cell)
        marks.setdefault(word, {})[place] = SOURCE
    word, place = located(found.cell)
    marks.setdefault(word, {})[place] = ACTIVE
    return marked(trace, marks, digits=found.digits)


# -- where it is -----------------------------------------------------------------------------------


def placed(trace: Trace, cell: str) -> tuple[str, tuple[int, ...]]:
    """The name and the place (from 0) of a cell, however it was written."""
    found = re.fullmatch(r"\s*(\w+)\s*(?:\[(.*)\])?\s*", cell)
    if not found:
        known = [address(word, (0,) * np.ndim(value)) for word, value in trace.values.items()]
        raise UnknownName("cell", cell, known)
    word, inside = found.groups()
    shape = np.shape(trace[word])
    parts = [part.strip() for part in inside.split(",")] if inside else []
    if len(parts) != len(shape):
        raise ShapeError(
            f"cannot find {cell}: {word} has {len(shape)} axes and {len(parts)} places were named",
            hint=f"Write for instance {address(word, (0,) * len(shape))}.",
        )
    return word, tuple(_index(trace, word, axis, part) for axis, part in enumerate(parts))


def _index(trace: Trace, word: str, axis: int, part: str) -> int:
    length, labels = np.shape(trace[word])[axis], trace.names_along(word, axis)
    if part in labels and (not part.isdigit() or trace.shape(word)[axis] == "n"):
        return labels.index(part)  # samples are called by the number they are shown with
    if part.isdigit() and 1 <= int(part) <= length:
        return int(part) - 1
    raise ShapeError(
        f"cannot find place {part} along axis {axis + 1} of {word}: there are {length}",
        hint=f"Count from 1, or use a label: {clean(', '.join(labels[:8]))}.",
    )


def _where(trace: Trace, word: str, place: tuple[int, ...]) -> str:
    labels = [clean(trace.names_along(word, axis)[index]) for axis, index in enumerate(place)]
    sizes = [str(size) for size in trace.shape(word)]
    said = [
        f"sample {label}" if size == "n" else label
        for label, size in zip(labels, sizes, strict=True) if size != "1"
    ]  # fmt: skip
    return f"{word}, {', '.join(said)}" if said else word


def reader_of(trace: Trace) -> Reader:
    """What writes out the cells of a trace."""
    shapes = {word: np.shape(value) for word, value in trace.values.items()}
    declared = {word: trace.shape(word) for word in (*trace.program.given, *trace.program.names)}
    return Reader(bound(declared, shapes), trace.values)


# -- what it is made of ----------------------------------------------------------------------------


def _term(trace: Trace, expr: Expr, digits: int) -> Term:
    plain = notation("plain")
    cells = {leaf["name"]: _value(trace, leaf["name"]) for leaf in leaves(expr)}
    text = str(spell(expr, plain))
    pattern = "|".join(sorted(map(re.escape, cells), key=len, reverse=True)) or r"(?!)"
    numbers = re.sub(
        rf"(?<!\w)(?:{pattern})(?!\w)", lambda found: _signed(cells[found.group()], digits), text
    )
    return Term(text, numbers, _evaluated(expr, cells), tuple(cells))


def _largest(made: list[Term], most: int, *, in_order: bool) -> tuple[list[Term], list[Term]]:
    """The largest terms, and the rest of them."""
    by_size = sorted(range(len(made)), key=lambda place: -abs(made[place].value))
    kept = sorted(by_size[:most]) if in_order else by_size[:most]
    return [made[place] for place in kept], [made[place] for place in by_size[most:]]


def _value(trace: Trace, cell: str) -> float:
    word, place = located(cell)
    return float(trace[word][place])


def _evaluated(expr: Expr, cells: Mapping[str, float]) -> float:
    values = {cell: np.asarray(value) for cell, value in cells.items()}
    return float(engine().run(Program((Step("it", expr),)), values)["it"])


def _signed(value: float, digits: int) -> str:
    text = f"{value:z.{digits}f}"
    return f"({text})" if text.startswith("-") else text


def _spelled(expr: Expr) -> str:
    """A step in plain notation; an activation or a loss with its formula behind."""
    text = _short(expr)
    if expr.op.formula is None or not expr.op.elementwise:
        return text
    return f"{text} = {_short(expr.op.formula(*expr.args))}"


def _short(expr: Expr) -> str:
    return str(spell(expr, notation("plain")))


def _reasons(expr: Expr) -> tuple[str, ...]:
    """What each op in a step does and why, outermost first."""
    found: dict[str, None] = {}
    waiting = [expr]
    while waiting:
        one = waiting.pop(0)
        copied = one.op == SPREAD and one.args[0].op == NUMBER
        if one.args and not copied:
            found[one.op.reason] = None
            waiting.extend(one.args)
    return tuple(found)


def _feeds(trace: Trace, word: str) -> tuple[str, ...]:
    program = trace.program
    readers = [s.name for s in program if word in {leaf["name"] for leaf in leaves(s.expr)}]
    later = [f"{old} of the next iteration" for old, new in program.updates.items() if new == word]
    return (*readers, *later)


# -- what it is owed -------------------------------------------------------------------------------


def _owed(
    trace: Trace, word: str, place: tuple[int, ...], digits: int
) -> tuple[float | None, str, list[Term], Nudge | None]:
    """d loss / d a cell, the step of the working that holds it, its terms, and a nudge."""
    cut = _cut(trace.program, word)
    if cut is None:
        return None, "", [], None
    try:
        program = backprop(cut, "loss", [word])
    except ProgramError:
        return None, "", [], None
    given = {name: trace[name] for name in program.given}
    gradient = engine().run(program, given)[f"d_{word}"]
    owed_as, step = _same_as(trace, gradient, word)
    path: list[Term] = []
    if step is not None:
        path = [_term(trace, one, digits) for one in reader_of(trace).terms(step, place)]
        path = sorted(path, key=lambda term: -abs(term.value))
    nudge = _nudged(cut, given, (word, place), float(gradient[place]))
    return float(gradient[place]), owed_as, path, nudge


def _cut(program: Program, word: str) -> Program | None:
    """The way to the loss, with `word` given instead of computed."""
    if "loss" not in program.names or word == "loss":
        return None
    steps = tuple(step for step in program.only("loss") if step.name != word)
    cut = Program(steps).only("loss")
    return cut if word in cut.given else None


def _same_as(trace: Trace, gradient: Array, word: str) -> tuple[str, Expr | None]:
    """The step of the working that holds this gradient, perhaps with the sign turned.

    Where two steps hold the same numbers (all slopes are 1), what an activation reads is owed
    later than what it gives.
    """
    after_loss = trace.program.names[trace.program.names.index("loss") + 1 :]
    bent = any(
        step.expr.op.formula and [arg["name"] for arg in step.expr.args if arg.op == NAME] == [word]
        for step in trace.program
        if len(step.expr.args) == 1
    )
    for sign, said in ((1.0, ""), (-1.0, "-")):
        same = [
            (said + later, trace.program[later].expr)
            for later in after_loss
            if trace.shape(later) == trace.shape(word)
            and np.allclose(trace[later], sign * gradient, rtol=1e-9, atol=1e-300)
        ]
        if same:
            return same[-1] if bent else same[0]
    return "", None


def _nudged(
    cut: Program, given: Mapping[str, Array], where: tuple[str, tuple[int, ...]], slope: float
) -> Nudge:
    run = engine().prepare(cut, ["loss"])
    floats = {word: np.asarray(x, float) for word, x in given.items()}
    found = nudge(lambda values: float(run(values)["loss"]), floats, *where)
    if not all(map(math.isfinite, (slope, found.slope, found.here))):
        return Nudge(slope, found.slope, None, "a value on the way is not finite")
    if found.kink:
        return Nudge(slope, found.slope, None, "there is a kink or a tie here")
    apart = abs(found.slope - slope) / max(abs(slope), abs(found.here) * 1e-9, 1e-12)
    digits = 16 if apart == 0 else max(0, min(16, int(-math.log10(apart))))
    return Nudge(slope, found.slope, digits)
