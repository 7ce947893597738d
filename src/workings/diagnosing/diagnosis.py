"""`Diagnosis`: all that was found in one run, what was looked for, and what could not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

from workings.diagnosing.finding import SEVERITIES, Finding

WIDTH = 96
INDENT = " " * 9


@dataclass(frozen=True)
class Diagnosis:
    """What was found, the worst first; what was looked for; and what was not, and why.

    `looked_at` are the iterations that were looked at, `iterations` how many there are.
    """

    described: str
    findings: tuple[Finding, ...]
    tested: Mapping[str, str]
    untested: Mapping[str, str] = field(default_factory=dict)
    iterations: int = 0
    looked_at: tuple[int, ...] = ()

    @property
    def worst(self) -> str:
        """The severity of the worst finding; "" of none."""
        return self.findings[0].severity if self.findings else ""

    def of(self, disease: str) -> list[Finding]:
        """The findings of one disease."""
        return [one for one in self.findings if one.disease == disease]

    @property
    def counted(self) -> str:
        """How many findings there are of each severity: 1 error, 2 warnings.

        >>> Diagnosis("", (), {}).counted
        'nothing'
        """
        counts = [(sum(x.severity == word for x in self.findings), word) for word in SEVERITIES]
        said = [f"{count} {word}{'s' * (count > 1)}" for count, word in counts if count]
        return ", ".join(said) or "nothing"

    def plain(self) -> dict[str, Any]:
        """All of it as plain data, for JSON."""
        return {
            "described": self.described, "iterations": self.iterations,
            "looked_at": list(self.looked_at),
            "findings": [one.plain() for one in self.findings],
            "tested": dict(self.tested), "untested": dict(self.untested),
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """All of it as lines of text."""
        for finding in self.findings:
            yield from told(finding)
            yield ""
        names = ", ".join(self.tested)
        said = f"Found: {self.counted}."
        also = "Also tested, and not found: " if self.findings else "Tested: "
        found = {one.disease for one in self.findings}
        names = ", ".join(word for word in self.tested if word not in found)
        yield said
        yield from wrap(f"{also}{names}.", WIDTH)
        for why in dict.fromkeys(self.untested.values()):
            words = ", ".join(word for word, reason in self.untested.items() if reason == why)
            yield from wrap(f"Not tested, as {why}: {words}.", WIDTH)

    def __str__(self) -> str:
        return "\n".join([self.described, "", *self.lines()])


def told(finding: Finding) -> Iterator[str]:
    """A finding as lines: how bad and what, where and since when, why it matters, what to do."""
    place = [str(finding.where), when(finding)]
    yield f"{finding.severity:<8} {finding.disease}: {', '.join(filter(None, place))}".rstrip(": ")
    yield from _indented(f"{sentence(finding.what)}.")
    yield from _indented(finding.why)
    if finding.follows:
        yield from _indented(f"It follows from {finding.follows}.")
    if finding.remedy:
        yield from _indented(f"To do: {finding.remedy.said}.")


def when(finding: Finding) -> str:
    """Since which iteration, in words."""
    if finding.since is None:
        return ""
    if finding.until is not None:
        return f"iterations {finding.since} to {finding.until}"
    return f"since iteration {finding.since}"


def sentence(said: str) -> str:
    """With a capital, where it does not begin with a name.

    >>> sentence("the loss"), sentence("lr 3"), sentence("new_wh[1,1]")
    ('The loss', 'lr 3', 'new_wh[1,1]')
    """
    first = said.split()[0]
    return said if first == "lr" or not first.isalpha() else said[0].upper() + said[1:]


def _indented(text: str) -> list[str]:
    return [INDENT + line for line in wrap(text, WIDTH - len(INDENT))]
