"""Our compiled engine: the program as machine code, a whole training in one call."""

from __future__ import annotations

from workings.benchmarking.contestants._ours import Engine


class Compiled(Engine):
    """Machine code through LLVM."""

    title = "workings, compiled"
    engine = "compiled"
    needs = ("llvmlite",)
    keeps = ("WORKINGS_KERNELS",)

    def load(self) -> None:
        """LLVM."""
        import llvmlite.binding  # noqa: F401


CONTESTANT = Compiled()
