"""Plots: names literally, markers beside colours, no global state, the same text again."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from workings.errors import ShapeError
from workings.views.plots import plot_boundary, plot_loss, svg
from workings.views.score_plots import plot_confusion, plot_residuals

NAMES = ["$a_1$ and $b$", "_hidden%", "\\frac{国}<b>"]
POINTS = np.array([[0.0, 0.0], [1.0, 0.5], [0.2, 2.0], [1.2, 1.8]])


def three(points: Any) -> Any:
    scores = np.column_stack([-points[:, 0], points[:, 0], points[:, 1]])
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def boundary(ax: Any = None) -> Any:
    return plot_boundary(three, POINTS, [0, 1, 2, 2], NAMES, names=["cost_$", "100%_$x$"], ax=ax)


def shown(picture: str) -> list[str]:
    tree = ElementTree.fromstring(picture)  # noqa: S314 - our own text
    return ["".join(text.itertext()) for text in tree.iter("{http://www.w3.org/2000/svg}text")]


def test_names_come_out_as_they_are_written() -> None:
    assert {*NAMES, "cost_$", "100%_$x$"} <= set(shown(svg(boundary())))
    confusion = plot_confusion([[5, 1, 0], [0, 4, 2], [0, 0, 3]], NAMES)
    words = shown(svg(confusion))
    assert {"predicted", "true"} <= set(words)
    assert [words.count(label) for label in NAMES] == [2, 2, 2]


@pytest.mark.fault("T15", "T16")
def test_control_characters_are_shown_not_obeyed() -> None:
    picture = svg(plot_confusion([[1]], ["\x1b[31m\u202e"]))
    assert "\\x1b[31m\\u202e" in shown(picture)


def test_classes_differ_in_marker_and_colour() -> None:
    lines = [line for line in boundary().get_lines() if len(line.get_xdata())]
    assert (
        len({line.get_marker() for line in lines}) == len({line.get_color() for line in lines}) == 3
    )
    assert [len(line.get_xdata()) for line in lines] == [1, 1, 2]


def test_two_classes_may_have_one_probability() -> None:
    ax = plot_boundary(
        lambda points: 1 / (1 + np.exp(-(points[:, :1] - 0.6) * 9)), POINTS, [0, 1, 0, 1],
        ["no", "yes"], names=["a", "b"],
    )  # fmt: skip
    lines = [path.vertices for line in ax.collections for path in line.get_paths()]
    assert len(lines) == 2
    np.testing.assert_allclose(np.vstack(lines)[:, 0], 0.6, atol=0.01)


def test_one_class_everywhere_has_no_line() -> None:
    ax = plot_boundary(
        lambda points: np.zeros((len(points), 1)), POINTS, [0] * 4, ["no", "yes"], names=["a", "b"]
    )
    assert len(ax.collections) == 0


def test_the_loss_has_a_line_for_each_part_and_marks_the_best() -> None:
    ax = plot_loss([1, 2, 3], [3.0, 2.0, 1.0], [3.5, 2.5, 2.75], best=2)
    train, validation, best = ax.get_lines()
    assert train.get_ydata().tolist() == [3.0, 2.0, 1.0]
    assert (train.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert list(best.get_xdata()) == [2, 2]
    assert {"training", "validation", "best: 2", "epoch", "loss"} <= set(shown(svg(ax)))
    assert ax.get_yscale() == "linear"
    assert plot_loss([1, 2, 3], [1e4, float("nan"), 1.0]).get_yscale() == "log"


def test_the_confusion_matrix_says_every_count() -> None:
    counts = np.array([[51, 7], [13, 42]])
    ax = plot_confusion(counts, ["no", "yes"])
    assert {text.get_text() for text in ax.texts} == {"51", "7", "13", "42"}
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["13"] == (0, 1)
    with pytest.raises(ShapeError, match=r"\(2, 2\) for 3 classes"):
        plot_confusion(counts, NAMES)


def test_residuals_are_set_against_equality() -> None:
    ax = plot_residuals([[1.0], [2.0]], [1.5, 1.75])
    line, points = ax.get_lines()
    assert list(line.get_xdata()) == list(line.get_ydata()) == [1.0, 2.0]
    assert points.get_ydata().tolist() == [1.5, 1.75]
    with pytest.raises(ShapeError):
        plot_residuals([1.0], [1.0, 2.0])


def test_a_plane_has_two_columns() -> None:
    with pytest.raises(ShapeError, match="2 columns"):
        plot_boundary(three, np.ones((3, 3)), [0, 1, 2], NAMES, names=["a", "b"])


def test_given_axes_are_used_and_returned() -> None:
    ax = Figure().add_subplot()
    assert plot_loss([1], [1.0], ax=ax) is ax
    assert plot_residuals([1.0], [1.0], ax=ax) is ax
    assert plot_confusion([[1]], ["a"], ax=ax) is ax
    assert boundary(ax) is ax


def test_the_same_picture_is_the_same_text_and_changes_no_setting() -> None:
    before = dict(mpl.rcParams)
    first, second = svg(boundary()), svg(boundary().figure)
    assert first == second
    assert first.startswith("<svg")
    assert dict(mpl.rcParams) == before


def test_pictures_share_no_names_and_take_the_colour_around_them() -> None:
    pictures = [svg(plot_residuals([1.0], [value])) for value in (1.0, 2.0)]
    ids = [re.findall(r'\bid="([^"]+)"', picture) for picture in pictures]
    assert not set(ids[0]) & set(ids[1])
    for picture, known in zip(pictures, ids, strict=True):
        used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', picture))
        assert used
        assert {a or b for a, b in used} <= set(known)
        assert "currentColor" in picture
        assert "#010203" not in picture


def test_matplotlib_is_loaded_only_when_something_is_plotted() -> None:
    code = (
        "import sys, workings.views.plots, workings.views.table, workings.views.html;"
        "print(sorted({'matplotlib', 'rich', 'sklearn'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert found.stdout == "[]\n"
