"""What the command line opens, a training that is watched, and what is added in Python alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from play.talking import page
from workings import activations
from workings.activations import Activation
from workings.errors import NotFinite, SettingError
from workings.jobs.fitting import located, train
from workings.jobs.job import Job
from workings.jobs.options import Options
from workings.language.defined import ABSOLUTE
from workings.play import choices
from workings.play.building import build
from workings.play.opening import opened
from workings.play.presets import table_of
from workings.play.runs import Run
from workings.play.server import Server
from workings.play.specs import Spec
from workings.play.takeaway import made
from workings.play.watching import Watched
from workings.play.why import explained


def job_of(table: str, **told: Any) -> Job:
    return Job(*located(table, None), Options(**told))


def test_a_preset_a_table_and_nothing_are_opened(tmp_path: Path) -> None:
    assert opened(None).runs == {}
    assert opened("moons").run.built.spec.title == "Moons"
    own = tmp_path / "mine.csv"
    own.write_text("a;b;y\n1,5;2;u\n3;4;v\n5;6;u\n7;9;v\n3;3;v\n")
    session = opened(str(own), target="y")
    assert session.run.built.labels["inputs"] == ["a", "b"]
    assert list(session.uploads) == [session.run.built.spec.data.sha256]
    with pytest.raises(SettingError, match="--target"):
        opened(str(own))


def test_a_model_is_opened_on_its_table_with_its_training(tmp_path: Path) -> None:
    result = train("iris", hidden=(4,), epochs=6, patience=5, batch_size=16, dropout=0.25)
    path = tmp_path / "it.workings"
    result.model.save(path)
    session = opened(str(path))
    for word, x in result.model.values.items():
        assert np.array_equal(session.run.values(session.step)[word], x), word
    own = tmp_path / "mine.csv"
    own.write_text("a,y\n" + "\n".join(f"{k % 7},{'uv'[k % 2]}" for k in range(30)))
    train(str(own), "y", epochs=2).model.save(path)
    own.rename(tmp_path / "moved.csv")
    with pytest.raises(SettingError, match="Name that table"):
        opened(str(path))
    assert opened(str(path), str(tmp_path / "moved.csv")).step > 0


@pytest.mark.parametrize("told", [
    {"schedule": "cosine"}, {"dropout": 0.3, "batch_size": 16}, {"schedule": "plateau"},
])  # fmt: skip
def test_a_watched_training_is_shown_and_then_walked_through_exactly(told: dict[str, Any]) -> None:
    job = job_of("iris", epochs=12, hidden=(5,), **told)
    watched = Watched(job, "iris")
    server = Server(watched.session)
    beside = server.run_beside()
    with page(server) as one:
        assert one.refused("step")["code"] == "not_now"
        result = job.run(watched.watch)
        watched.ended()
        done = one.until("state", status="finished")
        per = watched.run.segments[0].per_epoch
        assert done["last"] == 12 * per
        for word, x in result.model.values.items():
            assert np.array_equal(watched.run.values(done["last"])[word], x), word
        one.do("seek", step=per * 3 + 1)
        values, rows = job.replay(per * 3 + 1)
        trace = watched.run.trace(per * 3 + 1)
        for word, x in values.items():
            assert np.array_equal(trace[word], x), word
        assert len(trace.labels["n"]) == len(rows)
        one.do("explain", cell="loss")
    server.end()
    beside.join(10)


def test_a_watched_training_that_runs_away_is_shown_where_it_did() -> None:
    job = job_of("diabetes", epochs=50, hidden=(8,), activation="relu", optimizer="sgd", lr=1e9)
    watched = Watched(job, "diabetes")
    with pytest.raises(NotFinite) as found:
        job.run(watched.watch)
    watched.ended(found.value)
    while not watched.session.inbox.empty():
        job_to_do = watched.session.inbox.get()
        assert job_to_do is not None
        job_to_do()
    assert watched.session.status == "diverged"
    assert watched.run.broken is not None
    assert watched.run.broken.iteration == found.value.facts["iteration"]


def test_an_activation_is_one_row_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    bent = Activation(
        "bent_identity", lambda x: x + 0.25 * x / (1.0 + ABSOLUTE(x)), use="Nearly straight."
    )
    monkeypatch.setattr(activations, "BENT_IDENTITY", bent, raising=False)
    row = next(r for r in choices.options()["activations"] if r["name"] == "bent_identity")
    assert row["hidden"]
    assert row["use"] == "Nearly straight."
    assert row["formula"].startswith("<math>")
    assert row["curve"]["slope"]
    spec = Spec.read({
        "data": {"source": "xor"},
        "network": {"hidden": [{"units": 3, "activation": "bent_identity"}]},
    })  # fmt: skip
    run = Run(build(spec, table_of("xor")))
    run.advance(10)
    told = explained(run, "hiddenlayer_activations[2,1]", 10)
    assert "bent_identity" in told["formula"]["plain"]
    assert told["check"]["agrees"]
    assert told["curve"]["title"] == "bent_identity"
    scope: dict[str, Any] = {"__name__": "it"}
    exec(compile(made(run, 10, "numpy", {}).content, "it.py", "exec"), scope)  # noqa: S102
    for kind in ("r", "c", "latex", "xlsx"):
        assert made(run, 10, kind, {}).content


def test_the_first_line_is_the_address_and_ctrl_c_leaves_nothing() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "workings", "play", "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        assert line.startswith("http://127.0.0.1:")
        port = int(line.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port), 5) as one:
            one.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            assert one.recv(15).startswith(b"HTTP/1.1 200")
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
        assert "Traceback" not in process.stdout.read()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 2).close()


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "workings", "play", "--no-browser", "--port", str(port)],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert done.returncode == 2
    assert f"cannot use port {port}" in done.stderr
    assert "Traceback" not in done.stderr
