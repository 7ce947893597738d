"""One training from a table: set up, run, and what came out.

    Job(table, target, options)     the rows split, the columns prepared, the weights drawn
    job.run(watch)                  -> Result: the model, its history, its scores
    job.trained(watch)              -> the model and its history, not scored
    about(table)                    what a table is recognised by

Everything that can be refused is refused while it is set up, before any time is spent.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cached_property
from typing import Any

import numpy as np

from workings import memory, preparation, training
from workings.data import Table
from workings.engines import engine
from workings.errors import DataError, SettingError
from workings.jobs.dealing import dealt
from workings.jobs.metrics import metrics_for
from workings.jobs.options import Options, network_for, reaches_any_number
from workings.jobs.results import Result as Result
from workings.language import Program, chain
from workings.models import Model
from workings.network import Network
from workings.preparation.columns import identifiers
from workings.scores.scoring import (
    NOT_CONVERGED,
    SKLEARN,
    Given,
    Scores,
    baselines,
    given,
    scores,
    sklearn_described,
    sklearn_network,
)
from workings.trace import Array
from workings.training.runs import History, Measures, Rows

ROW_COPIES = 4  # of each number that is read: while it is prepared, and in the units learnt in
LARGEST_SINGLE = 1e36  # sums of squares of errors have to fit beside it
BATCH_COPIES = 4  # of what each neuron gives for a row: input, output, and what both are owed
AT_ONCE = 4096  # rows that machine code has in memory at a time, however large the batch is
COPIES = 5  # of each weight: itself, the new one, its gradient, and two that Adam remembers


class Job:
    """A training that has been set up: the rows are split, the columns prepared, nothing trained.

    `network` is only given to set up again a training whose network is known; `test` are the
    rows to test on, as places among those whose target is known, where they are not to be drawn.
    """

    def __init__(
        self, table: Table, target: str, options: Options, *, network: Network | None = None,
        test: Sequence[int] | None = None,
    ) -> None:  # fmt: skip
        self.options, self.target, self.given_test = options, target, test
        self.dealt = dealt(table, target, options, test)
        self.table, self.task = self.dealt.table, self.dealt.task
        self.training, self.test = self.dealt.training, self.dealt.test
        self.validation = self.dealt.validation
        self.notes = self._left_out(len(table) - len(self.table))
        self.network = network or self.suited(options)
        ends = self.network.layers[-1].op
        self.preparation = preparation.fitted(
            self.training, target=target, task=self.task, scale_target=reaches_any_number(ends),
            left_out=identifiers(self.table.columns, options.keep), keep=options.keep,
        )  # fmt: skip
        self._note_capitals()
        self._check_counts()
        self._check_precision()
        self._check_memory()
        self.start = self._start()

    def described(self) -> str:
        """The network and how it is trained, in a line."""
        inputs, outputs = self.preparation.inputs_count, self.preparation.target.outputs
        how = f"{self.options.optimizer}, lr {self.options.settings.rate:g}"
        return f"{self.network.described(inputs, outputs)}; {how}"

    def suited(self, options: Options) -> Network:
        """The network that options ask for, with the task and the classes of this training."""
        classes = self.dealt.classes
        return network_for(self.task, len(classes.labels) if classes else 0, options)

    def count_weights(self, network: Network) -> int:
        """How many weights a network has behind the columns of this training."""
        prepared = self.preparation
        return network.count_weights(prepared.inputs_count, prepared.target.outputs)

    @cached_property
    def given_training(self) -> Given:
        """The training rows as numbers, which are made once."""
        return given(self.preparation, self.training)

    def rows(self, rows: Table | Given) -> Rows:
        """Some rows as the network reads them."""
        rows = given(self.preparation, rows)
        prepared, convention = self.preparation, self.network.convention
        program = chain(prepared.steps(convention), prepared.target_steps(convention))
        arrays = {**rows.arrays, "target": rows.targets, **prepared.constants()}
        values = engine().prepare(program, ["X", "y"])(arrays)
        dtype = self.options.dtype
        return Rows(
            np.ascontiguousarray(values["X"], dtype), np.ascontiguousarray(values["y"], dtype)
        )

    def run(
        self, watch: training.Watch | None = None, *, against: bool = False,
        keeper: training.Keeper | None = None, state: training.State | None = None,
    ) -> Result:  # fmt: skip
        """Trains, and scores what came out. Raises `NotFinite` when the numbers run away.

        With `against`, scikit-learn's network is among the baselines. `keeper` and `state` are
        those of `training.train`: who keeps its states, and the one to go on from.
        """
        return self.scored(*self.trained(watch, keeper=keeper, state=state), against=against)

    def trained(
        self, watch: training.Watch | None = None, *, keeper: training.Keeper | None = None,
        state: training.State | None = None,
    ) -> tuple[Model, History]:  # fmt: skip
        """Trains, and scores nothing. Raises `NotFinite` when the numbers run away."""
        trained = training.train(
            self.iteration, self.start, self.rows(self.given_training), watch=watch,
            settings=self.options.settings, measures=self._measures(), masks=self._masks,
            keeper=keeper, state=state,
        )  # fmt: skip
        values = {word: trained.values[word] for word in self.start}
        return Model(self.network, self.preparation, values), trained.history

    @property
    def iteration(self) -> Program:
        """One iteration of the training: forward, loss, back-propagation and update."""
        return self.network.training(self.options.optimizer, clip=self.options.clip)

    @property
    def _masks(self) -> training.Masks | None:
        return self.network.masks if self.network.drops else None

    def replay(self, iteration: int) -> tuple[dict[str, Array], Table]:
        """What iteration `iteration` is given, and the rows it reads."""
        values, which = training.replay(
            self.iteration, self.start, self.rows(self.given_training), iteration=iteration,
            settings=self.options.settings, measures=self._measures(), masks=self._masks,
        )  # fmt: skip
        return values, self.training.take(which)

    def _measures(self) -> Measures:
        target = self.preparation.target
        return Measures(
            summed=False, output=self.network.output,
            metrics=metrics_for(self.task, target.outputs, target.scale),
            validation=self.rows(self.validation) if len(self.validation) else None,
            judge=self.network.program() if self.network.drops else None,
        )  # fmt: skip

    # -- setting up --------------------------------------------------------------------------------

    def _left_out(self, count: int) -> list[str]:
        return [f"rows without a value in {self.target} were left out: {count}"] if count else []

    def _note_capitals(self) -> None:
        classes = self.preparation.target.classes
        folded = Counter(label.casefold() for label in classes)
        alike = [label for label in classes if folded[label.casefold()] > 1]
        if alike:
            listed = ", ".join(alike)
            self.notes.append(f"classes that differ in capitals alone are kept apart: {listed}")

    def _check_counts(self) -> None:
        """A network whose output is never negative cannot learn what is."""
        if self.network.loss_row.activation != "exponential":
            return
        targets = self.preparation.targets(self.training)
        if targets.min() < 0:
            raise DataError(
                f"cannot use the loss {self.network.loss_row.name}: {self.target} goes down to "
                f"{targets.min():g}, and counts are 0 or more",
                hint="Use squared_error, absolute_error or huber.",
            )

    def _check_precision(self) -> None:
        """Single precision ends at 3e38, and what is told in the target's units must fit."""
        target = self.preparation.target
        reach = max(max(abs(one.mean), one.scale) for one in target.columns)
        if self.options.dtype == "float32" and reach > LARGEST_SINGLE:
            raise SettingError(
                f"cannot train in float32: {self.target} reaches {reach:.3g}, and no more than "
                f"{LARGEST_SINGLE:g} can be told in it",
                hint="Use float64, or divide the target by a large number first.",
            )

    def _check_memory(self) -> None:
        """Said before anything is allocated: the weights, their gradients and the optimizer's."""
        prepared = self.preparation
        count = self.count_weights(self.network)
        needed = count * COPIES * np.dtype(self.options.dtype).itemsize
        free = memory.free_memory()
        rows = len(self.training) * (prepared.inputs_count + prepared.target.outputs)
        if free is not None and rows * ROW_COPIES * 8 > free:
            raise SettingError(
                f"cannot train on {len(self.training)} rows of {prepared.inputs_count} inputs and "
                f"{prepared.target.outputs} outputs: they need about "
                f"{rows * ROW_COPIES * 8 / 1e9:.0f} GB of memory, and {free / 1e9:.0f} are free",
                hint="Leave out columns with many different words, or choose another target.",
            )
        if free is not None and needed > free:
            raise SettingError(
                f"cannot train {count} weights: they need about {needed / 1e9:.0f} GB of memory, "
                f"and {free / 1e9:.0f} are free",
                hint="Make the hidden layers smaller.",
            )
        batch = min(len(self.training), self.options.batch_size or len(self.training))
        batch = batch if self.options.engine == "numpy" else min(batch, AT_ONCE)
        neurons = sum(self.options.hidden) + prepared.target.outputs
        needed += batch * neurons * BATCH_COPIES * np.dtype(self.options.dtype).itemsize
        if free is not None and needed > free:
            raise SettingError(
                f"cannot train {neurons} neurons on {batch} rows at a time: they need about "
                f"{needed / 1e9:.0f} GB of memory, and {free / 1e9:.0f} are free",
                hint="Make the hidden layers or the batches smaller.",
            )

    def _start(self) -> dict[str, Array]:
        start = self.network.start(
            inputs=self.preparation.inputs_count, outputs=self.preparation.target.outputs,
            random=np.random.default_rng([self.options.seed, 3]), draw=self.options.start,
        )  # fmt: skip
        return dict(start)

    # -- what came out -----------------------------------------------------------------------------

    def scored(self, model: Model, history: History, *, against: bool = False) -> Result:
        """What came out of a training, with its scores beside those of simpler models."""
        if history.fallback:
            self.notes.append(
                f"the training ran with NumPy and not as machine code: {history.fallback}"
            )
        found = {"training": scores(model, self.given_training)}
        beside: dict[str, Scores] = {}
        if len(self.test):
            test = given(self.preparation, self.test)
            found["test"] = scores(model, test)
            beside = baselines(model, self.given_training, test)
            if against:
                beside[SKLEARN] = self._sklearn(model, test)
            self._note_unseen()
        else:
            self.notes.append("no rows were kept for testing, so nothing is known about new rows")
        record: dict[str, Any] = {
            "task": self.task, "options": self.options.plain(), "scores": found,
            "columns": [word for word in self.table.names if word != self.target],
            "baselines": beside, "history": asdict(history), "table": about(self.table),
            "rows": {"training": len(self.training), "validation": len(self.validation),
                     "test": len(self.test)},
        }  # fmt: skip
        if self.given_test is not None:
            record["test_rows"] = list(map(int, self.given_test))
        return Result(
            replace(model, record=record), history, self.training, self.test, found,
            beside, tuple(self.notes), self.described(),
        )  # fmt: skip

    def _sklearn(self, model: Model, test: Given) -> Scores:
        seed = self.options.seed
        found, converged = sklearn_network(model, self.given_training, test, seed=seed)
        self.notes.append(sklearn_described(model, "" if converged else NOT_CONVERGED))
        return found

    def _note_unseen(self) -> None:
        unseen = self.preparation.unseen(self.test)
        if unseen:
            self.notes.append(
                f"{len(unseen)} test cells hold words that no training row held, so they count as "
                f"none of the known ones (first: {unseen[0]})"
            )


def about(table: Table) -> dict[str, Any]:
    """What a table is recognised by."""
    digest = hashlib.sha256()
    for column in table.columns:
        column.digest_into(digest)
    return {"source": table.source, "rows": len(table), "digest": digest.hexdigest()}
