"""Where the bytes of a table come from: a file, a packed one, or standard input.

`source_of`     a path, or "-" -> `Source`
`Source`        bytes that can be read from their beginning as often as needed
`unpacked`      what a gzip file or a zip archive of one file holds, as another source
`free_bytes`    how much memory there is to be had

What is packed may unpack to a thousand times its size. It is unpacked as it is read, and no
further than the memory that is free, for its table would not fit there anyway.
"""

from __future__ import annotations

import errno
import gzip
import io
import lzma
import os
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, BinaryIO, cast

from workings.data import decoding
from workings.errors import DataError
from workings.files import REASONS, PathLike, clean
from workings.memory import free_memory

SMALL = 4 * 2**20  # bytes; more than this is read in blocks and kept compactly
UNKNOWN = 4 * 2**30  # bytes of memory taken to be free where the system does not say
STANDARD_INPUT = "-"

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
_DAMAGED = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, gzip.BadGzipFile)
_UNREADABLE = (OSError, NotImplementedError, *_DAMAGED)  # whatever zipfile and gzip raise


@dataclass(frozen=True)
class Source:
    """The bytes of `name`; `opened` gives them from the beginning, `size` is their number."""

    name: str
    opened: Callable[[], BinaryIO]
    size: int | None = None
    path: PathLike | None = None

    @cached_property
    def head(self) -> bytes:
        """The first bytes: all of them, unless there are more than `SMALL`."""
        with self.stream() as stream:
            return _filled(stream, SMALL + 1)

    @property
    def small(self) -> bool:
        """Whether `head` is all there is."""
        return len(self.head) <= SMALL

    def stream(self) -> BinaryIO:
        """The bytes from the beginning; raises `DataError` where they cannot be had."""
        try:
            return self.opened()
        except _UNREADABLE as error:
            raise _refused(self.name, error) from error

    def on_disk(self, kept: ExitStack) -> PathLike:
        """A file that holds the bytes: their own, or a copy that is there as long as `kept`.

        Raises `DataError` where the temporary folder has no room for it.
        """
        if self.path is not None:
            return self.path
        with self.stream() as stream, _temporary(self.name):
            copy = Path(kept.enter_context(tempfile.TemporaryDirectory())) / "table"
            with copy.open("wb") as file:
                _copy(stream, file)
        return copy


def source_of(path: PathLike, kept: ExitStack) -> Source:
    """The bytes of the file at `path`, of standard input if that is "-"; what has to be let go of
    at last goes to `kept`.

    Raises `DataError` for what is no regular file.
    """
    if path == STANDARD_INPUT:
        return _standard_input(kept)
    name = clean(os.fspath(path))
    size = decoding.size_of(path)
    if size <= SMALL:
        data = decoding.contents(path)
        return Source(name, lambda: io.BytesIO(data), size, path)
    return Source(name, lambda: open(path, "rb"), size, path)


def _standard_input(stack: ExitStack) -> Source:
    """Standard input can be read once only; what is long goes to a file without a name."""
    name = "standard input"
    with closing(_Bounded(sys.stdin.buffer, name, "is longer than")) as stream, _temporary(name):
        kept = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        _copy(cast("BinaryIO", stream), kept)

    def opened() -> BinaryIO:
        file = os.fdopen(os.dup(kept.fileno()), "rb")
        file.seek(0)
        return file

    return Source(name, opened, kept.tell())


def unpacked(source: Source) -> Source:
    """What `source` holds, if it is packed; itself if it is not.

    Raises `DataError` for an archive of several files, and for what is damaged or locked.
    """
    if source.head.startswith(GZIP):
        return Source(source.name, lambda: _gunzip(source))
    if source.head.startswith(ZIP):
        with source.stream() as stream:
            member = _only_member(stream, source.name)
        return Source(source.name, lambda: _unzip(source, member))
    return source


def is_workbook(source: Source) -> bool:
    """Whether it is an Excel or OpenDocument workbook: a zip archive of sheets, or an old one."""
    if source.head.startswith(b"\xd0\xcf\x11\xe0"):
        return True
    if not source.head.startswith(ZIP):
        return False
    try:
        with source.stream() as stream, zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    except _UNREADABLE as error:
        raise _refused(source.name, error) from error
    return any(name.startswith("xl/") or name == "content.xml" for name in names)


def free_bytes() -> int:
    """How many bytes of memory there are to be had, those of other programs' files too."""
    try:
        with open("/proc/meminfo") as file:
            lines = dict(line.split(":", 1) for line in file)
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return free_memory() or UNKNOWN


def in_words(size: int) -> str:
    """A number of bytes for people: "1.5 GiB"."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.1f} MiB"


@contextmanager
def _temporary(name: str) -> Iterator[None]:
    """What goes wrong while a copy is written is no fault of the table called `name`."""
    try:
        yield
    except OSError as error:
        folder = clean(tempfile.tempdir or "")
        reason = REASONS.get(error.errno or 0) or error.strerror or str(error)
        raise DataError(
            f"cannot read {name}: a copy of it cannot be written to the temporary folder "
            f"{folder}".rstrip() + f" ({clean(reason)})",
            hint="Make room there, or name another folder in the environment as TMPDIR.",
            file=name, found=reason,
        ) from error  # fmt: skip


def _copy(stream: BinaryIO, file: IO[bytes]) -> None:
    """Write all of `stream` to a temporary file, as far as there is room."""
    room = shutil.disk_usage(tempfile.gettempdir()).free
    while part := stream.read(2**20):
        room -= len(part)
        if room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        file.write(part)
    file.flush()


def _gunzip(source: Source) -> BinaryIO:
    stream = source.stream()
    return _bounded(cast("IO[bytes]", gzip.GzipFile(fileobj=stream)), stream, source.name)


def _unzip(source: Source, member: str) -> BinaryIO:
    stream = source.stream()
    return _bounded(zipfile.ZipFile(stream).open(member), stream, source.name)


def _bounded(inner: IO[bytes], outer: IO[bytes], name: str) -> BinaryIO:
    bounded = _Bounded(inner, name, "unpacks to more than", [inner, outer])
    return io.BufferedReader(bounded, 2**20)


def _only_member(stream: BinaryIO, name: str) -> str:
    try:
        with zipfile.ZipFile(stream) as archive:
            members = [one for one in archive.infolist() if _is_file(one.filename)]
    except _UNREADABLE as error:
        raise _refused(name, error) from error
    if len(members) != 1:
        names = ", ".join(clean(one.filename) for one in members[:5])
        raise DataError(
            f"cannot read {name}: it is a zip archive of {len(members)} files, expected one"
            + (f" ({names})" if names else ""),
            hint="Unpack it and name the one you mean.", file=name, found=len(members),
        )  # fmt: skip
    if members[0].flag_bits & 1:
        raise DataError(
            f"cannot read {name}: the archive is locked by a password",
            hint="Unpack it first.", file=name,
        )  # fmt: skip
    return members[0].filename


def _is_file(name: str) -> bool:
    return not name.endswith("/") and not name.startswith("__MACOSX/")


class _Bounded(io.RawIOBase):
    """A stream that ends in a `DataError` where it goes beyond the memory that is free.

    It reads `inner`, and closes what it `owns`.
    """

    def __init__(
        self, inner: IO[bytes], name: str, what: str, owns: Sequence[IO[bytes]] = ()
    ) -> None:  # fmt: skip
        self.inner, self.name, self.what, self.owns = inner, name, what, owns
        self.limit = free_bytes()
        self.given = 0

    def close(self) -> None:
        for stream in self.owns:
            stream.close()
        super().close()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            data = self.inner.read(len(view))
        except _UNREADABLE as error:
            raise _refused(self.name, error) from error
        view[: len(data)] = data
        self.given += len(data)
        if self.given > self.limit:
            raise DataError(
                f"cannot read {self.name}: it {self.what} {in_words(self.limit)}, "
                "which is the memory that is free",
                hint="Take part of its rows or columns.", file=self.name, found=self.given,
            )  # fmt: skip
        return len(data)


def _filled(stream: BinaryIO, count: int) -> bytes:
    """The next `count` bytes, fewer only at the end."""
    parts = []
    while count and (part := stream.read(count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _refused(name: str, error: Exception) -> DataError:
    if isinstance(error, _DAMAGED):
        reason = f"it is packed, and damaged ({clean(str(error))})"
        return DataError(
            f"cannot read {name}: {reason}", hint="Fetch the file again.", file=name, found=reason
        )
    if isinstance(error, NotImplementedError):
        reason = f"it is packed in a way that is not known here ({clean(str(error))})"
        return DataError(
            f"cannot read {name}: {reason}", hint="Unpack it first.", file=name, found=reason
        )
    reason = getattr(error, "strerror", None) or str(error)
    return DataError(
        f"cannot read {name}: {clean(reason)}", hint="Check its name and its rights.",
        file=name, found=reason,
    )  # fmt: skip
