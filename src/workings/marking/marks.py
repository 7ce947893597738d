"""What came of marking, as plain data.

Mark        one step: right, wrong, follows, blank ..
Finding     the first wrong step: its cell, both numbers, the likely slip
Marked      a whole working
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workings.explaining.explanation import Term

RIGHT, WRONG, FOLLOWS, BLANK, PARTLY = "right", "wrong", "follows", "blank", "partly"
MISFIT, UNJUDGED = "misfit", "unjudged"
SAID = {
    RIGHT: "right",
    WRONG: "wrong",
    FOLLOWS: "right from the wrong number before it",
    BLANK: "not given",
    PARTLY: "right as far as it is given",
    MISFIT: "wrong shape",
    UNJUDGED: "cannot be judged",
}


@dataclass(frozen=True)
class Mark:
    """One step of a working. `called` is its name there; `cells` how many were written, of all."""

    step: str
    called: str
    verdict: str
    cells: int = 0
    size: int = 0
    wrong: int = 0
    given: bool = False
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """The first wrong step.

    `cell` is written as people do (`d_output[1,1]`); `expected` follows from their own numbers
    before it, and `allowed` is how far rounding may take it. `slip` is a row's name or "" where
    none explains the numbers; `slipped` is the step it was made in, if that was not written down;
    `others` are slips that explain them as well.
    """

    step: str
    called: str
    formula: str = ""
    cell: str = ""
    place: tuple[int, ...] = ()
    written: str = ""
    value: float = math.nan
    expected: float = math.nan
    allowed: float = 0.0
    wrong: int = 0
    cells: int = 0
    terms: tuple[Term, ...] = ()
    terms_left_out: int = 0
    slip: str = ""
    told: str = ""
    slipped: str = ""
    others: tuple[str, ...] = ()
    shapes: str = ""


@dataclass(frozen=True)
class Marked:
    """A marked working: each step in order, the first wrong one, and what else was seen.

    `otherwise` says in what its convention differs from the problem's.
    """

    source: str
    title: str
    otherwise: Mapping[str, str]
    marks: tuple[Mark, ...]
    finding: Finding | None
    notes: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether nothing is wrong and something was written."""
        return self.finding is None and self.written > 0

    @property
    def written(self) -> int:
        """How many steps have anything in them, what was given aside."""
        return sum(1 for one in self.marks if not one.given and one.cells)

    @property
    def blank(self) -> bool:
        """Whether no step has anything in it."""
        return self.written == 0

    @property
    def complete(self) -> bool:
        """Whether every cell of every step is filled in."""
        return all(one.cells == one.size for one in self.marks if not one.given)

    def count(self, *verdicts: str) -> int:
        """How many steps were found so, what was given aside."""
        return sum(1 for one in self.marks if not one.given and one.verdict in verdicts)

    def to_data(self) -> dict[str, Any]:
        """All of it as plain data for a JSON file."""
        finding = None if self.finding is None else {
            **{key: value for key, value in vars(self.finding).items() if key != "terms"},
            "place": [index + 1 for index in self.finding.place],
            "others": list(self.finding.others),
            "terms": [vars(term) | {"cells": list(term.cells)} for term in self.finding.terms],
        }  # fmt: skip
        return {
            "source": self.source, "of": self.title, "right": self.right, "blank": self.blank,
            "complete": self.complete, "other_convention": dict(self.otherwise),
            "steps": [dict(vars(one)) for one in self.marks], "finding": finding,
            "notes": list(self.notes),
        }  # fmt: skip
