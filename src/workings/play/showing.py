"""What pages are sent: states, tapes, ticks, curves, maps; each as often as it can be read.

all_of_it(session)          after a step, a pause, a jump: everything, exact
while_running(session)      a little of it, for pages that can take it
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np

from workings.errors import WorkingsError
from workings.play import describing, doctor, layouts, pictures, protocol, spreads, tapes, telling
from workings.play.clients import Client
from workings.play.protocol import (
    CURVE,
    F32,
    F64,
    FILE,
    HIST,
    MAP,
    RUNNING,
    TAPE,
    TICK,
    U8,
    WHOLE,
    Header,
)
from workings.play.runs import Run
from workings.play.session import Session

TICKS, TAPES, STATES, CURVES, HISTS = 1 / 30, 0.25, 0.25, 0.1, 0.5  # seconds between two
SHARE = 5  # a map may take a fifth of the time
FINDINGS = 3.0
POINTS = 512  # of a curve in one frame
UNITS = 12  # of a layer in a tick


def all_of_it(session: Session, *, to: Client | None = None) -> None:
    """Everything that a page shows of the step it is at."""
    if session.shown not in session.runs:
        return
    for client in _watching(session, to):
        curve(session, client)
        tape(session, client)
        if "tick" in client.watch.panels:
            tick(session, client)
        for kind, send in (("map", map_), ("hist", hist)):
            if kind in client.watch.panels:
                send(session, client)
        client.say(telling.state(session, client))
    session.later("findings", findings(session))
    telling.diverged(session)


def run_events(session: Session, *, to: Client | None = None) -> None:
    """What a page needs to know of the run that is shown, then all of its step."""
    if session.shown not in session.runs:
        return
    run = session.run
    event = describing.described(run, session.shown, session.parents[session.shown])
    for client in [to] if to else list(session.clients.values()):
        client.say(telling.runs(session))
        client.say(event)
        client.say(telling.marks(session))
        client.curve_run = 0
    all_of_it(session, to=to)


def while_running(session: Session) -> None:
    """As much as pages can take, and no more often than it can be read."""
    now = time.perf_counter()
    for client in _watching(session, None):
        for kind, apart, send in KINDS:
            wanted = kind in client.watch.panels or kind in ("curve", "state", "findings")
            if not wanted or now - client.sent.get(kind, 0.0) < max(
                apart, client.sent.get(f"{kind} takes", 0.0)
            ):
                continue
            if kind != "state" and not client.may:
                continue
            began = time.perf_counter()
            send(session, client)
            client.sent[kind] = now
            client.sent[f"{kind} takes"] = SHARE * (time.perf_counter() - began)


def _watching(session: Session, to: Client | None) -> list[Client]:
    some = [to] if to else list(session.clients.values())
    return [client for client in some if client.greeted and not client.watch.hidden]


# -- events ----------------------------------------------------------------------------------------


def findings(session: Session) -> Generator[None, None, None]:
    """What shows of the step that is on the page, quickly; sent when it has changed.

    Nothing where all was looked at already, or where the numbers ran away: a page asks for that.
    """
    if session.shown not in session.runs:
        return
    broken = session.run.broken is not None and session.step == session.run.last
    if broken or session.diagnosed == (session.shown, session.step):
        return
    shown = session.shown
    told = yield from doctor.glancing(session)
    if session.shown != shown:
        return
    for client in _watching(session, None):
        if client.found != told["findings"]:
            client.found = told["findings"]
            client.say({"ev": "findings", "run": shown, **told})


def _findings_soon(session: Session, client: Client) -> None:
    """The same while it trains, unless that is on its way."""
    if "findings" not in session.idle:
        session.later("findings", findings(session))


# -- frames ----------------------------------------------------------------------------------------


def _header(session: Session, client: Client, kind: int, dtype: int, *, schema: int = 0,
            seq: int | None = None, flags: int = 0, step: int | None = None) -> Header:  # fmt: skip
    seq = client.numbered() if seq is None else seq
    flags |= RUNNING * session.running
    return Header(kind, dtype, flags, session.shown, seq,
                  session.step if step is None else step, schema, 0)  # fmt: skip


def tape(session: Session, client: Client) -> None:
    """The arrays of the step, in the page's windows."""
    run, step = session.run, session.step
    trace = run.trace(step)
    layout = client.layout = layouts.layout(trace, client.watch.window, client.layout)
    schema = client.schema("tape", {"run": session.shown, "arrays": layout.told})
    seq = client.numbered()
    places = trace.labels["n"]
    client.say({
        "ev": "tape", "seq": seq, "run": session.shown, "step": step, "schema": schema,
        "running": session.running, "not_yet": not_yet(run, step),
        "rows": {"places": places[:2000], "labels": places[:2000],
                 "sentence": _batch(run, places, client.watch.window.rows)},
        "formats": tapes.formats(trace), "loss": float(trace["loss"]),
        "check": run.checksum(step), "said": "",
    })  # fmt: skip
    header = _header(session, client, TAPE, F64, schema=schema, seq=seq)
    client.frame(header, layout.payload(trace))


def parts_by_name(run: Run, step: int) -> dict[str, int]:
    """In which part each array is made."""
    parts = describing.parts_of(run.trace(step), run.built.network)
    return {word: part["part"] for part in reversed(parts) for group in part["groups"]
            for word in group}  # fmt: skip


def send_file(session: Session, client: Client, made: Any) -> dict[str, Any]:
    """A file in frames, behind the event that names it."""
    seq = client.numbered()
    client.say({"ev": "file", "seq": seq, "name": made.name, "bytes": len(made.content),
                "type": made.type})  # fmt: skip
    for first in range(0, max(len(made.content), 1), protocol.CHUNK):
        header = _header(session, client, FILE, U8, seq=seq)
        client.frame(header, made.content[first : first + protocol.CHUNK])
    return {"name": made.name, "bytes": len(made.content), "seq": seq, "notices": made.notices}


def not_yet(run: Run, step: int) -> list[int]:
    """The parts that have not happened at this step."""
    if step > 0:
        return []
    parts = describing.parts_of(run.trace(step), run.built.network)
    return [part["part"] for part in parts if part["needs_step"]]


def _batch(run: Run, places: Sequence[str], chosen: frozenset[str]) -> str:
    count, here = len(run.built.numbers), len(chosen.intersection(places))
    said = "" if len(places) == count else f"This step takes {len(places)} of {count} rows."
    if not chosen:
        return said
    which = f"Shown are {here} chosen ones." if here else "None of the chosen ones is among them."
    return f"{said} {which}".strip()


def tick(session: Session, client: Client) -> None:
    """What the drawing of the network shows: weights, and the values of one sample."""
    run, built = session.run, session.run.built
    values = run.values(session.step)
    place = pictures.sample_place(built, client.watch.sample)
    found = pictures.forward(run, values, built.rows.X[[place]])
    told: list[dict[str, Any]] = []
    parts: list[bytes] = []
    arrays = {"loss": np.array(run.loss(session.step)), "test_loss": np.array(_test(run))}
    arrays |= {word: values[word] for word in built.start}
    arrays["node:X"] = built.rows.X[place]
    arrays |= {f"node:{names.output}": found[names.output][0] for names in built.network.names}
    offset = 0
    for word, x in arrays.items():
        cut = np.asarray(x)[tuple(slice(0, UNITS) for _ in np.shape(x))]
        told.append({"name": word, "offset": offset, "shape": list(cut.shape)})
        with np.errstate(over="ignore"):
            parts.append(np.ascontiguousarray(cut, "<f4").tobytes())
        offset += len(parts[-1])
    schema = client.schema("tick", {"run": session.shown, "arrays": told})
    client.frame(_header(session, client, TICK, F32, schema=schema), b"".join(parts))


def _test(run: Run) -> float:
    return run.tests[-1][1] if run.tests else float("nan")


def curve(session: Session, client: Client) -> None:
    """The losses since the last frame; all of them for a page that has none of this run."""
    run, whole = session.run, client.curve_run != session.shown
    if whole:
        client.curve_run, client.curve_sent, client.tests_sent = session.shown, 0, 0
    if client.curve_sent >= run.last and not whole:
        return
    tests = [pair for pair in run.all_tests() if pair[0] > client.tests_sent or whole]
    send_curve(session, client, (client.curve_sent, run.last, POINTS), tests, whole=whole)
    client.curve_sent = run.last
    client.tests_sent = tests[-1][0] if tests else client.tests_sent


def send_curve(
    session: Session, client: Client, what: tuple[int, int, int],
    tests: list[tuple[int, float]], *, whole: bool,
) -> int:  # fmt: skip
    """A CURVE frame; `what` is the first and the last step, and how many points at most."""
    first, last, points = what
    losses = session.run.all_losses(first, last)
    stride = max(1, -(-len(losses) // points))
    count = -(-len(losses) // stride)
    padded = np.full(count * stride, np.nan)
    padded[: len(losses)] = losses
    if count:
        padded[len(losses) :] = losses[-1]
    buckets = padded.reshape(count, stride)
    tests = tests[:: max(1, -(-len(tests) // points))]
    payload = np.array([stride, count, len(tests), first + len(losses)], "<u4").tobytes()
    with np.errstate(over="ignore"):
        for part in (buckets.min(1), buckets.max(1), np.array(tests).reshape(-1)):
            payload += part.astype("<f4").tobytes()
    header = _header(session, client, CURVE, F32, flags=WHOLE * whole, step=first)
    client.frame(header, payload)
    return header.seq


def map_(session: Session, client: Client) -> None:
    """The maps a page watches; none where there is no map of this network."""
    inputs = session.run.built.labels["inputs"]  # those of the run before may be others
    asked = {word: one for word, one in client.watch.map.items()
             if word not in ("x", "y") or one in inputs}  # fmt: skip
    try:
        send_map(session, client, session.shown, asked)
    except WorkingsError:
        return


def send_map(
    session: Session, client: Client, number: int, asked: Any, step: int | None = None
) -> dict[str, int]:
    """A MAP frame, and the numbers it goes by."""
    run = session.runs[number]
    at = session.step if step is None else step
    made = pictures.map_of(run, run.values(min(at, run.last)), asked, client.watch.sample)
    schema = client.schema("map", {"run": number, **made.told})
    header = _header(session, client, MAP, U8, schema=schema, step=at)
    client.frame(Header(**{**header.__dict__, "run": number}), made.payload)
    return {"schema": schema, "seq": header.seq}


def hist(session: Session, client: Client) -> dict[str, int]:
    """How the values of each layer are distributed."""
    made = spreads.of(session.run, session.step)
    schema = client.schema("hist", {"run": session.shown, "series": made.told})
    header = _header(session, client, HIST, U8, schema=schema)
    client.frame(header, made.payload)
    return {"schema": schema, "seq": header.seq}


def _state(session: Session, client: Client) -> None:
    client.say(telling.state(session, client))


KINDS: tuple[Any, ...] = (
    ("curve", CURVES, curve), ("tick", TICKS, tick), ("map", TICKS, map_),
    ("tape", TAPES, tape), ("hist", HISTS, hist), ("state", STATES, _state),
    ("findings", FINDINGS, _findings_soon),
)  # fmt: skip
