"""A fully connected network as a picture: `drawing(layers, weights=..., biases=..., titles=...)`.

Neurons stand in columns, layer by layer. The width of a line says how large its weight is, and
its dashes that it is negative, so nothing is told by colour alone. Small layers have the numbers
on the lines; large ones show their first neurons and say how many more there are. The picture is
SVG that takes the colour of the text around it, so it works on light and on dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np

from workings.errors import ShapeError
from workings.files import clean
from workings.trace import Array

MOST = 12  # neurons of a layer that are drawn
NUMBERED = 6  # up to so many neurons on both sides, lines carry their numbers
RADIUS, DOWN, TOP, LEFT = 17, 62, 40, 150
ACROSS, LANE = 150, 36  # between columns, and for each lane of numbers there
LONGEST = 18  # signs of a label


@dataclass(frozen=True)
class _Column:
    """One layer as it is drawn: the heights of its neurons, and how many are left out."""

    x: float
    heights: tuple[float, ...]
    more: int


def drawing(
    layers: Sequence[Sequence[str]],
    *,
    weights: Sequence[Array] | None = None,
    biases: Sequence[Array] | None = None,
    titles: Sequence[str] = (),
    about: str = "",
) -> str:
    """The network as SVG. `layers` are the labels of the neurons, the inputs first.

    `weights` are one array (neurons before x neurons behind) for each layer but the first,
    `biases` as many arrays of one number a neuron, `titles` the headings of the columns, `about`
    what is read out instead of the counts. Without weights all lines are alike. Raises
    `ShapeError` where they do not fit the labels.

    >>> picture = drawing([["age", "height"], ["h1"], ["ill"]])
    >>> picture.startswith("<svg "), picture.count("<line ")
    (True, 3)
    """
    sizes = [len(layer) for layer in layers]
    _check(sizes, weights, biases)
    tallest = max(min(size, MOST) + (size > MOST) for size in sizes)
    columns = _columns(sizes, tallest)
    parts = [_titles(columns, titles)]
    for place in range(1, len(layers)):
        matrix = None if weights is None else np.asarray(weights[place - 1], dtype=float)
        parts.append(_lines(columns[place - 1], columns[place], matrix, largest=_largest(weights)))
    for place, layer in enumerate(layers):
        bias = np.ravel(biases[place - 1]) if biases is not None and place else None
        parts.append(_neurons(columns[place], layer, bias, side=_side(place, len(layers))))
    width, height = columns[-1].x + LEFT, TOP + tallest * DOWN + 24
    said = escape(clean(about)) or _described(sizes, weights is not None)
    return _framed(parts, width, height, said)


def _check(
    sizes: Sequence[int], weights: Sequence[Array] | None, biases: Sequence[Array] | None
) -> None:
    pairs = list(pairwise(sizes))
    for what, given, wanted in (
        ("weights", weights, pairs),
        ("biases", None if biases is None else [np.ravel(bias) for bias in biases],
         [(size,) for _, size in pairs]),
    ):  # fmt: skip
        found = None if given is None else [np.shape(one) for one in given]
        if found is not None and found != wanted:
            raise ShapeError(
                f"cannot draw {what} of shapes {found}: {wanted} were expected",
                found=found, expected=wanted,
            )  # fmt: skip


def _columns(sizes: Sequence[int], tallest: int) -> list[_Column]:
    """The layers from left to right; a large layer leaves more room for the lines before it."""
    columns: list[_Column] = []
    x = float(LEFT)
    for size in sizes:
        shown = min(size, MOST)
        start = TOP + (tallest - shown - (size > MOST)) * DOWN / 2 + DOWN / 2
        x += (ACROSS + LANE * min(shown, NUMBERED)) if columns else 0
        heights = tuple(start + row * DOWN for row in range(shown))
        columns.append(_Column(x, heights, size - shown))
    return columns


def _largest(weights: Sequence[Array] | None) -> float:
    cells = [abs(np.ravel(one)) for one in weights or ()]
    finite = [float(one[np.isfinite(one)].max(initial=0.0)) for one in cells]
    return max(finite, default=0.0) or 1.0


# -- lines -----------------------------------------------------------------------------------------


def _lines(before: _Column, behind: _Column, weights: Array | None, *, largest: float) -> str:
    numbered = max(len(before.heights), len(behind.heights)) <= NUMBERED
    drawn, numbers = [], []
    for row, start in enumerate(before.heights):
        for column, end in enumerate(behind.heights):
            weight = None if weights is None else float(weights[row, column])
            ends = (before.x + RADIUS, start, behind.x - RADIUS, end)
            drawn.append(_line(ends, weight, largest))
            if weight is not None and numbered:
                numbers.append(_number(ends, weight, column))
    return f'<g stroke="currentColor">{"".join(drawn)}</g><g font-size="10">{"".join(numbers)}</g>'


def _line(ends: Sequence[float], weight: float | None, largest: float) -> str:
    x1, y1, x2, y2 = ends
    share = abs(weight) / largest if weight is not None and math.isfinite(weight) else 0.2
    dashes = ' stroke-dasharray="6 4"' if weight is not None and weight < 0 else ""
    look = f'stroke-width="{0.5 + 3.5 * share:.2f}" stroke-opacity="{0.25 + 0.3 * share:.2f}"'
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" {look}{dashes}/>'


def _number(ends: Sequence[float], weight: float, lane: int) -> str:
    """A number just above its line, turned as it is; each target has a lane of its own."""
    x1, y1, x2, y2 = ends
    along = (LANE * (lane + 1)) / (x2 - x1)
    x, y = x1 + along * (x2 - x1), y1 + along * (y2 - y1)
    turn = math.degrees(math.atan2(y2 - y1, x2 - x1))
    return (
        f'<text transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f})" y="-4" '
        f'text-anchor="middle">{_short(weight)}</text>'
    )


def _short(value: float) -> str:
    return f"{value:.2f}" if 0.005 <= abs(value) < 1000 else f"{value:.2g}"


# -- neurons ---------------------------------------------------------------------------------------


def _side(place: int, count: int) -> str:
    """Where the label of a neuron stands."""
    return "left" if place == 0 else "right" if place == count - 1 else "inside"


def _neurons(column: _Column, labels: Sequence[str], bias: Any, *, side: str) -> str:
    parts = []
    for row, height in enumerate(column.heights):
        circle = (
            f'<circle cx="{column.x:g}" cy="{height:g}" r="{RADIUS}" fill="none" '
            'stroke="currentColor" stroke-width="1.5"/>'
        )
        under = ""
        if bias is not None:
            numbered = len(labels) <= NUMBERED
            under = _bias(column.x, height, float(bias[row]), numbered=numbered)
        label = _label(column.x, height, labels[row], side=side)
        parts.append(f"<g>{_tooltip(labels[row])}{circle}{label}{under}</g>")
    if column.more:
        y = column.heights[-1] + DOWN
        parts.append(_text(column.x, y + 4, f"… {column.more} more", anchor="middle"))
    return "".join(parts)


def _label(x: float, y: float, label: str, *, side: str) -> str:
    short = _shortened(label, 4 if side == "inside" else LONGEST)
    offset = {"left": -RADIUS - 8, "right": RADIUS + 8, "inside": 0}[side]
    anchor = {"left": "end", "right": "start", "inside": "middle"}[side]
    return _text(x + offset, y + 4, short, anchor=anchor)


def _bias(x: float, y: float, value: float, *, numbered: bool) -> str:
    """The bias: a small square below the neuron, and its number if there is room."""
    top = y + RADIUS
    number = f'<text x="{x + 8:g}" y="{top + 13:g}" font-size="10">{_short(value)}</text>'
    dashes = ' stroke-dasharray="2 2"' if value < 0 else ""
    return (
        f'<path d="M{x:g} {top:g}v5" stroke="currentColor"{dashes}/>'
        f'<rect x="{x - 4:g}" y="{top + 5:g}" width="8" height="8" fill="none" '
        'stroke="currentColor"/>' + (number if numbered else "")
    )


# -- words -----------------------------------------------------------------------------------------


def _titles(columns: Sequence[_Column], titles: Sequence[str]) -> str:
    return "".join(
        f"<g>{_tooltip(title)}{_text(column.x, 26, _shortened(title, 26), anchor='middle')}</g>"
        for column, title in zip(columns, titles, strict=False)
    )


def _text(x: float, y: float, words: str, *, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{words}</text>'


def _tooltip(words: str) -> str:
    return f"<title>{escape(clean(words))}</title>"


def _shortened(label: str, most: int) -> str:
    label = clean(label)
    return escape(label if len(label) <= most else label[: most - 1] + "…")


def _described(sizes: Sequence[int], weighted: bool) -> str:
    inputs, *layers = sizes
    counts = ", then ".join(str(size) for size in layers)
    lines = (
        " The wider a line, the larger the weight; dashed lines are negative weights."
        if weighted else ""
    )  # fmt: skip
    return (
        f"Columns from left to right: {inputs} inputs, then {counts} neurons. "
        f"Every neuron is connected to every neuron of the next column.{lines}"
    )


def _framed(parts: Sequence[str], width: float, height: float, about: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" font-family="system-ui, sans-serif" '
        'font-size="12" fill="currentColor"><title>A fully connected network</title>'
        f"<desc>{about}</desc>{''.join(parts)}</svg>"
    )
