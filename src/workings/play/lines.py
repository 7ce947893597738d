"""Connections before anything is said on them, and how patient we are: nobody holds one for ever.

    door = Door()
    http=partial(Patient, door=door), ws=partial(Line, door=door)      for uvicorn's Config

All that is bounded here costs the server something before a page has shown its token, or below
its messages: how many connections there are, how fast strangers are answered, how long a request
and its answer may take, what frames cost, and how much may wait to be read at the other end.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.auto import AutoWebSocketsProtocol

CONNECTIONS = 400  # at once
HEAD = 16_384  # bytes of a request's head
REQUEST = 5.0  # seconds for a request, from its first letter until its answer was taken
STRANGERS = 30.0, 200.0  # first requests answered in a second, all together; and at once
REQUESTS = 5.0, 64.0  # the same of one connection whose first request was right
FRAMES = 0.05, 0.2  # seconds of computing in a second, and at once, that a page's frames may cost
RUDE = 0.2, 20.0  # pages in a second, and at once, that may break the rules before none comes in
SLICE = 8192  # bytes of frames between two looks at what they cost
UNREAD = 2_000_000  # bytes that may wait for the other end to read
LOOK = 1.0  # seconds between two looks at a line
THEIRS = (
    "ASGI callable returned without completing handshake.", "Invalid HTTP request received.",
    "Invalid UTF-8 sequence received from client.", "Unsupported upgrade request.",
    "Unsupported upgrade request. No supported WebSocket library detected.",
)  # fmt: skip


def quiet(record: logging.LogRecord) -> bool:
    """Whether a line of uvicorn's log is ours to read: what others do wrong fills no terminal."""
    return record.getMessage() not in THEIRS


class Pace:
    """So much in a second, and so much at once before that.

    >>> pace = Pace(2.0, 1.0)
    >>> [round(pace.spend(1.0, now), 3) for now in (0.0, 0.0, 0.0, 10.0)]
    [0.0, 0.5, 1.0, 0.0]
    """

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self.until = float("-inf")  # when all that was spent is paid

    def spend(self, amount: float, now: float | None = None) -> float:
        """Spends, and says for how many seconds to wait before it is paid; 0 within the burst."""
        now = time.monotonic() if now is None else now
        self.until = max(self.until, now) + amount / self.rate
        return max(0.0, self.until - now - self.burst / self.rate)


class Door:
    """What all connections share: the pace of strangers, and who has asked for nothing yet."""

    def __init__(self) -> None:
        self.pace, self.rude = Pace(*STRANGERS), Pace(*RUDE)
        self.resting: dict[Patient, None] = {}  # the one that waits longest comes first


class Patient(H11Protocol):
    """A connection whose requests come, and whose answers are taken, within a few seconds.

    Where there are too many, the one that has asked for nothing for longest makes room. A second
    request before the first is answered ends the connection after that answer.
    """

    def __init__(self, *args: Any, door: Door, **told: Any) -> None:
        super().__init__(*args, **told)
        self.door, self.pace = door, door.pace
        self.busy, self.waits, self.held = False, False, b""
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Somebody called."""
        super().connection_made(transport)
        self.door.resting[self] = None
        self._hurry()
        if len(self.connections) > CONNECTIONS:
            next(iter(self.door.resting)).cut()

    def data_received(self, data: bytes) -> None:
        """A part of a request; when its head is whole, it waits for its turn."""
        if self.busy:
            super().data_received(data)
            return
        self.held += data
        if self.timer is None and not self.waits:
            self._hurry()
        whole = b"\n\r\n" in self.held or b"\n\n" in self.held or len(self.held) > HEAD
        if self.waits or not whole:
            return
        if self.pace.spend(0.0) > REQUEST:
            self.cut()
            return
        self.waits = True
        self._unhurry()
        wait = self.pace.spend(1.0)
        if wait:
            self.transport.pause_reading()
            self.loop.call_later(wait, self._begin)
        else:
            self._begin()

    def _begin(self) -> None:
        if self.transport.is_closing():
            return
        self.door.resting.pop(self, None)
        self.waits, self.busy, data, self.held = False, True, self.held, b""
        self._hurry()
        self.transport.resume_reading()
        super().data_received(data)

    def on_response_complete(self) -> None:
        """The answer is on its way; the connection may be used again."""
        if self.conn.trailing_data[0]:
            self.transport.close()
        super().on_response_complete()
        if self.transport.is_closing() or str(self.conn.their_state) != "IDLE":
            return  # within the time it has
        if self.pace is self.door.pace:
            self.pace = Pace(*REQUESTS)
        self.busy = False
        self.door.resting[self] = None
        self._unhurry()

    def handle_websocket_upgrade(self, event: Any) -> None:
        """From now on it is a line of frames."""
        self._unhurry()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self.door.resting.pop(self, None)
        self._unhurry()
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        """Nothing was asked for a while."""
        self.cut()

    def cut(self) -> None:
        """Ends it, whatever is on its way."""
        self.door.resting.pop(self, None)
        self.transport.abort()

    def _hurry(self) -> None:
        self._unhurry()
        self.timer = self.loop.call_later(REQUEST, self.cut)

    def _unhurry(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.timer = None


class Line(AutoWebSocketsProtocol):  # type: ignore[misc, valid-type]
    """A line of frames that is cut where frames cost too much, or are not read at the other end."""

    def __init__(self, *args: Any, door: Door, **told: Any) -> None:
        super().__init__(*args, **told)
        self.door, self.pace, self.closing = door, Pace(*FRAMES), False

    def connection_made(self, transport: Any) -> None:
        """A request was let through to here."""
        super().connection_made(transport)
        self.looks = self.loop.call_later(LOOK, self._look)

    def data_received(self, data: bytes) -> None:
        """Frames, or parts of some."""
        for first in range(0, len(data), SLICE):
            began = time.thread_time()  # of this thread alone: others do not count
            super().data_received(data[first : first + SLICE])
            if self.transport.is_closing():
                return
            if self.pace.spend(time.thread_time() - began):
                self._cut()
                return

    def _look(self) -> None:
        late, self.closing = self.closing, self.transport.is_closing()
        if late or self.transport.get_write_buffer_size() > UNREAD:
            self._cut()
            return
        self.looks = self.loop.call_later(LOOK, self._look)

    def _cut(self) -> None:
        self.door.rude.spend(1.0)
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self.looks.cancel()
        super().connection_lost(exc)
