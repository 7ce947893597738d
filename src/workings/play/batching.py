"""Steps made with the same settings: their program, their batches, and how they are run.

Which rows an iteration takes follows from its number and a seed alone, so any of them can be run
by itself. The order is that of `workings train`: rows are shuffled at the beginning of each epoch
where an epoch has more than one batch.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.batches import Batches, Loop, Looped
from workings.engines import Prepared, engine
from workings.language import Program, Step
from workings.play.building import Built
from workings.play.specs import Train
from workings.schedules import schedule
from workings.trace import Array
from workings.training.epochs import Epochs
from workings.training.loop import MASKS

Places = NDArray[np.intp]
KEPT = 64  # epochs between two states of the random numbers that are kept
UPDATE = "How far it moved: the new value less the old one."


class Orders:
    """The order of the rows in each epoch, from a seed."""

    def __init__(self, count: int, batch: int, seed: int | list[int]) -> None:
        self.count, self.one_batch = count, batch >= count
        self.random = np.random.default_rng(seed)
        self.states: list[Any] = [self.random.bit_generator.state]
        self.made: dict[int, Places] = {}
        self.next = 0

    def of(self, epoch: int) -> Places:
        """The order in an epoch, from 0."""
        if self.one_batch:
            return np.arange(self.count)
        if epoch not in self.made:
            self._make(epoch)
        return self.made[epoch]

    def _make(self, epoch: int) -> None:
        if not self.next <= epoch < self.next + KEPT:
            start = min(epoch // KEPT, len(self.states) - 1)
            self.random.bit_generator.state = self.states[start]
            self.next, self.made = start * KEPT, {}
        while self.next <= epoch:
            order = np.arange(self.count)
            self.random.shuffle(order)
            self.made[self.next] = order
            self.next += 1
            if self.next == len(self.states) * KEPT:
                self.states.append(self.random.bit_generator.state)
            self.made.pop(self.next - KEPT, None)


@dataclass(frozen=True)
class Segment:
    """The steps behind `first` that are made with `train`; its batches were begun after `base`."""

    built: Built
    train: Train
    first: int
    base: int
    program: Program
    shown: Program  # the same with the way each weight has moved
    loop: Loop
    orders: Orders
    engine: str

    @cached_property
    def runner(self) -> Prepared:
        """What computes every value of one iteration."""
        return engine().prepare(self.shown)

    @classmethod
    def begin(cls, built: Built, at: int, engine_name: str) -> Segment:
        """The first steps of a run."""
        program = _program(built, built.spec.train)
        return cls(
            built, built.spec.train, at, at, program, shown(program, built.start),
            engine(engine_name).loop(program), _orders(built, built.spec.train, at), engine_name,
        )  # fmt: skip

    def changed(self, train: Train, at: int, built: Built | None = None) -> Segment:
        """The same with other settings behind step `at`; batches of the same size go on."""
        built, made = built or self.built, self
        if any(getattr(train, word) != getattr(self.train, word) for word in ("l1", "l2", "clip")):
            program = _program(built, train)
            loop = engine(self.engine).loop(program)
            made = replace(self, program=program, shown=shown(program, built.start), loop=loop)
        if train.batch != self.train.batch:
            made = replace(made, base=at, orders=_orders(built, train, at))
        return replace(made, built=built, train=train, first=at)

    @property
    def batch(self) -> int:
        """How many rows an iteration takes."""
        return min(self.train.batch or self.orders.count, self.orders.count)

    @property
    def per_epoch(self) -> int:
        """How many iterations an epoch has."""
        return -(-self.orders.count // self.batch)

    def batches(self, done: int, count: int) -> Batches:
        """The rows and rates of the iterations done + 1 .. done + count."""
        since = done - self.base
        first, last = since // self.per_epoch, (since + count - 1) // self.per_epoch
        rates = [self.rate(epoch) for epoch in range(first, last + 1)]
        orders = [self.orders.of(epoch) for epoch in range(first, last + 1)]
        epochs = Epochs(self.orders.count, self.batch)
        whole = epochs.batches(orders[:1] if self.orders.one_batch else orders, rates)
        skipped = since - first * self.per_epoch
        return whole.between(skipped, skipped + count)

    def rate(self, epoch: int) -> float:
        """The learning rate of an epoch, from 0."""
        if self.built.rates is not None:
            return self.built.rates[min(epoch, len(self.built.rates) - 1)]
        train = self.train
        rule = schedule(train.schedule).rule
        return rule(train.lr, min(epoch, train.epochs - 1), train.epochs, [])

    def run(self, values: Any, done: int, count: int) -> Looped:
        """The iterations done + 1 .. done + count."""
        batches = self.batches(done, count)
        masks = self._masks(batches, done)
        with np.errstate(all="ignore"):
            rows = self.built.rows.batch(None, 0)
            return self.loop(values, rows, replace(batches, masks=masks))

    def given(self, values: Any, iteration: int) -> tuple[dict[str, Array], Places]:
        """What one iteration is given, and which rows it takes."""
        batches = self.batches(iteration - 1, 1)
        places = batches.rows(0)
        found = self.built.rows.batch(places, 0)
        rate = np.asarray(batches.rates[0], self.built.rows.X.dtype)
        given = {**values, **found, "lr": rate, **self._masks(batches, iteration - 1)}
        return given, places

    def _masks(self, batches: Batches, done: int) -> dict[str, Array]:
        """What dropout needs, each iteration's from a seed of its own as in a training."""
        network = self.built.network
        if not network.drops:
            return {}
        seed = self.built.job.options.seed
        drawn = [
            network.masks(np.random.default_rng([seed, MASKS, done + turn]), int(count))
            for turn, count in enumerate(batches.counts)
        ]
        return {word: np.concatenate([one[word] for one in drawn]) for word in drawn[0]}


def _program(built: Built, train: Train) -> Program:
    network = replace(built.network, l1=train.l1, l2=train.l2)
    return network.training(train.optimizer, clip=train.clip)


def _orders(built: Built, train: Train, at: int) -> Orders:
    count = len(built.numbers)
    return Orders(count, min(train.batch or count, count), [train.seed, at] if at else train.seed)


def shown(program: Program, parameters: Collection[str]) -> Program:
    """The program with a step for how far each parameter moves."""
    moved = []
    for old, new in program.updates.items():
        if old in parameters:
            expr = program.ref(new) - program.ref(old)
            moved.append(Step(f"update_{old}", expr, program[new].stage, UPDATE))
    return program.then(moved).by_stage()
