"""A network that was trained elsewhere, as a model with its workings.

    from_sklearn(fitted)     an MLPClassifier or MLPRegressor, alone or at the end of a pipeline
    from_keras(model)        Sequential or functional stacks of Dense layers
    from_torch(module)       nn.Sequential of Linear layers

What comes back predicts what the original predicts, and is shown, explained, saved and taken away
like any other model. That it does predict the same is proven each time: drawn rows go through
both, and how far they are apart is in `record["agreement"]`. What cannot be adopted faithfully is
refused by name. No library is imported here that the given object has not brought along.
"""

from __future__ import annotations

from workings.adopting.keras import from_keras
from workings.adopting.sklearn import from_sklearn
from workings.adopting.torch import from_torch

__all__ = ["from_keras", "from_sklearn", "from_torch"]
