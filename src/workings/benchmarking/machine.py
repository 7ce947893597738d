"""The machine and the versions, and how fast its memory is.

described()                 the processor, its memory, the system
bandwidth(threads)          bytes per second, read and written, by so many threads
"""

from __future__ import annotations

import os
import platform
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from workings.benchmarking.numbers import size
from workings.benchmarking.processes import cores

COPIED = 32 << 20  # numbers: more than any cache holds
TRIES = 5


def described() -> dict[str, str]:
    """What stands at the head of the results."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if _tells() else 0
    return {
        "processor": _processor(),
        "cores": str(cores()),
        "memory": size(memory) if memory else "not known",
        "system": f"{platform.system()} {platform.release()}",
        "BLAS of NumPy": _blas(),
        "Python": platform.python_version(),
    }


def bandwidth(threads: int) -> float:
    """Bytes read and written per second while a long array is copied: the best of some tries."""
    source, target = np.ones(COPIED, np.float32), np.zeros(COPIED, np.float32)
    parts = [slice(k * COPIED // threads, (k + 1) * COPIED // threads) for k in range(threads)]
    best = float("inf")
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(TRIES):
            began = time.perf_counter()
            list(pool.map(lambda part: np.copyto(target[part], source[part]), parts))
            best = min(best, time.perf_counter() - began)
    return 2 * source.nbytes / best


def _blas() -> str:
    """Which BLAS, and for which processor it believes to be called: its speed depends on that."""
    from threadpoolctl import threadpool_info  # a friend of scikit-learn's, and there with it

    np.ones((2, 2)) @ np.ones((2, 2))
    found = [one for one in threadpool_info() if one["user_api"] == "blas"]
    if not found:
        return "not known"
    one = found[0]
    return f"{one['internal_api']} {one['version']}, {one.get('architecture', '')}".rstrip(", ")


def _tells() -> bool:
    return hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    found = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return found[0] if found else platform.processor() or platform.machine()
