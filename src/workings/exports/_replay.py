"""A run, run again: in which order it reads its rows, and how closely two machines can agree on it.

    replayed(run, start, epochs)     the loss of each epoch, and the values after the last
    order(run)                       which rows each batch of the first epoch reads
    compared(run)                    until which epoch a repetition can be compared, how closely

Two machines that add up in another order differ in the last digit. Most trainings forget such a
difference; some magnify it until they go elsewhere. So the run is repeated from a start that is
another in its last digits, and what becomes of that says what may be asked of anybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.engines import engine
from workings.exports import Run
from workings.trace import Array

# of each precision: what is always allowed, and what is too much to say that two agree
ALLOWED = {"float64": (1e-12, 1e-6), "float32": (1e-4, 1e-2)}
MARGIN = 100  # another machine rounds in more places than the start
MOST_ROWS, MOST_CELLS = 2000, 200_000  # of a training that is carried along


@dataclass(frozen=True)
class Compared:
    """What of a run can be compared, and how large a relative difference is allowed.

    That is the loss of `epoch`, and of the weights at the end nothing where `weights` is None.
    """

    epoch: int
    loss: float
    weights: float | None


def is_small(run: Run) -> bool:
    """Whether the rows of a run can be carried along in a text."""
    return run.X.shape[run.samples] <= MOST_ROWS and run.X.size + run.y.size <= MOST_CELLS


def tolerance(dtype: Any) -> float:
    """The relative difference that is allowed to a prediction."""
    return ALLOWED[np.dtype(dtype).name][0]


def order(run: Run) -> NDArray[np.intp]:
    """The rows in the order in which the first epoch reads them."""
    rows = np.arange(run.X.shape[run.samples])
    if run.shuffled:
        np.random.default_rng(run.seed).shuffle(rows)
    return rows


def replayed(
    run: Run, start: Mapping[str, Array], epochs: int
) -> tuple[list[float], dict[str, Array]]:
    """The loss per sample of each epoch from `start`, and the values after the last one."""
    program, values, losses = run.iteration, dict(start), list[float]()
    step = engine().prepare(program, ["loss", *program.updates.values()])
    count, random = run.X.shape[run.samples], np.random.default_rng(run.seed)
    for rate in run.rates[:epochs]:
        rows, total = np.arange(count), 0.0
        if run.shuffled:
            random.shuffle(rows)
        for first in range(0, count, run.batch_size):
            which = rows[first : first + run.batch_size]
            batch = {word: x.take(which, run.samples) for word, x in (("X", run.X), ("y", run.y))}
            out = step({**values, **batch, "lr": np.asarray(rate, run.X.dtype)})
            total += float(out["loss"]) * (1 if run.summed else len(which))
            values |= {old: out[new] for old, new in program.updates.items()}
        losses.append(total / count)
    return losses, values


def compared(run: Run, epochs: int) -> Compared:
    """Until which of the first `epochs` a repetition can be compared, and how closely."""
    always, too_much = ALLOWED[run.X.dtype.name]
    moved, values = replayed(run, _nudged(run), epochs)
    losses = run.losses[:epochs]
    apart = [_apart(a, b) for a, b in zip(moved, losses, strict=True)]
    apart = np.maximum.accumulate(apart).tolist()
    steady = sum(one <= too_much for one in apart) or 1
    weights = max(always, *(_apart(values[word], x) for word, x in run.last.items()))
    ended = steady == epochs == len(run.rates) and weights <= too_much
    return Compared(steady, max(always, apart[steady - 1]), weights if ended else None)


def _apart(found: Any, expected: Any) -> float:
    """How far another machine may be from what was expected, rounded, relative to the largest."""
    largest = np.max(np.abs(expected)) or 1.0
    return float(f"{MARGIN * np.max(np.abs(found - expected)) / largest:.0e}")


def _nudged(run: Run) -> dict[str, Array]:
    """The start of a run with every number larger or smaller by its last digit."""
    random, last_digit = np.random.default_rng(0), np.finfo(run.X.dtype).eps
    return {
        word: (x * (1 + last_digit * random.choice([-1, 1], x.shape))).astype(x.dtype)
        for word, x in run.start.items()
    }
