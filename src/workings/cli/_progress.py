"""The progress bar: epoch, loss, rows per second. On a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workings.training.runs import Progress


@contextmanager
def shown(quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """A function to be told of every epoch; None where nobody is watching."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    parts = (
        TextColumn("epoch"), MofNCompleteColumn(), BarColumn(),
        TextColumn("loss {task.fields[loss]:.4g}{task.fields[held]}"),
        TextColumn("{task.fields[speed]:,.0f} rows/s"), TimeRemainingColumn(),
    )  # fmt: skip
    with Bar(*parts, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("train", total=None, loss=float("nan"), held="", speed=0.0)

        def watch(report: Progress) -> None:
            history = report.history
            held = history.validation_loss
            bar.update(
                task, total=report.epochs, completed=report.epoch, loss=history.loss[-1],
                held=f" (held out {held[-1]:.4g})" if held else "", speed=report.rows_per_second,
            )  # fmt: skip

        yield watch
