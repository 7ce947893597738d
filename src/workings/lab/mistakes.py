"""The famous mistakes, each a row: what it is, what it breaks, and which check catches it.

    mistake("lr-twice")     a row by its name
    mistakes()              all of them; behind the famous ones, every slip of the table

`caught` are the names of checks in `checks.py`; they are run, and a test holds the row to them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from workings import lookup
from workings.errors import UnknownName
from workings.lab.making import (
    Make,
    anywhere,
    changed,
    rows_of_biases,
    slipped,
    softmax_twice,
    wide_target,
)
from workings.slips import slips
from workings.views.wrapping import inside

ITERATIONS = 1000


@dataclass(frozen=True)
class Mistake:
    """One mistake: a title, what it breaks, and both sides of it.

    `caught` are the checks that give it away. Outputs are told where there are few rows.
    """

    name: str
    title: str
    breaks: str
    caught: tuple[str, ...]
    make: Make
    iterations: int = ITERATIONS


def mistake(word: str) -> Mistake:
    """The mistake called `word`; raises `UnknownName` with a suggestion."""
    found = famous().get(word)
    if found is None and word in slips():
        found = _of_slip(word)
    if found is None:
        raise UnknownName("mistake", word, mistakes())
    return found


def famous() -> dict[str, Mistake]:
    """The rows of this module, by name."""
    return lookup.rows(sys.modules[__name__], Mistake)


def mistakes() -> dict[str, Mistake]:
    """Every mistake by its name: the famous ones, then the slips that can be shown."""
    found = famous()
    for word in slips():
        row = None if word in found else _of_slip(word)
        if row is not None:
            found[word] = row
    return found


def _of_slip(word: str) -> Mistake | None:
    make = anywhere(word)
    if make is None:
        return None
    row = slips()[word]
    return Mistake(word, inside(row.told), f"It is made in {row.where}.", (), make)


# -- the rows --------------------------------------------------------------------------------------

ROW_SUMS = Mistake(
    "row-sums",
    "a bias for every row, moved by rowSums instead of colSums (the R listing)",
    "Each row learns its own answer by heart through its own bias: three equal rows labelled "
    "1, 1, 0 are told apart, and a new row has no bias at all.",
    ("gradient check", "shape check"), rows_of_biases, 5000,
)  # fmt: skip
RATE_TWICE = Mistake(
    "lr-twice",
    "the learning rate in the delta, and again in the update",
    "Every step is a tenth of what was asked for; it learns, and much too slowly to be seen.",
    ("gradient check", "update check"), slipped("listing", "lr-twice", "d_output"), 5000,
)  # fmt: skip
SLOPE_OF_Z = Mistake(
    "slope-of-z",
    "x(1-x) taken of the sums z instead of the activations",
    "The slope may be negative and as large as it likes: weights are pushed the wrong way.",
    ("gradient check",),
    slipped("listing", "slope-of-z", "slope_output_layer", "slope_hidden_layer"), 5000,
)  # fmt: skip
PLUS = Mistake(
    "plus-for-minus",
    "the gradient added where it has to be subtracted",
    "The loss is climbed instead of descended, up to where the outputs are saturated.",
    ("update check",),
    slipped("listing", "update-sign", "new_wout", "new_wh", "new_bout", "new_bh"), 5000,
)  # fmt: skip
HUNDRED = Mistake(
    "hundred-neurons",
    "100 hidden neurons started from uniform(0, 1)",
    "100 positive terms add up to about 40 at the output: it is 1 for every row, its slope is 0, "
    "and nothing is learnt.",
    ("doctor",), changed("hundred-neurons", start="glorot"), 5000,
)  # fmt: skip
RAW = Mistake(
    "raw-numbers",
    "whole numbers up to 42 as inputs, as they are",
    "The hidden layer is flat from the first iteration on: it cannot tell 20 from 40.",
    ("doctor",), changed("football", scale=True),
)  # fmt: skip
ONE_AXIS = Mistake(
    "one-axis-target",
    "a target of n numbers against an output of n x 1",
    "NumPy sets every output beside every target, n x n of them: the best answer to all is the "
    "mean of the targets, and that is what every row learns.",
    ("shape check",), wide_target, 5000,
)  # fmt: skip
SUMMED = Mistake(
    "summed-rows",
    "the gradients of 1000 rows added up, with a rate made for a few",
    "The first steps are 1000 times as long as meant: the outputs saturate, their slopes vanish, "
    "and the loss stands still.",
    ("doctor",), changed("moons-plateau", reduction="mean", lr=0.5),
)  # fmt: skip
ZERO = Mistake(
    "zero-start",
    "every weight starts at 0",
    "All neurons of a layer do the same and are owed the same: they stay twins for ever, and the "
    "layer is worth one neuron.",
    ("doctor",), changed("zero-start", start="glorot"),
)  # fmt: skip
DYING = Mistake(
    "dying-relu",
    "ReLUs, and a rate that kills them",
    "One long step takes a neuron below 0 for every row; its slope is 0 there, so it never comes "
    "back.",
    ("doctor",), changed("dying-relu", lr=0.02), 200,
)  # fmt: skip
SQUASHED = Mistake(
    "squashed-amounts",
    "a sigmoid output for amounts",
    "Nothing above 1 can be said: what is larger is answered by 1.",
    ("perfect answer", "doctor"),
    changed("amounts", output=("identity", "half_squared_error")), 500,
)  # fmt: skip
SOFTMAX_TWICE = Mistake(
    "softmax-twice",
    "a softmax fed to a loss that has a softmax inside",
    "Shares lie between 0 and 1, so the second softmax never gets sure of anything: the gradient "
    "fades long before the loss is small.",
    ("perfect answer",), softmax_twice, 300,
)  # fmt: skip
