"""`workings diagnose`: what is wrong with a training, where, since when, and what to do."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from workings.cli import _options, _print, _progress
from workings.cli._table import SHEET
from workings.data import Table, table_or_builtin
from workings.errors import SettingError, WorkingsError
from workings.jobs.fitting import located, replayable, was_trained_on
from workings.jobs.job import Job
from workings.jobs.options import Options, options_of
from workings.views.wrapping import wrapped

ENDING = ".workings"
UNKNOWN = "Name the table it was trained on, after the model."


@click.command("diagnose", short_help="Say what is wrong with a training, and what to do.")
@click.argument("what", required=False, metavar="[TABLE|MODEL]")
@click.argument("rows", required=False, metavar="[TABLE]")
@SHEET
@_options.training_options()
@click.option("--iteration", type=int, help="Look at this update alone, from 1.")
@click.option("--try", "trying", is_flag=True, help="Try each remedy: before and after.")
@click.option("--preset", metavar="NAME", help="A case that has a disease.")
@click.option("--presets", "list_presets", is_flag=True, help="List those cases.")
@click.option("--tests", "list_tests", is_flag=True, help="List what is tested, and from where on.")
@click.option(
    "--as", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option("--quiet", is_flag=True, help="No progress.")
def COMMAND(  # noqa: N802 - every command file has one
    what: str | None, rows: str | None, of_sheet: str | None, target: str | None,
    iteration: int | None, trying: bool, preset: str | None, list_presets: bool, list_tests: bool,
    form: str, quiet: bool, **options: Any,
) -> int:  # fmt: skip
    """Train on TABLE and say what is wrong: with the data, the network, the rate, the course.

    Or say it of the training of MODEL, run again on the TABLE it was trained on. Each finding
    comes with the layer, the neurons, the columns or the rows, the iteration since which it is
    there, the numbers, and a remedy, which --try runs from the same start.

    Nothing is written. Ends with 1 if there is a finding of severity "error", else with 0; of a
    preset, with 0 if its disease is found.
    """
    if list_presets or list_tests:
        return _list(presets=list_presets, form=form)
    _check(what, rows, preset, of_sheet)
    with _progress.shown(quiet) as watch:
        visit = _visit(what, rows, of_sheet, target, preset, options)
        _look(visit, iteration, watch)
        trials = _tried(visit, watch) if trying else []
    if form == "json":
        _print.lines(_json(visit.diagnosis.plain() | {"trials": [one.plain() for one in trials]}))
    else:
        _print_visit(visit, trials, trying=trying)
    if visit.disease:
        return 0 if visit.diagnosis.of(visit.disease) else 1
    return 1 if visit.diagnosis.worst == "error" else 0


@dataclass
class Visit:
    """What is diagnosed: a case to run, or a diagnosis of a run that is over."""

    before: Sequence[str] = ()
    case: Any = None
    diagnosis: Any = None
    course: Any = None
    disease: str = ""


# -- what is asked ---------------------------------------------------------------------------------


def _check(what: str | None, rows: str | None, preset: str | None, sheet: str | None) -> None:
    if what is None and preset is None:
        raise SettingError(
            "cannot diagnose nothing: it was not said what",
            hint="Name a table, a model or --preset NAME; --presets lists those there are.",
        )
    if preset is not None and (what or rows or sheet or _options.said()):
        raise SettingError(
            f"cannot diagnose the preset {preset} with anything else: it is complete by itself",
            hint="Leave the table and the options of the training out.",
        )


def _visit(
    what: str | None, rows: str | None, sheet: str | None, target: str | None,
    preset: str | None, options: dict[str, Any],
) -> Visit:  # fmt: skip
    from workings.diagnosing import cases, presets

    if preset is not None:
        row = presets.preset(preset)
        return Visit([f"Preset {row.name}: {row.summary}."], row.make(), disease=row.disease)
    word = str(what)
    if rows is not None or word.endswith(ENDING):
        if _options.said(sheet=False):
            raise SettingError(
                f"cannot diagnose {word} with other settings: it is trained already",
                hint="Leave the options out, or name the table alone to train anew.",
            )
        return _of_model(word, rows, sheet)
    table, wanted = located(table_or_builtin(word, sheet=sheet), target)
    job = Job(table, wanted, options_of(**options))
    return Visit(_read(table, job), cases.of_job(job))


def _of_model(path: str, rows: str | None, sheet: str | None) -> Visit:
    from workings.diagnosing import cases, over
    from workings.models import load

    model = load(path)
    table = table_or_builtin(rows, sheet=sheet) if rows is not None else _own_table(model)
    if table is None:
        told = model.record.get("table", {}).get("source", "")
        said = f"the table it was trained on ({told}) is not here" if told else "there are no rows"
        return Visit([f"Read {path}; {said}."], diagnosis=over.of_file(model))
    if was_trained_on(model, table):
        return Visit([f"Training {path} again on {table.source}."],
                     cases.of_job(replayable(model, table)))  # fmt: skip
    said = f"Looking at {path} on {table.source}, which it was not trained on here."
    return Visit([said], diagnosis=over.of_model(model, table))


def _own_table(model: Any) -> Table | None:
    """The table that a model was trained on, if it is where it was."""
    source = model.record.get("table", {}).get("source")
    try:
        table = table_or_builtin(source) if source else None
        return table if table is not None and was_trained_on(model, table) else None
    except (WorkingsError, OSError):
        return None


def _read(table: Table, job: Job) -> list[str]:
    rows = _print.amount(len(table), "row")
    return [f"Read {table.source}: {rows}, {_print.amount(len(table.names), 'column')}.",
            f"Predicting {job.target}: {job.task} ({job.dealt.task_reason})."]  # fmt: skip


# -- looking and trying ----------------------------------------------------------------------------


def _look(visit: Visit, iteration: int | None, watch: Any) -> None:
    from workings.diagnosing.doctor import Course, looked_at
    from workings.diagnosing.replaying import Run

    if visit.case is None:
        if iteration is not None:
            raise SettingError(
                f"cannot look at iteration {iteration}: the training is not known", hint=UNKNOWN
            )
        return
    run = Run(visit.case, watch)
    visit.course = Course(run)
    if iteration is None:
        visit.diagnosis = visit.course.diagnosis()
        return
    if not 1 <= iteration <= run.last:
        raise SettingError(f"cannot look at iteration {iteration}: 1 to {run.last} was expected")
    visit.diagnosis = looked_at(run.at(iteration))


def _tried(visit: Visit, watch: Any) -> list[Any]:
    """Each different remedy, the worst finding first."""
    from workings.diagnosing.trying import tried

    if visit.course is None:
        raise SettingError("cannot try a remedy: the training is not known", hint=UNKNOWN)
    trials, seen = [], list[Any]()
    for finding in visit.diagnosis.findings:
        change = dict(finding.remedy.change) if finding.remedy else {}
        if change and change not in seen and finding.severity != "note":
            seen.append(change)
            trials.append(tried(visit.course, finding, watch))
    return trials


# -- what is printed -------------------------------------------------------------------------------


def _print_visit(visit: Visit, trials: Sequence[Any], *, trying: bool) -> None:
    found = visit.diagnosis
    for line in visit.before:
        _print.say(line)
    _print.lines("\n".join(wrapped(f"Network: {found.described}.")))
    if visit.course is not None and found.looked_at:
        looked = _print.amount(len(found.looked_at), "iteration")
        _print.say(f"Looked at the data and at {looked} of {max(1, found.iterations)}.")
    _print.say()
    for line in found.lines():
        _print.say(line)
    for trial in trials:
        _print_trial(trial)
    can = visit.course is not None and any(
        x.remedy and x.remedy.change and x.severity != "note" for x in found.findings
    )
    if can and not trying:
        _print.say("Add --try to see each remedy at work: before and after, from the same start.")
    if trying and not trials:
        _print.say("There is nothing to try.")


def _print_trial(trial: Any) -> None:
    remedy = trial.finding.remedy
    words = _typed(remedy.change)
    _print.say()
    told = f"Tried against {trial.finding.disease}: {remedy.said}"
    _print.lines("\n".join(wrapped(f"{told}{f' ({words})' * bool(words)}.")))
    _print.aligned(trial.table())
    for line in trial.lines():
        _print.say(line)


def _typed(change: Any) -> str:
    """The change as options of `workings train`, where it has all of them."""
    spelled = {word: f"--{word.replace('_', '-')}" for word in vars(Options())}
    if not set(change) <= set(spelled):
        return ""
    words: list[str] = []
    for word, value in change.items():
        if word in ("ignore", "keep"):
            words += [part for one in value for part in (spelled[word], str(one))]
        else:
            words += [spelled[word], ",".join(map(str, value)) if isinstance(value, tuple)
                      else str(value)]  # fmt: skip
    return shlex.join(words)


def _list(*, presets: bool, form: str) -> int:
    from workings.diagnosing import presets as known
    from workings.diagnosing.diseases import diseases

    if presets:
        rows = [[row.name, row.disease, row.summary] for row in known.presets().values()]
        if form == "json":
            keys = ("preset", "disease", "summary")
            _print.lines(_json([dict(zip(keys, row, strict=True)) for row in rows]))
        else:
            _print.columns([["preset", "disease", "what it is"], *rows])
        return 0
    tests = {
        one.name: {"tests": one.tests, "looked for at": one.looks,
                   "thresholds": [vars(limit) for limit in one.limits]}
        for one in diseases().values()
    }  # fmt: skip
    if form == "json":
        _print.lines(_json(tests))
        return 0
    for one in diseases().values():
        _print.say(f"{one.name}: {one.tests}")
        for limit in one.limits:
            _print.say(f"    {limit.name} {limit.value:g}: {limit.bounds} ({limit.source})")
    return 0


def _json(value: Any) -> str:
    return json.dumps(_finite(value), indent=2)


def _finite(value: Any) -> Any:
    """JSON knows neither infinity nor what is not a number."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {word: _finite(one) for word, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value
