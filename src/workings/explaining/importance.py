"""Which inputs a trained network goes by.

    by_gradient(network, values, X, ..)     how far the output moves when an input is moved a little
    Importance                              the same for any way of finding it

It is a program: back-propagation from one output to the inputs instead of to the weights. It does
not say what causes what, and of two columns that say the same, either may get all of it.

Source: Simonyan et al. 2014 (saliency by gradient).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workings.engines import engine
from workings.language import Program, Step, backprop, part, sum_of
from workings.network import INPUTS, Network
from workings.trace import Array, Trace
from workings.views.html import preformatted

KEPT = 10**6  # cells of inputs, over all outputs, whose workings are kept
SHOWN = 20  # bars of a chart in text
WIDTH = 30


@dataclass(frozen=True)
class Importance:
    """How much each input matters: `values` and their `spread` (features,), the more the larger.

    `how` says in which unit; `traces` holds, for importance by gradient, the workings for each
    output (none for very many rows: they would not fit in the memory).
    """

    names: Sequence[str]
    values: Array
    spread: Array
    how: str
    traces: Sequence[Trace] = ()

    @property
    def order(self) -> list[int]:
        """The places of the inputs, the most important first."""
        return [int(place) for place in np.argsort(-self.values, kind="stable")]

    def __str__(self) -> str:
        shown = self.order[:SHOWN]
        wide = max(len(self.names[place]) for place in shown)
        top = max(float(self.values.max()), 1e-300)
        lines = [f"importance: {self.how}"]
        for place in shown:
            bar = "█" * round(WIDTH * max(float(self.values[place]), 0.0) / top)
            said = f"{self.values[place]:9.4g} ± {self.spread[place]:<8.2g}"
            lines.append(f"  {self.names[place]:<{wide}} {said} {bar}".rstrip())
        more = len(self.values) - len(shown)
        return "\n".join([*lines, *([f"  ... and {more} more"] if more else [])])

    def _repr_html_(self) -> str:
        return preformatted(str(self))


def input_program(network: Network, output: int) -> Program:
    """From the inputs to one output, and back to what each input is owed for it (`d_X`).

    >>> from workings.network.network import Dense
    >>> network = Network([Dense(2, "tanh"), Dense(1, "identity")])
    >>> input_program(network, 0).names[-1]
    'd_X'
    """
    forward = network.program().only(network.output)
    axis = 1 - network.convention.sample_axis
    one = part(forward.ref(network.output), axis=axis, start=output, size=1)
    asked = Step("asked", sum_of(one), "Ask for one output", "Added up over the samples.")
    return backprop(forward.then([asked]), "asked", [INPUTS])


def by_gradient(
    network: Network, values: Mapping[str, Array], X: Array, *, names: Sequence[str]
) -> Importance:
    """The mean size of each input's slope, times its spread, over rows and outputs.

    `X` (n, features) as the network reads it, samples in rows. The unit is the output's: how far
    it typically moves when the input moves by its standard deviation.
    """
    outputs = values[network.names[-1].weights].shape[1]
    total, traces = np.zeros(X.shape), []
    for place in range(outputs):
        trace = engine().trace(
            input_program(network, place), {**values, "X": X}, {"inputs": list(names)}
        )
        total += np.abs(trace["d_X"])
        if X.size * outputs <= KEPT:
            traces.append(trace)
    each = total / outputs * X.std(0)
    how = "how far the output moves when an input moves by its standard deviation"
    return Importance(list(names), each.mean(axis=0), each.std(axis=0), how, traces)
