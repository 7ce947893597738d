"""The way in: packaged files, one websocket, one process, this machine only.

    serve(session, port=0, ready=print)      until Ctrl-C; `ready` is told the address

Nothing that is asked for is ever a path: the files are found once, when the server starts, and
asked for by their names.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
import os
import re
import secrets
import socket
import threading
from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from itertools import count

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from workings.errors import SettingError
from workings.play import protocol
from workings.play.guards import Guard
from workings.play.lines import HEAD, Door, Line, Pace, Patient, quiet
from workings.play.session import VIEWERS, Session
from workings.play.talks import BAD, LATER, LOOKERS, Talk
from workings.play.working import Worker

HOST = "127.0.0.1"
TOKEN = "WORKINGS_PLAY_TOKEN"  # noqa: S105 - the name of a variable: a token of one's own
KINDS = {
    "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "woff2": "font/woff2",
    "json": "application/json",
}  # fmt: skip


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
        self.numbers, self.pages, self.lookers = count(1), 0, Pace(*LOOKERS)
        self.files = static()
        session.address = f"http://{HOST}:{self.port}/"
        app = Starlette(routes=[
            Route("/", self.page), Route("/{name}", self.page), WebSocketRoute("/ws", self.talk),
        ])  # fmt: skip
        app.router.redirect_slashes = False
        self.door = Door()
        config = uvicorn.Config(
            Guard(app, lambda: self.port, self.token), log_level="error", access_log=False,
            server_header=False, date_header=False, ws_max_size=protocol.MESSAGE, lifespan="off",
            ws_per_message_deflate=False, timeout_graceful_shutdown=1, ws_ping_interval=20.0,
            ws_ping_timeout=10.0, timeout_keep_alive=30, h11_max_incomplete_event_size=HEAD,
            http=partial(Patient, door=self.door),  # type: ignore[arg-type]
            ws=partial(Line, door=self.door), backlog=64,  # type: ignore[arg-type]
        )  # fmt: skip
        logging.getLogger("uvicorn.error").addFilter(quiet)
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
        if wait := self.door.rude.spend(0.0):
            await socket.close(LATER, f"pages broke the rules too often: again in {wait:.0f} s")
            return
        self.pages += 1
        talk = Talk(self.worker, next(self.numbers), socket, self.lookers)
        try:
            await talk.last()
        finally:
            self.pages -= 1
            self.door.rude.spend(float(talk.rude))


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
