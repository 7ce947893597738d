"""Diseases that show in the course of the loss: learnt by heart, too little, nothing any more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workings.diagnosing import thresholds as limits
from workings.diagnosing.disease import CURVES, END, NEW, NO_SLOPE, ROWS, Disease
from workings.diagnosing.finding import ERROR, WARNING, Finding, Remedy, Where
from workings.diagnosing.outputs import cause, livelier, outlook
from workings.diagnosing.snapshot import Curve, Snapshot
from workings.diagnosing.units import span
from workings.trace import Array

MORE_EPOCHS = 10


def overfitting(look: Snapshot) -> Iterator[Finding]:
    """The loss on new rows has a minimum and rises after it, while that on learnt rows falls."""
    found = turning(look.new_losses)
    if found is None:
        return
    epoch, least, last = found
    losses = look.history.loss
    rise, kept = last / least - 1, look.history.kept_epoch
    if not losses or losses[-1] >= losses[min(epoch, len(losses)) - 1] or kept < len(losses):
        return  # not learnt by heart, or the weights of an earlier epoch were kept
    there, badly = losses[epoch - 1], rise > limits.BADLY_OVERFITTED.value
    severity = (ERROR if look.over else WARNING) if badly else look.judged(WARNING)
    yield Finding(
        "overfitting", severity,
        f"{look.so_far}the loss on new rows was least in epoch {epoch}, {least:.4g}, and rose to "
        f"{last:.4g} by "
        f"the end, while that on learnt rows fell from {there:.4g} to {losses[-1]:.4g}",
        {"turning epoch": epoch, "least loss on new rows": least, "last": last, "rise": rise,
         "loss on learnt rows then": there, "and last": losses[-1]},
        "From there on the network learns its rows by heart, and new ones worse.",
        remedy=Remedy(
            f"Stop after epoch {epoch}; patience finds such an epoch by itself",
            {"epochs": epoch},
        ),
        since=(epoch * look.case.per_epoch) + 1,
    )  # fmt: skip


def turning(curve: Curve) -> tuple[int, float, float] | None:
    """The epoch of the least loss, that loss, and the last; None where it has hardly risen.

    A rise counts if it is more than the share named, and more than chance would bring on so many
    rows: the mean of the differences, row by row, over its standard error.
    """
    means = np.array([losses.mean() for _, losses in curve])
    if len(means) < 3 or not np.isfinite(means).all():
        return None
    place = int(means.argmin())
    least, last = float(means[place]), float(means[-1])
    if least <= 0 or last <= least * (1 + limits.OVERFITTED.value):
        return None
    rises = curve[-1][1] - curve[place][1]
    if len(rises) > 1:
        error = float(rises.std(ddof=1)) / len(rises) ** 0.5
        if rises.mean() < limits.BY_CHANCE.value * error:
            return None
    return curve[place][0], least, last


def underfitting(look: Snapshot) -> Iterator[Finding]:
    """Less learnt than a linear model learns from the same rows, with the same loss."""
    marks, loss = look.case.marks, look.loss
    learnt, linear = marks.learnt(loss), marks.learnt(marks.linear)
    if not (np.isfinite(loss) and learnt < linear - limits.BEHIND.value) or not marks.failed(loss):
        return
    losses = look.history.loss
    before = losses[-1 - len(losses) // 10 - 1 :][0]
    falling = losses[-1] < before * (1 - limits.FLAT.value)
    epochs = look.case.settings.epochs * MORE_EPOCHS
    longer = Remedy(f"Train for {epochs} epochs: it is still learning", {"epochs": epochs})
    remedy = cause(look) or (longer if falling else livelier(look)) if look.over else outlook(look)
    yield Finding(
        "underfitting", look.judged(WARNING),
        f"{look.so_far}the loss on learnt rows is {loss:.4g}; a linear model reaches "
        f"{marks.linear:.4g} there, "
        f"and the best constant answer {marks.constant:.4g}",
        {"loss": loss, "linear model": marks.linear, "best constant": marks.constant,
         "learnt": learnt, "linear model learns": linear},
        "What a network without hidden layers can learn, this one has not learnt yet.",
        remedy=remedy,
    )  # fmt: skip


def plateau(look: Snapshot) -> Iterator[Finding]:
    """A loss that does not move any more, though little was learnt; and what it is."""
    losses = np.array(look.history.loss)
    flat = flat_epochs(losses)
    needed = max(limits.FLAT_EPOCHS.value, limits.FLAT_SHARE.value * len(losses))
    if flat < needed or not look.behind:
        return
    since = len(losses) - flat
    what, evidence = what_it_is(look)
    slope = max(float(np.abs(look.rows[n.d_weights]).max()) for n in look.case.network.names)
    yield Finding(
        "plateau", ERROR,
        f"the loss has stayed at {losses[-1]:.5f} since epoch {since + 1}: {what}",
        {"loss": losses[-1], "epochs": flat, "change": float(np.ptp(losses[since:])),
         "largest gradient": slope, "best constant": look.case.marks.constant, **evidence},
        f"In {flat} epochs it moved by {np.ptp(losses[since:]):.1g} in all. At that pace more "
        "epochs change next to nothing, though a plateau may end after very many.",
        Where(look.case.network.names[-1].title), livelier(look), since * look.case.per_epoch + 1,
    )  # fmt: skip


def flat_epochs(losses: Array) -> int:
    """For how many epochs, the last among them, the loss has stayed where it is."""
    last = losses[-1] if len(losses) else 0.0
    moved = np.flatnonzero(np.abs(losses - last) > limits.FLAT.value * abs(last))
    return len(losses) - (int(moved[-1]) + 1 if len(moved) else 0)


def what_it_is(look: Snapshot) -> tuple[str, dict[str, float]]:
    """Why a loss stands still, in words, and the numbers that say so."""
    out, certain = look.outputs, limits.CERTAIN.value
    low, high = span(look.case.network.layers[-1].op)
    numbers = {"smallest output": float(out.min()), "largest output": float(out.max())}
    if np.isfinite(low) and np.isfinite(high):
        share = (out - low) / (high - low)
        if (share > certain).all():
            return (
                f"every output is above {low + certain * (high - low):g}, where it is flat",
                numbers,
            )
        if (share < 1 - certain).all():
            edge = low + (1 - certain) * (high - low)
            return f"every output is below {edge:g}, where it is flat", numbers
        if ((share > certain) | (share < 1 - certain)).all():
            return "every output is at one end of its range, where it is flat", numbers
    goal = float(look.case.looked.y.std(0).max())
    if float(out.std(0).max()) < limits.CONSTANT.value * goal:
        constant = look.case.marks.constant
        return (
            f"every row gets the same answer, and the best such answer has a loss of "
            f"{constant:.5f}", numbers
        )  # fmt: skip
    return "the gradients there are next to 0", numbers


OVERFITTING = Disease(
    "overfitting", "a loss on new rows that rises while that on learnt rows falls", overfitting,
    (limits.OVERFITTED, limits.BY_CHANCE, limits.BADLY_OVERFITTED), END, frozenset({CURVES, NEW}),
    judged_by_new=True,
)  # fmt: skip
UNDERFITTING = Disease(
    "underfitting", "less learnt than a linear model learns", underfitting,
    (limits.BEHIND, limits.LEARNT), END, frozenset({ROWS, CURVES}),
    (*NO_SLOPE, "constant-prediction", "plateau"), cheap=False,
)  # fmt: skip
PLATEAU = Disease(
    "plateau", "a loss that stands still though little was learnt, and why", plateau,
    (limits.FLAT, limits.FLAT_SHARE, limits.FLAT_EPOCHS, limits.CERTAIN), END,
    frozenset({ROWS, CURVES}), NO_SLOPE, cheap=False,
)  # fmt: skip
