"""The headings under which a network's steps stand, and what its derived steps are called.

headings = Headings(names)          of all layers, found once
headings.titles                     every stage by a word of our own, in order; twelve with one
                                    hidden layer
headings.label("gradient", "wh")    what back-propagation calls a step, where it stands, and why
"""

from __future__ import annotations

from collections.abc import Sequence

from workings.conventions import LayerNames
from workings.language.backprop import Label
from workings.network.layers import and_1, dropped

BLAME = "Each neuron is owed what the neurons it feeds are owed, through the weights to them."
WEIGHT = "Each weight is owed its input times what its output is owed, added up over the samples."
BIAS = "A bias is copied to every sample, so it is owed the sum over the samples."


class Headings:
    """The headings of a network whose layers' steps are called so."""

    def __init__(self, names: Sequence[LayerNames]) -> None:
        self.last = len(names) - 1
        self.titles = _titles(names)
        self.labels: dict[tuple[str, str], Label] = {}
        for place, layer in enumerate(names):
            self.labels |= self._of_layer(place, layer)

    def stages(self, place: int) -> tuple[str, str]:
        """The stages of a layer's sums and of its activation."""
        words = ("output",) * 2 if place == self.last else (f"linear {place}", f"bent {place}")
        return self.titles[words[0]], self.titles[words[1]]

    def label(self, kind: str, of: str) -> Label:
        """What the derived step of this kind is called, where it stands, and why."""
        usual = Label(("d_" if kind == "gradient" else "slope_") + of, self.titles["error"])
        return self.labels.get((kind, of), usual)

    def _of_layer(self, place: int, layer: LayerNames) -> dict[tuple[str, str], Label]:
        titles, is_last = self.titles, place == self.last
        error = titles["error" if is_last else f"error {place}"]
        blame = "" if is_last else BLAME
        return {
            ("gradient", layer.output): Label(layer.d_output, error, blame),
            ("gradient", and_1(layer.output)): Label(and_1(layer.d_output), error, blame),
            ("gradient", dropped(layer.output)): Label(dropped(layer.d_output), error, blame),
            ("slope", layer.output): Label(layer.slope, titles["slopes"]),
            ("gradient", layer.input): Label(layer.d_input, titles[f"delta {place}"]),
            ("gradient", layer.weights): Label(layer.d_weights, titles["weights"], WEIGHT),
            ("gradient", layer.bias): Label(layer.d_bias, titles["biases"], BIAS),
        }


def _titles(names: Sequence[LayerNames]) -> dict[str, str]:
    hidden = list(enumerate(names[:-1]))
    found = {"data": "Read input and output", "start": "Start weights and biases"}
    for place, layer in hidden:
        found[f"linear {place}"] = f"Add up the inputs of the {layer.title}"
        found[f"bent {place}"] = f"Apply the activation of the {layer.title}"
    found["output"] = "Add up and activate the output layer"
    found["error"] = "Compare with the target: the error at the output layer"
    found["slopes"] = "Slopes of the activations"
    found[f"delta {len(hidden)}"] = "Delta at the output layer"
    for place, layer in reversed(hidden):
        found[f"error {place}"] = f"Error at the {layer.title}"
        found[f"delta {place}"] = f"Delta at the {layer.title}"
    return found | {"weights": "Update the weights", "biases": "Update the biases"}
