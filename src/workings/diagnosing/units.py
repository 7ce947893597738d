"""Diseases of units: flat, dead, or twice the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.diagnosing import measures
from workings.diagnosing import thresholds as limits
from workings.diagnosing.disease import START, WEIGHTS, Disease
from workings.diagnosing.finding import ERROR, NOTE, WARNING, Change, Finding, Remedy, Where
from workings.diagnosing.snapshot import Snapshot
from workings.engines import engine
from workings.language import Op
from workings.optimizers import GradientDescent, Momentum, Nesterov
from workings.trace import Array

WIDE = 3.0  # times what keeps the sums of a layer the size of its inputs


def saturated(look: Snapshot) -> Iterator[Finding]:
    """Hidden layers most of whose units are flat, and outputs that are flat and wrong."""
    for place, (layer, names) in enumerate(_layers(look)[:-1]):
        slopes = _bounded_slopes(layer.op, look.rows[names.input])
        if slopes is None:
            continue
        flat = (slopes < limits.SATURATED_SLOPE.value).mean(0)
        units = np.flatnonzero(flat > limits.SATURATED_ROWS.value)
        share = len(units) / len(flat)
        if share > limits.SATURATED_UNITS.value:
            yield _flat_layer(look, place, units, flat, slopes)
    yield from _flat_outputs(look)


def _flat_layer(
    look: Snapshot, place: int, units: NDArray[Any], flat: Array, slopes: Array
) -> Finding:
    names = look.case.network.names[place]
    z = np.abs(look.rows[names.input])
    mean = float(slopes[:, units].mean())
    return Finding(
        "saturated-units", ERROR if look.failed else NOTE,
        f"{len(units)} of {len(flat)} units of the {names.title} are flat for most rows: their "
        f"sums reach {z.max():.3g}, and their slopes average {mean:.2g} of the greatest",
        {"units": len(units), "of": len(flat), "mean slope": mean, "largest sum": z.max(),
         "flat share": float(flat[units].mean())},
        "Where an activation is flat its slope is next to 0: the weights before it hardly learn.",
        Where(names.title, tuple((units + 1).tolist())), _gentler(look),
    )  # fmt: skip


def _flat_outputs(look: Snapshot) -> Iterator[Finding]:
    network, names = look.case.network, look.case.network.names[-1]
    if network.loss_row.activation:  # then the loss has a slope where the output has none
        return
    z, y = look.rows[names.input], look.case.looked.y
    slopes = _bounded_slopes(network.layers[-1].op, z)
    if slopes is None:
        return
    low, high = span(network.layers[-1].op)
    wrong = np.abs(look.outputs - y) > limits.WRONG.value * (high - low)
    flat = slopes < limits.SATURATED_SLOPE.value
    rows = np.flatnonzero((wrong & flat).any(1))
    if len(rows) / len(y) < limits.STUCK_ROWS.value:
        return
    far, least = float(np.abs(z[rows]).max()), float(slopes[rows].min())
    yield Finding(
        "saturated-units", ERROR,
        f"the output is flat for {int(flat.any(1).sum())} of {len(y)} rows and wrong for "
        f"{len(rows)} of them: its sums reach {far:.3g}, where the slope is {least:.2g}",
        {"stuck rows": len(rows), "flat rows": int(flat.any(1).sum()), "rows": len(y),
         "largest sum": far, "smallest sum": float(np.abs(z).min()), "slope": least},
        "A flat output sends next to nothing back, however wrong it is: these rows are hardly "
        "learnt.",
        Where(names.title, rows=tuple((rows + 1).tolist())), _gentler(look),
    )  # fmt: skip


def _gentler(look: Snapshot) -> Remedy:
    """Sums that are smaller: by scaled inputs, a smaller start, a mean, or a smaller rate."""
    case = look.case
    X = case.looked.X
    if max(np.abs(X.mean(0)).max(), X.std(0).max()) > limits.LARGE_INPUT.value:
        return Remedy("Scale the inputs to mean 0 and spread 1", {"scale": True})
    if case.summed and case.settings.rate * case.batch > limits.SUMMED.value:
        return averaged(look)
    if _wide_start(look):
        change: Change = {"start": "glorot"}
        return Remedy("Start from smaller weights: glorot shrinks them as layers widen", change)
    return calmer(look)


def calmer(look: Snapshot) -> Remedy:
    """A tenth of the rate, or less where the curvature at the start asks for less."""
    case, rate = look.case, look.case.settings.rate / 10
    plain = isinstance(case.update, GradientDescent | Momentum | Nesterov)
    if plain and case.weights <= limits.CURVED_WEIGHTS.value:
        curvature = case.curvature
        rate = min(rate, rounded(0.5 / curvature)) if curvature > 0 else rate
    return Remedy(f"Lower the learning rate to {rate:g}", {"lr": rate})


def averaged(look: Snapshot) -> Remedy:
    """Gradients averaged over the rows, and a rate that the curvature at the start allows."""
    case = look.case
    curvature = case.curvature / case.batch
    rate = min(1.0, rounded(0.5 / curvature)) if curvature > 0 else 1.0
    said = f"Take the mean of the gradients over the rows, not their sum, and lr {rate:g}"
    return Remedy(said, {"reduction": "mean", "lr": rate})


def rounded(value: float) -> float:
    """One digit, downwards."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(f"{np.floor(value / power) * power:.1g}")


def _wide_start(look: Snapshot) -> bool:
    """Whether some layer starts from weights that make its sums much larger than its inputs."""
    for names in look.case.network.names:
        w = np.asarray(look.case.start[names.weights])
        if np.sqrt((w**2).mean()) * np.sqrt(w.shape[0]) > WIDE:
            return True
    return False


def span(op: Op) -> tuple[float, float]:
    """Between which values an activation stays."""
    found: tuple[float, float] = getattr(op, "span", (-np.inf, np.inf))
    return found


def _bounded_slopes(op: Op, z: Array) -> Array | None:
    """The relative slopes of an activation whose values end on both sides; None of any other."""
    low, high = span(op)
    return measures.slopes(op, z) if np.isfinite(low) and np.isfinite(high) else None


def dead(look: Snapshot) -> Iterator[Finding]:
    """Units of a rectifier that are 0, with slope 0, for every row."""
    for place, (layer, names) in enumerate(_layers(look)[:-1]):
        low, high = span(layer.op)
        slopes, out = measures.slopes(layer.op, look.rows[names.input]), look.rows[names.output]
        if np.isfinite(low) == np.isfinite(high) or slopes is None:
            continue
        units = np.flatnonzero((slopes == 0).all(0) & (np.ptp(out, 0) == 0))
        share = len(units) / out.shape[1]
        if share < limits.DEAD_UNITS.value:
            continue
        highest = float(look.rows[names.input][:, units].max())
        many = share >= limits.MANY_DEAD.value
        yield Finding(
            "dead-relu", (ERROR if many and look.failed else WARNING),
            f"{len(units)} of {out.shape[1]} units of the {names.title} are 0 for all "
            f"{len(out)} rows: their sums are {highest:.3g} at the most",
            {"units": len(units), "of": out.shape[1], "share": share, "highest sum": highest},
            "A unit that is 0 for every row has slope 0 for every row: it never learns again.",
            Where(names.title, tuple((units + 1).tolist())),
            _revived(look, place, len(units)),
        )  # fmt: skip


def _revived(look: Snapshot, place: int, count: int) -> Remedy:
    """A rectifier that lets a little through; and shorter steps, if it was a step that killed."""
    change: Change = {"activation": "leaky_relu"}
    said = "Use leaky_relu, which lets a little through"
    names = look.case.network.names[place]
    given = {**look.case.start, **look.case.looked.batch(None, 0)}
    started = engine().run(look.case.backward.only(names.output), given)[names.output]
    if int((np.ptp(started, 0) == 0).sum()) >= count:
        return Remedy(said, change)
    rate = look.case.settings.rate / 10
    return Remedy(f"{said}, and lower the learning rate to {rate:g}", {**change, "lr": rate})


def twins(look: Snapshot) -> Iterator[Finding]:
    """Units of a hidden layer with the same weights in and out."""
    layers = _layers(look)
    for place, (_, names) in enumerate(layers[:-1]):
        before, after = look.weights[names.weights], look.weights[layers[place + 1][1].weights]
        bias = look.weights.get(names.bias)
        whole = [before.T, after] if bias is None else [before.T, bias.T, after]
        groups = _alike(np.hstack(whole))
        units = sorted(unit for group in groups for unit in group)
        if not units:
            continue
        count = before.shape[1]
        left = count - len(units) + len(groups)
        yield Finding(
            "twin-units", ERROR if left == 1 else WARNING,
            f"{len(units)} of {count} units of the {names.title} are equal to another one, so "
            f"they do the work of {len(groups)}",
            {"units": len(units), "of": count, "different": left},
            "Units that start equal are owed the same and stay equal: a layer as wide as one unit.",
            Where(names.title, tuple(unit + 1 for unit in units)),
            Remedy("Start from drawn weights", {"start": "glorot"}),
        )  # fmt: skip


def _alike(rows: Array) -> list[list[int]]:
    """The groups of two or more rows that are equal, to rounding."""
    size = float(np.sqrt((rows**2).mean())) or 1.0
    groups: list[list[int]] = []
    order = np.lexsort(np.round(rows / size, 6).T)
    for first, second in zip(order[:-1].tolist(), order[1:].tolist(), strict=True):
        if np.abs(rows[first] - rows[second]).max() <= limits.TWINS.value * size:
            if groups and groups[-1][-1] == first:
                groups[-1].append(second)
            else:
                groups.append([first, second])
    return groups


def _layers(look: Snapshot) -> list[tuple[Any, Any]]:
    network = look.case.network
    return list(zip(network.layers, network.names, strict=True))


SATURATED = Disease(
    "saturated-units", "units that are flat for most rows, outputs that are flat and wrong",
    saturated,
    (limits.SATURATED_SLOPE, limits.SATURATED_ROWS, limits.SATURATED_UNITS, limits.STUCK_ROWS,
     limits.WRONG),
)  # fmt: skip
DEAD = Disease(
    "dead-relu", "units of a rectifier that are 0 for every row", dead,
    (limits.DEAD_UNITS, limits.MANY_DEAD),
)  # fmt: skip
TWIN = Disease(
    "twin-units", "units of a layer that start equal", twins, (limits.TWINS,), START,
    frozenset({WEIGHTS}),
)  # fmt: skip
