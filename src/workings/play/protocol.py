"""Messages and binary frames of `workings.1`, as `docs/playground-protocol.md` says.

frame(TAPE, payload, run=1, step=3)     the bytes of one frame
said(message)                           JSON text, with infinity and NaN as words
refusal(error)                          what a request is answered with that cannot be done
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.errors import DataError, NotSupported, WorkingsError

NAME = "workings.1"
MAGIC = b"WKG1"
HEADER = struct.Struct("<4sBBHIIQII")
TICK, TAPE, HIST, CURVE, MAP, FILE = range(1, 7)
F64, F32, U8 = range(3)
RUNNING, WHOLE = 1, 2
MESSAGE, UPLOAD, CHUNK = 1_000_000, 5_000_000, 262_144  # bytes
REQUESTS = 50  # a second


@dataclass(frozen=True)
class Header:
    """The first 32 bytes of a frame."""

    kind: int
    dtype: int
    flags: int
    run: int
    seq: int
    step: int
    schema: int
    size: int


def frame(header: Header, payload: bytes) -> bytes:
    """A frame: its header, then its payload."""
    return HEADER.pack(
        MAGIC, header.kind, header.dtype, header.flags, header.run, header.seq, header.step,
        header.schema, len(payload),
    ) + payload  # fmt: skip


def read_frame(data: bytes) -> tuple[Header, bytes]:
    """The reverse of `frame`; raises ValueError for what is none.

    >>> read_frame(frame(Header(TAPE, F64, 0, 1, 2, 3, 4, 0), b"12345678"))[0].step
    3
    """
    magic, *facts = HEADER.unpack_from(data)
    if magic != MAGIC or len(data) != HEADER.size + facts[-1]:
        raise ValueError("this is no frame")
    return Header(*facts), data[HEADER.size :]


def said(message: Any) -> str:
    """JSON text; numbers that are not finite are the words JavaScript has for them."""
    try:
        return json.dumps(message, allow_nan=False, separators=(",", ":"), default=_plain)
    except ValueError:
        return json.dumps(_finite(message), allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not sent")


def _finite(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return _finite(_plain(value))
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {word: _finite(one) for word, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value


class Refused(WorkingsError):
    """A request that cannot be answered; `code` says of which kind."""

    def __init__(self, code: str, message: str, *, hint: str = "", field: str = "") -> None:
        super().__init__(message, hint=hint, code=code, field=field)


CODES: tuple[tuple[type[WorkingsError], str], ...] = (
    (DataError, "bad_data"), (NotSupported, "not_available"), (WorkingsError, "bad_value"),
)  # fmt: skip


def refusal(error: WorkingsError) -> dict[str, Any]:
    """What is said of a refused request."""
    code = error.facts.get("code") or next(word for kind, word in CODES if isinstance(error, kind))
    return {
        "code": code, "field": str(error.facts.get("field", "")), "message": error.message,
        "hint": error.hint, "text": str(error),
    }  # fmt: skip
