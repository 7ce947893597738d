"""What may be chosen, each with a sentence, from the tables of the library.

    options(task, classes)      everything for the forms of a page

A row that is added to a table, an activation for instance, is here because it is there.
"""

from __future__ import annotations

from functools import cache, lru_cache
from types import ModuleType
from typing import Any

import numpy as np

from workings import initializers, schedules
from workings.activations import Activation, activations
from workings.errors import ProgramError
from workings.explaining.gallery import entries
from workings.initializers import Initializer
from workings.language import Op, name
from workings.language.backprop import slope_of
from workings.lookup import rows
from workings.losses import Loss, losses
from workings.notations import mathml, spell
from workings.optimizers import optimizers
from workings.play.numbers import NUMBERS, Number
from workings.play.specs import ARTICLE
from workings.schedules import Schedule

SCALES = {
    "none": "Columns are read as they are.",
    "standard": "Each column less its mean, over its spread, by the training rows alone.",
    "range": "Each column from 0 to 1, by the training rows alone.",
}
MISSING = {
    "fill": "A missing number becomes the median of its column in the training rows.",
    "drop": "Rows in which a cell is missing are left out.",
}
REDUCTIONS = {
    "sum": "The loss is added up over the rows: with more rows, updates are longer.",
    "mean": "The loss is the mean over the rows, however many there are.",
}
SIGNS = {
    "error": "E = y − output, and updates are added, as in the article.",
    "gradient": "The slope of the loss, and updates are subtracted.",
}
POINTS = slice(None, None, 4)


def options() -> dict[str, Any]:
    """All that may be chosen: made once, and again when a table has another row."""
    return _options((*activations().values(), *losses().values(), *optimizers().values()))


@lru_cache(4)
def _options(known: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "activations": [_activation(entry) for entry in entries()],
        "outputs": outputs(), "optimizers": _optimizers(),
        "initializers": [{"name": ARTICLE, "use": "The weights of the article's pictures."},
                         *_rows_of(initializers, Initializer)],
        "schedules": [row for row in _rows_of(schedules, Schedule) if row["name"] in steady()],
        "scales": _listed(SCALES), "missing": _listed(MISSING),
        "reductions": _listed(REDUCTIONS), "signs": _listed(SIGNS),
        "fields": [field(row) for row in NUMBERS.values()],
    }  # fmt: skip


def steady() -> list[str]:
    """The schedules that do not look back, so that any step can be computed by itself."""
    return [row.name for row in rows(schedules, Schedule).values() if not row.looks_back]


def _listed(table: dict[str, str]) -> list[dict[str, Any]]:
    return [{"name": word, "use": use} for word, use in table.items()]


def _rows_of(module: ModuleType, kind: type[Any]) -> list[dict[str, Any]]:
    known = rows(module, kind)
    return [{"name": row.name, "use": row.use} for row in known.values()]


def _optimizers() -> list[dict[str, Any]]:
    return [
        {"name": word, "use": (kind.__doc__ or "").strip().splitlines()[0], "rate": kind.rate}
        for word, kind in optimizers().items()
    ]


def _activation(entry: Any) -> dict[str, Any]:
    op = activations()[entry.name]
    curve = None
    if entry.curve:
        from workings.explaining.gallery import WIDE

        y, slope = entry.curve
        curve = {"x": WIDE[POINTS].tolist(), "y": y[POINTS].tolist(),
                 "slope": slope[POINTS].tolist()}  # fmt: skip
    read = op.as_read if isinstance(op, Activation) else op
    return {
        "name": entry.name, "use": entry.use, "span": list(entry.span), "plain": entry.formula,
        "formula": _formula(read), "slope": _slope(read), "slope_plain": entry.slope,
        "curve": curve,
        "hidden": isinstance(op, Activation) and any(curve["slope"]) if curve else False,
    }  # fmt: skip


@cache
def _formula(op: Op) -> str:
    if op.formula is None or not op.elementwise:
        return ""
    return mathml.page(str(spell(op.formula(name("x")), mathml.NOTATION)))


@cache
def _slope(op: Op) -> str:
    """The slope as a formula of the output y and the input x; "" where there is none."""
    try:
        slope = slope_of(op(name("x")), name("y")) if op.elementwise else None
    except ProgramError:
        slope = None
    return mathml.page(str(spell(slope, mathml.NOTATION))) if slope is not None else ""


def outputs() -> list[dict[str, Any]]:
    """For each activation that an output may have, the losses that are sound with it."""
    found = []
    for op in activations().values():
        for task in ("classification", "regression"):
            fitting = [row for row in losses().values() if sound(op, row, task)]
            if fitting:
                listed = [{"name": row.name, "use": row.use} for row in fitting]
                found.append({"activation": op.name, "use": getattr(op, "use", ""),
                              "losses": listed, "task": task})  # fmt: skip
    return found


def sound(op: Op, row: Loss, task: str) -> bool:
    """Whether an output layer with this activation and this loss suits a task."""
    low, high = getattr(op, "span", (-np.inf, np.inf))
    if row.activation:
        wanted = "regression" if row.task == "regression" else "classification"
        return row.activation == op.name and task == wanted
    if task == "regression":
        return not np.isfinite(high) and low <= 0
    return (low, high) == (0.0, 1.0) and op.name != "step"


def field(row: Number) -> dict[str, Any]:
    """A number of the spec, for a form."""
    return {
        "field": row.field, "label": row.label, "kind": "whole" if row.whole else "number",
        "low": row.low, "high": row.high, "low_excluded": row.above, "optional": row.optional,
        "sentence": row.sentence, "expected": row.expected,
    }  # fmt: skip
