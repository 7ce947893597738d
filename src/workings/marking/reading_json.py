"""A working as JSON: an object of names, each with rows of numbers.

{"d_output": [[-0.12], [0.10]], "loss": 0.3588}

A list of numbers is one row, a number by itself a matrix of one cell; null is a blank. Numbers
keep the digits they were written with.
"""

from __future__ import annotations

import json
from typing import Any

from workings.errors import DataError
from workings.marking.reading_cells import NAME, Matrices
from workings.marking.working import Working

INSIDE = ("matrices", "values")  # under which a file may keep them, beside other facts


def read(text: str, name: str) -> Working:
    """The working; raises `DataError` for what is no such object."""
    found = Matrices(name)
    for word, value in _object(text, name).items():
        if not NAME.fullmatch(word):
            raise _malformed(name, f"{word[:40]!r} is no name of a matrix")
        found.add(word, _rows(word, value, name), lambda row, column: f"row {row + 1}")
    return found.working()


def _object(text: str, name: str) -> dict[str, Any]:
    def constant(word: str) -> str:
        return word.replace("Infinity", "inf").lower()

    try:
        # numbers stay as they are written: that says how many digits they have
        data = json.loads(text, parse_float=str, parse_int=str, parse_constant=constant,
                          object_pairs_hook=_once)  # fmt: skip
    except RecursionError:
        raise _malformed(name, "it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise _malformed(name, f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except ValueError as error:
        raise _malformed(name, str(error)) from None
    if not isinstance(data, dict):
        raise _malformed(name, "it is no object of named matrices")
    for key in INSIDE:
        if isinstance(data.get(key), dict):
            return dict(data[key])
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word, value in pairs:
        if word in found:
            raise ValueError(f"{word[:40]!r} occurs twice")
        found[word] = value
    return found


def _rows(word: str, value: Any, name: str) -> list[list[str]]:
    if not isinstance(value, list):
        return [[_cell(word, value, name)]]
    if not any(isinstance(row, list) for row in value):
        return [[_cell(word, cell, name) for cell in value]]
    if not all(isinstance(row, list) for row in value):
        raise _malformed(name, f"{word} has rows and numbers mixed")
    return [[_cell(word, cell, name) for cell in row] for row in value]


def _cell(word: str, cell: Any, name: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    raise _malformed(name, f"a cell of {word} holds {type(cell).__name__}, not a number")


def _malformed(name: str, what: str) -> DataError:
    return DataError(
        f"cannot read {name}: {what}",
        hint='Write for instance {"d_output": [[0.12], [0.34]]}.', file=name, found=what,
    )  # fmt: skip
