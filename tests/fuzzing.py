"""Descriptions of models in which one thing is another, for the tests of model files.

changed(spec)      each description in which one leaf is something else, with what was changed
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any

INSTEAD: tuple[Any, ...] = (None, "x", -1, 0, math.nan, [], {}, 10**400)
Path = tuple[Any, ...]


def leaves(data: Any, path: Path = ()) -> Iterator[Path]:
    """The way to everything in plain data that holds nothing else; of a list, to its first two."""
    inside = data.items() if isinstance(data, dict) else enumerate(data[:2])
    for word, one in inside:
        if isinstance(one, dict | list) and one:
            yield from leaves(one, (*path, word))
        else:
            yield (*path, word)


def changed(spec: dict[str, Any], part: str) -> Iterator[tuple[Path, Any, dict[str, Any]]]:
    """For each leaf below `part`, each thing that it could be instead: way, thing, description."""
    for way in leaves(spec[part]):
        for thing in INSTEAD:
            other = {**spec, part: copy.deepcopy(spec[part])}
            place: Any = other[part]
            for word in way[:-1]:
                place = place[word]
            place[way[-1]] = thing
            yield (part, *way), thing, other
