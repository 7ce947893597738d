"""`workings check`: somebody's working, marked."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click

from workings.cli import _print
from workings.cli._table import SHEET
from workings.errors import DataError, SettingError
from workings.marking.assignments import Assignment, of_model, of_problem, of_system
from workings.marking.marker import mark
from workings.marking.problem import Problem
from workings.systems import systems


@click.command("check", short_help="Find the first wrong step in somebody's working.")
@click.argument("working", type=click.Path(path_type=Path))
@click.option(
    "--for",
    "of",
    metavar="WHAT",
    help="What it is of: an article's system, a model file, a problem file or a worksheet.",
)
@click.option("--on", "rows", metavar="TABLE", help="The rows that a model was worked out on.")
@SHEET
@click.option(
    "--row",
    "chosen",
    type=int,
    multiple=True,
    help="Only this row of TABLE, from 1; may be repeated.",
)
@click.option(
    "--strict", is_flag=True, help="Only the convention of the problem itself counts as right."
)
@click.option(
    "--as", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def COMMAND(  # noqa: N802 - every command file has one
    working: Path, of: str | None, rows: str | None, of_sheet: str | None,
    chosen: tuple[int, ...], strict: bool, form: str,
) -> int:  # fmt: skip
    """Check WORKING step by step and name the first wrong step, its cell and the likely slip.

    WORKING is a filled worksheet, a CSV or JSON file of named matrices, or a NumPy or R script or
    its output, of which only the written numbers are read. Each step is held against the numbers
    before it in the same working, so that one slip is marked once. What is right in another
    convention is right. A worksheet knows what it is of; anything else needs --for.
    """
    from workings.marking.reading import read
    from workings.marking.report import text

    assignment = _assignment(working, of, rows, of_sheet=of_sheet, chosen=chosen)
    marked = mark(read(working), assignment, strict=strict)
    if form == "json":
        click.echo(json.dumps(_finite(marked.to_data()), indent=2))
    else:
        _print.lines(text(marked))
    return 0


def _assignment(
    working: Path, of: str | None, rows: str | None, *, of_sheet: str | None,
    chosen: tuple[int, ...],
) -> Assignment:  # fmt: skip
    """What the working is of."""
    from workings.marking.reading import problem_in

    model = of is not None and _is_model(of)
    if (rows or chosen) and not model:
        raise SettingError(
            f"cannot use --{'on' if rows else 'row'} here: only a model is worked out on a table",
            hint="Name a model file by --for.",
        )
    if of in systems():
        return of_system(systems()[str(of)])
    if model:
        return _of_model(str(of), rows, of_sheet, chosen)
    carried = problem_in(of or working)
    if carried is not None:
        return of_problem(Problem.from_json(carried))
    if of is None:
        raise SettingError(
            f"cannot mark {working}: it does not say what it is of",
            hint="Say it, for instance --for article, or --for problem.json.",
        )
    raise DataError(
        f"cannot mark a working of {of}: it is no system, no model file, and holds no problem",
        hint=f"Systems are: {', '.join(systems())}.",
    )


def _is_model(of: str) -> bool:
    if of in systems():
        return False
    path = Path(of)
    if not path.exists():
        from workings.errors import UnknownName

        if path.suffix:
            raise DataError(f"cannot find {of}", hint="Name a system, a model or a problem file.")
        raise UnknownName("system", of, systems())
    return path.suffix == ".workings"


def _of_model(
    path: str, rows: str | None, of_sheet: str | None, chosen: tuple[int, ...]
) -> Assignment:
    from workings.data import table_or_builtin
    from workings.models import load

    model = load(path)
    if rows is None:
        if chosen or of_sheet:
            raise SettingError("cannot choose rows: it was not said of which table",
                               hint="Name it: --on TABLE.csv")  # fmt: skip
        return of_model(model, None)
    table = table_or_builtin(rows, sheet=of_sheet)
    wrong = [row for row in chosen if not 1 <= row <= len(table)]
    if wrong:
        count = _print.amount(len(table), "row")
        raise DataError(
            f"cannot take row {wrong[0]} of {table.source}: it has {count}",
            hint="Rows count from 1.",
        )
    return of_model(model, table, [row - 1 for row in chosen] or None)


def _finite(data: Any) -> Any:
    """The same without what JSON has no word for: None for numbers that are none."""
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
