"""Object code kept from one run to the next: a bounded folder of files that are checked when read.

    kept(key, make)        the code under that key, made if it isn't there or isn't what was kept

The folder is `kernels` in the user's cache folder; the environment variable `WORKINGS_KERNELS`
names another one, or says `off`. A file is written beside its place and then moved there, so that
two processes cannot disturb each other; a damaged one is noticed by its digest and made again.
A folder that others may write to is not used.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SETTING, OFF = "WORKINGS_KERNELS", "off"
ROOM = 256  # files; a kernel takes some ten thousand bytes
DIGEST = 32


def kept(key: str, make: Callable[[], bytes]) -> bytes:
    """The code under that key, a hexadecimal digest of all that it depends on."""
    folder = place()
    if folder is None or not _is_ours(folder):
        return make()
    found = _read(folder / f"{key}.kernel", key)
    if found is None:
        found = make()
        with suppress(OSError):  # a disk that is full or cannot be written: go on without
            _write(folder, key, found)
    return found


def place() -> Path | None:
    """The folder, or None if nothing is to be kept."""
    told = os.environ.get(SETTING, "")
    if told:
        return None if told == OFF else Path(told)
    with suppress(RuntimeError):
        return _user_folder() / "workings" / "kernels"
    return None


def _is_ours(folder: Path) -> bool:
    """Whether nobody else may write there: what lies there will be run."""
    try:
        found = folder.stat()
    except OSError:
        return True  # it is not there yet
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def _user_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _read(path: Path, key: str) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, code = content[:DIGEST], content[DIGEST:]
    return code if digest == _digest(key, code) else None


def _write(folder: Path, key: str, code: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, beside = tempfile.mkstemp(dir=folder, prefix="new")
    try:
        with open(descriptor, "wb") as file:
            file.write(_digest(key, code) + code)
        os.replace(beside, folder / f"{key}.kernel")
    except BaseException:
        os.unlink(beside)
        raise
    _make_room(folder)


def _make_room(folder: Path) -> None:
    """Removes the files that were written longest ago, if there are too many."""
    files = sorted(folder.glob("*.kernel"), key=lambda path: path.stat().st_mtime)
    for path in files[:-ROOM]:
        path.unlink(missing_ok=True)


def _digest(key: str, code: bytes) -> bytes:
    return hashlib.sha256(key.encode() + code).digest()
