"""The state of a training that is being run, handed to whoever keeps it.

keeping.begin(begun, ahead)     before some epochs: what a state is to say of those before
keeping.look()                  after every call of an engine: hands out a state if one is due
keeping.last(ended=True)        hands out the last state

Ctrl-C may come at any moment, also while epochs are noted. So a state is made of what was before
the epochs that are being run, and of the iterations done since: these change in one step.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from workings.batches import Whole
from workings.engines.auto import machine_of
from workings.errors import NotSupported
from workings.training.courses import Course, Resumable
from workings.training.iterating import Broken, Iterations
from workings.training.noting import Noting
from workings.training.runs import History
from workings.training.states import Keeper, State, until

SEVERAL = "several"  # machines: begun on one, and gone on with on another


class Keeping:
    """Hands out states; does nothing where nobody keeps any."""

    def __init__(
        self, keeper: Keeper | None, course: Course, iterations: Iterations, noting: Noting
    ) -> None:
        if keeper is not None and not isinstance(course, Resumable):
            raise NotSupported(
                f"cannot keep the state of a training whose course, {type(course).__name__}, does "
                "not tell its own",
                hint="Give it the methods `remembered` and `go_on`.",
            )
        self.keeper, self.course = keeper, course
        self.iterations, self.noting = iterations, noting
        self.began = time.perf_counter() - noting.history.seconds
        self.before: tuple[int, State] | None = None  # epochs noted, and what is known since then

    @property
    def stop(self) -> Whole | None:
        """What ends a call of an engine early."""
        return self.keeper.stop if self.keeper else None

    @property
    def seconds(self) -> float:
        """How long the training has been running, in all."""
        return time.perf_counter() - self.began

    def begin(self, begun: int, ahead: int = 0, *, ended: bool = False) -> None:
        """Epochs, so many at most, are run from iteration `begun` (from 0); none, if `ended`."""
        if self.keeper is None or not isinstance(self.course, Resumable):
            return
        history = replace(self.noting.history)  # its lists go on growing, and are cut later
        memory, best = self.course.remembered(), self.noting.best
        state = State(begun, {}, np.empty(0), history, memory, best, ahead, ended)
        self.before = history.epochs, state

    def look(self) -> None:
        """Hands out a state if one is due."""
        if self.keeper is not None and self.keeper.due:
            self.iterations.check()
            self.now()

    def now(self) -> None:
        """Hands out a state."""
        if self.keeper is None or self.before is None:
            return
        (epochs, before), (done, values) = self.before, self.iterations.at
        history = until(before.history, epochs)
        history.engine, fallback = self.iterations.ran
        history.fallback = fallback or history.fallback
        history.machine, history.iterations = machine(history), done
        history.seconds = self.seconds
        losses = np.array(self.iterations.since(before.done, done), float)
        self.keeper.keep(replace(before, done=done, values=values, losses=losses, history=history))

    def last(self, *, ended: bool) -> None:
        """Hands out the last state, if there is a sound one."""
        if self.keeper is None:
            return
        try:
            self.iterations.check()
        except Broken:
            return
        if ended:
            self.begin(self.iterations.done, ended=True)
        self.now()


def machine(history: History) -> str:
    """What the digits of a training depend on, wherever it ran: see `engines.auto.machine_of`."""
    here = machine_of(history.engine)
    return here if history.machine in ("", here) else SEVERAL
