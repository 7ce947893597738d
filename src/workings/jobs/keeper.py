"""Whoever keeps the states of a training in a folder, every so often and at the end.

with FolderKeeper(folder, told, every=60.0) as keeper:
    job.run(keeper=keeper)

What cannot be written is said once and tried again: no training is lost because a disk is full.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from threading import TIMEOUT_MAX, Timer
from typing import Any

import numpy as np

from workings import __version__, files
from workings.batches import Whole
from workings.errors import ModelFileError, SettingError, WorkingsError
from workings.jobs.checkpoints import Folder
from workings.models import files as model_files
from workings.trace import Array
from workings.training.runs import is_number
from workings.training.states import State, to_data

EVERY = 60.0  # seconds
KIND, PIECE = "checkpoint", "record"  # of what a file holds
Say = Callable[[str], None]


class FolderKeeper:
    """Keeps states in a folder; `told` is what else goes into each file, by name."""

    def __init__(
        self, folder: Folder, told: Mapping[str, Any], *, every: float = EVERY,
        say: Say = warnings.warn,
    ) -> None:  # fmt: skip
        check_every(every)
        self.folder, self.told, self.every, self.say = folder, dict(told), every, say
        self.stop: Whole = np.zeros(1, np.int64)
        self.state: State | None = None
        self.failure = ""  # why the last one could not be written
        self.timer: Timer | None = None
        self.held: int | None = None  # the folder, so that nobody else goes on with it too

    def __enter__(self) -> FolderKeeper:
        self.held = files.hold(self.folder.path)
        return self

    def __exit__(self, *_: object) -> None:
        if self.timer is not None:
            self.timer.cancel()
        if self.held is not None:
            os.close(self.held)

    @property
    def due(self) -> bool:
        """Whether it is time."""
        return bool(self.stop[0])

    def keep(self, state: State | None) -> None:
        """Writes a state; None before there is any."""
        self.state = state
        data, arrays = (None, {}) if state is None else to_data(state)
        spec = {"kind": KIND, "version": __version__, **self.told, "state": data}
        self._done(lambda: self.folder.write(spec, arrays))

    def add(self, number: int, first: int, arrays: Mapping[str, Array]) -> bool:
        """Writes a piece of a record, with so many looks before it; False if it cannot be."""
        spec = {"kind": PIECE, "version": __version__, **self.told, "first": first}
        return self._done(lambda: self.folder.add(number, spec, arrays))

    def piece(self, number: int, first: int) -> Mapping[str, Array] | None:
        """A piece that was written; None, and says so, where it is not whole or not ours."""
        told = {"kind": PIECE, **self.told, "first": first}
        try:
            spec, arrays = self.folder.piece(number)
            if any(spec.get(word) != one for word, one in told.items()):
                why = f"piece {number} of its record is of something else"
                raise model_files.bad(self.folder.path, why)
        except ModelFileError as error:
            self.say(f"{error.message}. What was done from there on is done again")
            return None
        return arrays

    def give_up(self) -> None:
        """Says that nothing more is kept."""
        self.say("Too much waits to be written: no further checkpoint of this training is kept")

    def _done(self, write: Callable[[], None]) -> bool:
        """Writes; says it once if that fails. From now on nothing is due for a while."""
        self.stop[0] = 0
        try:
            write()
        except (WorkingsError, OSError, MemoryError) as error:
            self._failed(error)
        else:
            if self.failure:
                self.say("a checkpoint could be written again")
            self.failure = ""
        self._wait()
        return not self.failure

    def note(self, **told: Any) -> None:
        """Writes the last state again, with something more."""
        self.told |= told
        self.keep(self.state)

    @property
    def warning(self) -> str:
        """What is to be said at the end of checkpoints that could not be written, or ""."""
        if not self.failure:
            return ""
        if self.folder.numbers():
            return f"the last checkpoint in {self.folder} is an earlier one, as {self.failure}"
        return f"there is no checkpoint in {self.folder}, as {self.failure}"

    def _failed(self, error: Exception) -> None:
        why = getattr(error, "message", "") or f"{type(error).__name__}: {error}"
        if not self.failure:
            self.say(
                f"{why}. The training goes on without this checkpoint, and tries again "
                f"every {self.every:g} s"
            )
        self.failure = why

    def _wait(self) -> None:
        """Asks for the next state in a while."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = Timer(min(self.every, TIMEOUT_MAX), self._ask)
        self.timer.daemon = True
        self.timer.start()

    def _ask(self) -> None:
        self.stop[0] = 1


def check_every(every: Any) -> None:
    """Raises `SettingError` for what is no number of seconds."""
    if not (is_number(every) and every > 0):
        raise SettingError(
            f"cannot keep a checkpoint every {every!r} seconds: more than 0 was expected"
        )
