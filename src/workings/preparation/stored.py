"""A preparation as plain data for a model file, and back.

to_data(preparation)     columns, target and choices as lists and words
from_data(data)          the preparation; what cannot be one is refused
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from workings import facts
from workings.data.spellings import Spelling
from workings.preparation.columns import CategoryColumn, NumberColumn, Target
from workings.preparation.prepared import UNITS
from workings.preparation.preparing import Preparation

DAYS = 4_000_000  # from 1970: more than ten thousand years


def to_data(preparation: Preparation) -> dict[str, Any]:
    """A preparation as plain data."""
    return asdict(preparation)


def from_data(data: Mapping[str, Any]) -> Preparation:
    """The reverse of `to_data`; raises KeyError, TypeError or ValueError where it is not."""
    found = Preparation(
        tuple(map(_number, facts.listed(facts.table)(data["numbers"]))),
        tuple(map(_category, facts.listed(facts.table)(data["categories"]))),
        _target(facts.table(data["target"])),
        tuple(map(_pair, facts.listed(facts.listed(facts.text))(data["left_out"]))),
        facts.flag(data.get("scaled", True)),
        facts.texts(data.get("required", ())),
        facts.text(data.get("units", "spread")),
    )
    if found.units not in UNITS:
        raise ValueError(f"columns are in units that are not known: {found.units!r:.40}")
    facts.once((*found.columns, *(column.name for column in found.target.columns)))
    if not set(found.required) <= {column.name for column in found.numbers}:
        raise ValueError("columns are required that are not read")
    return found


def _number(data: Mapping[str, Any]) -> NumberColumn:
    units = {fact: facts.number(x) for fact, x in data.items() if fact not in ("name", "spelling")}
    told = facts.optional(facts.table)(data.get("spelling"))
    spelling = None if told is None else Spelling.from_data(told)
    column = NumberColumn(facts.text(data["name"]), **units, spelling=spelling)
    if column.scale == 0:
        raise ValueError(f"column {column.name} has a scale of 0")
    if not -DAYS < column.fill < DAYS and spelling is not None and spelling.date:
        raise ValueError(f"column {column.name} is filled with a date that no calendar has")
    return column


def _category(data: Mapping[str, Any]) -> CategoryColumn:
    levels = tuple(facts.listed(facts.optional(facts.text))(data["levels"]))
    facts.once(levels)
    if not levels:
        raise ValueError("a column of words has none")
    return CategoryColumn(facts.text(data["name"]), levels, facts.flag(data["folded"]))


def _pair(words: list[str]) -> tuple[str, str]:
    word, why = words
    return word, why


def _target(data: Mapping[str, Any]) -> Target:
    parts = tuple(map(_target_column, facts.listed(facts.table)(data.get("parts", ()))))
    target = _target_column({**data, "parts": ()})
    if not parts:
        return target
    alike = len({len(one.classes) for one in parts}) == 1 and len(parts[0].classes) in (0, 2)
    alone = any(one.parts or one.one_each for one in parts)
    if target.classes or target.one_each or len(parts) < 2 or not alike or alone:
        raise ValueError("target columns that do not go together")
    return Target(target.name, parts=parts)


def _target_column(data: Mapping[str, Any]) -> Target:
    classes = facts.texts(data["classes"])
    units = {word: facts.number(data[word]) for word in ("mean", "scale")}
    known = {
        **units, "name": facts.text(data["name"]), "classes": classes,
        "one_each": facts.flag(data.get("one_each", False)),
        "parts": tuple(facts.listed(facts.table)(data.get("parts", ()))),
    }  # fmt: skip
    target = Target(**{**data, **known})
    if len(classes) == 1 or (target.one_each and not classes):
        raise ValueError(f"a target of {len(classes)} classes")
    if target.scale == 0:
        raise ValueError("a target with a scale of 0")
    return target
