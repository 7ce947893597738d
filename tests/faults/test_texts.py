"""Every refusal says what to do, or what was expected: those met, and those in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.saying import EXPECTED, checked, why_not
from workings import errors
from workings.errors import DataError, UnknownName, WorkingsError

SOURCE = Path(errors.__file__).parent
CLASSES = {
    word for word, one in vars(errors).items()
    if isinstance(one, type) and issubclass(one, WorkingsError)
}  # fmt: skip
# the rooms where files, tables and options come in and go out
ROOMS = {
    "adopting", "cli", "data", "estimators", "exports", "files.py", "jobs", "models", "preparation",
    "reporting", "scores", "systems.py", "taking.py", "training", "worksheets",
}  # fmt: skip
# whose sentences are given their beginning or their end by who catches them
CAUGHT = {"models/reading.py", "models/loading.py", "exports/_xlsx_cells.py", "exports/_script.py"}


def refusals() -> Iterator[tuple[str, str, bool]]:
    """Each refusal in the source: where, its text as it is written, and whether it has a hint."""
    for path in sorted(SOURCE.rglob("*.py")):
        where = path.relative_to(SOURCE)
        if where.parts[0] not in ROOMS or where.as_posix() in CAUGHT:
            continue
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CLASSES - {
                "UnknownName"
            }:
                if not node.args:
                    continue
                said = ast.unparse(node.args[0])
                hinted = any(word.arg in ("hint", None) for word in node.keywords)
                yield f"{where}:{node.lineno}", said, hinted


def test_every_refusal_in_the_source_says_what_to_do_or_what_was_expected() -> None:
    lacking = [
        (where, said) for where, said, hinted in refusals()
        if not hinted and not EXPECTED.search(said) and len(said.split()) > 1
    ]  # fmt: skip
    assert lacking == []


def test_there_are_refusals_to_be_read() -> None:
    assert len(list(refusals())) > 100


@pytest.mark.parametrize(
    ("text", "hint", "lacks"),
    [
        ("cannot read x.csv: line 3 has 1 cell. Add one.", "Add one.", ""),
        ("cannot read x.csv: line 3 has 1 cell, expected 2", "", ""),
        ("cannot read x.csv: line 3 has 1 cell", "", "what to do"),
        ("line 3 has 1 cell. Add one.", "Add one.", "could not be done"),
        ("cannot read\nit. Add one.", "Add one.", "one printable line"),
        ("cannot read \x1b it all. Add one.", "Add one.", "one printable line"),
        ("cannot read it: NoneType. Add one.", "Add one.", "of the inside"),
        ("cannot read it all. add", "add", "no sentence"),
        ("cannot read. Add one.", "Add one.", "names no place"),
        ("cannot " + "x" * 900 + ". Add one.", "Add one.", "characters"),
    ],
)
def test_what_a_sentence_lacks_is_found(text: str, hint: str, lacks: str) -> None:
    found = why_not(text, hint)
    assert bool(found) == bool(lacks)
    assert lacks in found


def test_words_that_name_nothing_are_answered_with_those_there_are() -> None:
    checked(UnknownName("activation", "sigmod", ["sigmoid", "tanh"]))
    with pytest.raises(AssertionError):
        checked(DataError("it is wrong"))
