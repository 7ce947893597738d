"""Clients that mean harm: what each does to the playground, and what it may be answered.

    python -m faults.flooding PORT TOKEN COUNT SECONDS [KIND ...]

So many of them at once, in turn of each of these kinds (or of all), each over and over until the
time is up, with sockets of their own and frames made by hand. What they were answered is printed
as JSON: {"kind": {"answer": how often}}. Answers are the status of HTTP, `close` and the code a
line was ended with, the code of a refused request, `done`, or `cut` for a line that ends without a
word.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

CONT, TEXT, BYTES, CLOSE, PING = 0, 1, 2, 8, 9
DEEP = "[" * 100_000 + "]" * 100_000
PATIENCE = 30.0  # seconds for an answer, or for the end of a line


@dataclass
class Target:
    """The server that is attacked, and until when."""

    port: int
    token: str
    end: float
    answers: dict[str, Counter[str]] = field(default_factory=dict)

    def head(self, *, host: str = "", origin: str = "", token: str = "") -> bytes:
        """What asks for a websocket."""
        own = f"127.0.0.1:{self.port}"
        lines = [
            "GET /ws HTTP/1.1", f"Host: {host or own}", "Upgrade: websocket",
            "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", f"Origin: {origin or f'http://{own}'}",
            f"Sec-WebSocket-Protocol: workings.1, t.{token or self.token}", "", "",
        ]  # fmt: skip
        return "\r\n".join(lines).encode()

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self.end


class Line:
    """A connection, with frames made by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.number = 0

    async def send(self, data: bytes) -> None:
        """Bytes, as fast as they are taken."""
        self.writer.write(data)
        await self.writer.drain()

    async def status(self) -> str:
        """What HTTP answers; the head is read, and what follows it if its size is known."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                await self.reader.readexactly(int(line.split(b":")[1]))
        return head.split(b" ")[1].decode()

    async def upgraded(self, target: Target, **wrong: str) -> str:
        """Asks for a websocket."""
        await self.send(target.head(**wrong))
        return await self.status()

    async def frame(self, opcode: int, payload: bytes = b"", *, fin: bool = True) -> None:
        """A frame."""
        await self.send(framed(opcode, payload, fin=fin))

    async def ask(self, op: str, **told: Any) -> None:
        """A request, whose answer is not waited for."""
        self.number += 1
        await self.frame(TEXT, json.dumps({"id": self.number, "op": op, **told}).encode())

    async def hear(self) -> tuple[int, bytes]:
        """The next frame; pings are not answered."""
        first, second = await self.reader.readexactly(2)
        size = second & 127
        if size >= 126:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8))
        return first & 15, await self.reader.readexactly(size)

    async def answer(self, number: int | None = None) -> str:
        """The answer to a request, or how the line was ended; frames are acknowledged."""
        while True:
            opcode, payload = await self.hear()
            if opcode == CLOSE:
                return f"close {int.from_bytes(payload[:2])}"
            if opcode == BYTES and len(payload) >= 16:
                seq = int.from_bytes(payload[12:16], "little")
                await self.frame(TEXT, b'{"op":"ack","seq":%d}' % seq)
            if opcode == TEXT:
                told = json.loads(payload)
                if "ok" in told and (number is None or told["id"] == number):
                    return "done" if told["ok"] else str(told["error"]["code"])

    async def ended(self) -> str:
        """How the line ends, whatever is said before."""
        while (said := await self.answer()) in ("done", "bad_request"):
            pass
        return said

    async def hello(self, target: Target) -> str:
        """Comes in as a page does."""
        if (said := await self.upgraded(target)) != "101":
            return said
        await self.ask("hello", protocol="workings.1")
        return await self.answer()


def framed(opcode: int, payload: bytes, *, fin: bool = True) -> bytes:
    """A frame under a mask of zeros."""
    size = len(payload)
    head = bytes([opcode | (128 if fin else 0)])
    if size < 126:
        head += bytes([128 | size])
    elif size < 65536:
        head += bytes([128 | 126]) + struct.pack("!H", size)
    else:
        head += bytes([128 | 127]) + struct.pack("!Q", size)
    return head + bytes(4) + payload


# -- without the token -----------------------------------------------------------------------------


async def silent(line: Line, target: Target) -> str:
    """Says nothing."""
    await line.reader.read()
    return "cut"


async def slow_head(line: Line, target: Target) -> str:
    """A letter, then another, and never an end."""
    for letter in b"GET / HTTP/1.1\r\nX: " + b"x" * 10_000:
        await line.send(bytes([letter]))
        await asyncio.sleep(0.1)
    return "taken"


async def slow_second_head(line: Line, target: Target) -> str:
    """The same, behind a request that was answered."""
    await line.send(f"GET /index.html HTTP/1.1\r\nHost: 127.0.0.1:{target.port}\r\n\r\n".encode())
    await line.status()
    return await slow_head(line, target)


async def huge_head(line: Line, target: Target) -> str:
    """A head of a megabyte."""
    await line.send(b"GET / HTTP/1.1\r\nX: " + b"x" * 1_000_000)
    return await line.status()


async def never_fetches(line: Line, target: Target) -> str:
    """Asks for files, and reads none of them."""
    line.writer.transport.pause_reading()
    asked = f"GET /index.html HTTP/1.1\r\nHost: 127.0.0.1:{target.port}\r\n\r\n".encode()
    for _ in range(10_000):
        await line.send(asked * 100)
        await asyncio.sleep(0.05)
    return "taken"


async def posts(line: Line, target: Target) -> str:
    """Sends a body of very many bytes."""
    await line.send(f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{target.port}\r\n"
                    "Content-Length: 1000000000\r\n\r\n".encode())  # fmt: skip
    said = await line.status()
    with suppress(ConnectionError):
        for _ in range(100):
            await line.send(bytes(100_000))
    return said


async def no_http(line: Line, target: Target) -> str:
    """Bytes that are no HTTP at all."""
    await line.send(bytes(range(256)) * 10 + b"\r\n\r\n")
    return await line.status()


async def wrong_host(line: Line, target: Target) -> str:
    """By another name of this machine."""
    return await line.upgraded(target, host="evil.example")


async def wrong_origin(line: Line, target: Target) -> str:
    """From a page of another site."""
    return await line.upgraded(target, origin="http://evil.example")


async def wrong_token(line: Line, target: Target) -> str:
    """With a token that was guessed."""
    return await line.upgraded(target, token="x" * 43)


async def half_open(line: Line, target: Target) -> str:
    """Goes in the middle of a word, without a farewell."""
    await line.send(target.head()[:80])
    sock = line.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    await asyncio.sleep(0.05)
    return "left"


# -- with the token --------------------------------------------------------------------------------


async def slow_hello(line: Line, target: Target) -> str:
    """Comes in, and greets nobody."""
    await line.upgraded(target)
    return await line.answer()


async def never_reads(line: Line, target: Target) -> str:
    """Asks for files and pictures, and reads none of them."""
    if (said := await line.hello(target)) != "done":
        return said
    line.writer.transport.pause_reading()
    for turn in range(10_000):
        await line.ask(("export", "distributions")[turn % 2], kind="xlsx")
        await asyncio.sleep(0.05)
    return "taken"


async def deep(line: Line, target: Target) -> str:
    """A request within a request within a request."""
    if (said := await line.hello(target)) == "done":
        await line.frame(TEXT, DEEP.encode())
        return await line.answer()
    return said


async def too_large(line: Line, target: Target) -> str:
    """A message of two megabytes."""
    if (said := await line.hello(target)) == "done":
        await line.frame(BYTES, bytes(2_000_000))
        return await line.ended()
    return said


async def full_speed(line: Line, target: Target) -> str:
    """Requests as fast as they are taken."""
    if (said := await line.hello(target)) == "done":
        await line.send(framed(TEXT, b'{"id":1,"op":"ping"}') * 1000)
        return await line.ended()
    return said


async def acknowledges(line: Line, target: Target) -> str:
    """Credit for frames that were never sent, as fast as it is taken."""
    if (said := await line.hello(target)) == "done":
        for _ in range(1000):
            await line.send(framed(TEXT, b'{"op":"ack","seq":123456}') * 1000)
        return await line.ended()
    return said


async def pings(line: Line, target: Target) -> str:
    """Pings as fast as they are taken; their answers are not read."""
    if (said := await line.hello(target)) != "done":
        return said
    line.writer.transport.pause_reading()
    for _ in range(10_000):
        await line.send(framed(PING, bytes(125)) * 1000)
    return "taken"


async def pieces(line: Line, target: Target) -> str:
    """A message in pieces of nothing, without end."""
    if (said := await line.hello(target)) != "done":
        return said
    await line.frame(TEXT, b"{", fin=False)
    for _ in range(1000):
        await line.send(framed(CONT, b"", fin=False) * 1000)
    return await line.ended()


async def bad_frames(line: Line, target: Target) -> str:
    """Frames of a kind that there is not."""
    if (said := await line.hello(target)) == "done":
        await line.send(b"\xff\xff" + bytes(100))
        return await line.ended()
    return said


async def bad_text(line: Line, target: Target) -> str:
    """Text that is none."""
    if (said := await line.hello(target)) == "done":
        await line.frame(TEXT, b"\xff\xfe{}")
        return await line.ended()
    return said


DEAR: tuple[dict[str, Any], ...] = (
    {"op": "result", "kind": "map", "size": 64, "units": "all"}, {"op": "diagnose"},
    {"op": "export", "kind": "xlsx"}, {"op": "result", "kind": "table"}, {"op": "heat"},
    {"op": "seek", "step": 900_000}, {"op": "explain", "cell": "loss", "terms": 100_000},
    {"op": "open", "spec": {"data": {"source": "moons"}, "network": {
        "hidden": [{"units": 64, "activation": "tanh"}] * 2}}},
    {"op": "result", "kind": "space"}, {"op": "compare"}, {"op": "statistics", "array": "X"},
)  # fmt: skip


async def dear(line: Line, target: Target) -> str:
    """What takes longest, again and again, each as soon as the one before is answered."""
    if (said := await line.hello(target)) != "done":
        return said
    while not target.over:
        for one in DEAR:
            await line.ask(**one)
            said = await line.answer(line.number)
            target.answers["dear"][said] += 1
            if said.startswith("close"):
                return said
    return said


Kind = Callable[[Line, Target], Awaitable[str]]
FULL = "close 1008"  # at most four pages; as well: too many requests, no greeting
ALL = {"cut", FULL, "close 1013", "close 1011"}  # 1011: none answers a ping
KINDS: dict[str, tuple[Kind, set[str]]] = {
    "silent": (silent, {"cut"}), "slow head": (slow_head, {"cut"}),
    "slow second head": (slow_second_head, {"cut"}), "huge head": (huge_head, {"400", "cut"}),
    "never fetches": (never_fetches, {"cut"}), "posts": (posts, {"405", "cut"}),
    "no http": (no_http, {"400", "cut"}), "wrong host": (wrong_host, {"421"}),
    "wrong origin": (wrong_origin, {"403"}), "wrong token": (wrong_token, {"403"}),
    "half-open": (half_open, {"left"}), "slow hello": (slow_hello, {FULL, "close 1013"}),
    "never reads": (never_reads, {"hangs", *ALL}),  # half a minute, if it sends little
    "deep": (deep, {"bad_request", *ALL}),
    "too large": (too_large, {"close 1009", *ALL}), "full speed": (full_speed, ALL),
    "acknowledges": (acknowledges, ALL), "pings": (pings, ALL), "pieces": (pieces, ALL),
    "bad frames": (bad_frames, {"close 1002", *ALL}), "bad text": (bad_text, {"close 1007", *ALL}),
    "dear": (dear, {"done", "read_only", "not_available", *ALL}),
}  # fmt: skip


async def one(name: str, target: Target) -> None:
    """One hostile client, over and over."""
    kind, answers = KINDS[name][0], target.answers.setdefault(name, Counter())
    while not target.over:
        reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
        left = target.end - time.monotonic()
        try:
            async with asyncio.timeout(max(left, 0.0) + PATIENCE):
                answers[await kind(Line(reader, writer), target)] += 1
        except TimeoutError:
            answers["hangs"] += 1
        except (ConnectionError, asyncio.IncompleteReadError):
            answers["cut"] += 1
        finally:
            writer.transport.abort()


async def flood(target: Target, count: int, kinds: list[str]) -> None:
    """So many at once."""
    await asyncio.gather(*(one(kinds[turn % len(kinds)], target) for turn in range(count)))


def main() -> None:
    """Attacks, and prints what was answered."""
    port, token, count, seconds, *kinds = sys.argv[1:]
    target = Target(int(port), token, time.monotonic() + float(seconds))
    asyncio.run(flood(target, int(count), kinds or list(KINDS)))
    print(json.dumps({kind: dict(found) for kind, found in target.answers.items()}))


if __name__ == "__main__":
    main()
