"""What importing `workings` costs beside importing NumPy; at most 1.3 times as much is wanted.

    python benchmarks/import_time.py

The two are timed in turn, each in a fresh process, so that a busy moment of the machine meets both;
printed are the medians and their ratio. Nothing is asserted: a clock is no test.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 5
RIVALS = ("numpy", "workings", "workings.jobs.fitting")


def seconds(module: str) -> float:
    """How long a fresh Python takes to start and import `module`."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)  # noqa: S603
    return time.perf_counter() - began


def main() -> None:
    """Prints a line per module: the median time, and the ratio to NumPy's."""
    for module in RIVALS:
        seconds(module)  # so that its files are in the machine's memory
    rounds = [[seconds(module) for module in RIVALS] for _ in range(RUNS)]
    medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
    for module, median in zip(RIVALS, medians, strict=True):
        print(f"import {module:<18} {median * 1000:6.0f} ms  {median / medians[0]:5.2f} x numpy")


if __name__ == "__main__":
    main()
