"""How sure an estimator is of new rows, and which inputs it goes by."""

from __future__ import annotations

from typing import Any

from sklearn.inspection import permutation_importance
from sklearn.utils.validation import check_is_fitted

from workings.estimators._perceptron import Perceptron
from workings.explaining import importance
from workings.trace import Array

WAYS = ("permutation", "gradient")


class Sureness(Perceptron):
    """Mixed into both estimators: `calibrate`, and what each input matters."""

    def calibrate(self, X: Any, y: Any) -> Any:
        """Keeps how wrong the network is on rows that it was not trained on.

        After it, `predict_interval` (amounts) or `predict_set` (classes) can promise how many of
        new rows they cover. Rows used in training would make them too narrow.
        """
        check_is_fitted(self)
        self.calibration_scores_ = self._scores_of(X, y)
        return self

    def _calibrated(self, method: str) -> Array:
        if not hasattr(self, "calibration_scores_"):
            raise ValueError(
                f"cannot {method}: this {type(self).__name__} was not calibrated. "
                "Call calibrate(X, y) with rows it was not trained on."
            )
        scores: Array = self.calibration_scores_
        return scores

    def feature_importance(
        self,
        X: Any,
        y: Any = None,
        *,
        method: str = "permutation",
        repeats: int = 5,
        scoring: Any = None,
        random_state: Any = None,
    ) -> importance.Importance:
        """How much each feature matters for the rows `X` (n, features).

        method : "permutation": how much the score on `X` and `y` falls when a column is shuffled;
            "gradient": how far the outputs move when a feature moves by its standard deviation,
            by back-propagation to the inputs, with the workings in `traces`.

        Raises ValueError for another method, or for permutation without `y`.
        """
        check_is_fitted(self)
        if method not in WAYS:
            raise ValueError(f"there is no method {method!r}: expected one of {', '.join(WAYS)}.")
        if method == "gradient":
            network, values, inputs, names = self._opened(X)
            return importance.by_gradient(network, values, inputs, names=names)
        if y is None:
            raise ValueError("importance by permutation needs y, to score with.")
        found = permutation_importance(
            self, X, y, scoring=scoring, n_repeats=repeats, random_state=random_state
        )
        how = f"how much the score falls when a column is shuffled, {repeats} times"
        return importance.Importance(
            self._names(), found.importances_mean, found.importances_std, how
        )
