"""The folder of checkpoints: what is damaged, full, gone, somebody else's, or finished already."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import workings
from workings.activations import Activation
from workings.cli import main
from workings.data import read_table
from workings.errors import DataError, ModelFileError, SettingError
from workings.jobs import resuming
from workings.jobs.checkpoints import Folder
from workings.jobs.fitting import train
from workings.jobs.job import Job
from workings.jobs.keeper import FolderKeeper
from workings.jobs.options import options_of
from workings.jobs.resuming import resume, resumed
from workings.language import Expr
from workings.models import files as model_files
from workings.training.states import State

from .keepers import plain

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins.csv"
TOLD: dict[str, Any] = {"hidden": (4,), "epochs": 6, "seed": 2}


def stop(epoch: int) -> Callable[[Any], None]:
    """Presses Ctrl-C after so many epochs."""

    def watch(report: Any) -> None:
        if report.epoch == epoch:
            raise KeyboardInterrupt

    return watch


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a table in it."""
    shutil.copy(PENGUINS, tmp_path / "table.csv")
    monkeypatch.chdir(tmp_path)


def begun(folder: str = "run", epoch: int = 3, **more: Any) -> None:
    """A training that was stopped after some epochs."""
    train("table.csv", "species", checkpoint=folder, watch=stop(epoch), **TOLD, **more)


def whole() -> Any:
    return contents(train("table.csv", "species", **TOLD))


def contents(result: Any) -> Any:
    """All of a result but how long it took."""
    record = json.loads(json.dumps(dict(result.model.record)))
    return plain([result.model.values, record])


def newest(folder: str = "run") -> Path:
    return sorted(Path(folder).iterdir())[-1]


# -- going on --------------------------------------------------------------------------------------


@pytest.mark.parametrize("epoch", [1, 3, 6])
def test_train_with_checkpoint_and_resume_in_python(epoch: int) -> None:
    begun(epoch=epoch)
    assert contents(resume("run")) == whole()
    assert contents(workings.resume("run")) == whole()  # finished: it is scored again


def test_the_table_may_be_given_and_has_to_be_the_same() -> None:
    table = read_table("table.csv")
    train(table, "species", checkpoint="run", watch=stop(2), **TOLD)
    with pytest.raises(SettingError, match=r"was not read from a file. Say the table"):
        resume("run")
    assert contents(resume("run", table)) == whole()
    with pytest.raises(DataError, match=r"is not what it was, 344 rows of table\.csv"):
        resume("run", table.take(range(340)))


def test_a_network_with_an_activation_of_ones_own() -> None:
    def formula(x: Expr) -> Expr:
        return x * x + x

    own = Activation("my_bend", formula)
    options = {**TOLD, "activation": own}
    train("table.csv", "species", checkpoint="run", watch=stop(2), **options)
    assert contents(resume("run")) == contents(train("table.csv", "species", **options))


def test_a_table_that_has_changed_is_refused() -> None:
    begun()
    text = Path("table.csv").read_text()
    Path("table.csv").write_text(text.replace("39.1", "39.2", 1))
    with pytest.raises(DataError, match=r"in run: table\.csv is not what it was.*Put the table"):
        resume("run")
    Path("table.csv").unlink()
    with pytest.raises(DataError, match=r"cannot go on with the training in run: .*table\.csv"):
        resume("run")
    Path("table.csv").write_text(text)
    assert contents(resume("run")) == whole()


def test_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun()
    expected = whole()
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "there")
    found = resume("../run")
    assert plain(found.model.values) == expected[0]
    assert found.model.record["table"]["source"] == str(tmp_path / "table.csv")


def test_a_table_that_has_moved_may_be_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    begun()
    expected = whole()
    Path("table.csv").rename("moved.csv")
    code, out, err = call(capsys, "resume", "run", "moved.csv")
    assert (code, err) == (0, "")
    assert "Read moved.csv" in out or f"Read {tmp_path / 'moved.csv'}" in out
    found = resume("run")  # it is known from now on
    assert plain(found.model.values) == expected[0]


def test_a_table_from_standard_input_is_refused() -> None:
    job = Job(read_table("table.csv"), "species", options_of(**TOLD))
    with pytest.raises(SettingError, match="from standard input: it cannot be read again"):
        resuming.Run.of(job, "-")


# -- damaged ---------------------------------------------------------------------------------------

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "zeroed": lambda data: bytes(len(data)),
    "a bit flipped": lambda data: data[:-9] + bytes([data[-9] ^ 4]) + data[-8:],
    "its description changed": lambda data: data[:400] + bytes([data[400] ^ 1]) + data[401:],
    "grown": lambda data: data + b"\0" * 7,
}  # fmt: skip


@pytest.mark.parametrize("how", DAMAGES)
def test_power_cut_a_damaged_checkpoint_is_not_used_and_that_is_said(how: str) -> None:
    begun()
    path = newest()
    path.write_bytes(DAMAGES[how](path.read_bytes()))
    found = resumed("run")
    (note,) = found.notes
    assert f"cannot load {path}: " in note
    assert "The one before it is taken" in note
    assert contents(resume("run")) == whole()
    assert path not in Path("run").iterdir()  # nobody needs what is damaged


def test_where_none_is_whole_nothing_starts_anew() -> None:
    begun()
    for path in Path("run").iterdir():
        path.write_bytes(path.read_bytes()[:-5])
    before = sorted(os.listdir("run"))
    with pytest.raises(ModelFileError, match=r"none of its 2 is whole.*Train again, with another"):
        resume("run")
    assert sorted(os.listdir("run")) == before


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("none", "there is no such folder"),
        ("empty", "there is none in it"),
        ("table.csv", "it is not a folder"),
    ],
)
def test_folders_without_checkpoints(place: str, why: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(ModelFileError, match=f"cannot go on .* in {place}: {why}"):
        resume(place)


def test_a_model_file_is_no_checkpoint() -> None:
    Path("run").mkdir()
    train("table.csv", "species", **TOLD).model.save("run/checkpoint-000001.workings")
    with pytest.raises(ModelFileError, match="it is no checkpoint"):
        resume("run")


MALFORMED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no run": lambda spec: spec.pop("run"),
    "no options": lambda spec: spec["run"].pop("options"),
    "a network that is none": lambda spec: spec["run"].update(network={}),
    "definitions that are none": lambda spec: spec["run"].update(definitions=[{"a": 1}]),
    "a state that is none": lambda spec: spec.update(state=[]),
    "an array that is not there": lambda spec: spec["state"]["values"]["wh"].update(array="gone"),
    "a history without losses": lambda spec: spec["state"]["history"].pop("loss"),
    "an engine that is none": lambda spec: spec["state"]["history"].update(engine="os.system"),
    "a place that is a number": lambda spec: spec["run"].update(folder=3),
}


@pytest.mark.parametrize("how", MALFORMED)
def test_a_sound_file_with_nonsense_in_it_is_refused(how: str) -> None:
    begun()
    path = newest()
    spec, arrays = model_files.read(path)
    MALFORMED[how](spec)
    model_files.write(path, spec, arrays)
    with pytest.raises((ModelFileError, SettingError)) as refused:
        resume("run")
    assert str(path) in str(refused.value) or "the state that was kept" in str(refused.value)


# -- writing ---------------------------------------------------------------------------------------


def test_a_folder_that_holds_another_training_is_left_alone() -> None:
    begun()
    before = {path: path.read_bytes() for path in Path("run").iterdir()}
    with pytest.raises(SettingError, match=r"it holds those of another.*workings resume run"):
        begun()
    assert {path: path.read_bytes() for path in Path("run").iterdir()} == before


@pytest.mark.parametrize(
    ("place", "why"),
    [("no/run", "there is no folder"), ("table.csv", "it is not a folder")],
)
def test_a_place_that_cannot_be_a_folder_is_found_first(place: str, why: str) -> None:
    with pytest.raises(SettingError, match=f"cannot write .*{why}"):
        begun(place)
    assert os.listdir() == ["table.csv"]


def test_the_newest_and_the_one_before_it_are_kept() -> None:
    folder = Folder("run")
    for number in range(5):
        folder.write({"number": number}, {})
        assert [folder.newest().spec["number"], len(folder.numbers())] == [
            number,
            min(number + 1, 2),
        ]
    newest().write_bytes(b"")
    again = Folder("run")
    assert again.newest().spec["number"] == 3
    again.write({"number": 5}, {})
    assert [model_files.read(path)[0]["number"] for path in sorted(Path("run").iterdir())] == [3, 5]


def test_what_a_killed_writer_left_is_removed() -> None:
    begun()
    number = Folder("run").numbers()[-1] + 1
    left = Path("run") / f".checkpoint-{number:06d}.workings.0123456789ab.part"
    left.write_bytes(b"half of it")
    resume("run")
    assert not left.exists()


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be held there")
def test_two_processes_do_not_go_on_with_one_training(tmp_path: Path) -> None:
    begun()
    words = [sys.executable, "-c", HOLDING, str(tmp_path / "run")]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as other:  # noqa: S603
        assert other.stdout
        other.stdout.readline()
        before = sorted(os.listdir("run"))
        with pytest.raises(SettingError, match="cannot write run: another process is at work"):
            resume("run")
        assert sorted(os.listdir("run")) == before
        other.kill()
    assert contents(resume("run")) == whole()


HOLDING = """
import sys, time
from workings.jobs.resuming import resumed
with resumed(sys.argv[1], "table.csv").keeper():
    print("at work", flush=True)
    time.sleep(100)
"""


class Failing:
    """Every write fails from the so-manieth to the so-manieth."""

    def __init__(self, first: int, last: int, number: int = errno.ENOSPC) -> None:
        self.count, self.first, self.last, self.number = 0, first, last, number

    def fsync(self, descriptor: int) -> None:
        self.count += 1
        if self.first <= self.count <= self.last:
            raise OSError(self.number, "as the system says it")


class Always(FolderKeeper):
    """Writes every state there is."""

    due = True


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resuming, "FolderKeeper", Always)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_disk_full_the_training_goes_on_and_says_so_once(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", Failing(4, 9, number).fsync)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = train("table.csv", "species", checkpoint="run", **TOLD)
    words = [str(one.message) for one in said]
    assert len(words) == 2
    assert "The training goes on without this checkpoint" in words[0]
    assert "cannot write run/checkpoint-0000" in words[0]
    assert words[1] == "a checkpoint could be written again"
    assert contents(found) == whole()
    assert contents(resume("run")) == whole()
    assert not list(Path("run").glob(".*"))


@pytest.mark.usefixtures("always")
def test_a_disk_that_stays_full_is_said_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "fsync", Failing(1, 10**9).fsync)
    monkeypatch.setattr(
        "workings.models.model.Model.save", lambda model, path: Path(path).write_text("x")
    )
    words = ["train", "table.csv", "--target", "species", "--epochs", "3", "--checkpoint", "run"]
    with pytest.raises(SystemExit) as ended:
        main(words)
    said = capsys.readouterr().err.splitlines()
    assert ended.value.code == 0
    assert len(said) == 2
    assert "The training goes on without this checkpoint, and tries again every 60 s" in said[0]
    assert "there is no checkpoint in run, as cannot write run" in said[1]
    assert "the disk is full" in said[1]


@pytest.mark.usefixtures("always")
def test_a_folder_that_vanishes_is_made_again() -> None:
    def watch(report: Any) -> None:
        if report.epoch == 3:
            shutil.rmtree("run")

    found = train("table.csv", "species", checkpoint="run", watch=watch, **TOLD)
    assert contents(found) == contents(resume("run")) == whole()


@pytest.mark.usefixtures("always")
def test_a_folder_that_becomes_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    def watch(report: Any) -> None:
        if report.epoch == 3:
            shutil.rmtree("run")
            Path("run").write_text("a file")

    with pytest.warns(UserWarning, match="cannot write run: it is not a folder"):
        found = train("table.csv", "species", checkpoint="run", watch=watch, **TOLD)
    assert contents(found) == whole()


class Killed(BaseException):
    """As if the process were killed: nobody catches it."""


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("call", ["fsync", "replace", "write"])
@pytest.mark.parametrize("count", [2, 3, 7])
def test_kill_9_in_the_middle_of_a_write(
    call: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two calls to the disk the folder holds a whole checkpoint, or none yet."""
    home, name = {"fsync": (os, "fsync"), "replace": (Path, "replace"),
                  "write": (model_files.files, "_opened")}[call]  # fmt: skip
    real, calls = getattr(home, name), []

    def killed(*words: Any) -> Any:
        calls.append(words)
        if len(calls) == count:
            shutil.copytree("run", "kept")  # what is on the disk at that moment
        return real(*words)

    with monkeypatch.context() as patch:
        patch.setattr(home, name, killed)
        train("table.csv", "species", checkpoint="run", **TOLD)
    found = resumed("kept")
    assert found.notes == ()
    assert contents(resume("kept")) == whole()


# -- the command -----------------------------------------------------------------------------------


def call(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


COMMAND = [
    "train",
    "table.csv",
    "--target",
    "species",
    *["--hidden", "4", "--epochs", "6", "--seed", "2"],
]


def model(path: str = "m") -> Any:
    spec, arrays = model_files.read(path)
    return plain([spec, arrays])


def test_the_command_goes_on_where_it_was_stopped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    more = ("--cv", 3, "--report", "r.html", "--against", "sklearn")
    code, out, _ = call(capsys, *COMMAND, *more, "-o", "whole")
    assert code == 0
    scores = out[out.index("network, training rows") :].splitlines()[:5]

    def interrupted(*words: Any, **more: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("workings.scores.scoring.scores", interrupted)
        patch.setattr("workings.jobs.job.scores", interrupted)  # after the training, before its end
        code, out, err = call(capsys, *COMMAND, *more, "-o", "m", "--checkpoint", "run")
    assert (code, err) == (130, "workings: stopped\n")
    assert out.endswith("Go on with:\n  workings resume run\n")
    assert not Path("m").exists()
    Path("r.html").unlink()
    code, out, err = call(capsys, "resume", "run")
    assert (code, err) == (0, "")
    assert "All epochs are done" in out
    assert all(line in out for line in scores)
    assert model() == model("whole")
    assert "Cross-validation" in Path("r.html").read_text()
    assert "Cross-validated" not in out  # that was finished before


def test_folds_that_were_not_finished_are_begun_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call(capsys, *COMMAND, "--cv", 3, "-o", "whole")

    def interrupted(*words: Any, **more: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("workings.jobs.cross_validation.baselines", interrupted)
        code, out, _ = call(capsys, *COMMAND, "--cv", 3, "-o", "m", "--checkpoint", "run")
    assert (code, out.splitlines()[-1]) == (130, "  workings resume run")
    code, out, _ = call(capsys, "resume", "run")
    assert code == 0
    assert "It had not begun to learn" in out
    assert "Cross-validated on 344 rows: 3 folds" in out
    assert model() == model("whole")


def test_a_finished_training_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, *COMMAND, "-o", "m", "--checkpoint", "run")[0] == 0
    before = model()
    said = "This training is finished; its model is m.\n"
    assert call(capsys, "resume", "run") == (0, said, "")
    Path("m").unlink()
    code, out, _ = call(capsys, "resume", "run")
    assert code == 0
    assert "This training is finished, and its model is not there: it is written again." in out
    assert model() == before
    Path("m").write_text("another model")
    code, _, err = call(capsys, "resume", "run")
    assert code == 2
    assert "m is another file by now. Move that away" in err
    assert Path("m").read_text() == "another model"


@pytest.mark.parametrize("place", ["m", "r.html"])
def test_a_checkpoint_cannot_have_any_file_overwritten(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be a stranger's, and say that results go anywhere."""
    words = (*COMMAND, "-o", "m", "--report", "r.html", "--checkpoint", "run")
    assert call(capsys, *words)[0] == 0
    for path in map(Path, ("m", "r.html")):
        path.unlink()
    Path(place).write_text("my notes")
    code, _, err = call(capsys, "resume", "run")
    assert code == 2
    assert "is another file by now" in err or f"written to {place}, and that is another" in err
    assert Path(place).read_text() == "my notes"
    Path(place).unlink()
    assert call(capsys, "resume", "run")[0] == 0
    assert sorted(os.listdir()) == ["m", "r.html", "run", "table.csv"]
    Path("m").unlink()
    assert call(capsys, "resume", "run")[0] == 0  # its own page it may write again


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--every", "5s"], "--every goes with --checkpoint"),
        (["--every", "often", "--checkpoint", "run"], "--every 'often'"),
        (["--every", "0", "--checkpoint", "run"], "--every '0'"),
        (["--every", "-3s", "--checkpoint", "run"], "--every '-3s'"),
        (["--checkpoint", "m"], "that is where another file goes"),
        (["--checkpoint", "no/run"], "there is no folder no"),
        (["--checkpoint", "table.csv"], "it is not a folder"),
    ],
)
def test_what_cannot_be_kept_is_refused_first(
    capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    code, out, err = call(capsys, *COMMAND, "-o", "m", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert why in err
    assert os.listdir() == ["table.csv"]


@pytest.mark.parametrize("every", [0, -1, float("nan"), "60s"])
def test_how_often_is_a_number_of_seconds(every: Any) -> None:
    with pytest.raises(SettingError, match="more than 0 was expected"):
        train("table.csv", "species", checkpoint="run", every=every, **TOLD)
    assert not Path("run").exists()


# -- another machine -------------------------------------------------------------------------------


def test_what_the_last_digits_depend_on_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    begun()
    monkeypatch.setattr(resuming, "made_by", lambda: {**FOUND, "NumPy": "9.9"})
    (note,) = resumed("run").notes
    assert note.startswith("the last digits may differ")
    assert f"NumPy ({np.__version__} then, 9.9 now)" in note


FOUND = resuming.made_by()


def test_machine_code_of_another_processor_is_said_and_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun(engine="compiled")
    path = newest()
    spec, arrays = model_files.read(path)
    spec["state"]["history"]["machine"] = "another"
    model_files.write(path, spec, arrays)
    assert "the processor" in resumed("run").notes[0]
    found = resume("run").history
    assert (found.engine, found.machine) == ("compiled", "several")


def test_an_engine_that_cannot_be_had_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    begun(engine="compiled")
    monkeypatch.setattr(resuming, "lacking", lambda word: "llvmlite is not installed")
    assert "the engine (compiled then, numpy now" in resumed("run").notes[0]
    assert resume("run").history.engine == "numpy"


def test_auto_goes_on_with_the_engine_that_ran(every_engine: str) -> None:
    begun()
    found = resumed("run")
    assert isinstance(found.state, State)
    assert found.state.history.engine == every_engine
    assert contents(resume("run")) == whole()
