"""Pictures of how good a model is: what they show is what they were given, and no more of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from workings.errors import ShapeError
from workings.views.figures import MOST_POINTS, short, svg
from workings.views.score_plots import (
    MOST_VERTICES,
    plot_calibration,
    plot_confusion,
    plot_errors,
    plot_folds,
    plot_histogram,
    plot_residuals,
    plot_roc,
    plot_sizes,
)

from .test_plots import NAMES, shown

CURVES = [("$a_1$", [0, 0.5, 1], [0, 0.9, 1]), ("_b", [0, 0.2, 1], [0, 0.4, 1])]
CALIBRATION: dict[str, Any] = {
    "said": [0.2, 0.7], "found": [0.25, 0.5], "counts": [40, 2],
    "errors": [[0.1, 0.3], [0.1, 0.3]], "x": "stated", "y": "found",
}  # fmt: skip
SIZES: dict[str, Any] = {
    "sizes": [0, 2, 8], "means": [0.5, 0.8, 0.82], "errors": [0.01, 0.02, float("nan")],
    "per_row": [0.1, 0.2, 0.9], "score": "accuracy", "best": 2, "chosen": 1, "bound": 0.8,
}  # fmt: skip
EACH = {
    "roc": lambda ax=None: plot_roc(CURVES, ax=ax),
    "calibration": lambda ax=None: plot_calibration(**CALIBRATION, ax=ax),
    "errors": lambda ax=None: plot_errors([1.0, 2.0], [1.5, 1.0], ax=ax),
    "histogram": lambda ax=None: plot_histogram([1.0, 2.0], [1.5, 1.0], ax=ax),
    "folds": lambda ax=None: plot_folds({"ours": [0.9, 0.8], "x": [0.7, 0.6]}, "R2", ax=ax),
    "sizes": lambda ax=None: plot_sizes(**SIZES, ax=ax),
}


@pytest.mark.parametrize("word", EACH)
def test_given_axes_are_used_and_the_same_picture_is_the_same_text(word: str) -> None:
    ax = Figure().add_subplot()
    assert EACH[word](ax) is ax
    picture = svg(EACH[word](), 'a "quoted" <sentence>')
    assert picture == svg(EACH[word](), 'a "quoted" <sentence>')
    assert picture.startswith('<svg role="img" aria-label="a &quot;quoted&quot; &lt;sentence&gt;"')


def test_curves_differ_in_colour_and_dashes_and_are_named_as_written() -> None:
    ax = plot_roc(CURVES)
    chance, *lines = ax.get_lines()
    assert [*chance.get_xdata()] == [*chance.get_ydata()] == [0, 1]
    assert len({line.get_color() for line in lines}) == 2
    assert len({line.get_linestyle() for line in lines}) == 2
    assert {"$a_1$", "_b", "guessing", "class (AUC)"} <= set(shown(svg(ax)))


def test_long_curves_and_many_points_are_thinned_to_their_ends() -> None:
    many = np.linspace(0, 1, 50_000)
    line = plot_roc([("a", many, many**0.5)]).get_lines()[1]
    assert len(line.get_xdata()) == MOST_VERTICES
    assert (line.get_xdata()[[0, -1]] == [0, 1]).all()
    for plot in (plot_residuals, plot_errors):
        points = plot(many, many + 0.1).get_lines()[-1]
        assert len(points.get_xdata()) == MOST_POINTS
    assert len(svg(plot_histogram(many, many**2))) < 100_000


def test_calibration_shows_its_counts() -> None:
    ax = plot_calibration(**CALIBRATION)
    assert [text.get_text() for text in ax.texts] == ["40", "2"]
    heights = [bar.get_height() for bar in ax.patches]
    assert heights[0] == pytest.approx(20 * heights[1])


def test_residuals_are_what_is_true_less_what_is_predicted() -> None:
    points = plot_errors([1.0, 2.0], [1.5, 1.0]).get_lines()[-1]
    assert points.get_xdata().tolist() == [1.5, 1.0]
    assert points.get_ydata().tolist() == [-0.5, 1.0]
    with pytest.raises(ShapeError):
        plot_histogram([1.0], [1.0, 2.0])


def test_folds_without_a_score_have_no_point() -> None:
    ax = plot_folds({"ours": [0.9, float("nan")], NAMES[0]: [float("nan")]}, "AUC")
    assert [len(line.get_xdata()) for line in ax.get_lines()[:1]] == [1]
    assert {"ours", short(NAMES[0])} <= set(shown(svg(ax)))


def test_sizes_are_evenly_spaced_and_the_chosen_ones_are_marked() -> None:
    ax = plot_sizes(**SIZES)
    words = shown(svg(ax))
    assert {"0", "2", "8", "best: 8", "recommended: 2", "weights per row of data"} <= set(words)


def test_long_names_of_classes_are_cut() -> None:
    words = shown(svg(plot_confusion([[1, 0], [0, 1]], ["x" * 500, "y"])))
    assert max(map(len, words)) == 24
