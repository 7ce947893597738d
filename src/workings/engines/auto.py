"""The engine that chooses: loops as machine code where that can be, single runs with NumPy.

A loop is worth compiling after a few hundred iterations, a single run hardly ever. Which engine a
loop has taken, and why, is told by its `chosen` and `reason`.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

from workings.batches import Batches, Loop, Looped, Whole
from workings.engines.numpy import ENGINE as REFERENCE
from workings.engines.numpy import NumpyEngine
from workings.errors import NotSupported
from workings.language import Program
from workings.trace import Values


class AutoEngine(NumpyEngine):
    """NumPy for single runs, and for loops whatever is fastest and can do them."""

    name = "auto"

    def loop(self, program: Program, keep: Iterable[str] = (), *, loss: str = "loss") -> Loop:
        """Many iterations in one call; of `keep`, the values of the last one are handed back."""
        return Choosing(program, tuple(keep), loss)


class Choosing:
    """A loop that is compiled if it can be; it says by which engine it runs, and why."""

    def __init__(self, program: Program, keep: tuple[str, ...], loss: str) -> None:
        self.program, self.keep, self.loss = program, keep, loss
        self.chosen, self.reason = "numpy", _why_not(program)
        self.running: Loop = REFERENCE.loop(program, keep, loss=loss)
        if not self.reason:
            from workings.engines.compiled import ENGINE as COMPILED

            self.chosen, self.running = COMPILED.name, COMPILED.loop(program, keep, loss=loss)

    def __call__(
        self, values: Values, rows: Values, batches: Batches, stop: Whole | None = None
    ) -> Looped:
        """Runs the iterations in `batches`."""
        try:
            return self.running(values, rows, batches, stop)
        except NotSupported as error:  # what only shows when sizes are known
            self.chosen, self.reason = REFERENCE.name, error.message
            self.running = REFERENCE.loop(self.program, self.keep, loss=self.loss)
            return self.running(values, rows, batches, stop)


def _why_not(program: Program) -> str:
    if find_spec("llvmlite") is None:
        return "llvmlite is not installed"
    from workings.compiling.values import why_not

    return why_not(program)


ENGINE = AutoEngine()
