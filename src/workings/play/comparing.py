"""All runs beside each other: their settings, where they differ, their curves."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any

import numpy as np

from workings.play import telling
from workings.play.numbers import NUMBERS
from workings.play.runs import Run
from workings.play.session import Session

POINTS = 400  # of a curve
SMOOTH = 40
APART = ("data.name", "data.sha256")  # of a spec, and not worth a line


def compared(session: Session) -> dict[str, Any]:
    """The reply to `compare`."""
    return {
        "runs": [telling.run_row(session, number) for number in session.runs],
        "differences": differences(session.runs),
        "curves": [_curve(number, run) for number, run in session.runs.items()],
    }


def differences(runs: dict[int, Run]) -> list[dict[str, Any]]:
    """The settings that are not the same in all runs, by their paths."""
    flat = {str(number): _flat(_spec(run)) for number, run in runs.items()}
    paths = dict.fromkeys(path for one in flat.values() for path in one)
    found = []
    for path in paths:
        values = {number: one.get(path, "") for number, one in flat.items()}
        if len(set(values.values())) > 1 and path not in APART:
            label = NUMBERS[path].label if path in NUMBERS else path.rpartition(".")[2]
            found.append({"setting": path, "label": label, "values": values})
    changes = {str(number): run.text for number, run in runs.items()}
    if any(changes.values()):
        found.append({"setting": "change", "label": "Fork", "values": changes})
    return found


def _spec(run: Run) -> Any:
    spec = run.built.spec.plain()
    return {**spec, "train": {**spec["train"], **_alive(run)}}


def _alive(run: Run) -> dict[str, Any]:
    train = run.train
    return {word: getattr(train, word) for word in ("lr", "batch", "l1", "l2", "clip")}


def _flat(given: Any, path: str = "") -> dict[str, str]:
    if isinstance(given, dict):
        found: dict[str, str] = {}
        for word, one in given.items():
            found |= _flat(one, f"{path}.{word}".strip("."))
        return found
    if path == "network.hidden":
        return {path: ", ".join(f"{one['units']} {one['activation']}" for one in given) or "none"}
    return {path: "" if given is None else str(given)}


def smoothed(run: Run) -> dict[str, Any]:
    """The losses so far as a running mean over a `SMOOTH`th of them, at up to `POINTS` steps."""
    losses = run.all_losses(0, run.last)
    wide = max(1, len(losses) // SMOOTH)
    sums = np.concatenate([[0.0], np.cumsum(losses)])
    count = POINTS if len(losses) else 0
    ends = np.unique(np.linspace(wide, len(losses), count).astype(int)).tolist()
    return {"over": wide, "steps": ends,
            "losses": [float(sums[end] - sums[end - wide]) / wide for end in ends]}  # fmt: skip


def stretched(run: Run, first: int, last: int, most: int) -> dict[str, Any]:
    """The losses of the steps first .. last: the least and the most of each of `most` buckets.

    Those on the test rows, which are not known for every step, begin before it and end behind it.
    """
    losses = run.all_losses(first - 1, last)
    wide = max(1, -(-len(losses) // most))
    begins = np.arange(0, len(losses), wide)
    ends = np.minimum(begins + wide, len(losses))
    known = run.all_tests()
    before = max(bisect_right(known, (first, np.inf)) - 1, 0)
    tests = known[before : bisect_left(known, (last, -np.inf)) + 1]
    tests = tests[:: max(1, len(tests) // most)]
    return {
        "from": first, "to": last, "over": wide, "steps": (first - 1 + ends).tolist(),
        "lows": np.minimum.reduceat(losses, begins).tolist(),
        "highs": np.maximum.reduceat(losses, begins).tolist(),
        "tests": {"steps": [step for step, _ in tests], "losses": [loss for _, loss in tests]},
    }  # fmt: skip


def _curve(number: int, run: Run) -> dict[str, Any]:
    losses = run.all_losses(0, run.last)
    places = np.unique(
        np.linspace(0, max(len(losses) - 1, 0), min(len(losses), POINTS)).astype(int)
    )
    return {"run": number, "steps": (places + 1).tolist() if len(losses) else [],
            "losses": losses[places].tolist() if len(losses) else []}  # fmt: skip
