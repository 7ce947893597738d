"""Where the arrays of one step lie in a frame: windows of them, with labels and places.

Window({"n": (36, 12)})              which places along each named size are wanted
layout(trace, window, last)          the arrays of a tape; the last layout, where nothing changed
layout.told                          the same as the `schema` event has it
layout.payload(trace)                their cells, one after the other
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workings.language import Program
from workings.trace import Trace

SAMPLES, ROWS, OTHERS = "n", 12, 8
MOST = 64 * 1024  # bytes of a tape
Place = tuple[str, int]  # a named size, and how many places an array has along it


@dataclass(frozen=True)
class Window:
    """For each named size the first place and how many; the default is what fits on a screen."""

    wanted: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    rows: frozenset[str] = frozenset()  # samples that are looked at alone, by their numbers

    def along(self, size: str, labels: Sequence[str]) -> tuple[Sequence[int], int, int]:
        """The places that are shown of a size with such labels; the how manieth of how many."""
        some: Sequence[int] = range(len(labels))
        if size == SAMPLES and self.rows:
            some = [place for place in some if labels[place] in self.rows] or some
        first, many = self.wanted.get(size, (0, ROWS if size == SAMPLES else OTHERS))
        many = max(1, min(many, len(some)))
        first = max(0, min(first, len(some) - many))
        return some[first : first + many], first, len(some)


@dataclass(frozen=True)
class Axis:
    """A window along one axis: the places that are sent, and what a page is told of them."""

    some: Sequence[int]
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Laid:
    """One array in a frame: its window along each axis, and where its cells begin."""

    name: str
    offset: int
    axes: tuple[Axis, ...]

    @property
    def shape(self) -> list[int]:
        """How many places along each axis are sent."""
        return [len(axis.some) for axis in self.axes]

    @property
    def index(self) -> Any:
        """The window as NumPy takes it."""
        some = [axis.some for axis in self.axes]
        if all(isinstance(places, range) for places in some):
            return tuple(slice(places[0], places[0] + len(places)) for places in some)
        return np.ix_(*(np.asarray(places, int) for places in some))


@dataclass(frozen=True)
class Layout:
    """The arrays of a step in windows that fit into one frame, and what that depends on."""

    program: Program
    known: tuple[Any, ...]
    sizes: Mapping[str, list[str]]  # of every array
    told: list[dict[str, Any]]  # the arrays as the `schema` event has them
    cuts: list[tuple[str, Any]]  # the arrays and their windows as NumPy takes them

    def payload(self, trace: Trace) -> bytes:
        """The cells of the windows, as float64."""
        cut = (np.asarray(trace[word], "<f8")[index] for word, index in self.cuts)
        return b"".join(one.tobytes() for one in cut)


def layout(trace: Trace, window: Window, last: Layout | None = None) -> Layout:
    """How the arrays of a step lie in a frame: as in the last one, where nothing is different."""
    same = last if last and last.program is trace.program else None
    sizes = same.sizes if same else _sizes(trace.program)
    counts = {word: np.shape(trace[word]) for word in sizes}
    known = (window, counts, {size: list(labels) for size, labels in trace.labels.items()})
    if same and same.known == known:
        return same
    arrays = _laid(trace, window, sizes, counts)
    while arrays and _end(arrays) > MOST:
        window = _halved(window, sizes, counts)
        arrays = _laid(trace, window, sizes, counts)
    told = [
        {"name": one.name, "offset": one.offset, "shape": one.shape,
         "axes": [axis.told for axis in one.axes]}
        for one in arrays
    ]  # fmt: skip
    cuts = [(one.name, one.index) for one in arrays]
    return Layout(trace.program, known, sizes, told, cuts)


def _laid(
    trace: Trace, window: Window, sizes: Mapping[str, list[str]],
    counts: Mapping[str, tuple[int, ...]],
) -> list[Laid]:  # fmt: skip
    axes: dict[Place, Axis] = {}  # many arrays have the same
    found, offset = [], 0
    for word, along in sizes.items():
        places = list(zip(along, counts[word], strict=True))
        for axis, place in enumerate(places):
            if place not in axes:
                axes[place] = _axis(labels_of(trace, word, axis), place[0], window)
        found.append(Laid(word, offset, tuple(axes[place] for place in places)))
        offset += 8 * math.prod(found[-1].shape)
    return found


def _halved(
    window: Window, sizes: Mapping[str, list[str]], counts: Mapping[str, tuple[int, ...]]
) -> Window:
    """Half as many places along each size."""
    wanted = {}
    for word, along in sizes.items():
        for size, count in zip(along, counts[word], strict=True):
            some, _, _ = window.along(size, [""] * count)
            wanted[size] = (some[0], max(1, len(some) // 2))
    return Window(wanted, window.rows)


def _sizes(program: Program) -> dict[str, list[str]]:
    """The named sizes of every value that a program is given or makes, in order."""
    shapes = {**program.given, **{step.name: step.shape for step in program}}
    return {word: [str(size) for size in shape] for word, shape in shapes.items()}


def _axis(named: tuple[list[str], list[str]], size: str, window: Window) -> Axis:
    labels, places = named
    some, first, count = window.along(size, places)
    return Axis(some, {
        "size": size, "first": first, "of": count,
        "places": [places[k] for k in some], "labels": [labels[k] for k in some],
    })  # fmt: skip


def _end(found: Sequence[Laid]) -> int:
    return found[-1].offset + 8 * math.prod(found[-1].shape)


def labels_of(trace: Trace, word: str, axis: int) -> tuple[list[str], list[str]]:
    """What the places along an axis are called, and how they are written in a cell's name."""
    size, count = str(trace.shape(word)[axis]), int(np.shape(trace[word])[axis])
    labels = trace.names_along(word, axis)
    if count == 1 and len(trace.labels.get(size, ())) != 1:
        labels = [""]
    places = labels if size == SAMPLES else [str(place) for place in range(1, count + 1)]
    return labels, places
