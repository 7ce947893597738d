"""A page without a browser: a real websocket to a real server, which keeps what it is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any

import numpy as np
from websockets.sync.client import ClientConnection, connect

from workings.play import protocol
from workings.play.protocol import Header, read_frame
from workings.play.server import Server
from workings.play.session import Session


@dataclass
class Page:
    """What a page was sent, and ways to ask."""

    socket: ClientConnection
    events: list[dict[str, Any]] = field(default_factory=list)
    frames: list[tuple[Header, bytes]] = field(default_factory=list)
    number: int = 0
    bytes: int = 0

    def ask(self, op: str, **told: Any) -> dict[str, Any]:
        """A request, and its reply, whatever it is."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "op": op, **told}))
        while True:
            message = self.hear()
            if isinstance(message, dict) and message.get("id") == self.number:
                return message

    def do(self, op: str, **told: Any) -> dict[str, Any]:
        """A request that has to be done."""
        reply = self.ask(op, **told)
        assert reply["ok"], reply
        return reply

    def refused(self, op: str, **told: Any) -> dict[str, Any]:
        """A request that has to be refused; what is said of it."""
        reply = self.ask(op, **told)
        assert not reply["ok"], reply
        error: dict[str, Any] = reply["error"]
        assert error["code"] != "internal", error
        return error

    def hear(self, timeout: float = 20) -> Any:
        """The next message, kept; a frame is acknowledged."""
        told = self.socket.recv(timeout)
        self.bytes += len(told)
        if isinstance(told, bytes):
            header, payload = read_frame(told)
            self.frames.append((header, payload))
            self.socket.send(json.dumps({"op": "ack", "seq": header.seq}))
            return header
        message = json.loads(told)
        if "ev" in message:
            self.events.append(message)
        return message

    def until(self, kind: str, **facts: Any) -> dict[str, Any]:
        """The next event of a kind with such facts."""
        while True:
            found = self.hear()
            wanted = {"ev": kind, **facts}.items()
            if isinstance(found, dict) and all(found.get(w) == value for w, value in wanted):
                return found

    def until_reply(self) -> dict[str, Any]:
        """The next reply, whatever it is to."""
        while True:
            found = self.hear()
            if isinstance(found, dict) and "ev" not in found:
                return found

    def last(self, kind: str) -> dict[str, Any]:
        """The last event of a kind."""
        return next(one for one in reversed(self.events) if one["ev"] == kind)

    def tape(self) -> dict[str, np.ndarray[Any, Any]]:
        """The arrays of the last tape, as its schema says."""
        header, payload = next(one for one in reversed(self.frames) if one[0].kind == protocol.TAPE)
        schema = next(one for one in reversed(self.events)
                      if one["ev"] == "schema" and one["schema"] == header.schema)  # fmt: skip
        return {
            one["name"]: np.frombuffer(payload, "<f8", int(np.prod(one["shape"])),
                                       one["offset"]).reshape(one["shape"])
            for one in schema["arrays"]
        }  # fmt: skip

    def send_file(self, name: str, data: bytes) -> None:
        """Announces a file and sends it."""
        self.do("data.begin", name=name, size=len(data))
        for first in range(0, len(data), protocol.CHUNK):
            self.socket.send(data[first : first + protocol.CHUNK])


@contextmanager
def serving() -> Iterator[Server]:
    """A server beside the test, which is gone afterwards."""
    made = Server(Session())
    beside = made.run_beside()
    yield made
    made.end()
    beside.join(10)
    assert not beside.is_alive()


@contextmanager
def page(server: Server, *, hello: bool = True) -> Iterator[Page]:
    """A page of a server's own."""
    base = server.session.address
    with connect(
        base.replace("http", "ws") + "ws", origin=base.rstrip("/"), compression=None,
        subprotocols=[protocol.NAME, f"t.{server.token}"], max_size=2**24, proxy=None,
    ) as socket:  # fmt: skip
        with suppress(OSError):  # it may be closed already
            socket.socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)  # as browsers do
        made = Page(socket)
        if hello:
            made.do("hello", protocol=protocol.NAME)
        yield made
