"""`docs/faults.md`, made from the marks of the tests.

    python -m faults.mapping          prints the page

The marks are read from the text of the tests, so that none has to be run or imported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from faults.rows import ATTACKS, CANNOT, FAULTS, WAITING

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "faults.md"
HEAD = """\
# Faults and attacks, and the tests of each

What may go wrong around `workings`, what it does then, and which tests hold it to that. This page
is made from the marks of the tests (`make faults-page`); a test fails when they differ.
[`SECURITY.md`](../SECURITY.md) says what is promised and what is out of scope;
[`model-files.md`](model-files.md) how a model file is kept.
"""
RULE = """\
For every row: the exit code is 0 only when the result is right. Otherwise one sentence on standard
error names the thing and the place, what was found and what to do; in Python the same sentence is
an exception of `workings.errors`. Nothing hangs, what was there before stays, and no temporary file
is left behind.
"""


def marked() -> dict[str, list[str]]:
    """For each row that any test is marked with, those tests: `file::name`, in order."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        where = path.relative_to(TESTS.parent).as_posix()
        for name, rows in _marks(ast.parse(path.read_text(encoding="utf-8"))):
            for row in rows:
                found.setdefault(row, []).append(f"{where}::{name}")
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for one in node.decorator_list:
                if isinstance(one, ast.Call) and ast.unparse(one.func) == "pytest.mark.fault":
                    yield node.name, [ast.literal_eval(word) for word in one.args]


def page() -> str:
    """The page."""
    return "\n".join([
        HEAD, RULE, "## What goes wrong by itself\n", *_table(FAULTS), "",
        "## What somebody does to do harm\n", *_table(ATTACKS), "",
    ])  # fmt: skip


def _table(rows: dict[str, tuple[str, str]]) -> Iterator[str]:
    tests = marked()
    yield "| row | what happens | what is required | tests |"
    yield "|---|---|---|---|"
    for row, (what, required) in rows.items():
        held = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in tests.get(row, []))
        if row in CANNOT:
            held = f"none: {CANNOT[row]}"
        elif row in WAITING:
            held = held or "none yet"
        cells = (one.replace("|", "\\|") for one in (row, what, required, held))
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page(), end="")
