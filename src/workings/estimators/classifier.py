"""`MLPClassifier`: classes, or several yes/no labels at once."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import compute_sample_weight
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call,
    type_of_target,
    unique_labels,
)
from sklearn.utils.validation import column_or_1d

from workings.data.arrays import cells
from workings.estimators._base import BasePerceptron, stochastic
from workings.estimators._parameters import CONSTRAINTS
from workings.losses import Loss
from workings.preparation.columns import Target, several
from workings.scores import conformal
from workings.trace import Array


class MLPClassifier(ClassifierMixin, BasePerceptron):  # type: ignore[misc]
    """A multi-layer perceptron that tells classes apart; scikit-learn's, and more.

    The parameters up to `max_fun` are scikit-learn's, and mean the same. Beyond it, `activation`
    may be any of `workings`, a row of one's own, or a list with one for each hidden layer;
    `solver` any optimizer of `workings` or an instance of one; `learning_rate` any schedule. Then:

    dropout : share of hidden neurons that sit out in each iteration; or one for each layer.
    l1 : penalty on the size of weights, shared among the samples as `alpha` is.
    clip_norm : gradients longer than this (all together) are shortened to it.
    class_weight : None, "balanced", or how much each class counts, by its label.
    scoring : what early stopping looks at: a scorer or the name of one; accuracy if None.
    loss : "log_loss", or a loss of `workings` between probabilities and ones and zeros.
    engine : what runs it: "numpy", "compiled" (machine code), or "auto", which takes the one that
        will be faster; `engine_` says which it was.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> X = (X - X.mean(axis=0)) / X.std(axis=0)
    >>> model = MLPClassifier(
    ...     (16, 8), activation=["gelu", "tanh"], dropout=[0.1, 0], learning_rate_init=0.02,
    ...     n_iter_no_change=5, random_state=0,
    ... )
    >>> model.fit(X, y).score(X, y) > 0.95
    True
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **CONSTRAINTS,
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "loss": [
            StrOptions({"log_loss", "half_squared_error", "absolute_error", "huber"}),
            Loss,
        ],
    }

    def __init__(
        self,
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
        class_weight: Any = None,
        scoring: Any = None,
        loss: Any = "log_loss",
        engine: str = "auto",
    ) -> None:
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
        self.class_weight = class_weight
        self.scoring = scoring
        self.loss = loss
        self.engine = engine

    @stochastic
    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def partial_fit(
        self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None
    ) -> MLPClassifier:
        """One epoch on these rows, going on from where it is.

        `classes` are all labels there will ever be; they must be given the first time.
        """
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' is not supported by partial_fit, which sees a part of the "
                "rows: compute the weights of all rows and pass them as a dict."
            )
        if _check_partial_fit_first_call(self, classes):
            multilabel = type_of_target(y).startswith("multilabel")
            self._label_binarizer = LabelBinarizer().fit(y if multilabel else classes)
        self._fit(X, y, sample_weight, incremental=True)
        return self

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class (n, classes), or of each label (n, labels)."""
        return self._outputs(X, _shares)

    def predict_log_proba(self, X: Any) -> Array:
        """The logarithms of `predict_proba`."""
        return np.log(self.predict_proba(X))

    def predict_set(self, X: Any, *, coverage: float = 0.9) -> NDArray[np.bool_]:
        """Which classes (n, classes), in the order of `classes_`, cannot be ruled out for a row.

        After `calibrate`, the true class of new rows is among them with probability `coverage`,
        on average. Raises ValueError when not calibrated, with too few rows, or for multilabel.
        """
        scores = self._calibrated("predict a set")
        return conformal.sets(self.predict_proba(X), scores, coverage)

    # -- what the shared part asks -----------------------------------------------------------------

    def _checked(self, X: Any, y: Any, *, reset: bool, incremental: bool) -> tuple[Any, Array]:
        X, y = self._validated(X, y, reset=reset)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if not hasattr(self, "classes_") or (not self.warm_start and not incremental):
            self._label_binarizer = LabelBinarizer().fit(y)
            self.classes_ = self._label_binarizer.classes_
        else:
            self._check_classes(unique_labels(y), incremental)
        targets = self._label_binarizer.transform(y)
        targets = targets.toarray() if hasattr(targets, "toarray") else targets
        return X, targets.astype(X.dtype)

    def _check_classes(self, classes: Array, incremental: bool) -> None:
        if self.warm_start and not incremental:
            if set(classes) != set(self.classes_):
                raise ValueError(
                    "warm_start can only be used where `y` has the same "
                    "classes as in the previous call to fit. Previously "
                    f"got {self.classes_}, `y` has {classes}"
                )
        elif len(np.setdiff1d(classes, self.classes_, assume_unique=True)):
            raise ValueError(
                "`y` has classes not in `self.classes_`. "
                f"`self.classes_` has {self.classes_}. 'y' has {classes}."
            )

    def _scores_of(self, X: Any, y: Any) -> Array:
        if self._label_binarizer.y_type_.startswith("multilabel"):
            raise ValueError("cannot calibrate several labels at once: one class a row is needed.")
        shares, y = self.predict_proba(X), column_or_1d(y)
        self._check_classes(unique_labels(y), incremental=True)
        return conformal.doubts_of(shares, np.searchsorted(self.classes_, y))

    def _kind(self) -> str:
        return "multiclass" if self._label_binarizer.y_type_ == "multiclass" else "binary"

    def _said(self, output: Array) -> Array:
        binary = self._label_binarizer
        if binary.y_type_ == "multiclass":
            labels: Array = binary.classes_.take(output.argmax(axis=1))
            return labels
        output = output.ravel() if self.n_outputs_ == 1 else output
        said: Array = binary.inverse_transform(output)
        return said

    def _is_sparse(self) -> bool:
        return hasattr(self, "_label_binarizer") and bool(self._label_binarizer.sparse_input_)

    def _target(self, name: str) -> Target:
        if self._label_binarizer.y_type_.startswith("multilabel"):
            labels = [Target(f"{name}{k}", ("0", "1")) for k in range(1, self.n_outputs_ + 1)]
            return several(labels)
        return Target(name, tuple(cells(self.classes_, name)))

    def _goal(self, y: Any) -> Array:
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] > 1:
            labels: Array = y.astype(float)
            return labels
        y = column_or_1d(y)
        self._check_classes(unique_labels(y), incremental=True)
        places: Array = np.searchsorted(self.classes_, y).astype(float)
        return places.reshape(-1, 1)

    def _truth(self, y: Array) -> Array:
        return self._said(y)

    def _stratified_by(self, y: Array) -> Array | None:
        return y.astype(bool) if self.n_outputs_ == 1 else None

    def _usual_score(self, y: Array, said: Array, weights: Array | None) -> float:
        return float(accuracy_score(y, said, sample_weight=weights))

    def _answered(self, output: Array) -> Any:
        return _Answered(self.classes_, self._said(output), _shares(output))

    def _weighed(self, y: Any, weights: Array | None) -> Array | None:
        if self.class_weight is None:
            return weights
        by_class: Array = compute_sample_weight(self.class_weight, y)
        return by_class if weights is None else by_class * weights

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class _Answered(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that has answered already: what a scorer is shown of held-out rows."""

    def __init__(self, classes: Array, said: Array, shares: Array) -> None:
        self.classes_, self.said, self.shares = classes, said, shares

    def predict(self, X: Any) -> Array:
        return self.said

    def predict_proba(self, X: Any) -> Array:
        return self.shares


def _shares(output: Array) -> Array:
    if output.shape[1] == 1:
        return np.hstack([1 - output, output])
    return output
