"""Thousands of damaged and hostile model files, each loaded in a process that watches itself.

    python -m faults.hostile --count 10000 --seed 0 [--folder F]     prints what came of them (JSON)

Each file must be refused by `ModelFileError` in one sentence, or be the model that it says it is,
bit for bit: a damaged file is the model before the damage, a crafted one holds the weights that its
maker signed. An audit hook sees what is imported, run, opened and connected meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import random as randomness
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load as load_arrays

import workings
from faults.bombs import CRAFTED
from faults.saying import why_not
from workings.activations import Activation
from workings.data import Table
from workings.errors import ModelFileError, WorkingsError
from workings.models import Model, load

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins.csv"
WATCHED = {
    "pickle", "marshal", "exec", "compile", "import", "os", "subprocess", "socket", "ctypes",
    "code",
    "open", "shutil", "tempfile", "urllib", "webbrowser", "mmap", "glob", "sqlite3", "syslog",
}  # fmt: skip
Random = randomness.Random
Kept = tuple[Model, bytes]


class Watch:
    """What is done between `on` and `off`."""

    def __init__(self, path: str) -> None:
        self.path, self.armed, self.seen = path, False, Counter[str]()
        sys.addaudithook(self.look)

    def look(self, event: str, arguments: Any) -> None:
        if not self.armed or event.split(".")[0] not in WATCHED:
            return
        if event == "open" and str(arguments[0]) in (self.path, "/proc/meminfo"):
            return
        self.seen[f"{event} {str(arguments[:2])[:200]}"] += 1


def models() -> list[Model]:
    """Small ones of every kind: words and holes, amounts, an own formula, single precision."""
    small: dict[str, Any] = {"hidden": [2], "epochs": 1}
    bent = Activation("bent", formula=lambda x: x / (1.0 + x * x))
    return [
        workings.train(PENGUINS, "species", **small).model,
        workings.train("diabetes", **small, dtype="float32").model,
        workings.train("xor", hidden=[3, 2], epochs=1, activation=bent, dropout=0.5).model,
    ]


# -- damage: by disks and lines, and by nobody who knows the format --------------------------------


def _flip(random: Random, data: bytearray) -> None:
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _change(random: Random, data: bytearray) -> None:
    for _ in range(random.choice([1, 1, 2, 50])):
        data[random.randrange(len(data))] = random.randrange(256)


def _cut(random: Random, data: bytearray) -> None:
    del data[random.randrange(len(data)) :]


def _grow(random: Random, data: bytearray) -> None:
    data += random.randbytes(random.choice([1, 8, 4096]))


def _zero(random: Random, data: bytearray) -> None:
    first, long = random.randrange(len(data)), random.choice([1, 8, 512, 4096])
    data[first : first + long] = bytes(len(data[first : first + long]))


def _drop(random: Random, data: bytearray) -> None:
    first = random.randrange(len(data))
    del data[first : first + random.choice([1, 8, 512])]


def _double(random: Random, data: bytearray) -> None:
    first = random.randrange(len(data))
    data[first:first] = data[first : first + random.choice([1, 8, 512])]


def _swap(random: Random, data: bytearray) -> None:
    a, b, long = random.randrange(len(data)), random.randrange(len(data)), random.choice([1, 8, 64])
    data[a : a + long], data[b : b + long] = data[b : b + long], data[a : a + long]


DAMAGE: dict[str, Callable[[Random, bytearray], None]] = {
    "a bit flipped": _flip, "bytes changed": _change, "cut off": _cut, "grown": _grow,
    "zeroed": _zero, "a piece lost": _drop, "a piece doubled": _double, "pieces swapped": _swap,
}  # fmt: skip


def damaged(random: Random, word: str, data: bytes) -> bytes:
    """A copy of a file with some damage."""
    copy = bytearray(data)
    DAMAGE[word](random, copy)
    return bytes(copy)


# -- what comes of it ------------------------------------------------------------------------------


def contents(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The description in a model file, and its arrays."""
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return json.loads(header["__metadata__"]["workings"]), load_arrays(data)


class Trial:
    """Loads one file after the other, and keeps what came of them."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "m"
        self.watch = Watch(str(self.path))
        self.came: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.said: dict[str, list[str]] = {}
        self.slowest: tuple[float, str] = (0.0, "")
        self.peak = self.memory()

    @staticmethod
    def memory() -> float:
        """The most memory that this process ever had, in MB."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def file(self, word: str, data: bytes, same: Kept | None) -> None:
        """Loads a file; `same` is the model that a damaged one was, with its bytes."""
        self.path.write_bytes(data)
        self.loaded(word, str(self.path), data, same)

    def loaded(self, word: str, path: str, data: bytes, same: Kept | None) -> None:
        self.watch.armed = True
        began, found = time.process_time(), None
        try:
            found = load(path)
        except ModelFileError as error:
            self.refused(word, error)
        except BaseException as error:
            self.wrong.append(f"{word}: {type(error).__name__}: {error}"[:300])
        seconds = time.process_time() - began
        self.watch.armed = False
        self.slowest = max(self.slowest, (seconds, word))
        if self.memory() > self.peak + 1:
            self.peak = self.memory()
            self.came[f"most memory after: {word}"] = round(self.peak)
        if found is not None:
            self.accepted(word, found, data, same)

    def refused(self, word: str, error: ModelFileError) -> None:
        self.came["refused"] += 1
        reason = why_not(str(error), error.hint)
        if reason:
            self.wrong.append(f"{word}: {reason}: {str(error)[:300]}")
        place = "".join(sign for sign in str(error) if not sign.isdigit())
        self.said.setdefault(place[:90], [error.message, error.hint])

    def accepted(self, word: str, found: Model, data: bytes, same: Kept | None) -> None:
        """Whether a model is what the file says."""
        if same is not None:
            self.came["the same model"] += 1
            if data != same[1]:
                self.wrong.append(f"{word}: a changed file was loaded")
            return
        self.came["the model that was signed"] += 1
        _, arrays = contents(data)
        if any(found.values[one].tobytes() != x.tobytes() for one, x in arrays.items()):
            self.wrong.append(f"{word}: other weights than the file's")
        self.used(word, found)

    def used(self, word: str, found: Model) -> None:
        """Predicting with it does what predicting does."""
        rows = np.zeros((2, len(found.preparation.columns)))
        self.watch.armed = True
        began = time.process_time()
        try:
            found.predict(Table.from_arrays(rows, names=found.preparation.columns))
        except WorkingsError:
            pass
        except Exception as error:
            self.wrong.append(f"{word}: to predict: {type(error).__name__}: {error}"[:300])
        self.watch.armed = False
        self.slowest = max(self.slowest, (time.process_time() - began, f"to predict: {word}"))


def run(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """What came of so many files."""
    bases = []
    for place, model in enumerate(models()):
        model.save(folder / f"base{place}")
        bases.append((load(folder / f"base{place}"), (folder / f"base{place}").read_bytes()))
    for base, _ in bases:  # whatever is imported at the first use is imported
        rows = np.zeros((2, len(base.preparation.columns)))
        with_names = Table.from_arrays(rows, names=base.preparation.columns)
        with suppress(WorkingsError):
            base.predict(with_names)
    trial, random = Trial(folder), Random(seed)
    before, began = trial.memory(), time.process_time()
    words = [*DAMAGE, *CRAFTED]
    for place in range(count):
        word, base = words[place % len(words)], bases[random.randrange(len(bases))]
        if word in DAMAGE:
            trial.file(word, damaged(random, word, base[1]), base)
        else:
            trial.file(word, CRAFTED[word](random, *contents(base[1])), None)
    return {
        "files": count, "came": dict(trial.came), "wrong": trial.wrong[:20],
        "seen": dict(trial.watch.seen), "said": sorted(trial.said.values()),
        "slowest": trial.slowest, "grown": round(trial.memory() - before, 1),
        "seconds": round(time.process_time() - began, 1), "left": sorted(os.listdir(folder)),
    }  # fmt: skip


def main() -> None:
    """Prints what came of them."""
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=400)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--folder", type=Path, required=True)
    told = options.parse_args()
    print(json.dumps(run(told.count, told.seed, told.folder)))


if __name__ == "__main__":
    main()
