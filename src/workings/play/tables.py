"""What came out as numbers: the space of two neurons, the fit over one input, tables of scores.

space_of, fit_of, table_of      (run, values, request, sample) -> the reply to `result`
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workings.errors import UnknownName
from workings.play import pictures, tapes
from workings.play.pictures import FINE, LINES, Axis, axis_of, forward, units_of
from workings.play.protocol import Refused
from workings.play.runs import Run, Values
from workings.trace import Array

Request = Mapping[str, Any]
ROWS = 200  # of a table of residuals


# -- the space of two neurons ----------------------------------------------------------------------


def space_of(run: Run, values: Values, request: Request, sample: str) -> dict[str, Any]:
    """How a grid over two inputs, and the rows, lie in the values of two neurons."""
    built = run.built
    choices = [
        [names.output, unit] for names, layer in zip(built.network.names, built.network.layers,
        strict=True) for unit in range(1, min(layer.units or built.outputs, 12) + 1)
    ]  # fmt: skip
    if len(choices) < 2:
        raise Refused("not_available", "There is no space: the network has one neuron.")
    one, other = (_neuron(request.get(axis), choices, place)
                  for place, axis in enumerate(("x", "y")))  # fmt: skip
    found = forward(run, values, _bent(run, request, sample))
    bent = np.column_stack([found[word][:, unit - 1] for word, unit in (one, other)])
    count = len(bent) // FINE
    said = forward(run, values, built.rows.X)
    rows = np.column_stack([said[word][:, unit - 1] for word, unit in (one, other)])
    classes = pictures.classes_of(built, built.rows.y)
    right = pictures.told_right(built, said[built.network.output], built.rows.y)
    some = np.linspace(0, len(rows) - 1, min(len(rows), pictures.POINTS // 2)).astype(int)
    points = [
        {"x": rows[k, 0], "y": rows[k, 1], "row": built.numbers[k], "split": "training",
         "class": None if classes is None else int(classes[k]),
         "right": None if right is None else bool(right[k])}
        for k in some.tolist()
    ]  # fmt: skip
    return {
        "lines": bent.reshape(count, FINE, 2).round(6).tolist(), "points": points,
        "axes": {"x": _axis(one, rows[:, 0], bent[:, 0]),
                 "y": _axis(other, rows[:, 1], bent[:, 1])},
        "choices": choices, "x": one, "y": other,
        "sentence": f"What {_said(one)} and {_said(other)} make of the inputs.",
    }  # fmt: skip


def _neuron(asked: Any, choices: list[list[Any]], place: int) -> list[Any]:
    if asked is None:
        return choices[place]
    if asked not in choices:
        raise UnknownName("neuron", str(asked)[:40], [_said(one) for one in choices])
    return list(asked)


def _said(one: list[Any]) -> str:
    return f"{str(one[0]).replace('_', ' ')} {one[1]}"


def _axis(one: list[Any], *values: Array) -> dict[str, Any]:
    every = np.concatenate(values)
    return {"label": _said(one), "low": float(every.min()), "high": float(every.max())}


def _bent(run: Run, request: Request, sample: str) -> Array:
    """The points of a grid of lines over two inputs, or over the only one."""
    built = run.built
    mean, scale = units_of(built)
    place = pictures.sample_place(built, sample)
    axes = [axis_of(built, None, k) for k in range(min(2, built.inputs))]
    ends = [np.linspace(axis.low, axis.high, LINES) for axis in axes]
    fine = [np.linspace(axis.low, axis.high, FINE) for axis in axes]
    lines = []
    for turn, axis in enumerate(axes):
        for at in ends[1 - turn] if len(axes) > 1 else [0.0]:
            X = np.repeat(built.rows.X[[place]], FINE, 0)
            X[:, axis.place] = (fine[turn] - mean[axis.place]) / scale[axis.place]
            if len(axes) > 1:
                other = axes[1 - turn]
                X[:, other.place] = (at - mean[other.place]) / scale[other.place]
            lines.append(X)
    return np.concatenate(lines)


# -- the fit over one input ------------------------------------------------------------------------


def fit_of(run: Run, values: Values, request: Request, sample: str) -> dict[str, Any]:
    """The output over one input, beside the rows, in the units of the table."""
    built = run.built
    axis: Axis = axis_of(built, request.get("x"), 0)
    mean, scale = units_of(built)
    x = np.linspace(axis.low, axis.high, 201)
    X = np.repeat(built.rows.X[[pictures.sample_place(built, sample)]], len(x), 0)
    X[:, axis.place] = (x - mean[axis.place]) / scale[axis.place]
    goal = built.preparation.target
    y = forward(run, values, X)[built.network.output][:, 0] * goal.scale + goal.mean
    points = [
        {"x": one["values"][axis.place], "y": one["target"] * goal.scale + goal.mean,
         "row": one["row"], "split": one["split"], "class": one["class"], "right": one["right"]}
        for one in pictures.points_of(run, values)
    ]  # fmt: skip
    every = [*y.tolist(), *(one["y"] for one in points)]
    shown = "The line is what the network says" + (
        ", the other inputs as in the chosen sample." if built.inputs > 1 else ".")  # fmt: skip
    return {
        "curve": {"x": x.tolist(), "y": y.tolist()}, "points": points, "sentence": shown,
        "axes": {"x": {"label": axis.name, "low": axis.low, "high": axis.high},
                 "y": {"label": goal.name, "low": min(every), "high": max(every)}},
    }  # fmt: skip


# -- tables ----------------------------------------------------------------------------------------


def table_of(run: Run, values: Values, request: Request, sample: str) -> dict[str, Any]:
    """A table of what was told right, or of residuals, with the scores."""
    from workings.scores.scoring import scores

    built = run.built
    model = built.model(values)
    parts = [("training", built.job.training)]
    parts += [("test", built.job.test)] if len(built.job.test) else []
    found = {word: scores(model, rows) for word, rows in parts}
    listed = [
        {"name": word, "training": found["training"][word],
         "test": found["test"][word] if "test" in found else None,
         "shown_training": _short(found["training"][word]),
         "shown_test": _short(found["test"][word]) if "test" in found else ""}
        for word in found["training"]
    ]  # fmt: skip
    if built.task == "regression":
        said = f"Residuals are {built.job.target} less what the network says."
        return {"scores": listed, "residuals": _residuals(run, values), "sentence": said}
    said = "Rows are the true classes, columns what the network says."
    return {"scores": listed, "confusion": _confusion(run, values), "sentence": said}


def _short(value: float) -> str:
    return "-" if np.isnan(value) else tapes.text(value, {"decimals": 4, "power": 0})


def _confusion(run: Run, values: Values) -> dict[str, Any]:
    built = run.built
    classes = list(built.preparation.target.classes)
    found: dict[str, Any] = {"classes": classes}
    for split, rows in (("training", built.rows), ("test", built.test)):
        if rows is None:
            found[split] = None
            continue
        said = forward(run, values, rows.X)[built.network.output]
        counts = np.zeros((len(classes), len(classes)), int)
        true, told = pictures.classes_of(built, rows.y), pictures.classes_of(built, said)
        pairs = zip(*([] if one is None else one.tolist() for one in (true, told)), strict=True)
        for row, column in pairs:
            counts[row, column] += 1
        found[split] = counts.tolist()
    return found


def _residuals(run: Run, values: Values) -> dict[str, Any]:
    built, goal = run.built, run.built.preparation.target
    rows = []
    for split, some, numbers in (
        ("training", built.rows, built.numbers), ("test", built.test, built.test_numbers),
    ):  # fmt: skip
        if some is None:
            continue
        said = forward(run, values, some.X)[built.network.output][:, 0] * goal.scale + goal.mean
        true = some.y[:, 0] * goal.scale + goal.mean
        form = tapes.written(np.concatenate([said, true]))
        rows += [
            {"row": numbers[k], "split": split, "target": float(true[k]), "output": float(said[k]),
             "residual": float(true[k] - said[k]), "shown": [
                 tapes.text(float(x), form) for x in (true[k], said[k], true[k] - said[k])]}
            for k in range(min(len(true), ROWS))
        ]  # fmt: skip
    return {"rows": rows, "more": len(built.numbers) + len(built.test_numbers) - len(rows)}
