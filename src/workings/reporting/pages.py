"""Reports: self-contained HTML pages, which ask for nothing from outside.

    write(result, "report.html", folds)     about a training run
    evaluation_page(..), size_page(..)      about a model scored on a table, about sizes compared
    save(page, path)                        any of them as a file

About a run: what was read, the scores beside the baselines, the folds if it was cross-validated,
how the loss fell, what stands behind the scores (`exhibits`), the decision boundary when there
are two numeric inputs, the network drawn, and one prediction followed from the cells of the table
to the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from workings import files
from workings.data import Table
from workings.jobs.cross_validation import CrossValidation
from workings.jobs.job import Result
from workings.jobs.sizing import SizeCurve
from workings.reporting import exhibits
from workings.scores.scoring import Judged, judged
from workings.trace import Array
from workings.views import html, parts, plots, sheet

MOST_COLUMNS = 200  # that are listed


def write(result: Result, path: files.PathLike, folds: CrossValidation | None = None) -> None:
    """Writes the page about a run, and about its folds if it was cross-validated."""
    save(page(result, folds), path)


def save(page: str, path: files.PathLike) -> None:
    """Writes a page, beside and then renamed."""
    with files.replacing(path) as file:
        file.write(page)


def page(result: Result, folds: CrossValidation | None = None) -> str:
    """The page about a run as text."""
    target = result.model.preparation.target.name
    table, word = _tested(result)
    sections = [
        ("Summary", result.summary()),
        *([("Cross-validation", folds.fragment())] if folds else []),
        ("How the loss fell", result.curves()),
        *exhibits.sections(judged(result.model, table), word),
        *_boundary(result),
        ("The network", _network(result)),
        ("One prediction, step by step", _steps(result)),
        ("What becomes of each column", _columns(result)),
    ]
    return html.page(f"{target} predicted from {result.training.source}", sections)


def evaluation_page(
    rows: Judged, word: str, source: str, facts: Sequence[str], scored: Sequence[Sequence[str]]
) -> str:
    """About a model scored on a table: what was said of it, its scores, and what is behind them.

    `word` says which rows are drawn: "evaluated" or "test".
    """
    said = parts.bullets(facts) + parts.table("Scores with 95 % intervals", scored)
    return html.page(
        f"{rows.target} predicted from {source}",
        [("Summary", said), *exhibits.sections(rows, word)],
    )


def size_page(curve: SizeCurve, command: str) -> str:
    """About hidden sizes compared, and the command that comes next."""
    said = f"<p>Train it with:</p>{html.preformatted(command)}"
    title = f"How many hidden neurons to predict {curve.target} from {curve.source}"
    return html.page(title, [("The score of each size", curve.fragment() + said)])


def _boundary(result: Result) -> list[tuple[str, str]]:
    """Where in the plane which class is predicted, for two numeric inputs."""
    model, prepared = result.model, result.model.preparation
    few = 1 < len(model.classes) <= exhibits.MOST_CLASSES
    if not few or len(prepared.numbers) != 2 or prepared.categories:
        return []
    table, word = _tested(result)
    names = prepared.columns

    def predict(points: Array) -> Array:
        return model.answers(Table.from_arrays(points, names=names))

    X = prepared.inputs(table)["numbers"]
    known = ~np.isnan(X).any(axis=1)
    codes = prepared.targets(table)[known, 0].astype(int)
    ax = plots.plot_boundary(predict, X[known], codes, model.classes, names=names)
    said = f"Which class is predicted where; the points are the {word} rows."
    return [("The decision boundary", parts.figure(ax, said))]


def _network(result: Result) -> str:
    return parts.figure(result.model.drawing(), f"{result.described}.")


def _steps(result: Result) -> str:
    table, word = _tested(result)
    trace = result.model.trace(table, rows=[0], unseen="none")
    where = f"{table.origin.where(0)} of {table.source}"
    said = f"The first of the {word} rows, which is {where}; it is row 1 here."
    return f"<p>{escape(files.clean(said))}</p>" + html.fragment(sheet.sheet(trace))


def _columns(result: Result) -> str:
    rows = [list(row) for row in result.model.preparation.described()]
    shown, more = rows[:MOST_COLUMNS], len(rows) - MOST_COLUMNS
    left = f"<p>... and {more} more columns.</p>" if more > 0 else ""
    return parts.table("Columns", [["column", "becomes"], *shown]) + left


def _tested(result: Result) -> tuple[Table, str]:
    return (result.test, "test") if len(result.test) else (result.training, "training")
