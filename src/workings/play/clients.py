"""One page: what it wants to be sent, and how much of it is on its way.

Frames are numbered for each page; a page gives credit for each it has dealt with. Two may be on
their way; pictures wait for credit, and what they would have shown is not sent later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workings.play import protocol
from workings.play.layouts import Layout, Window
from workings.play.protocol import Header

CREDIT = 2
CONTROLLER, VIEWER = "controller", "viewer"


@dataclass(frozen=True)
class Goodbye:
    """The last word to a page: why it has to go."""

    why: str


Item = str | bytes | Goodbye


@dataclass
class Watch:
    """What a page asked to be sent."""

    panels: frozenset[str] = frozenset({"tape", "tick", "map"})
    window: Window = field(default_factory=Window)
    sample: str = ""
    map: Mapping[str, Any] = field(default_factory=dict)
    hidden: bool = False


class Client:
    """A page, and the way to it; `send` may be called from any thread."""

    def __init__(self, number: int, send: Callable[[Item], None]) -> None:
        self.number, self.send = number, send
        self.role = VIEWER
        self.greeted = False
        self.watch = Watch()
        self.seq = 0
        self.flying: set[int] = set()  # frames on their way; two threads add and take away
        self.schemas: dict[str, tuple[int, Any]] = {}  # kind -> number, and what it is of
        self.next_schema = 0
        self.layout: Layout | None = None  # of the tape that was sent last
        self.curve_run, self.curve_sent, self.tests_sent = 0, 0, 0
        self.sent: dict[str, float] = {}  # when each kind was sent last
        self.upload: Any = None  # a table on its way
        self.found: Any = None  # the findings it was told

    @property
    def may(self) -> bool:
        """Whether there is credit for another picture."""
        return len(self.flying) < CREDIT and not self.watch.hidden

    def say(self, message: Mapping[str, Any]) -> None:
        """An event or a reply; a page is told nothing before it has said hello."""
        if "ev" in message and not self.greeted:
            return
        self.send(protocol.said(message))

    def numbered(self) -> int:
        """The number of the next frame."""
        self.seq = (self.seq + 1) % 2**32
        return self.seq

    def frame(self, header: Header, payload: bytes) -> None:
        """A frame; it counts until the page has dealt with it."""
        self.flying.add(header.seq)
        self.send(protocol.frame(header, payload))

    def acknowledged(self, seq: Any) -> bool:
        """The page has dealt with a frame; whether it was on its way."""
        if not isinstance(seq, int) or seq not in self.flying:
            return False
        self.flying.discard(seq)
        return True

    def go(self, why: str) -> None:
        """The page has to go, when it has been told what was said before."""
        self.send(Goodbye(why))

    def schema(self, kind: str, told: Mapping[str, Any]) -> int:
        """The number of a schema; it is sent where it is not the last one of its kind."""
        known = self.schemas.get(kind)
        if known and known[1] == told:
            return known[0]
        self.next_schema += 1
        self.schemas[kind] = (self.next_schema, told)
        self.say({"ev": "schema", "schema": self.next_schema, "kind": kind, **told})
        return self.next_schema
