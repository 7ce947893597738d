"""The marker: the first wrong step of a working, from its own numbers.

    marked = mark(working, assignment)
    marked.right, marked.finding, marked.marks

What is right in any convention is right; which one a working keeps to is decided by the whole of
it: the one under which the fewest steps are wrong, and the problem's own where that is open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from statistics import mode

import numpy as np

from workings.errors import DataError
from workings.explaining.cells import address
from workings.explaining.explanation import Term
from workings.explaining.finding import explain
from workings.files import clean
from workings.language import Expr, Program, Step, name
from workings.language.algebra import NAME
from workings.language.walk import leaves
from workings.marking import marks
from workings.marking.assignments import Assignment, Form
from workings.marking.judging import Judged
from workings.marking.likely import likely
from workings.marking.marks import Finding, Mark, Marked
from workings.marking.numbers import Filled
from workings.marking.rounding import Digits, Usual
from workings.marking.spelling import folded, style_of, vocabulary
from workings.marking.working import Working
from workings.notations import notation, spell
from workings.slips.rewriting import renamed
from workings.trace import Trace

SHOWN = 6  # names, cells or words listed in a note
RESULT = "the_expected_cell"  # no name of a step
UNKNOWN, MISFIT, TURNED = 8, 4, 1  # how much speaks against a layout
DIGITS = 4


def mark(working: Working, assignment: Assignment, *, strict: bool = False) -> Marked:
    """A working held against what it is of.

    With `strict`, only the convention of the problem itself counts as right. Raises `DataError`
    where none of the names is one of the problem's.

    >>> from workings.marking.assignments import of_system
    >>> from workings.systems import system
    >>> mine = Working({"d_output": np.array([[0.2107], [0.2019], [-0.7893]])})
    >>> found = mark(mine, of_system(system("article"))).finding
    >>> found.cell, found.slip, round(found.expected, 4)
    ('d_output[1,1]', 'slope-forgotten', 0.035)
    """
    if not any(_matched(working, assignment, form) for form in assignment.layouts()):
        raise _no_name_known(working, assignment)
    usual = _usual(working)
    own = assignment.own
    best = Judged(own, _matched(working, assignment, own), usual)
    if not strict:
        best = _best(working, assignment, best)
    if len(best.misfits) == len(best.matrices) > 1:
        raise _nothing_fits(working, assignment, best)
    return _marked(working, assignment, best)


def _best(working: Working, assignment: Assignment, own: Judged) -> Judged:
    """The working under the convention that it keeps to best; its own where that is open."""
    best: Judged | None = None
    for layout in _layouts(working, assignment, own):
        for form in assignment.forms(layout):
            same = form is own.form
            judged = own if same else Judged(form, _matched(working, assignment, form), own.usual)
            if best is None or judged.fewer(best.wrong):
                best = judged
            if best.wrong <= best.settled:
                break
        if best is not None and best.wrong == 0:
            break
    return best or own


def _layouts(working: Working, assignment: Assignment, own: Judged) -> Iterator[Form]:
    """The layouts that may be meant: the problem's own if all fits, and what else suits best."""
    if _against(working, own) == 0:
        yield own.form
        if not _square(own):
            return
    layouts = [form for form in assignment.layouts() if form.convention != own.form.convention]
    judged = [
        own, *(Judged(form, _matched(working, assignment, form), own.usual) for form in layouts)
    ]  # fmt: skip
    against = [_against(working, one) for one in judged]
    for one, much in zip(judged, against, strict=True):
        if much == min(against):
            yield one.form


def _square(judged: Judged) -> bool:
    """Whether samples may as well lie along the other axis: each matrix has as many of both."""
    program = judged.form.program
    shapes = [
        one.values.shape for word, one in judged.matrices.items()
        if "n" in program.ref(word).shape
    ]  # fmt: skip
    return all(shape == shape[::-1] for shape in shapes)


def _against(working: Working, judged: Judged) -> int:
    """How much speaks against a layout: names it does not know, matrices that do not fit."""
    turned = sum(one.turned for one in judged.numbers.filled.values())
    unknown = len(working.values) - len(judged.matrices)
    return UNKNOWN * unknown + MISFIT * len(judged.misfits) + TURNED * turned


def _matched(working: Working, assignment: Assignment, form: Form) -> dict[str, Filled]:
    """The matrices of a working by the form's own names; of two for one step, the first."""
    known, found = vocabulary(assignment, form), dict[str, Filled]()
    for word, values in working.values.items():
        step = known.get(folded(word))
        if step is not None and step not in found:
            array = np.atleast_1d(np.asarray(values, float))
            found[step] = Filled(word, array, working.written.get(word))
    return found


def _usual(working: Working) -> Usual | None:
    """How many digits most matrices of a working have; None where all numbers are whole."""
    found = [
        Digits(np.atleast_2d(np.asarray(values, float)), working.written.get(word))
        for word, values in working.values.items()
    ]
    broken = [one for one in found if one.decimals]
    if not broken:
        return None
    return Usual(mode(one.decimals for one in broken), mode(one.significant for one in broken))


def _no_name_known(working: Working, assignment: Assignment) -> DataError:
    theirs = ", ".join(map(clean, list(working.values)[:SHOWN])) or "none"
    names = [*assignment.problem.program.names]
    return DataError(
        f"cannot mark {working.source}: none of its matrices ({theirs}) is called like a step of "
        f"{assignment.problem.title or 'the problem'}",
        hint=f"Call them for instance {', '.join(names[:SHOWN])}.",
    )


def _nothing_fits(working: Working, assignment: Assignment, judged: Judged) -> DataError:
    step, found = next(iter(judged.misfits.items()))
    return DataError(
        f"cannot mark {working.source}: none of its matrices has the shape that "
        f"{assignment.problem.title or 'the problem'} gives it; in "
        f"{clean(judged.matrices[step].called)}, {found}",
        hint="Name the problem that it is of.",
    )


# -- what is said ----------------------------------------------------------------------------------


def _marked(working: Working, assignment: Assignment, judged: Judged) -> Marked:
    first = judged.first
    called = style_of(assignment, judged.form, working.values)
    called |= {word: one.called for word, one in judged.matrices.items()}
    return Marked(
        working.source, assignment.problem.title, _otherwise(assignment, judged.form),
        tuple(_named(one, called[one.step], working, _printed(assignment))
              for one in judged.marks),
        None if first is None else _finding(judged, first, called),
        tuple(_notes(working, assignment, judged)),
    )  # fmt: skip


def _printed(assignment: Assignment) -> set[str]:
    """The steps that stand on the sheet, where it leaves others blank."""
    problem = assignment.problem
    return set(problem.program.names) - set(problem.blank) if problem.blank else set()


def _named(one: Mark, called: str, working: Working, printed: set[str]) -> Mark:
    """A mark under the working's name; what the sheet had printed is given, and not theirs."""
    if called in working.printed or (one.step in printed and one.verdict == marks.BLANK):
        return replace(one, called=called, given=True, verdict=marks.RIGHT, wrong=0)
    return replace(one, called=called)


def _otherwise(assignment: Assignment, form: Form) -> dict[str, str]:
    """In what the working's convention is another than the problem's."""
    if form.convention is None or assignment.convention is None:
        return {}
    own = vars(assignment.convention)
    found = {key: value for key, value in vars(form.convention).items() if value != own[key]}
    return found | ({"mean": form.note} if form.note else {})


def _finding(judged: Judged, first: Mark, called: Mapping[str, str]) -> Finding:
    """What is said of the first wrong step, every matrix called as the working calls it."""
    step, numbers, word = first.step, judged.numbers, called[first.step]
    explained = likely(judged, step)
    shape = first.note if first.verdict == marks.MISFIT else ""
    found = Finding(step, word, _formula(judged, step, called), wrong=first.wrong,
                    cells=first.cells, shapes=shape)  # fmt: skip
    if explained:
        best, others = explained[0], tuple(one.slip for one in explained[1:])
        slipped = called.get(best.step, best.step)
        found = replace(found, slip=best.slip, told=best.told, slipped=slipped, others=others)
    if shape:
        return found
    place = tuple(int(index) for index in np.argwhere(judged.off_by(step))[0])
    written = numbers.filled[step]
    terms, left_out = _terms(judged, step, place, called=called)
    return replace(
        found, place=place, cell=address(word, place), written=_text(written, place),
        value=float(written.values[place]), expected=float(numbers.expected(step).value[place]),
        allowed=float(numbers.allowed(step)[place]), terms=terms, terms_left_out=left_out,
    )  # fmt: skip


def _formula(judged: Judged, step: str, called: Mapping[str, str]) -> str:
    if step not in judged.form.program.names:
        return ""
    return str(spell(_recalled(judged.form.program[step].expr, called), notation("plain")))


def _recalled(expr: Expr, called: Mapping[str, str]) -> Expr:
    """The expression with the names of the working, as far as they can be written in one."""
    return renamed(expr, {
        leaf["name"]: name(called[leaf["name"]], *leaf.shape) for leaf in leaves(expr)
        if re.fullmatch(r"\w+", called[leaf["name"]])
    })  # fmt: skip


def _terms(
    judged: Judged, step: str, place: tuple[int, ...], *, called: Mapping[str, str]
) -> tuple[tuple[Term, ...], int]:
    """The arithmetic of the expected cell, with the numbers of the working in it."""
    program, numbers = judged.form.program, judged.numbers
    if step not in program.names or program[step].expr.op == NAME:
        return (), 0
    expr = _recalled(program[step].expr, called)
    values = {
        after["name"]: np.asarray(numbers.of(before["name"]).value)
        for before, after in zip(leaves(program[step].expr), leaves(expr), strict=True)
    }
    alone = Program((Step(RESULT, expr),))
    trace = Trace(alone, {**values, RESULT: np.asarray(numbers.expected(step).value)})
    found = explain(
        trace,
        address(RESULT, place),
        digits=max(DIGITS, numbers.usual.decimals if numbers.usual else 0),
    )
    return found.terms, found.left_out


def _text(written: Filled, place: tuple[int, ...]) -> str:
    if written.written is not None and len(place) == 2:
        try:
            return written.written[place[0]][place[1]].strip()
        except IndexError:
            pass
    return f"{float(written.values[place]):.12g}"


def _notes(working: Working, assignment: Assignment, judged: Judged) -> Iterator[str]:
    yield from working.notes
    used = {one.called for one in judged.matrices.values()}
    known = vocabulary(assignment, judged.form)
    strange = [word for word in working.values if folded(word) not in known]
    if strange:
        yield f"Not looked at, for no step is called so: {_listed(strange)}."
    twice = [word for word in working.values if folded(word) in known and word not in used]
    if twice:
        yield f"Not looked at, for its step was written twice: {_listed(twice)}."
    words = list(_words(working, used))
    if words and not working.notes:  # a reader of files has said it
        yield f"Not numbers, and read as blank: {_listed(words)}."
    for one in judged.marks:
        if one.note and one.verdict != marks.MISFIT:
            yield f"{clean(one.called)} is {one.note}; it was read the other way."


def _words(working: Working, used: set[str]) -> Iterator[str]:
    for word, rows in working.written.items():
        if word not in used:
            continue
        for r, row in enumerate(rows, 1):
            for c, text in enumerate(row, 1):
                values = np.atleast_2d(working.values[word])
                inside = r <= values.shape[0] and c <= values.shape[1]
                if text.strip() and inside and np.isnan(values[r - 1, c - 1]):
                    yield f"{word}[{r},{c}] {text.strip()[:20]!r}"


def _listed(words: list[str]) -> str:
    shown = ", ".join(map(clean, words[:SHOWN]))
    return shown + (f" and {len(words) - SHOWN} more" if len(words) > SHOWN else "")
