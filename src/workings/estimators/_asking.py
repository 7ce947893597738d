"""What a fitted estimator answers: predictions, and what its hidden layers make of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted, check_X_y, validate_data

from workings.engines import engine
from workings.engines._by_rows import ByRows
from workings.engines._rows import Matrix, NotPlain
from workings.estimators._frames import inputs_of
from workings.estimators._perceptron import Perceptron
from workings.network import Network
from workings.trace import Array
from workings.training.runs import Values

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
PIECE = 2**24  # cells of the widest layer that are predicted at once


@dataclass(frozen=True)
class Forward:
    """A network's forward program ready to run, and what its weights and biases are called."""

    network: Network
    run: ByRows
    learnt: tuple[tuple[str, str], ...]

    def values(self, weights: Sequence[Array], biases: Sequence[Any]) -> Values:
        """Weights and biases as they are now."""
        found: Values = {}
        for (w, b), weight, bias in zip(self.learnt, weights, biases, strict=True):
            found[w], found[b] = weight, np.asarray(bias).reshape(1, -1)
        return found


class Asking(Perceptron):
    """Mixed into both estimators: `predict`, `transform`, `hidden_activations`."""

    _forward: Forward  # made once, so that a prediction only runs it; never pickled

    def _prepare(self) -> None:
        """Makes the forward program ready, once for all predictions."""
        network, widest = self._network_of(), max(max(w.shape) for w in self.coefs_)
        run = ByRows(network.program().only(network.output), network.output,
                     max(1, PIECE // widest))  # fmt: skip
        learnt = tuple((names.weights, names.bias) for names in network.names)
        self._forward = Forward(network, run, learnt)

    def _outputs(self, X: Any, read: Callable[[Array], Array] | None = None) -> Array:
        """The network's outputs (n, outputs), or what `read` makes of them, some rows at a time.

        Rows of finite numbers need no more than a look; scikit-learn checks all others.
        """
        if self._is_plain(X):
            try:
                return self._run_forward(Matrix(X), read)
            except NotPlain:
                pass
        X = self._inputs(X)
        return self._run_forward(X.tocsr() if hasattr(X, "tocsr") else X, read)

    def _run_forward(self, X: Any, read: Callable[[Array], Array] | None) -> Array:
        ready = self._forward
        return ready.run(ready.values(self.coefs_, self.intercepts_), {"X": X}, read)

    def _is_plain(self, X: Any) -> bool:
        """Whether `X` is what scikit-learn would let pass as it is, if all numbers are finite."""
        told = self.__dict__
        return (
            type(X) is np.ndarray
            and X.dtype in FLOATS
            and X.ndim == 2
            and len(X) > 0
            and "_forward" in told
            and "feature_names_in_" not in told
            and self._prepared is None
            and X.shape[1] == self.n_features_in_
        )

    def _is_sparse(self) -> bool:
        """Whether predictions are sparse, as the targets were: these are made as a whole."""
        return False

    def predict(self, X: Any) -> Any:
        """The class of each row (n,), or its amounts (n,) or (n, outputs)."""
        if self._is_sparse():
            return self._said(self._outputs(X))
        return self._outputs(X, self._said)

    def transform(self, X: Any) -> Array:
        """What the last hidden layer makes of each row (n, units): inputs for another model."""
        hidden = self.hidden_activations(X)
        if not hidden:
            raise ValueError("cannot transform: this network has no hidden layer.")
        return hidden[-1]

    def hidden_activations(self, X: Any) -> list[Array]:
        """What each hidden layer makes of the rows: (n, units) for each of them."""
        network, values, inputs, _ = self._opened(X)
        words = [names.output for names in network.names[:-1]]
        run = engine().prepare(network.program().only(*words), words) if words else None
        return [run({**values, "X": inputs})[word] for word in words] if run else []

    def get_feature_names_out(self, input_features: Any = None) -> Array:
        """What the columns of `transform` are called."""
        check_is_fitted(self)
        word = type(self).__name__.lower()
        return np.array([f"{word}{place}" for place in range(len(self.coefs_[-1]))], object)

    def _opened(self, X: Any) -> tuple[Network, Values, Array, list[str]]:
        """The network, its weights, rows as it reads them, and what its inputs are called."""
        X = self._inputs(X)
        X = X.toarray() if hasattr(X, "toarray") else X
        names = self._prepared.labels["inputs"] if self._prepared else self._names()
        network = self._forward.network
        return network, self._values(network), X, names

    # -- rows --------------------------------------------------------------------------------------

    def _validated(self, X: Any, y: Any, *, reset: bool, **how: Any) -> tuple[Any, Any]:
        """Training rows as scikit-learn checks them; frames as they were prepared."""
        how = {"accept_sparse": ["csr"], "multi_output": True,
               "dtype": (np.float64, np.float32), **how}  # fmt: skip
        if self._prepared is None:
            return validate_data(self, X, y, reset=reset, **how)  # type: ignore[no-any-return]
        validate_data(self, X, reset=reset, skip_check_array=True)
        return check_X_y(inputs_of(self._prepared, X, self._names()), y, **how)  # type: ignore[no-any-return]

    def _inputs(self, X: Any) -> Any:
        """New rows as the network reads them."""
        check_is_fitted(self)
        if self._prepared is None:
            return validate_data(self, X, accept_sparse=["csr", "csc"], reset=False)
        validate_data(self, X, reset=False, skip_check_array=True)
        return inputs_of(self._prepared, X, self._names())
