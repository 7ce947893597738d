"""The one thread that computes: it trains a little, answers, shows, and waits for more.

    worker = Worker(session)
    worker.start()                   waits for work
    worker.ask(client, request)      from any thread; the reply goes to the client
    worker.stop()

It waits while nothing trains, and while every page is hidden, so an idle playground costs nothing.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Mapping
from typing import Any

from workings.errors import WorkingsError
from workings.play import operations, showing
from workings.play.clients import Client
from workings.play.protocol import Refused, refusal
from workings.play.runs import Run
from workings.play.session import Job, Session

SLICE = 0.012  # seconds of computing between two looks at what is asked
QUIET = 0.15  # seconds without a request, before the doctor looks
LOG = logging.getLogger("workings.play")


class Worker:
    """The thread of a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.thread = threading.Thread(target=self._work, name="workings-play", daemon=True)

    def start(self) -> None:
        """Begins to wait for work."""
        self.thread.start()

    def stop(self) -> None:
        """Ends the thread, after what it is doing."""
        self.session.inbox.put(None)
        if self.thread.is_alive():
            self.thread.join(5)

    def ask(self, client: Client, request: Mapping[str, Any]) -> None:
        """A request, to be answered when its turn comes."""
        self.session.post(lambda: self.answer(client, request))

    def _work(self) -> None:
        session = self.session
        while True:
            wait = self._patience()
            try:
                job = session.inbox.get(block=wait != 0, timeout=wait or None)
            except queue.Empty:
                self._safely(self._slice if session.running else session.idle.popitem()[1])
                continue
            if job is None:
                return
            self._safely(job)

    def _patience(self) -> float | None:
        """How long to wait for a request: for ever while there is nothing to compute."""
        session = self.session
        if not session.running and session.idle:
            return QUIET
        hidden = all(client.watch.hidden for client in session.clients.values())
        if not session.running or session.watching or hidden:
            return None
        if not session.rate:
            return 0
        return max(0, min(1 / session.rate, 1 / 30) - (time.perf_counter() - session.clock))

    def _safely(self, job: Job) -> None:
        """One mistake of ours ends no session."""
        try:
            job()
        except Exception:
            LOG.exception("the playground met a mistake of its own")
            self.session.running = False

    def answer(self, client: Client, request: Mapping[str, Any]) -> None:
        """Does what is asked, and replies."""
        number = request.get("id")
        reply = self._reply(client, request)
        if number is not None:
            client.say({"id": number, **reply})
        if not client.greeted:
            client.go("the greeting was not understood")

    def _reply(self, client: Client, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return {"ok": True, **(operations.do(self.session, client, request) or {})}
        except WorkingsError as error:
            return {"ok": False, "error": refusal(error)}
        except Exception:
            LOG.exception("a request met a mistake of ours: %s", str(request.get("op"))[:40])
            mistake = Refused("internal", "This could not be done: the playground made a mistake.",
                              hint="The terminal says more.")  # fmt: skip
            return {"ok": False, "error": refusal(mistake)}

    # -- training ----------------------------------------------------------------------------------

    def _slice(self) -> None:
        """A little of training, then what there is to show of it."""
        session = self.session
        now = time.perf_counter()
        spent, self.session.clock = now - self.session.clock, now
        run, before = self.session.run, self.session.step
        most = max(0, self.session.goal - self.session.step)
        if self.session.rate:
            self.session.owed = min(
                self.session.owed + spent * self.session.rate, self.session.rate
            )
            most = min(most, int(self.session.owed))
            self.session.owed -= most
        self._on(run, most)
        run.note_test()
        took = max(time.perf_counter() - now, spent, 1e-6)
        self.session.speed += 0.2 * ((self.session.step - before) / took - self.session.speed)
        self._look_whether_to_stop(run, before)
        if self.session.running:
            showing.while_running(session)
        else:
            showing.all_of_it(session)

    def _on(self, run: Run, most: int) -> None:
        """Goes on by at most so many steps: through those known already, then new ones."""
        known = min(run.last - self.session.step, most)
        if known > 0:
            pace = run.timed / max(run.seconds, 1e-9) * SLICE
            self.session.step += max(1, min(known, int(pace)))
            return
        if most > 0:
            run.advance(most, SLICE)
            self.session.step = run.last

    def _look_whether_to_stop(self, run: Run, before: int) -> None:
        until = run.train.until
        if run.broken is not None and self.session.step == run.last:
            self.session.running, self.session.stopped = False, run.broken.said
            return
        loss = self.session.goal_loss if self.session.goal_loss is not None else until.loss
        if loss is not None:
            low = [k for k in range(before + 1, self.session.step + 1) if run.loss(k) <= loss]
            if low:
                self.session.step = low[0]
                self._end(f"the loss is {loss:g} or less")
                return
        if (
            until.plateau is not None
            and self.session.step - run.best_step(self.session.step) >= until.plateau
        ):
            self._end(f"no gain for {until.plateau} steps")
        elif self.session.step >= self.session.goal:
            self._end(f"{self.session.step} steps are done")

    def _end(self, why: str) -> None:
        self.session.running, self.session.stopped = False, why
