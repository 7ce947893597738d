"""How an estimator's weights are found: epoch by epoch, or by L-BFGS."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import check_scoring

from workings.errors import NotFinite
from workings.estimators import _parameters as parameters
from workings.estimators._callbacks import Callbacks
from workings.estimators._course import SCORE, ScikitCourse
from workings.estimators._keeping import kept
from workings.estimators._perceptron import Perceptron
from workings.network import Network
from workings.trace import Array
from workings.training import train
from workings.training.quasi_newton import Told, minimize
from workings.training.recording import bytes_of
from workings.training.runs import History, Measures, Rows, Settings, Training, Values

SEEDS = 2**31 - 1
NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may"
    " contain large values and need to be preprocessed."
)
USER = 6  # frames from a warning here to the line that called `fit`


@dataclass
class Data:
    """Checked rows: inputs, targets as the network reads them, and what each row weighs.

    `weights` are what the loss counts: `counts`, the weights that were given, times those of the
    classes. A score counts what was given.
    """

    X: Any
    y: Array
    weights: Array | None = None
    counts: Array | None = None

    @property
    def parts(self) -> dict[str, Any]:
        """What there is of it, by name."""
        return {word: x for word, x in vars(self).items() if x is not None}

    def rows(self) -> Rows:
        """As the loop takes them."""
        y = np.ascontiguousarray(self.y, self.X.dtype)
        weights = None if self.weights is None else self.weights.reshape(-1, 1).astype(y.dtype)
        return Rows(self.X, y, weights)


class Solving(Perceptron):
    """Mixed into both estimators: the solvers."""

    # -- the stochastic solvers --------------------------------------------------------------------

    def _run(
        self, network: Network, data: tuple[Data, Data | None],
        random: np.random.RandomState, incremental: bool, checkpoint: Any,
    ) -> None:  # fmt: skip
        (training, held_out), state = data, self._state
        if not incremental or not state.memory:
            state.rate, state.memory, state.losses = float(self.learning_rate_init), {}, []
        count, masks = training.X.shape[0], network.masks if network.drops else None
        course = ScikitCourse(self, state, random, count)
        self._warn_of_batches(count)
        settings = Settings(
            epochs=1 if incremental else self.max_iter, batch_size=course.batch_size(count),
            rate=state.rate, seed=int(random.randint(SEEDS)) if masks else 0,
            engine=self.engine,
        )  # fmt: skip
        start = {**self._values(network), **state.memory}
        with (
            kept(self, checkpoint, start, *data) as (keeper, before),
            Callbacks(self, network, training.X, self._truth(training.y)) as told,
        ):
            try:
                trained = train(
                    network.training(parameters.optimizer_of(self), clip=self.clip_norm),
                    start, training.rows(), settings=settings,
                    measures=self._measures(network, held_out), course=course, masks=masks,
                    watch=told.watch if told.watches else None, keeper=keeper, state=before,
                )  # fmt: skip
            except NotFinite as error:
                trained = self._diverged(error)
        self._keep(network, trained, incremental=incremental)

    def _diverged(self, error: NotFinite) -> Training:
        """The best weights so far, where early stopping has kept some; else there are none."""
        if not self.early_stopping:
            error.message = f"{NOT_FINITE} The first: {error.message}"
            raise error
        warnings.warn(
            f"Training diverged: {error.message}. The weights of the best epoch were kept.",
            ConvergenceWarning, stacklevel=USER,
        )  # fmt: skip
        trained: Training = error.facts["training"]
        trained.history.metrics.setdefault(f"validation {SCORE}", []).append(float("nan"))
        return trained

    def _measures(self, network: Network, held_out: Data | None) -> Measures:
        if held_out is None:
            return Measures(summed=False, output=network.output)
        judge = self._network_of(weighted=held_out.weights is not None).program()
        truth, score = self._truth(held_out.y), self._scorer(held_out)
        return Measures(
            summed=False, output=network.output, validation=held_out.rows(), judge=judge,
            scores={SCORE: lambda output, _: score(output, truth)} if self.early_stopping else {},
        )  # fmt: skip

    def _scorer(self, held_out: Data) -> Any:
        if self.scoring is None:

            def usual(output: Array, truth: Array) -> float:
                if not np.isfinite(output).all():
                    return float("nan")
                with np.errstate(over="ignore", invalid="ignore"):  # on the way to diverging
                    return self._usual_score(truth, self._said(output), held_out.counts)

            return usual

        def asked(output: Array, truth: Array) -> float:
            answered = self._answered(output)
            score = check_scoring(answered, self.scoring)
            counts = {} if held_out.counts is None else {"sample_weight": held_out.counts}
            return float(score(answered, held_out.X, truth, **counts))

        return asked

    def _keep(self, network: Network, trained: Training, *, incremental: bool) -> None:
        """Takes over what a training ended with."""
        history, state = trained.history, self._state
        values: Values = {word: trained.values[word] for word in network.parameters}
        if self.early_stopping and not incremental:
            self._best = values if history.best_epoch else self._best
            values = self._best
        self._learnt(values, network)
        kept = {word: x for word, x in trained.values.items() if word not in network.parameters}
        state.memory = kept
        self._noted(history)
        if history.stopped == "interrupted":
            warnings.warn("Training interrupted by user.", stacklevel=USER)
        elif history.stopped == "all epochs done" and not incremental:
            warnings.warn(
                f"Stochastic Optimizer: Maximum iterations ({self.max_iter}) reached and the "
                "optimization hasn't converged yet.",
                ConvergenceWarning, stacklevel=USER,
            )  # fmt: skip

    def _noted(self, history: History) -> None:
        state = self._state
        self.engine_, self.engine_fallback_ = history.engine, history.fallback
        self.n_iter_, self.t_ = history.epochs, state.samples
        self.loss_curve_ += history.loss
        self.loss_ = history.loss[-1] if history.loss else np.nan
        self.validation_loss_curve_ += history.validation_loss
        if self.early_stopping:
            scores = history.metrics.get(f"validation {SCORE}", [])
            self.validation_scores_ = [*(self.validation_scores_ or []), *scores]
            self.best_validation_score_ = state.best_score
        else:
            self.best_loss_ = state.best_loss

    def _warn_of_batches(self, count: int) -> None:
        if self.batch_size != "auto" and self.batch_size > count:
            warnings.warn(
                "Got `batch_size` less than 1 or larger than sample size. It is going to be "
                "clipped.",
                stacklevel=USER,
            )

    # -- lbfgs -------------------------------------------------------------------------------------

    def _descend(self, network: Network, data: Data, checkpoint: Any) -> None:
        rows = replace(data, X=data.X.astype(np.float64, copy=False)).rows()
        weights = [(names.weights, names.d_weights) for names in network.names]
        biases = [(names.bias, names.d_bias) for names in network.names]
        start: Values = {word: x.astype(np.float64) for word, x in self._values(network).items()}
        looks = min(self.max_iter, self.max_fun) + 1  # at least, if it does not end before
        room = bytes_of(sum(x.size for x in start.values()), looks)
        with (
            kept(self, checkpoint, start, data, room=room) as (keeper, before),
            Callbacks(self, network, data.X, self._truth(data.y)) as told,
        ):
            if self.verbose and before is not None and before.done:
                print(f"Going on; {before.done} evaluations are read from the record")
            found = minimize(
                network.backward(dropping=False), start, rows, gradients=dict(weights + biases),
                told=Told(self.max_iter, self.max_fun, self.tol),
                look=told.look if told.watches else None, engine_name=self.engine,
                keeper=keeper, state=before,
            )  # fmt: skip
        self._learnt(found.values, network)
        self.engine_, self.engine_fallback_ = found.engine, found.fallback
        self.n_iter_, self.loss_ = found.iterations, found.loss
        self.loss_curve_, self.best_loss_ = found.losses, found.loss
        if found.ended == "interrupted":
            warnings.warn("Training interrupted by user.", stacklevel=USER - 1)
        elif not found.converged:
            warnings.warn(
                f"lbfgs failed to converge after {self.n_iter_} iteration(s): {found.ended}\n"
                "Increase the number of iterations (max_iter) or scale the data.",
                ConvergenceWarning, stacklevel=USER - 1,
            )  # fmt: skip

    def _check_finite(self) -> None:
        if not all(np.isfinite(x).all() for x in (*self.coefs_, *self.intercepts_)):
            raise ValueError(NOT_FINITE)
