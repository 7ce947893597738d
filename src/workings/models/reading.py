"""The bytes of a model file, held to their sizes before anything of their size is made.

    opened(path)                the one file that is opened, a regular one, and how long it is
    header(file, size)          what its head says, with the bytes that say it
    check_sizes(header, ..)     each array fills the bytes it says, and together they fill the file
    arrays(file, head, size)    the arrays
    plain(text, what)           JSON text -> plain data, of which there is one spelling

Raised are `Damaged` and `Foreign`, which `files.py` makes sentences of. The form is that of
safetensors: eight bytes that say how long the header is, the header (JSON), the bytes of the
arrays; https://github.com/huggingface/safetensors describes it.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from workings.data.sources import free_bytes, in_words
from workings.files import PathLike
from workings.trace import Array

LENGTH = 8  # bytes that say how long the header is
MOST_BYTES = 64 * 2**20  # of a header
MOST_PARTS = 1_000_000  # lists and objects in it: each takes a hundred bytes of memory
MOST_ITEMS = 16_000_000  # whatever stands between commas
COPIES = 3  # of the whole file, while it is read
SMALL = 16 * 2**20  # bytes; for less, nobody asks how much memory is free
ITEM = {  # bytes of a number of each kind
    "F64": 8, "F32": 4, "F16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4,
    "U16": 2, "U8": 1, "BOOL": 1,
}  # fmt: skip


class Damaged(ValueError):
    """Something in the file is not as it was written."""


class Foreign(ValueError):
    """The file is something else."""

    def __init__(self, why: str, *, hint: str = "") -> None:
        super().__init__(why)
        self.hint = hint


@contextmanager
def opened(path: PathLike) -> Iterator[tuple[BinaryIO, int]]:
    """The file at `path` and its length; anything but a regular file is refused unread."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # before it is opened: a pipe would wait
            raise Foreign("it is not a file", hint="Name a file that workings saved.")
        with open(path, "rb") as file:
            found = os.fstat(file.fileno())
            yield file, found.st_size
    except FileNotFoundError:
        raise Foreign("there is no such file", hint="Check the name and the folder.") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise Foreign(f"it cannot be read ({why})", hint="Check its name and its rights.") from None
    except ValueError as error:
        if isinstance(error, Damaged | Foreign):
            raise
        raise Foreign(f"there is no such name ({error})", hint="Check its name.") from None


def header(file: BinaryIO, size: int) -> tuple[dict[str, Any], bytes]:
    """What the head of the file says, and the bytes of it."""
    head = file.read(LENGTH)
    length = int.from_bytes(head, "little")
    if len(head) < LENGTH or not 2 <= length <= size - LENGTH:
        raise _no_model()
    if length > MOST_BYTES:
        raise Foreign(
            f"its header is {in_words(length)} long, and at most {in_words(MOST_BYTES)} are read",
            hint="Name a file that workings saved.",
        )
    told = file.read(length)
    if len(told) < length:
        raise Damaged("it became shorter while it was read")
    if not told.startswith(b'{"'):
        raise _no_model()
    if why := too_much(told):
        raise Foreign(f"its header {why}", hint="Name a file that workings saved.")
    try:
        found = plain(told.decode().rstrip(" "), "its header")
    except (Damaged, UnicodeDecodeError):
        raise _no_model() from None
    if dumped(found, ensure_ascii=False, separators=(",", ":")).encode() != told.rstrip(b" "):
        raise Damaged("its header is not written as workings writes it")
    return found, head + told


def too_much(text: bytes) -> str:
    """Why JSON text would take more memory than it may, before any of it is read; "" if not."""
    if len(text) > MOST_BYTES:
        return f"is {in_words(len(text))} long, and at most {in_words(MOST_BYTES)} are read"
    parts, items = text.count(b"{") + text.count(b"["), text.count(b",")
    if parts > MOST_PARTS:
        return f"has {parts} lists, and at most {MOST_PARTS} are read"
    if items > MOST_ITEMS:
        return f"has {items} items, and at most {MOST_ITEMS} are read"
    return ""


def check_sizes(header: Mapping[str, Any], stored: int, size: int) -> None:
    """Whether the arrays that are told of are as large as the bytes there are."""
    total = 0
    for word, told in header.items():
        if word != "__metadata__":
            total += _bytes_of(word, told)
    if total != stored:
        raise Damaged(f"it tells of {total} bytes of weights and holds {stored}")
    need = COPIES * size
    if size > SMALL and need > (free := free_bytes()):
        raise Foreign(
            f"it is {in_words(size)} long: loading it needs about {in_words(need)} of memory, "
            f"and {in_words(free)} are free",
            hint="End other programs, or load it on a larger machine.",
        )


def _bytes_of(word: str, told: Any) -> int:
    """How many bytes an array takes, from its shape; its place must be as long."""
    try:
        kind, shape, (first, last) = told["dtype"], told["shape"], told["data_offsets"]
        whole = all(type(one) is int and 0 <= one < 2**48 for one in (*shape, first, last))
    except (TypeError, ValueError, LookupError):
        raise _no_model() from None
    if not whole or set(told) != {"dtype", "shape", "data_offsets"} or type(kind) is not str:
        raise _no_model()
    if kind not in ITEM:
        raise Foreign(
            f"its array {word[:40]!r} holds numbers of the kind {kind[:40]!r}, which is not known",
            hint="Name a file that workings saved.",
        )  # fmt: skip
    need: int = ITEM[kind] * math.prod(shape)
    if need != last - first:
        raise Damaged(f"its array {word[:40]!r} needs {need} bytes and has {last - first}")
    return need


def arrays(file: BinaryIO, head: bytes, size: int) -> dict[str, Array]:
    """The arrays of a file whose sizes have been checked."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    rest = file.read(size - len(head) + 1)
    if len(rest) != size - len(head):
        raise Damaged("its length changed while it was read")
    try:
        found: dict[str, Array] = load(head + rest)
    except (SafetensorError, ValueError, LookupError):
        raise Damaged("its arrays overlap or leave gaps") from None
    return found


def plain(text: str, what: str) -> Any:
    """JSON text as plain data."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Damaged(f"{what} cannot be read") from None


def dumped(found: Any, **how: Any) -> str:
    """Plain data as JSON text, or none if it is nested too deeply for that."""
    try:
        return json.dumps(found, **how)
    except (ValueError, RecursionError):
        return ""


def _no_model() -> Foreign:
    return Foreign(
        "it is not a model file, or it is damaged", hint="Name a file that workings saved."
    )
