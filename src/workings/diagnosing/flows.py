"""Diseases of what flows through a network: inputs of different sizes, gradients that fade or grow,
and values that overflow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workings.diagnosing import thresholds as limits
from workings.diagnosing.disease import END, EVERY, Disease
from workings.diagnosing.finding import ERROR, WARNING, Change, Finding, Remedy, Where
from workings.diagnosing.snapshot import Snapshot
from workings.diagnosing.units import calmer


def unscaled(look: Snapshot) -> Iterator[Finding]:
    """Inputs that are much larger than others, or far from 0."""
    X, names = look.case.looked.X, look.case.inputs
    if look.case.scaled:
        return
    mean, spread = np.abs(X.mean(0)), X.std(0)
    varies = spread > 0
    if not varies.any():
        return
    size = np.where(varies, np.maximum(mean, spread), 0.0)
    ratio = float(spread[varies].max() / spread[varies].min())
    offset = float((mean[varies] / spread[varies]).max())
    large = size > limits.LARGE_INPUT.value
    odd = ratio > limits.SPREADS.value or offset > limits.OFFSET.value
    if not (large.any() and (odd or large.all())):
        return
    worst = int(size.argmax())
    named = names or [f"x{place}" for place in range(1, len(size) + 1)]
    columns = tuple(named[place] for place in np.flatnonzero(large))
    yield Finding(
        "unscaled-inputs", ERROR if look.failed else WARNING,
        f"{int(large.sum())} of {len(size)} inputs are large: "
        f"{named[worst]} has mean {X.mean(0)[worst]:.3g} "
        f"and spread {spread[worst]:.3g}; the largest spread is {ratio:.3g} times the smallest",
        {"largest mean": float(mean[varies].max()), "largest spread": float(spread.max()),
         "smallest spread": float(spread[varies].min()), "spread ratio": ratio,
         "mean over spread": offset},
        "Large inputs saturate the first layer, and no one learning rate suits large and small.",
        Where(columns=columns), Remedy("Scale the inputs to mean 0 and spread 1", {"scale": True}),
        since=1,
    )  # fmt: skip


def fading(look: Snapshot) -> Iterator[Finding]:
    """Gradients that get smaller layer by layer on their way back."""
    sizes = gradient_sizes(look)
    ratio = sizes[0] / sizes[-1] if sizes[-1] > 0 else 1.0
    if len(sizes) < 3 or not 0 < ratio < limits.VANISHED.value:
        return
    yield _flow(
        look, "vanishing-gradients", sizes, ratio,
        "The first layers are told next to nothing of what is wrong, so they do not learn.",
        Remedy("Use relu, whose slope is 1, and the start that suits it",
               {"activation": "relu", "start": "he"}),
    )  # fmt: skip


def growing(look: Snapshot) -> Iterator[Finding]:
    """Gradients that get larger layer by layer on their way back."""
    sizes = gradient_sizes(look)
    ratio = sizes[0] / sizes[-1] if sizes[-1] > 0 else 1.0
    if len(sizes) < 3 or not ratio > limits.EXPLODED.value:
        return
    first = look.case.network.layers[0].op.name
    start = "he" if first.endswith("relu") else "glorot"
    change: Change = {"start": start}
    yield _flow(
        look, "exploding-gradients", sizes, ratio,
        "The first layers are moved a thousand times as far as the last ones: no rate suits both.",
        Remedy(f"Start from smaller weights: {start} keeps gradients the same size", change),
    )  # fmt: skip


def _flow(
    look: Snapshot, disease: str, sizes: list[float], ratio: float, why: str, remedy: Remedy
) -> Finding:
    listed = ", ".join(f"{size:.1e}" for size in sizes)
    evidence = {"first over last": ratio} | {
        f"gradient at {names.title}": size
        for names, size in zip(look.case.network.names, sizes, strict=True)
    }
    return Finding(
        disease, ERROR if look.failed else WARNING,
        f"the gradients at the sums of each layer, first to last, are {listed}: the first is "
        f"{ratio:.1e} of the last",
        evidence, why, Where(look.case.network.names[0].title), remedy,
    )  # fmt: skip


def gradient_sizes(look: Snapshot) -> list[float]:
    """The root mean square of what the sums of each layer are owed, first layer first."""
    names = look.case.network.names
    return [float(np.sqrt((look.rows[one.d_input] ** 2).mean())) for one in names]


def overflow(look: Snapshot) -> Iterator[Finding]:
    """A value that is not finite: the first one, and its cell."""
    error = look.failure
    if error is None:
        return
    step, cell = error.facts["step"], tuple(int(place) + 1 for place in error.facts["cell"])
    value = float(look.own[step][error.facts["cell"]]) if step in look.own.values else np.nan
    rate = float(error.facts["rate"])
    better = _calmer(look)
    what = "is not a number" if np.isnan(value) else "overflows"
    largest = max(float(np.abs(x[np.isfinite(x)]).max(initial=0.0)) for x in look.weights.values())
    yield Finding(
        "overflow", ERROR,
        f"{step}[{','.join(map(str, cell))}] {what} in iteration {error.facts['iteration']}; the "
        f"weights it began with reach {largest:.3g}",
        {"iteration": error.facts["iteration"], "largest weight": largest, "lr": rate,
         "losses before": list(look.history.loss[-3:])},
        "Numbers that grow with every step end beyond what a computer can write.",
        Where(step=step, cell=cell), better, since=error.facts["iteration"],
    )  # fmt: skip


def _calmer(look: Snapshot) -> Remedy:
    if not look.case.scaled and np.abs(look.case.looked.X).max() > 2 * limits.LARGE_INPUT.value:
        return Remedy("Scale the inputs to mean 0 and spread 1", {"scale": True})
    return calmer(look)


UNSCALED = Disease(
    "unscaled-inputs", "inputs of very different sizes, or far from 0", unscaled,
    (limits.SPREADS, limits.OFFSET, limits.LARGE_INPUT), END,
)  # fmt: skip
VANISHING = Disease(
    "vanishing-gradients", "gradients that fade on their way back through the layers", fading,
    (limits.VANISHED,), EVERY,
)  # fmt: skip
EXPLODING = Disease(
    "exploding-gradients", "gradients that grow on their way back through the layers", growing,
    (limits.EXPLODED,), EVERY,
)  # fmt: skip
OVERFLOW = Disease(
    "overflow", "the first value that is infinite or not a number", overflow, (), END,
    follows=("unscaled-inputs", "exploding-gradients", "summed-rate", "rate-too-large"),
)  # fmt: skip
