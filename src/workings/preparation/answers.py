"""What the numbers that a network answers say: labels, amounts, probabilities.

read(target, answers)       the label or the amount of each row; a column for each target column
shares(target, answers)     one probability for each class, or for each label
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.errors import WorkingsError
from workings.preparation.columns import Numbers, Target


def read(target: Target, answers: Any) -> Any:
    """The label or the amount that each row speaks for: (n,), or (n, target columns).

    >>> read(Target("y", ("no", "yes")), np.array([[0.2], [0.7]])).tolist()
    ['no', 'yes']
    """
    if target.labelled:
        pairs = zip(target.parts, answers.T, strict=True)
        return np.column_stack([_one_of_two(one, column) for one, column in pairs])
    if target.coded:
        return np.array(target.classes, object)[answers.argmax(1)]
    if target.classes:
        return _one_of_two(target, answers[:, 0])
    return answers if target.parts else answers[:, 0]


def shares(target: Target, answers: Any) -> Any:
    """The probability of each class (n, classes), or of each label (n, labels) by itself.

    Outputs that are no probabilities by themselves are cut to 0 .. 1 and shared out. Raises
    `WorkingsError` for amounts.
    """
    if not (target.classes or target.labelled):
        raise WorkingsError(
            f"cannot give probabilities of {target.name}: it is an amount",
            hint="Ask for the prediction itself.",
        )
    found: Numbers = np.clip(answers, 0.0, 1.0)
    if target.labelled:
        return found
    if not target.coded:
        return np.hstack([1.0 - found, found])
    total = found.sum(1, keepdims=True)
    return np.where(total > 0, found / np.where(total > 0, total, 1.0), 1 / found.shape[1])


def _one_of_two(target: Target, answers: Any) -> Any:
    return np.array(target.classes, object)[(answers > 0.5).astype(int)]
