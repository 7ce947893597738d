"""`workings lab`: famous mistakes, made on purpose beside what is right."""

from __future__ import annotations

import textwrap

import click

from workings.cli import _print

WIDTH = 100


@click.command("lab", short_help="Make a famous mistake on purpose, beside what is right.")
@click.argument("mistake", required=False)
@click.option("--iterations", type=click.IntRange(1, 1_000_000), help="How many both sides run.")
def COMMAND(mistake: str | None, iterations: int | None) -> int:  # noqa: N802
    """Run MISTAKE and what is right from the same start, and stop where they part.

    Without MISTAKE, all of them are listed. Told are the first step that differs with both
    numbers, what follows from it, and what the checks say that would have caught it.
    """
    from workings.lab import lab

    if mistake is None:
        _list()
        return 0
    _print.lines(str(lab(mistake, iterations=iterations)))
    return 0


def _list() -> None:
    from workings.lab.mistakes import famous, mistakes

    known = famous()
    _print.say("Mistakes to be made on purpose, each with: workings lab NAME")
    _print.say()
    for word, row in known.items():
        _described(word, row.title)
    _print.say()
    _print.say("Slips that 'workings check' knows, as it names them:")
    _print.say()
    for word, row in mistakes().items():
        if word not in known:
            _described(word, row.title)


def _described(word: str, told: str) -> None:
    for line in textwrap.wrap(f"  {word:21} {told}", WIDTH, subsequent_indent=" " * 24):
        _print.say(line)
