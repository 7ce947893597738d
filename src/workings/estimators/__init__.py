"""scikit-learn's estimators, with the workings in sight.

    from workings import MLPClassifier, MLPRegressor

Replace scikit-learn's two classes by these: parameters, fitted attributes, warnings and, with the
same data and `random_state`, the weights are the same. Then there is more: any activation, loss
and optimizer of `workings`, dropout, an own validation set and metric, data frames with missing
cells and words; and the trained network shows itself.
"""

from workings.estimators.classifier import MLPClassifier
from workings.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
