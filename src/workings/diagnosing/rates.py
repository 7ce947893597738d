"""Diseases of the learning rate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workings.diagnosing import thresholds as limits
from workings.diagnosing.disease import CURVES, END, EVERY, ROWS, Disease
from workings.diagnosing.finding import ERROR, WARNING, Finding, Remedy
from workings.diagnosing.measures import mean_loss
from workings.diagnosing.snapshot import Snapshot
from workings.diagnosing.units import averaged, rounded
from workings.engines import engine
from workings.optimizers import GradientDescent, Momentum, Nesterov

RECENT = 20  # epochs
LEAST = 4  # epochs that must have risen, at the least


def too_large(look: Snapshot) -> Iterator[Finding]:
    """Beyond what the curvature allows; where that is not measured, large updates that climb."""
    bound, curvature = stable_bound(look), 0.0
    rose, recent = _rises(look)
    climbs = rose >= max(LEAST, limits.ROSE.value * recent)
    before, after = look.loss, _loss_after(look)
    if bound is not None:
        if not climbs and not after > before:
            return
        curvature = look.case.sharpness(look.weights)
    if bound is not None and np.isfinite(curvature):
        rate = float(look.own["lr"])
        if rate * curvature <= bound:
            return
        said = (
            f"lr {rate:g} times the largest curvature {curvature:.3g} is {rate * curvature:.3g}, "
            f"and {bound:.3g} is the most that converges"
        )
        evidence = {"lr": rate, "curvature": curvature, "lr times curvature": rate * curvature,
                    "most that converges": bound}  # fmt: skip
    else:
        moved = update_sizes(look)
        if not (climbs and max(moved.values()) > limits.MOVED.value):
            return
        word = max(moved, key=lambda one: moved[one])
        said = f"an update changes {word} by {moved[word]:.3g} of its size"
        evidence = {"largest update over weights": moved[word]}
    evidence |= {"loss before the step": before, "after it": after, "epochs that rose": rose,
                 "of the last": recent}  # fmt: skip
    yield Finding(
        "rate-too-large", ERROR if look.failed else WARNING,
        f"{said}; this step takes the loss from {before:.4g} to {after:.4g}"
        + (f", and it rose in {rose} of the last {recent} epochs" if recent else ""),
        evidence,
        "A step that is too long lands on the other side of the valley, higher than it began.",
        remedy=_slower(look, curvature),
    )  # fmt: skip


def stable_bound(look: Snapshot) -> float | None:
    """How large rate times curvature may be; None where curvature says nothing, or costs much."""
    rule, case = look.case.update, look.case
    if case.weights > limits.CURVED_WEIGHTS.value or look.case.clip is not None:
        return None
    if isinstance(rule, GradientDescent):
        return limits.STABLE.value
    if isinstance(rule, Momentum):
        return limits.STABLE.value * (1 + rule.momentum)
    if isinstance(rule, Nesterov):
        return limits.STABLE.value * (1 + rule.momentum) / (1 + 2 * rule.momentum)
    return None


def update_sizes(look: Snapshot) -> dict[str, float]:
    """For each matrix of weights, the size of its update over its own."""
    found = {}
    for names in look.case.network.names:
        old, new = look.own[names.weights], look.own[look.case.program.updates[names.weights]]
        size = float(np.linalg.norm(old))
        found[names.weights] = float(np.linalg.norm(new - old)) / size if size else 0.0
    return found


def _loss_after(look: Snapshot) -> float:
    updates = look.case.program.updates
    weights = {word: look.own[updates[word]] for word in look.case.network.parameters}
    given = {**weights, **look.case.looked.batch(None, 0)}
    with np.errstate(all="ignore"):
        return mean_loss(engine().trace(look.case.backward.only("losses"), given))


def _rises(look: Snapshot) -> tuple[int, int]:
    losses = np.array(look.history.loss[-RECENT - 1 :])
    return int((np.diff(losses) > 0).sum()), max(0, len(losses) - 1)


def _slower(look: Snapshot, curvature: float) -> Remedy:
    rate = look.case.settings.rate
    slower = rounded(1.0 / curvature) if curvature > 0 else rate / 10
    slower = min(slower, rate / 2)
    return Remedy(f"Lower the learning rate to {slower:g}", {"lr": slower})


def too_small(look: Snapshot) -> Iterator[Finding]:
    """Weights that have hardly moved when the training is over, though they were to."""
    start, moved = look.case.start, {}
    for names in look.case.network.names:
        began = np.asarray(start[names.weights])
        size = float(np.linalg.norm(began))
        if size:
            way = float(np.linalg.norm(look.weights[names.weights] - began))
            moved[names.weights] = way / size
    if not moved or max(moved.values()) >= limits.STILL.value or not look.behind:
        return
    more = look.case.settings.epochs / max(1, len(look.history.loss))
    if not look.over and max(moved.values()) * more >= limits.STILL.value:  # at this pace
        return
    slope = max(
        float(np.abs(look.rows[names.d_weights]).max()) for names in look.case.network.names
    )
    if slope <= 1e-6 or not look.history.loss[-1] < look.history.loss[0]:
        return
    rate, usual = look.case.settings.rate, type(look.case.update).rate
    bound = stable_bound(look)
    if bound is not None:
        curvature = look.case.sharpness(look.weights)
        usual = rounded(1.0 / curvature) if curvature > 0 else usual
    better = max(usual, 10 * rate)
    far = max(moved.values())
    first, last = look.history.loss[0], look.history.loss[-1]
    yield Finding(
        "rate-too-small", look.judged(ERROR),
        f"in {look.history.iterations} iterations at lr {rate:g} no matrix of weights moved by "
        f"more than {far:.2g} of its size, and the loss went from {first:.4g} to {last:.4g} only",
        {"lr": rate, "largest journey": far, "first loss": first, "last loss": last,
         "largest gradient": slope, "learnt": look.learnt},
        "The slope shows the way down, but the steps are too short to get anywhere.",
        remedy=Remedy(f"Raise the learning rate to {better:g}", {"lr": better}), since=1,
    )  # fmt: skip


def summed(look: Snapshot) -> Iterator[Finding]:
    """A rate that is multiplied by the number of rows, because their gradients are added up."""
    case = look.case
    rate = case.settings.rate
    if not case.summed or rate * case.batch <= limits.SUMMED.value:
        return
    yield Finding(
        "summed-rate", ERROR if look.failed else WARNING,
        f"the gradients of {case.batch} rows are added up, so lr {rate:g} acts like "
        f"{rate * case.batch:g} on their mean",
        {"lr": rate, "rows": case.batch, "lr times rows": rate * case.batch},
        "A rate that suits three rows is a hundred times too large for three hundred.",
        remedy=averaged(look), since=1,
    )  # fmt: skip


TOO_LARGE = Disease(
    "rate-too-large", "a learning rate beyond what the curvature allows, or large updates that "
    "climb", too_large, (limits.STABLE, limits.CURVED_WEIGHTS, limits.ROSE, limits.MOVED),
    EVERY, frozenset({ROWS, CURVES}),
)  # fmt: skip
TOO_SMALL = Disease(
    "rate-too-small", "weights that hardly moved in the whole training", too_small,
    (limits.STILL, limits.LEARNT), END, frozenset({ROWS, CURVES}),
)  # fmt: skip
SUMMED_RATE = Disease(
    "summed-rate", "a learning rate that grows with the rows, because gradients are summed", summed,
    (limits.SUMMED,), END,
)  # fmt: skip
