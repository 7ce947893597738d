"""Requests about what came out: maps, spaces, fits, tables, predictions, curves, comparisons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workings.diagnosing.doctor import Pieces
from workings.play import (
    asking,
    comparing,
    doctor,
    heats,
    links,
    pictures,
    predicting,
    promises,
    showing,
    slipping,
    takeaway,
    trying,
)
from workings.play import tables as result_tables
from workings.play.clients import Client
from workings.play.numbers import STEPS
from workings.play.protocol import Refused
from workings.play.session import Session
from workings.play.traveling import number_of

Request = Mapping[str, Any]


def result(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """One of the pictures of what the network says."""
    number = number_of(session, request)
    run = session.runs[number]
    step = min(session.step, run.last)
    if asking.text(request, "when", "after") == "before":
        step = max(0, step - 1)
    kind = asking.text(request, "kind")
    if kind == "map":
        return showing.send_map(session, client, number, request, step)
    makers = {"space": result_tables.space_of, "fit": result_tables.fit_of,
              "table": result_tables.table_of}  # fmt: skip
    if kind not in makers:
        raise Refused("bad_value", "cannot draw that: map, space, fit or table was expected",
                      field="kind")  # fmt: skip
    return makers[kind](run, run.values(step), request, client.watch.sample)


def points(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """The rows as points."""
    number = number_of(session, request)
    run = session.runs[number]
    built, inputs = run.built, run.built.labels["inputs"]
    values = run.values(min(session.step, run.last))
    return {
        "run": number, "inputs": inputs, "x": inputs[0],
        "y": inputs[1] if len(inputs) > 1 else None,
        "points": pictures.points_of(run, values),
        "classes": list(built.preparation.target.classes),
    }  # fmt: skip


def curve(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """The losses of a stretch of steps."""
    run = session.run
    first = asking.whole(request, "from", 0, high=STEPS)
    last = asking.whole(request, "to", None, high=STEPS)
    most = asking.whole(request, "points", showing.POINTS, low=2, high=4096)
    last = run.last if last is None else min(last, run.last)
    if first > last:
        raise Refused("bad_value", f"cannot draw the curve from step {first}: this run has {last}",
                      field="from")  # fmt: skip
    tests = [pair for pair in run.all_tests() if first <= pair[0] <= last]
    return {"seq": showing.send_curve(session, client, (first, last, most), tests, whole=True)}


def stretch(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """The losses of a stretch of steps in themselves, for a chart that is enlarged."""
    run = session.run
    first = asking.whole(request, "from", low=1, high=STEPS)
    last = asking.whole(request, "to", low=1, high=STEPS)
    most = asking.whole(request, "points", showing.POINTS, low=2, high=4096)
    if not first <= last <= run.last:
        raise Refused("bad_value", f"cannot show the steps {first} to {last}: the first, then the "
                      f"last were expected, of the {run.last} there are", field="from")  # fmt: skip
    return comparing.stretched(run, first, last, most)


def smooth(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """The losses so far, smoothed."""
    return comparing.smoothed(session.run)


def distributions(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """How the values of each layer are distributed."""
    session.run  # noqa: B018 - refused where nothing is open
    return showing.hist(session, client)


def heat(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """The same over the steps so far."""
    most = asking.whole(request, "steps", heats.COLUMNS, low=2, high=heats.COLUMNS)
    return heats.over_time(session.run, session.step, most)


def promise(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """What the update of the step does to the loss, and to the boundary."""
    asked = {**client.watch.map, **{axis: request[axis] for axis in "xy" if axis in request}}
    return promises.promised(session.run, session.step, asked, client.watch.sample)


def try_(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """The loss of the step with other values in one cell."""
    return trying.tried(session.run, asking.text(request, "cell"), session.step)


def slip(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """The delta at the output as the article's picture has it."""
    return slipping.slipped(session.run, session.step)


def predict(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """What the network says of a row typed by hand."""
    return predicting.predicted(session.run, session.step, asking.table(request, "row"))


def diagnose(session: Session, client: Client, request: Request) -> Pieces[dict[str, Any]]:
    """What the doctor says, when it is ready."""
    return doctor.diagnosing(session)


def compare(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """All runs beside each other."""
    return comparing.compared(session)


def export(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """A file to take away."""
    made = takeaway.made(
        session.run, session.step, asking.text(request, "kind"),
        asking.table(request, "options", {}),
    )  # fmt: skip
    return showing.send_file(session, client, made)


def share(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """The whole state as a link."""
    view = asking.table(request, "view", {})
    return links.shared(session, view, rows=asking.flag(request, "rows", False))


def exports_listed() -> dict[str, dict[str, Any]]:
    """The kinds of files, with their titles."""
    return takeaway.listed()


OPERATIONS: dict[str, Callable[..., Any]] = {
    "result": result, "points": points, "curve": curve, "smooth": smooth,
    "stretch": stretch,
    "distributions": distributions, "predict": predict, "diagnose": diagnose,
    "compare": compare, "export": export,
    "share": share, "heat": heat, "promise": promise, "slip": slip, "try": try_,
}  # fmt: skip
