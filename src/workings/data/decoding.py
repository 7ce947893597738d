"""Bytes -> text: what a file is before it is a table.

`contents`    the bytes of one regular file, or an error that says why not
`decoded`     their text with line ends made one kind, and notes on the encoding
`MAGIC`       how files begin that are not text tables, and what to do with each

A file is looked at before it is read: a pipe would wait for ever, a workbook or a web page under
the name of a .csv would become rows of nonsense.
"""

from __future__ import annotations

import codecs
import difflib
import os
import re
import stat
from pathlib import Path

from workings.errors import DataError
from workings.files import PathLike, clean

MAX_BYTES = 2**30

_AS_CSV = "Save the table as CSV and read that."
_UNPACK = "Unpack it first."
MAGIC = (
    (rb"PK\x03\x04", "an Excel workbook or another zip archive", _AS_CSV),
    (rb"\xd0\xcf\x11\xe0", "an old Excel workbook", _AS_CSV),
    (rb"PAR1", "a Parquet file", _AS_CSV),
    (rb"%PDF-", "a PDF document", _AS_CSV),
    (rb"SQLite format 3", "an SQLite data base", _AS_CSV),
    (rb"\x93NUMPY", "a NumPy array", "Read it with numpy.load and use Table.from_arrays."),
    (rb"\x1f\x8b", "packed with gzip", _UNPACK),
    (rb"BZh[1-9]1AY", "packed with bzip2", _UNPACK),
    (rb"\xfd7zXZ\x00", "packed with xz", _UNPACK),
    (rb"\x28\xb5\x2f\xfd", "packed with zstd", _UNPACK),
    (rb"\x89PNG", "a PNG picture", "Name a table instead."),
    (rb"\xff\xd8\xff", "a JPEG picture", "Name a table instead."),
    (
        rb"version https://git-lfs\.github\.com/spec/",
        "a Git LFS pointer, which stands in for the file itself",
        "Fetch the file with `git lfs pull`.",
    ),
    (
        rb"(?i)\s*<(!doctype|html|\?xml)",
        "a web page (HTML) or XML",
        "Download the file itself, not the page that shows it.",
    ),
    (rb'\s*(\{\s*["}]|\[\s*[\[{"\]0-9-])', "JSON", _AS_CSV),
)
MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1f]")


def size_of(path: PathLike) -> int:
    """How many bytes the regular file at `path` has; raises `DataError` if it is none."""
    name = clean(os.fspath(path))
    try:
        about = os.stat(path)
    except FileNotFoundError:
        raise _no_file(name, Path(path)) from None
    except (OSError, ValueError) as error:
        raise _unread(name, getattr(error, "strerror", None) or str(error)) from error
    if not stat.S_ISREG(about.st_mode):
        what = "a folder" if stat.S_ISDIR(about.st_mode) else "a pipe or device"
        hint = "Name a CSV file." if what == "a folder" else "Name a file, or - for standard input."
        raise _unread(name, f"it is {what}, expected a file", hint=hint)
    return about.st_size


def contents(path: PathLike) -> bytes:
    """All bytes of the regular file at `path`; raises `DataError` that says why it cannot."""
    name = clean(os.fspath(path))
    size = size_of(path)
    if size > MAX_BYTES:
        reason = f"it has {size / 2**30:.1f} GiB, expected at most {MAX_BYTES / 2**30:.1f}"
        raise _unread(name, reason, hint="Take part of its rows or columns.")
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise _unread(name, error.strerror or str(error)) from error


def check_text(data: bytes, name: str) -> None:
    """Raise `DataError` where the beginning `data` is not that of a text, saying of what it is."""
    if not data:
        raise _unread(name, "it is empty, expected a header and rows")
    for pattern, what, hint in MAGIC:
        if re.match(pattern, data):
            raise _unread(name, f"it seems to be {what}, expected a text table", hint=hint)


def decoded(data: bytes, name: str) -> tuple[str, list[str]]:
    """The text of `data` with every line end as a line feed, and the notes on its encoding.

    UTF-8 with or without a mark, UTF-16 with one; what is not UTF-8 is read as Windows-1252, with
    a note. Raises `DataError` for a file that is no text, saying what it seems to be.

    >>> decoded(codecs.BOM_UTF8 + b"a,b\\r\\n1,2\\r\\n", "x.csv")
    ('a,b\\n1,2\\n', [])
    """
    check_text(data, name)
    return text_of(data, name)


def text_of(data: bytes, name: str) -> tuple[str, list[str]]:
    """As `decoded`, for a text that need not be a table."""
    text, notes = _text(data, name)
    if "\0" in text:
        raise zero_bytes(name)
    if not text.strip():
        raise only_blanks(name)
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def marked(data: bytes) -> tuple[str, str]:
    """The encoding that a mark at the beginning names, for Python and for people, or nothing."""
    found = ((codec, title) for mark, codec, title in MARKS if data.startswith(mark))
    return next(found, ("", ""))


def zero_bytes(name: str) -> DataError:
    """What is said of a file that holds zero bytes."""
    hint = "If it is UTF-16 or UTF-32 text without a mark, save it as UTF-8."
    return _unread(name, "it holds zero bytes, so it is not a text table", hint=hint)


def only_blanks(name: str) -> DataError:
    """What is said of a file of blanks and line ends."""
    return _unread(name, "it holds only blanks")


def no_text(name: str) -> DataError:
    """What is said of a file that is neither UTF-8 nor any other text."""
    hint = "Name a CSV, Excel or Parquet file."
    return _unread(name, "it holds bytes that are no text", hint=hint)


def badly_marked(name: str, codec: str, line: int) -> DataError:
    """What is said of a file that is not what its mark says, first on `line`."""
    reason = f"it is marked as {codec}, but line {line} is not valid in it"
    return _unread(name, reason, hint="Save it again as UTF-8.", row=line)


def _text(data: bytes, name: str) -> tuple[str, list[str]]:
    for mark, codec, title in MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], codec, name), _note_encoding(title)
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        return _western(data, error.start, name)


def _note_encoding(title: str) -> list[str]:
    return [] if title == "UTF-8" else [f"the encoding is {title}"]


def _marked(data: bytes, codec: str, name: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(codec, errors="ignore").count("\n") + 1
        raise badly_marked(name, codec, line) from error


def _western(data: bytes, start: int, name: str) -> tuple[str, list[str]]:
    if CONTROLS.search(data):
        raise no_text(name)
    line = data.count(b"\n", 0, start) + 1
    try:
        text, title = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, title = data.decode("latin-1"), "Latin-1"
    return text, [f"the encoding is not UTF-8 (line {line}), read as {title}"]


def _no_file(name: str, path: Path) -> DataError:
    if not path.parent.is_dir():
        folder = clean(str(path.parent))
        return _unread(name, f"there is no folder {folder}", hint="Check its name.")
    near = near_files(path)
    hint = f"Did you mean {', '.join(near)}?" if near else "Check the name and the folder."
    return _unread(name, "there is no such file", hint=hint, near=near)


def near_files(path: Path) -> list[str]:
    """Up to three files in the folder of `path` whose names are near, as paths."""
    try:
        there = {name.lower(): name for name in os.listdir(path.parent)}
    except OSError:
        return []
    close = difflib.get_close_matches(path.name.lower(), there, n=3)
    return [clean(str(path.parent / there[name])) for name in close]


def _unread(
    name: str, reason: str, *, hint: str = "Name another file.", **facts: object
) -> DataError:
    return DataError(
        f"cannot read {name}: {reason}", hint=hint, **{"file": name, "found": reason} | facts
    )
