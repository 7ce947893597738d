"""Pictures of how good a model is, drawn with matplotlib as those in `plots` are.

    plot_confusion    which class was taken for which
    plot_roc          how many are found, against how many false alarms that costs
    plot_calibration  whether of those given 70 % some 70 % are so, and how many rows say it
    plot_residuals    what was predicted against what was true
    plot_errors       by how much predictions miss, against what was predicted
    plot_histogram    how often they miss by how much
    plot_folds        the scores of each fold, for each of those compared
    plot_sizes        the score of each hidden size, and the weights per row that it costs

Each takes `ax=` and returns it. Curves differ in colour and in dashes; no picture draws more than
a page can show: of many points some are drawn, chosen by chance and always the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workings.errors import ShapeError
from workings.views.figures import (
    COLOURS,
    DARK,
    FAINT,
    INK,
    axes,
    beside,
    colour_of,
    drawn,
    legend,
    short,
    some,
    words,
)

DASHES: tuple[Any, ...] = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)))
MOST_VERTICES = 300  # of one curve


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
    side = 2.2 + 0.42 * len(labels)
    ax = axes(ax, (max(4.2, side + 1), max(3.4, side)))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.5 else DARK if count else FAINT
        ax.text(column, row, f"{count:g}", ha="center", va="center", color=colour)
    names = [short(label) for label in labels]
    turned = 45 if max(map(len, names), default=0) > 8 else 0
    ax.set_xticks(
        range(len(names)), names, parse_math=False, rotation=turned,
        ha="right" if turned else "center", rotation_mode="anchor",
    )  # fmt: skip
    ax.set_yticks(range(len(names)), names, parse_math=False)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    words(ax, "predicted", "true")
    return ax


def plot_roc(curves: Sequence[tuple[str, Any, Any]], ax: Any = None) -> Any:
    """For each curve (label, false positive rates, true positive rates) a line.

    The dotted diagonal is what guessing gives; a curve that hugs the upper left corner tells the
    class from the others without mistake.
    """
    ax = axes(ax, (6.4, 4.4))
    (chance,) = ax.plot([0, 1], [0, 1], ":", color=FAINT, linewidth=1.2)
    lines, labels = [], []
    for place, (label, wrong, right) in enumerate(curves):
        x, y = (_thinned(np.asarray(rates, float)) for rates in (wrong, right))
        dashes = DASHES[place % len(DASHES)]
        lines += ax.plot(x, y, linestyle=dashes, color=colour_of(place), linewidth=1.8)
        labels.append(label)
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    words(ax, "false positive rate", "true positive rate")
    beyond = {"loc": "center left", "bbox_to_anchor": (1.02, 0.5)}
    legend(ax, [*lines, chance], [*labels, "guessing"], title="class (AUC)", **beyond)
    return ax


def plot_calibration(
    said: Any, found: Any, counts: Any, errors: Any, *, x: str, y: str, ax: Any = None
) -> Any:
    """Mean stated probability of each bin against the share that was so, and the rows in it.

    All are (bins,), `errors` (2, bins) how far the interval of the share reaches down and up.
    Bars at the bottom are counts; on the dotted line what is stated is what is found.
    """
    ax = axes(ax, (6.4, 4.4))
    counts = np.asarray(counts, float)
    heights = 0.18 * counts / max(counts.max(initial=0), 1)
    ax.bar(said, heights, width=0.05, bottom=-0.25, color=FAINT, alpha=0.4)
    for x_of, height, count in zip(said, heights, counts, strict=True):
        ax.text(x_of, height - 0.245, f"{count:.0f}", ha="center", color=FAINT, fontsize=8)
    ax.axhline(-0.25, color=FAINT, linewidth=0.8)
    ax.plot([0, 1], [0, 1], ":", color=FAINT, linewidth=1.2, label="stated = found")
    ax.plot(said, found, color=COLOURS[0], alpha=0.4, linewidth=1.5)
    ax.errorbar(
        said, found, yerr=errors, fmt="o", color=COLOURS[0], capsize=3, markersize=7, elinewidth=1.2
    )
    ax.set_yticks(np.linspace(0, 1, 6))
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.27, 1.04))
    words(ax, x, y)
    legend(ax, *drawn(ax), loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


def plot_residuals(truth: Any, predicted: Any, ax: Any = None) -> Any:
    """What was predicted against what was true; on the line both are the same."""
    truth, predicted = _pairs(truth, predicted)
    ax = axes(ax)
    ends = [min(truth.min(), predicted.min()), max(truth.max(), predicted.max())]
    ax.plot(ends, ends, "--", color=FAINT, linewidth=1.2, label="predicted = true")
    _points(ax, truth, predicted)
    words(ax, "true", "predicted")
    legend(ax, *drawn(ax))
    return ax


def plot_errors(truth: Any, predicted: Any, ax: Any = None) -> Any:
    """Residuals (true less predicted) against what was predicted: around 0, and no pattern."""
    truth, predicted = _pairs(truth, predicted)
    ax = axes(ax)
    ax.axhline(0, color=FAINT, linestyle="--", linewidth=1.2)
    _points(ax, predicted, truth - predicted)
    words(ax, "predicted", "residual (true - predicted)")
    return ax


def plot_histogram(truth: Any, predicted: Any, ax: Any = None) -> Any:
    """How many rows miss by how much; the dashed line is at 0."""
    truth, predicted = _pairs(truth, predicted)
    ax = axes(ax)
    bins = int(np.clip(np.sqrt(truth.size), 5, 40))
    ax.hist(truth - predicted, bins=bins, color=COLOURS[0], alpha=0.8, edgecolor="white")
    ax.axvline(0, color=INK, linestyle="--", linewidth=1.2)
    ax.yaxis.set_major_locator(_whole_numbers(6))
    words(ax, "residual (true - predicted)", "rows")
    return ax


def plot_folds(values: Mapping[str, Sequence[float]], score: str, ax: Any = None) -> Any:
    """The score of each fold as a point, a line of them for each of those compared.

    The larger mark is the mean, its bar one standard deviation to each side.
    """
    ax = axes(ax, (6.4, 1.1 + 0.55 * len(values)))
    for place, found in enumerate(values.values()):
        x = np.asarray(found, float)
        x = x[np.isfinite(x)]
        ax.plot(
            x[some(x.size)], np.full(min(x.size, some(x.size).size), place + 0.18), "o",
            color=FAINT, alpha=0.7, markersize=4, linestyle="none",
        )  # fmt: skip
        if x.size:
            ax.errorbar(
                x.mean(), place - 0.12, xerr=x.std(ddof=1) if x.size > 1 else None, fmt="D",
                color=colour_of(place), capsize=4, markersize=7, elinewidth=1.8,
            )  # fmt: skip
    ax.set_yticks(range(len(values)), [short(label) for label in values], parse_math=False)
    ax.set_ylim(len(values) - 0.5, -0.5)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    words(ax, score, "")
    return ax


def plot_sizes(
    sizes: Sequence[int], means: Any, errors: Any, per_row: Any, *,
    score: str, best: int, chosen: int, bound: float, ax: Any = None,
) -> Any:  # fmt: skip
    """The mean score of each hidden size with its standard error, and weights per row of data.

    `best` and `chosen` are places in `sizes`; `bound` is one standard error short of the best:
    the smallest size that reaches it is chosen.
    """
    ax = axes(ax, (6.8, 4.2))
    x = np.arange(len(sizes))
    cost = beside(ax, "weights per row of data", COLOURS[5])
    cost.plot(x, per_row, "s--", color=COLOURS[5], markersize=4, linewidth=1.2)
    cost.set_ylim(bottom=0)
    ax.set_zorder(cost.get_zorder() + 1)
    (line,) = ax.plot([x[0] - 0.2, x[-1] + 0.2], [bound, bound], ":", color=FAINT, linewidth=1.6)
    ax.errorbar(
        x, means, yerr=np.nan_to_num(np.asarray(errors, float)), fmt="o-", color=COLOURS[0],
        capsize=4, markersize=6, linewidth=1.8,
    )  # fmt: skip
    marks = [ax.plot(x[best], means[best], "D", color=COLOURS[0], markersize=10)[0]]
    marks += ax.plot(
        x[chosen], means[chosen], "o", color="none", markeredgecolor=COLOURS[2], markersize=17,
        markeredgewidth=2.5,
    )  # fmt: skip
    ax.set_xticks(x, [str(count) for count in sizes])
    words(ax, "hidden neurons", f"{score}, mean ± standard error")
    place = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 3}
    labels = [f"best: {sizes[best]}", f"recommended: {sizes[chosen]}", "one standard error from it"]
    legend(ax, [*marks, line], labels, **place)
    return ax


def _pairs(truth: Any, predicted: Any) -> tuple[Any, Any]:
    truth, predicted = np.ravel(truth), np.ravel(predicted)
    if truth.shape != predicted.shape:
        raise ShapeError(f"cannot compare {truth.size} true with {predicted.size} predicted values")
    return truth, predicted


def _points(ax: Any, x: Any, y: Any) -> None:
    shown = some(x.size)
    ax.plot(
        x[shown], y[shown], "o", color=COLOURS[0], alpha=0.6, markersize=5, markeredgewidth=0,
        label="rows",
    )  # fmt: skip


def _thinned(values: Any) -> Any:
    """At most so many points of a curve, its ends among them."""
    if len(values) <= MOST_VERTICES:
        return values
    return values[np.linspace(0, len(values) - 1, MOST_VERTICES).astype(int)]


def _whole_numbers(most: int) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(most, integer=True)
