"""A preparation as plain data for a model file, and back.

to_data(preparation)     columns, target and choices as lists and words
from_data(data)          the preparation; what cannot be one is refused
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from workings.data.spellings import Spelling
from workings.preparation.columns import CategoryColumn, NumberColumn, Target
from workings.preparation.preparing import Preparation


def to_data(preparation: Preparation) -> dict[str, Any]:
    """A preparation as plain data."""
    return asdict(preparation)


def from_data(data: Mapping[str, Any]) -> Preparation:
    """The reverse of `to_data`; raises KeyError, TypeError or ValueError where it is not."""
    found = Preparation(
        tuple(map(_number, data["numbers"])),
        tuple(map(_category, data["categories"])),
        _target(data["target"]),
        tuple((str(word), str(why)) for word, why in data["left_out"]),
        _flag(data.get("scaled", True)),
        tuple(map(str, data.get("required", ()))),
    )
    if not set(found.required) <= {column.name for column in found.numbers}:
        raise ValueError("columns are required that are not read")
    return found


def _number(data: Mapping[str, Any]) -> NumberColumn:
    facts = {fact: float(x) for fact, x in data.items() if fact not in ("name", "spelling")}
    told = data.get("spelling")
    spelling = None if told is None else Spelling.from_data(dict(told))
    return NumberColumn(str(data["name"]), **facts, spelling=spelling)


def _category(data: Mapping[str, Any]) -> CategoryColumn:
    return CategoryColumn(str(data["name"]), tuple(data["levels"]), bool(data["folded"]))


def _target(data: Mapping[str, Any]) -> Target:
    parts = tuple(map(_target_column, data.get("parts", ())))
    target = _target_column({**data, "parts": ()})
    if not parts:
        return target
    alike = len({len(one.classes) for one in parts}) == 1 and len(parts[0].classes) in (0, 2)
    alone = any(one.parts or one.one_each for one in parts)
    if target.classes or target.one_each or len(parts) < 2 or not alike or alone:
        raise ValueError("target columns that do not go together")
    return Target(target.name, parts=parts)


def _target_column(data: Mapping[str, Any]) -> Target:
    classes = tuple(map(str, data["classes"]))
    units = {word: float(data[word]) for word in ("mean", "scale")}
    target = Target(**{**data, **units, "name": str(data["name"]), "classes": classes,
                       "one_each": _flag(data.get("one_each", False)),
                       "parts": tuple(data.get("parts", ()))})  # fmt: skip
    if len(classes) == 1 or len(set(classes)) < len(classes) or (target.one_each and not classes):
        raise ValueError(f"a target of {len(classes)} classes")
    if not np.isfinite([target.mean, target.scale]).all() or target.scale == 0:
        raise ValueError("a target whose units are none")
    return target


def _flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise TypeError(f"yes or no was expected, not {given!r}")
    return given
