"""What is noted of every epoch that was finished, and whether it was the best or the last.

noting = Noting(epochs, looking, course, iterations, settings)
noting.note(losses, rates)      the epochs that these losses make up; True when the last is over
noting.history, noting.best     what was noted, and the values of the best epoch
"""

from __future__ import annotations

from workings.engines import Prepared, engine
from workings.engines.auto import asked_for
from workings.language import Program
from workings.training.courses import Course, FarSighted
from workings.training.epochs import Epochs
from workings.training.iterating import Iterations
from workings.training.looking import Looking
from workings.training.runs import History, Settings, Values


class Noting:
    """The history of a training, and what its course makes of it."""

    def __init__(
        self, epochs: Epochs, looking: Looking, course: Course, iterations: Iterations,
        settings: Settings,
    ) -> None:  # fmt: skip
        self.epochs, self.looking, self.course = epochs, looking, course
        self.iterations, self.settings, self.measures = iterations, settings, looking.measures
        self.history = History(stopped="all epochs done")
        self.best = self.values

    @property
    def values(self) -> Values:
        """What the next iteration starts with."""
        return self.looking.without(self.iterations.values)

    def note(self, losses: list[float], rates: list[float]) -> bool:
        """Notes the epochs that were finished; True when the training is to end."""
        history = self.history
        means = self.epochs.means(losses, summed=self.measures.summed)
        history.rate += rates[: len(means)]
        if len(means) > 1 and isinstance(self.course, FarSighted):
            history.loss += means
            best, ended = self.course.judged_all(history, len(means))
            history.best_epoch = best or history.best_epoch
            history.stopped = ended or history.stopped
            return bool(ended)
        for loss in means:
            history.loss.append(loss)
            self._note_looks()
        return bool(means) and self._ended()

    def _note_looks(self) -> None:
        """Notes what was looked at besides the loss, after one epoch."""
        history, found = self.history, self.looking.so_far(self.iterations.values)
        if self.measures.validation is not None:
            held = self.looking.validated(self.values, self.measures.validation, self._prepare)
            history.validation_loss.append(held.pop("loss"))
            found |= {f"validation {word}": value for word, value in held.items()}
        for word, value in found.items():
            history.metrics.setdefault(word, []).append(value)

    def _prepare(self, program: Program, words: list[str]) -> Prepared:
        """A program that runs once an epoch, ready to run: on NumPy where the iterations are.

        Where they are not, it depends on the work alone, not on who asked for machine code: a
        replay must be judged as the training was.
        """
        word = engine().name if self.iterations.ran[0] == engine().name else "auto"
        return asked_for(word, self.settings.epochs).prepare(program, words)

    def _ended(self) -> bool:
        verdict = self.course.judged(self.history)
        if verdict.best:
            self.best, self.history.best_epoch = self.values, self.history.epochs
        if verdict.ended:
            self.history.stopped = verdict.ended
        return bool(verdict.ended)
