"""Pictures of what a network says: maps over two inputs, spaces of two neurons, fits, tables.

    forward(run, values, X)      the values of every layer for some rows
    map_of(run, ...)             every picture of a map, as bytes with their ranges
    space_of(run, ...)           how a grid over the inputs lies in two neurons
    fit_of(run, ...)             the curve over one input
    points_of(run, ...)          the rows as points

All of them are computed by the engine that computes everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from workings.engines import Prepared, engine
from workings.errors import SettingError, UnknownName
from workings.network import INPUTS, Network
from workings.play.building import Built
from workings.play.protocol import Refused
from workings.play.runs import Run, Values
from workings.trace import Array

COUNTED = 20_000  # rows that are told right or wrong at each look
POINTS = 2000  # at most in a picture
ROOM = 0.1  # of a range, around the points
UNITS = 12  # of a layer that are drawn
LINES, FINE = 11, 41  # of a grid that is bent, and points along each
SIZES = (8, 128)


@dataclass(frozen=True)
class Axis:
    """One input of a map: its place, its name, and its range in the units of the table."""

    place: int
    name: str
    low: float
    high: float

    def plain(self) -> dict[str, Any]:
        """As a message has it."""
        return {"input": self.name, "low": self.low, "high": self.high}


@lru_cache(16)
def _prepared(network: Network) -> Prepared:
    words = [word for names in network.names for word in (names.input, names.output)]
    return engine().prepare(network.program().only(*words), words)


def forward(run: Run, values: Values, X: Array) -> dict[str, Array]:
    """The values of every layer for rows `X` (n, inputs) as the network reads them."""
    with np.errstate(all="ignore"):
        return _prepared(run.built.network)({**values, INPUTS: X})


# -- the units of the table ------------------------------------------------------------------------


def units_of(built: Built) -> tuple[Array, Array]:
    """For each input what to take off and to divide by, on the way from the table."""
    prepared, count = built.preparation, built.inputs
    mean, scale = np.zeros(count), np.ones(count)
    if prepared.scaled:
        for place, column in enumerate(prepared.numbers):
            mean[place], scale[place] = column.mean, column.scale
    return mean, scale


def axis_of(built: Built, word: str | None, other: int) -> Axis:
    """The input called `word`, or the one at a place, with its range among the training rows."""
    names = built.labels["inputs"]
    if word is not None and word not in names:
        raise UnknownName("input", str(word)[:40], names)
    place = names.index(word) if word is not None else other
    mean, scale = units_of(built)
    x = built.rows.X[:, place] * scale[place] + mean[place]
    low, high = float(x.min()), float(x.max())
    room = ROOM * (high - low or 1.0)
    return Axis(place, names[place], low - room, high + room)


def grid(built: Built, axes: Sequence[Axis], sample: int, size: int) -> Array:
    """Rows over two inputs, the first row at the top; the others as in a sample."""
    mean, scale = units_of(built)
    across = np.linspace(axes[0].low, axes[0].high, size)
    up = np.linspace(axes[1].high, axes[1].low, size)
    X = np.repeat(built.rows.X[[sample]], size * size, 0)
    for axis, x in zip(axes, (np.tile(across, size), np.repeat(up, size)), strict=True):
        X[:, axis.place] = (x - mean[axis.place]) / scale[axis.place]
    return X


# -- maps ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Map:
    """The pictures of a map: what they are, and their bytes."""

    told: dict[str, Any]
    payload: bytes


def map_of(run: Run, values: Values, asked: Mapping[str, Any], sample: str) -> Map:
    """Maps over two inputs: of the outputs, or of every neuron."""
    built = run.built
    if built.inputs < 2:
        raise Refused("not_available", "There is no map: the network has one input.")
    x, y = axis_of(built, asked.get("x"), 0), axis_of(built, asked.get("y"), 1)
    if x.place == y.place:
        raise SettingError(f"cannot draw a map over {x.name} twice: two inputs were expected")
    size = asked.get("size", 64)
    if not isinstance(size, int) or not SIZES[0] <= size <= SIZES[1]:
        raise SettingError(f"cannot draw a map of that size: {SIZES[0]} to {SIZES[1]} was expected")
    place = sample_place(built, sample)
    found = forward(run, values, grid(built, (x, y), place, size))
    parts, pictures, offset = [], [], 0
    for word in _wanted(built.network, asked.get("units", "output")):
        for unit in range(min(found[word].shape[1], UNITS)):
            data = _picture(found[word][:, unit], _span(built.network, word))
            label = _label(built, word, unit)
            pictures.append({"title": label, "array": word, "place": str(unit + 1),
                             "offset": offset})  # fmt: skip
            parts.append(data)
            offset += len(data)
    others = [one for one in built.labels["inputs"] if one not in (x.name, y.name)]
    fixed = f"The other inputs are as in sample {built.numbers[place]}." if others else ""
    told = {"size": size, "pictures": pictures, "x": x.plain(), "y": y.plain(), "fixed": fixed}
    return Map(told, b"".join(parts))


def sample_place(built: Built, sample: str) -> int:
    """The place of a training row, by its number; the first if it is none."""
    return built.numbers.index(sample) if sample in built.numbers else 0


def _wanted(network: Network, units: Any) -> list[str]:
    known = [names.output for names in network.names]
    if units == "output":
        return known[-1:]
    if units == "all":
        return known
    if units in known:
        return [units]
    raise UnknownName("layer to draw", str(units)[:40], ["output", "all", *known])


def _span(network: Network, word: str) -> tuple[float, float] | None:
    """The range of an activation, where it has two ends."""
    layer = next(lay for lay, n in zip(network.layers, network.names, strict=True)
                 if n.output == word)  # fmt: skip
    low, high = getattr(layer.op, "span", (-np.inf, np.inf))
    return (low, high) if np.isfinite([low, high]).all() else None


def _picture(values: Array, span: tuple[float, float] | None) -> bytes:
    shown = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = span or (float(shown.min()), float(shown.max()))
    level = (shown - low) / (high - low or 1.0) * 255
    cells: bytes = np.clip(level.round(), 0, 255).astype(np.uint8).tobytes()
    return bytes(np.array([low, high], "<f8").tobytes()) + cells + b"\0" * (-len(cells) % 8)


def _label(built: Built, word: str, unit: int) -> str:
    if word == built.network.output:
        return built.labels["outputs"][unit]
    return f"{word.replace('_', ' ')}, h{unit + 1}"


# -- points ----------------------------------------------------------------------------------------


def points_of(run: Run, values: Values) -> list[dict[str, Any]]:
    """The rows as points, in the units of the table, and whether each is told right."""
    built, found = run.built, []
    mean, scale = units_of(built)
    for split, rows, numbers in (
        ("training", built.rows, built.numbers), ("test", built.test, built.test_numbers),
    ):  # fmt: skip
        if rows is None:
            continue
        some = np.linspace(0, len(numbers) - 1, min(len(numbers), POINTS // 2)).astype(int)
        said = forward(run, values, rows.X[some])[built.network.output]
        classes, right = classes_of(built, rows.y[some]), told_right(built, said, rows.y[some])
        for turn, place in enumerate(some.tolist()):
            found.append({
                "row": numbers[place], "split": split,
                "class": None if classes is None else int(classes[turn]),
                "target": float(rows.y[place, 0]), "output": float(said[turn, 0]),
                "values": (rows.X[place] * scale + mean).tolist(),
                "right": None if right is None else bool(right[turn]),
            })  # fmt: skip
    return found


def classes_of(built: Built, y: Array) -> Array | None:
    """The place of each row's class; None of amounts."""
    if built.task == "regression":
        return None
    return np.asarray(y.argmax(1) if y.shape[1] > 1 else (y[:, 0] > 0.5).astype(int))


def told_right(built: Built, output: Array, y: Array) -> Array | None:
    """Which rows' classes are told right; None of amounts."""
    wanted = classes_of(built, y)
    return None if wanted is None else np.asarray(classes_of(built, output) == wanted)


def right_of(run: Run, values: Values) -> str:
    """How many training rows are told right, in words; "" of amounts."""
    built = run.built
    if built.task == "regression" or len(built.numbers) > COUNTED:
        return ""
    said = forward(run, values, built.rows.X)[built.network.output]
    right = told_right(built, said, built.rows.y)
    return f"{0 if right is None else int(right.sum())} of {len(built.numbers)}"
