"""Whatever is written is the old file or the new one, wherever the disk or the process fails."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from faults.harness import ERRORS, Fault, disk, killed, left
from faults.saying import checked
from workings import exports, files
from workings.data import write_csv
from workings.errors import SettingError
from workings.jobs.fitting import train
from workings.jobs.job import Result
from workings.reporting import pages
from workings.taking import of_model

SOURCE = Path(files.__file__).parent
Write = Callable[[Path], object]
FORMS = ("c", "json", "latex", "numpy", "r", "xlsx")


@pytest.fixture(scope="module")
def result() -> Result:
    return train("xor", hidden=[2], epochs=2)


@pytest.fixture(scope="module")
def writers(result: Result) -> dict[str, Write]:
    """Everything that is written for users: each a function of the path."""
    rows = [repr(number / 7) for number in range(400)]
    made = {form: exports.content(of_model(result.model), form) for form in FORMS}
    return {
        "model": result.model.save,
        "predictions": lambda path: write_csv(path, ["line", "y"], [rows, rows]),
        "report": lambda path: pages.save("<p>" + "ä" * 4000, path),
        **{form: lambda path, text=text: _export(path, text) for form, text in made.items()},
    }


def _export(path: Path, text: str | bytes) -> None:
    """As `exports.write`, whose text is the same each time and takes long to make."""
    with files.replacing(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


WRITERS = ("model", "predictions", "report", *FORMS)
CHOSEN = ("model", "predictions")  # of these every fault, of the others the first of each kind
OLD = b"what was there before\n"


def places(calls: dict[str, int], every: bool) -> list[tuple[str, int]]:
    """Which call of which kind is to fail: each of a few, the first and the last of many."""
    found = []
    for call, count in calls.items():
        numbers = range(1, count + 1) if every and count < 8 else (1, count)
        found += [(call, number) for number in dict.fromkeys(numbers)]
    return found


@pytest.mark.fault("disk full", "write error")
@pytest.mark.parametrize("word", WRITERS)
@pytest.mark.parametrize("before", [OLD, None], ids=["over an old file", "anew"])
def test_an_error_leaves_the_old_file_or_the_new_one(
    writers: dict[str, Write], tmp_path: Path, word: str, before: bytes | None
) -> None:
    path = tmp_path / "out"
    writers[word](path)
    whole = path.read_bytes()
    with disk() as calls:
        writers[word](path)
    assert calls["write"] >= 1 <= calls["fsync"]
    hows = [*ERRORS, "half"] if word in CHOSEN else ["full", "half"]
    for call, number in places(dict(calls), word in CHOSEN):
        for how, sticky in [(how, sticky) for how in hows for sticky in (False, True)]:
            path.write_bytes(before) if before else path.unlink(missing_ok=True)
            refused = _tried(writers[word], path, Fault(call, number, how, sticky))
            now = path.read_bytes() if path.exists() else None
            assert now in (before, whole), (call, number, how)
            assert now == whole or refused
            # the folder is flushed after the new file has taken its place
            assert now == before or not refused or (call, number) == ("fsync", calls["fsync"])
            assert left(tmp_path) == (["out"] if now else [])


def _tried(write: Write, path: Path, fault: Fault) -> bool:
    """Whether it was refused, in one sentence that names the file."""
    try:
        with disk(fault):
            write(path)
    except SettingError as error:
        checked(error, f"cannot write {path}: ")
        return True
    return False


@pytest.mark.fault("write error")
def test_a_disk_that_takes_half_at_a_time_is_written_to_again(
    writers: dict[str, Write], tmp_path: Path
) -> None:
    for word in WRITERS:
        path = tmp_path / word
        writers[word](path)
        whole = path.read_bytes()
        with disk(Fault("write", 1, "short")):
            writers[word](path)
        assert path.read_bytes() == whole


@pytest.mark.fault("kill write")
@pytest.mark.parametrize("before", [OLD, None], ids=["over an old file", "anew"])
@pytest.mark.parametrize("word", ["model", "predictions", "xlsx"])
def test_a_kill_leaves_the_old_file_or_the_new_one(
    writers: dict[str, Write], tmp_path: Path, word: str, before: bytes | None
) -> None:
    path = tmp_path / "out"
    writers[word](path)
    whole = path.read_bytes()
    path.write_bytes(before) if before else path.unlink()
    with disk() as calls:
        writers[word](path)
    for call, number in places(dict(calls), every=False):
        for how in ("kill", "after"):
            path.write_bytes(before) if before else path.unlink(missing_ok=True)
            assert killed(lambda: writers[word](path), Fault(call, number, how))
            now = path.read_bytes() if path.exists() else None
            assert now in (before, whole)
            renamed = call == "replace" and how == "after"
            assert now == (whole if renamed or (call, number) == ("fsync", 2) else before)
            others = [name for name in left(tmp_path) if name != "out"]
            # nobody is left to remove it; it is hidden, and never taken for a whole file
            assert all(re.fullmatch(r"\.out\.[0-9a-f]+\.part", name) for name in others)
            writers[word](path)
            assert path.read_bytes() == whole
            for name in others:
                (tmp_path / name).unlink(missing_ok=True)


@pytest.mark.fault("two writers")
def test_two_runs_on_one_output_leave_one_whole_file(tmp_path: Path) -> None:
    path, times = tmp_path / "out", 60
    texts = {b"a" * 300_001, b"b" * 200_003}

    def write_again_and_again(text: bytes) -> None:
        for _ in range(times):
            with files.replacing(path, "wb") as file:
                file.write(text)

    children = []
    for text in sorted(texts):
        child = os.fork()
        if child == 0:
            try:
                write_again_and_again(text)
                os._exit(0)
            finally:
                os._exit(7)
        children.append(child)
    seen = set()
    while children:
        if path.exists():
            seen.add(path.read_bytes())
        done, status = os.waitpid(-1, os.WNOHANG)
        if done:
            children.remove(done)
            assert os.waitstatus_to_exitcode(status) == 0
    assert seen <= texts
    assert path.read_bytes() in texts
    assert left(tmp_path) == ["out"]


@pytest.mark.fault("bad output", "write error")
@pytest.mark.parametrize("word", WRITERS)
def test_places_that_cannot_be_written_are_named(
    writers: dict[str, Write], tmp_path: Path, word: str
) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    for name in ("none/out", "file/out", "folder", "x" * 300, "a\0b"):
        with pytest.raises(SettingError, match="cannot write ") as caught:
            writers[word](tmp_path / name)
        checked(caught.value)
    with disk(Fault("open", 1, "read-only", sticky=True)):
        with pytest.raises(SettingError, match="can only be read") as caught:
            writers[word](tmp_path / "out")
        with pytest.raises(SettingError, match="can only be read"):
            files.check_writable(tmp_path / "out")
    checked(caught.value)
    assert left(tmp_path) == ["file", "folder"]


# whoever writes: their own folders and copies, which nobody looks for
MAY_WRITE = {
    "files.py": "the one writer",
    "compiling/keeping.py": "kernels, which are made anew when they are damaged",
    "data/sources.py": "a copy in the temporary folder",
    "worksheets/pdf.py": "LaTeX's own folder",
    "learning/beside_r.py": "R's own folder",
}
WRITES = {"write_text", "write_bytes", "mkstemp", "NamedTemporaryFile", "fdopen"}
MOVES = {"rename", "renames", "truncate", "symlink", "link", "copyfile", "copy2", "move"}


def _writes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    modes = [word.value for word in [*node.args, *(k.value for k in node.keywords)]
             if isinstance(word, ast.Constant) and isinstance(word.value, str)]  # fmt: skip
    to_write = name == "open" and any(re.fullmatch(r"[rwaxbt+]*[wax+][bt+]*", m) for m in modes)
    module = ast.unparse(node.func).split(".")[0]
    return to_write or name in WRITES or (module in ("os", "shutil") and name in MOVES)


@pytest.mark.fault("kill write")
def test_nothing_is_written_but_by_the_one_writer() -> None:
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).parts[0] != "benchmarking"
        and any(map(_writes, ast.walk(ast.parse(path.read_text()))))
    }
    assert found == set(MAY_WRITE)


@pytest.mark.fault("disk full")
def test_kernels_that_cannot_be_kept_are_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workings.compiling import keeping

    monkeypatch.setenv(keeping.SETTING, str(tmp_path / "kernels"))
    for call in ("open", "replace"):
        with disk(Fault(call, 1, "full", sticky=True)):
            assert keeping.kept("0" * 64, lambda: b"code") == b"code"
    assert keeping.kept("0" * 64, lambda: b"code") == b"code"
    kept: Any = next((tmp_path / "kernels").glob("*.kernel"))
    kept.write_bytes(kept.read_bytes()[:-1])  # damaged: made anew, and never run
    assert keeping.kept("0" * 64, lambda: b"anew") == b"anew"
