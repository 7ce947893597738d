"""Clients that mean well, while others do not: one steps, some look on, many fetch files."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from faults.playing import Playing
from play.talking import Page, page
from workings.play.server import static

PAUSE = 0.025  # seconds between two steps: no more than 50 requests in one


@dataclass
class Steps:
    """What a page was told that trained step by step, and how long each took, in seconds."""

    losses: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)


class Stepper:
    """A page that trains step by step, and others that look on and are told the same."""

    def __init__(self, one: Page, looking: list[Page]) -> None:
        self.one, self.looking = one, looking

    def steps(self, *, seconds: float = 0.0, least: int = 0, preset: str = "moons") -> Steps:
        """Steps from the beginning until a time is up, and at least so many times."""
        found, end = Steps(), time.monotonic() + seconds
        self.one.do("open", preset=preset)
        while len(found.losses) < least or time.monotonic() < end:
            began, wanted = time.perf_counter(), len(found.losses) + 1
            assert self.one.do("step")["step"] == wanted
            found.took.append(time.perf_counter() - began)
            found.losses.append(float(self.one.last("state")["loss"]))
            for other in self.looking:
                assert other.until("state", step=wanted)["loss"] == found.losses[-1]
                other.events.clear()
                other.frames.clear()
            self.one.events.clear()
            self.one.frames.clear()
            time.sleep(PAUSE)
        return found


@contextmanager
def stepping(playing: Playing, lookers: int = 1) -> Iterator[Stepper]:
    """Pages that come before anybody else does."""
    with ExitStack() as stack:
        one, *looking = [stack.enter_context(page(playing.server)) for _ in range(lookers + 1)]
        yield Stepper(one, looking)


@dataclass
class Fetched:
    """What those that fetch files were given: right ones, and what was not."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def fetching(playing: Playing, count: int, pause: float = 2.0) -> Iterator[Fetched]:
    """So many connections that stay open, each of which fetches a file every now and then."""
    found, over = Fetched(), threading.Event()

    async def all_of_them() -> None:
        await asyncio.gather(*(_fetches(playing, found, over, pause) for _ in range(count)))

    beside = threading.Thread(target=lambda: asyncio.run(all_of_them()))
    beside.start()
    try:
        yield found
    finally:
        over.set()
        beside.join(30)
        assert not beside.is_alive()


async def _fetches(playing: Playing, found: Fetched, over: threading.Event, pause: float) -> None:
    names, turn = sorted(static()), 0
    reader, writer = await asyncio.open_connection("127.0.0.1", playing.port)
    while not over.is_set():
        name = names[turn % len(names)]
        turn += 1
        try:
            async with asyncio.timeout(10):
                told = await _got(reader, writer, playing.port, name)
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            found.wrong.append(f"{name}: {type(error).__name__}")
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", playing.port)
            continue
        if told == (200, static()[name][0]):
            found.right += 1
        else:
            found.wrong.append(f"{name}: {told[0]}, {len(told[1])} bytes")
        await asyncio.sleep(pause)
    writer.close()


async def _got(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, name: str
) -> tuple[int, bytes]:
    writer.write(f"GET /{name} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    return int(head.split(b" ")[1]), await reader.readexactly(size)


def settled(playing: Playing, files: int, patience: float = 30.0) -> float:
    """Waits until no more files are open than before; how many seconds that took."""
    began = time.monotonic()
    while playing.taken().files > files and time.monotonic() - began < patience:
        time.sleep(0.1)
    return time.monotonic() - began
