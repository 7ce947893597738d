"""The whole state as a link: compressed, behind #, and checked like anything a stranger wrote.

shared(session, view)        the reply to `share`
opened(session, text)        builds what a link says, and goes to the step it names
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from workings.play import intake
from workings.play.building import build
from workings.play.numbers import STEPS
from workings.play.protocol import Refused
from workings.play.records import ALIVE
from workings.play.runs import Run
from workings.play.session import Session
from workings.play.specs import Spec, unknown
from workings.play.traveling import forked, settings

LONGEST, UNPACKED, ROWS = 6_000, 64_000, 4_000  # characters, bytes, bytes
WORK = 4e9  # numbers that may be computed to go to a step: weights times rows times steps
FORKS, MARKS = 20, 100
VIEW = {"part", "cell", "depth", "theme", "hide", "sample", "tab"}
FORMAT = 1


def shared(session: Session, view: Mapping[str, Any], *, rows: bool) -> dict[str, Any]:
    """The state of the run that is shown, and of the page, as a link."""
    run, notices = session.run, []
    chain: list[Run] = []
    while True:
        chain.insert(0, run)
        if run.parent is None:
            break
        run = run.parent
    state: dict[str, Any] = {
        "format": FORMAT, "spec": chain[0].built.spec.plain(), "step": session.step,
        "runs": [_of_run(one) for one in chain], "view": _view(view),
    }  # fmt: skip
    upload = session.uploads.get(chain[0].built.spec.data.sha256)
    if upload is not None and rows and len(upload.data) <= ROWS:
        state["rows"] = base64.b64encode(upload.data).decode()
    elif upload is not None:
        notices.append(f"The rows of {upload.name} are not in the link: whoever opens it needs the "
                       "same file.")  # fmt: skip
    fragment = "s=" + packed(state)
    if len(fragment) > LONGEST:
        raise Refused("too_large", f"The link would have {len(fragment)} characters, and at most "
                      f"{LONGEST} are allowed.", hint="Leave the rows out.")  # fmt: skip
    return {"fragment": fragment, "link": f"{session.address}#{fragment}",
            "bytes": len(fragment), "notices": notices}  # fmt: skip


def _of_run(run: Run) -> dict[str, Any]:
    marks = [[one.first, {w: getattr(one.train, w) for w in ALIVE}] for one in run.segments[1:]]
    own = {word: getattr(run.segments[0].train, word) for word in ALIVE}
    return {"at": run.at, "train": own, "cells": dict(run.cells), "marks": marks}


def _view(given: Any) -> dict[str, Any]:
    """Of what a page says about itself, what a link may hold."""
    found: dict[str, Any] = {}
    for word, value in given.items() if isinstance(given, dict) else ():
        listed = value if isinstance(value, list) else [value]
        small = all(isinstance(one, str | int | bool) and len(str(one)) <= 100 for one in listed)
        if word in VIEW and small and len(listed) <= 20:
            found[word] = value
    return found


def packed(state: Any) -> str:
    """Plain data as text for a link."""
    data = zlib.compress(json.dumps(state, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> dict[str, Any]:
    """The reverse; refuses what is too long, unpacks to too much, or is no such data."""
    found = re.search(r"(?:^|[#&])s=([A-Za-z0-9_-]*)", text.strip())
    if found is None:
        raise Refused("bad_value", "This is no link to a playground.", field="link",
                      hint="A link has #s= and letters behind it.")  # fmt: skip
    if len(found[1]) > LONGEST:
        raise Refused("too_large", f"The link has {len(found[1])} characters, and at most "
                      f"{LONGEST} were expected.", field="link")  # fmt: skip
    try:
        packer = zlib.decompressobj()
        data = packer.decompress(base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)),
                                 UNPACKED)  # fmt: skip
        if packer.unconsumed_tail or not packer.eof:
            raise ValueError
        state = json.loads(data)
    except (ValueError, zlib.error, binascii.Error, RecursionError):
        raise Refused("bad_value", "The link is damaged: it was cut off, or changed.",
                      field="link") from None  # fmt: skip
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise Refused("bad_value", "The link is of another version.", field="link")
    return state


def opened(session: Session, text: str) -> dict[str, Any]:
    """Builds what a link says; nothing is trained beyond the step that it names."""
    state = unpacked(text)
    session.cancelled.clear()
    notices = [f"{path} in the link is not known here, and was left out"
               for path in unknown(state.get("spec"))[:5]]  # fmt: skip
    spec = Spec.read(state.get("spec"))
    if isinstance(state.get("rows"), str):
        intake.keep(session, _rows(state["rows"]), spec.data.name or "rows of the link")
    made = [Run(build(spec, intake.table_for(session, spec.data)))]
    step = _step(state.get("step", 0), STEPS)
    step = _affordable(made[0], step, notices)
    for place, one in enumerate(_listed(state.get("runs", []), FORKS)):
        _go_on(session, made, one, place, step)
    session.advance(made[-1], step)
    if session.cancelled.is_set():
        notices.append(f"Ended at step {made[-1].last}; the link names step {step}.")
    _add(session, made)
    session.step = min(step, made[-1].last)
    return {"notices": notices, "view": _view(state.get("view"))}


def _rows(given: str) -> bytes:
    try:
        return base64.b64decode(given, validate=True)
    except (ValueError, binascii.Error):
        raise Refused("bad_value", "The rows in the link are damaged.", field="link") from None


def _affordable(run: Run, step: int, notices: list[str]) -> int:
    """The step, or 0 where it would take too long to get there."""
    weights = sum(x.size for x in run.built.start.values())
    if step * weights * run.segments[0].batch <= WORK:
        return step
    notices.append(f"Step {step} takes long to compute, so this is step 0; train to get there.")
    return 0


def _go_on(session: Session, made: list[Run], told: Any, place: int, step: int) -> None:
    """One run of a chain: where it was forked, with what, and what was changed on the way."""
    told = _table(told)
    if place:
        at = min(_step(told.get("at", 0), STEPS), step)
        session.advance(made[-1], at)
        at = min(at, made[-1].last)
        cells = told.get("cells") or {}
        change = {**_alive(told), **({"cells": cells} if cells else {})}
        parent = made[-1]
        parent.check_step(at)
        made.append(forked(parent, at, change))
    for mark in _listed(told.get("marks", []), MARKS):
        pair = _listed(mark, 2)
        if len(pair) == 2 and (first := _step(pair[0], STEPS)) <= step:
            run = made[-1]
            session.advance(run, first)
            run.change(settings(run.train, _alive({"train": pair[1]})))


def _alive(told: Mapping[str, Any]) -> dict[str, Any]:
    return {word: value for word, value in _table(told.get("train", {})).items() if word in ALIVE}


def _add(session: Session, made: list[Run]) -> None:
    parent: int | None = None
    for run in made:
        parent = session.add(run, parent)


def _step(given: Any, most: int) -> int:
    if type(given) is not int or not 0 <= given <= most:
        raise Refused("bad_value", f"The link names the step {str(given)[:20]}: 0 to {most} was "
                      "expected.", field="link")  # fmt: skip
    return given


def _listed(given: Any, most: int) -> list[Any]:
    if not isinstance(given, list) or len(given) > most:
        raise Refused("bad_value", f"The link is malformed: a list of at most {most} was expected.",
                      field="link")  # fmt: skip
    return given


def _table(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Refused("bad_value", "The link is malformed: names with their values were expected.",
                      field="link")  # fmt: skip
    return given
