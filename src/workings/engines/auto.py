"""The engine that chooses: machine code where that pays and can be had, else NumPy.

Machine code must be made first, or fetched from the disk, so it is for work that would take NumPy
a while. How long is counted and not measured: the choice follows from the program, the sizes and
how often it will run, so the same training runs on the same engine every time, whatever was kept
from before. Which engine it has taken, and why not the other, is told by `chosen` and `reason`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from workings.batches import Batches, Loop, Looped, Whole
from workings.engines import Engine, Prepared, _work, engine, lacking
from workings.engines._stepping import SAMPLES
from workings.engines.numpy import ENGINE as REFERENCE
from workings.errors import NotSupported
from workings.language import Program
from workings.language.shapes import bound
from workings.trace import Array, Trace, Values

# Seconds of NumPy, as counted, from which on machine code pays, though nothing be kept on the disk.
# Trainings in processes of their own, least seconds of processor time of three (moons, 80: of two):
#   counted                              NumPy   compiled   its kernel kept
#   0.09     breast-cancer, 40 epochs    0.14    0.34       0.21
#   0.11     wine, 150 epochs            0.18    0.33       0.23
#   0.13     moons, 40 epochs            0.19    0.26       0.20
#   0.26     moons, 80 epochs            0.38    0.32       0.26
TRAINING_PAYS = 0.2
# A million rows through 20-50-1 units: NumPy 0.18 s, compiled 0.06 s; many tables are asked once.
RUN_PAYS = 0.2


class AutoEngine:
    """Whatever is fastest and can do it; `times` is how often, at most, a program will run.

    Values that are all to be seen (`run`, `trace`) are NumPy's.
    """

    name = "auto"

    def __init__(self, times: int | None = None) -> None:
        self.times = times

    def prepare(self, program: Program, keep: Iterable[str] | None = None) -> ChosenRun:
        """A function from given values to the values of the names in `keep` (all, if None)."""
        return ChosenRun(program, keep, self.times)

    def run(self, program: Program, values: Values) -> dict[str, Array]:
        """The value of every name, given or computed."""
        return REFERENCE.run(program, values)

    def trace(
        self, program: Program, values: Values, labels: Mapping[str, Sequence[str]] | None = None
    ) -> Trace:
        """The program with the value of every name."""
        return REFERENCE.trace(program, values, labels)

    def loop(self, program: Program, keep: Iterable[str] = (), *, loss: str = "loss") -> Loop:
        """Many iterations in one call; of `keep`, the values of the last one are handed back."""
        return ChosenLoop(program, tuple(keep), loss, self.times)


class _Choosing:
    """By which engine it runs, and why not by the other where that would pay."""

    chosen: str = REFERENCE.name
    reason: str = ""

    def choose(self, program: Program, work: float, least: float) -> None:
        """Chooses for work that would take NumPy so many seconds."""
        if work >= least:
            self.reason = why_not(program)
            self.chosen = REFERENCE.name if self.reason else "compiled"

    def refused(self, error: NotSupported) -> None:
        """What only shows when sizes are known."""
        self.chosen, self.reason = REFERENCE.name, error.message


class ChosenRun(_Choosing):
    """A program ready to run: the first call chooses, from what it is given."""

    def __init__(self, program: Program, keep: Iterable[str] | None, times: int | None) -> None:
        self.program, self.keep, self.times = program, keep if keep is None else list(keep), times
        self.plan = REFERENCE.prepare(program, self.keep)
        self.running: Prepared | None = None

    def __call__(self, values: Values) -> dict[str, Array]:
        """The values of the names that are kept."""
        if self.running is None:
            self.settle(values)
        assert self.running is not None  # noqa: S101 - it is settled
        try:
            return self.running(values)
        except NotSupported as error:
            if self.chosen == REFERENCE.name:
                raise
            self.refused(error)
            self.running = self.plan
            return self.plan(values)

    def settle(self, values: Mapping[str, Array]) -> str:
        """Chooses by these values, and says which engine it is."""
        shapes = {word: np.shape(x) for word, x in values.items()}
        work = _work.seconds(self.plan, bound(self.program.given, shapes))
        least = RUN_PAYS if self.times is None else TRAINING_PAYS
        self.choose(self.program, work * (self.times or 1), least)
        ready = self.chosen == REFERENCE.name
        self.running = self.plan if ready else engine(self.chosen).prepare(self.program, self.keep)
        return self.chosen


class ChosenLoop(_Choosing):
    """Iterations of a program: the first call chooses, from what it is given."""

    def __init__(
        self, program: Program, keep: tuple[str, ...], loss: str, times: int | None
    ) -> None:
        self.program, self.keep, self.loss, self.times = program, keep, loss, times
        self.reference = REFERENCE.loop(program, keep, loss=loss)
        self.running: Loop | None = None

    def __call__(
        self, values: Values, rows: Values, batches: Batches, stop: Whole | None = None
    ) -> Looped:
        """Runs the iterations in `batches`."""
        if self.running is None:
            self._settle({**values, **rows}, batches)
        assert self.running is not None  # noqa: S101 - it is settled
        try:
            return self.running(values, rows, batches, stop)
        except NotSupported as error:
            if self.chosen == REFERENCE.name:
                raise
            self.refused(error)
            self.running = self.reference
            return self.reference(values, rows, batches, stop)

    def _settle(self, given: Values, batches: Batches) -> None:
        declared = {
            word: shape for word, shape in self.program.given.items()
            if word in given and word not in batches.masks
        }  # fmt: skip
        sizes = bound(declared, {word: np.shape(given[word]) for word in declared})
        sizes[SAMPLES] = batches.room
        plan: Any = self.reference
        times = len(batches) if self.times is None else self.times
        self.choose(self.program, _work.seconds(plan.runner, sizes) * times, TRAINING_PAYS)
        ready = self.chosen == REFERENCE.name
        self.running = self.reference if ready else engine(self.chosen).loop(
            self.program, self.keep, loss=self.loss
        )  # fmt: skip


def why_not(program: Program) -> str:
    """Why a program cannot run as machine code here, with the step it is about; "" if it can."""
    found = lacking("compiled") or _broken()
    if found:
        return found
    from workings.compiling.values import why_not

    if not why_not(program):
        return ""
    step = next(step for step in program if why_not(program.only(step.name)))
    return f"the step {step.name} needs {why_not(program.only(step.name))}"


def _broken() -> str:
    """Why llvmlite, though it is there, is of no use on this machine."""
    from workings.compiling import machine

    try:
        machine.target()
    except (ImportError, OSError, RuntimeError) as error:
        return f"llvmlite cannot be used here ({error})"
    return ""


def asked_for(word: str, times: int) -> Engine:
    """The engine of that name, for a program that will run so often at most."""
    return AutoEngine(times) if word == AutoEngine.name else engine(word)


def ran_by(runs: Any, word: str) -> tuple[str, str]:
    """By which engine something runs that the engine `word` made ready, and why not by another."""
    return getattr(runs, "chosen", word), getattr(runs, "reason", "")


def machine_of(word: str) -> str:
    """What the last digits of an engine depend on besides the program: "" for NumPy.

    Machine code adds up in the order that suits the processor; the same short text means the same
    digits.
    """
    if word == REFERENCE.name:
        return ""
    from workings.compiling import machine

    return hashlib.sha256(machine.described().encode()).hexdigest()[:12]


def again(ran: str, machine: str) -> tuple[str, str]:
    """The engine that repeats what `ran` did on such a machine, and "".

    Or, where nothing here adds up in that order, NumPy and why it has to be.
    """
    if ran == REFERENCE.name:
        return ran, ""
    why = lacking(ran) or _broken()
    if not why and machine_of(ran) != machine:
        why = "this processor is of another kind"
    return (REFERENCE.name, why) if why else (ran, "")


ENGINE = AutoEngine()
