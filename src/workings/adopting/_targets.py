"""What the outputs of a network speak for, from what is said and from its last activation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from workings.data.arrays import cells
from workings.errors import SettingError
from workings.preparation.columns import Target, several

YES_NO = ("0", "1")  # the classes of one output that are not told
Names = str | Sequence[str] | None


def spelled(classes: Any) -> tuple[str, ...]:
    """Classes as a table spells them; raises `SettingError` where two become the same.

    >>> spelled(np.array([False, True])), spelled([3, 5]), spelled(np.array([0.5, 2.0]))
    (('False', 'True'), ('3', '5'), ('0.5', '2.0'))
    """
    found = cells(np.asarray(classes), "classes")
    if len(set(found)) < len(found) or "" in found:
        raise SettingError(
            f"cannot tell the classes {', '.join(map(repr, found))} apart as text",
            hint="Give each class a name of its own.",
        )
    return tuple(found)


def named(columns: Names, count: int, otherwise: Sequence[str]) -> list[str]:
    """`count` names of columns; raises `SettingError` where there are others."""
    names = (
        [columns] if isinstance(columns, str) else list(otherwise if columns is None else columns)
    )
    if len(names) != count or len(set(names)) < count:
        raise SettingError(
            f"cannot name {count} columns {', '.join(map(str, names))}: {count} different names "
            "were expected"
        )
    return [str(one) for one in names]


def target_of(
    outputs: int, activation: str, *, target: Names, classes: Any, columns: Sequence[str]
) -> Target:  # fmt: skip
    """What `outputs` of this activation speak for.

    Shares that add up to 1 speak for one of several classes, a single probability for the second
    of two, several probabilities for labels, and all else for amounts. `columns` are the names
    that are taken.
    """
    if activation == "softmax":
        words = spelled(range(outputs) if classes is None else classes)
        if len(words) != outputs or outputs < 2:
            raise SettingError(
                f"cannot name {outputs} outputs by {len(words)} classes",
                hint="Give a class for each output, 2 or more.",
            )
        return Target(_names(target, 1, columns)[0], words, one_each=outputs == 2)
    words = spelled(classes) if classes is not None else YES_NO if activation == "sigmoid" else ()
    if words and len(words) != 2:
        raise SettingError(f"cannot name a probability by {len(words)} classes: 2 were expected")
    parts = [Target(one, words) for one in _names(target, outputs, columns)]
    return parts[0] if outputs == 1 else several(parts)


def _names(target: Names, count: int, columns: Sequence[str]) -> list[str]:
    base = "target"
    while base in columns:
        base += "_"
    numbered = [base] if count == 1 else [f"{base}{place}" for place in range(1, count + 1)]
    names = named(target, count, numbered)
    taken = [one for one in names if one in columns]
    if taken:
        raise SettingError(
            f"cannot predict {taken[0]!r}: a column that is read is called so",
            hint="Give the target another name.",
        )
    return names
