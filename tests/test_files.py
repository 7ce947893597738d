"""Files are written whole or not at all, and what goes wrong is one sentence."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workings.errors import SettingError
from workings.files import check_writable, clean, replacing


def test_a_new_file_takes_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "model.txt"
    path.write_text("old")
    with replacing(path) as file:
        file.write("new äöü\n")
        assert path.read_text() == "old"
    assert path.read_bytes() == "new äöü\n".encode()
    assert os.listdir(tmp_path) == ["model.txt"]


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    with replacing(tmp_path / "x", "wb") as file:
        file.write(b"\x00\r\n\xff")
    assert (tmp_path / "x").read_bytes() == b"\x00\r\n\xff"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, ZeroDivisionError])
@pytest.mark.parametrize("before", ["old", None])
def test_an_exception_leaves_what_was_there(
    tmp_path: Path, stop: type[BaseException], before: str | None
) -> None:
    path = tmp_path / "model.txt"
    if before:
        path.write_text(before)

    def write() -> None:
        with replacing(path) as file:
            file.write("half")
            file.flush()
            raise stop

    with pytest.raises(stop):
        write()
    assert [p.read_text() for p in tmp_path.iterdir()] == ([before] if before else [])


@pytest.mark.fault("disk full")
@pytest.mark.parametrize("call", ["fsync", "write"])
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EIO, "the disk reports an error"),
        (errno.EDQUOT, "the disk quota is used up"),
    ],
)
def test_a_disk_that_fails_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, words: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, "as the system says it")

    path = tmp_path / "model.txt"
    path.write_text("old")
    if call == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    message = rf"cannot write .*model\.txt: {words}"
    with pytest.raises(SettingError, match=message) as caught, replacing(path) as file:
        (fail if call == "write" else file.write)("new")
    assert caught.value.file == str(path)
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


@pytest.mark.fault("disk full")
def test_a_file_that_grows_past_the_limit_of_the_system(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    path = tmp_path / "big"
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(SettingError, match="larger than this"), replacing(path, "wb") as file:
            file.write(b"x" * 2_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert os.listdir(tmp_path) == []


@pytest.mark.fault("write error")
def test_a_refused_rename_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(errno.EACCES, "no", str(self), None, str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(SettingError, match="permission is missing"), replacing(tmp_path / "a"):
        pass
    assert os.listdir(tmp_path) == []


def test_an_error_about_another_file_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "a") as file:
        file.write((tmp_path / "missing").read_text())
    with pytest.raises(TimeoutError), replacing(tmp_path / "a"):
        raise TimeoutError
    assert os.listdir(tmp_path) == []


def test_rights_and_links_are_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "real", tmp_path / "link"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    with replacing(link) as file:
        file.write("new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_rights(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    with replacing(tmp_path / "new"):
        pass
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_an_unknown_mode() -> None:
    with pytest.raises(SettingError, match="mode 'a': expected 'w' or 'wb'"):
        replacing("x", "a")  # type: ignore[call-overload]


@pytest.mark.fault("bad output")
@pytest.mark.parametrize("write", [check_writable, lambda path: replacing(path).__enter__()])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing/x.txt", "there is no folder .*missing"),
        ("file/x.txt", "file is not a folder"),
        ("folder", "it is a folder"),
        ("pipe", "it is a device or pipe"),
        ("x" * 300, "the name is too long"),
        ("a\0b", "null byte"),
    ],
)
def test_paths_that_cannot_be_written(
    tmp_path: Path, write: Callable[[str], object], name: str, message: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SettingError, match=message):
        write(f"{tmp_path}/{name}")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder", "pipe"]


def test_an_empty_path() -> None:
    with pytest.raises(SettingError, match="the path is empty"):
        check_writable("")


def test_a_write_protected_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kept").write_text("old")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SettingError, match="write-protected"):
        check_writable(tmp_path / "kept")


@pytest.mark.fault("write error")
def test_a_folder_that_takes_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object) -> int:
        raise OSError(errno.EROFS, "read-only", str(path))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SettingError, match="the disk can only be read"):
        check_writable(tmp_path / "x")
    with pytest.raises(SettingError, match="the disk can only be read"), replacing(tmp_path / "x"):
        pass


def test_checking_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "new")
    assert os.listdir(tmp_path) == []
    (tmp_path / "old").write_text("kept")
    check_writable(tmp_path / "old")
    assert (tmp_path / "old").read_text() == "kept"


@pytest.mark.fault("T16")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Größe 1\u00a0mm 木 🐧", "Größe 1\u00a0mm 木 🐧"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\u202eb\u2066", r"a\u202eb\u2066"),
        ("\n\t\x9b", r"\x0a\x09\x9b"),
        ("\udcff\U000e0041", r"\udcff\U000e0041"),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_file_and_folder_are_flushed_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = []

    def flush(descriptor: int) -> None:
        flushed.append(stat.S_IFMT(os.fstat(descriptor).st_mode))

    monkeypatch.setattr(os, "fsync", flush)
    with replacing(tmp_path / "x"):
        pass
    assert flushed == [stat.S_IFREG, stat.S_IFDIR]


WRITER = """
import sys, time
from pathlib import Path
from workings.files import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write("half of it")
    file.flush()
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="files cannot be held there")
def test_what_a_killed_writer_left_is_removed_and_nobody_elses_is(tmp_path: Path) -> None:
    def left() -> int:
        return len(list(tmp_path.glob(".*.part")))

    path, other = tmp_path / "model", tmp_path / ".model.2.0123456789ab.part"
    other.write_text("that of another file, of the name model.2")
    words = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as writer:  # noqa: S603
        assert writer.stdout
        writer.stdout.readline()
        path.write_text("old")
        with replacing(path) as file:  # while another one is at work
            file.write("new")
        assert left() == 2
        writer.kill()
    assert (left(), path.read_text()) == (2, "new")
    with replacing(path) as file:
        file.write("newer")
    assert sorted(os.listdir(tmp_path)) == sorted([other.name, "model"])
