"""`workings show`: every matrix of one iteration, or of one prediction."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from workings.cli import _print
from workings.conventions import Convention, convention
from workings.errors import DataError, SettingError, UnknownName
from workings.systems import System, systems
from workings.trace import Trace
from workings.views import sheet, table

WIDEST = 120


@click.command("show", short_help="Show every matrix of an iteration or a prediction.")
@click.argument("what", required=False, default="article")
@click.argument("rows", required=False, metavar="[TABLE]")
@click.option("--iteration", type=int, help="Which update of the training, from 1.")
@click.option("--row", type=int, help="Only this row of the table, from 1.")
@click.option("--step", help="Only this step, by its name.")
@click.option(
    "--convention",
    "written",
    metavar="KEY=VALUE,..",
    help="sign=, reduction=, samples=, bias=, names= as in the documentation.",
)
@click.option("--digits", type=click.IntRange(1, 17), default=4, show_default=True)
@click.option("--no-why", is_flag=True, help="Leave the reasons out.")
def COMMAND(  # noqa: N802 - every command file has one
    what: str, rows: str | None, iteration: int | None, row: int | None, step: str | None,
    written: str | None, digits: int, no_why: bool,
) -> int:  # fmt: skip
    """Show WHAT, step by step.

    WHAT is a model file with a TABLE to run it on, 'activations', or one of the article's
    systems: perceptron, article, listing, first-look, chain-rule, deep, full-batch, sgd, moons,
    blobs.
    """
    if what == "activations":
        from workings.cli import _gallery

        _gallery.print_all()
        return 0
    if what in systems():
        trace, picked = _system(systems()[what], iteration, written), row
    elif Path(what).suffix or Path(what).exists():
        trace, picked = _model(what, rows, iteration, row, written)
    else:
        raise UnknownName("system", what, [*systems(), "activations"])
    shown = None if picked is None else [_place(trace, picked)]
    laid_out = sheet.sheet(trace, step=step, rows=shown, digits=digits, why=not no_why)
    click.echo(table.text(laid_out, width=_width()))
    if what in systems() and step is None and iteration is None:
        _errors(systems()[what], written)
    return 0


def _width() -> int:
    return min(WIDEST, shutil.get_terminal_size((100, 24)).columns)


def _system(system: System, iteration: int | None, written: str | None) -> Trace:
    if written:
        start = system.setup().network.convention if system.setup else Convention()
        system = system.under(convention(written, start))
    trace = system.trace(iteration or 1)
    _print.say(system.summary)
    if system.setup:
        settings = system.setup().settings
        _print.say(
            f"Iteration {iteration or 1} of {system.iterations}; learning rate {settings.rate:g}."
        )
    _print.say()
    return trace


def _errors(system: System, written: str | None) -> None:
    """The article's table of errors: the loss per row, every so many iterations."""
    if not system.every or written:
        return
    trained = system.train()
    _print.say()
    _print.say("The whole run, loss per row:")
    losses = trained.history.loss
    _print.columns([
        ["iteration", "loss"],
        *([str(k), f"{losses[k]:.5f}"] for k in range(0, len(losses), system.every)),
    ])  # fmt: skip
    said = ", ".join(f"{value:.4f}" for value in system.outputs(trained).ravel()[:10])
    _print.say(f"Outputs after {len(losses)} epochs: {said}{' ...' * (trained_rows(system) > 10)}")


def trained_rows(system: System) -> int:
    """How many rows a system has."""
    return len(system.setup().X) if system.setup else 1


def _model(
    path: str, rows: str | None, iteration: int | None, row: int | None, written: str | None
) -> tuple[Trace, int | None]:
    from workings.data import table_or_builtin
    from workings.fitting import replay
    from workings.models import load

    model = load(path)
    if rows is None:
        raise SettingError(
            f"cannot show {path} at work: it was not said on which rows",
            hint=f"Name a table: workings show {path} TABLE.csv --row 1",
        )
    given = table_or_builtin(rows)
    if written:
        model = model.under(convention(written, model.network.convention))
    if iteration is not None:
        if written:
            raise SettingError(
                "cannot replay an iteration under another convention than it was trained under"
            )
        return replay(model, given, iteration=iteration), row
    if row is not None and not 1 <= row <= len(given):
        raise DataError(
            f"cannot show row {row} of {given.source}: it has {_print.amount(len(given), 'row')}"
        )
    return model.trace(given, rows=None if row is None else [row - 1]), None


def _place(trace: Trace, row: int) -> int:
    """Where row number `row` stands in the trace."""
    word = next(
        (w for w in (*trace.program.given, *trace.program.names) if "n" in trace.shape(w)), None
    )
    labels = trace.names_along(word, trace.shape(word).index("n")) if word else []
    if str(row) not in labels:
        listed = ", ".join(labels[:10]) + (", ..." if len(labels) > 10 else "")
        raise DataError(
            f"cannot show row {row}: it is not among the rows of this batch ({listed})",
            hint="Name one of these, or another iteration.",
        )
    return labels.index(str(row))
