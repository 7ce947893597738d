"""Requests that go through time: run, pause, step, seek, fork, switch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from workings.errors import SettingError
from workings.play import asking, showing, telling, why
from workings.play.building import Built
from workings.play.clients import Client
from workings.play.numbers import NUMBERS, STEPS
from workings.play.protocol import Refused
from workings.play.records import ALIVE, changed_text
from workings.play.runs import Run
from workings.play.session import Session
from workings.play.specs import Train
from workings.training.runs import Rows

Request = Mapping[str, Any]
CELLS = 100  # that one fork may change
NAME = re.compile(r"\w+")


def run(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Trains until a stop rule, or a pause."""
    shown = session.run
    if shown.broken is not None and session.step == shown.last:
        raise Refused("not_now", f"This run cannot go on: {shown.broken.said}.",
                      hint="Start a fork with a smaller learning rate.")  # fmt: skip
    until = asking.table(request, "until", None) or {}
    rules = shown.train.until
    most = asking.whole(until, "steps", None, low=1, high=STEPS)
    goal = most if most is not None else rules.steps
    while goal <= session.step:  # it goes on by as many again
        goal += rules.steps if most is None else most
    rate = asking.number(request, "rate", None)
    if rate is not None and rate <= 0:
        raise Refused("bad_value", f"cannot train at {rate:g} steps a second: more than 0 was "
                      "expected", field="rate")  # fmt: skip
    session.train(min(goal, STEPS), asking.number(until, "loss", None), rate)
    for one in session.clients.values():
        one.say(telling.state(session, one))
    return {"step": session.step}


def pause(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Stops training, and shows where it is, exactly."""
    session.running = False
    showing.all_of_it(session)
    return {"step": session.step}


def step(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Some steps on, or back."""
    by = asking.whole(request, "n", 1, low=-STEPS, high=STEPS)
    return _to(session, max(0, session.step + by))


def seek(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """To any step."""
    return _to(session, asking.whole(request, "step", high=STEPS))


def _to(session: Session, wanted: int) -> dict[str, Any]:
    session.running, session.stopped = False, ""
    session.cancelled.clear()
    shown = session.run
    if wanted > shown.last and shown.broken is None:
        session.advance(shown, wanted)
        shown.note_test()
    session.step = min(wanted, shown.last)
    showing.all_of_it(session)
    return {"step": session.step, "cancelled": session.cancelled.is_set()}


def reset(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Step 0, with the same weights."""
    return _to(session, 0)


def part(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Notes which part is looked at."""
    session.part = asking.whole(request, "part", high=200)
    for one in session.clients.values():
        if one is not client:
            one.say(telling.state(session, one))
    return {"part": session.part}


def switch(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Shows another run."""
    session.switch(number_of(session, request))
    showing.run_events(session)
    return {"run": session.shown, "step": session.step}


def number_of(session: Session, request: Request) -> int:
    """The number of a run that is there; the one that is shown if none is named."""
    found = asking.whole(request, "run", session.shown)
    if found not in session.runs:
        raise Refused("not_found", f"There is no run {found}.", field="run")
    return int(found)


def added(session: Session, made: Run, at: int) -> dict[str, Any]:
    """A fork is shown at the step from which it goes on."""
    number = session.add(made, session.shown)
    session.step = at
    showing.run_events(session)
    return {"run": number, "step": at, "notices": []}


def forked(parent: Run, at: int, change: Request) -> Run:
    """A fork of a run with other settings or cells."""
    parent.check_step(at)
    told = {word: value for word, value in change.items() if word != "cells"}
    train = settings(parent.segment(at + 1).train, told)
    cells = asking.table(change, "cells", {})
    built, values, texts = _edited(parent, at, cells)
    said = changed_text(parent.segment(at + 1).train, train)
    made = parent.fork(at, train, built, values, ", ".join([*texts, *([said] if said else [])]))
    made.cells = dict(cells)
    return made


def settings(train: Train, told: Request) -> Train:
    """Settings that may change on the way, with other values."""
    for word, value in told.items():
        if word not in ALIVE:
            raise Refused(
                "bad_value", f"cannot change {str(word)[:40]} on the way: only {', '.join(ALIVE)} "
                "can be", field=f"train.{str(word)[:40]}",
            )  # fmt: skip
        train = replace(train, **{word: NUMBERS[f"train.{word}"].check(value)})
    return train


def _edited(parent: Run, at: int, cells: Request) -> tuple[Built, dict[str, Any], list[str]]:
    """Rows and weights with other numbers in some cells, and what was done in words."""
    if len(cells) > CELLS:
        raise Refused("too_large", f"cannot change {len(cells)} cells at once: at most {CELLS}",
                      field="change.cells")  # fmt: skip
    built, values = parent.built, parent.values(at)
    weights: dict[str, Any] = {}
    rows = {"X": built.rows.X.copy(), "y": built.rows.y.copy()}
    texts = []
    trace = parent.trace(at)
    for cell, told in cells.items():
        value = asking.number({"value": told}, "value")
        word = (NAME.match(cell) or [""])[0]
        if word in rows:
            place = _row_cell(built, cell, rows[word].shape)
            texts.append(f"{cell} {rows[word][place]:g} → {value:g}")
            rows[word][place] = value
        elif word in built.start:
            _, where = why.cell_of(trace, cell)
            weights.setdefault(word, values[word].copy())
            texts.append(f"{cell} {weights[word][where]:g} → {value:g}")
            weights[word][where] = value
        else:
            raise SettingError(
                f"cannot edit {cell[:60]}: weights, biases, X and y can be edited, what is "
                "computed cannot", field="change.cells",
            )  # fmt: skip
    if any(not np.array_equal(rows[w], getattr(built.rows, w)) for w in rows):
        built = replace(built, edited=Rows(rows["X"], rows["y"]))
    return built, weights, texts


def _row_cell(built: Built, cell: str, shape: tuple[int, ...]) -> tuple[int, int]:
    """The place of a cell of X or y, whose row is called by its number in the table."""
    found = re.fullmatch(r"\w+\[(\d+),(\d+)\]", cell.replace(" ", ""))
    if found is None or found[1] not in built.numbers or not 1 <= int(found[2]) <= shape[1]:
        raise Refused("not_found", f"There is no cell {cell[:60]}.", field="change.cells")
    return built.numbers.index(found[1]), int(found[2]) - 1


OPERATIONS = {
    "run": run, "pause": pause, "step": step, "seek": seek, "reset": reset, "part": part,
    "switch": switch,
}  # fmt: skip
