"""A training that can be run, looked at in any iteration, and run again with other settings.

    case.changed(change)      the same from the same start, with other settings
    drawn(case, "glorot")     starting weights from its seed

Samples are in rows here, whatever the convention was: the trained network is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from workings import training
from workings.data import Table
from workings.diagnosing import measures
from workings.diagnosing.finding import Change
from workings.diagnosing.measures import Marks
from workings.errors import NotSupported
from workings.jobs.job import Job
from workings.language import Program
from workings.network import Network
from workings.optimizers import Optimizer, optimizer
from workings.preparation.findings import Oddity, oddities
from workings.trace import Array
from workings.training.courses import Course, Usual
from workings.training.runs import Measures, Rows, Settings, Values

LOOKED = 1000  # rows that are looked at, evenly spread over all there are
OF_ROWS = ("program", "backward", "marks", "looked", "table", "oddities")  # settings aside
STREAM = 3  # of the seed, for starting weights: that of a job


@dataclass(frozen=True)
class Case:
    """A network, its starting weights, its rows, and how it is trained.

    `validation` are rows that the training itself looks at, `new` rows that it never learns from.
    `course` makes the course of a training that is not the usual one, `measured` is what it looks
    at, and `remake` makes the same case with other settings. `job` is there when all of it comes
    from a table.
    """

    network: Network
    start: Mapping[str, Array]
    rows: Rows
    settings: Settings
    optimizer: str | Optimizer = "sgd"
    clip: float | None = None
    validation: Rows | None = None
    new: Rows | None = None
    task: str = "classification"
    inputs: tuple[str, ...] = ()
    job: Job | None = None
    course: Callable[[], Course] | None = None
    remake: Callable[[Case, Change], Case] | None = None
    measured: Measures | None = None

    def changed(self, change: Change) -> Case:
        """The same from the same start, with other settings; raises `UnknownName` for no setting.

        What the starting weights do not fit any more is drawn anew, from the same seed.
        """
        if self.remake is None:
            raise NotSupported("cannot change the settings of this training: they are not known")
        return self.remake(self, change)

    @cached_property
    def program(self) -> Program:
        """One iteration: forward, loss, back-propagation and update."""
        return self.network.training(self.optimizer, clip=self.clip)

    @cached_property
    def backward(self) -> Program:
        """Forward, loss and gradients, without dropout and without sample weights."""
        return self._plain.backward()

    @cached_property
    def marks(self) -> Marks:
        """What losses are set beside."""
        return measures.marks(self._plain, self.looked)

    @cached_property
    def curvature(self) -> float:
        """The sharpness at the start."""
        return self.sharpness({word: np.asarray(x) for word, x in self.start.items()})

    def with_settings(self, settings: Settings) -> Case:
        """The same with other settings; what is known of its rows stays known."""
        made = replace(self, settings=settings)
        vars(made).update({word: vars(self)[word] for word in OF_ROWS if word in vars(self)})
        return made

    def sharpness(self, weights: Mapping[str, Array]) -> float:
        """The largest curvature of the loss of one batch, at these weights."""
        found = measures.sharpness(self._plain, self.looked, weights)
        return found * self.batch / len(self.looked.y) if self.summed else found

    @cached_property
    def _plain(self) -> Network:
        return replace(self.network, weighted=False)

    @property
    def update(self) -> Optimizer:
        """The optimizer's row."""
        told = self.optimizer
        return optimizer(told) if isinstance(told, str) else told

    @property
    def summed(self) -> bool:
        """Whether losses and gradients are summed over the rows of a batch."""
        return self.network.convention.reduction == "sum"

    @property
    def scaled(self) -> bool:
        """Whether a preparation scales every number, so that none of them is large."""
        return self.job is not None and self.job.preparation.scaled

    @property
    def count(self) -> int:
        """How many rows are learnt from."""
        return int(self.rows.X.shape[0])

    @property
    def batch(self) -> int:
        """How many rows an iteration takes."""
        return min(self.settings.batch_size or self.count, self.count)

    @property
    def per_epoch(self) -> int:
        """How many iterations an epoch has."""
        return -(-self.count // self.batch)

    @property
    def weights(self) -> int:
        """How many numbers are learnt."""
        return sum(np.asarray(x).size for x in self.start.values())

    @property
    def masks(self) -> training.Masks | None:
        """What draws the masks of dropout."""
        return self.network.masks if self.network.drops else None

    @property
    def looks(self) -> Measures:
        """What the training itself looks at."""
        if self.measured is not None:
            return self.measured
        judge = self.network.program() if self.network.drops else None
        return Measures(
            summed=self.summed, output=self.network.output, validation=self.validation, judge=judge
        )

    def new_course(self) -> Course:
        """The course of the training, from its beginning."""
        return self.course() if self.course else Usual(self.settings)

    @cached_property
    def looked(self) -> Rows:
        """All rows, or some of many, as they are looked at."""
        some = None
        if self.count > LOOKED:
            some = np.linspace(0, self.count - 1, LOOKED).astype(np.intp)
        found = self.rows.batch(some, 0)
        return Rows(found["X"], found["y"])

    @cached_property
    def table(self) -> Table | None:
        """The rows as a table, with the target; None of several targets or very many cells."""
        if self.job is not None:
            return self.job.table
        y = self.rows.y
        if hasattr(self.rows.X, "toarray") or (y.shape[1] > 1 and self.task != "classification"):
            return None
        goal = y.argmax(1) if y.shape[1] > 1 else y[:, 0]
        if self.rows.X.size > 1_000_000 or "target" in self.inputs:
            return None
        return Table.from_arrays(self.rows.X, goal, names=list(self.inputs) or None)

    @cached_property
    def oddities(self) -> list[Oddity]:
        """What is odd about the table."""
        if self.table is None:
            return []
        return oddities(self.table, self.target, self.task)

    @property
    def target(self) -> str:
        """The name of the target column."""
        return self.job.target if self.job else "target"

    def described(self) -> str:
        """The network and how it is trained, in a line."""
        inputs, outputs = self.rows.X.shape[1], self.rows.y.shape[1]
        name = getattr(self.update, "name", "its own optimizer")
        summed = " (summed over the rows)" * self.summed
        how = f"{name}, lr {self.settings.rate:g}{summed}"
        return f"{self.network.described(inputs, outputs)}; {how}"


def drawn(case: Case, start: str | None) -> Values:
    """Starting weights from the seed of a case."""
    random = np.random.default_rng([case.settings.seed, STREAM])
    inputs, outputs = case.rows.X.shape[1], case.rows.y.shape[1]
    found: Values = dict(
        case.network.start(inputs=inputs, outputs=outputs, random=random, draw=start)
    )
    return found
