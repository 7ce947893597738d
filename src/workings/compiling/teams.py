"""Several threads that run one kernel together, for one call.

together(function, team, many)    calls it in each; nobody is left behind, whatever happens
Pace                              how many threads to use, from one call to the next
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from threading import Event, Thread

from workings.batches import Whole
from workings.compiling.cores import apart
from workings.compiling.sharing import CALLED_OFF, GO

PART, AGAIN, TRIED = 5, 16, 3  # two fifths of every 16th turn are a trial, from the third on


class Hand(Thread):
    """A thread that says itself when it is done: `join` may say so too early, after Ctrl-C."""

    def __init__(self, call: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.call, self.done = call, Event()

    def run(self) -> None:
        """What a thread does."""
        try:
            self.call()
        finally:
            self.done.set()


def together(function: Callable[[int], None], team: Whole, many: int) -> None:
    """Calls `function(which)` in so many threads, one of them this one.

    Should this thread be interrupted before it gets there, the others are sent home.
    """
    team[:] = 0
    places = apart(many)

    def take_part(me: int) -> None:
        places[me]()
        function(me)

    others = [Hand(partial(take_part, me)) for me in range(1, many)]
    try:
        for other in others:
            other.start()
        take_part(0)
    finally:
        if not team[GO]:
            team[GO] = CALLED_OFF
        wait_for([other for other in others if other.ident is not None])


def wait_for(others: list[Hand]) -> None:
    """They end soon; who presses Ctrl-C meanwhile is heard afterwards."""
    pressed = None
    for other in others:
        while not other.done.is_set():
            try:
                other.done.wait()
            except KeyboardInterrupt as heard:
                pressed = heard
    if pressed:
        raise pressed


class Pace:
    """How many threads to use: the most there may be, or one where others keep the cores busy.

    Which is faster is tried again now and then, on a small part of what there is to do; what
    comes out does not depend on it.
    """

    def __init__(self, most: int) -> None:
        self.most, self.many, self.turns = most, most, 0

    def run(self, call: Callable[[int, int], int], iterations: int) -> None:
        """`call(iterations, threads)` until all are done, or fewer than asked for were."""
        self.turns += 1
        some = iterations // PART
        if self.most == 1 or not some or self.turns % AGAIN != TRIED:
            call(iterations, self.many)
            return
        spent = {}
        for many in (1, self.most):
            began = time.perf_counter()
            if call(some, many) < some:
                return
            spent[many] = time.perf_counter() - began
        self.many = min(spent, key=lambda many: spent[many])
        call(iterations - 2 * some, self.many)


@cache
def letting_others_go_first() -> int:
    """The address of the system's function for it."""
    if sys.platform == "win32":
        function = ctypes.WinDLL("kernel32").SwitchToThread
    else:
        function = ctypes.CDLL(None).sched_yield
    return ctypes.cast(function, ctypes.c_void_p).value or 0
