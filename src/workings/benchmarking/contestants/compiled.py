"""Our compiled engine: the program as machine code, a whole training in one call."""

from __future__ import annotations

from workings.benchmarking.contestants import Predictor
from workings.benchmarking.contestants._ours import Engine
from workings.benchmarking.networks import forward, laid_out, network_of
from workings.benchmarking.task import Array, Task


class Compiled(Engine):
    """Machine code through LLVM."""

    title = "workings, compiled"
    engine = "compiled"
    needs = ("llvmlite",)
    keeps = ("WORKINGS_KERNELS",)

    def load(self) -> None:
        """LLVM."""
        import llvmlite.binding  # noqa: F401

    def predictor(self, task: Task) -> Predictor:
        """The forward program with its weights bound, as a session of onnxruntime's has them."""
        from workings.engines.compiled import ENGINE

        network = network_of(task)
        output = network.output
        run = ENGINE.prepare(forward(network), [output]).bound(laid_out(network, task.weights))

        def predict(X: Array) -> Array:
            return run({"X": X})[output]

        return predict


CONTESTANT = Compiled()
