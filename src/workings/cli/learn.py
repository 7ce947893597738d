"""`workings learn`: the lessons, listed, opened as a page or printed."""

from __future__ import annotations

import shutil
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workings import files
from workings.cli import _print

if TYPE_CHECKING:
    from workings.learning.running import Ran


EXERCISES = 3  # each lesson has so many


@click.command("learn", short_help="Lessons: from one neuron to a network of your own.")
@click.argument("lesson", required=False)
@click.option("--print", "printed", is_flag=True, help="In the terminal rather than as a page.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where the page goes.")
@click.option("--no-browser", is_flag=True, help="Write the page, and do not open it.")
@click.option("--exercise", type=click.IntRange(1, EXERCISES), help="Which exercise is answered.")
@click.option("--answer", help="A number, or a file of matrices: marked.")
def COMMAND(  # noqa: N802 - every command file has one
    lesson: str | None, printed: bool, output: Path | None, no_browser: bool,
    exercise: int | None, answer: str | None,
) -> int:  # fmt: skip
    """Open LESSON, by its number or its word, or list them all.

    Each cell of a lesson is run when it is opened: every number on its page was made just then.
    With --exercise and --answer, an answer to one of the exercises at its end is marked.
    """
    from workings.learning.lessons import lesson as found
    from workings.learning.running import run

    if lesson is None:
        _list()
        return 0
    one = found(lesson)
    if answer is not None or exercise is not None:
        return _mark(run(one), exercise or 1, answer)
    if printed:
        from workings.learning import terminal

        width = min(100, shutil.get_terminal_size().columns)
        click.echo(terminal.text(run(one), width=width, colour=sys.stdout.isatty()))
        return 0
    path = output or Path(f"lesson-{one.number:02d}-{one.word}.html")
    files.check_writable(path)
    from workings.learning import pages

    page = pages.page(run(one))
    with files.replacing(path) as file:
        file.write(page)
    _print.say(f"Wrote {path}: {one.title}")
    if output is None and not no_browser:
        webbrowser.open(path.absolute().as_uri())
    return 0


def _list() -> None:
    from workings.learning.lessons import lessons

    known = lessons()
    _print.say("Lessons, each with: workings learn NUMBER")
    _print.say()
    _print.columns(
        [[f"{one.number:2} {one.title}", f"{one.minutes:2} min"] for one in known.values()]
    )


def _mark(ran: Ran, number: int, answer: str | None) -> int:
    one = ran.exercises[number - 1]
    if answer is None:
        _print.lines(str(one))
        return 0
    verdict = one.mark(answer)
    _print.lines(str(verdict))
    return 0 if verdict.right else 1
