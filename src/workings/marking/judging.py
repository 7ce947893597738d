"""One form of a problem held against a working: a verdict for each step, in program order.

judged = Judged(form, matrices, usual)
judged.marks                 a mark for each given matrix and each step
judged.first                 the name of the first wrong one, or None
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from workings.language import spelled
from workings.language.walk import leaves
from workings.marking import marks
from workings.marking.assignments import Form
from workings.marking.marks import Mark
from workings.marking.numbers import Filled, Numbers, fits, turns
from workings.marking.rounding import Usual

TURNED = "a row where a column belongs, or the other way round"


class Judged:
    """A working under one form; `matrices` are keyed by the form's own names."""

    def __init__(self, form: Form, matrices: Mapping[str, Filled], usual: Usual | None) -> None:
        self.form, self.matrices, self.usual = form, matrices, usual
        plain = {word: _squeezed(one) for word, one in matrices.items()}
        told = {word: one for word, one in plain.items() if not one.blank.any()}
        shaped = Numbers(form, told, usual)  # only for its sizes
        self.misfits: dict[str, str] = {}
        fitting: dict[str, Filled] = {}
        for word, one in plain.items():
            wanted = shaped.shape(word)
            if fits(one.values.shape, wanted):
                fitting[word] = replace(one, values=one.values.reshape(wanted))
            elif turns(one.values.shape, wanted):
                fitting[word] = _turned(one)
            else:
                found, right = spelled(one.values.shape), spelled(wanted)
                self.misfits[word] = f"{found} was written, {right} was expected"
        self.numbers = Numbers(form, fitting, usual)
        self._off_by: dict[str, Any] = {}

    def off_by(self, word: str) -> Any:
        """Which cells of a matrix that fits are wrong."""
        if word not in self._off_by:
            numbers, one = self.numbers, self.numbers.filled[word]
            expected = numbers.expected(word)
            with np.errstate(invalid="ignore"):
                apart = np.abs(one.values - expected.value)
                bad = np.isfinite(expected.value) & (apart > numbers.allowed(word))
            self._off_by[word] = bad
        return self._off_by[word]

    def fewer(self, than: int) -> bool:
        """Whether fewer steps are wrong in themselves; no more is looked at than that takes."""
        wrong = 0
        for word in (*self.form.program.given, *self.form.program.names):
            if word in self.misfits:
                wrong += not self.matrices[word].empty
            elif word in self.numbers.filled:
                wrong += bool(self.off_by(word).any())
            if wrong >= than:
                return False
        return True

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """A mark for each given matrix and each step, in the order of the program."""
        program, tainted, made = self.form.program, set[str](), []
        reads = {step.name: {leaf["name"] for leaf in leaves(step.expr)} for step in program}
        for word in (*program.given, *program.names):
            given = word in program.given
            mark = self._mark(word, given, bool(reads.get(word, set()) & tainted))
            bad = mark.verdict in (marks.WRONG, marks.MISFIT)
            if bad or reads.get(word, set()) & tainted:
                tainted.add(word)
            made.append(mark)
        return tuple(made)

    @cached_property
    def first(self) -> Mark | None:
        """The first wrong step."""
        return next((m for m in self.marks if m.verdict in (marks.WRONG, marks.MISFIT)), None)

    @property
    def wrong(self) -> int:
        """How many steps are wrong in themselves."""
        return sum(1 for m in self.marks if m.verdict in (marks.WRONG, marks.MISFIT))

    @property
    def settled(self) -> int:
        """How many steps are wrong whatever sign or sum is meant: those before the loss."""
        names = self.form.program.names
        after = set(names[names.index("loss") :]) if "loss" in names else set[str]()
        bad = (m for m in self.marks if m.verdict in (marks.WRONG, marks.MISFIT))
        return sum(1 for m in bad if m.step not in after)

    def _mark(self, word: str, given: bool, tainted: bool) -> Mark:
        if word not in self.matrices:
            size = int(np.prod(self.numbers.shape(word)))
            return Mark(word, word, marks.BLANK, 0, size, given=given)
        one = self.matrices[word]
        cells = int((~one.blank).sum())
        if word in self.misfits:
            size = int(np.prod(self.numbers.shape(word)))
            verdict = marks.MISFIT if cells else marks.BLANK
            return Mark(word, one.called, verdict, cells, size, cells, given, self.misfits[word])
        bad = int(self.off_by(word).sum())
        if not cells:
            verdict = marks.BLANK
        elif bad:
            verdict = marks.WRONG
        elif not np.isfinite(self.numbers.expected(word).value).all():
            verdict = marks.UNJUDGED
        elif tainted:
            verdict = marks.FOLLOWS
        else:
            verdict = marks.RIGHT if cells == one.values.size else marks.PARTLY
        note = TURNED if self.numbers.filled[word].turned else ""
        return Mark(word, one.called, verdict, cells, one.values.size, bad, given, note)


def _squeezed(one: Filled) -> Filled:
    """A list of numbers counts as one row of a matrix."""
    if one.values.ndim == 1:
        return replace(one, values=one.values.reshape(1, -1))
    return one


def _turned(one: Filled) -> Filled:
    written = None if one.written is None else tuple(zip(*one.written, strict=False))
    return replace(one, values=one.values.T, written=written, turned=True)
