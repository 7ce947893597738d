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
from workings.errors import SettingError, WorkingsError
from workings.jobs.checkpoints import Folder
from workings.training.runs import is_number
from workings.training.states import State, to_data

EVERY = 60.0  # seconds
KIND = "checkpoint"
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
        self.state, self.stop[0] = state, 0
        data, arrays = (None, {}) if state is None else to_data(state)
        spec = {"kind": KIND, "version": __version__, **self.told, "state": data}
        try:
            self.folder.write(spec, arrays)
        except (WorkingsError, OSError, MemoryError) as error:
            self._failed(error)
        else:
            if self.failure:
                self.say("a checkpoint could be written again")
            self.failure = ""
        self._wait()

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
