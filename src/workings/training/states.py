"""Where a training is: what another process needs to go on from there, bit for bit.

State                   after any iteration, within an epoch or between two
Keeper                  whoever keeps states, and says when one is wanted
Recorder                one that keeps a record in pieces, too
to_data(state)          -> plain data and arrays by name, for a file
from_data(data, ..)     the state again
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workings import facts
from workings.batches import Whole
from workings.trace import Array
from workings.training.runs import History, Values


@dataclass(frozen=True)
class State:
    """All that the next iteration depends on, besides what the training was told.

    `values` are what it starts with, after `done` iterations. What is noted of whole epochs
    (`history`, `best`, what the course remembers) is as it was before the epochs that are being
    run now, `ahead` of them (0: not known yet); `losses` are those of their iterations so far.
    `ended` says that there is no next iteration.
    """

    done: int
    values: Values
    losses: Array
    history: History
    course: Mapping[str, Any]
    best: Values
    ahead: int = 0
    ended: bool = False


class Keeper(Protocol):
    """Whoever keeps the states of a training; asked after every call of an engine."""

    stop: Whole  # one number; what is not 0 ends a call of an engine early

    @property
    def due(self) -> bool:
        """Whether a state is wanted now."""

    def keep(self, state: State) -> None:
        """Keeps a state; from now on none is due for a while."""


class Recorder(Keeper, Protocol):
    """A keeper that keeps a record too, in pieces, beside the states."""

    failure: str  # why the last thing could not be kept, or ""

    def add(self, number: int, first: int, arrays: Mapping[str, Array]) -> bool:
        """Keeps a piece, numbered from 1, with so many looks before it; False if it cannot."""

    def piece(self, number: int, first: int) -> Mapping[str, Array] | None:
        """A piece that was kept; None, and says why, where it is not whole."""

    def give_up(self) -> None:
        """Nothing more is kept, as what waits for room has become too much."""


def until(history: History, epochs: int) -> History:
    """What had happened after so many epochs."""
    return replace(
        history, loss=history.loss[:epochs], rate=history.rate[:epochs],
        validation_loss=history.validation_loss[:epochs],
        metrics={word: values[:epochs] for word, values in history.metrics.items()},
    )  # fmt: skip


# -- for a file ------------------------------------------------------------------------------------

LISTS = ("loss", "validation_loss", "rate")
TOLD: dict[str, facts.Check] = {  # of a history, besides
    **dict.fromkeys(("iterations", "best_epoch", "kept_epoch"), facts.whole),
    **dict.fromkeys(("stopped", "machine", "fallback"), facts.text),
    "seconds": facts.number, "engine": facts.one_of("numpy", "compiled"),
}  # fmt: skip
ARRAY = "array"


def to_data(state: State) -> tuple[dict[str, Any], dict[str, Array]]:
    """Plain data, and the arrays that it names.

    >>> state = State(3, {"w": np.ones(2)}, np.array([0.5]), History(loss=[1.0]), {"best": 1.0}, {})
    >>> data, arrays = to_data(state)
    >>> data["values"], sorted(arrays)[:2], from_data(data, arrays).history.loss
    ({'w': {'array': 'values/w'}}, ['history/loss', 'history/rate'], [1.0])
    """
    tree = {one.name: getattr(state, one.name) for one in fields(state)}
    history: dict[str, Any] = dict(vars(state.history))
    history |= {word: np.array(history[word], float) for word in LISTS}
    history["metrics"] = {word: np.array(x, float) for word, x in history["metrics"].items()}
    arrays: dict[str, Array] = {}
    plain: dict[str, Any] = _apart(tree | {"history": history}, "", arrays)
    return plain, arrays


def from_data(data: Any, arrays: Mapping[str, Array]) -> State:
    """The state; raises LookupError, TypeError or ValueError where the data is not one's."""
    tree = facts.table(_together(data, arrays))
    return State(
        done=facts.whole(tree["done"]), values=_matrices(tree["values"]),
        losses=_array(tree["losses"]), history=_history(facts.table(tree["history"])),
        course=facts.table(tree["course"]),
        best=_matrices(tree["best"]), ahead=facts.whole(tree["ahead"]),
        ended=facts.flag(tree["ended"]),
    )  # fmt: skip


def _apart(tree: Any, path: str, arrays: dict[str, Array]) -> Any:
    """Plain data, with the names of arrays where arrays were."""
    if isinstance(tree, Mapping):
        return {word: _apart(one, f"{path}/{word}", arrays) for word, one in tree.items()}
    if not isinstance(tree, np.ndarray | np.generic):
        return list(tree) if isinstance(tree, tuple) else tree
    x, name = np.asarray(tree), path.lstrip("/")
    arrays[name] = x
    columns = x.flags.f_contiguous and not x.flags.c_contiguous
    return {ARRAY: name} | ({"order": "F"} if columns else {})  # products depend on it


def _together(plain: Any, arrays: Mapping[str, Array]) -> Any:
    """The same with the arrays in their places."""
    if not isinstance(plain, dict):
        return plain
    name = plain.get(ARRAY)
    if isinstance(name, str):
        found = arrays[name]
        return np.asfortranarray(found) if plain.get("order") == "F" else found
    return {word: _together(one, arrays) for word, one in plain.items()}


def _matrices(tree: Any) -> Values:
    return {word: _array(x) for word, x in facts.table(tree).items()}


def _array(x: Any) -> NDArray[Any]:
    if not isinstance(x, np.ndarray):
        raise TypeError(f"an array was expected, not {str(x)[: facts.SHOWN]}")
    return x


def _series(x: Any) -> list[float]:
    return [float(one) for one in _array(x).ravel()]


def _history(told: Mapping[str, Any]) -> History:
    series: dict[str, Any] = {word: _series(told[word]) for word in LISTS}
    metrics = {word: _series(x) for word, x in facts.table(told["metrics"]).items()}
    return History(**series, metrics=metrics, **{w: check(told[w]) for w, check in TOLD.items()})
