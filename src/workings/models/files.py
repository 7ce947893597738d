"""Model files: arrays and a description, with a digest over all of it. Data, never a program.

    write(path, spec, arrays)     whole or not at all
    read(path)                    -> (spec, arrays), once the digest has been checked

The file is a safetensors file with a single JSON key, "workings". One key, because the bytes of
files with several differ from run to run; sorted, so that equal models are equal files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from workings import files
from workings.errors import ModelFileError
from workings.trace import Array

FORMAT = 1
LONGEST = 300  # characters of why a file cannot be loaded, which may quote it


def write(path: files.PathLike, spec: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Writes a file; raises `SettingError` if it cannot be written."""
    from safetensors.numpy import save

    # safetensors 0.8 writes an array that is not contiguous as if it were
    tensors = {word: np.asarray(x, order="C") for word, x in sorted(arrays.items())}
    told = {**spec, "format": FORMAT}
    text = json.dumps({**told, "digest": _digest(told, tensors)}, sort_keys=True)
    with files.replacing(path, "wb") as file:
        file.write(save(tensors, metadata={"workings": text}))


def read(path: files.PathLike) -> tuple[dict[str, Any], dict[str, Array]]:
    """The description and the arrays; raises `ModelFileError` for anything damaged or foreign."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    data = _bytes(path)
    try:
        arrays = load(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        text = header.get("__metadata__", {}).get("workings")
    except (SafetensorError, ValueError, LookupError, RecursionError, AttributeError):
        raise bad(path, "it is not a model file, or it is damaged") from None
    if text is None:
        raise bad(path, "it is a safetensors file, but not one of workings")
    spec = _spec(path, text)
    if spec.pop("digest", None) != _digest(spec, arrays):
        raise bad(path, "it is damaged: its contents do not match its digest")
    return spec, arrays


def bad(path: files.PathLike, why: str, *, hint: str = "") -> ModelFileError:
    """The error that says why a model file cannot be loaded."""
    said = why if len(why) <= LONGEST else f"{why[:LONGEST]} ..."
    where = files.clean(str(path))
    return ModelFileError(f"cannot load {where}: {said}", hint=hint, file=str(path))


def _spec(path: files.PathLike, text: str) -> dict[str, Any]:
    try:
        spec = json.loads(text)
    except (ValueError, RecursionError):
        raise bad(path, "it is damaged: its description cannot be read") from None
    if not isinstance(spec, dict) or "format" not in spec:
        raise bad(path, "it is damaged: its description is none")
    if spec.get("format") != FORMAT:
        raise bad(
            path, f"it has format {spec.get('format')!r}, and this version reads {FORMAT}",
            hint=f"It was written by workings {spec.get('version')}.",
        )  # fmt: skip
    return spec


def _bytes(path: files.PathLike) -> bytes:
    try:
        if Path(path).exists() and not Path(path).is_file():
            raise bad(path, "it is not a file")
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise bad(path, getattr(error, "strerror", None) or str(error)) from None


def _digest(spec: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    digest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode())
    for word, x in sorted(arrays.items()):
        digest.update(f"\0{word}\0{x.dtype}\0{x.shape}\0".encode() + x.tobytes())
    return digest.hexdigest()
