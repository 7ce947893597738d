"""How a training goes on as scikit-learn's does: its shuffles, its rates, its way of stopping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workings import facts
from workings.schedules import schedule
from workings.training.courses import Places, Verdict
from workings.training.runs import History

SCORE = "score"
LEAST_RATE = 1e-6  # below which `adaptive` gives up
SLOWER = 5.0  # what `adaptive` divides the rate by
REMEMBERED: dict[str, facts.Check] = {
    **dict.fromkeys(("samples", "waited"), facts.whole),
    **dict.fromkeys(("best_loss", "best_score", "rate"), facts.any_number),
}  # fmt: skip


@dataclass
class State:
    """What one training leaves for the next one (`partial_fit`, `warm_start`)."""

    samples: int = 0  # seen so far: scikit-learn's `t_`
    waited: int = 0
    best_loss: float = math.inf
    best_score: float = -math.inf
    rate: float = math.nan
    memory: dict[str, Any] = field(default_factory=dict)  # the optimizer's
    losses: list[float] = field(default_factory=list)  # what a schedule is told


@dataclass
class ScikitCourse:
    """The course of scikit-learn's stochastic solvers (`courses.FarSighted`).

    `told` are the estimator's parameters; `state` is carried on between trainings. Without gain
    (of more than `tol` in the loss, or in the score of held-out rows with `early_stopping`) for
    `n_iter_no_change` epochs it ends, or with `learning_rate="adaptive"` slows down.
    """

    told: Any
    state: State
    random: np.random.RandomState
    samples: int
    order_now: Places = field(init=False)

    def __post_init__(self) -> None:
        self.keeps_best = bool(self.told.early_stopping)
        self.order_now = np.arange(self.samples)

    def rate(self, history: History) -> float:
        """The rate of the next epoch."""
        told = self.told
        if told.learning_rate in OURS:
            return self._scheduled(len(self.state.losses))
        return self.state.rate

    def rates(self, history: History, most: int) -> list[float]:
        """Those of as many epochs as must pass before it may end or slow down."""
        told, state = self.told, self.state
        sure = int(min(most, max(1, told.n_iter_no_change + 1 - state.waited)))
        if told.learning_rate in OURS:
            if schedule(told.learning_rate).looks_back:
                return [self.rate(history)]
            epochs = range(len(state.losses), len(state.losses) + sure)
            return [self._scheduled(epoch) for epoch in epochs]
        slower = [self._inverse(epochs) for epochs in range(1, sure)] if self._scales else []
        return [state.rate, *(slower or [state.rate] * (sure - 1))]

    def _scheduled(self, epoch: int) -> float:
        """The rate of an epoch, counted from 0, as a schedule of ours gives it."""
        told = self.told
        rule, losses = schedule(told.learning_rate).rule, self.state.losses
        return rule(told.learning_rate_init, min(epoch, told.max_iter - 1), told.max_iter, losses)

    @property
    def _scales(self) -> bool:
        return bool(self.told.solver == "sgd" and self.told.learning_rate == "invscaling")

    def _inverse(self, epochs: int) -> float:
        """The rate once so many more epochs are over."""
        seen = self.state.samples + epochs * self.samples
        rate: float = float(self.told.learning_rate_init) / (seen + 1) ** self.told.power_t
        return rate

    def order(self, count: int) -> Places | None:
        """What was shuffled before is shuffled again; with full batches the order is no matter."""
        if not self.told.shuffle:
            return None
        drawn = np.arange(count)  # as `sklearn.utils.shuffle` draws
        self.random.shuffle(drawn)
        self.order_now = self.order_now[drawn]
        return self.order_now if self.batch_size(count) < count else None

    def batch_size(self, count: int) -> int:
        """Rows per batch: `auto` is 200 or all of fewer."""
        size = self.told.batch_size
        return min(200, count) if size == "auto" else int(np.clip(size, 1, count))

    def remembered(self) -> dict[str, Any]:
        """What it remembers, for another process (`courses.Resumable`)."""
        random: Any = self.random.get_state(legacy=False)
        known = {word: getattr(self.state, word) for word in REMEMBERED}
        losses = np.array(self.state.losses, float)
        return {**known, "losses": losses, "order": self.order_now, "random": random}

    def go_on(self, remembered: Mapping[str, Any]) -> None:
        """As the course that told this."""
        for word, check in REMEMBERED.items():
            setattr(self.state, word, check(remembered[word]))
        self.state.losses = np.asarray(remembered["losses"], float).tolist()
        self.order_now = np.array(remembered["order"], np.intp)
        if sorted(self.order_now.tolist()) != list(range(self.samples)):
            raise ValueError("an order of the rows was expected")
        self.random.set_state(remembered["random"])

    def judged(self, history: History) -> Verdict:
        """Whether this epoch was the best, and whether it was the last."""
        if not self.told.early_stopping:
            return Verdict(False, self._judged_loss(history.loss[-1]))
        best = self._judged_score(history)
        return Verdict(best, self._noted(history.validation_loss[-1]))

    def judged_all(self, history: History, count: int) -> tuple[int, str]:
        """The same for several epochs; without early stopping none is called the best."""
        ended = [self._judged_loss(loss) for loss in history.loss[-count:]]
        return 0, ended[-1]

    def _judged_loss(self, loss: float) -> str:
        state = self.state
        state.waited = state.waited + 1 if loss > state.best_loss - self.told.tol else 0
        state.best_loss = min(state.best_loss, loss)
        return self._noted(loss)

    def _noted(self, loss: float) -> str:
        """After each epoch: what the next one needs to know, and why it is not to be."""
        state = self.state
        state.samples += self.samples
        state.losses.append(loss)
        if self._scales:
            state.rate = self._inverse(0)
        return self._ended() if state.waited > self.told.n_iter_no_change else ""

    def _judged_score(self, history: History) -> bool:
        state, score = self.state, history.metrics[f"validation {SCORE}"][-1]
        state.waited = state.waited + 1 if score < state.best_score + self.told.tol else 0
        best = score > state.best_score
        state.best_score = score if best else state.best_score
        return best

    def _ended(self) -> str:
        told, state = self.told, self.state
        what = "Validation score" if told.early_stopping else "Training loss"
        why = (
            f"{what} did not improve more than tol={told.tol:f} for {told.n_iter_no_change} "
            "consecutive epochs."
        )
        if told.solver != "sgd" or told.learning_rate != "adaptive":
            return self._said(why, " Stopping.")
        if state.rate <= LEAST_RATE:
            return self._said(why, " Learning rate too small. Stopping.")
        state.rate, state.waited = state.rate / SLOWER, 0
        self._said(why, f" Setting learning rate to {state.rate:f}")
        return ""

    def _said(self, why: str, what: str) -> str:
        if self.told.verbose:
            print(why + what)
        return why


OURS = ("step", "cosine", "plateau")  # schedules that scikit-learn does not have
