"""Many iterations, so that Ctrl-C and a flag end them soon, however slow they are.

in_turns(run, count, stop)      how many were finished, and whether Ctrl-C was heard
"""

from __future__ import annotations

import time
from threading import current_thread, main_thread

from workings.batches import Whole
from workings.compiling.kernels import Runner
from workings.compiling.teams import Hand, wait_for

ANSWERED = 0.05  # seconds between two looks at what else there is


def in_turns(run: Runner, count: int, stop: Whole) -> tuple[int, bool]:
    """All iterations; returns how many were finished, and whether Ctrl-C was heard.

    Only the main thread hears it, and not while it is busy: what takes longer is done by another
    thread, which is told to stop after the iteration it is at.
    """
    turns = _Turns(run, count, stop)
    if current_thread() is not main_thread():
        turns.take()
        return turns.done, False
    worker = Hand(turns.take_all)
    try:
        turns.take(ANSWERED)
        if not turns.ended:
            worker.start()
            while not worker.done.wait(ANSWERED):
                pass
    except KeyboardInterrupt:
        if worker.ident is not None:
            told, stop[0] = int(stop[0]), 1
            try:
                wait_for([worker])
            finally:
                stop[0] = told
        return run(0), True
    if turns.failed:
        raise turns.failed[0]
    return turns.done, False


class _Turns:
    """Iterations in turns of about `ANSWERED` seconds; after each the next is thought over."""

    def __init__(self, run: Runner, count: int, stop: Whole) -> None:
        self.run, self.count, self.stop = run, count, stop
        self.done, self.turn, self.ended = 0, 1, False
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
