"""The network as a picture: one line a weight, signs not by colour alone, labels escaped."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from workings.errors import ShapeError
from workings.views.drawing import drawing

SVG = "{http://www.w3.org/2000/svg}"
LAYERS = [["age", "height"], ["h1", "h2", "h3"], ["ill"]]
WEIGHTS = [np.array([[0.5, -1.0, 0.25], [0.0, 0.125, -0.5]]), np.array([[2.0], [-1.5], [0.75]])]
BIASES = [np.array([[0.46, -0.72, 0.08]]), np.array([[0.69]])]


def read(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)  # noqa: S314 - our own text


def texts(tree: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in tree.iter(f"{SVG}text")]


def test_each_weight_is_a_line_and_each_neuron_a_circle() -> None:
    tree = read(drawing(LAYERS, weights=WEIGHTS, biases=BIASES, titles=["in", "hidden", "out"]))
    lines = list(tree.iter(f"{SVG}line"))
    assert len(lines) == 2 * 3 + 3 * 1
    assert len(list(tree.iter(f"{SVG}circle"))) == 6
    assert {"age", "height", "h1", "ill", "in", "hidden", "out"} <= set(texts(tree))


def test_width_says_how_large_and_dashes_say_negative() -> None:
    lines = list(read(drawing(LAYERS, weights=WEIGHTS)).iter(f"{SVG}line"))
    weights = [*WEIGHTS[0].ravel(), *WEIGHTS[1].ravel()]
    widths = [float(line.get("stroke-width", "")) for line in lines]
    assert (
        np.argsort(np.abs(weights), kind="stable").tolist()
        == np.argsort(widths, kind="stable").tolist()
    )
    dashed = [line.get("stroke-dasharray") is not None for line in lines]
    assert dashed == [weight < 0 for weight in weights]


def test_numbers_stand_on_the_lines_of_small_layers_only() -> None:
    small = texts(read(drawing(LAYERS, weights=WEIGHTS, biases=BIASES)))
    assert {"0.50", "-1.00", "0", "2.00", "-1.50", "0.46", "-0.72", "0.69"} <= set(small)
    labels = [[f"a{place}" for place in range(7)], ["b", "c"]]
    assert "0.50" not in texts(read(drawing(labels, weights=[np.full((7, 2), 0.5)])))


def test_large_layers_say_how_many_more_there_are() -> None:
    labels = [[f"x{place}" for place in range(64)], [f"h{place}" for place in range(13)], ["o"]]
    tree = read(drawing(labels))
    assert [text for text in texts(tree) if "more" in text] == ["… 52 more", "… 1 more"]
    assert len(list(tree.iter(f"{SVG}circle"))) == 12 + 12 + 1
    full = drawing([[f"x{place}" for place in range(12)], ["o"]])
    assert "more" not in "".join(texts(read(full)))


def test_labels_are_escaped_and_long_ones_have_a_tooltip() -> None:
    hostile = '<script>alert("&")</script>\x1b\u202e'
    picture = drawing([[hostile], ["o"]], titles=["<b>", "]]>"])
    tree = read(picture)
    assert list(tree.iter(f"{SVG}script")) == []
    tips = [tip.text for tip in tree.iter(f"{SVG}title")]
    assert '<script>alert("&")</script>\\x1b\\u202e' in tips
    assert '<script>alert("&"…' in texts(tree)


def test_it_says_what_it_is_and_takes_the_colour_around_it() -> None:
    tree = read(drawing(LAYERS, weights=WEIGHTS))
    assert tree.get("role") == "img"
    assert tree.findtext(f"{SVG}title") == "A fully connected network"
    about = tree.findtext(f"{SVG}desc") or ""
    assert "2 inputs, then 3, then 1 neurons" in about
    assert "dashed lines are negative" in about
    colours = {element.get(key) for element in tree.iter() for key in ("fill", "stroke")}
    assert colours == {None, "none", "currentColor"}


def test_values_that_are_not_finite_are_drawn() -> None:
    tree = read(drawing([["a", "b", "c"], ["o"]], weights=[np.array([[np.nan], [np.inf], [1.0]])]))
    assert {"nan", "inf", "1.00"} <= set(texts(tree))
    zero = read(drawing([["a"], ["o"]], weights=[np.zeros((1, 1))]))
    assert len(list(zero.iter(f"{SVG}line"))) == 1


@pytest.mark.parametrize(
    "given", [{"weights": WEIGHTS[:1]}, {"weights": WEIGHTS[::-1]}, {"biases": BIASES[::-1]}]
)
def test_what_does_not_fit_is_refused(given: dict[str, list[np.ndarray]]) -> None:
    with pytest.raises(ShapeError, match=f"cannot draw {next(iter(given))} of shapes"):
        drawing(LAYERS, **given)  # type: ignore[arg-type]
