"""Healthy runs: the built-in tables and toys with default settings have no error."""

from __future__ import annotations

from pathlib import Path

import pytest

from workings.data import builtin_table, read_table
from workings.diagnosing.cases import of_job
from workings.diagnosing.doctor import diagnosed
from workings.jobs.fitting import located
from workings.jobs.job import Job
from workings.jobs.options import Options

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins.csv"
RUNS = [
    *[(word, seed) for word in ("wine", "iris", "xor", "blobs", "article") for seed in (0, 1, 2)],
    *[(word, 0) for word in ("breast-cancer", "diabetes", "penguins", "moons", "circles")],
    ("spiral", 0), ("digits", 0),
]  # fmt: skip


def test_there_are_twenty() -> None:
    assert len(RUNS) >= 20


@pytest.mark.parametrize(("word", "seed"), RUNS)
def test_no_error(word: str, seed: int) -> None:
    table = read_table(PENGUINS) if word == "penguins" else builtin_table(word)
    table, target = located(table, "species" if word == "penguins" else None)
    found = diagnosed(of_job(Job(table, target, Options(seed=seed))))
    assert [one for one in found.findings if one.severity == "error"] == []
    assert set(found.untested) <= {"overfitting"}  # xor keeps no rows to test on
