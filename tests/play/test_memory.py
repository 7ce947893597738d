"""What the server keeps in memory: nothing that it needs once, and nothing that grows for ever."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import workings
from workings.play import working
from workings.play.building import build
from workings.play.clients import Client
from workings.play.frames import BUDGET
from workings.play.presets import preset, table_of
from workings.play.records import TESTS
from workings.play.runs import Run
from workings.play.session import Session

SOME = ("article", "moons", "sine", "iris")  # of every kind of table and task
ALL = """
import sys
from workings.play import operations
from workings.play.clients import Client
from workings.play.server import Server
from workings.play.session import Session

session, client = Session(), Client(1, lambda _: None)
session.joined(client)

def do(op, **told):
    return operations.do(session, client, {"op": op, **told})

do("hello", protocol="workings.1")
for name in sys.argv[1:]:
    do("open", preset=name)
    do("step", n=2)
    do("diagnose")
    do("result", kind="table")
    do("points")
    do("compare")
print(*(word for word in ("sklearn", "pandas", "matplotlib") if word in sys.modules))
from workings.data import builtin_table
from workings.play.presets import table_of
assert table_of("iris") == builtin_table("iris")  # the one read elsewhere, the other here
"""


def test_no_preset_leaves_a_heavy_library_behind() -> None:
    """scikit-learn alone takes a hundred megabytes, for as long as the server runs."""
    path = str(Path(workings.__file__).parents[1])
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", ALL, *SOME], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": path}, timeout=120,
    )  # fmt: skip
    assert done.stdout.split() == []


def test_losses_on_test_rows_are_thinned_and_the_last_is_kept() -> None:
    spec = preset("moons").spec
    run = Run(build(spec, table_of("moons")))
    run.advance(5)
    run.tests = [(k - TESTS, 1.0) for k in range(TESTS)]
    run.note_test()
    assert len(run.tests) <= TESTS // 2 + 1
    assert run.tests[-1][0] == 5
    assert [step for step, _ in run.tests] == sorted({step for step, _ in run.tests})


def test_key_frames_stay_in_their_budget_and_a_seek_stays_short() -> None:
    spec = preset("article").spec
    run = Run(build(spec, table_of("article")))
    run.frames.budget = BUDGET // 2000
    run.advance(20_000)
    assert run.frames.size <= run.frames.budget
    assert max(np.diff(run.frames.steps)) <= 2 * run.frames.every
    before = {step: run.checksum(step) for step in (17, 9_999, 19_937)}
    run.near.clear()
    assert {step: run.checksum(step) for step in before} == before


def test_memory_is_given_back_once_when_nobody_asks_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = []
    monkeypatch.setattr(working, "REST", 0.05)
    monkeypatch.setattr(working, "give_back", lambda: given.append(worker.session.step))
    session = Session()
    worker, client = working.Worker(session), Client(1, lambda _: None)
    session.post(lambda: session.joined(client))
    worker.start()
    try:
        for op in ({"op": "hello", "protocol": "workings.1"}, {"op": "open", "preset": "article"},
                   {"op": "run", "until": {"steps": 2000}}):  # fmt: skip
            worker.ask(client, {"id": 1, **op})
        for _ in range(600):
            if given:
                break
            time.sleep(0.05)
        time.sleep(0.5)
        assert given == [2000]  # not while it trains, and not again and again
        worker.ask(client, {"id": 2, "op": "ping"})
        for _ in range(600):
            if len(given) == 2:
                break
            time.sleep(0.05)
        assert given == [2000, 2000]
    finally:
        worker.stop()
