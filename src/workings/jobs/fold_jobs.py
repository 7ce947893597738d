"""What a comparison on folds is made of: the folds of a training, and one training after another.

folds_for(job, folds)      which rows each fold tests
trained(job, watch)        the model of one fold, or Ctrl-C
few_rows(job, folds)       notes on the classes that not every fold can test
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from workings import training
from workings.errors import WorkingsError
from workings.jobs.job import Job
from workings.models import Model
from workings.scores.folds import folds_of
from workings.trace import Array
from workings.training.runs import Progress

NAMED = 5  # classes with few rows that are named


def folds_for(job: Job, folds: int) -> list[Array]:
    """The rows that each fold tests, from the seed of a training."""
    classes = job.dealt.classes
    labels = None if classes is None else classes.by_text
    return folds_of(labels, len(job.table), folds, job.options.seed)


def trained(job: Job, watch: training.Watch | None) -> Model:
    """The model of one fold; a training that is interrupted is none."""
    model, history = job.trained(watch)
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    return model


def counted(watch: training.Watch | None, done: int, of: int) -> training.Watch | None:
    """A watch that is told of the epochs of all trainings as if they were one."""
    if watch is None:
        return None

    def told(report: Progress) -> None:
        all_epochs, before = of * report.epochs, done * report.epochs
        watch(replace(report, epoch=before + report.epoch, epochs=all_epochs))

    return told


@contextmanager
def in_fold(place: int, of: int) -> Iterator[None]:
    """An error that is raised inside says in which fold it was."""
    try:
        yield
    except WorkingsError as error:
        error.message = f"in fold {place + 1} of {of}: {error.message}"
        raise


def few_rows(job: Job, folds: int) -> list[str]:
    """Notes on the classes that not every fold can test."""
    counts = job.dealt.classes.listed() if job.dealt.classes else []
    single = [word for word, count in counts if count == 1]
    few = [f"{word} ({count})" for word, count in counts if 1 < count < folds]
    notes = []
    if single:
        notes.append(
            f"trained on in every fold and tested in none, as of one row: {_named(single)}"
        )
    if few:
        notes.append(f"not tested in every fold, having fewer rows than folds: {_named(few)}")
    return notes


def _named(words: Sequence[str]) -> str:
    more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
    return ", ".join(words[:NAMED]) + more
