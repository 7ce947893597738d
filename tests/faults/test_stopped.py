"""Ctrl-C and SIGTERM: a command ends soon, keeps what it has, and says how to go on."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workings.cli import _signals, main
from workings.jobs.resuming import resumed
from workings.models import load

from .children import Child


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Ctrl-C is heard, also where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
SOON = 5 + 15  # seconds; the second is what a machine may need that does other things too
by = pytest.mark.parametrize("number", CODES, ids=lambda number: signal.Signals(number).name)
LONG = ("--epochs", 10_000_000, "--hidden", "6,4", "--quiet")


def stopped(child: Child, number: int, after: float = 0.0) -> str:
    """What a child said that was told to end; it ends soon, and with the right code."""
    time.sleep(after)
    assert child.process.is_alive(), child.said
    told = time.monotonic()
    os.kill(int(child.process.pid or 0), number)
    assert child.ended() == CODES[signal.Signals(number)], child.said
    assert time.monotonic() - told < SOON
    assert "Traceback" not in child.said
    return child.said


def until(happened: Callable[[], bool]) -> None:
    """Waits until something has happened, however slow the machine is."""
    end = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.1)


@by
@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.fault("ctrl-c", "sigterm")
def test_stopped_while_it_trains_the_state_is_kept(
    number: int, engine: str, tmp_path: Path
) -> None:
    child = Child(tmp_path, "train", "wine", *LONG, "--engine", engine, "--checkpoint", "my run",
                  "--every", "1s", "-o", "m")  # fmt: skip
    child.wait_for("Checkpoints")
    until(lambda: resumed(tmp_path / "my run").state is not None)
    said = stopped(child, number)
    assert said.endswith("Go on with:\n  workings resume 'my run'\n")
    assert sorted(os.listdir(tmp_path)) == ["my run", "out.txt"]
    found = resumed(tmp_path / "my run")
    assert found.state is not None
    assert f"(iteration {found.state.done})" in said
    child = Child(tmp_path, "resume", "my run", "--quiet")
    child.wait_for("Going on" if found.state.done else "begun to learn")
    stopped(child, number, after=0.5)
    further = resumed(tmp_path / "my run").state
    assert further is not None
    assert further.done >= found.state.done


@by
@pytest.mark.fault("ctrl-c", "sigterm")
def test_stopped_without_checkpoints_the_model_so_far_is_kept(number: int, tmp_path: Path) -> None:
    child = Child(tmp_path, "train", "wine", *LONG, "-o", "m")
    child.wait_for("Network")
    said = stopped(child, number, after=0.5)
    assert "interrupted" in said
    assert np.isfinite(load(tmp_path / "m").values["wout"]).all()


@by
@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.fault("ctrl-c", "sigterm")
def test_stopped_while_it_cross_validates(number: int, kept: bool, tmp_path: Path) -> None:
    more = ("--checkpoint", "run") if kept else ()
    child = Child(tmp_path, "train", "wine", *LONG, "--cv", 3, "-o", "m", *more)
    child.wait_for("Checkpoints" if kept else "Network")
    said = stopped(child, number, after=0.3)
    assert ("workings resume run" in said) == kept
    assert "nothing was written" in said or "no model was written" in said or kept
    assert sorted(os.listdir(tmp_path)) == ["out.txt", *["run"] * kept]


@by
@pytest.mark.fault("ctrl-c", "sigterm")
def test_stopped_while_the_playground_is_open(number: int, tmp_path: Path) -> None:
    """Ctrl-C is how it is ended, so it has ended well."""
    child = Child(tmp_path, "play", "moons", "--port", 0, "--no-browser")
    child.wait_for("Nothing leaves this machine")
    time.sleep(0.5)
    os.kill(int(child.process.pid or 0), number)
    assert child.ended() == 0, child.said
    assert "Traceback" not in child.said


# -- while Python imports --------------------------------------------------------------------------

# as the installed program does; Ctrl-C is not ignored, as it is in what a shell starts behind it
PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from workings.cli import main
print("begun", flush=True)
main(sys.argv[1:])
"""


@by
@pytest.mark.parametrize("after", [0.0, 0.05, 0.15, 0.3, 0.6])
@pytest.mark.fault("ctrl-c", "sigterm")
def test_stopped_while_it_imports(number: int, after: float, tmp_path: Path) -> None:
    words = ["train", "wine", *map(str, LONG), "--checkpoint", "run"]
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", PROGRAM, *words], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        time.sleep(after + 0.02)  # to be in `main`
        process.send_signal(number)
        try:
            out, err = process.communicate(timeout=SOON)
        finally:
            process.kill()
    assert process.returncode == CODES[signal.Signals(number)]
    assert "Traceback" not in err
    if not (tmp_path / "run").exists():
        assert err == "workings: stopped; nothing was written\n"
    else:
        assert "workings resume run" in out


@by
@pytest.mark.fault("ctrl-c", "sigterm")
def test_stopped_while_it_reads_a_table(number: int, tmp_path: Path) -> None:
    words = [sys.executable, "-c", PROGRAM, "train", "-", "--target", "y"]
    with subprocess.Popen(  # noqa: S603
        words, cwd=tmp_path, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin
        process.stdin.write("a,y\n1,2\n")
        process.stdin.flush()
        time.sleep(3)  # the rest of it never comes
        process.send_signal(number)
        assert process.wait(SOON) == CODES[signal.Signals(number)]
        assert process.stderr
        assert process.stderr.read() == "workings: stopped; nothing was written\n"
    assert os.listdir(tmp_path) == []


# -- what is heard ---------------------------------------------------------------------------------


@by
@pytest.mark.fault("ctrl-c", "sigterm")
def test_what_is_heard_in_a_block_that_is_deferred_is_raised_at_its_end(number: int) -> None:
    done = []

    def block() -> None:
        with _signals.listening(), _signals.deferred():
            signal.raise_signal(number)
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        block()
    assert done == ["all of it"]
    assert _signals.code() == CODES[signal.Signals(number)]


@by
@pytest.mark.fault("ctrl-c", "sigterm")
def test_what_was_swallowed_is_raised_again(number: int) -> None:
    with _signals.listening():
        _signals.check()
        with contextlib.suppress(KeyboardInterrupt):  # as libraries do
            signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            _signals.check()


def test_handlers_are_put_back_and_those_of_others_left() -> None:
    before = [signal.getsignal(number) for number in CODES]
    with _signals.listening():
        assert [signal.getsignal(number) for number in CODES] != before
    assert [signal.getsignal(number) for number in CODES] == before
    own = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with _signals.listening():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, own)


def test_an_error_that_a_library_makes_of_ctrl_c_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(args: Any) -> int:
        try:
            signal.raise_signal(signal.SIGTERM)
        except KeyboardInterrupt:
            raise ImportError("numpy._core.multiarray failed to import") from None
        return 0

    monkeypatch.setattr("workings.cli._commands.run", broken)
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 143
    assert re.fullmatch("workings: stopped; nothing was written\n", capsys.readouterr().err)
