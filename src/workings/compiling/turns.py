"""Many iterations, so that Ctrl-C and a flag end them soon, however slow they are.

in_turns(run, count, stop, fitting)      how many were finished, and whether Ctrl-C was heard
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import current_thread, main_thread

from workings.batches import Whole
from workings.compiling.kernels import Runner
from workings.compiling.teams import Hand, wait_for

ANSWERED = 0.05  # seconds between two looks at what else there is


@dataclass(frozen=True)
class Turned:
    """How many iterations were finished, whether Ctrl-C was heard, and how many fit in a turn."""

    done: int
    interrupted: bool
    fitting: int


def in_turns(run: Runner, count: int, stop: Whole, fitting: int = 1) -> Turned:
    """All iterations, in turns of about `ANSWERED` seconds; the first has as many as are `fitting`.

    Only the main thread hears Ctrl-C, and not while it is busy: what takes longer is done by
    another thread, which is told to stop after the iteration it is at.
    """
    turns = _Turns(run, count, stop, fitting)
    if current_thread() is not main_thread():
        turns.take()
        return Turned(turns.done, False, turns.turn)
    worker: Hand | None = None
    try:
        turns.take(ANSWERED)
        if not turns.ended:
            worker = Hand(turns.take_all)
            worker.start()
            while not worker.done.wait(ANSWERED):
                pass
    except KeyboardInterrupt:
        if worker is not None and worker.ident is not None:
            told, stop[0] = int(stop[0]), 1
            try:
                wait_for([worker])
            finally:
                stop[0] = told
        return Turned(run(0), True, turns.turn)
    if turns.failed:
        raise turns.failed[0]
    return Turned(turns.done, False, turns.turn)


class _Turns:
    """Iterations in turns of about `ANSWERED` seconds; after each the next is thought over."""

    def __init__(self, run: Runner, count: int, stop: Whole, turn: int) -> None:
        self.run, self.count, self.stop = run, count, stop
        self.done, self.turn, self.ended = 0, turn, False
        self.failed: list[BaseException] = []

    def take(self, seconds: float = float("inf")) -> None:
        """Turns until all is done, something ends it, or so much time is over."""
        end = time.perf_counter() + seconds
        while not self.ended and time.perf_counter() < end:
            began, before = time.perf_counter(), self.done
            turn = min(self.turn, self.count - before)
            self.done = self.run(turn)
            spent = max(time.perf_counter() - began, 1e-7)
            self.turn = max(1, min(16 * turn, int(turn * ANSWERED / spent)))
            self.ended = self.done in (before, self.count) or bool(self.stop[0])
            self.ended |= self.done < before + turn

    def take_all(self) -> None:
        """All turns, in a thread of their own; what goes wrong there is raised by who waits."""
        try:
            self.take()
        except BaseException as error:
            self.failed.append(error)
