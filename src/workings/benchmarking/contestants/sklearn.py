"""scikit-learn's MLPClassifier and MLPRegressor: `fit`, and `predict` with its checks."""

from __future__ import annotations

import copy
import math
import warnings

import numpy as np

from workings.benchmarking.contestants import Contestant, Predictor, Trained, Trainer
from workings.benchmarking.contestants._sklearn import labels_of, perceptron, why_not
from workings.benchmarking.task import SEED, Task


class Sklearn(Contestant):
    """It draws the order of rows itself, from the seed that everybody's order was drawn from."""

    title = "scikit-learn"
    needs = ("sklearn",)

    def load(self) -> None:
        """The perceptrons' module."""
        import sklearn.neural_network  # noqa: F401

    def why_not(self, task: Task) -> str:
        """Not every loss is there."""
        return why_not(task) if task.how.does == "train" else ""

    def trainer(self, task: Task) -> Trainer:
        """`fit` from given weights; less than an epoch is a `partial_fit` to those rows."""
        from sklearn import neural_network

        how, labels = task.how, labels_of(task)
        solver = {"momentum": 0.0} if how.optimizer == "sgd" else {}
        begun = perceptron(
            neural_network, task, solver=how.optimizer, learning_rate_init=how.rate,
            batch_size=how.batch, shuffle=how.shuffled, random_state=SEED, tol=0.0,
            n_iter_no_change=math.inf, warm_start=True, **solver,
        )  # fmt: skip
        del begun._optimizer  # a new one is made when it begins
        part = task.batches[: task.per_epoch]

        def run(iterations: int) -> Trained:
            model, epochs = copy.deepcopy(begun), iterations // task.per_epoch
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if epochs:
                    model.set_params(max_iter=epochs).fit(task.X, labels)
                else:
                    rows = np.concatenate(part[:iterations])
                    model.set_params(shuffle=False, warm_start=False)
                    model.partial_fit(task.X[rows], labels[rows])
            return lambda: list(zip(model.coefs_, model.intercepts_, strict=True))

        return run

    def predictor(self, task: Task) -> Predictor:
        """Labels, or amounts."""
        from sklearn import neural_network

        found: Predictor = perceptron(neural_network, task).predict
        return found


CONTESTANT = Sklearn()
