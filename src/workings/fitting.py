"""The main job: a table in, a trained model out, with honest scores.

    train(table, target="species", hidden=[16], seed=0)     -> Result
    replay(model, table, iteration=k)                       -> the trace of that iteration

The rows are split first; columns are prepared, weights drawn and rows shuffled from one seed, on
training rows alone; the test rows are looked at once, at the end, beside a trivial and a linear
model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np

from workings import preparation, training
from workings.conventions import Convention
from workings.data import Column, Table, table_or_builtin, task_of
from workings.engines import engine
from workings.errors import DataError, SettingError, UnknownName
from workings.language import Op, chain
from workings.layers import Dense
from workings.losses import Loss, loss_row
from workings.models import Model
from workings.network import Network
from workings.optimizers import optimizer
from workings.runs import History, Measures, Rows, Settings, Training, check_least
from workings.scoring import Scores, baselines, scores
from workings.trace import Array, Trace

TASKS = ("auto", "classification", "regression")
DTYPES = ("float64", "float32")
VALIDATION_SIZE = 0.15  # of the training rows, when training stops early


@dataclass(frozen=True)
class Options:
    """What can be said about a training; None means: what suits the task and the table."""

    hidden: tuple[int, ...] = (32,)
    activation: str | Op = "tanh"
    task: str = "auto"
    loss: str | Loss | None = None
    optimizer: str = "adam"
    lr: float | None = None
    epochs: int = 100
    batch_size: int | None = 32
    schedule: str = "cosine"
    test_size: float = 0.2
    validation_size: float | None = None
    patience: int | None = None
    l1: float = 0.0
    l2: float = 0.002
    start: str | None = None
    dtype: str = "float64"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise UnknownName("task", self.task, TASKS)
        if self.dtype not in DTYPES:
            raise UnknownName("dtype", self.dtype, DTYPES)
        for word, share in (("test", self.test_size), ("validation", self.validation_share)):
            if not 0 <= share < 1:
                raise SettingError(
                    f"cannot keep {share:g} of the rows for {word}: "
                    "0 or more and less than 1 was expected"
                )
        check_least("seed", self.seed, 0)
        self.settings  # noqa: B018 - whatever is out of range is found before the table is read

    @property
    def validation_share(self) -> float:
        """The share of the training rows that decides when to stop."""
        if self.validation_size is None:
            return VALIDATION_SIZE if self.patience else 0.0
        return self.validation_size

    @property
    def settings(self) -> Settings:
        """The part of it that the loop is told."""
        return Settings(
            epochs=self.epochs, batch_size=self.batch_size, schedule=self.schedule,
            rate=optimizer(self.optimizer).rate if self.lr is None else self.lr,
            patience=self.patience, seed=self.seed,
        )  # fmt: skip


@dataclass(frozen=True)
class Result:
    """A trained model with what it was trained and tested on, and how well it did."""

    model: Model
    history: History
    training: Table
    test: Table
    scores: Mapping[str, Scores]
    baselines: Mapping[str, Scores]
    notes: Sequence[str] = ()


class Job:
    """A training that has been set up: the rows are split, the columns prepared, nothing trained.

    `network` is only given to set up again a training whose network is known.
    """

    def __init__(
        self, table: Table, target: str, options: Options, *, network: Network | None = None
    ) -> None:
        self.options, self.target = options, target
        self.notes: list[str] = []
        self.table = self._with_targets(table)
        self.task, self.task_reason = self._task(self.table[target])
        rest, self.test = self._split(self.table, options.test_size, 1)
        self.training, self.validation = self._split(rest, options.validation_share, 2)
        self.network = network or self._network()
        ends = self.network.layers[-1].op
        self.preparation = preparation.fitted(
            self.training, target=target, task=self.task, scale_target=_reaches_any_number(ends)
        )
        self.start = self._start()

    @property
    def weights(self) -> int:
        """How many numbers are learnt."""
        return self.network.count_weights(
            self.preparation.inputs_count, self.preparation.target.outputs
        )

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

    def run(self, watch: training.Watch | None = None) -> Result:
        """Trains, and scores what came out. Raises `NotFinite` when the numbers run away."""
        validation = self.rows(self.validation) if len(self.validation) else None
        trained = training.train(
            self.network.training(self.options.optimizer), self.start, self.rows(self.training),
            settings=self.options.settings, watch=watch,
            measures=Measures(
                summed=False, output=self.network.output, metrics=self._metrics(),
                validation=validation,
            ),
        )  # fmt: skip
        return self._result(trained)

    def replay(self, iteration: int) -> tuple[dict[str, Array], Table]:
        """What iteration `iteration` is given, and the rows it reads."""
        values, which = training.replay(
            self.network.training(self.options.optimizer), self.start, self.rows(self.training),
            settings=self.options.settings, iteration=iteration,
        )  # fmt: skip
        return values, self.training.take(which)

    # -- setting up --------------------------------------------------------------------------------

    def _with_targets(self, table: Table) -> Table:
        """The rows whose target is known."""
        missing = table[self.target].missing
        if missing.any():
            self.notes.append(
                f"{int(missing.sum())} rows were left out: they have no value in {self.target}"
            )
        table = table.take(~missing)
        if len(table) < 2:
            raise DataError(
                f"cannot train on {table.source}: {len(table)} rows have a value in "
                f"{self.target}, and 2 or more were expected"
            )
        return table

    def _task(self, column: Column) -> tuple[str, str]:
        task, reason = task_of(column)
        if self.options.task != "auto":
            task, reason = self.options.task, "as you said"  # type: ignore[assignment]
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

    def _split(self, table: Table, share: float, stream: int) -> tuple[Table, Table]:
        """The rows to keep and those to hold out; of each class its share, but never all."""
        random = np.random.default_rng([self.options.seed, stream])
        groups = [np.arange(len(table))]
        if self.task == "classification":
            texts = np.array(table[self.target].texts(), object)
            groups = [np.flatnonzero(texts == word) for word in sorted(set(texts))]
        held_out = []
        for group in groups:
            count = min(round(share * len(group)), len(group) - 1)
            held_out += random.permutation(group)[:count].tolist()
        mask = np.zeros(len(table), bool)
        mask[held_out] = True
        return table.take(~mask), table.take(mask)

    def _network(self) -> Network:
        options, classes = self.options, len(set(self.table[self.target].texts()))
        loss, ends = _loss_and_output(self.task, classes, options.loss)
        layers = [Dense(units, options.activation) for units in options.hidden]
        outputs = classes if self.task == "classification" and classes > 2 else 1
        return Network(
            [*layers, Dense(outputs, ends)], loss, TRAINED_UNDER, l1=options.l1, l2=options.l2
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

    def _result(self, trained: Training) -> Result:
        values = {word: trained.values[word] for word in self.start}
        model = Model(self.network, self.preparation, values)
        found = {"training": scores(model, self.training)}
        beside: dict[str, Scores] = {}
        if len(self.test):
            found["test"] = scores(model, self.test)
            beside = baselines(model, self.training, self.test)
            self._note_unseen()
        else:
            self.notes.append("no rows were kept for testing, so nothing is known about new rows")
        record = {
            "task": self.task, "options": _plain(self.options), "scores": found,
            "columns": [word for word in self.table.names if word != self.target],
            "baselines": beside, "history": asdict(trained.history), "table": _about(self.table),
            "rows": {"training": len(self.training), "validation": len(self.validation),
                     "test": len(self.test)},
        }  # fmt: skip
        return Result(
            replace(model, record=record), trained.history, self.training, self.test, found,
            beside, tuple(self.notes),
        )  # fmt: skip

    def _note_unseen(self) -> None:
        unseen = self.preparation.unseen(self.test)
        if unseen:
            self.notes.append(
                f"{len(unseen)} test cells hold words that no training row held, so they count as "
                f"none of the known ones (first: {unseen[0]})"
            )


TRAINED_UNDER = Convention(sign="gradient", reduction="mean")


def train(
    table: Any,
    target: str | None = None,
    *,
    watch: training.Watch | None = None,
    **options: Any,
) -> Result:
    """Trains a network on a table and scores it on rows it has not seen.

    `table` is the path of a CSV or TSV file, the name of a built-in table, a `Table`, or a pair
    of arrays (X, y). `options` are the fields of `Options`: hidden=[16, 8], activation="relu",
    epochs=100, seed=0 and so on.

    >>> result = train("xor", hidden=[8], epochs=300, lr=0.05)
    >>> result.model.predict([[0, 1], [1, 1]]).tolist()
    ['1', '0']
    """
    table, target = located(table, target)
    return Job(table, target, options_of(**options)).run(watch)


def located(table: Any, target: str | None) -> tuple[Table, str]:
    """The table that is meant, and the name of its target column."""
    if isinstance(table, tuple) and len(table) == 2:
        table = Table.from_arrays(*table, target=target or "target")
    elif not isinstance(table, Table):
        table = table_or_builtin(table)
    target = target or table.target
    if target is None:
        raise SettingError(
            f"cannot train on {table.source}: it was not said which column to predict",
            hint=f"Name one of its columns as target: {', '.join(table.names)}.",
        )
    return table, table[target].name


def options_of(**options: Any) -> Options:
    """`Options` from keywords; raises `UnknownName` with a suggestion for one that is none."""
    known = [option.name for option in fields(Options)]
    for word in options:
        if word not in known:
            raise UnknownName("option", word, known)
    hidden = options.get("hidden", Options.hidden)
    hidden = (hidden,) if isinstance(hidden, int) else tuple(hidden)
    return Options(**{**options, "hidden": tuple(units for units in hidden if units != 0)})


def replay(model: Model, table: Table, *, iteration: int) -> Trace:
    """The whole working of one iteration of a model's training, run again from its seed.

    `table` must be the one it was trained on; raises `DataError` if it is not.
    """
    record = model.record
    job = Job(
        table, model.preparation.target.name, options_of(**record["options"]),
        network=model.network,
    )  # fmt: skip
    if _about(job.table)["digest"] != record["table"]["digest"]:
        raise DataError(
            f"cannot replay the training: {table.source} is not the table it was trained on "
            f"({record['table']['source']}, {record['table']['rows']} rows)",
            hint="Name that table, or leave the iteration out to see the trained network.",
        )
    values, rows = job.replay(iteration)
    program = model.working_of(model.network.training(job.options.optimizer))
    arrays = model.preparation.inputs(rows) | {"target": model.preparation.targets(rows)}
    return engine().trace(program, {**values, **model.all_values(arrays)} | _weights(values, model),
                          model.labels(rows, table))  # fmt: skip


def _weights(values: Mapping[str, Array], model: Model) -> dict[str, Array]:
    return {word: values[word] for word in model.values}


def _loss_and_output(task: str, classes: int, chosen: str | Loss | None) -> tuple[str | Loss, str]:
    """The loss, and the output layer's activation that goes with task and loss."""
    if task == "regression":
        loss: str | Loss = "squared_error" if chosen is None else chosen
        ends = loss_row(loss).activation or "identity"
        if loss_row(loss).task != "regression":
            raise SettingError(f"cannot use the loss {loss_row(loss).name} for a regression")
        return loss, ends
    natural = "binary_cross_entropy" if classes == 2 else "categorical_cross_entropy"
    loss = natural if chosen is None else chosen
    if loss_row(loss).task == "classes" and classes == 2:
        raise SettingError(
            f"cannot use the loss {loss_row(loss).name} for two classes: one output tells them "
            "apart",
            hint="Use binary_cross_entropy.",
        )
    return loss, loss_row(loss).activation or ("sigmoid" if classes == 2 else "softmax")


def _reaches_any_number(op: Op) -> bool:
    low, high = getattr(op, "span", (-np.inf, np.inf))
    return bool(np.isinf(low) and np.isinf(high))


def _accuracy(output: Array, y: Array) -> float:
    if output.shape[1] == 1:
        return float(((output > 0.5) == (y > 0.5)).mean())
    return float((output.argmax(1) == y.argmax(1)).mean())


def _about(table: Table) -> dict[str, Any]:
    """What a table is recognised by."""
    digest = hashlib.sha256()
    for column in table.columns:
        digest.update("\0".join((column.name, *column.cells)).encode())
    return {"source": table.source, "rows": len(table), "digest": digest.hexdigest()}


def _plain(options: Options) -> dict[str, Any]:
    return {
        word: getattr(value, "name", list(value) if isinstance(value, tuple) else value)
        for word, value in vars(options).items()
    }
