"""Our MLPClassifier and MLPRegressor in scikit-learn's place: `predict` with its checks."""

from __future__ import annotations

import copy

from workings.benchmarking.contestants import OURS, Contestant, Predictor
from workings.benchmarking.contestants._sklearn import perceptron
from workings.benchmarking.task import Task


class Estimator(Contestant):
    """What a user of scikit-learn calls."""

    title = "workings, MLPClassifier"
    side = OURS
    does = ("predict",)

    def load(self) -> None:
        """Its module."""
        import workings.estimators.classifier  # noqa: F401

    def predictor(self, task: Task) -> Predictor:
        """Labels, or amounts."""
        from workings import estimators

        # a copy prepares itself for the weights it finds
        found: Predictor = copy.deepcopy(perceptron(estimators, task)).predict
        return found


CONTESTANT = Estimator()
