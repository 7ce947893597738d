"""What every sheet carries, so that a working on it can be marked: the problem, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workings.worksheets.exercises import Exercise


def carried(exercise: Exercise, places: Mapping[str, Any] | None = None) -> str:
    """The problem with the sheet's decimals and blanks; in a workbook, where each matrix stands.

    The text is plain ASCII. Whoever reads it as a `Problem` finds one.
    """
    more: dict[str, Any] = {"digits": exercise.digits, "blank": list(exercise.blank)}
    if places is not None:
        more["places"] = dict(places)
    return json.dumps(json.loads(exercise.problem.to_json()) | more)
