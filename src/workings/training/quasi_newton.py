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
from workings.training.recording import CALLBACK, Record
from workings.training.runs import History, Rows, Values
from workings.training.states import Recorder, State

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
    keeper: Recorder | None = None,
    state: State | None = None,
) -> Descent:
    """Minimises the step `loss`; `gradients` names, for each parameter, the step that holds its.

    Gradients must point uphill (the convention `gradient`). Ctrl-C ends it with the weights of
    the last iteration. `program` is run once for each look, on all rows, by the engine asked for.

    `keeper` is handed the record of it (see `recording.py`). With such a `state`, and all else as
    it was, the search goes on from there and ends with the bits that it would have ended with;
    `look` is told of what is new.
    """
    import scipy

    told, words = told or Told(), list(gradients)
    before = state.history if state is not None and state.done else History(engine=engine_name)
    engine_name = before.engine
    run = asked_for(engine_name, told.max_iter).prepare(program, ["loss", *gradients.values()])
    given = rows.batch(None, program.given["X"].index("n"))

    def ran() -> tuple[str, str]:
        engine, fallback = ran_by(run, engine_name)
        return engine, fallback or before.fallback

    def looked(values: Values) -> tuple[float, Values]:
        out = run({**given, **values})
        return float(out["loss"]), {word: out[gradients[word]] for word in words}

    begun = {word: np.array(start[word]) for word in words}
    size, by = sum(x.size for x in begun.values()), f"SciPy {scipy.__version__}"
    record = Record(keeper, state, size, by=by, ran=ran)
    found = _Descending(looked, begun, look, record).run(told)
    found.engine, found.fallback = ran()
    return found


class _Descending:
    """One search: SciPy knows a single row of numbers, we know matrices by name."""

    def __init__(
        self, looked: Looked, start: Values, look: Look | None, record: Record
    ) -> None:  # fmt: skip
        self.looked, self.look, self.record, self.found = looked, look, record, Descent(start)
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
            self.record.begin()
            result = search(
                self._value, packed, method="L-BFGS-B", jac=True, options=options,
                callback=self._note,
            )  # fmt: skip
            self.record.last(str(result.message), ended=True)
        except (_Ended, KeyboardInterrupt) as why:
            found.ended = CALLBACK if isinstance(why, _Ended) else "interrupted"
            self.record.last(found.ended, ended=isinstance(why, _Ended))
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
        if (kept := self.record.answer(packed)) is not None:
            self.loss, slopes = kept
            return self.loss, slopes
        self.loss, by_name = self.looked(self._unpacked(packed))
        slopes = self._packed(by_name)
        self.record.add(packed, self.loss, slopes)
        return self.loss, slopes

    def _note(self, packed: Array) -> None:
        found = self.found
        found.values, found.loss = self._unpacked(packed.copy()), self.loss
        found.losses.append(self.loss)
        found.iterations += 1
        if self.record.was_ended == CALLBACK:
            raise _Ended
        if self.record.answers or self.record.was_ended:
            return  # whoever looks was told by then
        if self.look and self.look(found.iterations, found.loss, found.values):
            raise _Ended
