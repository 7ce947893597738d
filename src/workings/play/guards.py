"""Who may come in: the very Host, the very Origin, the token of this start, and GET alone.

    Guard(app, ports, token)      an ASGI application around another

Any page a user visits may try to reach this server. So it answers to its own address only
(otherwise 421), lets sockets in from its own pages only, with the token that was printed
(otherwise 403), and says on every reply what a page may load: nothing but its own files.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from workings.play.protocol import NAME

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob: data:; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "cache-control": "no-store", "content-security-policy": POLICY,
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin", "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}  # fmt: skip
HOSTS = ("127.0.0.1", "localhost", "[::1]")
REASONS = {
    403: "This page may not connect.", 405: "Only GET is answered here.",
    421: "This is not the address of this server.",
}  # fmt: skip


class Guard:
    """Lets through what may come in; answers the rest itself, before any work is done."""

    def __init__(self, app: App, port: Callable[[], int], token: str) -> None:
        self.app, self.port, self.token = app, port, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one socket."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        status = self.refused(scope)
        if status:
            await _refuse(scope, send, status)
            return
        await self.app(scope, receive, _with_headers(send))

    def refused(self, scope: Scope) -> int:
        """The status of a refusal; 0 for what may come in."""
        headers = [(k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in scope["headers"]]
        if [v for k, v in headers if k == "host"] not in [[one] for one in self.hosts()]:
            return 421
        if scope["type"] == "http":
            return 0 if scope["method"] == "GET" else 405
        origins = [v for k, v in headers if k == "origin"]
        if origins not in [[f"http://{host}"] for host in self.hosts()]:
            return 403
        return 0 if self._is_known(scope.get("subprotocols", [])) else 403

    def hosts(self) -> list[str]:
        """What this server is called, with its port."""
        return [f"{host}:{self.port()}" for host in HOSTS]

    def _is_known(self, offered: list[str]) -> bool:
        tokens = [word[2:] for word in offered if word.startswith("t.")]
        right = hmac.compare_digest(tokens[0].encode(), self.token.encode()) if tokens else False
        return right and len(tokens) == 1 and NAME in offered


async def _refuse(scope: Scope, send: Send, status: int) -> None:
    body = REASONS[status].encode()
    headers = [(k.encode(), v.encode()) for k, v in HEADERS.items()]
    headers += [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"),
                (b"content-length", str(len(body)).encode())]  # fmt: skip
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get(
        "extensions", {}
    ):
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            own = [(k.encode(), v.encode()) for k, v in HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", []), *own]}
        await send(message)

    return sending
