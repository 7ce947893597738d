"""A training as worksheets: one for each iteration, each starting from what the last one made.

    batches(run)                  the learning rate and the rows of every iteration, in order
    pages(book, subject, count)   the worksheets of the first `count` iterations

The first worksheet holds the given numbers. Later ones refer to it: weights to the new weights
of the sheet before, rows to where they stand first, the learning rate to the first one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workings.engines import engine
from workings.errors import NotSupported, SettingError
from workings.exports import Run, Subject
from workings.exports._xlsx_book import Book, Content, Formula
from workings.exports._xlsx_cells import Place
from workings.exports._xlsx_layout import Box, Section, program_sections
from workings.exports._xlsx_page import Page, Source
from workings.notations.excel import NOTATION
from workings.trace import Array, Trace

MOST_ROWS = 200  # in a batch: more are no longer looked through by anybody


def batches(run: Run) -> Iterator[tuple[float, list[int]]]:
    """The learning rate and the places of the rows of each iteration, epoch by epoch."""
    random, count = np.random.default_rng(run.seed), run.X.shape[run.samples]
    for rate in run.rates:
        order = np.arange(count)
        if run.shuffled:
            random.shuffle(order)
        for first in range(0, count, run.batch_size):
            yield rate, order[first : first + run.batch_size].tolist()


def traces(subject: Subject, run: Run, count: int) -> Iterator[tuple[Trace, list[int]]]:
    """Every matrix of the first `count` iterations, and which rows they are on."""
    values = {word: np.asarray(value, float) for word, value in run.start.items()}
    for (rate, which), _ in zip(batches(run), range(count), strict=False):
        rows = {"X": run.X, "y": run.y}
        some = {w: np.asarray(x, float).take(which, run.samples) for w, x in rows.items()}
        labels = {**subject.labels, "n": [str(row + 1) for row in which]}
        trace = engine().trace(run.iteration, {**values, **some, "lr": np.asarray(rate)}, labels)
        yield trace, which
        values |= {old: trace[new] for old, new in run.iteration.updates.items()}


def check(run: Run, count: int) -> None:
    """Raises `SettingError` or `NotSupported` where `count` iterations cannot be laid out."""
    rows, last = run.X.shape[run.samples], _iterations(run)
    if not 1 <= count <= last:
        raise SettingError(
            f"cannot lay out {count} iterations: 1 to {last} were expected, as the training has",
            iterations=count,
        )
    if min(run.batch_size, rows) > MOST_ROWS:
        raise NotSupported(
            f"cannot lay out an iteration on {min(run.batch_size, rows)} rows: a worksheet shows "
            f"up to {MOST_ROWS}",
            hint="Train in batches (batch_size=32), on fewer rows, or export the prediction alone.",
            rows=rows,
        )  # fmt: skip


def pages(book: Book, subject: Subject, run: Run, ran: list[tuple[Trace, list[int]]]) -> list[Page]:
    """The worksheets for iterations that were run."""
    made: list[Page] = []
    stands: dict[int, tuple[Page, int]] = {}  # where each row of the table stands first
    for number, (trace, which) in enumerate(ran, 1):
        made.append(
            Page(
                book, f"Iteration {number}", trace, _sections(trace),
                suffix="" if number == 1 else f"_{number}",
                sources=_sources(run, trace, made, [stands.get(row) for row in which]),
            )
        )  # fmt: skip
        for place, row in enumerate(which):
            stands.setdefault(row, (made[-1], place))
    for number, (page, (_, which)) in enumerate(zip(made, ran, strict=True), 1):
        page.write(subject.title, _note(run, number, which))
    return made


def _iterations(run: Run) -> int:
    return len(run.rates) * -(-int(run.X.shape[run.samples]) // run.batch_size)


def _note(run: Run, number: int, which: list[int]) -> str:
    count = run.X.shape[run.samples]
    rows = f"all {count} rows" if len(which) == count else f"{len(which)} of {count} rows"
    start = f", from the weights that iteration {number - 1} made" if number > 1 else ""
    return (
        f"Iteration {number} of {_iterations(run)}, on {rows}{start}. "
        "Shown to 4 decimals; every cell keeps every digit."
    )


def _sections(trace: Trace) -> list[Section]:
    """Settings first, then the stages of the program as everywhere."""
    singles = [word for word, shape in trace.program.given.items() if shape == ()]
    heading = "Settings: lr is the learning rate" if "lr" in singles else "Settings"
    boxes = [Box(word, word, (), (), 1, 1) for word in singles]
    return [Section(heading, (), [boxes]), *program_sections(trace)]


# -- what the given values of later iterations refer to --------------------------------------------


def _sources(
    run: Run, trace: Trace, made: list[Page], stands: list[tuple[Page, int] | None]
) -> dict[str, Source]:
    if not made:
        return {}
    found: dict[str, Source] = {}
    for word in trace.program.given:
        if word in ("X", "y"):
            found[word] = _row_source(run, trace[word], word, stands)
        elif word == "lr":
            found[word] = _rate_source(made[0], float(trace[word]))
        elif word in run.iteration.updates:
            found[word] = _cell_source(made[-1], run.iteration.updates[word])
        else:
            found[word] = _cell_source(made[0], word)
    return found


def _cell_source(page: Page, word: str) -> Source:
    """The same cell of `word` on another page."""

    def content(place: Place) -> Content:
        at = page.regions[word].elsewhere([(one, 1) for one in place])
        return Formula(at, float(page.value(word)[place]), copies=True)

    return content


def _row_source(
    run: Run, value: Array, word: str, stands: list[tuple[Page, int] | None]
) -> Source:  # fmt: skip
    """Rows that stand on an earlier page are read from there; others are given here."""

    def content(place: Place) -> Content:
        earlier = stands[place[run.samples]]
        if earlier is None:
            return float(value[place])
        page, row = earlier
        there = (row, place[1]) if run.samples == 0 else (place[0], row)
        return _cell_source(page, word)(there)

    return content


def _rate_source(first: Page, rate: float) -> Source:
    """The first learning rate; where the schedule has moved on, the same share of it."""
    began, called = float(first.value("lr")), first.regions["lr"].called

    def content(place: Place) -> Content:
        if rate == began:
            return Formula(called, rate, copies=True)
        return Formula(f"{called}*{NOTATION.number(rate / began)}", rate)

    return content
