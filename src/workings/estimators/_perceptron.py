"""What every part of an estimator can rely on: parameters, weights, and what the two kinds say."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np

from workings.conventions import TRAINED_UNDER
from workings.estimators import _parameters as parameters
from workings.estimators._course import State
from workings.network import Dense, Network
from workings.preparation import Preparation
from workings.preparation.columns import Target
from workings.trace import Array
from workings.training.runs import Values


class Perceptron(ABC):
    """The parameters as they were given, and what was learnt, by scikit-learn's names."""

    hidden_layer_sizes: Any
    activation: Any
    solver: Any
    alpha: float
    batch_size: Any
    learning_rate: str
    learning_rate_init: float
    max_iter: int
    random_state: Any
    tol: float
    verbose: bool
    warm_start: bool
    early_stopping: bool
    validation_fraction: float
    max_fun: int
    l1: float
    clip_norm: float | None
    scoring: Any
    engine: str

    coefs_: list[Array]
    intercepts_: list[Array]
    loss_curve_: list[float]
    validation_loss_curve_: list[float]
    validation_scores_: list[float] | None
    best_validation_score_: float | None
    best_loss_: float | None
    loss_: float
    n_iter_: int
    t_: int
    n_layers_: int
    n_outputs_: int
    n_features_in_: int
    out_activation_: str
    engine_: str
    engine_fallback_: str

    _state: State
    _best: Values
    _prepared: Preparation | None

    # -- what the two estimators say for themselves ------------------------------------------------

    @abstractmethod
    def _checked(self, X: Any, y: Any, *, reset: bool, incremental: bool) -> tuple[Any, Array]:
        """Inputs, and targets (n, outputs) as the network reads them."""

    @abstractmethod
    def _kind(self) -> str:
        """The target: "regression", "binary" or "multiclass"."""

    @abstractmethod
    def _said(self, output: Array) -> Array:
        """What `predict` gives for these outputs."""

    @abstractmethod
    def _usual_score(self, y: Array, said: Array, weights: Array | None) -> float:
        """What `early_stopping` looks at without `scoring`."""

    @abstractmethod
    def _answered(self, output: Array) -> Any:
        """An estimator that gives these outputs, whatever it is asked: for scorers."""

    @abstractmethod
    def _weighed(self, y: Any, weights: Array | None) -> Array | None:
        """The weights of samples, times those of their classes."""

    def _stratified_by(self, y: Array) -> Array | None:
        """What the split for early stopping keeps the shares of."""
        return None

    @abstractmethod
    def _scores_of(self, X: Any, y: Any) -> Array:
        """How wrong the answers for held-out rows are, for split-conformal prediction."""

    @abstractmethod
    def _opened(self, X: Any) -> tuple[Network, Values, Array, list[str]]:
        """The network, its weights, rows as it reads them, and what its inputs are called."""

    @abstractmethod
    def _goal(self, y: Any) -> Array:
        """Targets (n, columns) as a model's preparation has them: amounts, or places of classes."""

    @abstractmethod
    def _target(self, name: str) -> Target:
        """What the outputs speak for, in a model's terms."""

    def _truth(self, y: Array) -> Array:
        """Targets as they were before the network read them."""
        return y

    # -- the network and its weights ---------------------------------------------------------------

    def _network_of(self, *, weighted: bool = False) -> Network:
        loss, ends = parameters.loss_of(self, self._kind())
        outputs = Dense(self.n_outputs_, parameters.THEIRS.get(ends, ends))
        return Network(
            [*parameters.hidden_layers(self), outputs], loss, TRAINED_UNDER,
            l1=self.l1, l2=self.alpha, weighted=weighted, shared_penalty=True,
        )  # fmt: skip

    def _values(self, network: Network) -> Values:
        """`coefs_` and `intercepts_` as the network's parameters."""
        learnt = zip(network.names, self.coefs_, self.intercepts_, strict=True)
        values: Values = {}
        for names, weights, bias in learnt:
            values |= {names.weights: weights, names.bias: np.reshape(bias, (1, -1))}
        return values

    def _learnt(self, values: Mapping[str, Array], network: Network) -> None:
        self.coefs_ = [np.array(values[names.weights]) for names in network.names]
        self.intercepts_ = [np.array(values[names.bias]).ravel() for names in network.names]

    def _names(self) -> list[str]:
        """What the columns are called."""
        default = [f"x{place}" for place in range(1, self.n_features_in_ + 1)]
        return [str(word) for word in getattr(self, "feature_names_in_", default)]
