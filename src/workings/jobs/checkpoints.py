"""A folder of checkpoints: the newest, and the one before it until the next is whole.

    folder = Folder("run")
    folder.check(), .claim()        it is there, can be written, and holds nobody's checkpoints
    folder.write(spec, arrays)      whole or not at all
    folder.newest()                 -> Found: the newest that is whole, and what is to be said of it
    folder.add(3, spec, arrays)     a piece of a record: what is not written again with the next one
    folder.piece(3)                 -> its description and its arrays

Each is a file like a model's: arrays and a description with a digest over all of it, data and
never a program.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workings import files
from workings.data.sources import in_words
from workings.errors import ModelFileError, SettingError
from workings.models import files as model_files
from workings.trace import Array

NAME = re.compile(r"checkpoint-(\d{6,12})\.workings")


@dataclass(frozen=True)
class Found:
    """A checkpoint that is whole; `note` says why it is not the newest, or nothing."""

    path: Path
    spec: dict[str, Any]
    arrays: dict[str, Array]
    note: str = ""


class Folder:
    """A folder of checkpoints, which are numbered as they are written."""

    def __init__(self, path: files.PathLike) -> None:
        self.path = Path(path)
        self.whole: int | None = None  # the last that is known to be whole

    def __str__(self) -> str:
        return files.clean(str(self.path))

    def numbers(self) -> list[int]:
        """Those that are there, the oldest first."""
        with suppress(OSError):
            found = (NAME.fullmatch(name) for name in os.listdir(self.path))
            return sorted(int(match[1]) for match in found if match)
        return []

    def claim(self, room: int = 0) -> None:
        """The same, and makes the folder, if so many bytes have room there."""
        self.check()
        if room:
            self._check_room(room)
        files.make_folder(self.path)

    def check(self) -> None:
        """Raises `SettingError` if it holds checkpoints already, or cannot; leaves nothing."""
        if not self.path.exists():
            files.check_writable(self.path)  # as a file, which is as good
            return
        files.make_folder(self.path)
        if self.numbers():
            raise SettingError(
                f"cannot keep checkpoints in {self}: it holds those of another training",
                hint=f"Go on with it by: workings resume {self}. Or name another folder.",
                file=str(self.path),
            )
        files.check_writable(self._place(1))

    def write(self, spec: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        """Writes the next one; the last that was whole stays, and what is older goes."""
        before, number = self.numbers(), max([*self.numbers(), self.whole or 0], default=0) + 1
        files.make_folder(self.path)
        model_files.write(self._place(number), spec, arrays)
        for old in before:
            if old != self.whole:
                with suppress(OSError):
                    self._place(old).unlink()
        self.whole = number

    def newest(self) -> Found:
        """The newest that is whole; raises `ModelFileError` where there is none."""
        damaged: list[str] = []
        for number in reversed(self.numbers()):
            try:
                spec, arrays = model_files.read(self._place(number))
            except ModelFileError as error:
                damaged.append(error.message)
                continue
            self.whole = number
            note = f"{damaged[0]}. The one before it is taken, which is whole" if damaged else ""
            return Found(self._place(number), spec, arrays, note)
        raise self._none(damaged)

    def add(self, number: int, spec: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        """Writes a piece of the record."""
        files.make_folder(self.path)
        model_files.write(self._piece(number), spec, arrays)

    def piece(self, number: int) -> tuple[dict[str, Any], dict[str, Array]]:
        """A piece of the record; raises `ModelFileError` where it is not whole."""
        return model_files.read(self._piece(number))

    def _none(self, damaged: list[str]) -> ModelFileError:
        if damaged:
            many = f"none of its {len(damaged)} is whole"
            none = many if damaged[1:] else "the only one is not whole"
            why, hint = f"{none}: {damaged[0]}", "Train again, with another folder."
        elif self.path.is_dir():
            why, hint = "there is none in it", "Name the folder that was given as --checkpoint."
        else:
            what = "it is not a folder" if self.path.exists() else "there is no such folder"
            why, hint = what, "Name the folder that was given as --checkpoint."
        return ModelFileError(
            f"cannot go on from the checkpoints in {self}: {why}", hint=hint, file=str(self.path)
        )

    def _place(self, number: int) -> Path:
        return self.path / f"checkpoint-{number:06d}.workings"

    def _piece(self, number: int) -> Path:
        return self.path / f"record-{number:06d}.workings"

    def _check_room(self, need: int) -> None:
        free = shutil.disk_usage(self.path if self.path.exists() else self.path.parent).free
        if need > free:
            raise SettingError(
                f"cannot keep checkpoints in {self}: they may take {in_words(need)}, and "
                f"{in_words(free)} are free there",
                hint="Name a folder on another disk, allow fewer iterations, or use a solver with "
                "epochs, whose checkpoints are small.",
            )
