"""The headings under which a network's steps stand, and what its derived steps are called.

titles(names)         every stage by a word of our own, in order; twelve with one hidden layer
labels(names, ..)     (kind, of) -> what back-propagation calls a step, where it stands, and why
"""

from __future__ import annotations

from collections.abc import Sequence

from workings.conventions import LayerNames
from workings.language.backprop import Label
from workings.network.layers import and_1, dropped

Titles = dict[str, str]

BLAME = "Each neuron is owed what the neurons it feeds are owed, through the weights to them."
WEIGHT = "Each weight is owed its input times what its output is owed, added up over the samples."
BIAS = "A bias is copied to every sample, so it is owed the sum over the samples."


def titles(names: Sequence[LayerNames]) -> Titles:
    """Every stage by a word of our own, in order."""
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


def forward_stages(names: Sequence[LayerNames], place: int) -> tuple[str, str]:
    """The stages of a layer's sums and of its activation."""
    known = titles(names)
    if place == len(names) - 1:
        return known["output"], known["output"]
    return known[f"linear {place}"], known[f"bent {place}"]


def label(names: Sequence[LayerNames], kind: str, of: str) -> Label:
    """What the derived step of this kind is called, where it stands, and why."""
    for place in range(len(names)):
        found = _layer_labels(names, place).get((kind, of))
        if found:
            return found
    return Label(("d_" if kind == "gradient" else "slope_") + of, titles(names)["error"])


def _layer_labels(names: Sequence[LayerNames], place: int) -> dict[tuple[str, str], Label]:
    known, layer, last = titles(names), names[place], place == len(names) - 1
    error = known["error"] if last else known[f"error {place}"]
    blame = "" if last else BLAME
    return {
        ("gradient", layer.output): Label(layer.d_output, error, blame),
        ("gradient", and_1(layer.output)): Label(and_1(layer.d_output), error, blame),
        ("gradient", dropped(layer.output)): Label(dropped(layer.d_output), error, blame),
        ("slope", layer.output): Label(layer.slope, known["slopes"]),
        ("gradient", layer.input): Label(layer.d_input, known[f"delta {place}"]),
        ("gradient", layer.weights): Label(layer.d_weights, known["weights"], WEIGHT),
        ("gradient", layer.bias): Label(layer.d_bias, known["biases"], BIAS),
    }
