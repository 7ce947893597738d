"""What is wrong with an estimator's training: the same fit, looked at while it is run again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from workings.diagnosing import over
from workings.diagnosing.case import Case
from workings.diagnosing.diagnosis import Diagnosis
from workings.diagnosing.doctor import diagnosed
from workings.diagnosing.finding import Finding
from workings.errors import NotSupported
from workings.estimators import _parameters as parameters
from workings.estimators._course import ScikitCourse, State
from workings.estimators._frames import needs_preparing, prepared_for
from workings.estimators._perceptron import Perceptron
from workings.estimators._solving import SEEDS, Data
from workings.training.runs import History, Rows, Settings

CELLS = 50_000_000  # of inputs, up to which sparse rows are made dense to be looked at
PARAMETERS = {
    "lr": "learning_rate_init", "hidden": "hidden_layer_sizes", "l2": "alpha", "l1": "l1",
    "epochs": "max_iter", "batch_size": "batch_size", "activation": "activation",
    "optimizer": "solver", "clip": "clip_norm", "dropout": "dropout", "loss": "loss",
}  # fmt: skip


class Diagnosed(Perceptron):
    """Mixed into both estimators: `diagnose`."""

    def diagnose(self, X: Any = None, y: Any = None, sample_weight: Any = None) -> Diagnosis:
        """What is wrong with the training on `X` and `y`, where, since which iteration, why.

        The fit is run again from its start, with its `random_state` (without one, another start is
        drawn), and looked at in a dozen iterations; the estimator stays as it is. After `lbfgs`,
        which has no iterations of this kind, what was fitted is looked at. Without rows only the
        weights and the curves are, and `untested` names the rest. The `change` of a remedy is one
        for `set_params`; it is empty where no parameter brings it about.
        """
        if X is None or y is None:
            check_is_fitted(self)
            return over.of_weights(self._still(), self._history())
        case = self._case(X, y, sample_weight)
        if self.solver == parameters.LBFGS:
            check_is_fitted(self)
            weights = self._values(self._network_of())
            found = over.of_weights(case, self._history(), weights)
        else:
            found = diagnosed(case)
        findings = tuple(map(_in_parameters, found.findings))
        return replace(found, findings=findings)

    def _still(self) -> Case:
        """The weights as they are, and no rows."""
        network = self._network_of()
        rows = Rows(np.zeros((0, self.coefs_[0].shape[0])), np.zeros((0, self.n_outputs_)))
        return Case(network, self._values(network), rows, self._settings(1, 0), task=self._task())

    def _history(self) -> History:
        curve = getattr(self, "validation_loss_curve_", [])
        epochs, rate = len(self.loss_curve_), float(self.learning_rate_init)
        return History(
            list(self.loss_curve_), list(curve), rate=[rate] * epochs, iterations=epochs,
            kept_epoch=int(np.argmin(curve)) + 1 if self.early_stopping and curve else epochs,
        )  # fmt: skip

    def _case(self, X: Any, y: Any, sample_weight: Any) -> Case:
        """The fit on these rows, from its start."""
        told = clone(self)
        told._prepared = prepared_for(X) if needs_preparing(X) else None
        X, targets = told._checked(X, y, reset=True, incremental=False)
        weights = None if sample_weight is None else _check_sample_weight(sample_weight, X)
        data = Data(_dense(X), targets, told._weighed(y, weights), weights)
        told.n_outputs_ = targets.shape[1]
        random = check_random_state(told.random_state)
        told._begin(data, random)
        network = told._network_of(weighted=data.weights is not None)
        training, held_out = told._split(data, None, random)
        count, state = training.X.shape[0], random.get_state()

        def course() -> ScikitCourse:
            again = np.random.RandomState()
            again.set_state(state)
            begun = State(rate=float(told.learning_rate_init))
            return ScikitCourse(told, begun, again, count)

        seed = int(random.randint(SEEDS)) if network.drops else 0
        size = course().batch_size(count)
        lbfgs = told.solver == parameters.LBFGS
        return Case(
            network, told._values(network), training.rows(), told._settings(size, seed),
            "sgd" if lbfgs else parameters.optimizer_of(told), told.clip_norm,
            held_out.rows() if held_out else None, task=told._task(), inputs=tuple(told._inputs_()),
            course=course, measured=told._measures(network, held_out),
        )  # fmt: skip

    def _settings(self, size: int, seed: int) -> Settings:
        rate = float(self.learning_rate_init)
        return Settings(epochs=self.max_iter, batch_size=size, rate=rate, seed=seed)

    def _inputs_(self) -> list[str]:
        return self._prepared.labels["inputs"] if self._prepared else self._names()

    def _task(self) -> str:
        kind = self._kind()
        several = kind == "binary" and self.n_outputs_ > 1
        return "labels" if several else "regression" if kind == "regression" else "classification"


def _dense(X: Any) -> Any:
    if not hasattr(X, "toarray"):
        return X
    if X.shape[0] * X.shape[1] > CELLS:
        raise NotSupported(
            f"cannot diagnose {X.shape[0]} sparse rows of {X.shape[1]} inputs yet",
            hint="Give a part of the rows.",
        )
    return X.toarray()


def _in_parameters(finding: Finding) -> Finding:
    """The finding with the change of its remedy in the estimator's own parameters."""
    if finding.remedy is None:
        return finding
    known = {PARAMETERS[k]: x for k, x in finding.remedy.change.items() if k in PARAMETERS}
    return replace(finding, remedy=replace(finding.remedy, change=known))
