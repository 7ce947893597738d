"""What `show` shows: a trace, and what is said before and after it.

of_system(system, iteration, convention, row)      one of the article's systems
of_model(path, table, ...)                         a model at work on rows of a table
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workings.cli import _print
from workings.conventions import Convention, convention
from workings.errors import DataError, SettingError
from workings.systems import System
from workings.trace import Trace

Lines = Callable[[], list[str]]


def _nothing() -> list[str]:
    """Says nothing."""
    return []


@dataclass(frozen=True)
class Scene:
    """A trace to show; `row` is the only row of the batch to show, by its number."""

    trace: Trace
    title: str
    row: int | None = None
    before: Lines = _nothing
    after: Lines = _nothing


def of_system(system: System, iteration: int | None, written: str | None, row: int | None) -> Scene:
    """One iteration of a system; its errors over the whole run behind the first."""
    if written:
        start = system.setup().network.convention if system.setup else Convention()
        system = system.under(convention(written, start))

    which = 1 if iteration is None else iteration
    if which < 1:
        raise SettingError(f"cannot show iteration = {which}: 1 or more was expected")

    def before() -> list[str]:
        if not system.setup:
            return [system.summary, ""]
        rate, of = system.setup().settings.rate, system.iterations
        return [system.summary, f"Iteration {which} of {of}; learning rate {rate:g}.", ""]

    def after() -> list[str]:
        return _errors(system) if system.every and iteration is None else []

    return Scene(system.trace(which), system.summary, row, before, after)


def of_model(
    path: str, rows: str | None, *, sheet: str | None, iteration: int | None, row: int | None,
    written: str | None,
) -> Scene:  # fmt: skip
    """A model on the rows of a table, or an iteration of its training."""
    from workings.cli import _row
    from workings.data import table_or_builtin
    from workings.jobs.fitting import replay, same_engine
    from workings.models import load

    model = load(path)
    if rows is None:
        raise SettingError(
            f"cannot show {path} at work: it was not said on which rows",
            hint=f"Name a table: workings show {path} TABLE.csv --row 1",
        )
    table = table_or_builtin(rows, sheet=sheet)
    if iteration is not None:
        if written:
            raise SettingError(
                "cannot replay an iteration under another convention than it was trained under",
                hint="Leave --convention or --iteration out.",
            )
        if iteration < 1:
            raise SettingError(f"cannot show iteration = {iteration}: 1 or more was expected")
        title = f"Iteration {iteration} of the training on {table.source}"
        trace, why = replay(model, table, iteration=iteration), same_engine(model)[1]
        return Scene(trace, title, row, before=lambda: [why, ""] if why else [])
    if written:
        model = model.under(convention(written, model.network.convention))
    if row is None:
        return Scene(model.trace(table), f"{path} on {table.source}")
    if not 1 <= row <= len(table):
        count = _print.amount(len(table), "row")
        raise DataError(
            f"cannot show row {row} of {table.source}: it has {count}", hint="Rows count from 1."
        )
    place = row - 1
    trace = model.trace(table, rows=[place])
    return Scene(
        trace, f"Row {row} of {table.source}",
        before=lambda: _row.cells(model, table, place),
        after=lambda: _row.answer(model, trace),
    )  # fmt: skip


def _errors(system: System) -> list[str]:
    """The article's table of errors: the loss per row, every so many iterations."""
    trained = system.train()
    losses, outputs = trained.history.loss, system.outputs(trained).ravel()
    rows = [[str(k), f"{losses[k]:.5f}"] for k in range(0, len(losses), system.every)]
    said = ", ".join(f"{value:.4f}" for value in outputs[:10])
    return [
        "", "The whole run, loss per row:", *_print.even([["iteration", "loss"], *rows]),
        f"Outputs after {len(losses)} epochs: {said}{' ...' * (len(outputs) > 10)}",
    ]  # fmt: skip
