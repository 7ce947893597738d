"""Requests that change nothing: hello, watch, explain, results, and what every page may ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from workings import __version__
from workings.play import asking, choices, doctor, outcomes, protocol, showing, tapes, why
from workings.play.building import COLUMNS, ROWS
from workings.play.clients import CONTROLLER, Client, Watch
from workings.play.layouts import SAMPLES, Window
from workings.play.numbers import STEPS, UNITS
from workings.play.presets import presets, tables
from workings.play.protocol import Refused
from workings.play.session import Session
from workings.play.specs import LAYERS, PARAMETERS

Request = Mapping[str, Any]
CELL, LINK = 10_000, 6_000
LIMITS = {
    "message": protocol.MESSAGE, "upload": protocol.UPLOAD, "rows": ROWS, "columns": COLUMNS,
    "cell": CELL, "parameters": PARAMETERS, "hidden_layers": LAYERS, "units": UNITS,
    "steps": STEPS, "requests_per_second": protocol.REQUESTS, "link": LINK,
}  # fmt: skip
PANELS = ("tape", "tick", "map", "hist")
WIDEST = 2000  # places of a window


def hello(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Everything a page needs to begin; the events of what is open follow."""
    if request.get("protocol") != protocol.NAME:
        raise Refused(
            "bad_request",
            f"This server speaks {protocol.NAME}, the page {str(request.get('protocol'))[:20]}.",
            hint="Reload the page.", field="protocol",
        )  # fmt: skip
    if not client.greeted:
        client.greeted = True
        session.post(lambda: showing.run_events(session, to=client))
        session.later("friends", doctor.friends())
    return {
        "protocol": protocol.NAME, "version": __version__, "role": client.role, "limits": LIMITS,
        "presets": [
            {"name": one.name, "group": one.group, "title": one.title, "summary": one.summary,
             "teaches": one.teaches, "spec": one.spec.plain()}
            for one in presets().values()
        ],
        "tables": [{"name": word, "summary": said} for word, said in tables().items()],
        "options": choices.options(), "exports": [{"kind": word, **row} for word, row in
                                                  outcomes.exports_listed().items()],
        "opened": session.shown in session.runs,
        "watching": session.watching,
    }  # fmt: skip


def watch(session: Session, client: Client, request: Request) -> None:
    """What the page wants to be sent."""
    before = client.watch
    panels = before.panels
    if "panels" in request:
        told = request["panels"]
        if not isinstance(told, list) or not {*map(str, told)} <= set(PANELS):
            raise Refused("bad_value", f"cannot watch that: some of {', '.join(PANELS)} were "
                          "expected", field="panels")  # fmt: skip
        panels = frozenset(told)
    client.watch = replace(
        before, panels=panels, window=_rows(_window(before.window, request), request),
        sample=str(asking_sample(request, before.sample)),
        map=asking.table(request, "map", before.map),
        hidden=asking.flag(request, "hidden", before.hidden),
    )  # fmt: skip
    if session.shown in session.runs and client.greeted and not client.watch.hidden:
        _show(session, client, before, "map" in request)


def _show(session: Session, client: Client, before: Watch, asked: bool) -> None:
    """What is other now; where nothing moves, the map that was asked for too."""
    now = client.watch
    if now.window != before.window:
        showing.tape(session, client)
    elif now != before and not session.running:
        showing.all_of_it(session, to=client)
        return
    if asked and "map" in now.panels and not session.running:
        showing.map_(session, client)


def asking_sample(request: Request, before: str) -> str:
    """The number of a row, as a text or as a number."""
    found = request.get("sample", before)
    if isinstance(found, bool) or not isinstance(found, str | int) or len(str(found)) > 20:
        raise Refused("bad_value", "cannot watch that sample: its number was expected",
                      field="sample")  # fmt: skip
    return str(found)


def _window(before: Window, request: Request) -> Window:
    told = asking.table(request, "window", None)
    if told is None:
        return before
    found = dict(before.wanted)
    for word, pair in told.items():
        whole = isinstance(pair, list) and len(pair) == 2 and all(type(one) is int for one in pair)
        if not whole or not (0 <= pair[0] <= 10**7 and 1 <= pair[1] <= WIDEST) or len(told) > 50:
            raise Refused("bad_value", "cannot use that window: the first place, from 0, and how "
                          f"many, at most {WIDEST}, were expected", field="window")  # fmt: skip
        found[str(word)[:60]] = (pair[0], pair[1])
    return Window(found, before.rows)


def _rows(window: Window, request: Request) -> Window:
    """The samples that are looked at alone; an empty list is all of them."""
    if "rows" not in request:
        return window
    told = request["rows"]
    if not isinstance(told, list) or len(told) > WIDEST or not all(
            isinstance(one, str | int) and len(str(one)) <= 20 for one in told):  # fmt: skip
        raise Refused("bad_value", "cannot show those samples: a list of their numbers was "
                      "expected", field="rows")  # fmt: skip
    wanted = {word: pair for word, pair in window.wanted.items() if word != SAMPLES}
    return Window(wanted, frozenset(map(str, told)))


def explain(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Why a number is what it is."""
    run, step = session.run, _step(session, request)
    order = asking.text(request, "order", "index")
    if order not in ("index", "size"):
        raise Refused("bad_value", "cannot order the terms so: index or size was expected",
                      field="order")  # fmt: skip
    told = why.explained(
        run, asking.text(request, "cell"), step, in_order=order == "index",
        digits=asking.whole(request, "digits", None, low=1, high=17),
        terms=asking.whole(request, "terms", None, low=1, high=100_000)
        if "terms" in request else why.TERMS,
        part=showing.parts_by_name(run, step),
    )  # fmt: skip
    return {"run": session.shown, **told}


def sources(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """What lights up under the pointer."""
    return why.sources(session.run, asking.text(request, "cell"), _step(session, request))


def _step(session: Session, request: Request) -> int:
    found = asking.whole(request, "step", session.step, high=STEPS)
    session.run.check_step(found)
    return int(found)


def statistics(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """The columns of an array over all its rows, of which a window is shown."""
    trace, word = session.run.trace(session.step), asking.text(request, "array")
    if word not in trace.values or np.ndim(trace[word]) == 0:
        raise Refused("not_found", f"There is no matrix called {word[:60]}.", field="array")
    return tapes.statistics(trace, word)


def take_over(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Makes this page the one that controls."""
    session.hand_over(client)
    return {"role": CONTROLLER}


def ping(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Is anybody there?"""
    return {"pong": True}


OPERATIONS: dict[str, Callable[..., Any]] = {
    "hello": hello, "watch": watch, "explain": explain, "sources": sources, "ping": ping,
    "statistics": statistics, "take_over": take_over, **outcomes.OPERATIONS,
}  # fmt: skip
