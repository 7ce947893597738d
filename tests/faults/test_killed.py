"""`kill -9` at some moment: the training that is gone on with ends with the same bits.

A few moments in the usual run; `make kills` tries 200 for each engine.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from workings.data import builtin_table
from workings.jobs.checkpoints import Folder
from workings.jobs.job import Job
from workings.jobs.options import options_of
from workings.jobs.resuming import resumed
from workings.models.files import read

from .children import Child
from .keepers import end_of, plain

KILLS = int(os.environ.get("WORKINGS_KILLS", "6"))  # for each engine
ENGINES = ("numpy", "compiled")
TOLD: dict[str, Any] = {"hidden": (6, 4), "batch_size": 16, "dropout": 0.1, "patience": 400}
EPOCHS = {"numpy": 700, "compiled": 3000}  # a second of work


def job_of(engine: str) -> Job:
    told = options_of(**TOLD, engine=engine, epochs=EPOCHS[engine])
    return Job(builtin_table("wine"), "cultivar", told)


def begun(folder: Path, engine: str) -> Child:
    return Child(
        folder, "train", "wine", "--hidden", "6,4", "--batch-size", 16, "--dropout", 0.1,
        "--patience", 400, "--engine", engine, "--epochs", EPOCHS[engine], "--quiet",
        "--checkpoint", "run", "--every", "0.01s", "-o", "m",
    )  # fmt: skip


def contents(model: Path) -> Any:
    """All of a model file but how long the training took."""
    spec, arrays = read(model)
    return plain([spec, arrays])


def newest(folder: Path) -> int:
    """The number of the newest checkpoint there, or 0."""
    return max(Folder(folder / "run").numbers(), default=0)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.fault("kill training")
def test_kill_9_at_any_moment_of_training(engine: str, tmp_path: Path) -> None:
    """Each moment in a child that has begun it, or goes on with it; after each, to the end."""
    job, chance = job_of(engine), random.Random(7)  # noqa: S311 - of moments
    whole = end_of(job)
    (tmp_path / "one").mkdir()
    child = begun(tmp_path / "one", engine)
    assert child.ended() == 0, child.said
    most, model = newest(tmp_path / "one"), contents(tmp_path / "one" / "m")

    folder, reached, killed, code, children = tmp_path / "run", set[int](), 0, 0, 0
    while killed < KILLS:
        going_on = code and killed % 4
        if not going_on:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        target = newest(folder) + chance.randint(1, most)
        child = Child(folder, "resume", "run", "--quiet") if going_on else begun(folder, engine)
        while newest(folder) < target and child.process.is_alive():
            time.sleep(0.002)
        code = child.stopped(chance.uniform(0, 0.03))
        assert code in (0, -9), child.said
        most = most if code else max(2, newest(folder))
        killed, children = killed + bool(code), children + 1
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        found = resumed(shutil.copytree(folder / "run", tmp_path / "copy"))
        assert not any("damaged" in note for note in found.notes)
        assert end_of(found.job, found.state) == whole, f"kill {killed} of {KILLS}"
        assert not (folder / "m").exists() or contents(folder / "m") == model
        reached.add(0 if found.state is None else found.state.done)
    assert len(reached) >= min(KILLS, 20) / 3  # they were different moments
    child = Child(folder, "resume", "run")
    assert child.ended() == 0, child.said
    assert contents(folder / "m") == model
    print(
        f"{engine}: {killed} children killed (and {children - killed} that were faster); gone on "
        f"with from {len(reached)} different iterations, all ended alike"
    )
