"""What is noted of a run: its losses, what was changed on the way, and where it broke off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.engines import engine
from workings.language import Program
from workings.play.building import Built
from workings.play.specs import Train
from workings.trace import Array

TESTS = 4096  # losses on the test rows that are kept
ALIVE = ("lr", "batch", "l1", "l2", "clip")  # what may change while it runs


@dataclass(frozen=True)
class Broken:
    """Where the numbers ran away: in which iteration, in which cell, and in words."""

    iteration: int
    cell: str
    said: str


@dataclass(frozen=True)
class Mark:
    """A change on the way: after which step, in words."""

    step: int
    text: str


class Curve:
    """The losses of all iterations behind `at`, in one growing array."""

    def __init__(self, at: int) -> None:
        self.first, self.count, self.kept = at, 0, np.empty(256)

    def add(self, losses: Array) -> None:
        """More of them."""
        if self.count + len(losses) > len(self.kept):
            self.kept = np.concatenate([self.kept, np.empty(len(self.kept) + len(losses))])
        self.kept[self.count : self.count + len(losses)] = losses
        self.count += len(losses)

    def at(self, step: int) -> float:
        """The loss of iteration `step`."""
        place = step - self.first - 1
        return float(self.kept[place]) if 0 <= place < self.count else float("nan")

    def between(self, first: int, last: int) -> Array:
        """The losses of the steps first + 1 .. last."""
        return self.kept[max(first - self.first, 0) : min(last - self.first, self.count)]


def thinned(tests: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Every second of very many losses on the test rows, and the last."""
    return tests if len(tests) <= TESTS else [*tests[:-1:2], tests[-1]]


def changed_text(before: Train, after: Train) -> str:
    """In words, what is other: `lr 0.1 → 0.05`."""
    pairs = [(word, getattr(before, word), getattr(after, word)) for word in ALIVE]
    return ", ".join(f"{word} {_said(a)} → {_said(b)}" for word, a, b in pairs if a != b)


def _said(value: Any) -> str:
    return "all" if value is None else f"{value:g}"


def suited(program: Program) -> str:
    """The engine whose loop is fastest, of those that can run it."""
    from workings.engines.auto import ENGINE as AUTO

    return AUTO.loop(program).chosen  # type: ignore[attr-defined, no-any-return]


def finite(values: Mapping[str, Array]) -> bool:
    """Whether every number is."""
    return all(np.isfinite(x).all() for x in values.values())


def moved(program: Program, values: Mapping[str, Array]) -> dict[str, Array]:
    """How far each weight has moved, from the very numbers that are shown."""
    return {
        word: values[f"new_{word.removeprefix('update_')}"] - values[word.removeprefix("update_")]
        for word in program.names
        if word.startswith("update_")
    }


def judge_of(built: Built) -> Any:
    """What computes the loss on the test rows, those rows, and what one sample counts."""
    if built.test is None:
        return None
    program = built.network.program().only("loss")
    summed = built.network.convention.reduction == "sum"
    per = (len(built.numbers), len(built.test_numbers)) if summed else (1, 1)
    return engine().prepare(program, ["loss"]), built.test, per
