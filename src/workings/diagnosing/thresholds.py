"""Every threshold of the doctor by its name: the number, what it bounds, and where it is from.

    threshold("saturated slope").value        one of them
    thresholds()                              all of them, in the order of the diseases

"Measured" means by us, on the healthy runs and the presets that the tests hold: where the largest
value among the healthy lies, and the smallest among the ill.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from workings import lookup


@dataclass(frozen=True)
class Threshold:
    """A named number: findings begin above it (or below, where `bounds` says so)."""

    name: str
    value: float
    bounds: str
    source: str

    def __float__(self) -> float:
        return self.value


def threshold(word: str) -> Threshold:
    """The threshold called `word`; raises `UnknownName` with a suggestion."""
    return lookup.row(sys.modules[__name__], Threshold, word)


def thresholds() -> dict[str, Threshold]:
    """Every threshold by its name."""
    return lookup.rows(sys.modules[__name__], Threshold)


GLOROT = "Glorot & Bengio 2010, section 3"
TRICKS = "LeCun et al. 1998, Efficient BackProp"
OURS = "our choice"

# -- whether anything was learnt -------------------------------------------------------------------

LEARNT = Threshold(
    "little learnt", 0.05,
    "share of the best constant answer's loss that was learnt away; below it, a run has failed",
    "measured: of the healthy runs the spiral learns 0.08, all others 0.2 and more",
)  # fmt: skip
BEHIND = Threshold(
    "behind a linear model", 0.1,
    "how much less of that share is learnt than a linear model learns",
    "measured: healthy runs are 0.02 behind at the most",
)  # fmt: skip
AT_BEST = Threshold(
    "at the best possible", 1.02,
    "loss over the loss of the best answer to each different input; below it, all is learnt", OURS,
)  # fmt: skip

# -- units -----------------------------------------------------------------------------------------

SATURATED_SLOPE = Threshold(
    "saturated slope", 0.05, "slope over the activation's greatest slope; below it, flat",
    f"{GLOROT}: outputs near the asymptotes; a sigmoid is below from |z| = 4.36 on",
)  # fmt: skip
SATURATED_ROWS = Threshold(
    "saturated rows", 0.5, "share of the rows for which a unit is flat", GLOROT
)
SATURATED_UNITS = Threshold(
    "saturated units",
    0.5,
    "share of a hidden layer's units that are flat",
    "measured: 0 in healthy runs, 1 where inputs are not scaled",
)
STUCK_ROWS = Threshold(
    "stuck rows", 0.1, "share of the rows whose output is both flat and wrong",
    "measured: a sigmoid that learnt its rows has 0",
)  # fmt: skip
WRONG = Threshold(
    "wrong output",
    0.5,
    "error of an output, in units of its range",
    "half the range: nearer to the other end",
)
DEAD_UNITS = Threshold(
    "dead units", 0.1, "share of a layer's units that are 0 for every row",
    "Lu et al. 2019, Dying ReLU and Initialization: a few do no harm",
)  # fmt: skip
MANY_DEAD = Threshold(
    "many dead units",
    0.5,
    "the same, from where on it is an error",
    "measured: 1 where a rate killed them; healthy runs stay below 0.07",
)
TWINS = Threshold(
    "twin distance", 1e-9, "distance of two units' weights over their size; below it, equal",
    "rounding: sums in another order differ by less",
)  # fmt: skip

# -- rates -----------------------------------------------------------------------------------------

STABLE = Threshold(
    "stable rate", 2.0, "learning rate times the largest curvature, for plain gradient descent",
    f"{TRICKS}, section 4.6; Cohen et al. 2021 (with momentum: 2 + 2 momentum)",
)  # fmt: skip
CURVED_WEIGHTS = Threshold(
    "weights for curvature",
    3000,
    "weights up to which curvature is measured",
    "bounds the time that it takes",
)
ROSE = Threshold(
    "epochs that rose",
    0.3,
    "share of the last 20 epochs whose loss rose",
    "measured: healthy runs have 5 of 20 at the most, too large a rate 10",
)
MOVED = Threshold(
    "large update", 0.1, "size of an update over the size of the weights",
    "measured: healthy runs stay below 0.03; a thousandth is usual (Karpathy, CS231n notes)",
)  # fmt: skip
STILL = Threshold(
    "small journey", 0.05, "distance from start to end over the size of the start; below it, still",
    "measured: healthy runs move by 0.27 and more",
)  # fmt: skip
SUMMED = Threshold(
    "summed rate", 5.0, "learning rate times the rows whose gradients are summed",
    "with a curvature of 0.4 per row, as sigmoids have, this reaches the stable rate",
)  # fmt: skip

# -- inputs, gradients, outputs --------------------------------------------------------------------

SPREADS = Threshold(
    "spread ratio", 10.0, "largest standard deviation of an input over the smallest",
    f"{TRICKS}, section 4.3; the factor is ours",
)  # fmt: skip
OFFSET = Threshold(
    "offset", 3.0, "mean of an input over its standard deviation",
    f"{TRICKS}, section 4.3; the factor is ours",
)  # fmt: skip
LARGE_INPUT = Threshold("large input", 5.0, "largest standard deviation or mean of an input", OURS)
VANISHED = Threshold(
    "vanished gradient", 1e-3, "gradient at the first hidden layer over that at the output; below",
    "Hochreiter 1991; Bengio et al. 1994; measured: healthy runs have 0.17 and more",
)  # fmt: skip
EXPLODED = Threshold(
    "exploded gradient",
    1e3,
    "the same, above",
    "Pascanu et al. 2013; measured: healthy runs have 0.8 at the most",
)
CONSTANT = Threshold(
    "constant output", 0.01, "spread of the answers over the spread of the target; below",
    "measured: healthy runs have 0.16 and more",
)  # fmt: skip

# -- curves ----------------------------------------------------------------------------------------

OVERFITTED = Threshold(
    "overfitted", 0.05, "rise of the loss on new rows over its minimum",
    "Prechelt 1998, Early Stopping - But When?: generalisation loss of 5 %",
)  # fmt: skip
BY_CHANCE = Threshold(
    "rise over its error", 2.0, "mean rise of the loss of a new row over its standard error",
    "two standard errors: chance brings more in 1 of 20 cases",
)  # fmt: skip
BADLY_OVERFITTED = Threshold(
    "badly overfitted", 10.0, "the same, from where on it is an error: eleven times the minimum",
    OURS,
)  # fmt: skip
FLAT = Threshold(
    "flat loss", 1e-3, "change of the loss over a stretch, over the loss; below it, a plateau", OURS
)
FLAT_SHARE = Threshold(
    "flat share",
    0.25,
    "share of the epochs that the stretch takes",
    "measured: healthy runs have 0.2 at the most, where a cosine ends; plateaus 0.93 and more",
)
FLAT_EPOCHS = Threshold("flat epochs", 10, "epochs that the stretch has at the least", OURS)
CERTAIN = Threshold("certain output", 0.99999, "an output beyond, or below 1 less it", OURS)

# -- the data --------------------------------------------------------------------------------------

CONTRADICTED = Threshold(
    "contradicted rows",
    0.02,
    "share of rows that no model can be right about",
    "measured: the built-in tables have none",
)
COPIES = Threshold("copied rows", 0.05, "share of the test rows that are also learnt", OURS)
FEW_ROWS = Threshold("few rows", 5, "rows of a class; below it, chance decides", OURS)
FEW_PER_WEIGHT = Threshold(
    "rows per weight", 1.0, "rows for each weight; below it, rows can be learnt by heart",
    "Zhang et al. 2017 fit random labels there; Baum & Haussler 1989 ask for 10",
)  # fmt: skip
VERY_FEW_PER_WEIGHT = Threshold(
    "very few rows per weight", 0.05, "the same, from where on it is a warning",
    "measured: of the built-in tables, with the default network, article and xor alone are below",
)  # fmt: skip
