"""`workings bench`: the same trainings and predictions by `workings` and by others, timed."""

from __future__ import annotations

from pathlib import Path

import click

from workings import files
from workings.cli import _print
from workings.errors import SettingError


@click.command("bench", short_help="Time trainings and predictions beside other libraries.")
@click.option("--problem", "problems", multiple=True, metavar="NAME", help="One problem; repeat.")
@click.option(
    "--contestant", "contestants", multiple=True, metavar="NAME", help="One contestant; repeat."
)
@click.option("--rounds", type=click.IntRange(1), help="Times that each is timed (5).")
@click.option("--threads", type=click.IntRange(1), help="Of each contestant (all processors).")
@click.option("--quick", is_flag=True, help="Small versions of the problems, for a look.")
@click.option("--list", "listed", is_flag=True, help="Say who and what there is, and end.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), default="bench",
    show_default=True, help="The folder that results.md and its pictures are written to.",
)  # fmt: skip
def COMMAND(  # noqa: N802 - every command file has one
    problems: tuple[str, ...], contestants: tuple[str, ...], rounds: int | None,
    threads: int | None, quick: bool, listed: bool, output: Path,
) -> int:  # fmt: skip
    """Train the same networks, and predict the same rows, by workings and by whatever else is
    installed: scikit-learn, PyTorch, JAX, onnxruntime.

    All start from the same weights and take the same batches, in turn, with the same number of
    threads. Whoever does not end with the same loss is named and not timed. A whole run takes some
    ten minutes, in which the machine should have nothing else to do.
    """
    from workings.benchmarking import bench, results

    if listed:
        _list()
        return 0
    written: dict[Path, None] = {}
    plan = bench.Plan(problems, contestants, rounds, threads, quick)
    _make(output)
    files.check_writable(output / results.PAGE)
    for word, why in bench.left_out(plan).items():
        _print.say(f"  note: {word} is left out: {why}")
    # after each problem, so that a run that is stopped leaves what it has found by then
    bench.bench(plan, _print.say, lambda found: written.update(results.save(found, output)))
    for path in written:
        _print.say(f"Wrote {path}.")
    return 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"cannot make the folder {folder}: {error.strerror or error}", hint="Name another one."
        ) from error


def _list() -> None:
    """Problems and contestants by name."""
    from workings.benchmarking.bench import names
    from workings.benchmarking.contestants import contestants

    _print.say("Problems: " + ", ".join(names()))
    _print.say("Contestants:")
    _print.columns([
        [word, who.title, f"not installed: {', '.join(who.missing())}" if who.missing() else ""]
        for word, who in contestants().items()
    ])  # fmt: skip
