"""`workings export`: the network taken away as a file of another kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from workings import exports, files
from workings.cli import _print
from workings.cli._table import SHEET
from workings.conventions import Convention, convention
from workings.errors import SettingError, UnknownName
from workings.systems import systems

ENDINGS = {"numpy": "py", "latex": "tex", "r": "R"}


@click.command("export", short_help="Take a network away: NumPy, R, C, Excel, LaTeX, JSON.")
@click.argument("what")
@click.argument("table", required=False)
@SHEET
@click.option("--to", "form", required=True, help="numpy, r, c, xlsx, latex or json.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where it goes.")
@click.option("--iterations", type=click.IntRange(1), help="Chained iterations in a workbook.")
@click.option(
    "--convention",
    "written",
    metavar="KEY=VALUE,..",
    help="sign=, reduction=, samples=, bias=, names= as in the documentation.",
)
def COMMAND(  # noqa: N802 - every command file has one
    what: str, table: str | None, of_sheet: str | None, form: str, output: Path | None,
    iterations: int | None, written: str | None,
) -> int:  # fmt: skip
    """Write WHAT, a model file or one of the article's systems, in another form.

    Every file carries test vectors and says whether it agrees with the engine. With TABLE, its
    first rows are the test vectors; if it is the table the model was trained on, the training
    goes along.
    """
    if form not in exports.formats():
        raise UnknownName("form to export to", form, exports.formats())
    subject = _subject(what, (table, of_sheet), written)
    output = output or Path(f"{Path(what).stem}.{ENDINGS.get(form, form)}")
    files.check_writable(output, what, table)
    options = {} if iterations is None else {"iterations": iterations}
    exports.write(subject, form, output, **options)
    _print.say(f"Wrote {output} ({output.stat().st_size / 1000:.0f} kB): {subject.title}")
    return 0


def _subject(what: str, rows: tuple[str | None, str | None], written: str | None) -> Any:
    from workings import taking

    table, of_sheet = rows
    if what in systems():
        if table:
            raise SettingError(
                f"cannot export {what} with a table: it has rows of its own",
                hint=f"Leave {table} out.",
            )
        system = systems()[what]
        if written:
            start = system.setup().network.convention if system.setup else Convention()
            system = system.under(convention(written, start))
        return taking.of_system(system)
    if not (Path(what).suffix or Path(what).exists()):
        raise UnknownName("system", what, systems())
    from workings.data import table_or_builtin
    from workings.models import load

    model = load(what)
    if written:
        model = model.under(convention(written, model.network.convention))
    return taking.of_model(model, table_or_builtin(table, sheet=of_sheet) if table else None)
