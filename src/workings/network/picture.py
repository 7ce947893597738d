"""A network without weights, shown: its layers, what each learns, its loss, and a drawing.

text(network)      for a terminal
html(network)      for a page

How many inputs there are, the table says; so the drawing has one that stands for all others.
"""

from __future__ import annotations

from workings.language import spelled
from workings.network.layers import Dense
from workings.network.network import Network
from workings.views import drawing, parts

HEADS = ("layer", "neurons", "activation", "learns")
AS_MANY = "as many as the target needs"
REST = "…"


def text(network: Network) -> str:
    """The layers as rows, the loss, and the convention.

    >>> from workings.network.layers import Dense
    >>> print(text(Network([Dense(2, "tanh"), Dense(1)])).splitlines()[1])
    hidden layer  2        tanh        wh (inputs x hidden), bh (1 x hidden)
    """
    rows = [HEADS, *_rows(network)]
    wide = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, *_said(network)])


def html(network: Network) -> str:
    """The drawing, then the same as a table and sentences."""
    caption = "What each layer learns"
    return (
        parts.figure(_drawn(network), _sentence(network))
        + parts.table(caption, [HEADS, *_rows(network)])
        + parts.bullets(_said(network))
    )


def _rows(network: Network) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for layer, names in zip(network.layers, network.names, strict=True):
        shapes = network.parameters
        learnt = ", ".join(
            f"{word} ({spelled(shapes[word])})" for word in (names.weights, names.bias)
            if word in shapes
        )  # fmt: skip
        bend = layer.op.name + (f", dropout {layer.dropout:g}" if layer.dropout else "")
        found.append((names.title, str(layer.units or AS_MANY), bend, learnt))
    return found


def _said(network: Network) -> list[str]:
    loss, chosen = network.loss_row, vars(network.convention)
    penalties = [f"{word} {getattr(network, word):g}" for word in ("l1", "l2")
                 if getattr(network, word)]  # fmt: skip
    return [
        f"Loss {loss.name}: {loss.reason}",
        *([f"Penalty on the weights: {', '.join(penalties)}."] if penalties else []),
        "Convention: " + ", ".join(f"{word} {choice}" for word, choice in chosen.items()) + ".",
    ]


def _sentence(network: Network) -> str:
    layers = ", then ".join(
        f"{_counted(layer)} ({layer.op.name})" for layer in network.layers
    )  # fmt: skip
    return (
        f"The columns of a table, then {layers}. Every neuron is connected to every neuron of "
        "the next column."
    )


def _counted(layer: Dense) -> str:
    if layer.units is None:
        return AS_MANY
    return f"{layer.units} neuron{'s' * (layer.units != 1)}"


def _drawn(network: Network) -> str:
    columns = [["x1", "x2", REST]]
    for place, layer in enumerate(network.layers):
        letter = "o" if place == len(network.layers) - 1 else "h"
        named = [f"{letter}{number}" for number in range(1, (layer.units or 1) + 1)]
        columns.append(named if layer.units else [*named, REST])
    titles = [f"{names.title}: {layer.op.name}"
              for layer, names in zip(network.layers, network.names, strict=True)]  # fmt: skip
    return drawing.drawing(columns, titles=["inputs", *titles], about=_sentence(network))
