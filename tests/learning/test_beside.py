"""What lessons set beside their matrices: steps run by R, and pictures with words."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tools import needed
from workings.errors import UnknownName
from workings.learning import in_r, picture
from workings.systems import systems
from workings.views.drawing import drawing

TRACES = {word: one.trace() for word, one in systems().items() if word not in ("moons", "blobs")}


@pytest.mark.parametrize("word", TRACES)
def test_r_prints_what_the_engine_found(word: str) -> None:
    needed("Rscript", "r-base-core")
    trace = TRACES[word]
    shown = trace.program.names
    found = printed(in_r(trace, *shown).printed, shown)
    for step in shown:  # R prints 7 digits of the largest number of a matrix
        expected = np.ravel(trace[step])
        assert np.allclose(found[step], expected, rtol=1e-5, atol=1e-6), step


WORDS = {"TRUE": 1.0, "FALSE": 0.0}


def printed(text: str, shown: list[str]) -> dict[str, list[float]]:
    """The numbers that R prints below each name, row by row."""
    found: dict[str, list[float]] = {}
    word = ""
    for line in text.splitlines():
        word = line if line in shown else word
        row = re.match(r"\s*\[\d+,?\](.*)", line)
        cells = row[1].split() if row else []
        found.setdefault(word, []).extend(WORDS[x] if x in WORDS else float(x) for x in cells)
    return found


def test_only_what_the_shown_steps_need_is_in_the_script() -> None:
    script = in_r(TRACES["article"], "output").script
    assert "output <- sigmoid(" in script
    assert "d_output" not in script
    assert "lr" not in re.findall(r"\w+", script)


def test_a_step_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName, match="outptu"):
        in_r(TRACES["article"], "outptu")


def test_a_picture_says_in_words_what_it_shows() -> None:
    one = picture(drawing([["x1"], ["h1"]]), "One input & one neuron.")
    assert str(one) == "Picture: One input & one neuron."
    assert "<svg" in one._repr_html_()
    assert "One input &amp; one neuron." in one._repr_html_()
