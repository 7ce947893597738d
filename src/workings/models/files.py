"""Model files: arrays and a description, with a digest over all of it. Data, never a program.

    write(path, spec, arrays)     whole or not at all
    read(path)                    -> (spec, arrays), once the digest has been checked

The file is a safetensors file with a single JSON key, "workings". One key, because the bytes of
files with several differ from run to run; sorted, so that equal models are equal files. What a file
says of its sizes is compared with its bytes before any of it is believed: see `reading.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from workings import files
from workings.errors import ModelFileError, SettingError
from workings.models import reading
from workings.trace import Array

FORMAT = 1
LONGEST = 300  # characters of why a file cannot be loaded, which may quote it
SHOWN = 40  # characters of one thing that is quoted
NO_MEMORY = "it needs more memory than is free"
ROOM = "End other programs, or load it on a larger machine."
AGAIN = "Fetch it again, or train the model again."


def write(path: files.PathLike, spec: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Writes a file; raises `SettingError` if it cannot be written, or could not be read again."""
    from safetensors.numpy import save

    # safetensors 0.8 writes an array that is not contiguous as if it were
    tensors = {word: np.asarray(x, order="C") for word, x in sorted(arrays.items())}
    told = {**spec, "format": FORMAT}
    text = json.dumps({**told, "digest": _digest(told, tensors)}, sort_keys=True)
    if too_much := reading.too_much(text.encode()):
        name = files.clean(str(path))
        raise SettingError(
            f"cannot write {name}: the description of the model {too_much}",
            hint="Train on fewer rows, or with fewer words in each column.", file=str(path),
        )  # fmt: skip
    with files.replacing(path, "wb") as file:
        file.write(save(tensors, metadata={"workings": text}))


def read(path: files.PathLike) -> tuple[dict[str, Any], dict[str, Array]]:
    """The description and the arrays; raises `ModelFileError` for anything damaged or foreign."""
    try:
        with reading.opened(path) as (file, size):
            header, head = reading.header(file, size)
            text = _text(header)
            reading.check_sizes(header, size - len(head), size)
            spec = _spec(text)
            arrays = reading.arrays(file, head, size)
            if spec.pop("digest", None) != _digest(spec, arrays):
                raise reading.Damaged("its contents do not match its digest")
    except reading.Damaged as error:
        raise bad(path, f"it is damaged: {error}", hint=AGAIN) from None
    except reading.Foreign as error:
        raise bad(path, str(error), hint=error.hint) from None
    except MemoryError:
        raise bad(path, NO_MEMORY, hint=ROOM) from None
    return spec, arrays


def bad(path: files.PathLike, why: str, *, hint: str = "") -> ModelFileError:
    """The error that says why a model file cannot be loaded."""
    where = files.clean(str(path))
    return ModelFileError(
        f"cannot load {where}: {files.clean(short(why, LONGEST))}", hint=hint, file=str(path)
    )


def short(text: object, most: int = SHOWN) -> str:
    """What is quoted from a file, cut where it is long."""
    said = str(text)
    return said if len(said) <= most else f"{said[:most]} ..."


def version_hint(spec: Mapping[str, Any]) -> str:
    """Which version wrote a file."""
    return f"It was written by workings {files.clean(short(spec.get('version')))}."


def _text(header: Mapping[str, Any]) -> str:
    told = header.get("__metadata__", {})
    text = told.get("workings") if isinstance(told, dict) else None
    if not isinstance(text, str):
        raise reading.Foreign(
            "it is a safetensors file, but not one of workings",
            hint="Name a file that workings saved; see docs/adopting.md for networks of others.",
        )
    return text


def _spec(text: str) -> dict[str, Any]:
    spec = reading.plain(text, "its description")
    if not isinstance(spec, dict) or "format" not in spec:
        raise reading.Damaged("its description is none")
    if spec.get("format") != FORMAT:
        raise reading.Foreign(
            f"it has format {short(repr(spec.get('format')))}, and this version reads {FORMAT}",
            hint=version_hint(spec),
        )
    # the digest is taken of what the text says; of all texts that say it, one is right
    if reading.dumped(spec, sort_keys=True) != text:
        raise reading.Damaged("its description is not written as workings writes it")
    return spec


def _digest(spec: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    digest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode())
    for word, x in sorted(arrays.items()):
        digest.update(f"\0{word}\0{x.dtype}\0{x.shape}\0".encode())
        digest.update(np.ascontiguousarray(x).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
