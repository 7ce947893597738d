"""What one page says and is told, held to the limits.

    await Talk(worker, number, wire, pace).last()       from its greeting to its end

What carries a talk is a `Wire`: a websocket, or the line of a notebook's cell. Of each page one
request at a time waits for the thread that computes, so pages take turns; and pages that only look
may together keep it busy for a part of the time.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.websockets import WebSocketDisconnect

from workings.play.clients import CONTROLLER, Client, Goodbye, Item
from workings.play.lines import Pace
from workings.play.protocol import REQUESTS, Refused, refusal
from workings.play.working import Worker

GREETING, IDLE = 2.0, 30 * 60.0  # seconds for a hello, for a message, of a stranger
FAREWELL = 2.0  # seconds in which a page may take the last word
ID = 64  # characters of what a request calls itself
WAITING = 64  # requests of a page that may wait for their turn
OUTBOX = 32_000_000  # bytes that may wait until a page reads them
LOOKERS = 0.2, 1.0  # seconds of computing in a second, and at once, for all pages that only look
SMALL = 1024  # bytes: smaller pieces of a file count as requests
BAD, TOO_LARGE, LATER = 1008, 1009, 1013
BROKEN = 1002, 1007, TOO_LARGE  # how a line ends whose frames break the rules


class Wire(Protocol):
    """The way to a page and back, whatever carries it: what starlette's WebSocket has of it."""

    async def receive(self) -> MutableMapping[str, Any]:
        """A message: `text` or `bytes`, or of the type `websocket.disconnect`."""

    async def send_text(self, data: str) -> None:
        """An event or a reply."""

    async def send_bytes(self, data: bytes) -> None:
        """A frame."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """The last word."""


@dataclass(frozen=True)
class Patience:
    """Seconds for a hello and for a message, and how many requests there may be in a second."""

    greeting: float | None
    idle: float | None
    requests: float


class Outbox:
    """What is to be sent to a page, until there is more of it than a page that reads has."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.items: asyncio.Queue[Item] = asyncio.Queue()
        self.bytes, self.full = 0, asyncio.Event()

    def send(self, item: Item) -> None:
        """May be called from any thread."""
        with suppress(RuntimeError):  # the loop may be gone already
            self.loop.call_soon_threadsafe(self._put, item)

    def _put(self, item: Item) -> None:
        self.bytes += _size(item)
        if self.bytes > OUTBOX:
            self.full.set()
        if not self.full.is_set():
            self.items.put_nowait(item)

    async def empty_into(self, wire: Wire) -> None:
        """Sends one after the other, until the last word."""
        while True:
            item = await self.items.get()
            if isinstance(item, Goodbye):
                await wire.close(BAD, item.why)
                return
            await (wire.send_text(item) if isinstance(item, str) else wire.send_bytes(item))
            self.bytes -= _size(item)


def _size(item: Item) -> int:
    return 0 if isinstance(item, Goodbye) else len(item)


class Talk:
    """One page; `pace` is what all pages that only look share."""

    def __init__(
        self, worker: Worker, number: int, wire: Wire, pace: Pace, patience: Patience | None = None
    ) -> None:
        self.worker, self.wire, self.pace = worker, wire, pace
        self.outbox, self.patience = Outbox(), patience or Patience(GREETING, IDLE, REQUESTS)
        self.client = Client(number, self.outbox.send)
        self.loop = asyncio.get_running_loop()
        self.times: deque[float] = deque()
        self.waiting: deque[Mapping[str, Any]] = deque()
        self.asked, self.greeted, self.rude = False, False, False

    async def last(self) -> None:
        """Joins, and stays until the page goes, has to go, or does not read what it is sent."""
        session = self.worker.session
        session.post(lambda: session.joined(self.client))
        try:
            await self._until_the_end()
        finally:
            session.post(lambda: session.left(self.client))

    async def _until_the_end(self) -> None:
        outbox = self.outbox
        doing = self._listen(), outbox.empty_into(self.wire), outbox.full.wait()
        parts = [asyncio.create_task(one) for one in doing]
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.waiting.clear()
            for one in parts:
                one.cancel()
            found = await asyncio.gather(*parts, return_exceptions=True)
        gone = (asyncio.CancelledError, WebSocketDisconnect, RuntimeError)  # or going
        for end in found:
            if isinstance(end, BaseException) and not isinstance(end, gone):
                raise end

    async def _listen(self) -> None:
        """Message after message; what ends it is said."""
        while True:
            try:
                wait = self.patience.idle if self.greeted else self.patience.greeting
                message = await asyncio.wait_for(self.wire.receive(), wait)
            except TimeoutError:
                why = "idle for 30 minutes" if self.greeted else "no greeting within 2 seconds"
                await self._close(BAD, why)
                return
            if message["type"] == "websocket.disconnect":
                self.rude = message.get("code") in BROKEN
                return
            if message.get("bytes") is not None:
                if not self._take(message["bytes"]):
                    await self._close(TOO_LARGE, "more bytes than were announced")
                    return
            elif not self._text(str(message.get("text"))):
                await self._close(BAD, "that is no request, or there were too many")
                return

    async def _close(self, code: int, why: str) -> None:
        self.rude = True
        with suppress(TimeoutError):  # who does not read is not told
            await asyncio.wait_for(self.wire.close(code, why), FAREWELL)

    def _take(self, data: bytes) -> bool:
        """The bytes of a file that was announced."""
        upload = self.client.upload
        if upload is None or len(upload.data) + len(data) > upload.size:
            return False
        upload.data += data
        return len(data) >= SMALL or self._in_time()

    def _text(self, text: str) -> bool:
        """A request; False where the page has to go."""
        try:
            request = json.loads(text)
        except (ValueError, RecursionError):
            request = None
        if not isinstance(request, dict):
            self._refuse(None, "The message is no request.")
            return self.greeted and self._in_time()
        if request.get("op") == "ack":  # of a frame that is on its way; others count as requests
            return self.greeted and (
                self.client.acknowledged(request.get("seq")) or self._in_time()
            )
        if request.get("op") == "cancel":  # at once: what is to end is before it in the queue
            if self.client.role == CONTROLLER:
                self.worker.session.cancelled.set()
            return self.greeted and self._in_time()
        if not self._in_time():
            return False
        if not self.greeted and request.get("op") != "hello":
            return False
        self.greeted = True
        if not _is_id(request.get("id")):
            self._refuse(None, f"A request needs an id: a number, or a text of up to {ID} letters.")
        elif len(self.waiting) >= WAITING:
            self._refuse(request["id"], f"{WAITING} requests of this page wait already.", "not_now")
        else:
            self.waiting.append(request)
            self._next()
        return True

    def _refuse(self, number: Any, why: str, code: str = "bad_request") -> None:
        self.client.say({"id": number, "ok": False, "error": refusal(Refused(code, why))})

    def _in_time(self) -> bool:
        """Whether there were not too many requests in the last second."""
        now = time.monotonic()
        self.times.append(now)
        while self.times and now - self.times[0] > 1.0:
            self.times.popleft()
        return len(self.times) <= self.patience.requests

    # -- turns -------------------------------------------------------------------------------------

    def _next(self) -> None:
        """Gives the next request to the thread that computes, if it has none of this page."""
        if self.asked or not self.waiting:
            return
        self.asked = True
        wait = self.pace.spend(0.0) if self.client.role != CONTROLLER else 0.0
        self.loop.call_later(wait, self._post)

    def _post(self) -> None:
        if self.waiting:  # the page may be gone
            request = self.waiting.popleft()
            self.worker.session.post(lambda: self._answered(request))

    def _answered(self, request: Mapping[str, Any]) -> None:
        """By the thread that computes."""
        began, looks = time.monotonic(), self.client.role != CONTROLLER
        try:
            self.worker.answer(self.client, request)
        finally:  # behind what the answer has left to be done
            self.worker.session.post(lambda: self._tell(began if looks else time.monotonic()))

    def _tell(self, began: float) -> None:
        with suppress(RuntimeError):  # the loop may be gone already
            self.loop.call_soon_threadsafe(self._done, time.monotonic() - began)

    def _done(self, took: float) -> None:
        self.pace.spend(took)
        self.asked = False
        self._next()


def _is_id(given: Any) -> bool:
    whole = isinstance(given, int) and not isinstance(given, bool) and abs(given) < 2**53
    return whole or (isinstance(given, str) and len(given) <= ID)
