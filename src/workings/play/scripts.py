"""A run as a short Python script, which makes it again by the same engine.

script(run, step)       start, advance, fork, change: what was done, a line each
"""

from __future__ import annotations

import pprint
from typing import Any

from workings import __version__
from workings.play.again import OWN
from workings.play.opening import FILE
from workings.play.protocol import Refused
from workings.play.records import ALIVE
from workings.play.runs import Run
from workings.play.specs import Spec, Train

WIDE = 88
CLOSE = 1e-12


def script(run: Run, step: int) -> tuple[str, list[str]]:
    """The text of a script, and what has to be said of it."""
    while run.parent is not None and step <= run.at:
        run = run.parent
    chain = _chain(run)
    data = chain[0].built.spec.data
    if data.source == FILE:
        raise Refused(
            "not_available", "A training of the command line is not written as a script: its model "
            "holds it.", hint="`workings.load` reads the model; NumPy, R and C can be exported.",
        )  # fmt: skip
    lines, used = _done(chain, step)
    own = data.source == OWN
    told = pprint.pformat(_told(chain[0].built.spec.plain(), Spec().plain()), width=WIDE - 2,
                          sort_dicts=False, compact=True)  # fmt: skip
    notices = ["The script reads the table from the file beside it."] if own else []
    text = "\n".join([
        f'"""A run of the playground, made again by workings {__version__}: `python FILE`."""', "",
        "import math", "", f"from workings.play.again import {', '.join(used)}", "",
        f"SPEC = {told}", "",
        f"run = start(SPEC{f', table={data.name!r}' if own else ''})", *lines,
        f'loss = float(run.trace({step})["loss"])', f'print("loss at step {step}:", loss)',
        f"assert math.isclose(loss, {float(run.trace(step)['loss'])!r}, rel_tol={CLOSE}, "
        f"abs_tol={CLOSE})",
    ])  # fmt: skip
    return text + "\n", notices


def _chain(run: Run) -> list[Run]:
    """The run and those it was forked from, the first one first."""
    return [*(_chain(run.parent) if run.parent is not None else []), run]


def _told(given: Any, usual: Any) -> Any:
    """What a spec says that is not so anyway."""
    if not isinstance(given, dict):
        return given
    usual = usual if isinstance(usual, dict) else {}
    return {word: _told(one, usual.get(word)) for word, one in given.items()
            if word not in usual or one != usual[word]}  # fmt: skip


def _done(chain: list[Run], step: int) -> tuple[list[str], list[str]]:
    """Line by line what was done, and the functions that are needed for it."""
    lines: list[str] = []
    used = {"start"}
    at = 0
    for place, run in enumerate(chain):
        if place:
            lines += _up_to(at, run.at)
            at = run.at
            lines.append(f"run = fork(run, {at}, {_change(run, chain[place - 1])!r})")
            used.add("fork")
        end = chain[place + 1].at if place + 1 < len(chain) else step
        for before, after in zip(run.segments, run.segments[1:], strict=False):
            if after.first < end:
                lines += _up_to(at, after.first)
                at = after.first
                lines.append(f"change(run, {_settings(before.train, after.train)})")
                used.add("change")
        lines += _up_to(at, end) if end == step and place + 1 == len(chain) else []
    return lines, sorted(used)


def _settings(before: Train, after: Train) -> str:
    pairs = [(word, getattr(before, word), getattr(after, word)) for word in ALIVE]
    return ", ".join(f"{word}={now!r}" for word, old, now in pairs if now != old)


def _up_to(at: int, to: int) -> list[str]:
    return [f"run.advance({to - at})"] if to > at else []


def _change(run: Run, parent: Run) -> dict[str, Any]:
    """With what a run was forked."""
    own, before = run.segments[0].train, parent.segment(run.at + 1).train
    told = {w: getattr(own, w) for w in ALIVE if getattr(own, w) != getattr(before, w)}
    cells = {"cells": dict(run.cells)} if run.cells else {}
    return {**told, **cells} or {"lr": own.lr}
