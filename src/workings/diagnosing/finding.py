"""What is found, as plain data: how bad, what, where, since when, the evidence, why, what to do.

Finding      one disease in one place
Where        which layer and neurons, columns, rows; or which step and cell
Remedy       what to do, and the settings that do it
ranked       the worst first
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any

import numpy as np

from workings.files import clean
from workings.views import html, parts
from workings.views.wrapping import wrapped

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)
NAMED = 5  # neurons, columns or rows that are named
WIDTH = 96
INDENT = " " * 9

Change = Mapping[str, Any]  # settings by their names, as a `Case` takes them


@dataclass(frozen=True)
class Where:
    """A place. Neurons and rows are counted from 1, rows as in the table."""

    layer: str = ""
    neurons: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    step: str = ""
    cell: tuple[int, ...] = ()

    @property
    def part(self) -> tuple[Any, ...]:
        """What stays the same while a disease spreads: the layer, or the columns."""
        return self.layer, self.columns

    def __str__(self) -> str:
        cell = f"[{','.join(map(str, self.cell))}]" if self.cell else ""
        parts = [
            self.layer, _some("neuron", self.neurons), _some("column", self.columns),
            _some("row", self.rows), f"{self.step}{cell}",
        ]  # fmt: skip
        return ", ".join(filter(None, parts))


@dataclass(frozen=True)
class Remedy:
    """What to do, in a sentence, and the `change` of settings that can be tried."""

    said: str
    change: Change = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class Finding:
    """One disease in one place. `evidence` are the numbers, by name.

    `since` is the first iteration (from 1) at which it was found, `until` the last one where it
    has passed since; None for what is in the data. `follows` names the disease that brings it
    about, where that was found too.
    """

    disease: str
    severity: str
    what: str
    evidence: Mapping[str, Any]
    why: str
    where: Where = Where()
    remedy: Remedy | None = None
    since: int | None = None
    until: int | None = None
    follows: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "evidence", {k: _plain(x) for k, x in self.evidence.items()})

    @property
    def when(self) -> str:
        """Since which iteration, in words."""
        if self.since is None:
            return ""
        if self.until is not None:
            return f"iterations {self.since} to {self.until}"
        return f"since iteration {self.since}"

    @property
    def heading(self) -> str:
        """How bad and what, where and since when."""
        place = ", ".join(filter(None, [str(self.where), self.when]))
        return f"{self.severity:<8} {self.disease}: {place}".rstrip(": ")

    def said(self) -> Iterator[str]:
        """What is so, why it matters, what it follows from and what to do, in sentences."""
        yield f"{sentence(self.what)}."
        yield self.why
        if self.follows:
            yield f"It follows from {self.follows}."
        if self.remedy:
            yield f"To do: {self.remedy.said}."

    def lines(self) -> Iterator[str]:
        """All of it as lines of text."""
        yield from wrapped(self.heading, WIDTH, further=INDENT)
        for said in self.said():
            yield from wrapped(said, WIDTH, indent=INDENT, further=INDENT)

    def briefly(self, width: int = 78) -> str:
        """In a few lines: what it is and since when, what was seen, what to do.

        >>> twins = Finding("twin-units", "error", "8 of 8 units are equal", {}, "As drawn.",
        ...                 remedy=Remedy("Start from drawn weights"), since=1)
        >>> print(twins.briefly())
        twin-units, since iteration 1. 8 of 8 units are equal.
        To do: Start from drawn weights.
        """
        begins = ", ".join(filter(None, [self.disease, self.when]))
        said = [f"{begins}. {sentence(self.what)}."]
        if self.remedy:
            said.append(f"To do: {self.remedy.said}.")
        return "\n".join(line for one in said for line in wrapped(one, width, further=""))

    def fragment(self) -> str:
        """All of it as HTML, with the numbers as a table."""
        rows = [["number", "is"], *([word, _shown(x)] for word, x in self.evidence.items())]
        table = parts.table("What was measured", rows) if self.evidence else ""
        heading = escape(clean(" ".join(self.heading.split())))
        return f"<section><h3>{heading}</h3>\n{parts.bullets(list(self.said()))}{table}</section>\n"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html.scoped(self.fragment())

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes it the same finding at another iteration."""
        return self.disease, *self.where.part

    def plain(self) -> dict[str, Any]:
        """All of it as plain data."""
        found = asdict(self)
        found["where"] = {word: list(x) if isinstance(x, tuple) else x
                          for word, x in found["where"].items() if x}  # fmt: skip
        if self.remedy:
            found["remedy"]["change"] = {k: _plain(x) for k, x in self.remedy.change.items()}
        return {**found, "evidence": dict(self.evidence)}


def ranked(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The worst first; of equal ones what follows from others last, and else the earliest first."""
    return tuple(sorted(findings, key=lambda one: (
        SEVERITIES.index(one.severity), bool(one.follows), one.since or 0)))  # fmt: skip


def sentence(said: str) -> str:
    """With a capital, where it does not begin with a name.

    >>> sentence("the loss"), sentence("lr 3"), sentence("new_wh[1,1]")
    ('The loss', 'lr 3', 'new_wh[1,1]')
    """
    first = said.split()[0]
    return said if first == "lr" or not first.isalpha() else said[0].upper() + said[1:]


def _shown(value: Any) -> str:
    """A number of the evidence as it is read."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _some(word: str, found: Sequence[Any]) -> str:
    if not found:
        return ""
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"{word}{'s' * (len(found) > 1)} {', '.join(map(str, found[:NAMED]))}{more}"


def _plain(value: Any) -> Any:
    """A number, a word or a list that JSON knows."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return getattr(value, "name", value)
