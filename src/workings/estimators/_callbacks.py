"""scikit-learn's callbacks (`sklearn.callback`, where it is there) and the epochs' printed lines.

WithCallbacks    gives an estimator `set_callbacks`
Callbacks        tells callbacks about each epoch of one fit; one that answers True ends it
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.network import Network
from workings.trace import Array
from workings.training.runs import Progress, Values

try:
    from sklearn.callback import CallbackSupportMixin as WithCallbacks
except ImportError:  # before scikit-learn 1.9

    class WithCallbacks:  # type: ignore[no-redef]
        """An estimator without callbacks."""


__all__ = ["Callbacks", "WithCallbacks"]


class Callbacks:
    """What is told about one fit. A context: each epoch's task begins before it and ends after."""

    def __init__(self, estimator: Any, network: Network, X: Any, y: Array) -> None:
        self.estimator, self.network, self.rows = estimator, network, {"X": X, "y": y}
        self.root: Any = None
        self.task: Any = None

    def __enter__(self) -> Callbacks:
        if hasattr(self.estimator, "_init_callback_context"):
            self.root = self.estimator._init_callback_context(max_subtasks=None)
            self.root.call_on_fit_task_begin(estimator=self.estimator, **self.rows)
            if self.watches:
                self._begin()
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if self.root is not None and error is None:
            self.root.call_on_fit_task_end(estimator=self.estimator, **self.rows)

    @property
    def watches(self) -> bool:
        """Whether anybody wants to be told; else epochs need not be run one by one."""
        return bool(self.estimator.verbose) or bool(getattr(self.root, "_callbacks", self.root))

    def watch(self, progress: Progress) -> bool:
        """After an epoch of a stochastic solver."""
        if self.estimator.verbose:
            print(f"Iteration {progress.epoch}, loss = {progress.history.loss[-1]:.8f}")
            scores = progress.history.metrics.get("validation score")
            if scores:
                print(f"Validation score: {scores[-1]:f}")
        return self._end(progress.values)

    def look(self, iteration: int, loss: float, values: Values) -> bool:
        """After an iteration of lbfgs."""
        if self.estimator.verbose:
            print(f"Iteration {iteration}, loss = {loss:.8f}")
        return self._end(values)

    def _begin(self) -> None:
        self.task = self.root.subcontext(task_name="iteration")
        self.task.call_on_fit_task_begin(estimator=self.estimator, **self.rows)

    def _end(self, values: Values) -> bool:
        if self.task is None:
            return False

        def attributes() -> dict[str, Any]:
            return {
                "coefs_": [np.array(values[names.weights]) for names in self.network.names],
                "intercepts_": [
                    np.array(values[names.bias]).ravel() for names in self.network.names
                ],
            }

        ended = self.task.call_on_fit_task_end(
            estimator=self.estimator, **self.rows, reconstruction_attributes=attributes
        )
        if not ended:
            self._begin()
        return bool(ended)
