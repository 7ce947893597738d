"""Subjects to export, and what the tests of scripts share: each is made once and then kept.

subject("penguins")            a trained model or a system of the article, with its run
hostile()                      a table whose words are code
ran(command, path)             a script, run in the folder it lies in
"""

from __future__ import annotations

import csv
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from workings.activations import Activation
from workings.conventions import convention
from workings.data import Table, table_or_builtin
from workings.engines import engine
from workings.exports import Subject
from workings.jobs.fitting import Result, train
from workings.language import Program
from workings.language.algebra import EXP, MAXIMUM
from workings.systems import Setup, System, system
from workings.taking import of_model, of_system

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins.csv"
SYSTEMS = ["article", "listing", "chain-rule", "deep", "sgd"]
CONVENTIONS = ["samples=columns,names=short", "bias=folded", "samples=columns,bias=folded",
               "sign=gradient,reduction=mean,names=partials"]  # fmt: skip
OWN = Activation("bent", lambda z: 0.25 * z + MAXIMUM(z, 0.0) * EXP(-z * z))
TRAININGS: dict[str, tuple[Any, dict[str, Any]]] = {
    "moons": ("moons", {"hidden": [8, 8], "epochs": 20}),
    "iris": ("iris", {"hidden": [6], "epochs": 8}),
    "penguins": (PENGUINS, {"target": "species", "hidden": [4], "epochs": 4}),
    "diabetes": ("diabetes", {"hidden": [5], "epochs": 6, "schedule": "constant"}),
    "own": ("moons", {"hidden": [4], "epochs": 4, "activation": OWN}),
    "whole": ("iris", {"hidden": [4], "epochs": 30, "batch_size": None, "optimizer": "momentum"}),
    "patient": ("moons", {"hidden": [4], "epochs": 12, "patience": 2, "lr": 0.3}),
    "adamw": (
        "moons",
        {"hidden": [4], "epochs": 5, "optimizer": "adamw", "l1": 0.01, "batch_size": None},
    ),
    "single": ("iris", {"hidden": [4], "epochs": 3, "dtype": "float32"}),
}
HOSTILE = [
    '"); system("touch owned"); ("', "a\n__import__('os').system('touch owned')\n", "</script>",
    "'; import os #", "back\\slash \\", "100 % {x} @what ${y}", 'é 猫 😀 "', "'''\"\"\"",
]  # fmt: skip


# The losses of `sgd` fall to 9e-9: squares of what numbers of about 1 cancel to, 1e-4, whose last
# digit is 1e-16. So two engines that add up in another order differ by 2 * 1e-16 / 1e-4 of it.
NEAR = (1e-12, 1e-11)


@dataclass(frozen=True)
class Said:
    """What a script printed, and the exit code it ended with."""

    code: int
    lines: list[str]
    errors: str

    def agrees(self, *, within: float = 1e-12) -> None:
        """Its last line says that it agrees, and how closely."""
        assert self.code == 0, self
        found = re.fullmatch(
            r"agrees with the engine: largest relative difference (\S+)", self.lines[-1]
        )
        assert found, self
        assert float(found[1]) <= within
        assert self.errors == ""

    def differs(self, what: str) -> None:
        """Its last line says that it differs, and where."""
        assert self.code == 1, self
        assert re.match(rf"DIFFERS: .*{what}.*; largest relative difference", self.lines[-1]), self


def ran(command: str, path: Path, *words: str) -> Said:
    """A script, run in the folder it lies in."""
    done = subprocess.run(  # noqa: S603 - our own script
        [command, path.name, *words], cwd=path.parent, capture_output=True, text=True, check=False
    )
    return Said(done.returncode, done.stdout.splitlines(), done.stderr)


def written(folder: Path, word: str, content: str) -> Path:
    """A file with this content."""
    path = folder / word
    path.write_text(content, encoding="ascii")
    return path


@cache
def trained(word: str) -> Result:
    """A model that was trained on a table."""
    table, options = TRAININGS[word]
    return train(table, **{"seed": 0, **options})


@cache
def subject(word: str) -> Subject:
    """A system, one under a convention, or a model with its training."""
    if word in TRAININGS:
        return of_model(trained(word).model, table_or_builtin(TRAININGS[word][0]))
    if "=" in word:
        return of_system(shortened(system("article").under(convention(word))))
    return of_system(system(word) if word == "article" else shortened(system(word)))


def shortened(long: System) -> System:
    """A system that stops after 300 iterations, or sooner."""

    def setup() -> Setup:
        assert long.setup
        found = long.setup()
        epochs = min(300, found.settings.epochs)
        return replace(found, settings=replace(found.settings, epochs=epochs))

    return replace(long, setup=setup)


@cache
def hostile() -> tuple[Table, Result]:
    """A table whose columns, words and classes are code, and a model of it."""
    count = 4 * len(HOSTILE)
    random = np.random.default_rng(0)
    cells = np.array([[random.normal(), HOSTILE[row % 8], random.normal()] for row in range(count)],
                     object)  # fmt: skip
    names = [HOSTILE[0], HOSTILE[1], HOSTILE[6]]
    classes = [HOSTILE[row % 3] for row in range(count)]
    table = Table.from_arrays(cells, classes, names=names, target=HOSTILE[5])
    return table, train(table, HOSTILE[5], hidden=[3], epochs=2, seed=0)


def bare(program: Program, values: Mapping[str, Any]) -> Subject:
    """A prediction alone, of `answer` from `X`."""
    expected = engine().run(program, values)["answer"]
    learnt = {word: x for word, x in values.items() if word != "X"}
    return Subject("", program, 0, ["X"], learnt, {"X": values["X"]}, expected, [], "answer")


def cells(table: Table) -> list[dict[str, str]]:
    """The rows of a table as text, as `csv.DictReader` gives them."""
    return [
        {column.name: column.cells[row] for column in table.columns} for row in range(len(table))
    ]


def as_csv(table: Table, path: Path) -> Path:
    """A table as a file of comma-separated values."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table.names)
        writer.writerows(zip(*(column.cells for column in table.columns), strict=True))
    return path
