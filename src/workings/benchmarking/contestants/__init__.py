"""WHO TAKES PART: one file each, found by its name; `CONTESTANT` in it is a `Contestant`.

A new one is a new file. Files with a leading underscore are what several share.

    contestant("jax")           the one called so
    contestants()               all of them: ours, others, what bounds them
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import ClassVar

from workings import lookup
from workings.benchmarking.task import Array, Task, Weights

Trained = Callable[[], Weights]
Trainer = Callable[[int], Trained]  # so many iterations from the start -> what gives the weights
Predictor = Callable[[Array], Array]  # rows -> outputs (n, outputs), or labels (n,)

OURS, PEER, LIMIT = "ours", "peer", "limit"  # a limit is no rival: it does a part of the work
SIDES = (OURS, PEER, LIMIT)


class Contestant:
    """Somebody who trains or predicts. Friends are imported in `load`, or where they are used.

    title      what it is called in tables
    side       ours, a peer, or a limit
    does       "train", "predict", or both
    needs      the modules it imports; where one is missing, it is left out
    keeps      the environment variables that name the folder of its cache
    usually    whether it keeps what it compiled without being asked to
    told       further environment variables
    slow       whether it takes so long to begin that it is left out where something grows
    """

    title: ClassVar[str] = ""
    side: ClassVar[str] = PEER
    does: ClassVar[tuple[str, ...]] = ("train", "predict")
    needs: ClassVar[tuple[str, ...]] = ()
    keeps: ClassVar[tuple[str, ...]] = ()
    usually: ClassVar[bool] = True
    told: ClassVar[dict[str, str]] = {}
    slow: ClassVar[bool] = False

    def why_not(self, task: Task) -> str:
        """Why it cannot do this task, or ""."""
        return ""

    def load(self) -> None:
        """Imports its friends, so that what they take is known before the work begins."""

    def trainer(self, task: Task) -> Trainer:
        """A function that trains for so many iterations, from the same start each time."""
        raise NotImplementedError

    def predictor(self, task: Task) -> Predictor:
        """A function that predicts rows with the task's weights."""
        raise NotImplementedError

    def missing(self) -> list[str]:
        """Which of the modules it needs are not installed."""
        return [word for word in self.needs if find_spec(word) is None]


def contestant(word: str) -> Contestant:
    """The contestant called `word`; raises `UnknownName` with a suggestion."""
    found: Contestant = lookup.module(sys.modules[__name__], word).CONTESTANT
    return found


def contestants() -> dict[str, Contestant]:
    """Everybody by name: ours first, then the others, then what bounds them."""
    found = {word: contestant(word) for word in lookup.modules(sys.modules[__name__])}
    return dict(sorted(found.items(), key=lambda one: SIDES.index(one[1].side)))


def versions(words: list[str]) -> dict[str, str]:
    """The version of each module that is installed."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for word in words:
        try:
            found[word] = version(DISTRIBUTIONS.get(word, word))
        except PackageNotFoundError:
            continue
    return found


DISTRIBUTIONS = {"sklearn": "scikit-learn"}  # where it is not called as its module is
