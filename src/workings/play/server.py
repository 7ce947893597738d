"""The way in: packaged files, one websocket, one process, this machine only.

    serve(session, port=0, ready=print)      until Ctrl-C; `ready` is told the address

Nothing that is asked for is ever a path: the files are found once, when the server starts, and
asked for by their names.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import os
import re
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.http.h11_impl import H11Protocol

from workings.errors import SettingError
from workings.play import protocol
from workings.play.clients import CONTROLLER, Client, Goodbye, Item
from workings.play.guards import Guard
from workings.play.protocol import REQUESTS, Refused, refusal
from workings.play.session import VIEWERS, Session
from workings.play.working import Worker

HOST = "127.0.0.1"
GREETING, IDLE, REQUEST = 2.0, 30 * 60.0, 5.0  # seconds for a hello, a message, a request's head
ID = 64  # characters of what a request calls itself
TOKEN = "WORKINGS_PLAY_TOKEN"  # noqa: S105 - the name of a variable: a token of one's own
KINDS = {
    "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "woff2": "font/woff2",
    "json": "application/json",
}  # fmt: skip
BAD, TOO_LARGE = 1008, 1009


def static() -> dict[str, tuple[bytes, str]]:
    """The packaged files by their names, with their kinds."""
    found = {}
    for file in (files("workings.play") / "static").iterdir():
        kind = KINDS.get(file.name.rpartition(".")[2])
        if kind and file.is_file() and file.name != "tsconfig.json":
            found[file.name] = (file.read_bytes(), kind)
    return found


@cache
def packed(content: bytes) -> bytes:
    """A packaged file as browsers like it: a third of the size."""
    return gzip.compress(content, mtime=0)


class Server:
    """One server: its port, its token, its session."""

    def __init__(self, session: Session, port: int = 0) -> None:
        self.session, self.token = session, token()
        self.worker = Worker(session)
        self.socket = _bound(port)
        self.port = int(self.socket.getsockname()[1])
        self.numbers, self.pages = count(1), 0
        self.files = static()
        session.address = f"http://{HOST}:{self.port}/"
        app = Starlette(routes=[
            Route("/", self.page), Route("/{name}", self.page), WebSocketRoute("/ws", self.talk),
        ])  # fmt: skip
        app.router.redirect_slashes = False
        config = uvicorn.Config(
            Guard(app, lambda: self.port, self.token), log_level="warning", access_log=False,
            server_header=False, date_header=False, ws_max_size=protocol.MESSAGE, lifespan="off",
            ws_per_message_deflate=False, timeout_graceful_shutdown=1, ws_ping_interval=20.0,
            timeout_keep_alive=30, h11_max_incomplete_event_size=16_384, http=_Patient,
        )  # fmt: skip
        self.uvicorn = uvicorn.Server(config)

    @property
    def address(self) -> str:
        """What to open: the token is behind #, so that no log and no referrer ever has it."""
        return f"{self.session.address}#t={self.token}"

    def run(self) -> None:
        """Serves until it is told to stop; Ctrl-C ends it."""
        self.worker.start()
        try:
            with contextlib.suppress(KeyboardInterrupt):
                self.uvicorn.run(sockets=[self.socket])
        finally:
            self.worker.stop()
            self.socket.close()

    def run_beside(self) -> threading.Thread:
        """Serves in a thread of its own."""
        self.uvicorn.config.load()
        self.worker.start()
        beside = threading.Thread(target=self._alone, name="workings-play-server", daemon=True)
        beside.start()
        return beside

    def _alone(self) -> None:
        asyncio.run(self.uvicorn.serve(sockets=[self.socket]))

    def end(self) -> None:
        """Tells a server that runs beside to stop."""
        self.uvicorn.should_exit = True
        self.worker.stop()

    # -- files -------------------------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        """A packaged file."""
        found = self.files.get(request.path_params.get("name", "index.html"))
        if found is None:
            return PlainTextResponse("There is no such page.", 404)
        content, kind = found
        headers = {"content-type": kind, "vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            content = packed(content)
            headers["content-encoding"] = "gzip"
        return Response(content, media_type=None, headers=headers)

    # -- pages -------------------------------------------------------------------------------------

    async def talk(self, socket: WebSocket) -> None:
        """One page, from its greeting to its end."""
        await socket.accept(protocol.NAME)
        if self.pages > VIEWERS:
            await socket.close(BAD, f"at most {VIEWERS + 1} pages may be open")
            return
        self.pages += 1
        loop, outbox = asyncio.get_running_loop(), asyncio.Queue[Item | None]()

        def send(item: Item) -> None:
            with contextlib.suppress(RuntimeError):  # the loop may be gone already
                loop.call_soon_threadsafe(outbox.put_nowait, item)

        client = Client(next(self.numbers), send)
        self.session.post(lambda: self.session.joined(client))
        writer = asyncio.create_task(_write(socket, outbox))
        try:
            await _Talk(self.worker, client, socket).listen()
        except WebSocketDisconnect:
            pass
        finally:
            self.pages -= 1
            outbox.put_nowait(None)
            writer.cancel()
            self.session.post(lambda: self.session.left(client))


class _Talk:
    """What one page says, held to the limits."""

    def __init__(self, worker: Worker, client: Client, socket: WebSocket) -> None:
        self.worker, self.client, self.socket = worker, client, socket
        self.times: deque[float] = deque()
        self.greeted = False

    async def listen(self) -> None:
        """Message after message."""
        while True:
            try:
                wait = IDLE if self.greeted else GREETING
                message = await asyncio.wait_for(self.socket.receive(), wait)
            except TimeoutError:
                why = "idle for 30 minutes" if self.greeted else "no greeting within 2 seconds"
                await self.socket.close(BAD, why)
                return
            if message["type"] == "websocket.disconnect":
                return
            if message.get("bytes") is not None:
                if not self._take(message["bytes"]):
                    await self.socket.close(TOO_LARGE, "more bytes than were announced")
                    return
            elif not self._text(str(message.get("text"))):
                await self.socket.close(BAD, "that is no request, or there were too many")
                return

    def _take(self, data: bytes) -> bool:
        """The bytes of a file that was announced."""
        upload = self.client.upload
        if upload is None or len(upload.data) + len(data) > upload.size:
            return False
        upload.data += data
        return True

    def _text(self, text: str) -> bool:
        """A request; False where the page has to go."""
        try:
            request = json.loads(text)
        except (ValueError, RecursionError):
            request = None
        if not isinstance(request, dict):
            self._refuse(None, "The message is no request.")
            return self.greeted and self._in_time()
        if request.get("op") == "ack":
            self.client.acknowledged(request.get("seq"))
            return self.greeted
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
            return True
        self.worker.ask(self.client, request)
        return True

    def _refuse(self, number: Any, why: str) -> None:
        self.client.say({"id": number, "ok": False, "error": refusal(Refused("bad_request", why))})

    def _in_time(self) -> bool:
        """Whether there were not too many requests in the last second."""
        now = time.monotonic()
        self.times.append(now)
        while self.times and now - self.times[0] > 1.0:
            self.times.popleft()
        return len(self.times) <= REQUESTS


def _is_id(given: Any) -> bool:
    whole = isinstance(given, int) and not isinstance(given, bool) and abs(given) < 2**53
    return whole or (isinstance(given, str) and len(given) <= ID)


class _Patient(H11Protocol):
    """A connection whose first request has to come within a few seconds."""

    def connection_made(self, transport: Any) -> None:
        """Somebody called."""
        super().connection_made(transport)
        self.loop.call_later(REQUEST, self._too_slow)

    def _too_slow(self) -> None:
        silent = self.cycle is None and self.transport.get_protocol() is self
        if silent and not self.transport.is_closing():
            self.transport.close()


async def _write(socket: WebSocket, outbox: asyncio.Queue[Item | None]) -> None:
    while (item := await outbox.get()) is not None:
        try:
            if isinstance(item, Goodbye):
                await socket.close(BAD, item.why)
                return
            if isinstance(item, str):
                await socket.send_text(item)
            else:
                await socket.send_bytes(item)
        except (RuntimeError, WebSocketDisconnect):
            return


def token() -> str:
    """256 bits by chance, for this start alone; or one's own, if it is as long."""
    own = os.environ.get(TOKEN, "")
    if own and not re.fullmatch(r"[A-Za-z0-9_-]{43,128}", own):
        raise SettingError(f"cannot use {TOKEN}: 43 to 128 letters, digits, - or _ were expected")
    return own or secrets.token_urlsafe(32)


def _bound(port: int) -> socket.socket:
    """The port, on this machine's own address alone."""
    # named as TCP, or asyncio leaves small messages waiting for each other, 40 ms at a time
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((HOST, port))
    except (OSError, OverflowError) as error:
        made.close()
        raise SettingError(
            f"cannot use port {port}: {getattr(error, 'strerror', None) or error}",
            hint="Choose another, or --port 0 for a free one.",
        ) from None
    made.listen(16)
    return made


def serve(session: Session, port: int = 0, ready: Callable[[str], None] = print) -> None:
    """Serves a session until Ctrl-C; `ready` is told the address."""
    server = Server(session, port)
    ready(server.address)
    server.run()
