"""One number, explained, as a page shows it: terms, sources, what it feeds, a check, its history.

    explained(run, "wh[1,3]", step=4)      the reply to `explain`
    sources(run, "wh[1,3]", step=4)        what lights up under the pointer

Cells of samples are called by the numbers of their rows in the table, `X[38,2]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from workings.errors import WorkingsError
from workings.explaining.cells import address, located
from workings.explaining.explanation import Explanation, Nudge, Term
from workings.explaining.finding import explain, placed, reader_of
from workings.explaining.nudging import DISTANCE
from workings.explaining.reaching import feeds
from workings.files import clean
from workings.language import Expr, name
from workings.language.walk import leaves, substitute
from workings.notations import mathml, notation, spell
from workings.play import layouts, origins, tapes
from workings.play.formulas import formula_of
from workings.play.protocol import Refused
from workings.play.runs import Run
from workings.trace import Trace

TERMS, FED, DECIMALS = 12, 60, 4
AGREE = 5  # digits of a check that are enough
EPSILON, ROUNDINGS = 2.3e-16, 50  # of a sum of many terms
CELL = re.compile(r"\b([A-Za-z_]\w*)\[(\d+(?:,\d+)*)\]")


def explained(
    run: Run, cell: str, step: int, *, digits: int | None = None, in_order: bool = True,
    terms: int | None = TERMS, part: dict[str, int] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Why a cell of a step is what it is."""
    trace = run.trace(step)
    word, place = _found(trace, cell)
    form = tapes.written(trace[word])
    shown = digits if digits is not None else max(form["decimals"], 2 if form["power"] else 0)
    shown = _enough(float(trace[word][place]), shown)
    found = explain(
        trace, address_of(trace, word, place), digits=shown, most=10**9 if terms is None else terms,
        in_order=in_order,
    )  # fmt: skip
    fed, exprs = feeds(trace, word, place), _exprs(trace, word, place)
    value = found.value
    return {
        "step": step, "cell": named(trace, found.cell), "name": word,
        "places": _places(trace, word, place), "part": (part or {}).get(word),
        "where": _where(trace, word, place), "value": value,
        "shown": tapes.alone(value, shown), "exact": repr(value),
        "sentence": _relabelled(trace, found.sentence), "why": found.why,
        "reasons": list(found.reasons), "formula": _formula(trace, word),
        "index_form": found.index_form,
        "terms": [_term(trace, one, shown, exprs) for one in found.terms],
        "left_out": _left_out(found), "sum": _sum(found),
        "sources": [named(trace, one) for one in found.sources],
        "feeds": {"steps": list(found.feeds), "more": max(0, len(fed) - FED),
                  "cells": [named(trace, one) for one in fed[:FED]]},
        "owed": _owed(trace, found), "check": _check(trace, found),
        "history": origins.history(run, word, place, step),
        "curve": origins.curve(trace, word, place),
        "original": origins.original(run, trace, word, place),
        "made": origins.made(run, trace, word, place, step), "edit": origins.edit(run, word, step),
    }  # fmt: skip


def sources(run: Run, cell: str, step: int) -> dict[str, Any]:
    """The cells that made a cell, and those that it feeds."""
    trace = run.trace(step)
    word, place = _found(trace, cell)
    made: list[str] = []
    if word in trace.program.names:
        read = reader_of(trace).terms(trace.program[word].expr, place)
        made = list(dict.fromkeys(leaf["name"] for term in read for leaf in leaves(term)))
    return {
        "cell": named(trace, address(word, place)),
        "sources": [named(trace, one) for one in made],
        "feeds": [named(trace, one) for one in feeds(trace, word, place)],
    }  # fmt: skip


def cell_of(trace: Trace, cell: str) -> tuple[str, tuple[int, ...]]:
    """The name and the place of a cell as a page writes it; refuses what is none."""
    return _found(trace, cell)


def _found(trace: Trace, cell: str) -> tuple[str, tuple[int, ...]]:
    try:
        return placed(trace, cell)
    except WorkingsError as error:
        raise Refused("not_found", error.message, hint=error.hint, field="cell") from None


def address_of(trace: Trace, word: str, place: tuple[int, ...]) -> str:
    """A cell as `explain` is asked for it: samples by their numbers."""
    return named(trace, address(word, place))


def named(trace: Trace, cell: str) -> str:
    """A cell with its sample called by the number of its row.

    >>> from workings.systems import system
    >>> named(system("sgd").trace(2), "X[1,2]")
    'X[2,2]'
    """
    word, place = located(cell)
    said = ",".join(_places(trace, word, place))
    return f"{word}[{said}]" if said else word


def _places(trace: Trace, word: str, place: Sequence[int]) -> list[str]:
    return [layouts.labels_of(trace, word, axis)[1][index] for axis, index in enumerate(place)]


def _relabelled(trace: Trace, said: str) -> str:
    def relabel(found: re.Match[str]) -> str:
        return named(trace, found.group()) if found.group(1) in trace.values else found.group()

    return CELL.sub(relabel, said)


def _where(trace: Trace, word: str, place: tuple[int, ...]) -> str:
    parts = [word.replace("_", " ")]
    for axis, index in enumerate(place):
        size = str(trace.shape(word)[axis])
        label = layouts.labels_of(trace, word, axis)[0][index]
        if label:
            parts.append(f"sample {label}" if size == layouts.SAMPLES else clean(label))
    return ", ".join(parts)


# -- what it is made of ----------------------------------------------------------------------------


def _enough(value: float, digits: int) -> int:
    """As many decimals as show something of a small number."""
    while value and digits < 17 and abs(value) < 10.0**-digits * 100 and digits < 12:
        digits += 1
    return digits


def _formula(trace: Trace, word: str) -> dict[str, str] | None:
    if word in trace.program.given:
        return None
    return formula_of(trace.program[word].expr)


def _term(trace: Trace, term: Term, digits: int, exprs: Mapping[str, Expr]) -> dict[str, Any]:
    text, numbers = (
        _replaced(term, lambda cell: named(trace, cell)),
        _minus(_replaced(term, lambda cell: _number(trace, cell))),
    )
    return {
        "text": text, "numbers": numbers, "about": numbers.replace(" * ", " × "),
        "mathml": _mathml(trace, exprs.get(term.text), text), "value": term.value,
        "shown": tapes.alone(term.value, digits),
        "exact": repr(term.value), "cells": [named(trace, one) for one in term.cells],
    }  # fmt: skip


def _replaced(term: Term, by: Callable[[str], str]) -> str:
    """The text of a term with something else for each of its cells."""
    pattern = "|".join(sorted(map(re.escape, term.cells), key=len, reverse=True)) or r"(?!)"
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda found: by(found.group()), term.text)


def _number(trace: Trace, cell: str) -> str:
    """The value of a cell as its matrix is written, with enough decimals to be seen."""
    word, place = located(cell)
    value = float(trace[word][place])
    form = tapes.written(trace[word])
    digits = _enough(value, DECIMALS) if form["power"] else form["decimals"]
    shown = tapes.alone(value, digits)
    return f"({shown})" if shown.startswith("−") else shown


def _mathml(trace: Trace, expr: Expr | None, text: str) -> str:
    if expr is None:
        return mathml.page(f"<mtext>{escape(text)}</mtext>")
    cells = {leaf["name"]: name(named(trace, leaf["name"])) for leaf in leaves(expr)}
    return mathml.page(str(spell(substitute(expr, cells), mathml.NOTATION)))


def _exprs(trace: Trace, word: str, place: tuple[int, ...]) -> dict[str, Expr]:
    """The terms of a cell as expressions, by how they are written."""
    if word not in trace.program.names:
        return {}
    plain = notation("plain")
    read = reader_of(trace).terms(trace.program[word].expr, place)
    return {str(spell(one, plain)): one for one in read}


def _minus(said: str) -> str:
    return re.sub(r"(?<![\w.])-(?=\d)", "−", said)


def _left_out(found: Explanation) -> dict[str, Any] | None:
    if not found.left_out:
        return None
    shown = tapes.alone(found.rest, found.digits)
    return {
        "count": found.left_out, "sum": found.rest, "shown": shown,
        "sentence": f"and {found.left_out} smaller terms, together {shown}",
    }  # fmt: skip


def _sum(found: Explanation) -> dict[str, str]:
    parts = [round(term.value, found.digits) for term in found.terms]
    total = sum(parts) + round(found.rest, found.digits)
    return {
        "exact": repr(found.value),
        "rounded": tapes.alone(total, found.digits),
        "sentence": found.rounding,
    }  # fmt: skip


# -- what it is owed -------------------------------------------------------------------------------


def _owed(trace: Trace, found: Explanation) -> dict[str, Any] | None:
    if found.owed is None:
        return None
    cell = named(trace, found.cell)
    held = f", which is {found.owed_as} in the working" if found.owed_as else ""
    digits = _enough(found.owed, 4)
    shown = tapes.alone(found.owed, digits)
    return {
        "value": found.owed, "shown": shown, "exact": repr(found.owed), "as": found.owed_as,
        "sentence": f"∂loss / ∂{cell} = {shown}{held}.",
        "path": [_term(trace, term, digits, {}) for term in found.path],
    }  # fmt: skip


def _check(trace: Trace, found: Explanation) -> dict[str, Any] | None:
    nudge = found.nudge
    if nudge is None:
        return None
    h = DISTANCE * max(1.0, abs(found.value))
    skipped = nudge.skipped or _too_small(trace, nudge, h)
    agrees = nudge.digits is not None and nudge.digits >= AGREE
    said = (
        f"Moved by {h:.0e} both ways, the loss changes by {nudge.nudged:.8g} for each unit: "
        f"{nudge.digits} digits agree."
    ).replace("by -", "by −")
    if skipped:
        said = f"The check says little: {skipped}."
    return {
        "agrees": agrees, "digits": nudge.digits, "slope": nudge.slope, "nudged": nudge.nudged,
        "h": h, "skipped": skipped, "sentence": said,
    }  # fmt: skip


def _too_small(trace: Trace, nudge: Nudge, h: float) -> str:
    """Why a check cannot show more digits, where the rounding of the loss hides them."""
    if nudge.digits is None or nudge.digits >= AGREE:
        return ""
    rounding = abs(float(trace["loss"])) * EPSILON / h
    if abs(nudge.nudged - nudge.slope) > ROUNDINGS * rounding:
        return ""
    return "the slope is so small that the rounding of the loss hides its digits"
