"""What a page may ask: one function for each request, found by its name in a table.

    do(session, client, {"op": "step", "n": 1})      -> what the reply holds besides `id` and `ok`

A request is data: names in it are looked up in tables, and nothing in it is ever a path, an
address or code.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from workings.play import changing, reading, traveling
from workings.play.clients import CONTROLLER, Client
from workings.play.protocol import Refused
from workings.play.session import Session

Reply = dict[str, Any] | Generator[None, None, dict[str, Any]] | None  # made in pieces: long work
Operation = Callable[[Session, Client, Mapping[str, Any]], Reply]

FREE: dict[str, Operation] = {**reading.OPERATIONS}  # for every page
OWN: dict[str, Operation] = {**changing.OPERATIONS, **traveling.OPERATIONS}  # for the controller


def do(session: Session, client: Client, request: Mapping[str, Any]) -> Reply:
    """Does what is asked; raises `Refused` and whatever else says no."""
    given = request.get("op")
    word = given if isinstance(given, str) else ""
    if word in FREE:
        return FREE[word](session, client, request)
    if word not in OWN:
        raise Refused("bad_request", f"There is no request called {str(given)[:40]!r}.")
    if client.role != CONTROLLER:
        raise Refused(
            "read_only", "Another page controls the playground; this one only shows it.",
            hint="Take over to change something here.",
        )  # fmt: skip
    if session.watching:
        raise Refused("not_now", "This training runs by itself; it can be walked through when it "
                      "has ended.")  # fmt: skip
    return OWN[word](session, client, request)
