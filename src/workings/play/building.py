"""A spec, and the table it is about -> network, rows and starting weights. Nothing is trained.

    build(spec, table)      -> Built
    built_of(job, ...)      the same of a training that the command line has set up

One implementation with the command line: reading, preparation, the split and the messages are
those of `workings train`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from workings.conventions import Convention
from workings.data import Table
from workings.errors import DataError, SettingError
from workings.jobs.job import Job
from workings.jobs.options import Options
from workings.models import Model
from workings.network import Dense, Network
from workings.play.specs import ARTICLE, PARAMETERS, Data, Net, Spec
from workings.preparation import Preparation
from workings.scores.scoring import given
from workings.systems import system
from workings.trace import Array
from workings.training.runs import Rows

ROWS, COLUMNS = 20_000, 64
CELLS = 2_000_000  # rows of a batch times neurons: what one step holds
STREAM = 3  # of a seed, for starting weights: that of a job


@dataclass(frozen=True)
class Built:
    """What a spec comes to. `numbers` are those of the training rows in the table, from 1."""

    spec: Spec
    job: Job
    network: Network
    start: Mapping[str, Array]
    rates: Sequence[float] | None = None  # of each epoch, where they are known otherwise
    engine: str | None = None  # where it must be a certain one
    edited: Rows | None = None  # the training rows, where cells of them were edited

    @property
    def preparation(self) -> Preparation:
        """What is done to the columns."""
        return self.job.preparation

    @cached_property
    def rows(self) -> Rows:
        """The training rows as the network reads them."""
        return self.edited or self.job.rows(self.job.given_training)

    @cached_property
    def test(self) -> Rows | None:
        """The test rows likewise."""
        held = self.job.test
        return self.job.rows(given(self.preparation, held)) if len(held) else None

    @cached_property
    def numbers(self) -> list[str]:
        """What the training rows are called: their numbers in the table."""
        return _numbers(self.job.training, self.job.table)

    @cached_property
    def test_numbers(self) -> list[str]:
        """What the test rows are called."""
        return _numbers(self.job.test, self.job.table)

    @cached_property
    def labels(self) -> dict[str, list[str]]:
        """What the places along each named size are called, but for the samples."""
        return {word: list(said) for word, said in self.preparation.labels.items()}

    @property
    def inputs(self) -> int:
        """How many inputs the network has."""
        return self.preparation.inputs_count

    @property
    def outputs(self) -> int:
        """How many outputs it has."""
        return self.preparation.target.outputs

    @property
    def task(self) -> str:
        """classification or regression."""
        return self.job.task

    def model(self, values: Mapping[str, Array]) -> Model:
        """The network with such weights behind the preparation of its columns."""
        return Model(self.network, self.preparation, {word: values[word] for word in self.start})

    def with_network(self, network: Network) -> Built:
        """The same rows and starting weights behind another network of the same sizes."""
        return replace(self, network=network)

    def digest(self) -> str:
        """What the rows are recognised by."""
        found = hashlib.sha256(np.ascontiguousarray(self.rows.X).tobytes())
        found.update(np.ascontiguousarray(self.rows.y).tobytes())
        return found.hexdigest()


def build(spec: Spec, table: Table) -> Built:
    """Network, rows and starting weights; raises what the command line raises, and for limits."""
    check_size(table)
    table = _without_missing(table, spec.data)
    target = spec.data.target or table.target
    if target is None:
        raise SettingError(
            f"cannot train on {table.source}: it was not said which column to predict",
            hint=f"Choose one of {', '.join(table.names[:20])}.", field="data.target",
        )  # fmt: skip
    if spec.train.schedule == "plateau":
        raise SettingError(
            "cannot use the schedule plateau here: its rate depends on losses, so a step could "
            "not be computed again by itself",
            hint="Use constant, step or cosine.", field="train.schedule",
        )  # fmt: skip
    job = _job(spec, table, table[target].name)
    network = _network(spec, job)
    _check(network, job, spec)
    told = replace(spec.network, output=network.layers[-1].op.name, loss=network.loss_row.name)
    spec = replace(spec, network=told, data=replace(spec.data, target=job.target))
    return Built(spec, job, network, _start(spec.network, network, job))


def built_of(job: Job, spec: Spec, rates: Sequence[float] | None = None) -> Built:
    """A training that the command line has set up, with its own engine and rates."""
    return Built(spec, job, job.network, job.start, rates, job.options.settings.engine)


def check_size(table: Table) -> None:
    """Refuses a table that is too large to be looked at cell by cell."""
    for count, most, what in ((len(table), ROWS, "rows"), (len(table.names), COLUMNS, "columns")):
        if count > most:
            raise DataError(
                f"cannot open {table.source} here: it has {count} {what}, and at most {most} "
                "were expected",
                hint="Train it with `workings train --watch`, or take fewer.",
            )


def options_of(spec: Spec) -> Options:
    """The options of a job that say the same, as far as they have words for it."""
    data, train = spec.data, spec.train
    return Options(
        hidden=tuple(layer.units for layer in spec.network.hidden), task=data.task,
        loss=spec.network.loss, optimizer=train.optimizer, lr=train.lr, batch_size=train.batch,
        l1=train.l1, l2=train.l2, clip=train.clip, start=None, test_size=data.test,
        ignore=data.ignore, categories=data.categories, keep=data.keep, seed=data.seed,
        epochs=train.epochs, schedule=train.schedule,
        activation=spec.network.hidden[0].activation if spec.network.hidden else "tanh",
    )  # fmt: skip


def _without_missing(table: Table, data: Data) -> Table:
    """The rows in which nothing is missing, if that is asked for."""
    if data.missing != "drop":
        return table
    used = [column for column in table.columns if column.name not in data.ignore]
    gone = np.logical_or.reduce([np.asarray(column.missing) for column in used])
    if gone.all():
        raise DataError(
            f"cannot leave out the rows of {table.source} in which a cell is missing: every row "
            "has one",
            hint="Fill missing numbers instead.", field="data.missing",
        )  # fmt: skip
    return table.take(~gone) if gone.any() else table


def _job(spec: Spec, table: Table, target: str) -> Job:
    """The table dealt out and prepared; the network comes afterwards."""
    job = Job(table, target, options_of(spec))
    job.preparation = scaled(job.preparation, spec.data.scale, job.training)
    return job


def scaled(prepared: Preparation, scale: str, training: Table) -> Preparation:
    """The preparation with its numbers in the units asked for, found on training rows alone."""
    if scale == "standard":
        return prepared
    goal = prepared.target
    if scale == "none":
        return replace(prepared, scaled=False, target=replace(goal, mean=0.0, scale=1.0))
    numbers = []
    for column in prepared.numbers:
        found = column.read(training[column.name])
        low, high = float(np.nanmin(found)), float(np.nanmax(found))
        numbers.append(replace(column, mean=low, scale=high - low or 1.0))
    return replace(prepared, numbers=tuple(numbers), units="range")


def _network(spec: Spec, job: Job) -> Network:
    net, train = spec.network, spec.train
    suited = job.network
    ends = Dense(job.preparation.target.outputs, net.output or suited.layers[-1].op.name, net.bias)
    hidden = [Dense(layer.units, layer.activation, net.bias) for layer in net.hidden]
    told = Convention(sign=net.sign, reduction=net.reduction, bias="own" if net.bias else "none")
    loss = net.loss or suited.loss
    return Network([*hidden, ends], loss, told, l1=train.l1, l2=train.l2)


def _check(network: Network, job: Job, spec: Spec) -> None:
    count = job.count_weights(network)
    if count > PARAMETERS:
        raise SettingError(
            f"cannot build this network: it has {count} weights and biases, and at most "
            f"{PARAMETERS} were expected here",
            hint="Make the hidden layers smaller.", field="network.hidden",
        )  # fmt: skip
    rows = min(spec.train.batch or len(job.training), len(job.training))
    neurons = sum(int(layer.units or 0) for layer in network.layers) + job.preparation.inputs_count
    if rows * neurons > CELLS:
        raise SettingError(
            f"cannot show a step of {rows} rows and {neurons} neurons: it has {rows * neurons} "
            f"cells, and at most {CELLS} were expected here",
            hint="Take fewer rows per update.", field="train.batch",
        )  # fmt: skip


def _start(net: Net, network: Network, job: Job) -> Mapping[str, Array]:
    inputs, outputs = job.preparation.inputs_count, job.preparation.target.outputs
    if net.start == ARTICLE:
        values = system(ARTICLE).setup().start  # type: ignore[misc]
        shapes = {word: np.shape(x) for word, x in values.items()}
        sizes = (inputs, [layer.units for layer in network.layers[:-1]], outputs)
        if sizes != (4, [3], 1) or set(shapes) != set(network.parameters):
            raise SettingError(
                "cannot start from the article's weights: they fit 4 inputs, 3 hidden neurons "
                "and 1 output, with biases",
                hint="Choose another start.", field="network.start",
            )  # fmt: skip
        return {word: np.array(values[word]) for word in network.parameters}
    random = np.random.default_rng([net.seed, STREAM])
    return network.start(inputs=inputs, outputs=outputs, random=random, draw=net.start)


def _numbers(rows: Table, whole: Table) -> list[str]:
    places = {line: str(place) for place, line in enumerate(whole.lines, 1)}
    return [places[line] for line in rows.lines]
