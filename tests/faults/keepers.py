"""Those who keep the states of a training, and what two trainings have in common."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from workings.jobs.job import Job
from workings.training.runs import Training
from workings.training.states import State, from_data, to_data

FITTED = ("coefs_", "intercepts_", "loss_curve_", "n_iter_", "t_", "loss_", "best_loss_",
          "validation_loss_curve_", "validation_scores_", "best_validation_score_")  # fmt: skip


class Last:
    """Keeps the first state and the last."""

    due = False

    def __init__(self) -> None:
        self.stop = np.zeros(1, np.int64)
        self.states: list[State] = []

    def keep(self, state: State) -> None:
        self.states.append(written(state))


class All(Last):
    """Keeps every state there is."""

    due = True


class Interrupting(All):
    """Presses Ctrl-C while it keeps its so-manieth state."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def keep(self, state: State) -> None:
        super().keep(state)
        if len(self.states) == self.count:
            raise KeyboardInterrupt


def written(state: State) -> State:
    """What is read of a state that was written to a file."""
    data, arrays = to_data(state)
    copies = {word: np.array(x, order="C") for word, x in arrays.items()}
    return from_data(json.loads(json.dumps(data)), copies)


def plain(tree: Any) -> Any:
    """Data that are equal if and only if they are the same to the last bit, times aside."""
    if isinstance(tree, Mapping):
        return {word: plain(one) for word, one in tree.items() if word != "seconds"}
    if isinstance(tree, list | tuple):
        return [plain(one) for one in tree]
    if isinstance(tree, np.ndarray | np.generic):
        return str(tree.dtype), tree.shape, np.asarray(tree).tobytes()
    return float(tree).hex() if isinstance(tree, float) else tree


def ended(state: State) -> Any:
    """All of a state: weights, what the optimizer and the course remember, random numbers."""
    tree = {one.name: getattr(state, one.name) for one in fields(state)}
    return plain(tree | {"history": asdict(state.history)})


def of(training: Training) -> Any:
    """All that a training ended with."""
    return plain({"values": training.values, "history": asdict(training.history)})


def run(job: Job, **more: Any) -> Training:
    """A job's training."""
    model, history = job.trained(**more)
    return Training(model.values, history)


def end_of(job: Job, state: State | None = None) -> Any:
    """What a job's training, begun or gone on with, ended with: itself, and its last state."""
    keeper = Last()
    training = run(job, keeper=keeper, state=state)
    assert keeper.states[-1].ended
    return of(training), ended(keeper.states[-1])


def learnt(estimator: Any) -> Any:
    """All that an estimator was left with by a fit."""
    return plain({word: getattr(estimator, word) for word in FITTED if hasattr(estimator, word)})
