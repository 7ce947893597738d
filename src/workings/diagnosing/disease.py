"""`Disease`: what a disease is called, what is tested, and when it is looked for.

A disease is one row. Its `find` takes a snapshot and gives what it finds in it; it knows nothing of
how the snapshot came about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workings.diagnosing.finding import Finding
from workings.diagnosing.snapshot import Snapshot
from workings.diagnosing.thresholds import Threshold

DATA, START, EVERY = "the data", "the start", "every look"
LATE, END = "the end, and since when", "the end"
WEIGHTS, ROWS, CURVES, NEW, TABLE = (
    "weights", "the rows", "the course of the loss", "rows not learnt from", "the table",
)  # fmt: skip
NO_SLOPE = ("unscaled-inputs", "saturated-units", "dead-relu", "twin-units")  # what stops learning


@dataclass(frozen=True)
class Disease:
    """One row: `looks` says in which snapshots it is looked for, `needs` what they must have.

    `follows` are the diseases that bring it about where they are found too, and as bad.
    `judged_by_new` says that its remedy is to lower the loss on rows not learnt from, and not that
    on the training rows; `cheap` that looking for it takes no longer than a few iterations.
    """

    name: str
    tests: str
    find: Callable[[Snapshot], Iterable[Finding]]
    limits: tuple[Threshold, ...] = ()
    looks: str = EVERY
    needs: frozenset[str] = frozenset({ROWS})
    follows: tuple[str, ...] = ()
    judged_by_new: bool = False
    cheap: bool = True


def has(snapshot: Snapshot) -> frozenset[str]:
    """What a snapshot has of all that diseases may need."""
    there = {
        WEIGHTS: True, ROWS: snapshot.whole is not None, CURVES: bool(snapshot.history.loss),
        NEW: bool(snapshot.new_losses), TABLE: snapshot.case.count > 0,
    }  # fmt: skip
    return frozenset(word for word, is_there in there.items() if is_there)
