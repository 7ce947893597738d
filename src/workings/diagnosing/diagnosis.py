"""`Diagnosis`: all that was found in one run, what was looked for, and what could not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workings.diagnosing.finding import SEVERITIES, WIDTH, Finding
from workings.views import html, parts
from workings.views.wrapping import wrapped


@dataclass(frozen=True, repr=False)
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
            yield from finding.lines()
            yield ""
        for said in self.tested_for():
            yield from wrapped(said, WIDTH, further="")

    def tested_for(self) -> Iterator[str]:
        """How much was found, what else was tested, and what was not, in sentences."""
        also = "Also tested, and not found: " if self.findings else "Tested: "
        found = {one.disease for one in self.findings}
        names = ", ".join(word for word in self.tested if word not in found)
        yield f"Found: {self.counted}."
        yield f"{also}{names}."
        for why in dict.fromkeys(self.untested.values()):
            words = ", ".join(word for word, reason in self.untested.items() if reason == why)
            yield f"Not tested, as {why}: {words}."

    def __str__(self) -> str:
        return "\n".join([*wrapped(self.described, WIDTH), "", *self.lines()])

    def __repr__(self) -> str:
        found = "".join(f"\n  {finding.heading}" for finding in self.findings)
        return f"<Diagnosis: {self.described}; {self.counted}{found}>"

    def _repr_html_(self) -> str:
        said = parts.bullets([self.described, *self.tested_for()])
        return html.scoped("".join(one.fragment() for one in self.findings) + said)
