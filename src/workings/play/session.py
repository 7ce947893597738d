"""What is open, and where it is: runs, the step that is shown, the pages that look.

    session = Session()               with nothing open
    session.open(built)               a run of its own, from step 0
    session.post(job)                 something to be done by the thread that computes

Only that thread, which `working.py` has, touches runs; whoever is elsewhere posts.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workings.play.building import Built
from workings.play.clients import CONTROLLER, VIEWER, Client
from workings.play.frames import BUDGET
from workings.play.protocol import Refused
from workings.play.runs import Run

RUNS, VIEWERS = 12, 3
WHILE = 0.25  # seconds of computing between two looks at whether to go on
ROLES = {
    CONTROLLER: "This page controls the playground now.",
    VIEWER: "Another page controls the playground now; this one only shows it.",
}
Job = Callable[[], None]
Pieces = Iterator[None]  # work that may be left between any two of its pieces


@dataclass(frozen=True, eq=False)
class Turn:
    """A reply that takes long: `by` which page and to which request."""

    by: tuple[int, str]
    request: Mapping[str, Any]
    pieces: Pieces


class Session:
    """What is open, and where it is. `shown` is the number of the run on the page."""

    def __init__(self) -> None:
        self.inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.clients: dict[int, Client] = {}
        self.runs: dict[int, Run] = {}
        self.parents: dict[int, int | None] = {}
        self.shown, self.next_run = 0, 1
        self.step, self.part = 0, 0
        self.running, self.watching = False, False
        self.rate: float | None = None
        self.goal, self.stopped = 0, ""
        self.goal_loss: float | None = None
        self.owed, self.clock = 0.0, 0.0
        self.cancelled = threading.Event()  # set by any thread: long work ends where it is
        self.speed = 0.0
        self.uploads: dict[str, Any] = {}  # tables that were sent, by what they are recognised by
        self.address = ""  # of the page, for links
        self.findings: list[Any] = []  # those that were told last: remedies go by their places
        self.diagnosed = (0, 0)  # of which run and step all was looked at
        self.idle: dict[str, Pieces] = {}  # what is done when nobody has asked for a moment
        self.waiting: deque[Turn] = deque()  # replies that take long

    def post(self, job: Job) -> None:
        """Something to be done by the thread that computes."""
        self.inbox.put(job)

    def later(self, what: str, pieces: Pieces) -> None:
        """Something to be done when nobody has asked for anything for a moment."""
        self.idle[what] = pieces

    def piece(self) -> None:
        """A piece of what was put off: replies first."""
        what = next(iter(self.idle), "")
        try:
            next(self.waiting[0].pieces if self.waiting else self.idle[what])
        except BaseException as ended:
            if self.waiting:
                self.waiting.popleft()
            else:
                del self.idle[what]
            if not isinstance(ended, StopIteration):
                raise

    @property
    def run(self) -> Run:
        """The run that is shown; raises where nothing is open."""
        if self.shown not in self.runs:
            raise Refused("not_now", "Nothing is open yet.", hint="Choose something to begin with.")
        return self.runs[self.shown]

    def train(self, steps: int, loss: float | None, rate: float | None) -> None:
        """Begins to train up to a step, or to a loss."""
        self.goal, self.goal_loss, self.rate = steps, loss, rate
        self.running, self.stopped, self.owed = True, "", 0.0
        self.clock = time.perf_counter()

    def advance(self, run: Run, to: int) -> None:
        """Trains on up to a step, until it is there or somebody has had enough of waiting."""
        while run.last < to and run.broken is None and not self.cancelled.is_set():
            run.advance(to - run.last, WHILE)
            event = {"ev": "working", "step": run.last, "of": to}
            for one in self.clients.values() if run.last < to else ():
                one.say(event)

    # -- runs --------------------------------------------------------------------------------------

    def add(self, run: Run, parent: int | None = None) -> int:
        """A new run, which is shown from now on."""
        if len(self.runs) >= RUNS:
            idle = [other for other in self.runs if self.may_go(other)]
            if not idle:
                raise Refused(
                    "too_large",
                    f"There are {RUNS} runs already, each forked from the one before.",
                    hint="Open something anew.",
                )
            self.forget(idle[0])
        number = self.next_run
        self.next_run += 1
        self.runs[number], self.parents[number] = run, parent
        self._share_memory()
        self.switch(number)
        return number

    def may_go(self, number: int) -> bool:
        """Whether a run is not shown, and none was forked from it."""
        return number != self.shown and number not in self.parents.values()

    def forget(self, number: int) -> None:
        """Lets a run go that is not shown, and from which none was forked."""
        del self.runs[number], self.parents[number]
        self._share_memory()

    def _share_memory(self) -> None:
        for run in self.runs.values():
            run.frames.budget = BUDGET // max(1, len(self.runs))

    def switch(self, number: int) -> None:
        """Shows another run, at its last step or where the page is."""
        self.running, self.stopped, self.findings = False, "", []
        self.shown = number
        run = self.runs[number]
        self.step = min(self.step, run.last) if self.parents[number] else run.last
        self.step = max(self.step, run.at)

    def open(self, built: Built) -> int:
        """A new run of its own, from step 0."""
        self.step = 0
        return self.add(Run(built))

    # -- pages -------------------------------------------------------------------------------------

    def joined(self, client: Client) -> None:
        """A page came; the first one controls."""
        free = all(one.role != CONTROLLER for one in self.clients.values())
        client.role = CONTROLLER if free else VIEWER
        self.clients[client.number] = client

    def left(self, client: Client) -> None:
        """A page went; what is open stays open, and training pauses when nobody is there."""
        self.clients.pop(client.number, None)
        if not self.clients:
            self.running = False
        elif client.role == CONTROLLER:
            self.hand_over(next(iter(self.clients.values())))

    def hand_over(self, to: Client) -> None:
        """Makes a page the one that controls."""
        for one in self.clients.values():
            role = CONTROLLER if one is to else VIEWER
            if one.role != role:
                one.role = role
                one.say({"ev": "role", "role": role, "said": ROLES[role]})

    @property
    def status(self) -> str:
        """Where it is, in a word."""
        run = self.runs.get(self.shown)
        if run is None:
            return "empty"
        if self.watching:
            return "watching"
        if self.running:
            return "running"
        if run.broken is not None and self.step == run.last:
            return "diverged"
        if self.stopped:
            return "finished"
        return "ready" if self.step == 0 else "paused"
