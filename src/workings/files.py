"""Files written whole or not at all, and text made safe to show.

`replacing(path)`         write beside `path`, then take its place: no half-written file ever
`check_writable(path)`    say early, before work is spent, that a path cannot be written
`make_folder(path)`       there is such a folder from now on
`hold(folder)`            no other process can have it too
`clean(text)`             control and direction characters shown, not obeyed, by a terminal

A run may be stopped, or the disk be full, at any moment; what was at `path` before stays there
until the new file is complete and on the disk. What a writer that was killed leaves beside it, the
next one removes.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal, overload

from workings.errors import SettingError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PathLike = str | os.PathLike[str]
SHORT = 40  # characters of a name that are kept in that of the new file beside it
REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than this system allows",
    errno.EACCES: "the permission is missing",
    errno.EPERM: "the permission is missing",
    errno.EROFS: "the disk can only be read",
    errno.EIO: "the disk reports an error",
    errno.ENAMETOOLONG: "the name is too long",
}
# Some file systems (and Windows) cannot flush a folder; the file itself is safe by then.
FOLDER_CANNOT_FLUSH = {errno.EINVAL, errno.EACCES, errno.EPERM, errno.ENOTSUP, errno.EISDIR}


@overload
def replacing(path: PathLike, mode: Literal["w"] = "w") -> AbstractContextManager[IO[str]]: ...
@overload
def replacing(path: PathLike, mode: Literal["wb"]) -> AbstractContextManager[IO[bytes]]: ...
def replacing(path: PathLike, mode: str = "w") -> AbstractContextManager[IO[Any]]:
    r"""Open a new file that takes the place of `path` when the block ends without an error.

    Text ("w") is UTF-8 with line ends as written; "wb" takes bytes. On any exception, a keyboard
    interrupt too, the new file is removed and the old one stays. A link is followed.

    Raises `SettingError`, naming `path`, when it cannot be written (folder missing, disk full).

    >>> import tempfile; folder = Path(tempfile.mkdtemp())
    >>> with replacing(folder / "notes.txt") as file:
    ...     _ = file.write("all of it\n")
    >>> (folder / "notes.txt").read_text(), len(os.listdir(folder))
    ('all of it\n', 1)
    """
    if mode not in ("w", "wb"):
        raise SettingError(f"cannot open a file in mode {mode!r}: expected 'w' or 'wb'", found=mode)
    return _replacing(path, mode)


@contextmanager
def _replacing(path: PathLike, mode: str) -> Iterator[IO[Any]]:
    place = _place(path)
    _sweep(place)
    new = _beside(place)
    try:
        try:
            while not _is_held(descriptor := _created(new)):  # somebody took it for left behind
                os.close(descriptor)
                new = _beside(place)
            with _holding(descriptor), _opened(descriptor, mode) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
                file.close()
                _keep_mode(place, new)
                new.replace(place)
        except BaseException:
            with suppress(OSError):
                new.unlink()
            raise
        _flush_folder(place.parent)
    except OSError as error:
        if not _ours(error, {str(new), str(place), str(place.parent)}):
            raise  # it came out of the caller's block and is the caller's
        raise _refusal(path, error) from error


def check_writable(path: PathLike, *others: PathLike | None) -> None:
    """Raise `SettingError` if a file cannot be written at `path`; nothing is left there.

    `others` are files that are read or written too, and must not be lost.

    >>> check_writable("/no/such/folder/model.json")
    Traceback (most recent call last):
    workings.errors.SettingError: cannot write /no/such/folder/model.json: there is no folder \
/no/such/folder. Create it first, or name another path.
    """
    place = _place(path)
    for other in others:
        if other is not None and os.path.realpath(other) == os.path.realpath(place):
            raise _problem(
                path, "it is read or written by this command already", hint="Name another path."
            )
    new = _beside(place)
    try:
        os.close(_created(new))
        new.unlink(missing_ok=True)  # another writer may have swept it away
    except OSError as error:
        raise _refusal(path, error) from error


def make_folder(path: PathLike) -> None:
    """Makes a folder unless it is there; raises `SettingError` if it cannot be."""
    try:
        Path(path).mkdir(exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise _problem(path, "it is not a folder", hint="Name another one.") from None
    except FileNotFoundError:
        reason = f"there is no folder {clean(str(Path(path).parent))}"
        raise _problem(path, reason, hint="Create it first, or name another one.") from None
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from error


def hold(folder: PathLike) -> int | None:
    """Holds a folder until what is returned is closed; None where that cannot be.

    Raises `SettingError` if another process holds it.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    if _hold(descriptor) is False:
        os.close(descriptor)
        raise _problem(
            folder, "another process is at work there", hint="Wait until it has ended, or end it."
        )
    return descriptor


def clean(text: str) -> str:
    r"""`text` for a terminal or a log: what is not printed there is shown as an escape.

    Control characters, direction marks and invisible characters cannot move the cursor, set a
    title or reorder what is read.

    >>> print(clean("a\x1b[31mb\u202ec\n"))
    a\x1b[31mb\u202ec\x0a
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(sign: str) -> str:
    if sign.isprintable() or unicodedata.category(sign) == "Zs":
        return sign
    code = ord(sign)
    kind, width = ("x", 2) if code < 0x100 else ("u", 4) if code < 0x10000 else ("U", 8)
    return f"\\{kind}{code:0{width}x}"


def _place(path: PathLike) -> Path:
    """Where the file really goes; refuses what is no file or lies in no folder."""
    if not os.fspath(path):
        raise SettingError(
            "cannot write a file without a name: the path is empty", hint="Name one.", file=""
        )
    try:
        place = Path(os.path.realpath(path))
        there = os.stat(place).st_mode
    except (FileNotFoundError, NotADirectoryError):
        there = None
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from error
    if there is not None and not stat.S_ISREG(there):
        what = "a folder" if stat.S_ISDIR(there) else "a device or pipe, not a file"
        raise _problem(path, f"it is {what}", hint="Name a file.")
    if there is not None and not os.access(place, os.W_OK):
        raise _problem(path, "the file there is write-protected", hint="Name another path.")
    if not place.parent.is_dir():
        folder = clean(os.path.dirname(os.fspath(path)))
        what = "is not a folder" if place.parent.exists() else ""
        reason = f"{folder} {what}" if what else f"there is no folder {folder}"
        raise _problem(path, reason, hint="Create it first, or name another path.")
    return place


def _beside(place: Path) -> Path:
    """A name that nothing has yet in the folder of `place`."""
    return place.with_name(f".{place.name[:SHORT]}.{secrets.token_hex(6)}.part")


def _created(new: Path) -> int:
    """A new empty file with the rights that a new file gets here, opened."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    return os.open(new, flags, 0o666)


# A file that is being written is held (locked) by its writer, until it is in its place or the
# writer is dead. Where files cannot be held, nothing is ever taken for left behind.


def _hold(descriptor: int) -> bool | None:
    """Holds a file: True, False if somebody else does, None where that cannot be."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _is_held(descriptor: int) -> bool:
    """Holds a new file; False if somebody was faster, and removes it."""
    return _hold(descriptor) is not False and os.fstat(descriptor).st_nlink > 0


@contextmanager
def _holding(descriptor: int) -> Iterator[None]:
    """Goes on holding a file when it is closed."""
    second = None if fcntl is None else os.dup(descriptor)
    try:
        yield
    finally:
        if second is not None:
            os.close(second)


def _sweep(place: Path) -> None:
    """Removes what writers that were killed have left beside `place`."""
    left = re.compile(re.escape(f".{place.name[:SHORT]}.") + r"[0-9a-f]{12}\.part")
    with suppress(OSError):
        for name in filter(left.fullmatch, os.listdir(place.parent)):
            with suppress(OSError), (place.parent / name).open("rb") as file:
                if _hold(file.fileno()):
                    (place.parent / name).unlink()


def _opened(descriptor: int, mode: str) -> IO[Any]:
    text = {} if "b" in mode else {"encoding": "utf-8", "newline": "\n"}
    return os.fdopen(descriptor, mode, **text)  # type: ignore[call-overload, no-any-return]


def _keep_mode(old: Path, new: Path) -> None:
    if old.exists():
        new.chmod(stat.S_IMODE(old.stat().st_mode))


def _flush_folder(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in FOLDER_CANNOT_FLUSH:
            raise


def _ours(error: OSError, paths: set[str]) -> bool:
    """Whether an error is about the file being written; a failed write names no file."""
    if error.filename is None:
        return error.errno in REASONS
    return os.fspath(error.filename) in paths


def _refusal(path: PathLike, error: OSError | ValueError) -> SettingError:
    number = getattr(error, "errno", None)
    reason = REASONS.get(number or 0) or getattr(error, "strerror", None) or str(error)
    return _problem(path, reason, hint="Make room, or name another path.")


def _problem(path: PathLike, reason: str, *, hint: str) -> SettingError:
    name = clean(os.fspath(path))
    return SettingError(f"cannot write {name}: {reason}", hint=hint, file=name, found=reason)
