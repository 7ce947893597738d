"""The readers of tables, model files and programs under atheris, for as long as one likes.

    make fuzz                                        each for a minute, if atheris is installed
    python -m faults.fuzz_readers tables -max_total_time=600

Whatever comes in, it is read or refused by a documented error in one sentence. What is found here
becomes a test. Without atheris the same readers are given drawn changes of what is right.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from faults.hostile import DAMAGE, damaged
from faults.saying import checked
from workings.data.reading import read_bytes
from workings.errors import DataError, ModelFileError, ProgramError
from workings.jobs.fitting import train
from workings.language import Program
from workings.models import load
from workings.network import Dense, Network

FOLDER = Path(tempfile.mkdtemp())
SECONDS = 60


def tables(data: bytes) -> None:
    """A table of any bytes."""
    try:
        table = read_bytes(data, "t.csv")
    except DataError as error:
        checked(error)
        return
    assert len(table.lines) == len(table) > 0
    for column in table.columns:
        try:
            assert column.kind in ("number", "category", "boolean", "constant", "empty")
        except DataError as error:
            checked(error)


def models(data: bytes) -> None:
    """A model file of any bytes."""
    path = FOLDER / "m"
    path.write_bytes(data)
    try:
        load(path)
    except ModelFileError as error:
        checked(error)


def programs(data: bytes) -> None:
    """A program of any text."""
    try:
        Program.from_json(data.decode("utf-8", "replace"))
    except ProgramError as error:
        checked(error)


def _model() -> bytes:
    train("xor", hidden=[2], epochs=1).model.save(FOLDER / "seed")
    return (FOLDER / "seed").read_bytes()


TARGETS: dict[str, tuple[Callable[[bytes], None], Callable[[], bytes]]] = {
    "tables": (tables, lambda: b'a;b,"c d"\n1,5;x;"y\n"\n;NA;2024-01-05\n5 %;"";3\n'),
    "models": (models, _model),
    "programs": (programs, lambda: Network([Dense(1)]).program().to_json().encode()),
}


def drawn(word: str, seconds: float, seed: int = 0) -> int:
    """Changes of what is right, for some seconds; how many."""
    target, right = TARGETS[word]
    draw, whole, count = random.Random(seed), right(), 0  # noqa: S311 - nothing secret
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = whole
        for _ in range(draw.choice([1, 1, 2, 5])):
            data = damaged(draw, draw.choice(list(DAMAGE)), data) or whole
        try:
            target(data)
        except BaseException:
            (FOLDER / "found").write_bytes(data)
            print(f"{word}: {FOLDER / 'found'}", file=sys.stderr)
            raise
        count += 1
    return count


def main() -> None:
    """Fuzzes one of the readers; what follows its name is for atheris."""
    word, options = sys.argv[1], sys.argv[2:]
    try:
        import atheris
    except ImportError:
        given = [one.partition("=")[2] for one in options if one.startswith("-max_total_time=")]
        seconds = float(given[0]) if given else SECONDS
        print(f"{word}: atheris is not installed; {drawn(word, seconds)} drawn changes are fine")
        return
    target, right = TARGETS[word]
    (FOLDER / "corpus").mkdir()
    (FOLDER / "corpus" / "right").write_bytes(right())
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], str(FOLDER / "corpus"), *options], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
