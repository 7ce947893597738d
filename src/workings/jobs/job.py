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
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from workings import files, preparation, training
from workings.data import Column, Table, task_of
from workings.engines import engine
from workings.errors import DataError, SettingError
from workings.jobs.options import Options, network_for, reaches_any_number
from workings.jobs.results import Result as Result
from workings.language import Program, chain
from workings.models import Model
from workings.network import Network
from workings.preparation.columns import identifiers
from workings.scores.scoring import (
    NOT_CONVERGED,
    SKLEARN,
    Scores,
    baselines,
    scores,
    sklearn_described,
    sklearn_network,
)
from workings.trace import Array
from workings.training.runs import History, Measures, Rows

ROW_COPIES = 4  # of each number that is read: while it is prepared, and in the units learnt in
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
        self.notes: list[str] = []
        self.table = self._with_targets(table)
        self.task, self.task_reason = self._task(self.table[target])
        rest, self.test = self._held_out(options.test_size, test)
        self.training, self.validation = self._split(rest, options.validation_share, 2)
        self.network = network or self._suited_network()
        ends = self.network.layers[-1].op
        self.preparation = preparation.fitted(
            self.training, target=target, task=self.task, scale_target=reaches_any_number(ends),
            left_out=identifiers(self.table.columns, options.keep), keep=options.keep,
        )  # fmt: skip
        self._note_capitals()
        self._check_counts()
        self._check_memory()
        self.start = self._start()

    def described(self) -> str:
        """The network and how it is trained, in a line."""
        inputs, outputs = self.preparation.inputs_count, self.preparation.target.outputs
        how = f"{self.options.optimizer}, lr {self.options.settings.rate:g}"
        return f"{self.network.described(inputs, outputs)}; {how}"

    def rows(self, table: Table) -> Rows:
        """The rows of a table as the network reads them."""
        prepared, convention = self.preparation, self.network.convention
        program = chain(prepared.steps(convention), prepared.target_steps(convention))
        arrays = {**prepared.inputs(table, unseen="none"), "target": prepared.targets(table)}
        values = engine().run(program, {**arrays, **prepared.constants()})
        dtype = self.options.dtype
        return Rows(
            np.ascontiguousarray(values["X"], dtype), np.ascontiguousarray(values["y"], dtype)
        )

    def run(self, watch: training.Watch | None = None, *, against: bool = False) -> Result:
        """Trains, and scores what came out. Raises `NotFinite` when the numbers run away.

        With `against`, scikit-learn's network is among the baselines.
        """
        return self._result(*self.trained(watch), against=against)

    def trained(self, watch: training.Watch | None = None) -> tuple[Model, History]:
        """Trains, and scores nothing. Raises `NotFinite` when the numbers run away."""
        trained = training.train(
            self.iteration, self.start, self.rows(self.training), watch=watch,
            settings=self.options.settings, measures=self._measures(), masks=self._masks,
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
            self.iteration, self.start, self.rows(self.training), iteration=iteration,
            settings=self.options.settings, measures=self._measures(), masks=self._masks,
        )  # fmt: skip
        return values, self.training.take(which)

    def _measures(self) -> Measures:
        return Measures(
            summed=False, output=self.network.output, metrics=self._metrics(),
            validation=self.rows(self.validation) if len(self.validation) else None,
            judge=self.network.program() if self.network.drops else None,
        )  # fmt: skip

    # -- setting up --------------------------------------------------------------------------------

    def _with_targets(self, table: Table) -> Table:
        """The rows whose target is known, with the columns that were asked for."""
        table = chosen(table, self.options)
        missing = table[self.target].missing
        if missing.any():
            self.notes.append(
                f"rows without a value in {self.target} were left out: {int(missing.sum())}"
            )
        table = table.take(~missing)
        if len(table) < 2:
            raise DataError(
                f"cannot train on {table.source}: {len(table)} row"
                f"{' has' if len(table) == 1 else 's have'} a value in {self.target}, "
                "and 2 or more were expected"
            )
        return table

    def _task(self, column: Column) -> tuple[str, str]:
        task: str
        task, reason = task_of(column)
        if self.options.task != "auto":
            task, reason = self.options.task, "as you said"
        classes = set(column.texts())
        if task == "classification" and len(classes) < 2:
            raise DataError(
                f"cannot learn to tell classes apart: every row of {column.origin.source} has "
                f"{column.name} = {column.cells[0]!r}",
                hint="Add rows of another class, or choose another target.",
            )
        if task == "regression":
            column.numbers()
        return task, reason

    def _held_out(self, share: float, test: Sequence[int] | None) -> tuple[Table, Table]:
        """The rows to train on and those to test on: the given ones, or a share of each class."""
        if test is None:
            return self._split(self.table, share, 1)
        held_out, mask = self.table.take(list(test)), np.ones(len(self.table), bool)
        mask[list(test)] = False
        return self.table.take(mask), held_out

    def _split(self, table: Table, share: float, stream: int) -> tuple[Table, Table]:
        """The rows to keep and those to hold out; of each class its share, but never all."""
        random = np.random.default_rng([self.options.seed, stream])
        groups = [np.arange(len(table))]
        if self.task == "classification":
            texts = np.array(table[self.target].texts(), object)
            codes = np.unique(texts, return_inverse=True)[1]
            ends = np.cumsum(np.bincount(codes))[:-1]
            groups = np.split(np.argsort(codes, kind="stable"), ends)
        held_out = []
        for group in groups:
            count = min(round(share * len(group)), len(group) - 1)
            held_out += random.permutation(group)[:count].tolist()
        mask = np.zeros(len(table), bool)
        mask[held_out] = True
        return table.take(~mask), table.take(mask)

    def _suited_network(self) -> Network:
        classes = len(set(self.table[self.target].texts())) if self.task == "classification" else 0
        return network_for(self.task, classes, self.options)

    def _note_capitals(self) -> None:
        classes = self.preparation.target.classes
        folded = Counter(label.casefold() for label in classes)
        alike = [label for label in classes if folded[label.casefold()] > 1]
        if alike:
            listed = ", ".join(alike)
            self.notes.append(f"classes that differ in capitals alone are kept apart: {listed}")

    def _check_counts(self) -> None:
        """A network whose output is never negative cannot learn what is."""
        targets = self.preparation.targets(self.training)
        if self.network.loss_row.activation == "exponential" and targets.min() < 0:
            raise DataError(
                f"cannot use the loss {self.network.loss_row.name}: {self.target} goes down to "
                f"{targets.min():g}, and counts are 0 or more",
                hint="Use squared_error, absolute_error or huber.",
            )

    def _check_memory(self) -> None:
        """Said before anything is allocated: the weights, their gradients and the optimizer's."""
        prepared = self.preparation
        count = self.network.count_weights(prepared.inputs_count, prepared.target.outputs)
        needed = count * COPIES * np.dtype(self.options.dtype).itemsize
        free = files.free_memory()
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

    def _start(self) -> dict[str, Array]:
        start = self.network.start(
            inputs=self.preparation.inputs_count, outputs=self.preparation.target.outputs,
            random=np.random.default_rng([self.options.seed, 3]), draw=self.options.start,
        )  # fmt: skip
        return dict(start)

    def _metrics(self) -> dict[str, Callable[[Array, Array], float]]:
        scale = self.preparation.target.scale
        if self.task == "regression":
            return {"MAE": lambda output, y: scale * float(np.abs(output - y).mean())}
        return {"accuracy": _accuracy}

    # -- what came out -----------------------------------------------------------------------------

    def _result(self, model: Model, history: History, *, against: bool) -> Result:
        found = {"training": scores(model, self.training)}
        beside: dict[str, Scores] = {}
        if len(self.test):
            found["test"] = scores(model, self.test)
            beside = baselines(model, self.training, self.test)
            if against:
                beside[SKLEARN] = self._sklearn(model)
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

    def _sklearn(self, model: Model) -> Scores:
        seed = self.options.seed
        found, converged = sklearn_network(model, self.training, self.test, seed=seed)
        self.notes.append(sklearn_described(model, "" if converged else NOT_CONVERGED))
        return found

    def _note_unseen(self) -> None:
        unseen = self.preparation.unseen(self.test)
        if unseen:
            self.notes.append(
                f"{len(unseen)} test cells hold words that no training row held, so they count as "
                f"none of the known ones (first: {unseen[0]})"
            )


def _accuracy(output: Array, y: Array) -> float:
    if output.shape[1] == 1:
        return float(((output > 0.5) == (y > 0.5)).mean())
    return float((output.argmax(1) == y.argmax(1)).mean())


def chosen(table: Table, options: Options) -> Table:
    """The table without the columns to ignore, and those that are categories read as such."""
    kept = [table[word].name for word in options.keep]
    table = table.without(*[word for word in options.ignore if word not in kept])
    return table.with_kinds(dict.fromkeys(options.categories, "category"))


def about(table: Table) -> dict[str, Any]:
    """What a table is recognised by."""
    digest = hashlib.sha256()
    for column in table.columns:
        column.digest_into(digest)
    return {"source": table.source, "rows": len(table), "digest": digest.hexdigest()}
