"""The slips, each a row: a name, what to tell who made it, and how it rewrites a step.

    slip("slope-forgotten")        a row by its name
    slips()                        all of them, by name

A row's `rewrite` takes a `Site` (a step of a program with all sizes known) and gives each wrong
expression that somebody with this slip may have worked out instead; none where it cannot be made.
They are in the order in which they are believed where two explain the same numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workings import lookup
from workings.language import Expr
from workings.slips.amounts import (
    divided,
    error_reversed,
    mean_left_out,
    other_axis,
    rate_missing,
    rate_twice,
    sign_turned,
    slope_again,
    slope_bent_twice,
    slope_of_the_other,
    update_reversed,
    without_slope,
)
from workings.slips.matrices import (
    before_bending,
    cell_by_cell,
    half_forgotten,
    needlessly_turned,
    new_too_early,
    none,
    not_bent,
    not_corrected,
    not_turned,
    other_delta,
    turned,
    without_bias,
)
from workings.slips.site import Site

Rewrite = Callable[[Site], Iterable[Expr]]


@dataclass(frozen=True)
class Slip:
    """One mistake: `told` is the sentence for who made it, `where` says in which steps."""

    name: str
    told: str
    where: str
    rewrite: Rewrite

    def variants(self, site: Site) -> list[Expr]:
        """The wrong expressions at a site: each once, and none that is the right one."""
        return [one for one in dict.fromkeys(self.rewrite(site)) if one != site.expr]


def slip(word: str) -> Slip:
    """The slip called `word`; raises `UnknownName` with a suggestion."""
    return lookup.row(sys.modules[__name__], Slip, word)


def slips() -> dict[str, Slip]:
    """Every slip there is, by its name."""
    return lookup.rows(sys.modules[__name__], Slip)


# -- the rows --------------------------------------------------------------------------------------

SLOPE_OF_Z = Slip(
    "slope-of-z",
    "The slope was taken of the wrong matrix: what is written in terms of the activation's output "
    "needs that output (x(1-x) is the slope of the sigmoid only where x is already the sigmoid), "
    "and what is written in terms of its input needs the input.",
    "a slope", slope_of_the_other,
)  # fmt: skip
SLOPE_TWICE_BENT = Slip(
    "slope-of-a",
    "The activation was applied once more before the slope was taken: the slope belongs to the "
    "activation's input, not to its output.",
    "a slope", slope_bent_twice,
)  # fmt: skip
SLOPE_FORGOTTEN = Slip(
    "slope-forgotten",
    "The slope of the activation was left out: a delta is the error times that slope.",
    "a delta", without_slope,
)  # fmt: skip
SLOPE_AGAIN = Slip(
    "slope-again",
    "The slope of the output's activation was multiplied in although this loss has it inside "
    "already: with it the delta is just output and target apart.",
    "the delta of a loss that includes its activation", slope_again,
)  # fmt: skip
ERROR_REVERSED = Slip(
    "error-reversed",
    "Output and target changed places: the error has the wrong sign for how the weights are "
    "updated afterwards.",
    "the error at the output", error_reversed,
)  # fmt: skip
UPDATE_SIGN = Slip(
    "update-sign",
    "The update goes the wrong way: it was added where it had to be subtracted, or the other way "
    "round.",
    "an update", update_reversed,
)  # fmt: skip
SIGN = Slip("sign", "The sign is turned.", "a delta, an error or a gradient", sign_turned)
RATE_TWICE = Slip(
    "lr-twice",
    "The learning rate is in it once too often: it belongs into the update, and only once.",
    "a delta, a gradient or an update", rate_twice,
)  # fmt: skip
RATE_MISSING = Slip(
    "lr-missing", "The learning rate was left out of the update.", "an update", rate_missing
)
SUM_FOR_MEAN = Slip(
    "sum-for-mean", "It was summed over the samples and not divided by how many there are.",
    "where a mean is taken", mean_left_out,
)  # fmt: skip
MEAN_FOR_SUM = Slip(
    "mean-for-sum", "It was divided by the number of samples where the plain sum is used.",
    "a sum over the samples, or the error at the output", divided,
)  # fmt: skip
WRONG_AXIS = Slip(
    "wrong-axis",
    "It was taken along the wrong axis (rowSums for colSums): one result for each sample instead "
    "of one for each neuron, or the other way round.",
    "a sum or a softmax", other_axis,
)  # fmt: skip
TRANSPOSE_MISSING = Slip(
    "transpose-missing", "A matrix had to be transposed before this product and was not.",
    "a product with a transposed matrix, where the shapes allow it", not_turned,
)  # fmt: skip
TRANSPOSE_NEEDLESS = Slip(
    "transpose-needless", "A matrix was transposed before this product and should not have been.",
    "a product, where the shapes allow it", needlessly_turned,
)  # fmt: skip
TURNED = Slip(
    "turned", "The product stands transposed: its rows are what should be its columns.",
    "a product that is square", turned,
)  # fmt: skip
ELEMENTWISE = Slip(
    "elementwise",
    "The two were multiplied cell by cell where a matrix product was needed: each row of the "
    "first with each column of the second.",
    "a product, where the shapes allow it", cell_by_cell,
)  # fmt: skip
NEW_WEIGHTS = Slip(
    "new-weights",
    "The weights were already updated: what is owed goes back through the weights that made the "
    "output, those of before the update.",
    "an error that goes back through weights", new_too_early,
)  # fmt: skip
BIAS_LEFT_OUT = Slip(
    "bias-left-out", "The bias was not added.", "the sums of a layer", without_bias
)  # fmt: skip
BIAS_OTHER_DELTA = Slip(
    "bias-other-delta", "The bias was given the delta of another layer instead of its own.",
    "the gradient of a bias", other_delta,
)  # fmt: skip
ACTIVATION_FORGOTTEN = Slip(
    "activation-forgotten", "The activation was not applied: the sums went on as they were.",
    "an activation", not_bent,
)  # fmt: skip
BEFORE_ACTIVATION = Slip(
    "before-activation",
    "The sums before the activation were used where the values after it were needed.",
    "what reads the values of a layer", before_bending,
)  # fmt: skip
HALF_FORGOTTEN = Slip(
    "half-forgotten", "The half of the half squared error was left out.",
    "the half squared error", half_forgotten,
)  # fmt: skip
NOT_CORRECTED = Slip(
    "correction-missing",
    "The running mean was not corrected for having started at 0.",
    "a corrected mean of an optimizer", not_corrected,
)  # fmt: skip
ROUNDING = Slip(
    "rounding",
    "The numbers are nearly right: digits were cut off or rounded too early, further than the "
    "decimals that are written allow.",
    "any step", none,
)  # fmt: skip
