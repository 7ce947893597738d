"""An Excel workbook in which every computed cell holds its formula.

    content(subject, iterations=5)      the file, as bytes

A worksheet for each iteration, stage by stage, each starting from the weights that the one before
has made; a worksheet that predicts rows one types; and one with the engine's values as plain
numbers, so that the top of each worksheet can say whether all of it agrees. Change any given
number, and what follows from it changes as it would in the engine.

Formulas are those of Excel 2010, one for each cell. There are no macros and no links.
"""

from __future__ import annotations

from dataclasses import replace

from workings.errors import NotSupported, SettingError
from workings.exports import Subject, _xlsx_engine, _xlsx_iterations, _xlsx_prediction
from workings.exports._xlsx_book import Book
from workings.exports._xlsx_engine import Check
from workings.exports._xlsx_formulas import cell_by_cell
from workings.exports._xlsx_page import Page, formula_cells
from workings.trace import Trace

MOST_FORMULAS = 200_000


def content(subject: Subject, iterations: int = 1) -> bytes:
    """The workbook, with the first `iterations` of the training if the subject has one.

    Raises `SettingError` for iterations that the training does not have, and `NotSupported` for
    more than a workbook holds.
    """
    subject = _in_cells(subject)
    ran = _ran(subject, iterations)
    predicted = _xlsx_prediction.trace_of(subject)
    _check_size([*(trace for trace, _ in ran), predicted])
    book = Book(subject.title)
    pages = _xlsx_iterations.pages(book, subject, subject.run, ran) if subject.run else []
    last = _xlsx_prediction.page(book, subject, predicted)
    checks = [Check(page, word, page.regions[word].whole)
              for page in pages for word in page.trace.program.names]  # fmt: skip
    _xlsx_engine.write(book, [*checks, *_tested(last, _xlsx_prediction.tested(subject))])
    return book.content()


def _in_cells(subject: Subject) -> Subject:
    """The subject with programs whose every step a formula can hold."""
    run = subject.run
    if run:
        run = replace(run, iteration=cell_by_cell(run.iteration))
    return replace(subject, prediction=cell_by_cell(subject.prediction), run=run)


def _ran(subject: Subject, iterations: int) -> list[tuple[Trace, list[int]]]:
    if subject.run is None:
        if iterations != 1:
            raise SettingError(
                f"cannot lay out {iterations} iterations: this export has no training",
                hint="Name the table that the model was trained on.",
            )
        return []
    _xlsx_iterations.check(subject.run, iterations)
    return list(_xlsx_iterations.traces(subject, subject.run, iterations))


def _check_size(traces: list[Trace]) -> None:
    count = sum(map(formula_cells, traces))
    if count > MOST_FORMULAS:
        raise NotSupported(
            f"cannot write a workbook of {count} formulas: up to {MOST_FORMULAS} are written",
            hint="Ask for fewer iterations, train in smaller batches, or export to numpy, r or c.",
            formulas=count,
        )  # fmt: skip


def _tested(page: Page, rows: int) -> list[Check]:
    """The steps of a prediction, without the row that is typed into."""
    checks = []
    for word in page.trace.program.names:
        sizes = zip(page.trace.shape(word), page.regions[word].shape, strict=True)
        checks.append(Check(page, word, [(0, rows if s == "n" else many) for s, many in sizes]))
    return checks
