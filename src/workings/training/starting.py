"""What a training starts with, and what of it is left at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workings.errors import SettingError
from workings.language import Program
from workings.language.shapes import bound, resolved, spelled
from workings.training.runs import Rows, Values


def started(program: Program, start: Mapping[str, Any], rows: Rows) -> Values:
    """What the first iteration is given besides its rows and its learning rate.

    That is `start`, as precise as the rows, and 0 for whatever else is carried from iteration to
    iteration: what the optimizer remembers.
    """
    values = {word: np.asarray(value, rows.X.dtype) for word, value in start.items()}
    given: Values = {**values, "X": rows.X, "y": rows.y}
    declared = {word: shape for word, shape in program.given.items() if word in given}
    sizes = bound(declared, {word: value.shape for word, value in given.items()})
    needed = program.only("loss").given
    for word in program.updates:
        if word not in values and word in needed:
            raise SettingError(
                f"cannot start the training: {word} ({spelled(needed[word])}) has no starting "
                "value",
                hint="Give one for each parameter.",
            )
        if word not in values:
            values[word] = np.zeros(resolved(program.given[word], sizes), rows.X.dtype)
    return values


def carried(values: Values) -> Values:
    """What a training ends with: neither its rows nor its rate."""
    given = ("X", "y", "lr", "sample_weights")
    return {word: value for word, value in values.items() if word not in given}


def check_fits(wanted: Values, found: Values) -> None:
    """Raises `SettingError` unless what was kept can take the place of what was to start with."""
    kinds = [{word: (x.shape, x.dtype) for word, x in one.items()} for one in (wanted, found)]
    what = "" if kinds[0] == kinds[1] else "has matrices of other names or sizes"
    if not what and not all(np.isfinite(x).all() for x in found.values()):
        what = "holds a value that is not a finite number"
    if what:
        raise unfit(what)


def unfit(what: str) -> SettingError:
    """What is said of a state that no training of this kind can have left."""
    return SettingError(
        f"cannot go on with this training: the state that was kept {what}",
        hint="Begin the training anew, without that state.",
    )
