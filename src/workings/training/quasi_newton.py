"""L-BFGS: the whole loss made small at once, by SciPy, from a program's loss and gradients.

    minimize(program, start, rows, gradients=..., told=Told(max_iter=200))    -> Descent

There are no batches and no learning rate: each iteration looks along a direction made of the last
gradients for a step that pays (Byrd et al. 1995). Loss and gradients come from the same program
that shows the network, so what is minimised is what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workings.engines import engine
from workings.language import Program
from workings.trace import Array
from workings.training.runs import Rows, Values

Look = Callable[[int, float, Values], bool | None]  # (iteration, loss, weights); True ends it


@dataclass(frozen=True)
class Told:
    """When to stop: iterations, looks at the loss, and the greatest gradient that is small."""

    max_iter: int = 200
    max_looks: int = 15_000
    tolerance: float = 1e-4


@dataclass
class Descent:
    """The weights it ended with, the loss after each iteration, and why it ended."""

    values: Values
    losses: list[float] = field(default_factory=list)
    iterations: int = 0
    loss: float = float("nan")
    converged: bool = True
    ended: str = ""


class _Ended(Exception):
    """Raised to leave SciPy's loop when whoever looks has seen enough."""


def minimize(
    program: Program,
    start: Mapping[str, Array],
    rows: Rows,
    *,
    gradients: Mapping[str, str],
    told: Told | None = None,
    look: Look | None = None,
) -> Descent:
    """Minimises the step `loss`; `gradients` names, for each parameter, the step that holds its.

    Gradients must point uphill (the convention `gradient`). Ctrl-C ends it with the weights of
    the last iteration. `program` is run once for each look, on all rows.
    """
    from scipy import optimize

    told, words = told or Told(), list(gradients)
    run = engine().prepare(program, ["loss", *gradients.values()])
    given = rows.batch(None, program.given["X"].index("n"))
    found = Descent({word: np.array(start[word]) for word in words})
    last = {"loss": float("nan")}

    def unpacked(packed: Array) -> Values:
        ends = np.cumsum([start[word].size for word in words])[:-1]
        pieces = np.split(packed, ends)
        return {word: x.reshape(start[word].shape) for word, x in zip(words, pieces, strict=True)}

    def looked(packed: Array) -> tuple[float, Array]:
        out = run({**given, **unpacked(packed)})
        last["loss"] = float(out["loss"])
        return last["loss"], np.concatenate([out[gradients[word]].ravel() for word in words])

    def noted(packed: Array) -> None:
        found.values, found.loss = unpacked(packed.copy()), last["loss"]
        found.losses.append(last["loss"])
        found.iterations += 1
        if look and look(found.iterations, found.loss, found.values):
            raise _Ended

    options: dict[str, Any] = {
        "maxfun": told.max_looks, "maxiter": told.max_iter, "gtol": told.tolerance,
    }  # fmt: skip
    search: Any = optimize.minimize
    packed = np.concatenate([found.values[word].ravel() for word in words])
    try:
        result = search(
            looked, packed, method="L-BFGS-B", jac=True, options=options, callback=noted
        )
    except _Ended:
        found.ended = "ended by a callback"
        return found
    except KeyboardInterrupt:
        found.ended = "interrupted"
        return found
    found.values, found.loss = unpacked(result.x), float(result.fun)
    found.iterations = min(int(result.nit), told.max_iter)
    found.converged, found.ended = bool(result.status == 0), str(result.message)
    return found
