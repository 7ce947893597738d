"""The columns of a table for a preview: what they hold, how they are spread, how they are scaled.

described(table, data)       what is known before anything is built
built(rows, built)           what becomes of them; the scaling, with the rows it was found on
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.data import Table
from workings.play.building import Built
from workings.play.specs import Data
from workings.trace import Array

BINS = 24
NOTHING = 1e-12
FEW = 4  # digits of a number in a table of statistics


def described(table: Table, data: Data, target: str) -> list[dict[str, Any]]:
    """Name, kind, missing cells and statistics of each column, as it stands in the table."""
    return [
        {"name": c.name, "holds": c.kind, "missing": int(np.sum(c.missing)),
         "role": "target" if c.name == target else "ignore" if c.name in data.ignore else "input",
         "becomes": "", "before": spread(c.numbers()) if c.kind == "number" else None,
         "words": _words(c) if c.kind != "number" else [], "after": None, "scaling": None,
         "why_not": ""}
        for c in table.columns
    ]  # fmt: skip


def spread(values: Array) -> dict[str, str] | None:
    """Ends, mean and standard deviation of the numbers that are there."""
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    facts = {"low": known.min(), "high": known.max(), "mean": known.mean(), "sd": known.std()}
    return {word: short(float(value)) for word, value in facts.items()}


def _words(column: Any) -> list[list[Any]]:
    """The most frequent words of a column, and how often each occurs."""
    cells = [str(cell) for cell, gone in zip(column.cells, column.missing, strict=True) if not gone]
    words, counts = np.unique(cells, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:6]
    return [[str(words[k])[:40], int(counts[k])] for k in order]


def scaling(built: Built) -> dict[str, dict[str, Any]]:
    """For each column of numbers, what is taken off and divided by, and on which rows it was found.

    `fitted` are those numbers on the training rows, `all` what they would be on all rows: that the
    first are used, and not the second, is the proof that no test row was looked at.
    """
    prepared = built.preparation
    found = {}
    test = built.test
    for place, column in enumerate(prepared.numbers):
        units = (column.mean, column.scale) if prepared.scaled else (0.0, 1.0)
        training = built.rows.X[:, place]
        raw = training * units[1] + units[0]
        held = test.X[:, place] if test is not None else np.empty(0)
        every = np.concatenate([raw, held * units[1] + units[0]])
        how = built.spec.data.scale
        found[column.name] = {
            "scale": how, "off": short(units[0]), "by": short(units[1]),
            "fitted": _units(raw, how), "all": _units(every, how),
            "training": spread(training), "test": spread(held),
            "bins": _bins(training, held), "sentence": _sentence(units, how, len(raw)),
        }  # fmt: skip
    return found


def _units(values: Array, how: str) -> dict[str, str]:
    """What scaling would take off and divide by, found on these rows."""
    if how == "range":
        return {"off": short(float(values.min())), "by": short(float(np.ptp(values)) or 1.0)}
    return {"off": short(float(values.mean())), "by": short(float(values.std()) or 1.0)}


def _sentence(units: tuple[float, float], how: str, count: int) -> str:
    if how == "none":
        return "It is read as it is."
    off, by = (short(one) for one in units)
    what = "the least and the range" if how == "range" else "the mean and the spread"
    return f"Less {off}, over {by}: {what} of the {count} training rows."


def _bins(training: Array, test: Array) -> dict[str, Any]:
    """How both kinds of rows are spread, in the units that the network reads."""
    every = np.concatenate([training, test])
    room = (float(every.min()), float(every.max()))
    room = room if room[1] > room[0] else (room[0] - 0.5, room[0] + 0.5)
    counts = [np.histogram(rows, BINS, room)[0].tolist() for rows in (training, test)]
    return {"low": room[0], "high": room[1], "training": counts[0], "test": counts[1]}


def short(value: float) -> str:
    """A number of a few digits, with a true minus; what rounding left of 0 is 0."""
    return "0" if abs(value) < NOTHING else f"{value:.{FEW}g}".replace("-", "−")
