"""What reading a long CSV file costs beside pandas: time, and memory beside the arrays it yields.

    python benchmarks/reading.py [MEGABYTES] [--runs N] [--folder FOLDER]

Wanted are at most 1.5 times the time of `pandas.read_csv`, and at most twice the memory of the
arrays. The file is made here (floats of two kinds, whole numbers, a category) and taken away
again. The two read it in turn, each in a fresh process; printed are medians. Nothing is asserted:
a clock is no test.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROWS = 50_000  # of a block, which is written again and again
MIB = 2**20


def write(path: Path, megabytes: float) -> None:
    """A CSV file of about so many megabytes: eight columns of floats, three of whole numbers and
    one of words."""
    random = np.random.default_rng(42)
    short = [[f"{value:.6f}" for value in column] for column in random.normal(0, 10, (6, ROWS))]
    long = [list(map(repr, column)) for column in random.normal(0, 10, (2, ROWS)).tolist()]
    whole = [list(map(str, c)) for c in random.integers(0, 100_000, (3, ROWS)).tolist()]
    words = [random.choice(["red", "green", "blue", "violet"], ROWS).tolist()]
    rows = zip(*short, *long, *whole, *words, strict=True)
    block = "".join(",".join(row) + "\n" for row in rows).encode()
    with path.open("wb") as file:
        file.write((",".join(f"column{i}" for i in range(12)) + "\n").encode())
        for _ in range(max(1, round(megabytes * 1e6 / len(block)))):
            file.write(block)


def read(reader: str, path: str) -> None:
    """Read `path` in this process, and print what it cost as JSON."""
    if reader == "pandas":
        import pandas as pd

        before, began = memory("VmRSS"), time.perf_counter()
        frame = pd.read_csv(path)
        arrays = int(frame.memory_usage(deep=True).sum())
    else:
        from workings.data import read_table
        from workings.data.stored import NumberCells

        before, began = memory("VmRSS"), time.perf_counter()
        table = read_table(path)
        arrays = sum(
            one.cells.values.nbytes if isinstance(one.cells, NumberCells) else 4 * len(one.cells)
            for one in table.columns
        )
    seconds, peak = time.perf_counter() - began, memory("VmHWM") - before
    print(json.dumps({"seconds": seconds, "peak": peak, "arrays": arrays}))


def memory(what: str) -> int:
    """The memory of this process in bytes: VmRSS now, VmHWM at its highest."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines[what].split()[0]) * 1024


def measured(reader: str, path: Path) -> dict[str, float]:
    """What reading costs in a fresh process."""
    command = [sys.executable, __file__, "--read", reader, str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    found: dict[str, float] = json.loads(told.stdout)
    return found


def compare(path: Path, runs: int) -> None:
    """Prints a line for each reader: medians, and what they are beside what is wanted."""
    readers = ["workings", "pandas"]
    if importlib.util.find_spec("pandas") is None:
        print("pandas is not installed, so there is nothing to compare with")
        readers.remove("pandas")
    rounds = [[measured(reader, path) for reader in readers] for _ in range(runs)]
    found = {}
    for reader, costs in zip(readers, zip(*rounds, strict=True), strict=True):
        found[reader] = statistics.median(cost["seconds"] for cost in costs)
        peak = statistics.median(cost["peak"] for cost in costs)
        arrays = costs[0]["arrays"]
        print(f"{reader:<9} {found[reader]:6.2f} s   arrays {arrays / MIB:6.0f} MiB   "
              f"peak {peak / MIB:6.0f} MiB = {peak / arrays:.2f} x the arrays")  # fmt: skip
    if "pandas" in found:
        print(f"time: {found['workings'] / found['pandas']:.2f} x pandas")


def main() -> None:
    """Makes the file, compares, and takes it away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("megabytes", nargs="?", type=float, default=100)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / "table.csv"
        write(path, options.megabytes)
        compare(path, options.runs)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        read(*sys.argv[2:])
    else:
        main()
