"""How the values of each layer are distributed over the training rows of a step: 32 bins each.

of(run, step)      every series with its range, its zones and its counts
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from workings.activations import Activation
from workings.engines import engine
from workings.errors import ProgramError
from workings.language import Op, Program, Step, name
from workings.language.backprop import slope_of
from workings.network import Network
from workings.play.runs import Run
from workings.trace import Array, Trace

BINS = 32
FLAT = 0.05  # of its greatest slope: less, and a neuron hardly learns
WIDE = np.linspace(-12.0, 12.0, 481)


@dataclass(frozen=True)
class Spreads:
    """The series of a HIST frame, and its payload."""

    told: list[dict[str, Any]]
    payload: bytes


def of(run: Run, step: int) -> Spreads:
    """The distributions of a step."""
    trace, network = run.trace(step), run.built.network
    told, parts, offset = [], [], 0
    for row, values in series(trace, network):
        data = _counted(values)
        told.append({**row, "offset": offset})
        parts.append(data)
        offset += len(data)
    return Spreads(told, b"".join(parts))


def series(trace: Trace, network: Network) -> Iterator[tuple[dict[str, Any], Array]]:
    """What is drawn of each layer: sums, activations, slopes, deltas, gradients, updates."""
    for layer, names in enumerate(network.names, 1):
        op = network.layers[layer - 1].op
        for what, word in (
            ("z", names.input), ("activation", names.output), ("slope", names.slope),
            ("delta", names.d_input), ("gradient", names.d_weights),
        ):  # fmt: skip
            if word in trace.values:
                yield {"title": word.replace("_", " "), "array": word, "layer": layer,
                       "what": what, "zones": zones(op, what)}, trace[word]  # fmt: skip
        moved = f"update_{names.weights}"
        if moved in trace.values:
            size = np.abs(trace[names.weights])
            ratio = np.abs(trace[moved]) / np.where(size > 0, size, 1.0)
            yield {"title": f"{moved} / {names.weights}", "array": moved, "layer": layer,
                   "what": "update over weight", "zones": []}, ratio  # fmt: skip


def _counted(values: Array) -> bytes:
    cells = np.asarray(values, float).ravel()
    cells = cells[np.isfinite(cells)]
    low, high = (float(cells.min()), float(cells.max())) if len(cells) else (0.0, 0.0)
    zero = float(np.mean(cells == 0)) if len(cells) else 0.0
    room = (low, high) if high > low else (low - 0.5, high + 0.5)
    counts, _ = np.histogram(cells, BINS, room)
    tallest = max(int(counts.max()), 1)
    level = (counts * 65535 // tallest).astype("<u2")
    return np.array([*room, zero], "<f8").tobytes() + level.tobytes()


@lru_cache(64)
def _zones(op: Op, what: str) -> list[dict[str, Any]]:
    if not isinstance(op, Activation):
        return []
    try:
        slope = slope_of(op(name("x")), name("y"))
    except ProgramError:
        return []
    x, y = name("x", len(WIDE)), name("y", len(WIDE))
    program = Program((Step("out", op(x)), Step("slope", slope_of(op(x), y) if slope else x)))
    out = engine().run(program, {"x": WIDE, "y": engine().run(
        Program((Step("y", op(x)),)), {"x": WIDE})["y"]})  # fmt: skip
    steep = np.abs(out["slope"])
    flat = steep < FLAT * steep.max(initial=0.0)
    if what == "z":
        return _runs(WIDE, flat, steep)
    if what == "slope":
        return [{"low": 0.0, "high": FLAT * float(steep.max()), "text": "flat"}]
    return []


def zones(op: Op, what: str) -> list[dict[str, Any]]:
    """Where along a series a neuron is flat: saturated, or dead."""
    return _zones(op, what)


def _runs(x: Array, flat: Array, steep: Array) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    edges = np.flatnonzero(np.diff(flat.astype(int)))
    for first, last in zip([0, *(edges + 1)], [*edges, len(x) - 1], strict=True):
        if flat[first]:
            dead = not steep[first : last + 1].any()
            found.append({"low": None if first == 0 else float(x[first]),
                          "high": None if last == len(x) - 1 else float(x[last]),
                          "text": "dead" if dead else "saturated"})  # fmt: skip
    return found
