"""Our `Model`, as it comes from a file or a table: `predict` with its checks, labels as text."""

from __future__ import annotations

from workings.benchmarking.contestants import OURS, Contestant, Predictor
from workings.benchmarking.task import Array, Task


class OfATable(Contestant):
    """A model that reads columns by their names."""

    title = "workings, Model"
    side = OURS
    does = ("predict",)

    def load(self) -> None:
        """Its module."""
        import workings.models.assembling  # noqa: F401

    def predictor(self, task: Task) -> Predictor:
        """Labels as the table spelled them, here whole numbers."""
        from workings.models.assembling import Layer, assembled
        from workings.preparation import plain
        from workings.preparation.columns import Target

        inputs, *hidden, outputs = task.sizes
        words = [*[task.how.hidden] * len(hidden), task.how.output]
        layers = [Layer(w, b, word) for (w, b), word in zip(task.weights, words, strict=True)]
        classes = tuple(map(str, range(outputs)))
        target = Target("y", classes) if task.how.output == "softmax" else Target("y")
        model = assembled(layers, plain([f"x{k}" for k in range(inputs)], target))

        def predict(X: Array) -> Array:
            found: Array = model.predict(X)
            return found

        return predict


CONTESTANT = OfATable()
