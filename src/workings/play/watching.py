"""A real training, shown while it runs: the production run in the page.

    watched = Watched(job, title)         a session with that training on its page
    job.run(watched.watch)                every epoch is shown; the training is not slowed down much
    watched.ended()                       from now on any iteration can be gone to, and explained

The page computes nothing of the training; it is handed the weights after each epoch. What lies
between two epochs is computed again when somebody asks, by the engine that trained.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np

from workings.errors import NotFinite
from workings.jobs.job import Job
from workings.play import showing
from workings.play.opening import of_job
from workings.play.records import Broken
from workings.play.runs import Values
from workings.play.session import Session
from workings.trace import Array
from workings.training.runs import Progress


class Watched:
    """A training of the command line, and the session that shows it."""

    def __init__(self, job: Job, title: str) -> None:
        self.session, self.rates = Session(), list[float]()
        self.run = of_job(job, title, self.rates)
        self.rates.append(job.options.settings.rate)
        self.session.add(self.run)
        self.session.watching = True
        self.waiting: deque[tuple[int, float, float, Values]] = deque()

    def watch(self, report: Progress) -> bool | None:
        """Told by the training after each epoch."""
        carried = {word: np.array(report.values[word]) for word in self.run.frames.kept[0]}
        alone = not self.waiting
        rate = report.history.rate[-1]
        self.waiting.append((report.epoch, report.history.loss[-1], rate, carried))
        if report.history.validation_loss:
            self.run.tests.append((self._iterations(report.epoch),
                                   report.history.validation_loss[-1]))  # fmt: skip
        if alone:
            self.session.post(self._take)
        return None

    def ended(self, failure: NotFinite | None = None) -> None:
        """Told when the training is over."""
        self.session.post(self._take)
        self.session.post(lambda: self._finish(failure))

    # -- in the session's thread -------------------------------------------------------------------

    def _iterations(self, epoch: int) -> int:
        return epoch * self.run.segments[0].per_epoch

    def _take(self) -> None:
        """Takes over what the training has told so far."""
        while self.waiting:
            epoch, loss, rate, values = self.waiting[0]
            self.rates[epoch - 1 :] = [rate]
            self._note(self._iterations(epoch), loss, values)
            self.waiting.popleft()
        self.session.step = self.run.last
        showing.while_running(self.session)

    def _note(self, step: int, loss: float, values: Mapping[str, Array]) -> None:
        self.run.losses.add(np.full(step - self.run.last, loss))
        self.run.remember(step, dict(values))
        self.run.frames.put(step, dict(values))
        self.run.last = step

    def _finish(self, failure: NotFinite | None) -> None:
        self.session.watching = False
        self.session.stopped = "the training is over"
        if failure is not None:
            self._broke(failure)
        self.session.step = self.run.last
        showing.run_events(self.session)

    def _broke(self, failure: NotFinite) -> None:
        """Goes on from the last epoch to the iteration in which a number ran away."""
        iteration = int(failure.facts["iteration"])
        self.run.advance(iteration - self.run.last)
        if self.run.broken is None:
            self.run.broken = Broken(iteration, str(failure.facts["step"]), failure.message)
        self.session.stopped = self.run.broken.said
