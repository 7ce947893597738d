"""Curves and maps, drawn with matplotlib, which is loaded when a function here is called.

    plot_loss        how the loss fell, on training and validation rows
    plot_confusion   which class was taken for which
    plot_residuals   what was predicted against what was true
    plot_boundary    where in a plane which class is predicted
    plot_activations what activations do to their input, and how steep they are there
    svg              any of them as text for a page

Each takes `ax=` and returns it; without one it makes a figure of its own and touches no state of
pyplot. Names from data come out as they are written: `$`, `_` and `%` mean nothing here. Classes
differ in colour and in marker; the colours (Okabe and Ito 2008) differ for the colour-blind too.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from workings.errors import ShapeError
from workings.files import clean
from workings.trace import Array

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6D31", "#7F7F7F")
MARKERS = "osD^vPX*"
INK = "#010203"  # our own figures are drawn in it; `svg` makes it the colour of the text around
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
    ax = _axes(ax)
    ax.plot(epochs, train, color=COLOURS[0], label="training")
    if validation is not None:
        ax.plot(epochs, validation, "--", color=COLOURS[5], label="validation")
    if best is not None:
        ax.axvline(best, color=COLOURS[7], linestyle=":", label=f"best: {best:g}")
    losses = np.asarray([*train, *(validation if validation is not None else [])], dtype=float)
    losses = losses[np.isfinite(losses)]
    if losses.size and losses.min() > 0 and losses.max() > 1000 * losses.min():
        ax.set_yscale("log")
    _words(ax, "epoch", "loss")
    _legend(ax, *_drawn(ax))
    return ax


def plot_confusion(matrix: Any, labels: Sequence[str], ax: Any = None) -> Any:
    """Which class (rows) was taken for which (columns): counts, shaded by their share of the row.

    `matrix` is classes x classes. Raises `ShapeError` where it does not fit the labels.
    """
    counts = np.asarray(matrix)
    if counts.shape != (len(labels), len(labels)):
        raise ShapeError(
            f"cannot draw a confusion matrix of shape {counts.shape} for {len(labels)} classes",
            found=counts.shape, expected=(len(labels), len(labels)),
        )  # fmt: skip
    ax = _axes(ax)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.5 else "black"
        ax.text(column, row, f"{count:g}", ha="center", va="center", color=colour)
    words = [_word(label) for label in labels]
    turned = 45 if max(map(len, words), default=0) > 8 else 0
    ax.set_xticks(
        range(len(words)), words, parse_math=False, rotation=turned,
        ha="right" if turned else "center", rotation_mode="anchor",
    )  # fmt: skip
    ax.set_yticks(range(len(words)), words, parse_math=False)
    _words(ax, "predicted", "true")
    return ax


def plot_residuals(truth: Any, predicted: Any, ax: Any = None) -> Any:
    """What was predicted against what was true; on the line both are the same."""
    truth, predicted = np.ravel(truth), np.ravel(predicted)
    if truth.shape != predicted.shape:
        raise ShapeError(f"cannot compare {truth.size} true with {predicted.size} predicted values")
    ax = _axes(ax)
    ends = [min(truth.min(), predicted.min()), max(truth.max(), predicted.max())]
    ax.plot(ends, ends, "--", color=COLOURS[7], linewidth=1, label="predicted = true")
    ax.plot(truth, predicted, "o", color=COLOURS[0], alpha=0.7, markersize=5, label="rows")
    _words(ax, "true", "predicted")
    _legend(ax, *_drawn(ax))
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
    ax = _axes(ax)
    _regions(ax, predict, points)
    drawn = []
    for code in range(len(labels)):
        chosen = points[codes == code]
        drawn += ax.plot(
            chosen[:, 0], chosen[:, 1], MARKERS[code % len(MARKERS)], color=_colour(code),
            markersize=5, markeredgecolor="white", markeredgewidth=0.6, linestyle="none",
        )  # fmt: skip
    _words(ax, *names)
    _legend(ax, drawn, labels, beside=True)
    return ax


def plot_activations(x: Array, curves: Mapping[str, tuple[Array, Array]], *, ax: Any = None) -> Any:
    """Activations over their input `x` (m,): each curve a line, its slope dashed beside.

    `curves` holds for each name the outputs and the slopes, both (m,).
    """
    ax = _axes(ax)
    for place, (word, (y, slope)) in enumerate(curves.items()):
        colour = COLOURS[place % len(COLOURS)]
        ax.plot(x, y, color=colour, label=_word(word))
        ax.plot(x, slope, "--", color=colour, linewidth=1, label=_word(f"slope of {word}"))
    _words(ax, "input", "output")
    _legend(ax, *_drawn(ax))
    return ax


def svg(ax_or_figure: Any) -> str:
    """The picture as SVG to be put into a page: the same text for the same picture.

    Text stays text; names in it are made its own, so that several pictures go on one page.
    """
    import matplotlib as mpl

    figure = getattr(ax_or_figure, "figure", None) or ax_or_figure
    settings: Any = {"svg.hashsalt": "workings", "svg.fonttype": "none"}
    file = io.StringIO()
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the reader's own fonts have it
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    own = hashlib.sha256(text.encode()).hexdigest()[:8]
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>p{own}-", text)
    return text.replace(INK, "currentColor")


# -- what they share -------------------------------------------------------------------------------


def _axes(ax: Any) -> Any:
    """The axes given, or those of a new figure, in a colour that `svg` can adapt."""
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    ax = Figure(figsize=(6, 4), layout="constrained").add_subplot()
    ax.set_facecolor("none")
    ax.tick_params(colors=INK, which="both")
    ax.spines[:].set_color(INK)
    ax.spines[["top", "right"]].set_visible(False)
    for label in (ax.xaxis.label, ax.yaxis.label, ax.title):
        label.set_color(INK)
    return ax


def _word(text: str) -> str:
    return clean(str(text))


def _words(ax: Any, x: str, y: str) -> None:
    ax.set_xlabel(_word(x), parse_math=False)
    ax.set_ylabel(_word(y), parse_math=False)


def _drawn(ax: Any) -> tuple[list[Any], list[str]]:
    lines = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    return lines, [line.get_label() for line in lines]


def _legend(ax: Any, drawn: Sequence[Any], labels: Sequence[str], *, beside: bool = False) -> None:
    """A legend; labels are set afterwards, as one that begins with `_` would be left out."""
    place = {"loc": "upper left", "bbox_to_anchor": (1, 1)} if beside else {}
    legend = ax.legend(drawn, ["?"] * len(drawn), frameon=False, **place)
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set_parse_math(False)
        text.set_text(_word(label))
        text.set_color(ax.xaxis.label.get_color())


def _colour(code: int) -> str:
    return COLOURS[code % len(COLOURS)]


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
    colours = np.array([to_rgb(_colour(code)) for code in range(count)])[winner]
    picture = np.column_stack([colours, 0.08 + 0.37 * sure]).reshape(FINE, FINE, 4)
    ax.imshow(
        picture, extent=(left, right, bottom, top), origin="lower", aspect="auto",
        interpolation="bilinear",
    )  # fmt: skip
    for code in range(count):
        ahead = shares[:, code] - np.delete(shares, code, axis=1).max(axis=1)
        if ahead.min() < 0 < ahead.max():
            ax.contour(across, up, ahead.reshape(FINE, FINE), [0], colors=INK, linewidths=1)
