"""`workings show`: every matrix of one iteration, or of one prediction."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from workings import files
from workings.cli import _code, _print
from workings.cli._convention import CONVENTION
from workings.cli._scenes import Scene, of_model, of_system
from workings.cli._table import SHEET
from workings.errors import DataError, SettingError, UnknownName
from workings.systems import systems
from workings.trace import Trace
from workings.views import html, sheet, table

WIDEST = 120
MATRICES, LOOPS, LLVM = FORMS = ("matrices", "loops", "llvm")


@click.command("show", short_help="Show every matrix of an iteration or a prediction.")
@click.argument("what", required=False, default="article")
@click.argument("rows", required=False, metavar="[TABLE]")
@SHEET
@click.option("--iteration", type=int, help="Which update of the training, from 1.")
@click.option("--row", type=int, help="Only this row, counted from 1 without the header.")
@click.option("--cell", help="Why one cell is what it is: 'hidden_layer_input[2,1]'.")
@click.option("--step", help="Only this step, by its name.")
@CONVENTION
@click.option(
    "--as",
    "form",
    default=MATRICES,
    show_default=True,
    help="matrices; or what runs as machine code: as loops, or as the text that LLVM compiles.",
)
@click.option("--digits", type=click.IntRange(1, 17), default=4, show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write an HTML page instead.")
@click.option("--no-why", is_flag=True, help="Leave the reasons out.")
def COMMAND(  # noqa: N802 - every command file has one
    what: str, rows: str | None, of_sheet: str | None, iteration: int | None, row: int | None,
    step: str | None, cell: str | None, written: str | None, form: str, digits: int,
    output: Path | None, no_why: bool,
) -> int:  # fmt: skip
    """Show WHAT, step by step; the article's network if nothing is said.

    WHAT is a model file with a TABLE to run it on, 'activations', or one of the article's
    systems: perceptron, article, listing, first-look, chain-rule, deep, full-batch, sgd, moons,
    blobs.

    With --as loops or --as llvm it is not the matrices that are shown, but the machine code that
    computes them: of a system, of a model (no TABLE is needed), of a row or an iteration.
    """
    if form not in FORMS:
        raise UnknownName("form", form, FORMS)
    if output:
        files.check_writable(output, what, rows)
    _check_together(what, rows, cell, step, form)
    if what == "activations":
        if iteration or row or step or cell or written or form != MATRICES:
            raise SettingError(
                "cannot show a part of the activations: there are no iterations, rows or steps",
                hint="Leave these options out.",
            )
        _activations(output)
        return 0
    if form != MATRICES and _is_model(what) and not (rows or iteration or row):
        _write_code(_code.of_model(what, written, step, llvm=form == LLVM), what, output)
        return 0
    scene = _scene(what, rows, of_sheet, (iteration, row, written))
    if form != MATRICES:
        _write_code(_code.of_trace(scene.trace, step, llvm=form == LLVM), scene.title, output)
    elif cell:
        _explain(scene.trace, cell, output, digits=digits)
    else:
        _show(scene, step, output, digits=digits, why=not no_why)
    return 0


def _check_together(
    what: str, rows: str | None, cell: str | None, step: str | None, form: str
) -> None:
    """Refuses what cannot be asked for at once."""
    if cell and step:
        raise SettingError("cannot show a cell and a step at once", hint="Leave one of them out.")
    if cell and form != MATRICES:
        raise SettingError(
            f"cannot show a cell as {form}: loops are about all cells of a step",
            hint=f"Name its step: --step {cell.partition('[')[0]}",
        )
    if rows and (what in systems() or what == "activations"):
        raise SettingError(
            f"cannot show {what} on a table: it is complete by itself", hint=f"Leave {rows} out."
        )


def _scene(
    what: str,
    rows: str | None,
    of_sheet: str | None,
    which: tuple[int | None, int | None, str | None],
) -> Scene:
    """What is to be shown: of a system, or of a model at work."""
    iteration, row, written = which
    if what in systems():
        return of_system(systems()[what], iteration, written, row)
    if _is_model(what):
        return of_model(what, rows, sheet=of_sheet, iteration=iteration, row=row, written=written)
    raise UnknownName("system", what, [*systems(), "activations"])


def _is_model(what: str) -> bool:
    return what not in systems() and bool(Path(what).suffix or Path(what).exists())


def _write_code(lines: list[str], title: str, output: Path | None) -> None:
    if output:
        _write(output, html.page(title, [("What runs", _preformatted(lines))]))
    else:
        _print.lines("\n".join(lines))


def _activations(output: Path | None) -> None:
    from workings.explaining import gallery

    if output:
        _write(output, gallery.page())
    else:
        _print.lines(gallery.text())


def _write(output: Path, page: str) -> None:
    with files.replacing(output) as file:
        file.write(page)
    _print.say(f"Wrote {output}.")


def _explain(trace: Trace, cell: str, output: Path | None, *, digits: int) -> None:
    from workings.explaining.finding import explain, picture

    found = explain(trace, cell, digits=digits)
    marked = picture(trace, found)
    if output:
        said = html.fragment(marked) + html.preformatted(str(found))
        _write(output, html.page(f"Why {found.cell} is {found.shown}", [("The cell", said)]))
        return
    click.echo(table.text(marked, width=_width()))
    _print.lines(str(found))


def _width() -> int:
    return min(WIDEST, shutil.get_terminal_size((100, 24)).columns)


def _show(scene: Scene, step: str | None, output: Path | None, *, digits: int, why: bool) -> None:
    only = None if scene.row is None else [_place(scene.trace, scene.row)]
    laid_out = sheet.sheet(scene.trace, step=step, rows=only, digits=digits, why=why)
    before, after = ([], []) if step else (scene.before(), scene.after())
    if output:
        parts = [(step or "Every step", html.fragment(laid_out))]
        if before:
            parts.insert(0, ("What is shown", _preformatted(before)))
        if after:
            parts.append(("What came out", _preformatted(after)))
        _write(output, html.page(scene.title, parts))
        return
    _print.lines("\n".join(before))
    click.echo(table.text(laid_out, width=_width()))
    _print.lines("\n".join(after))


def _preformatted(lines: list[str]) -> str:
    return html.preformatted("\n".join(lines).strip())


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
