"""The report: one self-contained HTML page about a training run.

    write(result, "report.html")

What was read, the scores beside the baselines, how the loss fell, confusion or residuals, the
decision boundary when there are two numeric inputs, the network drawn, and one prediction
followed from the cells of the table to the answer. It asks for nothing from outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from workings import files
from workings.data import Table
from workings.jobs import Result
from workings.scoring import confusion
from workings.trace import Array
from workings.views import html, plots, sheet

MOST_CLASSES = 20  # a confusion matrix of more is no picture any more


def write(result: Result, path: files.PathLike) -> None:
    """Writes the page, beside and then renamed."""
    with files.replacing(path) as file:
        file.write(page(result))


def page(result: Result) -> str:
    """The page as text."""
    target = result.model.preparation.target.name
    sections = [
        ("Summary", _summary(result)),
        ("How the loss fell", _curves(result)),
        *_judged(result),
        *_boundary(result),
        ("The network", _network(result)),
        ("One prediction, step by step", _steps(result)),
        ("What becomes of each column", _columns(result)),
    ]
    return html.page(f"{target} predicted from {result.training.source}", sections)


def _summary(result: Result) -> str:
    table, history = result.model.record["table"], result.history
    rows = result.model.record["rows"]
    counts = ", ".join(f"{count} {word}" for word, count in rows.items() if count)
    facts = [
        f"{table['source']}: {table['rows']} rows ({counts}).",
        f"Network: {result.described}.",
        f"Trained {history.epochs} epochs ({history.iterations} iterations) in "
        f"{history.seconds:.1f} s; {history.stopped}.",
        *result.notes,
        result.verdict,
    ]
    return _list(facts) + _scores(result)


def _scores(result: Result) -> str:
    heads = list(dict.fromkeys(word for one in result.score_table.values() for word in one))
    body = [
        [who, *(f"{one[head]:.4g}" if head in one else "" for head in heads)]
        for who, one in result.score_table.items()
    ]
    return _table("Scores; a trivial and a linear model beside the network", ["", *heads], body)


def _curves(result: Result) -> str:
    history = result.history
    if not history.epochs:
        return "<p>No epoch was finished.</p>"
    ax = plots.plot_loss(
        range(1, history.epochs + 1), history.loss, history.validation_loss or None,
        best=history.kept_epoch if history.kept_epoch < history.epochs else None,
    )  # fmt: skip
    said = f"Loss per row, from {history.loss[0]:.4g} to {history.loss[-1]:.4g}."
    return _figure(plots.svg(ax), said)


def _judged(result: Result) -> list[tuple[str, str]]:
    """The confusion matrix or the residuals, on the test rows if there are any."""
    table, word = _tested(result)
    model = result.model
    if not model.classes:
        truth = model.preparation.targets(table)[:, 0]
        ax = plots.plot_residuals(truth, model.answers(table, unseen="none")[:, 0])
        return [("Predicted against true", _figure(plots.svg(ax), f"The {word} rows."))]
    if len(model.classes) > MOST_CLASSES:
        return []
    counts = confusion(model, table)
    ax = plots.plot_confusion(counts, model.classes)
    right = int(np.trace(counts))
    said = f"{right} of {int(counts.sum())} {word} rows are on the diagonal, where they belong."
    return [("Which class was taken for which", _figure(plots.svg(ax), said))]


def _boundary(result: Result) -> list[tuple[str, str]]:
    """Where in the plane which class is predicted, for two numeric inputs."""
    model, prepared = result.model, result.model.preparation
    if not model.classes or len(prepared.numbers) != 2 or prepared.categories:
        return []
    table, word = _tested(result)
    names = prepared.columns

    def predict(points: Array) -> Array:
        return model.answers(Table.from_arrays(points, names=names))

    X = prepared.inputs(table)["numbers"]
    known = ~np.isnan(X).any(axis=1)
    codes = prepared.targets(table)[known, 0].astype(int)
    ax = plots.plot_boundary(predict, X[known], codes, model.classes, names=names)
    return [("The decision boundary", _figure(plots.svg(ax), f"The points are the {word} rows."))]


def _network(result: Result) -> str:
    return _figure(result.model.drawing(), result.described + ".")


def _steps(result: Result) -> str:
    table, word = _tested(result)
    trace = result.model.trace(table, rows=[0], unseen="none")
    where = f"{table.origin.where(0)} of {table.source}"
    said = f"The first of the {word} rows, which is {where}; it is row 1 here."
    return f"<p>{escape(files.clean(said))}</p>" + html.fragment(sheet.sheet(trace))


def _columns(result: Result) -> str:
    return _table(
        "Columns",
        ["column", "becomes"],
        [list(row) for row in result.model.preparation.described()],
    )


def _tested(result: Result) -> tuple[Table, str]:
    return (result.test, "test") if len(result.test) else (result.training, "training")


def _list(facts: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(files.clean(fact))}</li>" for fact in facts) + "</ul>"


def _figure(picture: str, said: str) -> str:
    return f"<figure>{picture}</figure>\n<p>{escape(files.clean(said))}</p>\n"


def _table(caption: str, heads: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(files.clean(head))}</th>' for head in heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(files.clean(row[0]))}</th>'
        + "".join(f"<td>{escape(files.clean(cell))}</td>" for cell in row[1:])
        + "</tr>"
        for row in body
    )
    return (
        f'<div class="matrix"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table></div>\n"
    )
