"""What both estimators share: how they are set up and fitted."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import _check_sample_weight

from workings.estimators import _parameters as parameters
from workings.estimators._asking import Asking
from workings.estimators._callbacks import WithCallbacks
from workings.estimators._course import State
from workings.estimators._diagnosing import Diagnosed
from workings.estimators._frames import needs_preparing, prepared_for
from workings.estimators._glass import Glass
from workings.estimators._keeping import check_told
from workings.estimators._solving import Data, Solving
from workings.estimators._sureness import Sureness


class BasePerceptron(
    Solving, Asking, Glass, Sureness, Diagnosed,
    TransformerMixin, WithCallbacks, BaseEstimator,  # type: ignore[misc]
):  # fmt: skip
    """A multi-layer perceptron with scikit-learn's parameters and fitted attributes."""

    _parameter_constraints: ClassVar[dict[str, Any]] = parameters.CONSTRAINTS

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, *, validation_data: Any = None,
        checkpoint: Any = None,
    ) -> BasePerceptron:  # fmt: skip
        """Trains on `X` (n, features) and `y` (n,) or (n, outputs).

        `sample_weight` (n,) says how much each row counts. `validation_data` is a pair (X, y), or
        (X, y, sample_weight), of your own: its loss is kept for each epoch
        (`validation_loss_curve_`), and with `early_stopping` it decides when to stop, instead of
        a part of the training rows.

        With `checkpoint`, a folder (or a folder and a number of seconds, 60 if not said), the
        state is kept there now and then. The same fit with the same folder goes on from there,
        whatever ended it, and gives the weights of a fit in one piece to the last bit; a finished
        one is not done again. It needs a whole number as `random_state`.
        """
        return self._fit(X, y, sample_weight, validation_data, checkpoint=checkpoint)

    def _fit(
        self, X: Any, y: Any, weights: Any, validation: Any = None, *, incremental: bool = False,
        checkpoint: Any = None,
    ) -> BasePerceptron:  # fmt: skip
        parameters.hidden_sizes(self)
        check_told(self, checkpoint)
        self._check_told(validation, incremental=incremental)
        first = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        before = dict(self.__dict__)
        if first:
            self._prepared = prepared_for(X) if needs_preparing(X) else None
        try:
            X, targets = self._checked(X, y, reset=first, incremental=incremental)
            if weights is not None:
                weights = _check_sample_weight(weights, X)
            data = Data(X, targets, self._weighed(y, weights), weights)
        except Exception:
            self.__dict__ = before  # what was fitted goes on predicting
            raise
        self.__dict__.pop("calibration_scores_", None)  # they were another network's errors
        self.n_outputs_ = targets.shape[1]
        random = check_random_state(self.random_state)
        if first:
            self._begin(data, random)
        network = self._network_of(weighted=data.weights is not None)
        if self.solver == parameters.LBFGS:
            self._descend(network, data, checkpoint)
        else:
            training, held_out = self._split(data, validation, random)
            self._run(network, (training, held_out), random, incremental, checkpoint)
        self._check_finite()
        self._prepare()
        return self

    def _check_told(self, validation: Any, *, incremental: bool) -> None:
        """What cannot be honoured is refused, and not ignored."""
        if self.early_stopping and incremental:
            raise ValueError("partial_fit does not support early_stopping=True")
        if self.solver != parameters.LBFGS:
            return
        told = {"validation_data": validation is not None, "clip_norm": self.clip_norm is not None,
                "dropout": np.any(self.dropout)}  # fmt: skip
        for word in [word for word, given in told.items() if given]:
            raise ValueError(f"{word} is for solvers with epochs and batches; lbfgs has neither.")

    def _begin(self, data: Data, random: np.random.RandomState) -> None:
        """Starting weights and empty histories: the first time, or again from the start."""
        self.n_iter_ = self.t_ = 0
        sizes = [data.X.shape[1], *parameters.hidden_sizes(self), self.n_outputs_]
        self.n_layers_ = len(sizes)
        _, self.out_activation_ = parameters.loss_of(self, self._kind())
        network = self._network_of()
        draw = "glorot_narrow" if self.activation in ("logistic", "sigmoid") else "glorot_all"
        start = network.start(inputs=sizes[0], outputs=sizes[-1], random=random, draw=draw)
        self._learnt({word: x.astype(data.X.dtype) for word, x in start.items()}, network)
        self._state = State()
        self._best = dict(start)
        if self.solver != parameters.LBFGS:
            self.loss_curve_ = []
            self.validation_loss_curve_ = []
            self.validation_scores_ = [] if self.early_stopping else None
            self.best_validation_score_ = -np.inf if self.early_stopping else None
            self.best_loss_ = None if self.early_stopping else np.inf

    def _split(
        self, data: Data, validation: Any, random: np.random.RandomState
    ) -> tuple[Data, Data | None]:
        """The rows to train on, and those that judge: of one's own, or a part of them."""
        if validation is not None:
            X, y, *given = validation
            X, targets = self._checked(X, y, reset=False, incremental=True)
            counts = _check_sample_weight(given[0], X) if given else None
            return data, Data(X, targets, self._weighed(y, counts), counts)
        if not self.early_stopping:
            return data, None
        parts = train_test_split(
            *data.parts.values(), random_state=random, test_size=self.validation_fraction,
            stratify=self._stratified_by(data.y),
        )  # fmt: skip
        training, held_out = (dict(zip(data.parts, parts[k::2], strict=True)) for k in (0, 1))
        if parts[1].shape[0] < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' "
                "or the size of your dataset."
            )
        return Data(**training), Data(**held_out)

    def __getstate__(self) -> dict[str, Any]:
        return {key: x for key, x in super().__getstate__().items() if key != "_forward"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if hasattr(self, "coefs_"):
            self._prepare()

    def _check_solver(self) -> bool:
        if self.solver == parameters.LBFGS:
            raise AttributeError(
                "partial_fit is only available for stochastic"
                f" optimizers. {self.solver} is not stochastic."
            )
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def stochastic(method: Any) -> Any:
    """A method that is there only with a solver that has epochs."""
    return available_if(lambda estimator: estimator._check_solver())(method)
