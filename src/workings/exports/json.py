"""The programs as JSON, in the published form, with values and test vectors beside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workings.exports import Subject
from workings.trace import Array


def content(subject: Subject) -> str:
    """One JSON object: `prediction`, `values`, `tests`, `expected`, and `run` if there is one."""
    data: dict[str, Any] = {
        "title": subject.title,
        "prediction": json.loads(subject.prediction.to_json()),
        "given": list(subject.given),
        "values": _plain(subject.values),
        "inputs": [
            {
                "name": one.name,
                "levels": list(one.levels),
                "folded": one.folded,
                "required": one.required,
            }
            for one in subject.inputs
        ],
        "target": subject.target,
        "classes": list(subject.classes),
        "outputs": [{"name": one.name, "words": list(one.words)} for one in subject.outputs],
        "tests": _plain(subject.tests),
        "expected": subject.expected.tolist(),
    }
    if subject.run:
        data["run"] = {
            "iteration": json.loads(subject.run.iteration.to_json()),
            "start": _plain(subject.run.start),
            "last": _plain(subject.run.last),
            "losses": list(subject.run.losses),
        }
    return json.dumps(data, indent=1) + "\n"


def _plain(values: Mapping[str, Array]) -> dict[str, Any]:
    """Arrays as nested lists; NaN, which JSON has not, as null."""
    return {word: _without_nan(array.tolist()) for word, array in values.items()}


def _without_nan(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_without_nan(one) for one in cell]
    return None if cell != cell else cell
