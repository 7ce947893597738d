"""Wrong and right beside each other: the first step that differs, and what follows from it.

outcome = lab("lr-twice")
outcome.difference       the first cell in which the two sides differ, with both numbers
outcome.right, outcome.wrong     the losses of both runs, and their last outputs
outcome.checks           what each check says of the wrong side
"""

from __future__ import annotations

import numpy as np

from workings.explaining.cells import address
from workings.lab.checks import said
from workings.lab.mistakes import mistake
from workings.lab.outcome import Difference, Outcome
from workings.lab.sides import Side
from workings.language import spelled
from workings.notations import notation, spell

APART = 1e-9  # relative: two programs that compute the same differ by less


def lab(word: str, *, iterations: int | None = None) -> Outcome:
    """Runs a mistake and what is right from the same start, for so many iterations.

    Raises `UnknownName` with a suggestion for a mistake that there is not.

    >>> found = lab("lr-twice", iterations=10)
    >>> found.difference.step, found.caught
    ('d_output', ('gradient check', 'update check'))
    """
    row = mistake(word)
    experiment = row.make()
    count = iterations or row.iterations
    right, wrong = experiment.right, experiment.wrong
    return Outcome(
        row, difference(right, wrong), right.run(count), wrong.run(count), _rows(right),
        (right.summed, wrong.summed), said(experiment),
    )  # fmt: skip


def _rows(side: Side) -> int:
    return int(np.shape(side.values["X"])[side.samples])


def difference(right: Side, wrong: Side) -> Difference | None:
    """The first matrix of the first iteration that is not the same on both sides."""
    one, other = right.trace(), wrong.trace()
    for word in (*wrong.program.given, *wrong.program.names):
        if word not in one.values:
            continue
        a, b = np.asarray(one[word]), np.asarray(other[word])
        if a.shape != b.shape:
            shapes = spelled(a.shape), spelled(b.shape)
            cells = float(a.ravel()[0]), float(b.ravel()[0])
            return Difference(word, word, *cells, *_formulas(right, wrong, word), shapes)
        apart = ~np.isclose(a, b, rtol=APART, atol=1e-12)
        if apart.any():
            place = tuple(int(index) for index in np.argwhere(apart)[0])
            cells = float(a[place]), float(b[place])
            return Difference(word, address(word, place), *cells, *_formulas(right, wrong, word))
    return None


def _formulas(right: Side, wrong: Side, word: str) -> tuple[str, str]:
    if word in right.program.given:
        return "", ""
    found = [str(spell(side.program[word].expr, notation("plain"))) for side in (right, wrong)]
    return found[0], found[1]
