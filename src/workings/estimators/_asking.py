"""What a fitted estimator answers: predictions, and what its hidden layers make of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted, check_X_y, validate_data

from workings.engines import engine
from workings.engines._by_rows import ByRows
from workings.estimators._frames import inputs_of
from workings.estimators._perceptron import Perceptron
from workings.network import Network
from workings.trace import Array
from workings.training.runs import Values

PIECE = 2**24  # cells of the widest layer that are predicted at once


class Asking(Perceptron):
    """Mixed into both estimators: `predict`, `transform`, `hidden_activations`."""

    # The forward program made ready once, so that a prediction only runs it; never pickled.
    _forward: tuple[Network, ByRows]

    def _prepare(self) -> None:
        """The forward program made ready once, so that a prediction only runs it."""
        network, widest = self._network_of(), max(max(w.shape) for w in self.coefs_)
        forward = network.program().only(network.output)
        self._forward = (network, ByRows(forward, network.output, max(1, PIECE // widest)))

    def _outputs(self, X: Any) -> Array:
        """The network's outputs (n, outputs); in pieces, so that the memory is bounded."""
        X = self._inputs(X)
        X = X.tocsr() if hasattr(X, "tocsr") else X
        network, run = self._forward
        return run(self._values(network), {"X": X})

    def predict(self, X: Any) -> Any:
        """The class of each row (n,), or its amounts (n,) or (n, outputs)."""
        return self._said(self._outputs(X))

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
        return self._forward[0], self._values(self._forward[0]), X, names

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
