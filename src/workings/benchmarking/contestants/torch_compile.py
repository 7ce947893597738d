"""PyTorch with `torch.compile`: the forward pass, the loss and what they owe, made into kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workings.benchmarking.contestants._torch import Torch


class Compile(Torch):
    """The loss is compiled with its way back; the optimizer is the fused one."""

    title = "torch.compile"
    keeps = ("TORCHINDUCTOR_CACHE_DIR",)
    slow = True

    def improved(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Compiled when it is called for the first time, and again for batches of another size."""
        import torch

        found: Callable[..., Any] = torch.compile(function, dynamic=False)
        return found


CONTESTANT = Compile()
