"""Why a number is what it is, as plain data that prints itself.

Explanation     one cell: its value, what it is made of, what it feeds, what it is owed
Term            one of the terms that add up to it
Nudge           what the loss does when the cell moves a little
"""

from __future__ import annotations

from dataclasses import dataclass

from workings.shows import ShowsItself
from workings.views.wrapping import DEEPER, WIDTH, wrapped

HEAD = " " * 12  # as wide as the words before what is said
HANGING = HEAD + "  "


@dataclass(frozen=True)
class Term:
    """One term of a sum: how it is written, with its numbers in, and what it comes to."""

    text: str
    numbers: str
    value: float
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Nudge:
    """What the loss does when the cell moves a little, against back-propagation.

    `digits` is how many agree; None, with the reason in `skipped`, where a nudge says nothing.
    """

    slope: float
    nudged: float
    digits: int | None
    skipped: str = ""


@dataclass(frozen=True, repr=False)
class Explanation(ShowsItself):
    """One cell, explained. `terms` are the largest of all; `rest` is the sum of those not listed.

    `sources` are all the cells it was made of.

    `owed` is d loss / d this cell, and `path` the terms it is made of; both are empty where the
    loss does not depend on the cell. `feeds` are the steps that read it.
    """

    cell: str
    where: str
    value: float
    digits: int
    formula: str
    index_form: str
    terms: tuple[Term, ...]
    left_out: int
    rest: float
    why: str
    reasons: tuple[str, ...]
    sources: tuple[str, ...]
    feeds: tuple[str, ...]
    owed: float | None
    owed_as: str
    path: tuple[Term, ...]
    path_left_out: int
    path_rest: float
    nudge: Nudge | None

    @property
    def shown(self) -> str:
        """The value, rounded as it is shown."""
        return f"{self.value:z.{self.digits}f}"

    @property
    def rounding(self) -> str:
        """What rounding does to the sum of the terms as shown, if it shows."""
        parts = [round(term.value, self.digits) for term in self.terms]
        total = sum(parts) + round(self.rest, self.digits)
        if len(self.terms) < 2 or f"{total:z.{self.digits}f}" == self.shown:
            return ""
        return (
            f"The terms as shown add up to {total:z.{self.digits}f}; "
            f"before rounding they add up to {self.value!r}."
        )

    @property
    def sentence(self) -> str:
        """The explanation in one plain sentence."""
        if not self.terms:
            return f"{self.cell} is given: {self.shown}."
        if len(self.terms) == 1 and not self.left_out:
            return f"{self.cell} is {self.shown}, which is {self.terms[0].numbers}."
        first = max(self.terms, key=lambda term: abs(term.value))
        count = len(self.terms) + self.left_out
        return (
            f"{self.cell} is {self.shown}: {count} terms added up, the largest of them "
            f"{first.text} = {first.value:z.{self.digits}f}."
        )

    def __str__(self) -> str:
        return explained(self)

    __repr__ = __str__


def explained(found: Explanation, width: int = WIDTH) -> str:
    """The explanation as lines of at most `width` signs."""
    return "\n".join(part for line in _lines(found) for part in _fitted(line, width))


def _fitted(line: str, width: int) -> list[str]:
    """A line, continued under what it says where it is too long."""
    return wrapped(line, width, further=HANGING if line.startswith(" ") else DEEPER)


def _lines(found: Explanation) -> list[str]:
    lines = [found.sentence, f"  where     {found.where}", f"  exactly   {found.value!r}"]
    if found.formula:
        lines += [f"  step      {found.formula}", f"  cell      {found.index_form}"]
    lines += [f"  why       {found.why}"]
    lines += [f"{HEAD}{reason}" for reason in found.reasons if reason != found.why]
    lines += _listed("made of", found.terms, found.digits)
    if found.left_out:
        lines.append(_others(found.left_out, found.rest, found.digits))
    if found.rounding:
        lines.append(f"{HEAD}{found.rounding}")
    lines.append(f"  feeds     {', '.join(found.feeds) or 'nothing: it is an end'}")
    if found.owed is not None:
        held = f", which is {found.owed_as} in the working" if found.owed_as else ""
        lines.append(f"  owed      d loss / d {found.cell} = {found.owed:.6g}{held}")
        lines += _listed("made of", found.path, 6)
        if found.path_left_out:
            lines.append(_others(found.path_left_out, found.path_rest, 6))
    if found.nudge:
        lines.append(f"  nudge     {said_of_nudge(found.nudge)}")
    return lines


def _others(count: int, total: float, digits: int) -> str:
    return f"{HEAD}and {count} smaller terms, together {total:z.{digits}f}"


def _listed(head: str, terms: tuple[Term, ...], digits: int) -> list[str]:
    if not terms:
        return []
    wide = max(len(term.text) for term in terms)
    rows = [
        f"{term.text.ljust(wide)}  = {term.numbers} = {term.value:z.{digits}f}" for term in terms
    ]
    return [f"  {head}   {rows[0]}", *(f"{HEAD}{row}" for row in rows[1:])]


def said_of_nudge(nudge: Nudge) -> str:
    """What came of a nudge, in words."""
    if nudge.digits is None:
        return f"skipped: {nudge.skipped}"
    return f"{nudge.nudged:.8g} against {nudge.slope:.8g}: {nudge.digits} digits agree"
