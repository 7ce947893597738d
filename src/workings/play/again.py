"""A run of the playground, made again in a few lines of Python.

start(spec, table=None)             a run at step 0
fork(run, at, change)               another that shares the steps up to `at`
change(run, lr=0.05)                other settings from the last step on

    >>> run = start({"data": {"source": "and"}, "train": {"lr": 1.0}})
    >>> run.advance(10)
    10
    >>> other = fork(run, 5, {"lr": 0.5})
    >>> other.checksum(5) == run.checksum(5)
    True
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workings.data.reading import read_bytes
from workings.errors import DataError, SettingError
from workings.files import clean
from workings.play.building import build
from workings.play.presets import table_of
from workings.play.runs import Run
from workings.play.specs import Spec
from workings.play.traveling import forked as fork
from workings.play.traveling import settings

OWN = "upload"  # a table of one's own, which has to be at hand

__all__ = ["change", "fork", "start"]


def start(spec: Mapping[str, Any], table: str | Path | None = None) -> Run:
    """A run at step 0; `spec` as the playground writes it, `table` the path of one's own table.

    Raises what the playground raises, and `DataError` if the table is another one.
    """
    read = Spec.read(dict(spec))
    if read.data.source != OWN:
        return Run(build(read, table_of(read.data.source)))
    if table is None:
        raise SettingError(
            f"cannot make this run again: its table {read.data.name} was not given",
            hint="Name its file as `table`.",
        )
    data = Path(table).read_bytes()
    if read.data.sha256 and hashlib.sha256(data).hexdigest() != read.data.sha256:
        raise DataError(
            f"cannot make this run again: {clean(str(table))} is not the table it was made with",
            hint="Its bytes have to be the same.",
        )
    return Run(build(read, read_bytes(data, read.data.name or Path(table).name)))


def change(run: Run, **told: Any) -> None:
    """Other settings (`lr`, `batch`, `l1`, `l2`, `clip`) from the last step on."""
    run.change(settings(run.train, told))
