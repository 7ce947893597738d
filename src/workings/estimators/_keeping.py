"""`fit(..., checkpoint=folder)`: the state of a fit is kept, and the same fit goes on from it.

with kept(estimator, checkpoint, start, data) as (keeper, state): ...

A fit is recognised by its parameters, its rows and its starting weights, all of them to the last
bit; another one in the same folder is refused.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral
from typing import Any

import numpy as np

from workings.errors import ModelFileError, SettingError
from workings.jobs.checkpoints import Folder, Found
from workings.jobs.keeper import EVERY, KIND, FolderKeeper
from workings.models import files as model_files
from workings.training.runs import Values
from workings.training.states import State, from_data


def check_told(estimator: Any, checkpoint: Any) -> None:
    """Raises ValueError where a fit could not be gone on with."""
    if checkpoint is None:
        return
    if estimator.warm_start:
        raise ValueError("checkpoint is for a fit from the start: set warm_start=False.")
    if not isinstance(estimator.random_state, Integral):
        raise ValueError(
            f"checkpoint needs a whole number as random_state, got {estimator.random_state!r}: "
            "with others the same fit draws other numbers when it goes on."
        )


@contextmanager
def kept(
    estimator: Any, checkpoint: Any, start: Values, *data: Any, room: int = 0
) -> Iterator[tuple[FolderKeeper | None, State | None]]:
    """Who keeps the states of this fit, and the one it goes on from; neither without a folder.

    `checkpoint` is a folder, or a folder and how many seconds there are between two states; `room`
    is how many bytes they may come to take.
    """
    if checkpoint is None:
        yield None, None
        return
    path, every = checkpoint if isinstance(checkpoint, tuple) else (checkpoint, EVERY)
    folder, told = Folder(os.fspath(path)), {"fit": recognised(estimator, start, data)}
    keeper, state = FolderKeeper(folder, told, every=every), None
    if folder.numbers():
        state = _state(folder, folder.newest(), told)
    else:
        folder.claim(room)
    with keeper:
        yield keeper, state
    if keeper.warning:
        warnings.warn(keeper.warning, stacklevel=2)


def _state(folder: Folder, found: Found, told: dict[str, Any]) -> State:
    if found.note:
        warnings.warn(found.note, stacklevel=4)
    try:
        ours = found.spec.get("kind") == KIND and found.spec.get("fit") == told["fit"]
        state = from_data(found.spec["state"], found.arrays) if ours else None
    except (LookupError, TypeError, ValueError) as error:
        raise _malformed(found, error) from None
    if state is None:
        raise SettingError(
            f"cannot keep checkpoints of this fit in {folder}: it holds those of another training, "
            "or of a fit with other parameters or rows",
            hint="Name another folder.",
        )
    return state


def _malformed(found: Found, error: Exception) -> ModelFileError:
    return model_files.bad(found.path, f"its description is malformed ({error})")


def recognised(estimator: Any, start: Values, data: tuple[Any, ...]) -> str:
    """What a fit is recognised by: a digest of all that its outcome depends on."""
    digest = hashlib.sha256(type(estimator).__name__.encode())
    for word, value in sorted(estimator.get_params(deep=False).items()):
        if word != "verbose":
            digest.update(f"\0{word}={_said(value)}".encode())
    for word, x in sorted(start.items()):
        _digest_into(digest, word, x)
    for place, one in enumerate(data):
        for word, x in ({} if one is None else one.parts).items():
            _digest_into(digest, f"{place} {word}", x)
    return digest.hexdigest()


def _said(value: Any) -> str:
    """A parameter in words that are the same in every process."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_said, value))}]"
    name = getattr(value, "name", None) or getattr(value, "__qualname__", None)
    return f"{type(value).__name__} {name}" if name else repr(value)


def _digest_into(digest: Any, word: str, x: Any) -> None:
    parts = [x.data, x.indices, x.indptr] if hasattr(x, "indptr") else [np.asarray(x)]
    digest.update(f"\0{word}{x.shape}".encode())
    for part in parts:
        digest.update(f"\0{part.dtype}\0".encode() + np.ascontiguousarray(part).tobytes())
