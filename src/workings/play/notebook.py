"""A session in a notebook's cell: the page's messages go over the widget's line to the kernel.

    Playground(session, height)      shown as the last line of a cell; `close()` ends it

The page is the server's page, bundled, and what is said is what `docs/playground-protocol.md`
says; a line of the widget's takes the place of a websocket. Each view of the widget is a page of
its own. Lines are attended in a thread, so a page is sent what there is to see while a cell of the
notebook is running; what it asks waits until the kernel listens again.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any

import anywidget
import traitlets

from workings.files import clean
from workings.play import bundling
from workings.play.lines import Pace
from workings.play.session import VIEWERS, Session
from workings.play.talks import LOOKERS, Patience, Talk
from workings.play.working import Worker

OURS = Patience(greeting=None, idle=None, requests=float("inf"))  # nobody is a stranger here
GONE = {"type": "websocket.disconnect"}


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """What attends to the lines of all widgets, in a thread of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="workings-cells", daemon=True).start()
    return loop


class Line:
    """A line to one page: what a `Talk` needs of a websocket. Used in the loop's thread alone."""

    def __init__(self, cell: Playground, number: str) -> None:
        self.cell, self.number = cell, number
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def say(self, told: Mapping[str, Any], *buffers: bytes) -> None:
        """Something to the page at the other end."""
        self.cell.send({"line": self.number, **told}, list(buffers))

    async def receive(self) -> dict[str, Any]:
        """A message of the page."""
        return await self.heard.get()

    async def send_text(self, data: str) -> None:
        """An event or a reply."""
        self.say({"text": data})

    async def send_bytes(self, data: bytes) -> None:
        """A frame."""
        self.say({}, data)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """The last word; the page is told why."""
        self.say({"closed": reason or ""})


class Playground(anywidget.AnyWidget):
    """The playground in a cell. `height` is in pixels and may be set."""

    _esm = bundling.module()
    height = traitlets.Int(760).tag(sync=True)

    def __init__(self, session: Session, height: int) -> None:
        self._worker, self._lookers = Worker(session), Pace(*LOOKERS)
        self._lines: dict[str, Line] = {}
        self._numbers = count(1)
        super().__init__(height=height)
        self._worker.start()
        self.on_msg(self._take)

    def __repr__(self) -> str:
        session = self._worker.session
        run = session.runs.get(session.shown)
        title = (run.built.spec.title or run.built.job.table.source) if run else "nothing is open"
        return f"<Playground in a notebook's cell: {clean(title)}>"

    def close(self) -> None:
        """Ends the session; the cell is empty from now on."""
        super().close()
        for line in list(self._lines.values()):  # whoever has lines has made a loop for them
            _loop().call_soon_threadsafe(line.heard.put_nowait, GONE)
        self._worker.session.inbox.put(None)

    def _take(self, _: Any, told: Any, buffers: Sequence[Any]) -> None:
        """A message from a page, in whatever thread the kernel hears it."""
        number = told.get("line") if isinstance(told, dict) else None
        if isinstance(number, str):
            data = [bytes(one) for one in buffers]
            _loop().call_soon_threadsafe(self._hear, number, told, data)

    def _hear(self, number: str, told: Mapping[str, Any], data: Sequence[bytes]) -> None:
        if told.get("open") and number not in self._lines:
            self._open(number)
        line = self._lines.get(number)
        if line is None:
            return
        if told.get("gone"):
            line.heard.put_nowait(GONE)
        elif "text" in told:
            line.heard.put_nowait({"type": "websocket.receive", "text": told["text"]})
        for one in data:
            line.heard.put_nowait({"type": "websocket.receive", "bytes": one})

    def _open(self, number: str) -> None:
        """Another page. A notebook that is loaded again leaves pages that never say goodbye, so
        the newest one controls, and of too many the oldest has to go."""
        if len(self._lines) > VIEWERS:
            next(iter(self._lines.values())).heard.put_nowait(GONE)
        self._lines[number] = Line(self, number)
        task = _loop().create_task(self._attend(self._lines[number]))
        task.add_done_callback(lambda _: self._lines.pop(number, None))

    async def _attend(self, line: Line) -> None:
        """One page, from its greeting to its end."""
        session = self._worker.session
        talk = Talk(self._worker, next(self._numbers), line, self._lookers, OURS)
        session.post(lambda: session.hand_over(talk.client))
        line.say({"open": True})
        await talk.last()
        line.say({"closed": ""})
