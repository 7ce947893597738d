"""Lines that are no longer than there is room for, and lose nothing."""

from __future__ import annotations

import pytest

from workings.network import Dense, Network
from workings.notations import notation, spell
from workings.optimizers import optimizers
from workings.views.wrapping import NARROWEST, wrapped

PLAIN = notation("plain")
FORMULAS = [
    f"{step.name} = {spell(step.expr, PLAIN)}"
    for word in optimizers() for step in Network([Dense(3), Dense(2), Dense(1)]).training(word)
]  # fmt: skip


@pytest.mark.parametrize("width", [NARROWEST, 40, 80])
def test_no_line_is_too_long_and_every_word_is_there(width: int) -> None:
    for formula in FORMULAS:
        lines = wrapped(formula, width, indent="  ")
        assert max(map(len, lines)) <= width
        # a name longer than a line is broken, so spaces are left out of the comparison
        assert "".join("".join(lines).split()) == "".join(formula.split())
        assert all(line.startswith("    ") for line in lines[1:])


def test_no_line_ends_with_an_operator() -> None:
    longest = max(len(word) for formula in FORMULAS for word in formula.split())
    for formula in FORMULAS:
        for line in wrapped(formula, 2 * longest)[:-1]:
            assert line[-1] not in "+-*/@=<>", line


def test_parentheses_are_kept_on_a_line_where_there_is_room() -> None:
    assert wrapped("slope = activations_of_the_layer * (1 - activations_of_the_layer)", 60) == [
        "slope = activations_of_the_layer",
        "  * (1 - activations_of_the_layer)",
    ]


def test_a_word_longer_than_a_line_is_broken_and_kept() -> None:
    word = "".join(f"{place:03}" for place in range(80))
    lines = wrapped(f"it is {word}", 40, further="")
    assert max(map(len, lines)) == 40
    assert "".join(lines).replace(" ", "") == f"itis{word}"


def test_no_words_are_no_lines() -> None:
    assert wrapped("") == []
