"""How the values of each layer were distributed, step by step: a strip of columns for each.

over_time(run, step)     the reply to `heat`
"""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from workings.play import spreads
from workings.play.runs import CHEAP, EVERY, Run
from workings.play.spreads import BINS
from workings.trace import Array

COLUMNS = 48  # steps of a strip
SECONDS = 0.25  # that may go into it
CELLS = 4000  # of a matrix that are counted
ENDS = (0.5, 99.5)  # percentiles between which bins lie; what is beyond falls into the last ones
LEVELS = 255


def over_time(run: Run, step: int, most: int = COLUMNS) -> dict[str, Any]:
    """Counts of 32 bins at up to `most` steps so far, over one range for each series.

    `counts` are bytes in base64, bin after bin of the first step, then of the second and so on; the
    fullest bin of a step is 255.
    """
    began = time.perf_counter()
    steps = _steps(run, step, most)
    found = {steps[-1]: _values(run, steps[-1])}
    left = max(1, int(SECONDS / max(time.perf_counter() - began, 1e-6)))
    chosen = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), left + 1)).astype(int))
    for place in chosen.tolist():
        if steps[place] not in found:
            found[steps[place]] = _values(run, steps[place])
    ordered = sorted(found)
    return {"steps": ordered, "bins": BINS, "series": [
        _series([found[one][place] for one in ordered]) for place in range(len(found[ordered[0]]))
    ]}  # fmt: skip


def _steps(run: Run, step: int, most: int) -> list[int]:
    """Steps so far that are made again quickly: those behind key frames where others take long."""
    again = run.seconds / max(run.timed, 1) * EVERY / 2  # from the key frame before, on average
    near: Sequence[int] = range(1 if step else 0, step + 1)
    if step > CHEAP and again * most > SECONDS:
        near = sorted({1, step, *(one + 1 for one in _frames(run) if one < step)})
    count = min(len(near), most)
    places = np.unique(np.linspace(0, len(near) - 1, count).astype(int))
    return [near[place] for place in places.tolist()]


def _frames(run: Run) -> list[int]:
    own = [one for one in run.frames.steps if one >= run.at]
    return [*(one for one in _frames(run.parent) if one < run.at), *own] if run.parent else own


def _values(run: Run, step: int) -> list[tuple[dict[str, Any], Array]]:
    trace = run.trace(step)
    found = []
    for row, values in spreads.series(trace, run.built.network):
        cells = np.asarray(values, float).ravel()
        cells = cells[np.isfinite(cells)]
        found.append((row, cells[:: -(-len(cells) // CELLS) or 1]))
    return found


def _series(found: list[tuple[dict[str, Any], Array]]) -> dict[str, Any]:
    """One series over its steps."""
    row, last = found[-1]
    every = np.concatenate([cells for _, cells in found])
    low, high = np.percentile(every, ENDS).tolist() if len(every) else (0.0, 0.0)
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    levels = []
    for _, cells in found:
        counts, _ = np.histogram(np.clip(cells, low, high), BINS, (low, high))
        levels.append((counts * LEVELS // max(int(counts.max()), 1)).astype("u1").tobytes())
    return {
        "title": row["title"], "what": row["what"], "low": low, "high": high,
        "counts": base64.b64encode(b"".join(levels)).decode(), "sentence": _sentence(row, last),
    }  # fmt: skip


def _sentence(row: dict[str, Any], cells: Array) -> str:
    """How much of it lies where a neuron hardly learns, or is exactly 0."""
    shares: dict[str, float] = {}
    for zone in row["zones"]:
        low = -np.inf if zone["low"] is None else zone["low"]
        high = np.inf if zone["high"] is None else zone["high"]
        share = float(np.mean((cells >= low) & (cells <= high))) if len(cells) else 0.0
        shares[zone["text"]] = shares.get(zone["text"], 0.0) + share
    zero = float(np.mean(cells == 0)) if len(cells) else 0.0
    shares["exactly 0"] = zero
    return ", ".join(f"{_percent(share)} {text}" for text, share in shares.items() if share)


def _percent(share: float) -> str:
    return "all" if share >= 1 else f"{100 * share:.3g} %"
