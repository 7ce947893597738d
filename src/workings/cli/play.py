"""`workings play`: a page of this machine's own, computed by the real engine."""

from __future__ import annotations

import webbrowser

import click

from workings.cli import _print, _signals
from workings.cli._table import SHEET


@click.command("play", short_help="Open the playground: a page that shows every number.")
@click.argument("what", required=False)
@click.argument("table", required=False)
@SHEET
@click.option("--target", help="The column to predict, of a table.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8642, show_default=True,
    help="Where it listens, on this machine alone; 0 for a free one.",
)  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def COMMAND(  # noqa: N802 - every command file has one
    what: str | None, table: str | None, of_sheet: str | None, target: str | None, port: int,
    no_browser: bool,
) -> int:  # fmt: skip
    """Open the playground in a browser: train, pause, walk, rewind, ask why.

    WHAT is a preset (moons, iris ...), a table with its --target, a model file with the TABLE it
    was trained on, or a share link; nothing of it is trained before you say so.
    """
    from workings.play.opening import opened
    from workings.play.server import Server

    session = opened(what, table, target=target, sheet=of_sheet)
    server = Server(session, port)
    _print.say(server.address)
    _print.say("Nothing leaves this machine. End with Ctrl-C.")
    if not no_browser:
        webbrowser.open(server.address)
    _signals.check()  # Ctrl-C in the middle of an import may have been swallowed
    server.run()
    return 0
