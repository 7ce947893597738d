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

from workings.engines.auto import asked_for, ran_by
from workings.language import Program
from workings.trace import Array
from workings.training.runs import Rows, Values

Look = Callable[[int, float, Values], bool | None]  # (iteration, loss, weights); True ends it
Looked = Callable[[Values], tuple[float, Values]]  # weights -> loss, and its slope for each


@dataclass(frozen=True)
class Told:
    """When to stop: iterations, looks at the loss, and the greatest gradient that is small."""

    max_iter: int = 200
    max_looks: int = 15_000
    tolerance: float = 1e-4


@dataclass
class Descent:
    """The weights it ended with, the loss after each iteration, why it ended, and what ran it."""

    values: Values
    losses: list[float] = field(default_factory=list)
    iterations: int = 0
    loss: float = float("nan")
    converged: bool = True
    ended: str = ""
    engine: str = "numpy"
    fallback: str = ""


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
    engine_name: str = "auto",
) -> Descent:
    """Minimises the step `loss`; `gradients` names, for each parameter, the step that holds its.

    Gradients must point uphill (the convention `gradient`). Ctrl-C ends it with the weights of
    the last iteration. `program` is run once for each look, on all rows, by the engine asked for.
    """
    told, words = told or Told(), list(gradients)
    run = asked_for(engine_name, told.max_iter).prepare(program, ["loss", *gradients.values()])
    given = rows.batch(None, program.given["X"].index("n"))

    def looked(values: Values) -> tuple[float, Values]:
        out = run({**given, **values})
        return float(out["loss"]), {word: out[gradients[word]] for word in words}

    descending = _Descending(looked, {word: np.array(start[word]) for word in words}, look)
    found = descending.run(told)
    found.engine, found.fallback = ran_by(run, engine_name)
    return found


class _Descending:
    """One search: SciPy knows a single row of numbers, we know matrices by name."""

    def __init__(self, looked: Looked, start: Values, look: Look | None) -> None:
        self.looked, self.look, self.found = looked, look, Descent(start)
        self.shapes = {word: x.shape for word, x in start.items()}
        self.ends = np.cumsum([x.size for x in start.values()])[:-1]
        self.loss = float("nan")  # at the last look

    def run(self, told: Told) -> Descent:
        """Looks on until it has converged, or may not look any more."""
        from scipy import optimize

        options: dict[str, Any] = {
            "maxfun": told.max_looks, "maxiter": told.max_iter, "gtol": told.tolerance,
        }  # fmt: skip
        search: Any = optimize.minimize
        found, packed = self.found, self._packed(self.found.values)
        try:
            result = search(
                self._value, packed, method="L-BFGS-B", jac=True, options=options,
                callback=self._note,
            )  # fmt: skip
        except (_Ended, KeyboardInterrupt) as why:
            found.ended = "ended by a callback" if isinstance(why, _Ended) else "interrupted"
            return found
        found.values, found.loss = self._unpacked(result.x), float(result.fun)
        found.iterations = min(int(result.nit), told.max_iter)
        found.converged, found.ended = bool(result.status == 0), str(result.message)
        return found

    def _packed(self, values: Values) -> Array:
        return np.concatenate([values[word].ravel() for word in self.shapes])

    def _unpacked(self, packed: Array) -> Values:
        pieces = zip(self.shapes.items(), np.split(packed, self.ends), strict=True)
        return {word: x.reshape(shape) for (word, shape), x in pieces}

    def _value(self, packed: Array) -> tuple[float, Array]:
        self.loss, slopes = self.looked(self._unpacked(packed))
        return self.loss, self._packed(slopes)

    def _note(self, packed: Array) -> None:
        found = self.found
        found.values, found.loss = self._unpacked(packed.copy()), self.loss
        found.losses.append(self.loss)
        found.iterations += 1
        if self.look and self.look(found.iterations, found.loss, found.values):
            raise _Ended
