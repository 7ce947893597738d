"""The arrays of one step as a page is sent them: windows of them, and how cells are written.

Window({"n": (36, 12)})         which places along each named size are wanted
laid_out(trace, window)         the arrays of a tape, with labels, places and offsets
payload(trace, arrays)          their cells, one after the other
written(values)                 how the cells of a matrix are written: decimals, power of ten
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workings.language import Program
from workings.trace import Array, Trace

SAMPLES, ROWS, OTHERS = "n", 12, 8
MOST = 64 * 1024  # bytes of a tape
DECIMALS = 4
SAME = 1e-12  # of a number: closer to what is shown, and it is shown whole
SMALL, LARGE = 1e-3, 1e6
HUGE = 1e9  # numbers that stand alone are written out up to here
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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

    def smaller(self) -> Window:
        """Half as many places along each size."""
        halved = {word: (first, max(1, many // 2)) for word, (first, many) in self.wanted.items()}
        return Window(halved, self.rows)


@dataclass(frozen=True)
class Laid:
    """One array in a frame: its window along each axis, and where its cells begin."""

    name: str
    offset: int
    axes: tuple[tuple[str, Sequence[int], int, int], ...]  # size, places, first, of how many

    @property
    def shape(self) -> list[int]:
        """How many places along each axis are sent."""
        return [len(places) for _, places, _, _ in self.axes]

    @property
    def index(self) -> Any:
        """The window as NumPy takes it."""
        return np.ix_(*(np.asarray(places, int) for _, places, _, _ in self.axes))


def arrays_of(program: Program) -> list[str]:
    """Every value that a program is given or makes, in order."""
    return [*program.given, *program.names]


def laid_out(trace: Trace, window: Window) -> list[Laid]:
    """The arrays of a step in windows that fit into one frame."""
    found = _laid(trace, window)
    while found and _end(found) > MOST:
        window = _whole(trace, window).smaller()
        found = _laid(trace, window)
    return found


def _whole(trace: Trace, window: Window) -> Window:
    sizes = {
        str(size): int(count)
        for word in arrays_of(trace.program)
        for size, count in zip(trace.shape(word), np.shape(trace[word]), strict=True)
    }
    found = {word: window.along(word, [""] * count)[0] for word, count in sizes.items()}
    return Window({word: (places[0], len(places)) for word, places in found.items()}, window.rows)


def _laid(trace: Trace, window: Window) -> list[Laid]:
    found, offset = [], 0
    for word in arrays_of(trace.program):
        axes = []
        for axis, (size, count) in enumerate(zip(trace.shape(word), np.shape(trace[word]),
                                                 strict=True)):  # fmt: skip
            labels = labels_of(trace, word, axis)[1] if size == SAMPLES else [""] * int(count)
            axes.append((str(size), *window.along(str(size), labels)))
        found.append(Laid(word, offset, tuple(axes)))
        offset += 8 * math.prod(found[-1].shape)
    return found


def _end(found: Sequence[Laid]) -> int:
    return found[-1].offset + 8 * math.prod(found[-1].shape)


def schema(trace: Trace, found: Sequence[Laid]) -> list[dict[str, Any]]:
    """The arrays of a tape as the `schema` event has them."""
    return [
        {
            "name": one.name, "offset": one.offset, "shape": one.shape,
            "axes": [_axis(trace, one, axis) for axis in range(len(one.axes))],
        }
        for one in found
    ]  # fmt: skip


def _axis(trace: Trace, laid: Laid, axis: int) -> dict[str, Any]:
    size, some, first, count = laid.axes[axis]
    labels, places = labels_of(trace, laid.name, axis)
    return {
        "size": size, "first": first, "of": count,
        "places": [places[k] for k in some], "labels": [labels[k] for k in some],
    }  # fmt: skip


def labels_of(trace: Trace, word: str, axis: int) -> tuple[list[str], list[str]]:
    """What the places along an axis are called, and how they are written in a cell's name."""
    size, count = str(trace.shape(word)[axis]), int(np.shape(trace[word])[axis])
    labels = trace.names_along(word, axis)
    if count == 1 and len(trace.labels.get(size, ())) != 1:
        labels = [""]
    places = labels if size == SAMPLES else [str(place) for place in range(1, count + 1)]
    return labels, places


def payload(trace: Trace, found: Sequence[Laid]) -> bytes:
    """The cells of the windows, as float64."""
    return b"".join(
        np.ascontiguousarray(np.asarray(trace[one.name], "<f8")[one.index]).tobytes()
        for one in found
    )


def formats(trace: Trace) -> dict[str, dict[str, int]]:
    """How the cells of each array are written."""
    return {word: written(trace[word]) for word in arrays_of(trace.program)}


def written(values: Array | float) -> dict[str, int]:
    """The decimals of a matrix, and the power of ten in its caption.

    As few decimals as show every cell whole, and at most four.

    >>> written(np.array([[1.48, 2.4]])), written(np.array([1 / 3])), written(np.array([2e-5]))
    ({'decimals': 2, 'power': 0}, {'decimals': 4, 'power': 0}, {'decimals': 0, 'power': -5})
    """
    cells = np.abs(np.asarray(values, float)).ravel()
    cells = cells[np.isfinite(cells)]
    largest = float(cells.max(initial=0.0))
    power = 0
    if largest and not SMALL <= largest < LARGE:
        power = math.floor(math.log10(largest))
    scaled = cells / 10.0**power if power > -300 else cells * 10.0**-power
    for decimals in range(DECIMALS):
        if np.all(np.abs(scaled - scaled.round(decimals)) <= SAME * np.maximum(scaled, 1.0)):
            return {"decimals": decimals, "power": power}
    return {"decimals": DECIMALS, "power": power}


def text(value: float, form: Mapping[str, int]) -> str:
    """A cell as it is shown, with a true minus."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinity" if value > 0 else "−infinity"
    shown = f"{value / 10.0 ** form['power']:.{form['decimals']}f}"
    bare = shown.lstrip("-")
    sign = "−" if shown.startswith("-") and bare.strip("0.") else ""
    ten = f" × 10{str(form['power']).translate(RAISED)}" if form["power"] else ""
    return f"{sign}{bare}{ten}"


def alone(value: float, decimals: int) -> str:
    """A number outside of its matrix: a large one with its own power of ten.

    >>> alone(2.4, 2), alone(-7.6225e76, 2), alone(2_000_000.0, 1)
    ('2.40', '−7.6225 × 10⁷⁶', '2000000.0')
    """
    if not math.isfinite(value) or abs(value) < HUGE:
        return text(value, {"decimals": decimals, "power": 0})
    return text(value, {"decimals": DECIMALS, "power": math.floor(math.log10(abs(value)))})


def statistics(trace: Trace, word: str) -> dict[str, Any]:
    """Least, mean, spread and most of each column of an array, over all its rows."""
    values = np.atleast_2d(np.asarray(trace[word], float))
    labels = labels_of(trace, word, values.ndim - 1)[0] if np.ndim(trace[word]) > 1 else [""]
    values = values if np.ndim(trace[word]) > 1 else values.T
    facts = {"least": values.min(0), "mean": values.mean(0), "spread": values.std(0),
             "most": values.max(0)}  # fmt: skip
    rows = [{"name": name, "shown": [text(float(x), written(found)) for x in found]}
            for name, found in facts.items()]  # fmt: skip
    return {"array": word, "labels": labels, "rows": rows, "of": len(values)}
