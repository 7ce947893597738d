"""Curves and maps, drawn with matplotlib, which is loaded when a function here is called.

    plot_loss        how the loss fell, on training and validation rows
    plot_boundary    where in a plane which class is predicted
    plot_activations what activations do to their input, and how steep they are there
    svg              any picture as text for a page

Each takes `ax=` and returns it; without one it makes a figure of its own and touches no state of
pyplot. Names from data come out as they are written: `$`, `_` and `%` mean nothing here. Classes
differ in colour and in marker; the colours (Okabe and Ito 2008) differ for the colour-blind too.
How good a model is has pictures of its own in `score_plots`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from workings.errors import ShapeError
from workings.trace import Array
from workings.views.figures import (
    COLOURS,
    FAINT,
    INK,
    MARKERS,
    axes,
    colour_of,
    drawn,
    legend,
    some,
    word,
    words,
)
from workings.views.figures import svg as svg

FINE = 160  # points of the plane along each side


def plot_loss(
    epochs: Sequence[float],
    train: Sequence[float],
    validation: Sequence[float] | None = None,
    *,
    best: float | None = None,
    ax: Any = None,
) -> Any:
    """The loss over the epochs: a line for training, a dashed one for validation rows.

    `best` marks the epoch whose weights were kept. Losses that fell by more than a factor of 1000
    are shown on a logarithmic axis.
    """
    ax = axes(ax)
    ax.plot(epochs, train, color=COLOURS[0], label="training")
    if validation is not None:
        ax.plot(epochs, validation, "--", color=COLOURS[5], label="validation")
    if best is not None:
        ax.axvline(best, color=FAINT, linestyle=":", label=f"best: {best:g}")
    losses = np.asarray([*train, *(validation if validation is not None else [])], dtype=float)
    losses = losses[np.isfinite(losses)]
    if losses.size and losses.min() > 0 and losses.max() > 1000 * losses.min():
        ax.set_yscale("log")
    words(ax, "epoch", "loss")
    legend(ax, *drawn(ax))
    return ax


def plot_boundary(
    predict: Callable[[Array], Array],
    X: Any,
    y_codes: Any,
    labels: Sequence[str],
    *,
    names: Sequence[str],
    ax: Any = None,
) -> Any:
    """Where in the plane of two columns which class is predicted, and how surely.

    `predict` takes points (m x 2) and gives probabilities: m x classes, or m x 1 for the second
    of two. `X` (n x 2) are the rows, `y_codes` (n) the places of their classes in `labels`,
    `names` those of the two columns. The stronger the colour, the surer; lines part the classes.
    """
    points, codes = np.asarray(X, dtype=float), np.ravel(y_codes).astype(int)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ShapeError(f"a boundary is drawn over 2 columns, not over {points.shape}")
    ax = axes(ax)
    _regions(ax, predict, points)
    shown = some(len(points))
    points, codes = points[shown], codes[shown]
    marks = []
    for code in range(len(labels)):
        chosen = points[codes == code]
        marks += ax.plot(
            chosen[:, 0], chosen[:, 1], MARKERS[code % len(MARKERS)], color=colour_of(code),
            markersize=5, markeredgecolor="white", markeredgewidth=0.6, linestyle="none",
        )  # fmt: skip
    words(ax, *names)
    legend(ax, marks, labels, loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def plot_activations(
    x: Array,
    curves: Mapping[str, tuple[Array, Array]],
    *,
    called: tuple[str, str] = ("input", "output"),
    ax: Any = None,
) -> Any:
    """Activations over their input `x` (m,): each curve a line, its slope dashed beside.

    `curves` holds for each name the outputs and the slopes, both (m,); `called` is what the axes
    are called.
    """
    ax = axes(ax)
    for place, (name, (y, slope)) in enumerate(curves.items()):
        colour = COLOURS[place % len(COLOURS)]
        ax.plot(x, y, color=colour, label=word(name))
        ax.plot(x, slope, "--", color=colour, linewidth=1, label=word(f"slope of {name}"))
    words(ax, *called)
    legend(ax, *drawn(ax))
    return ax


def _regions(ax: Any, predict: Callable[[Array], Array], points: Array) -> None:
    """The plane, coloured by class and sureness, and the lines between the classes."""
    from matplotlib.colors import to_rgb

    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.where(high > low, (high - low) * 0.08, 1.0)
    (left, bottom), (right, top) = low - margin, high + margin
    across, up = np.meshgrid(np.linspace(left, right, FINE), np.linspace(bottom, top, FINE))
    found = np.asarray(predict(np.column_stack([across.ravel(), up.ravel()])))
    shares = np.hstack([1 - found, found]) if found.shape[1] == 1 else found
    count = shares.shape[1]
    winner = shares.argmax(axis=1)
    sure = (shares.max(axis=1) - 1 / count) / (1 - 1 / count)
    colours = np.array([to_rgb(colour_of(code)) for code in range(count)])[winner]
    picture = np.column_stack([colours, 0.08 + 0.37 * sure]).reshape(FINE, FINE, 4)
    ax.imshow(
        picture, extent=(left, right, bottom, top), origin="lower", aspect="auto",
        interpolation="bilinear",
    )  # fmt: skip
    for code in range(count):
        ahead = shares[:, code] - np.delete(shares, code, axis=1).max(axis=1)
        if ahead.min() < 0 < ahead.max():
            ax.contour(across, up, ahead.reshape(FINE, FINE), [0], colors=INK, linewidths=1)
