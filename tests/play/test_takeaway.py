"""Files to take away are run, and agree with the engine."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import workings
from play.talking import Page
from workings.play import protocol
from workings.play.building import build
from workings.play.presets import preset, presets, table_of
from workings.play.runs import Run
from workings.play.takeaway import listed, made
from workings.play.traveling import forked, settings


def run_of(name: str, steps: int) -> Run:
    spec = preset(name).spec
    run = Run(build(spec, table_of(spec.data.source)))
    run.advance(steps)
    return run


@pytest.mark.parametrize("kind", sorted(listed()))
def test_every_form_is_made_of_the_article(kind: str) -> None:
    options = {"cell": "wh[1,1]"} if kind == "cell" else {}
    file = made(run_of("article", 20), 20, kind, options)
    assert file.name.startswith("workings-the-article")
    assert file.name.endswith(f".{listed()[kind]['ending']}")
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


def ran(folder: Path, text: bytes) -> str:
    """What a script prints; it has to end well."""
    (folder / "again.py").write_bytes(text)
    done = subprocess.run(
        [sys.executable, "again.py"], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(workings.__file__).parents[1])},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", sorted(presets()))
def test_the_python_file_makes_the_run_again(tmp_path: Path, name: str) -> None:
    run = run_of(name, 20)
    file = made(run, run.last, "python", {})
    lines = [one for one in file.content.decode().splitlines() if one.strip()]
    assert 8 <= len(lines) <= 20
    loss = float(ran(tmp_path, file.content).rpartition(":")[2])
    assert loss == pytest.approx(run.loss(run.last), rel=1e-12)


def test_the_python_file_does_every_fork_and_change_again(tmp_path: Path) -> None:
    run = run_of("moons", 70)
    run.change(settings(run.train, {"lr": 0.005, "batch": 32}))
    run.advance(30)
    fork = forked(run, 80, {"l2": 0.01, "cells": {"wout[1,1]": 0.5}})
    fork.advance(10)
    other = forked(fork, 85, {"cells": {f"X[{run.built.numbers[0]},1]": 2.5}})
    other.advance(15)
    for one, step in ((other, 100), (other, 83), (other, 40), (fork, 90), (run, 0)):
        loss = float(ran(tmp_path, made(one, step, "python", {}).content).rpartition(":")[2])
        assert loss == pytest.approx(float(one.trace(step)["loss"]), rel=1e-12), step


def test_the_python_file_reads_one_s_own_table_and_no_other(one: Page, tmp_path: Path) -> None:
    rows = "".join(f"{k},{(k * 5) % 7},{'ab'[k % 2]}\n" for k in range(20))
    data, name = f"p,q,kind\n{rows}".encode(), 'it\'s "mine".csv'
    one.send_file(name, data)
    one.do("data.commit", source="upload", title='"""\nimport os #\'', test=0.2)
    one.do("step", n=6)
    told = one.do("export", kind="python")
    assert "beside it" in told["notices"][0]
    text = b"".join(part for header, part in one.frames
                    if header.kind == protocol.FILE and header.seq == told["seq"])  # fmt: skip
    (tmp_path / name).write_bytes(data)
    loss = float(ran(tmp_path, text).rpartition(":")[2])
    assert loss == pytest.approx(one.last("tape")["loss"], rel=1e-12)
    (tmp_path / name).write_bytes(data + b"1,2,a\n")
    with pytest.raises(AssertionError, match="not the table"):
        ran(tmp_path, text)


CELLS = ["hidden_layer_input[2,1]", "new_wh[1,1]", "d_hiddenlayer[3,2]", "loss", "output[1,1]",
         "X[1,1]", "d_bout[1,1]"]  # fmt: skip
OTHERS = [
    ("iris", "output[{row},2]"), ("moons", "new_wh1[1,1]"), ("moons", "loss"),
    ("dead-relus", "hiddenlayer_activations[{row},1]"), ("hundred-neurons", "d_bh[1,7]"),
    ("hundred-neurons", "output_layer_input[{row},1]"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cell"), [*(("article", cell) for cell in CELLS), *OTHERS])
def test_a_number_of_any_network_is_typeset(tmp_path: Path, name: str, cell: str) -> None:
    run = run_of(name, 5)
    cell = cell.format(row=run.trace(5).labels["n"][0])
    file = made(run, 5, "cell", {"cell": cell})
    balanced(file.content.decode())
    compiled(tmp_path, file.content)


def balanced(text: str) -> None:
    """Every brace and every environment is closed."""
    depth = 0
    for sign in re.sub(r"\\\\|\\[{}]", "", text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    begun = re.findall(r"\\begin\{(\w+\*?)\}", text)
    assert sorted(begun) == sorted(re.findall(r"\\end\{(\w+\*?)\}", text))


def compiled(folder: Path, content: bytes) -> None:
    if shutil.which("pdflatex") is None:
        return
    (folder / "it.tex").write_bytes(content)
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "it.tex"],  # noqa: S607
        cwd=folder, capture_output=True, text=True, check=False, errors="replace",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-800:]


def test_a_number_is_asked_for_by_its_cell(article: Page) -> None:
    assert article.refused("export", kind="cell")["field"] == "options.cell"
    assert article.refused("export", kind="cell", options={"cell": "nope[1,1]"})["code"]
    assert article.refused("export", kind="numpy", options={"cell": "wh[1,1]"})["code"]
    assert article.do("export", kind="cell", options={"cell": "wh[1,1]"})["name"] == (
        "workings-the-article-wh-1-1.tex")  # fmt: skip


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


def test_columns_scaled_to_their_range_are_called_so(one: Page) -> None:
    one.do("open", spec={"data": {"source": "moons", "scale": "range"},
                         "network": {"hidden": [{"units": 2, "activation": "tanh"}]}})  # fmt: skip
    one.do("step")
    one.do("export", kind="json")
    text = b"".join(part for header, part in one.frames if header.kind == protocol.FILE).decode()
    assert "column_low" in text
    assert "column_range" in text
    assert "column_mean" not in text
