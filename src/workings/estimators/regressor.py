"""`MLPRegressor`: one amount for each row, or several."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, _fit_context
from sklearn.metrics import r2_score
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_X_y, column_or_1d

from workings.estimators._base import BasePerceptron, stochastic
from workings.estimators._parameters import CONSTRAINTS, regression_losses
from workings.losses import Loss
from workings.preparation.columns import Target, several
from workings.scores import conformal
from workings.trace import Array


class MLPRegressor(RegressorMixin, BasePerceptron):  # type: ignore[misc]
    """A multi-layer perceptron that predicts amounts; scikit-learn's, and more.

    The parameters up to `max_fun` are scikit-learn's, and mean the same; beyond them those of
    `MLPClassifier`. `loss` may be any loss of `workings` for amounts, such as
    `losses.quantile(0.9)`, or a row of one's own. What is reported is what is descended: half the
    squared error, summed over the outputs (scikit-learn reports its mean over them).

    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 4.0, 9.0]
    >>> model = MLPRegressor(
    ...     hidden_layer_sizes=8, activation="tanh", solver="lbfgs", max_iter=1000, random_state=1
    ... )
    >>> model.fit(X, y).predict([[2.0]]).round(1)
    array([4.])
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **CONSTRAINTS,
        "loss": [StrOptions(regression_losses()), Loss],
    }

    def __init__(
        self,
        loss: Any = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        dropout: Any = 0.0,
        l1: float = 0.0,
        clip_norm: float | None = None,
        scoring: Any = None,
        engine: str = "auto",
    ) -> None:
        self.loss = loss
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.dropout = dropout
        self.l1 = l1
        self.clip_norm = clip_norm
        self.scoring = scoring
        self.engine = engine

    @stochastic
    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPRegressor:
        """One epoch on these rows, going on from where it is."""
        self._fit(X, y, sample_weight, incremental=True)
        return self

    def predict_interval(self, X: Any, *, coverage: float = 0.9) -> Array:
        """A lower and an upper end (n, 2) around each prediction; (n, outputs, 2) of several.

        After `calibrate`, new rows lie within with probability `coverage`, on average over rows
        and for each output by itself. Raises ValueError when not calibrated, or with too few rows.
        """
        answers = self._outputs(X)
        ends = conformal.interval(answers, self._calibrated("predict an interval"), coverage)
        return ends[:, 0] if answers.shape[1] == 1 else ends

    # -- what the shared part asks -----------------------------------------------------------------

    def _checked(self, X: Any, y: Any, *, reset: bool, incremental: bool) -> tuple[Any, Array]:
        X, y = self._validated(X, y, reset=reset, y_numeric=True)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if self.loss == "poisson" and (y < 0).any():
            raise ValueError(
                f"cannot use loss='poisson': y goes down to {y.min():g}, and counts are 0 or more."
            )
        return X, y.reshape(-1, 1) if y.ndim == 1 else y

    def _scores_of(self, X: Any, y: Any) -> Array:
        answers = self._outputs(X)
        _, y = check_X_y(np.zeros((len(answers), 1)), y, multi_output=True, y_numeric=True)
        return conformal.errors_of(answers, np.reshape(y, answers.shape))

    def _kind(self) -> str:
        return "regression"

    def _said(self, output: Array) -> Array:
        return output.ravel() if output.shape[1] == 1 else output

    def _target(self, name: str) -> Target:
        if self.n_outputs_ == 1:
            return Target(name)
        return several([Target(f"{name}{k}") for k in range(1, self.n_outputs_ + 1)])

    def _goal(self, y: Any) -> Array:
        return np.asarray(y, float).reshape(len(y), -1)

    def _usual_score(self, y: Array, said: Array, weights: Array | None) -> float:
        return float(r2_score(y, said, sample_weight=weights))

    def _answered(self, output: Array) -> Any:
        return _Answered(self._said(output))

    def _weighed(self, y: Any, weights: Array | None) -> Array | None:
        return weights


class _Answered(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A regressor that has answered already: what a scorer is shown of held-out rows."""

    def __init__(self, said: Array) -> None:
        self.said = said

    def predict(self, X: Any) -> Array:
        return self.said
