"""What `train` and `resume` share: the folds, the training, what is printed and written.

carried_out(setup)      from a job that has been set up to its model's file; returns the exit code
"""

from __future__ import annotations

import hashlib
import shlex
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from workings.cli import _live, _print, _progress, _signals
from workings.data import Table
from workings.errors import NotFinite
from workings.jobs import cross_validation
from workings.jobs.cross_validation import CrossValidation
from workings.jobs.job import Job, Result
from workings.jobs.keeper import FolderKeeper
from workings.training.states import State


@dataclass(frozen=True)
class Setup:
    """A job, and what a command was told of it.

    `keeper` and `state` are there if its state is kept, and if it goes on from one; `done` is what
    is known of the folds already. `again` are the words that train it again.
    """

    job: Job
    table: Table
    output: Path
    report: Path | None
    again: str
    where: tuple[str, ...]
    cv: int | None = None
    against: str | None = None
    quiet: bool = False
    live: bool = False
    keeper: FolderKeeper | None = None
    state: State | None = None
    done: CrossValidation | None = None


def carried_out(setup: Setup) -> int:
    """Trains, writes what was asked for and prints what came out; returns the exit code."""
    keeper = setup.keeper
    with keeper or nullcontext():
        try:
            return _carried_out(setup)
        except KeyboardInterrupt:
            if keeper is None or keeper.folder.whole is None:
                raise
            _print.note("workings: stopped")
            _say_how(keeper)
            return _signals.code()
        finally:
            if keeper is not None and keeper.warning:
                _print.note(f"workings: {keeper.warning}")


def _carried_out(setup: Setup) -> int:
    job, keeper = setup.job, setup.keeper
    already = len(job.notes)
    try:
        folds = setup.done or _folds(setup)
        if folds and folds.interrupted:
            _print.note("workings: stopped; no model was written")
            return _stopped(keeper)
        with (
            _live.shown(job, setup.table.source, setup.live) as told,
            _progress.shown(setup.quiet) as watch,
        ):
            _signals.check()
            model, history = job.trained(
                _live.both(told, watch), keeper=keeper, state=setup.state
            )  # fmt: skip
    except NotFinite as error:
        error.hint = f"{error.hint} No model was written. See: workings diagnose {setup.again}"
        raise
    interrupted = history.stopped == "interrupted"
    if interrupted and keeper is not None and not keeper.failure:
        epochs = f"epoch {history.epochs} of {job.options.epochs}"
        _print.say(f"Stopped after {epochs} (iteration {history.iterations}).")
        return _stopped(keeper)
    result = job.scored(model, history, against=setup.against is not None)
    result = cross_validation.recorded(result, folds) if folds else result
    _keep(result, folds, setup)
    _print_result(result, already)
    _print_kept(setup.output, setup.report)
    _print_diagnosis(job, result, shlex.join([str(setup.output), *setup.where]))
    _live.wait()
    return _signals.code() if interrupted else 0


def _stopped(keeper: FolderKeeper | None) -> int:
    if keeper is not None and keeper.folder.whole is not None:
        _say_how(keeper)
    return _signals.code()


def _say_how(keeper: FolderKeeper) -> None:
    _print.say("Go on with:")
    _print.say(f"  workings resume {shlex.quote(str(keeper.folder.path))}")


def digest_of(path: Path) -> str:
    """What a file that was written is recognised by."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _keep(result: Result, folds: CrossValidation | None, setup: Setup) -> None:
    """Writes what was asked for, before anything is printed: the reader may have gone away."""
    result.model.save(setup.output)
    if setup.report:
        from workings.reporting import pages as reporting

        reporting.write(result, setup.report, folds)
    if setup.keeper is not None and result.history.stopped != "interrupted":
        setup.keeper.note(finished={"output": digest_of(setup.output)})


def _print_kept(output: Path, report: Path | None) -> None:
    _print.say()
    _print.say(f"Saved {output} ({output.stat().st_size / 1000:.0f} kB). Predict new rows with:")
    _print.say(f"  workings predict {output} NEW.csv")
    if report:
        _print.say(f"Wrote {report}.")


def _folds(setup: Setup) -> CrossValidation | None:
    if setup.cv is None:
        return None
    _signals.check()
    with _progress.shown(setup.quiet) as watch:
        found = cross_validation.of_job(
            setup.job, setup.table, folds=setup.cv, against=setup.against, watch=watch
        )
    if setup.keeper is not None and not found.interrupted:
        setup.keeper.note(folds=cross_validation.stored(found))
    _print_folds(found)
    return found


def _print_folds(found: CrossValidation) -> None:
    _print.say()
    _print.say(found.described)
    _print.say("Mean ± standard deviation over the folds (standard error of the mean):")
    _print.aligned(found.table())
    _print.say()
    _print.aligned(found.by_fold())
    for line in found.verdicts:
        _print.say(line)
    for line in found.notes:
        _print.say(f"  note: {line}")
    _print.say()


def _print_diagnosis(job: Job, result: Result, words: str) -> None:
    """A line, if something is found that is more than a note, and the command that says more."""
    from workings.diagnosing import over

    found = over.of_result(job, result)
    if found.worst in ("error", "warning"):
        names = dict.fromkeys(one.disease for one in found.findings if one.severity != "note")
        _print.say(f"Diagnosis: {', '.join(names)}. See: workings diagnose {words}")


def _print_result(result: Result, already: int) -> None:
    history = result.history
    ended = "" if history.stopped == "all epochs done" else f" ({history.stopped})"
    earlier = history.kept_epoch < history.epochs
    kept = f"; kept the weights of epoch {history.kept_epoch}" if earlier else ""
    if history.epochs:
        _print.say(
            f"Trained {_print.amount(history.epochs, 'epoch')} "
            f"({_print.amount(history.iterations, 'iteration')}) in {history.seconds:.1f} s: "
            f"loss {history.loss[0]:.4g} -> {history.loss[-1]:.4g}{ended}{kept}."
        )
    else:
        _print.say(f"No epoch was finished{ended}: these are the weights it started with.")
    for line in result.notes[already:]:
        _print.say(f"  note: {line}")
    _print.say()
    _print.scores(result.score_table)
    if result.baselines:
        _print.say(result.verdict)
