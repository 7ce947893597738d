"""How a training goes on as scikit-learn's does: its shuffles, its rates, its way of stopping."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.utils import shuffle

from workings.schedules import schedule
from workings.training.courses import Places, Verdict
from workings.training.runs import History

SCORE = "score"
LEAST_RATE = 1e-6  # below which `adaptive` gives up
SLOWER = 5.0  # what `adaptive` divides the rate by


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
    """The course of scikit-learn's stochastic solvers (`courses.Course`).

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
            epoch = min(len(self.state.losses), told.max_iter - 1)
            rule = schedule(told.learning_rate).rule
            return rule(told.learning_rate_init, epoch, told.max_iter, self.state.losses)
        return self.state.rate

    def order(self, count: int) -> Places | None:
        """What was shuffled before is shuffled again; with full batches the order is no matter."""
        if not self.told.shuffle:
            return None
        self.order_now = shuffle(self.order_now, random_state=self.random)
        return self.order_now if self.batch_size(count) < count else None

    def batch_size(self, count: int) -> int:
        """Rows per batch: `auto` is 200 or all of fewer."""
        size = self.told.batch_size
        return min(200, count) if size == "auto" else int(np.clip(size, 1, count))

    def judged(self, history: History) -> Verdict:
        """Whether this epoch was the best, and whether it was the last."""
        told, state = self.told, self.state
        state.samples += self.samples
        looked_at = history.validation_loss if told.early_stopping else history.loss
        state.losses.append(looked_at[-1])
        best = self._judged_score(history) if told.early_stopping else self._judged_loss(history)
        if told.solver == "sgd" and told.learning_rate == "invscaling":
            state.rate = float(told.learning_rate_init) / (state.samples + 1) ** told.power_t
        return Verdict(best, self._ended() if state.waited > told.n_iter_no_change else "")

    def _judged_loss(self, history: History) -> bool:
        state, loss = self.state, history.loss[-1]
        state.waited = state.waited + 1 if loss > state.best_loss - self.told.tol else 0
        state.best_loss = min(state.best_loss, loss)
        return False

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
