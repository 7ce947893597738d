"""Points drawn by hand -> a table of one's own, which then goes the way of every other.

`data.draw` has points, each with two numbers and a class, or an amount over one input. They become
the rows of a text table, in full digits, so that a link or an export can hold them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from workings import facts
from workings.play import asking, intake
from workings.play.clients import Client
from workings.play.protocol import Refused
from workings.play.session import Session

Request = Mapping[str, Any]
MOST, LEAST = 1000, 2  # points
CLASSES = ("A", "B", "C", "D")
NAME = "drawn.csv"
AMOUNTS, KINDS = "amounts", ("classes", "amounts")


def draw(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Keeps the points as a table; the reply is its preview."""
    kind = asking.text(request, "kind", KINDS[0])
    if kind not in KINDS:
        raise Refused("bad_value", "cannot draw that: classes or amounts were expected",
                      field="kind")  # fmt: skip
    points = request.get("points")
    if not isinstance(points, list) or not LEAST <= len(points) <= MOST:
        count = len(points) if isinstance(points, list) else 0
        raise Refused("bad_value", f"cannot make a table of {count} points: {LEAST} to {MOST} were "
                      "expected", hint="Click into the picture to add points.",
                      field="points")  # fmt: skip
    amounts = kind == AMOUNTS
    rows = [_row(point, place, amounts) for place, point in enumerate(points, 1)]
    if not amounts and len({row[-1] for row in rows}) < 2:
        raise Refused("bad_value", f"cannot tell classes apart: every point is {rows[0][-1]}",
                      hint="Add points of another class.", field="points")  # fmt: skip
    intake.keep(session, _text(rows, amounts), NAME)
    client.upload = None
    return intake.preview(session, client, {**_rest(request), "source": intake.OWN})


def _row(point: Any, place: int, amounts: bool) -> list[str]:
    """The cells of one point."""
    told = point if isinstance(point, dict) else {}
    cells = []
    for axis in ("x", "y"):
        try:
            cells.append(repr(float(facts.number(told.get(axis)))))
        except (TypeError, ValueError) as error:
            raise Refused("bad_value", f"cannot place point {place}: {axis} {error}",
                          field="points") from None  # fmt: skip
    if amounts:
        return cells
    if told.get("class") not in CLASSES:
        raise Refused("bad_value", f"cannot place point {place}: one of the classes "
                      f"{', '.join(CLASSES)} was expected", field="points")  # fmt: skip
    return [*cells, str(told["class"])]


def _text(rows: list[list[str]], amounts: bool) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["x", "y"] if amounts else ["x1", "x2", "class"])
    writer.writerows(rows)
    return file.getvalue().encode()


def _rest(request: Request) -> dict[str, Any]:
    """What else a preview may be told; nothing is kept apart of a few points."""
    told = {word: request[word] for word in intake.WANTED if word in request}
    return {"test": 0.0, **told}


OPERATIONS = {"data.draw": draw}
