"""Requests that open something, or change what is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workings.play import asking, drawing, intake, links, showing, telling, traveling
from workings.play.building import build
from workings.play.clients import Client
from workings.play.following import ALIVE as SETTINGS
from workings.play.following import CHANGES, EPOCHS, may
from workings.play.numbers import STEPS
from workings.play.presets import preset
from workings.play.protocol import Refused
from workings.play.records import ALIVE
from workings.play.session import Session
from workings.play.specs import Spec, unknown
from workings.play.traveling import added, forked, settings

Request = Mapping[str, Any]


def open_(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """A preset, a whole spec, or a link."""
    if "link" in request:
        found = links.opened(session, asking.text(request, "link", most=20_000))
        showing.run_events(session)
        return {"run": session.shown, **found}
    if "preset" in request:
        return opened(session, preset(asking.text(request, "preset")).spec, [])
    given = asking.table(request, "spec")
    notices = [f"{path} is not known here, and was left out" for path in unknown(given)[:5]]
    return opened(session, Spec.read(given), notices)


def opened(session: Session, spec: Spec, notices: list[str]) -> dict[str, Any]:
    """A new run of its own."""
    number = session.open(build(spec, intake.table_for(session, spec.data)))
    showing.run_events(session)
    return {"run": number, "notices": notices}


def net_set(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Another network, or other data: a new run; the old one stays."""
    spec = session.run.built.spec
    told = {word: asking.table(request, word) for word in ("network", "data") if word in request}
    if not told:
        raise Refused("bad_request", "The request says neither network nor data.")
    if "data" in told:  # another task may need another end
        spec = replace(spec, network=replace(spec.network, output=None, loss=None))
    if "output" in told.get("network", {}) and "loss" not in told["network"]:
        spec = replace(spec, network=replace(spec.network, loss=None))
    if "loss" in told.get("network", {}) and "output" not in told["network"]:
        spec = replace(spec, network=replace(spec.network, output=None))
    return opened(session, _restarted(Spec.read(told, spec), told), [])


def _restarted(spec: Spec, told: Mapping[str, Any]) -> Spec:
    """The article's weights fit its own network alone; another begins with what suits it."""
    sizes = (
        "hidden" in told.get("network", {}) or "data" in told or "bias" in told.get("network", {})
    )
    if spec.network.start == "article" and sizes and "start" not in told.get("network", {}):
        return replace(spec, network=replace(spec.network, start=None))
    return spec


def train_set(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Other settings from this step on; a fork where steps were made already behind it."""
    told = asking.table(request, "train")
    run = session.run
    alive = {word: value for word, value in told.items() if word in ALIVE}
    rest = {word: value for word, value in told.items() if word not in ALIVE}
    if set(rest) - {"until"}:
        return opened(
            session, Spec.read({"train": told}, replace(run.built.spec, train=run.train)), []
        )
    train = settings(run.train, alive)
    if "until" in rest:
        train = Spec.read({"train": rest}, Spec(train=train)).train
    if alive and session.step < run.last:
        return added(session, forked(run, session.step, alive), session.step)
    run.change(train)
    for one in session.clients.values():
        one.say(telling.marks(session))
        one.say(telling.state(session, one))
    return {"run": session.shown, "notices": []}


def new_weights(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """A new run with other starting weights."""
    spec = session.run.built.spec
    seed = asking.whole(request, "seed", spec.network.seed + 1, high=2**31)
    start = None if spec.network.start == "article" else spec.network.start
    return opened(session, replace(spec, network=replace(spec.network, start=start, seed=seed)), [])


def close_run(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Forgets a run that is not shown."""
    number = asking.whole(request, "run")
    if number not in session.runs:
        raise Refused("not_found", f"There is no run {number}.", field="run")
    if not session.may_go(number):
        raise Refused("bad_value", f"cannot close run {number}: it is shown, or another was forked "
                      "from it", field="run")  # fmt: skip
    session.forget(number)
    for one in session.clients.values():
        one.say(telling.runs(session))
    return {"run": number}


def fork(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """A run that shares the steps so far and goes on otherwise.

    With other cells and no `at`, the step that is shown is made again with them.
    """
    if "remedy" in request:
        return _follow(session, client, asking.whole(request, "remedy"))
    change = asking.table(request, "change", {})
    again = int("cells" in change and "at" not in request and session.step > 0)
    at = asking.whole(request, "at", session.step - again)
    made = added(session, forked(session.run, at, change), at)
    return made | (traveling.step(session, client, {"n": 1}) if again else {})


def _follow(session: Session, client: Client, number: int) -> dict[str, Any]:
    """Does what a finding advises: a fork where that can be, else a new run."""
    if number >= len(session.findings):
        raise Refused("not_found", f"There is no finding {number}.", field="remedy")
    finding, run = session.findings[number], session.run
    plain = finding.plain()
    change = dict(plain["remedy"]["change"]) if finding.remedy else {}
    if not may(change):
        raise Refused("not_available", "This remedy cannot be tried here.", field="remedy")
    if EPOCHS in change:
        return _for_so_long(session, client, change[EPOCHS] * run.segments[-1].per_epoch)
    if set(change) <= set(SETTINGS):
        at = min(max(0, (finding.since or 1) - 1), run.last)
        told = {SETTINGS[word]: value for word, value in change.items()}
        return added(session, forked(run, at, told), at)
    spec = replace(run.built.spec, train=run.train)
    for word, value in change.items():
        spec = CHANGES[word](spec, value) if word in CHANGES else replace(
            spec, train=replace(spec.train, **{SETTINGS[word]: value}))  # fmt: skip
    return opened(session, Spec.read(spec.plain()), [])


def _for_so_long(session: Session, client: Client, step: int) -> dict[str, Any]:
    """To a step of the same run: back, or trained up to there."""
    made = {"run": session.shown, "notices": []}
    if step <= session.run.last:
        return made | traveling.seek(session, client, {"step": step})
    return made | traveling.run(session, client, {"until": {"steps": min(step, STEPS)}})


OPERATIONS = {
    "fork": fork,
    "open": open_, "net.set": net_set, "train.set": train_set, "new_weights": new_weights,
    "close_run": close_run, **intake.OPERATIONS, **drawing.OPERATIONS,
}  # fmt: skip
