"""The network as a picture: circles in columns, a line from each neuron to each behind it.

    svg(exercise)        for a page, with the given weights on the lines
    png(sizes)           for a workbook
    commands(sizes)      for LaTeX, in its own picture environment

Places count in millimetres from the lower left. Of a large layer the first neurons are drawn.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from workings.views import drawing
from workings.worksheets.exercises import Exercise

MOST = 8  # neurons of a layer that are drawn
ACROSS, DOWN, RADIUS, EDGE = 34.0, 11.0, 4.0, 5.0
DOTS = 150  # of the PNG, per inch
INCH = 25.4

Point = tuple[float, float]


def labels(sizes: Sequence[int]) -> list[list[str]]:
    """What the neurons are called, as in the matrices: x1, h1, o1."""
    letters = ["x", *"h" * (len(sizes) - 2), "o"]
    return [
        [f"{letter}{place}" for place in range(1, size + 1)]
        for letter, size in zip(letters, sizes, strict=True)
    ]


def svg(exercise: Exercise) -> str:
    """The network as SVG with its given weights; nothing where it is no network."""
    network = exercise.network
    if network is None:
        return ""
    learnt = [
        layer.taken_apart(exercise.problem.values, names, network.convention)
        for layer, names in zip(network.layers, network.names, strict=True)
    ]
    titles = [
        f"{names.title}: {layer.op.name}"
        for layer, names in zip(network.layers, network.names, strict=True)
    ]
    biases = [np.zeros(w.shape[1]) if bias is None else bias for w, bias in learnt]
    return drawing.drawing(
        labels(exercise.sizes), weights=[weights for weights, _ in learnt],
        biases=biases if any(bias is not None for _, bias in learnt) else None,
        titles=["inputs", *titles],
    )  # fmt: skip


def size(sizes: Sequence[int]) -> Point:
    """How wide and how high the picture is."""
    tallest = max(min(count, MOST) for count in sizes)
    return 2 * EDGE + ACROSS * (len(sizes) - 1), 2 * EDGE + DOWN * (tallest - 1)


def _columns(sizes: Sequence[int]) -> list[list[Point]]:
    middle = size(sizes)[1] / 2
    return [
        [
            (EDGE + ACROSS * column, middle + DOWN * ((min(count, MOST) - 1) / 2 - row))
            for row in range(min(count, MOST))
        ]
        for column, count in enumerate(sizes)
    ]


def _lines(columns: Sequence[Sequence[Point]]) -> Iterator[tuple[Point, Point]]:
    """From the edge of each circle to the edge of each in the next column."""
    for before, behind in pairwise(columns):
        for x1, y1 in before:
            for x2, y2 in behind:
                length = float(np.hypot(x2 - x1, y2 - y1))
                dx, dy = RADIUS * (x2 - x1) / length, RADIUS * (y2 - y1) / length
                yield (x1 + dx, y1 + dy), (x2 - dx, y2 - dy)


def _named(sizes: Sequence[int]) -> Iterable[tuple[Point, str]]:
    """Each circle with its label; the last of a layer that goes on says so."""
    for column, names in zip(_columns(sizes), labels(sizes), strict=True):
        shown = [*names[: len(column)]]
        if len(names) > len(column):
            shown[-1] = "..."
        yield from zip(column, shown, strict=True)


@cache
def png(sizes: tuple[int, ...]) -> bytes:
    """The picture as PNG, black on white."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle

    width, height = size(sizes)
    figure = Figure(figsize=(width / INCH, height / INCH), dpi=DOTS)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    for (x1, y1), (x2, y2) in _lines(_columns(sizes)):
        axes.plot([x1, x2], [y1, y2], color="0.45", linewidth=0.8)
    for place, label in _named(sizes):
        axes.add_patch(Circle(place, RADIUS, facecolor="white", edgecolor="black"))
        axes.text(*place, label, ha="center", va="center", fontsize=9, parse_math=False)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def commands(sizes: Sequence[int]) -> str:
    """The picture as LaTeX, without any package."""
    width, height = size(sizes)
    parts = [
        rf"\qbezier({x1:.2f},{y1:.2f})({(x1 + x2) / 2:.2f},{(y1 + y2) / 2:.2f})({x2:.2f},{y2:.2f})"
        for (x1, y1), (x2, y2) in _lines(_columns(sizes))
    ]
    for (x, y), label in _named(sizes):
        parts.append(rf"\put({x:.2f},{y:.2f}){{\circle{{{2 * RADIUS:g}}}}}")
        parts.append(rf"\put({x:.2f},{y:.2f}){{\makebox(0,0){{\small {label}}}}}")
    body = "\n".join(parts)
    return (
        f"{{\\setlength{{\\unitlength}}{{1mm}}\n\\begin{{picture}}({width:g},{height:g})\n"
        f"{body}\n\\end{{picture}}\\par}}"
    )
