"""PyTorch, eager."""

from __future__ import annotations

from workings.benchmarking.contestants._torch import Torch


class Eager(Torch):
    """Operation by operation."""

    title = "PyTorch"


CONTESTANT = Eager()
