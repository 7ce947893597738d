"""What the marker found, as text for people.

text(marked)      the steps with their verdicts, then the first wrong one with its numbers
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator

from workings.files import clean
from workings.marking import marks
from workings.marking.marks import SAID, Finding, Mark, Marked
from workings.views.wrapping import inside

TERMS_SHOWN = 6
WIDTH = 100
FEWEST, MOST = 4, 12  # decimals that are shown


def text(marked: Marked) -> str:
    """The whole report, some twenty lines."""
    return "\n".join([*_head(marked), "", *_steps(marked), "", *_verdict(marked)])


def _head(marked: Marked) -> Iterator[str]:
    yield f"Checked {clean(marked.source)}."
    if marked.title:
        yield from _wrapped("It is of: ", clean(marked.title))
    if marked.otherwise:
        said = ", ".join(f"{key} {value}" for key, value in marked.otherwise.items())
        yield from _wrapped("", f"It keeps to another convention than that, as right: {said}.")
    for note in marked.notes:
        yield from _wrapped("Note: ", clean(note))


def _wrapped(head: str, words: str) -> list[str]:
    """Lines of at most 100 signs; those after the first stand under its words."""
    return textwrap.wrap(head + words, WIDTH, subsequent_indent=" " * len(head),
                         break_on_hyphens=False, break_long_words=False)  # fmt: skip


def _steps(marked: Marked) -> Iterator[str]:
    shown = [one for one in marked.marks if not one.given or one.wrong or one.note]
    width = max(len(clean(one.called)) for one in shown)
    first = marked.finding.called if marked.finding else ""
    for one in shown:
        yield f"  {clean(one.called):{width}}  {_said(one, first)}"


def _said(one: Mark, first: str) -> str:
    if one.verdict == marks.WRONG:
        many = f"{one.wrong} of {one.cells} cells" if one.cells > 1 else "its one cell"
        which = "FIRST WRONG STEP" if one.called == first else "wrong as well"
        return f"{which}: {many}"
    if one.verdict == marks.MISFIT:
        which = "FIRST WRONG STEP" if one.called == first else "wrong as well"
        return f"{which}: {one.note}"
    some = one.verdict in (marks.RIGHT, marks.FOLLOWS, marks.PARTLY) and one.cells < one.size
    return SAID[one.verdict] + (f" ({one.cells} of {one.size} cells)" if some else "")


def _verdict(marked: Marked) -> Iterator[str]:
    steps = sum(1 for one in marked.marks if not one.given)
    if marked.finding is not None:
        yield from _finding(marked.finding)
    elif marked.blank:
        yield f"Nothing is filled in yet: all {steps} steps are blank."
    elif marked.complete:
        yield f"Everything is right: all {steps} steps."
    else:
        blank = marked.count(marks.BLANK)
        partly = sum(1 for m in marked.marks if not m.given and 0 < m.cells < m.size)
        open_ones = [f"{blank} blank"] * bool(blank) + [f"{partly} half filled in"] * bool(partly)
        yield f"Right as far as it goes: of {steps} steps, {' and '.join(open_ones)}."


def _finding(found: Finding) -> Iterator[str]:
    formula = f" = {found.formula}" if found.formula else ""
    yield from _wrapped("", f"The first wrong step is {clean(found.called)}{formula}.")
    if found.shapes:
        yield f"  shape     {found.shapes}"
    else:
        decimals = _decimals(found)
        rest = f"; {found.wrong} of {found.cells} cells are wrong" if found.cells > 1 else ""
        yield f"  cell      {clean(found.cell)}{rest}"
        yield f"  written   {clean(found.written)}"
        yield (
            f"  expected  {found.expected:.{decimals}f} from the numbers before it in this "
            f"working; rounding explains {_small(found.allowed)}"
        )
        if found.terms:
            yield from _wrapped("  because   ", _sum(found, decimals))
    yield from _slip(found)


def _slip(found: Finding) -> Iterator[str]:
    if not found.told:
        if not found.shapes:
            yield "  slip      none of the usual ones makes these numbers"
        return
    where = f" (in {clean(found.slipped)}, which is not written down)" if found.slipped else ""
    others = f" The same numbers come from: {', '.join(found.others)}." if found.others else ""
    yield from _wrapped("  slip      ", f"{found.slip}{where}: {inside(found.told)}{others}")


def _sum(found: Finding, decimals: int) -> str:
    shown = found.terms[:TERMS_SHOWN]
    more = found.terms_left_out + len(found.terms) - len(shown)
    numbers = _added([clean(term.numbers) for term in shown])
    numbers += f" + {more} more" if more else ""
    written = _added([clean(term.text) for term in shown[:2]])
    written += " + .." if len(found.terms) > 2 or more else ""
    return f"{written} = {numbers} = {found.expected:.{decimals}f}"


def _added(terms: list[str]) -> str:
    """Terms with their signs between them; one that starts with a minus is taken away."""
    said = terms[0]
    for term in terms[1:]:
        said += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return said


def _decimals(found: Finding) -> int:
    """As many as tell the two numbers apart, and as many as were written."""
    written = len(found.written.partition(".")[2]) if "e" not in found.written.lower() else 0
    apart = abs(found.value - found.expected)
    needed = math.ceil(-math.log10(apart)) + 1 if 0 < apart < 1 else 0
    return min(MOST, max(FEWEST, written, needed))


def _small(value: float) -> str:
    return f"up to {value:.1g}" if value < math.inf else "any amount"
