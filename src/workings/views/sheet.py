"""The neutral layout of a trace: what is shown, in which order, with which text. No medium.

    Sheet(title, blocks, note)      all of it; `note` says how numbers were rounded, if any was
    Block(number, title, groups)    a stage of the program; what is in one group belongs together
    Matrix(name, formula, why ..)   a value with the labels of its rows and columns
    Cell(text, value)               one number, as it is read and as it is

`sheet(trace)` builds it. Old weights, their gradient, the rate and the new weights are one group,
so that a medium can put them next to each other. Of large matrices a window is kept, which says
how many rows and columns it leaves out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from workings.errors import NotSupported, SettingError, UnknownName
from workings.notations import notation, spell
from workings.trace import Array, Trace
from workings.views import _arrangement, _numbers

Place = tuple[int, ...]
ACTIVE, SOURCE = "active", "source"
BLANK, ANSWER = "blank", "answer"
MARKED = "[ ] is the cell that was asked about, ( ) what it was made of."
WINDOW = 12  # rows and columns of a matrix that are shown
SAMPLES = "n"  # the size along which the samples lie


@dataclass(frozen=True)
class Cell:
    """One number: its text, rounded, and its value, which is not.

    `mark` is ACTIVE for the cell that was asked about, SOURCE for what it was made of; on a
    worksheet BLANK for a cell to be filled in, ANSWER for what belongs there.
    """

    text: str
    value: float
    mark: str = ""

    @property
    def rounded(self) -> bool:
        """Whether the text says less than the value.

        >>> Cell("0.3333", 1 / 3).rounded, Cell("0.2500", 0.25).rounded, Cell("2", 2.0).rounded
        (True, False, False)
        """
        return not math.isnan(self.value) and float(self.text) != self.value


@dataclass(frozen=True)
class Matrix:
    """A value as it is laid out.

    `formula` is empty for what was given. A single number has no labels; an axis of size 1 has
    the empty label. `more_rows` and `more_columns` count what the window leaves out.
    """

    name: str
    formula: str
    why: str
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    more_rows: int = 0
    more_columns: int = 0

    @property
    def left_out(self) -> str:
        """What the window leaves out, in words; empty if nothing.

        >>> Matrix("X", "", "", (), (), (), more_rows=997, more_columns=1).left_out
        '… 997 more rows, 1 more column'
        """
        counts = [(self.more_rows, "row"), (self.more_columns, "column")]
        said = [f"{count} more {what}{'s' * (count != 1)}" for count, what in counts if count]
        return "… " + ", ".join(said) if said else ""


@dataclass(frozen=True)
class Block:
    """One stage: its number in the program (None where it has none), title and matrices."""

    number: int | None
    title: str
    groups: tuple[tuple[Matrix, ...], ...]

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """The matrices of all groups, each once."""
        return tuple({matrix.name: matrix for group in self.groups for matrix in group}.values())

    @property
    def reasons(self) -> dict[str, str]:
        """The why of each matrix that has one; what is said twice in a block is said once."""
        first = {matrix.why: matrix.name for matrix in reversed(self.matrices) if matrix.why}
        return {name: why for why, name in first.items()}


@dataclass(frozen=True)
class Sheet:
    """A trace, laid out."""

    title: str
    blocks: tuple[Block, ...]
    note: str


@dataclass(frozen=True)
class _Look:
    """What `sheet` was asked for."""

    rows: tuple[int, ...] | None
    digits: int
    why: bool
    max_rows: int
    max_columns: int

    def most(self, axis: int) -> int:
        """How many places along an axis the window has."""
        return self.max_rows if axis == 0 else self.max_columns


def sheet(
    trace: Trace,
    *,
    title: str = "",
    step: str | Sequence[str] | None = None,
    rows: Iterable[int] | None = None,
    digits: int = 4,
    why: bool = True,
    max_rows: int = WINDOW,
    max_columns: int = WINDOW,
) -> Sheet:
    """The trace laid out stage by stage, numbered from 0.

    Each stage shows the given matrices it asks for and then its steps; given matrices that no
    stage asks for come first (single numbers, which are settings, do not), steps of no stage last.

    `step` keeps one step or given matrix alone, or several. `rows` are the places, from 0, of the
    samples to show. `digits` is how many decimals are written. `max_rows` and `max_columns` are the
    size of the window. Raises `UnknownName`, `SettingError` for places that are not there, and
    `NotSupported` for values of more than two axes.
    """
    known = [word for word in (*trace.program.given, *trace.program.names) if word in trace.values]
    chosen = [step] if isinstance(step, str) else list(step or ())
    for word in chosen:
        if word not in known:
            raise UnknownName("step", word, known)
    if digits < 0 or max_rows < 1 or max_columns < 1:
        raise SettingError("cannot lay out less than 0 digits, 1 row and 1 column")
    look = _Look(None if rows is None else tuple(rows), digits, why, max_rows, max_columns)
    blocks: list[Block] = []
    left = set(chosen)  # each is shown once, where it stands first
    for number, heading, words in _arrangement.stages(trace, chosen):
        words = [word for word in words if word in left] if chosen else words
        words = [word for word in words if word in trace.values]
        left.difference_update(words)
        if words:
            made = {word: _matrix(trace, word, look) for word in words}
            groups = tuple(
                tuple(made[w] for w in group) for group in _arrangement.groups(trace, words)
            )
            blocks.append(Block(number, heading, groups))
    return Sheet(title, tuple(blocks), _note(blocks, digits))


def marked(
    trace: Trace,
    marks: Mapping[str, Mapping[Place, str]],
    *,
    digits: int = 4,
) -> Sheet:
    """The matrices in `marks` alone, in that order, with their marked cells in the window.

    `marks` says of each matrix which places (from 0) are ACTIVE and which SOURCE.
    """
    look = _Look(None, digits, False, WINDOW, WINDOW)
    made = [_matrix(trace, word, look, marks=marks[word]) for word in marks]
    return Sheet("", (Block(None, "", (tuple(made),)),), MARKED)


def _note(blocks: Iterable[Block], digits: int) -> str:
    """How numbers were rounded, if one that is shown was."""
    shown = (
        cell for block in blocks for one in block.matrices for row in one.cells for cell in row
    )
    if not any(cell.rounded for cell in shown):
        return ""
    return (
        f"Shown to {digits} decimals, large numbers to {digits} digits; "
        "the arithmetic keeps every digit."
    )


# -- one matrix ------------------------------------------------------------------------------------


def _matrix(
    trace: Trace, word: str, look: _Look, *, marks: Mapping[Place, str] | None = None
) -> Matrix:
    value = np.asarray(trace[word])
    if value.ndim > 2:
        raise NotSupported(
            f"cannot show {word}: it has {value.ndim} axes, and only two fit on a sheet",
            name=word, shape=value.shape,
        )  # fmt: skip
    kept = [
        _kept(trace, word, axis, look=look) if marks is None
        else _around([place[axis] for place in marks], value.shape[axis], look.most(axis))
        for axis in range(value.ndim)
    ]  # fmt: skip
    labels = [_labels(trace, word, axis, kept=kept[axis]) for axis in range(value.ndim)]
    window = value[np.ix_(*kept)]
    left_out = [value.shape[axis] - len(kept[axis]) for axis in range(value.ndim)]
    more = (*left_out, 0, 0)
    formula, why = _said(trace, word)
    return Matrix(
        word, formula, why if look.why else "",
        *_two(labels), _cells(_as_matrix(window), look.digits, _placed(marks or {}, kept)),
        more[0], more[1],
    )  # fmt: skip


def _said(trace: Trace, word: str) -> tuple[str, str]:
    if word in trace.program.given:
        return "", ""
    step = trace.program[word]
    return str(spell(step.expr, notation("plain"))), step.why or step.expr.op.reason


def _kept(trace: Trace, word: str, axis: int, *, look: _Look) -> list[int]:
    """The places along an axis that the window shows."""
    count = np.shape(trace[word])[axis]
    if look.rows is None or trace.shape(word)[axis] != SAMPLES:
        return list(range(min(count, look.most(axis))))
    for place in look.rows:
        if not 0 <= place < count:
            raise SettingError(
                f"cannot show sample {place} of {word}: there are {count}, counted from 0",
                place=place, count=count,
            )  # fmt: skip
    return list(look.rows)


def _labels(trace: Trace, word: str, axis: int, *, kept: Sequence[int]) -> tuple[str, ...]:
    size, names = str(trace.shape(word)[axis]), trace.names_along(word, axis)
    if len(names) == 1 and len(trace.labels.get(size, ())) != 1:
        return ("",)  # there is nothing to tell apart
    return tuple(names[place] for place in kept)


def _two(labels: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of rows and columns: a single number has none, a list is one column."""
    if not labels:
        return (), ()
    return labels[0], labels[1] if len(labels) > 1 else ("",)


def _as_matrix(window: Array) -> Array:
    return window.reshape(window.shape[0], -1) if window.ndim == 2 else window.reshape(-1, 1)


def _around(places: Sequence[int], count: int, most: int) -> list[int]:
    """A window of at most `most` places in which the first of the given ones lie."""
    kept = sorted(set(places))[:most]
    others = (place for place in range(count) if place not in kept)
    return sorted([*kept, *islice(others, most - len(kept))])


def _placed(marks: Mapping[Place, str], kept: Sequence[Sequence[int]]) -> dict[Place, str]:
    """The marks by their places in the window, of which a list is one column."""
    if not kept:
        return dict.fromkeys([(0, 0)] * len(marks), "".join(marks.values()))
    where = [{place: index for index, place in enumerate(axis)} for axis in kept]
    found = {
        tuple(axis[index] for axis, index in zip(where, place, strict=True)): mark
        for place, mark in marks.items()
        if all(index in axis for axis, index in zip(where, place, strict=True))
    }
    return {(*place, 0)[:2]: mark for place, mark in found.items()}


def _cells(window: Array, digits: int, marks: Mapping[Place, str]) -> tuple[tuple[Cell, ...], ...]:
    texts = _numbers.texts(window, digits)
    return tuple(
        tuple(
            Cell(text, float(value), marks.get((row, column), ""))
            for column, (text, value) in enumerate(zip(line, values, strict=True))
        )
        for row, (line, values) in enumerate(zip(texts, window, strict=True))
    )
