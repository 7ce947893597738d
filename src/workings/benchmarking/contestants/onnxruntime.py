"""onnxruntime, which predicts: the network as a graph of its own ops."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from workings.benchmarking.contestants import Contestant, Predictor
from workings.benchmarking.task import Array, Task

OPS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu", "softmax": "Softmax",
       "identity": "Identity"}  # fmt: skip
OPSET, FORMAT = 17, 8  # which runtimes of some years read


class Onnxruntime(Contestant):
    """One session, called with rows."""

    title = "onnxruntime"
    does = ("predict",)
    needs = ("onnx", "onnxruntime")

    def load(self) -> None:
        """The runtime, and what graphs are written with."""
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401

    def predictor(self, task: Task) -> Predictor:
        """NumPy in, NumPy out."""
        import onnxruntime

        told: Any = onnxruntime.SessionOptions()
        told.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
        session = onnxruntime.InferenceSession(graph(task), told, ["CPUExecutionProvider"])

        def predict(X: Array) -> Array:
            found: Array = session.run(None, {"X": X})[0]
            return found

        return predict


def graph(task: Task) -> bytes:
    """The network as ONNX writes it."""
    from onnx import TensorProto, helper, numpy_helper

    kind = TensorProto.DOUBLE if task.X.dtype == np.float64 else TensorProto.FLOAT
    nodes, held, value = [], [], "X"
    for place, (w, b) in enumerate(task.weights, 1):
        held += [numpy_helper.from_array(x, f"{k}{place}") for k, x in (("w", w), ("b", b))]
        nodes.append(helper.make_node("Gemm", [value, f"w{place}", f"b{place}"], [f"z{place}"]))
        op = OPS[task.how.output if place == len(task.weights) else task.how.hidden]
        nodes.append(helper.make_node(op, [f"z{place}"], [f"a{place}"]))
        value = f"a{place}"
    ends = [
        [helper.make_tensor_value_info(word, kind, ["n", size])]
        for word, size in (("X", task.sizes[0]), (value, task.sizes[-1]))
    ]
    made = helper.make_graph(nodes, "network", *ends, held)
    opset = [helper.make_opsetid("", OPSET)]
    found: bytes = helper.make_model(
        made, opset_imports=opset, ir_version=FORMAT
    ).SerializeToString()
    return found


CONTESTANT = Onnxruntime()
