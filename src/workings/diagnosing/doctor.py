"""The doctor: which iterations are looked at, what is found there, and since when.

diagnosed(case)                     the whole: trains, looks, goes back
looked_at(snapshot)                 one iteration of a run, as a live view has it
looking(snapshot), course.pieces()  the same a little at a time, for who has other things to do
at_once(pieces)                     all of it
seen(case, start, end)              a run that is over, from its first and its last weights
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from workings.diagnosing.case import Case
from workings.diagnosing.diagnosis import Diagnosis
from workings.diagnosing.disease import DATA, END, LATE, START, Disease, has
from workings.diagnosing.diseases import diseases
from workings.diagnosing.finding import NOTE, SEVERITIES, Finding, ranked
from workings.diagnosing.replaying import Run
from workings.diagnosing.snapshot import Snapshot
from workings.training.loop import Watch

Key = tuple[Any, ...]
T = TypeVar("T")
Pieces = Generator[None, None, T]  # may be left and gone on with between any two
LOOKS = 12  # iterations that are looked at, closer together at the beginning
LASTING = 3  # looks at which what has passed was found, if it is to be told


def diagnosed(case: Case, watch: Watch | None = None) -> Diagnosis:
    """Trains a case and says what is wrong with it, where, since when, and what to do.

    >>> from workings.diagnosing.cases import of_arrays
    >>> case = of_arrays([[0.0], [1.0]], [[0.0], [1.0]], hidden=[2], start="zeros", epochs=20)
    >>> [finding.disease for finding in diagnosed(case).of("twin-units")]
    ['twin-units']
    """
    return Course(Run(case, watch)).diagnosis()


def looked_at(snapshot: Snapshot, *, cheap: bool = False) -> Diagnosis:
    """What shows in one iteration alone; with `cheap`, without what takes its time."""
    return at_once(looking(snapshot, cheap=cheap))


def looking(snapshot: Snapshot, *, cheap: bool = False) -> Pieces[Diagnosis]:
    """The same, disease by disease."""
    rows = diseases().values()
    asked = [one for one in rows if one.cheap or not cheap]
    found = list[Finding]()
    for one in _able(asked, snapshot):
        found += one.find(snapshot)
        yield
    at = snapshot.iteration
    return _diagnosis(snapshot, [_since(one, at) for one in found], asked, (at,))


def seen(
    start: Snapshot | None, end: Snapshot, *, cheap: bool = False, data: bool = True
) -> Diagnosis:
    """What shows in the first and the last iteration of a run that is over.

    Without `start`, what is looked for at the start is looked for in the weights there are;
    without `data`, the table is not looked at.
    """
    rows = diseases().values()
    asked = [x for x in rows if (x.cheap or not cheap) and (data or x.looks != DATA)]
    found = list[Finding]()
    with np.errstate(all="ignore"):
        for one in _able(asked, end):
            look = start if start is not None and one.looks in (DATA, START) else end
            found += one.find(look)
    return _diagnosis(end, found, asked, (end.iteration,))


def at_once(pieces: Pieces[T]) -> T:
    """What comes of it when all of it is done."""
    while True:
        try:
            next(pieces)
        except StopIteration as ended:
            found: T = ended.value
            return found


def looks(last: int, count: int = LOOKS) -> list[int]:
    """Iterations from 1 to `last`, each about as much further on as the one before.

    >>> looks(1000, 4), looks(2)
    ([1, 2, 10, 100, 1000], [1, 2])
    """
    spread = np.geomspace(1, max(1, last), count)
    return sorted({1, min(2, last), *np.rint(spread).astype(int).tolist(), last}) if last > 2 else [
        *range(1, last + 1)
    ]  # fmt: skip


class Ran(Protocol):
    """What is asked of a run: how many iterations it has, any of them, and how it ended."""

    @property
    def last(self) -> int:
        """The last iteration there is, from 1."""

    def at(self, iteration: int) -> Snapshot:
        """What an iteration begins with."""

    def ended(self) -> Snapshot:
        """The weights it ended with, or has so far, as if another iteration began with them."""


R = TypeVar("R", bound=Ran)


@dataclass
class Course(Generic[R]):
    """The looks at one run, each taken once."""

    run: R
    taken: dict[int, Snapshot] = field(default_factory=dict)
    found: dict[tuple[str, int], dict[Key, Finding]] = field(default_factory=dict)

    @cached_property
    def end(self) -> Snapshot:
        """The weights that the run ended with."""
        return self.run.ended()

    def diagnosis(self) -> Diagnosis:
        """What is found at the looks that each disease asks for."""
        return at_once(self.pieces())

    def pieces(self) -> Pieces[Diagnosis]:
        """The same, look by look and disease by disease."""
        asked, found = list(diseases().values()), list[Finding]()
        able, places = _able(asked, self.end), looks(self.run.last)
        for iteration in places:
            self._at(iteration)
            yield
        for one in able:
            found += yield from self._of(one)
            yield
        return _diagnosis(self.end, found, asked, tuple(places))

    def _of(self, one: Disease) -> Pieces[list[Finding]]:
        if one.looks == DATA:
            return _found(one, self._at(1))
        if one.looks == START:
            return [_since(finding, 1) for finding in _found(one, self._at(1))]
        ended = {finding.key: finding for finding in _found(one, self.end)}
        yield
        if one.looks == END:
            return list(ended.values())
        lasting = []
        for key, finding in ended.items():
            lasting.append((yield from self._lasting(one, key, finding)))
        return lasting if one.looks == LATE else [*lasting, *(yield from self._passed(one, ended))]

    def _lasting(self, one: Disease, key: Key, finding: Finding) -> Pieces[Finding]:
        """What is still there; of a run that broke off, as it was when it began to be."""
        since = finding.since or (yield from self._began(one, key))
        if self.end.failure is not None:
            began = self._findings(one, since).get(key, finding)
            finding = replace(began, severity=finding.severity)
        return replace(finding, since=since)

    def _passed(self, one: Disease, ended: Mapping[Key, Finding]) -> Pieces[list[Finding]]:
        """What was there for some looks and is gone: a note, unless the run has failed."""
        times: dict[Key, list[int]] = {}
        for iteration in looks(self.run.last):
            for key in self._findings(one, iteration):
                times.setdefault(key, []).append(iteration)
            yield
        found = []
        for key, when in times.items():
            failed = self.end.failed
            if key in ended or (len(when) < LASTING and not failed):
                continue
            finding = self._findings(one, when[0])[key]
            severity = finding.severity if failed else NOTE
            found.append(replace(finding, severity=severity, since=when[0], until=when[-1]))
        return found

    def _began(self, one: Disease, key: Key) -> Pieces[int]:
        """The first iteration of the stretch, up to the end, in which it is found; by halving."""
        if key in self._findings(one, 1):
            return 1
        absent, present = 1, self.run.last
        while present - absent > 1:
            yield
            middle = (absent + present) // 2
            if key in self._findings(one, middle):
                present = middle
            else:
                absent = middle
        return present

    def _findings(self, one: Disease, iteration: int) -> dict[Key, Finding]:
        at = (one.name, iteration)
        if at not in self.found:
            self.found[at] = {finding.key: finding for finding in _found(one, self._at(iteration))}
        return self.found[at]

    def _at(self, iteration: int) -> Snapshot:
        if iteration not in self.taken:
            self.taken[iteration] = self.run.at(iteration)
        return self.taken[iteration]


def _found(one: Disease, look: Snapshot) -> list[Finding]:
    with np.errstate(all="ignore"):
        return list(one.find(look))


def _since(finding: Finding, iteration: int | None) -> Finding:
    return finding if finding.since else replace(finding, since=iteration)


def _able(asked: Iterable[Disease], look: Snapshot) -> list[Disease]:
    return [one for one in asked if one.needs <= has(look)]


def _diagnosis(
    look: Snapshot, found: Sequence[Finding], asked: Sequence[Disease], places: tuple[int, ...]
) -> Diagnosis:
    able = {one.name for one in _able(asked, look)}
    tested = {one.name: one.tests for one in asked if one.name in able}
    lacking = {
        one.name: "it needs " + " and ".join(sorted(one.needs - has(look)))
        for one in asked if one.name not in able
    }  # fmt: skip
    known = {one.name: one for one in asked}
    led = [replace(one, follows=_leading(one, known[one.disease], found)) for one in found]
    return Diagnosis(
        look.case.described(), ranked(led), tested, lacking, look.history.iterations, places
    )


def _leading(finding: Finding, row: Disease, found: Sequence[Finding]) -> str:
    """The disease that brings a finding about: one as bad that was there no later."""
    for word in row.follows:
        for other in found:
            as_bad = SEVERITIES.index(other.severity) <= SEVERITIES.index(finding.severity)
            earlier = finding.since is None or (other.since or 0) <= finding.since
            if other.disease == word and as_bad and earlier:
                return word
    return ""
