"""Files to take away are run, and agree with the engine."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from play.talking import Page
from workings.play import protocol
from workings.play.building import build
from workings.play.presets import preset, table_of
from workings.play.runs import Run
from workings.play.takeaway import listed, made
from workings.play.traveling import forked


def run_of(name: str, steps: int) -> Run:
    spec = preset(name).spec
    run = Run(build(spec, table_of(spec.data.source)))
    run.advance(steps)
    return run


@pytest.mark.parametrize("kind", sorted(listed()))
def test_every_form_is_made_of_the_article(kind: str) -> None:
    file = made(run_of("article", 20), 20, kind, {})
    assert file.name == f"workings-the-article.{listed()[kind]['ending']}"
    assert len(file.content) > 100
    assert file.notices == []


@pytest.mark.parametrize(("name", "steps"), [("article", 50), ("iris", 16), ("sine", 10)])
def test_the_numpy_file_runs_alone_and_agrees(tmp_path: Path, name: str, steps: int) -> None:
    run = run_of(name, steps)
    file = made(run, steps, "numpy", {})
    assert file.notices == []
    assert b"import workings" not in file.content
    (tmp_path / "it.py").write_bytes(file.content)
    done = subprocess.run(
        [sys.executable, "it.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not shutil.which("Rscript"), reason="Rscript is not here")
def test_the_r_file_runs_alone_and_agrees(tmp_path: Path) -> None:
    file = made(run_of("article", 50), 50, "r", {})
    (tmp_path / "it.R").write_bytes(file.content)
    done = subprocess.run(["Rscript", "it.R"], cwd=tmp_path, capture_output=True, check=False)  # noqa: S607
    assert done.returncode == 0, done.stderr


def test_a_fork_is_exported_from_where_it_began() -> None:
    fork = forked(run_of("article", 30), 10, {"lr": 0.5})
    fork.advance(5)
    assert made(fork, 15, "numpy", {}).notices == []
    at_once = made(fork, 10, "numpy", {})
    assert at_once.notices == []  # the steps of its parent


def test_what_cannot_go_along_is_said() -> None:
    within = made(run_of("iris", 5), 5, "numpy", {})
    assert "within an epoch" in within.notices[0]
    assert "no step was made" in made(run_of("article", 3), 0, "numpy", {}).notices[0]


def test_a_tape_as_csv_holds_every_number_and_no_formula() -> None:
    run = run_of("iris", 2)
    run.built.labels["inputs"][0] = "=HYPERLINK(1)"
    rows = list(csv.reader(io.StringIO(made(run, 2, "tape", {}).content.decode())))
    assert rows[0] == ["array", "row", "column", "value"]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row[:3])
    kept = [float(row[3]) for row in rows if row[0] == "wh"]
    np.testing.assert_array_equal(np.reshape(kept, (4, 8)), run.trace(2)["wh"])


def test_a_file_arrives_in_frames(article: Page) -> None:
    article.do("step", n=3)
    told = article.do("export", kind="xlsx", options={"iterations": 2})
    frames = [data for header, data in article.frames
              if header.kind == protocol.FILE and header.seq == told["seq"]]  # fmt: skip
    data = b"".join(frames)
    assert len(data) == told["bytes"] == article.last("file")["bytes"]
    assert data.startswith(b"PK")
    assert article.refused("export", kind="xlsx", options={"path": 3})["code"] == "bad_value"
    assert article.refused("export", kind="xlsx", options={"iterations": 10**9})["code"]
