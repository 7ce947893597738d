"""`kill -9` at some moment: the training that is gone on with ends with the same bits.

A few moments in the usual run; `make kills` tries 200 for each engine.
"""

from __future__ import annotations

import os
import random
import shutil
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from workings import MLPClassifier
from workings.data import builtin_table
from workings.jobs.checkpoints import Folder
from workings.jobs.job import Job
from workings.jobs.options import options_of
from workings.jobs.resuming import resumed
from workings.models.files import read

from .children import Child
from .keepers import end_of, learnt, plain

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


def newest(folder: Path, run: str = "run") -> int:
    """The number of the newest checkpoint there, or 0."""
    return max(Folder(folder / run).numbers(), default=0)


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


# -- L-BFGS, which is begun again and answered from its record ------------------------------------

ITERATIONS = {"numpy": 300, "compiled": 900}  # half a second of work, and as much of writing


def fit(words: list[str]) -> MLPClassifier:
    """A fit in a folder, begun or gone on with; there is nothing to learn in the classes."""
    draw, (engine, *checkpoint) = np.random.default_rng(0), words
    every = float(checkpoint.pop()) if checkpoint else 0.0
    X, y = draw.normal(size=(600, 12)), draw.integers(0, 3, 600)
    model = MLPClassifier(
        (20, 10), solver="lbfgs", activation="tanh", alpha=0, tol=0, random_state=0, engine=engine,
        max_iter=ITERATIONS[engine],
    )  # fmt: skip
    # SciPy's products are small: several threads wait for each other where many processes run
    with (
        warnings.catch_warnings(category=ConvergenceWarning, action="ignore"),
        threadpool_limits(1),
    ):
        return model.fit(X, y, checkpoint=(*checkpoint, every) if checkpoint else None)


def weight(folder: Path) -> int:
    """How many bytes of record there are in a folder."""
    return sum(path.stat().st_size for path in folder.glob("record-*"))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.fault("kill training")
def test_kill_9_at_any_moment_of_a_fit_by_lbfgs(engine: str, tmp_path: Path) -> None:
    chance, run = random.Random(8), tmp_path / "run"  # noqa: S311 - of moments
    whole = learnt(fit([engine]))
    assert learnt(fit([engine, str(tmp_path / "one"), "0.01"])) == whole
    reached, killed, code, most = set[int](), 0, 0, newest(tmp_path, "one")
    while killed < KILLS:
        if not code or killed % 4 == 0:
            shutil.rmtree(run, ignore_errors=True)
        target = newest(tmp_path) + chance.randint(1, most)
        child = Child(tmp_path, engine, "run", "0.01", work=fit)
        while newest(tmp_path) < target and child.process.is_alive():
            time.sleep(0.002)
        code = child.stopped(chance.uniform(0, 0.03))
        assert code in (0, -9), child.said
        assert child.said == ""  # nothing was damaged
        most = most if code else max(2, newest(tmp_path))
        killed += bool(code)
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        copy = shutil.copytree(run, tmp_path / "copy") if run.exists() else tmp_path / "copy"
        reached.add(weight(copy))
        assert learnt(fit([engine, str(copy), "60"])) == whole, f"kill {killed} of {KILLS}"
    assert len(reached) >= min(KILLS, 20) / 3
    print(f"{engine}: {killed} fits killed; records of {len(reached)} different lengths")
