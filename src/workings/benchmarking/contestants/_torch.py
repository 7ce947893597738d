"""PyTorch as its users write it: layers in a row, a loss, an optimizer, the loop over batches."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from workings.benchmarking.contestants import Contestant, Predictor, Trained, Trainer
from workings.benchmarking.task import Array, Task, Weights


class Torch(Contestant):
    """What eager and compiled PyTorch share; `improved` is what is done to a function."""

    needs = ("torch",)

    def improved(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is run."""
        return function

    def load(self) -> None:
        """PyTorch, with as many threads as everybody has."""
        import torch

        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))

    def trainer(self, task: Task) -> Trainer:
        """zero_grad, backward, step; the optimizers are the fused ones, which are the fastest."""
        import torch

        X, y = torch.from_numpy(task.X), target(task)
        batches = [None] if task.is_whole else [torch.from_numpy(b) for b in task.batches]
        model = network(task, activated=task.how.loss == "half_squared_error")
        kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[task.how.optimizer]
        optimizer = kind(model.parameters(), lr=task.how.rate, fused=True)
        compare = loss(task)
        losses = self.improved(lambda x, t: compare(model(x), t))

        def run(iterations: int) -> Trained:
            start(model, optimizer, task)
            for turn in range(iterations):
                rows = batches[turn % len(batches)]
                found = losses(X, y) if rows is None else losses(X[rows], y[rows])
                optimizer.zero_grad()
                found.backward()
                optimizer.step()
            return lambda: weights(model)

        return run

    def predictor(self, task: Task) -> Predictor:
        """NumPy in, NumPy out, without gradients."""
        import torch

        model = network(task, activated=True)
        start(model, None, task)
        forward = self.improved(model)

        def predict(X: Array) -> Array:
            with torch.inference_mode():
                found: Array = forward(torch.from_numpy(X)).numpy()
                return found

        return predict


def network(task: Task, *, activated: bool) -> Any:
    """The layers; the last activation is left to the loss where that includes it."""
    import torch
    from torch import nn

    kinds: dict[str, Callable[[], Any]] = {
        "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "identity": nn.Identity,
        "softmax": lambda: nn.Softmax(dim=1),
    }  # fmt: skip
    precise, parts = getattr(torch, str(task.X.dtype)), []
    for place, (w, _) in enumerate(task.weights, 1):
        parts.append(nn.Linear(*w.shape, dtype=precise))
        if place < len(task.weights):
            parts.append(kinds[task.how.hidden]())
    return nn.Sequential(*parts, *([kinds[task.how.output]()] if activated else []))


def loss(task: Task) -> Callable[..., Any]:
    """The loss, as its users call it."""
    from torch.nn import functional

    def half(out: Any, y: Any) -> Any:
        squares = 0.5 * (out - y) ** 2
        return squares.sum() if task.how.reduction == "sum" else squares.sum() / len(out)

    found: Callable[..., Any] = {
        "half_squared_error": half,
        "binary_cross_entropy": functional.binary_cross_entropy_with_logits,
        "categorical_cross_entropy": functional.cross_entropy,
    }[task.how.loss]
    return found


def target(task: Task) -> Any:
    """The target: classes by their number, everything else as it is."""
    import torch

    if task.how.loss == "categorical_cross_entropy":
        return torch.from_numpy(task.y.argmax(axis=1))
    return torch.from_numpy(task.y)


def start(model: Any, optimizer: Any, task: Task) -> None:
    """Puts the starting weights in; what the optimizer remembers is forgotten."""
    import torch

    with torch.no_grad():
        linear = [part for part in model if hasattr(part, "weight")]
        for part, (w, b) in zip(linear, task.weights, strict=True):
            part.weight.copy_(torch.from_numpy(w.T.copy()))
            part.bias.copy_(torch.from_numpy(b))
        for remembered in (optimizer.state if optimizer else {}).values():
            for value in remembered.values():
                if value is not None:
                    value.zero_()


def weights(model: Any) -> Weights:
    """The weights, as everybody's are compared."""
    linear = [part for part in model if hasattr(part, "weight")]
    return [(p.weight.detach().numpy().T, p.bias.detach().numpy()) for p in linear]
