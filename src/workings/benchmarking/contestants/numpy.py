"""Our reference engine: NumPy, one line per op, every step checked."""

from __future__ import annotations

from workings.benchmarking.contestants._ours import Engine


class Reference(Engine):
    """Step by step with NumPy."""

    title = "workings, numpy"
    engine = "numpy"


CONTESTANT = Reference()
