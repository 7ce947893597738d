"""`workings resume`: a training that was stopped goes on, and ends as it would have ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from workings import facts, files
from workings.cli import _print, _training
from workings.errors import ModelFileError, SettingError
from workings.jobs import cross_validation
from workings.jobs.cross_validation import CrossValidation
from workings.jobs.resuming import Resumed, resumed
from workings.models import files as model_files

OUTPUT = "model.workings"
PAGE = b"<!doctype html>"  # what a report begins with
COMMAND_FACTS: dict[str, facts.Check] = {
    "output": facts.text, "report": facts.optional(facts.text), "cv": facts.optional(facts.whole),
    "against": facts.optional(facts.text), "again": facts.text,
}  # fmt: skip


@click.command("resume", short_help="Go on with a training that was stopped.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("table", required=False)
@click.option("--quiet", is_flag=True, help="No progress.")
def COMMAND(folder: Path, table: str | None, quiet: bool) -> int:  # noqa: N802 - every file has one
    """Go on with the training whose checkpoints are in DIR.

    The model is that of the same training in one piece, to the last bit; it and the report go
    where the first command said. TABLE is only needed where the table has moved: it has to be the
    same.
    """
    found = resumed(folder, table)
    for line in found.notes:
        _print.say(f"note: {line}.")
    told = _told(found)
    output = Path(found.run.place(told["output"]))
    report = None if told["report"] is None else Path(found.run.place(told["report"]))
    finished = found.told.get("finished")
    if finished is not None and _is_there(found, finished, output):
        _print.say(f"This training is finished; its model is {output}.")
        return 0
    _check_places(found, output, report)
    _print_where(found)
    sheet = () if found.run.sheet is None else ("--sheet", found.run.sheet)
    where = (str(table or found.run.source), *sheet)
    return _training.carried_out(_training.Setup(
        found.job, found.table, output, report, told["again"], where,
        cv=told["cv"], against=told["against"], quiet=quiet, state=found.state,
        keeper=found.keeper(say=_print.warn), done=_folds(found),
    ))  # fmt: skip


def _told(found: Resumed) -> dict[str, Any]:
    """What the first command was told."""
    told = {"output": OUTPUT, "report": None, "cv": None, "against": None, "again": ""}
    told |= found.run.command  # nothing, where it was not a command that began it
    for word, check in COMMAND_FACTS.items():
        check(told[word])
    return told


def _folds(found: Resumed) -> CrossValidation | None:
    """The folds, if they were finished before the training began."""
    data = found.told.get("folds")
    return None if data is None else cross_validation.from_stored(data)


def _is_there(found: Resumed, finished: Any, output: Path) -> bool:
    """Whether the model of a finished training is where it was written."""
    if not output.exists():
        return False
    if facts.table(finished).get("output") != _training.digest_of(output):
        raise SettingError(
            f"cannot write the model of the finished training in {found.folder}: {output} is "
            "another file by now",
            hint="Move that away to have the model written again.",
        )
    return True


def _check_places(found: Resumed, output: Path, report: Path | None) -> None:
    """Whether results can go where the checkpoint says, and take the place of results alone.

    A folder that somebody else has made could name any file.
    """
    for place, is_result in ((output, _is_model), (report, _is_page)):
        if place is None:
            continue
        files.check_writable(place)
        if place.exists() and not is_result(place):
            raise SettingError(
                f"cannot go on with the training in {found.folder}: what comes of it is to be "
                f"written to {files.clean(str(place))}, and that is another kind of file",
                hint="Move that away first.",
            )


def _is_model(path: Path) -> bool:
    try:
        model_files.read(path)
    except ModelFileError:
        return False
    return True


def _is_page(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(PAGE)).lower() == PAGE


def _print_where(found: Resumed) -> None:
    job, state = found.job, found.state
    _print.say(f"Read {found.table.source}: {_print.amount(len(found.table), 'row')}.")
    _print.say(f"Network: {job.described()}.")
    if found.told.get("finished") is not None:
        _print.say("This training is finished, and its model is not there: it is written again.")
    elif found.ended:
        _print.say("All epochs are done; what is left is to score and to write the model.")
    elif state is None or state.done == 0:
        _print.say("It had not begun to learn: this is its start.")
    else:
        epoch = state.history.epochs + 1
        _print.say(
            f"Going on in epoch {epoch} of {job.options.epochs}, after iteration {state.done}."
        )
