"""The one thread that computes: it trains a little, answers, shows, and waits for more.

    worker = Worker(session)
    worker.start()                   waits for work
    worker.ask(client, request)      from any thread; the reply goes to the client
    worker.stop()

It waits while nothing trains, and while every page is hidden, so an idle playground costs nothing.
What takes long is done in pieces, between which whoever asks for something else is answered.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Generator, Mapping
from functools import partial
from typing import Any

from workings.errors import WorkingsError
from workings.memory import give_back
from workings.play import operations, showing
from workings.play.clients import Client
from workings.play.protocol import Refused, refusal
from workings.play.runs import Run
from workings.play.session import Job, Session, Turn

SLICE = 0.012  # seconds of computing between two looks at what is asked
QUIET = 0.15  # seconds without a request, before the doctor looks
REST = 2.0  # seconds with nothing to do, before the memory that was freed is given back
Long = Generator[None, None, dict[str, Any]]
SUPERSEDED = {
    "ok": False, "error": refusal(Refused("not_now", "The same was asked for again since."))
}  # fmt: skip
LOG = logging.getLogger("workings.play")


class Worker:
    """The thread of a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rest = 0.0  # until when training goes before what was put off
        self.asked = 0.0  # when somebody asked for something last
        self.tidy = True  # nothing was done since memory was given back
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
                self._go_on()
                continue
            if job is None:
                return
            self.tidy = False
            self._safely(job)

    def _go_on(self) -> None:
        """What is done where nobody asks: training, what was put off, and tidying up."""
        session = self.session
        if not (self._trains or session.waiting or session.idle):
            give_back()
            self.tidy = True
            return
        if self._trains:
            self._safely(self._slice)
        self._piece()

    def _patience(self) -> float | None:
        """How long to wait for a request: for ever while there is nothing to do."""
        session = self.session
        if not self._trains:
            if session.waiting:
                return 0
            if session.idle:
                return max(0, self.asked + QUIET - time.perf_counter())
            return None if self.tidy else REST
        if not session.rate:
            return 0
        return max(0, min(1 / session.rate, 1 / 30) - (time.perf_counter() - session.clock))

    def _piece(self) -> None:
        """A piece of what was put off; while it trains, in a fifth of the time."""
        began = time.perf_counter()
        if (self.session.waiting or self.session.idle) and (began >= self.rest or not self._trains):
            self._safely(self.session.piece)
            self.rest = began + showing.SHARE * (time.perf_counter() - began)

    @property
    def _trains(self) -> bool:
        session = self.session
        hidden = all(client.watch.hidden for client in session.clients.values())
        return session.running and not session.watching and not hidden

    def _safely(self, job: Job) -> None:
        """One mistake of ours ends no session."""
        try:
            job()
        except Exception:
            LOG.exception("the playground met a mistake of its own")
            self.session.running = False

    def answer(self, client: Client, request: Mapping[str, Any]) -> None:
        """Does what is asked, and replies."""
        self.asked = time.perf_counter()
        made = self._made(lambda: operations.do(self.session, client, request) or {})
        if isinstance(made, Generator):
            self._put_off(client, request, made)
        else:
            _told(client, request, made)
        if not client.greeted:
            client.go("the greeting was not understood")

    def _put_off(self, client: Client, request: Mapping[str, Any], pieces: Long) -> None:
        """A reply that takes long is made in pieces; who asks again no longer waits for it."""
        name, op = client.number, str(request.get("op"))
        for turn in [turn for turn in self.session.waiting if turn.by == (name, op)]:
            self.session.waiting.remove(turn)
            _told(client, turn.request, SUPERSEDED)
        going = self._in_pieces(client, request, pieces)
        self.session.waiting.append(Turn((name, op), request, going))

    def _in_pieces(
        self, client: Client, request: Mapping[str, Any], pieces: Long
    ) -> Generator[None, None, None]:
        while (made := self._made(partial(_next, pieces))) is None:
            if client.number not in self.session.clients:
                return
            yield
        _told(client, request, made)

    def _made(self, make: Callable[[], Any]) -> Any:
        """What is made, as a reply where it is one; a refusal where it could not be."""
        try:
            made = make()
            return {"ok": True, **made} if isinstance(made, dict) else made
        except WorkingsError as error:
            return {"ok": False, "error": refusal(error)}
        except Exception:
            LOG.exception("a request met a mistake of ours")
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


def _next(pieces: Long) -> dict[str, Any] | None:
    """A piece; what comes of all of them, after the last."""
    try:
        next(pieces)
    except StopIteration as ended:
        return dict(ended.value)
    return None


def _told(client: Client, request: Mapping[str, Any], reply: Mapping[str, Any]) -> None:
    if request.get("id") is not None:
        client.say({"id": request["id"], **reply})
