"""`workings worksheet`: exercises with their answers, one or one for each of a class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from workings import files
from workings.cli import _print
from workings.cli._convention import CONVENTION
from workings.conventions import Convention, convention
from workings.errors import SettingError, UnknownName

DRAWN = ("network", "seed", "seeds", "seeds_from", "rows", "activation", "loss", "optimizer", "lr")


@click.command("worksheet", short_help="Make an exercise on any network, with its answers.")
@click.option("--network", help="Neurons of each layer, the inputs first: 2-2-1.")
@click.option("--for", "what", help="Instead: an article's system, or a problem's file.")
@click.option(
    "--blank",
    default="all",
    show_default=True,
    help="What is filled in: forward, loss, errors, slopes, deltas, gradients, updates, "
    "all, or steps by name; with commas between.",
)
@click.option(
    "--seed", type=click.IntRange(max=10**18), help="What the numbers are drawn from.  [default: 0]"
)
@click.option("--seeds", help="A sheet for each of these: 1-30.")
@click.option(
    "--seeds-from",
    type=click.Path(path_type=Path),
    help="A sheet for each row of a table with a column of names (and of seeds).",
)
@click.option("--column", help="The column of names in --seeds-from.")
@click.option("--rows", type=click.IntRange(max=10**6), help="Samples.  [default: 3]")
@click.option("--activation", help="Of the hidden layers, or one for each layer: tanh,identity.")
@click.option("--loss", help="What is made small.  [default: half_squared_error]")
@click.option("--optimizer", help="How weights are updated.  [default: sgd]")
@click.option("--lr", type=float, help="Learning rate.  [default: 0.5]")
@CONVENTION
@click.option(
    "--digits",
    type=click.IntRange(1, 12),
    default=4,
    show_default=True,
    help="Decimals of what is filled in.",
)
@click.option("--hints", is_flag=True, help="The index form of each step beside its formula.")
@click.option(
    "--key",
    "key",
    type=click.Path(path_type=Path),
    help="Where the answers go.  [default: beside the sheet, as sheet-key]",
)
@click.option("--with-key", is_flag=True, help="The answers behind the sheet, in the same file.")
@click.option("--no-key", is_flag=True, help="No file of answers.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("worksheet.xlsx"),
    show_default=True,
    help="Where it goes: .xlsx, .html, .tex or .pdf.",
)
def COMMAND(**given: Any) -> int:  # noqa: N802 - every command file has one
    """Make a worksheet: one iteration of a network with steps to be filled in.

    The numbers are short, and they survive rounding: a wrong step shows in the last decimals. What
    was filled in is marked by `workings check`.
    """
    from workings.worksheets.writing import ending

    _check(given)
    ending(given["output"])
    if given["seeds"] is not None or given["seeds_from"] is not None:
        return _class(given)
    output, key = given["output"], None
    if not (given["with_key"] or given["no_key"]):
        key = given["key"] or output.with_name(f"{output.stem}-key{output.suffix}")
        ending(key)
        files.check_writable(key, output, given["what"])
    files.check_writable(output, given["what"])
    _one(given, output, key)
    return 0


def _check(given: dict[str, Any]) -> None:
    """Options that exclude each other."""
    if (given["network"] is None) == (given["what"] is None):
        raise SettingError(
            "cannot make a worksheet: it was not said on which network, or on two at once",
            hint="For instance --network 2-2-1, or --for article.",
        )
    if given["what"] is not None:
        for word in DRAWN:
            if given[word] is not None:
                raise SettingError(
                    f"cannot use --{word.replace('_', '-')} with --for {given['what']}: its "
                    "network and its numbers are given",
                    hint="Use it with --network 2-2-1.",
                )
    ways = [word for word in ("seed", "seeds", "seeds_from") if given[word] is not None]
    if len(ways) > 1 and ways != ["seed", "seeds_from"]:
        raise SettingError("cannot use --seed, --seeds and --seeds-from at once",
                           hint="Keep one of them.")  # fmt: skip
    if given["column"] is not None and given["seeds_from"] is None:
        raise SettingError(
            "cannot use --column without --seeds-from: there is no table", hint="Leave it out."
        )
    if sum(map(bool, (given["key"], given["with_key"], given["no_key"]))) > 1:
        raise SettingError("cannot use --key, --with-key and --no-key at once",
                           hint="Keep one of them.")  # fmt: skip
    many = given["seeds"] is not None or given["seeds_from"] is not None
    if many and given["key"]:
        raise SettingError("cannot use --key for several sheets: each has a key beside it",
                           hint="Leave it out.")  # fmt: skip


def _one(given: dict[str, Any], output: Path, key: Path | None) -> None:
    from workings.worksheets import write

    seed = 0 if given["seed"] is None else given["seed"]
    made = _on(given) if given["what"] is not None else _drawn(given)(seed)
    write(made, output, hints=given["hints"], with_key=given["with_key"])
    cells = sum(int(value.size) for value in made.answers.values())
    steps = f"{_print.amount(len(made.blank), 'step')}, {_print.amount(cells, 'cell')}"
    _print.say(f"Wrote {output}: {made.title.rstrip('.')}.")
    _print.say(f"To be filled in: {steps}.")
    if key is not None:
        write(made, key, key=True, hints=given["hints"])
        _print.say(f"Wrote {key}: the answers.")
    _print.say(_how(output, made))


def _how(output: Path, made: Any) -> str:
    """How what was filled in is marked."""
    from workings.worksheets import write

    if output.suffix.lower() == ".xlsx":
        return f"To have it marked: workings check {output}"
    if output.suffix.lower() == ".pdf":  # which carries no problem that could be read again
        source = output.with_suffix(".tex")
        write(made, source)
        output = source
    return f"To have a working marked: workings check WORKING --for {output}"


def _class(given: dict[str, Any]) -> int:
    from workings.worksheets import students, write_all

    output, table = given["output"], given["seeds_from"]
    files.check_writable(output.with_name(f"{output.stem}-keys.html"), table)
    if table is None:
        everybody = students.seeds_in(given["seeds"])
    else:
        first = 1 if given["seed"] is None else given["seed"]
        everybody = students.students_in(table, given["column"], first)
    written = write_all(
        _drawn(given), everybody, output,
        hints=given["hints"], with_key=given["with_key"],
        keys=not (given["with_key"] or given["no_key"]),
    )  # fmt: skip
    _print.say(f"Wrote {_print.amount(len(everybody), 'worksheet')}, the first as {written[0]}.")
    if len(written) > len(everybody):
        _print.say(f"Wrote a key beside each, and all answers as {written[-1]}.")
    return 0


def _drawn(given: dict[str, Any]) -> Any:
    """A function from a seed to its exercise."""
    from workings.worksheets import exercise

    words = {"rows": "rows", "activation": "activation", "loss": "loss", "optimizer": "optimizer",
             "lr": "rate"}  # fmt: skip
    plan = {word: given[option] for option, word in words.items() if given[option] is not None}
    plan |= {"digits": given["digits"], "convention": convention(given["written"] or "")}
    sizes = _sizes(given["network"])
    return lambda seed: exercise(sizes, seed=seed, blank=given["blank"], **plan)


def _sizes(written: str) -> list[int]:
    parts = written.split("-")
    if not all(part.isdecimal() and len(part) < 6 for part in parts):
        raise SettingError(
            f"cannot read the network {written!r}: the neurons of each layer with dashes between "
            "were expected, the inputs first",
            hint="For instance 2-2-1.",
        )
    return [int(part) for part in parts]


def _on(given: dict[str, Any]) -> Any:
    """An exercise on something there is."""
    from workings.marking.problem import Problem
    from workings.marking.reading import problem_in
    from workings.systems import systems
    from workings.worksheets import on_problem, on_system

    what = given["what"]
    options = {"blank": given["blank"], "digits": given["digits"]}
    if what in systems():
        system = systems()[what]
        start = system.setup().network.convention if system.setup else Convention()
        chosen = convention(given["written"], start) if given["written"] else None
        return on_system(system, convention=chosen, **options)
    if not (Path(what).suffix or Path(what).exists()):
        raise UnknownName("system", what, systems())
    if given["written"]:
        raise SettingError(
            f"cannot write {what} under another convention: it has its own",
            hint="Leave --convention out.",
        )
    text = problem_in(what)
    if text is None:
        raise SettingError(
            f"cannot make a worksheet of {what}: it carries no problem",
            hint="Name a worksheet, or one of the article's systems.",
        )
    return on_problem(Problem.from_json(text), **options)
