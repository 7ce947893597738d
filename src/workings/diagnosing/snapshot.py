"""What is looked at: one iteration of a training, with what led to it. Nothing is judged here.

    Snapshot(case, iteration, history, weights, ..)
    taken(case, iteration, given, history)      from the values that an iteration begins with

What each disease makes of it is said in the files of the diseases. A live view takes a snapshot
of the iteration it shows: that costs two passes over the rows that are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from workings.diagnosing import measures
from workings.diagnosing.case import Case
from workings.diagnosing.finding import NOTE
from workings.engines import engine
from workings.errors import NotFinite
from workings.network.layers import mask_of
from workings.trace import Array, Trace
from workings.training.runs import History

Curve = Sequence[tuple[int, Array]]  # after which epoch, the loss of each new row


@dataclass(frozen=True)
class Snapshot:
    """One iteration (from 1) of a case.

    `weights` are those it begins with, `history` what happened before it, `new_losses` the loss of
    each new row after some epochs.
    `step` is the iteration on its own batch: every value, every gradient, the new weights.
    `whole` are the same weights on the rows that are looked at, without dropout. `failure` is set
    where the training ended with a value that is not finite. A training that is not `over` goes
    on: what it has come to so far is not what it comes to.
    """

    case: Case
    iteration: int
    history: History
    weights: Mapping[str, Array]
    step: Trace | None = None
    whole: Trace | None = None
    new_losses: Curve = ()
    failure: NotFinite | None = field(default=None, repr=False)
    over: bool = True

    @property
    def epoch(self) -> int:
        """How many epochs are over."""
        return (self.iteration - 1) // self.case.per_epoch

    @property
    def rows(self) -> Trace:
        """The weights on the rows that are looked at."""
        assert self.whole is not None  # noqa: S101 - who needs rows is not asked without
        return self.whole

    @property
    def own(self) -> Trace:
        """The iteration on its own batch."""
        assert self.step is not None  # noqa: S101 - who needs the step is not asked without
        return self.step

    @property
    def outputs(self) -> Array:
        """The network's outputs (rows, outputs)."""
        return self.rows[self.case.network.output]

    @cached_property
    def loss(self) -> float:
        """The mean loss of a row, without penalties."""
        return measures.mean_loss(self.rows)

    @cached_property
    def learnt(self) -> float:
        """The share of the best constant answer's loss that was learnt away; 1 is all of it."""
        return self.case.marks.learnt(self.loss)

    @property
    def behind(self) -> bool:
        """Whether next to nothing was learnt so far, or far less than a linear model learns."""
        return self.failure is not None or self.case.marks.failed(self.loss)

    @property
    def failed(self) -> bool:
        """Whether this is a run that broke off, or is over and behind."""
        return self.failure is not None or (self.over and self.behind)

    def judged(self, severity: str) -> str:
        """How bad something is that a training comes to: while it goes on, no more than a note."""
        return severity if self.over else NOTE

    @property
    def so_far(self) -> str:
        """What is said before something that a training comes to."""
        return "" if self.over else "so far, "


def taken(
    case: Case, iteration: int, given: Mapping[str, Array], history: History,
    new_losses: Curve = (), failure: NotFinite | None = None,
) -> Snapshot:  # fmt: skip
    """A snapshot of the iteration that begins with `given`: weights, rate, and its rows X and y."""
    weights = {word: np.asarray(given[word]) for word in case.network.parameters}
    looked = case.looked.batch(None, 0)
    with np.errstate(all="ignore"):
        step = engine().trace(case.program, {**_unmasked(case, given), **given})
        whole = engine().trace(case.backward, {**weights, **looked})
    return Snapshot(case, iteration, history, weights, step, whole, new_losses, failure)


def _unmasked(case: Case, given: Mapping[str, Array]) -> dict[str, Array]:
    """Masks that drop nothing, for a program that asks for masks and was given none."""
    rows = len(given["y"])
    layers = zip(case.network.layers[:-1], case.network.names, strict=False)
    return {
        mask_of(names.output): np.ones((rows, layer.units or 1))
        for layer, names in layers if layer.dropout
    }  # fmt: skip
