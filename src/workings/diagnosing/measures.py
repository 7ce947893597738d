"""Numbers about a network on its rows that several diseases ask for.

slopes(op, z)            how steep an activation is at z, over its greatest slope
sharpness(network, ..)   the largest curvature of the loss, by power iteration
marks(network, rows)     the loss of the best constant, of a linear model, of the best possible
mean_loss(trace)         the mean loss of a row, without penalties
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from workings.conventions import Convention
from workings.diagnosing import thresholds as limits
from workings.engines import engine
from workings.errors import ProgramError
from workings.language import Op, Program, Step, backprop, name, sum_of
from workings.network import Network
from workings.trace import Array, Trace, Values
from workings.training.quasi_newton import Told, minimize
from workings.training.runs import Rows

GRID = np.linspace(-8.0, 8.0, 1601).reshape(-1, 1)  # where an activation's greatest slope is sought
NUDGE = 1e-4  # of the size of the weights: gradients are smooth, and rounding stays far below
ROUNDS, SETTLED = 60, 1e-3
GROUPS = 200  # different inputs, up to which the best possible answer is found
FITTED = 100  # iterations of a search for the best linear model
CELLS = 2_000_000  # of inputs: beyond, no linear model is fitted to be set beside
BACKWARD = Convention("gradient", "mean")


# -- activations -----------------------------------------------------------------------------------


def slopes(op: Op, z: Array) -> Array | None:
    """The slope at each z over the greatest slope; None where each row is bent as a whole."""
    if not op.elementwise:
        return None
    at, grid = _slope(op, z), _slope(op, GRID)
    greatest = max(float(np.abs(grid).max()), float(np.abs(at).max(initial=0.0)))
    return np.abs(at) / greatest if greatest else np.zeros_like(z)


def _slope(op: Op, z: Array) -> Array:
    x = name("x", "n", "units")
    bent = Step("y", op(x))
    try:
        program = backprop(Program((bent, Step("loss", sum_of(bent.ref)))), "loss", ["x"])
    except ProgramError:  # flat everywhere
        return np.zeros_like(z)
    return engine().run(program, {"x": z})["d_x"]


# -- losses ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marks:
    """Losses of a row that a run's loss is set beside; NaN where one could not be found.

    `constant` is the best answer that is the same for every row, `linear` the same network without
    its hidden layers, `best` the best answer to each different input.
    """

    constant: float
    linear: float
    best: float

    def learnt(self, loss: float) -> float:
        """The share of the constant's loss that is learnt away; 1 is all of it."""
        return 1.0 - loss / self.constant if self.constant > 0 else math.nan

    def failed(self, loss: float) -> bool:
        """Whether next to nothing was learnt, or far less than a linear model learns."""
        if math.isfinite(self.best) and loss <= self.best * limits.AT_BEST.value + 1e-12:
            return False
        if not math.isfinite(loss):
            return True
        share, linear = self.learnt(loss), self.learnt(self.linear)
        needed = limits.LEARNT.value
        if math.isfinite(linear):
            needed = max(needed, linear - limits.BEHIND.value)
        return share < needed


def mean_loss(trace: Trace) -> float:
    """The mean loss of a row, without penalties."""
    losses = np.asarray(trace["losses"])
    return float(losses.sum() / len(losses))


def marks(network: Network, rows: Rows) -> Marks:
    """What the losses of a network on these rows are set beside."""
    X, y = rows.X, rows.y
    with np.errstate(all="ignore"):
        if not np.ptp(y, 0).any():  # nothing is to be told apart
            return Marks(math.nan, math.nan, math.nan)
        constant, linear, best = _fitted(network, np.zeros((len(y), 1)), y), math.nan, math.nan
        if X.size <= CELLS and len(network.layers) > 1:
            spread = X.std(0)
            scaled = (X - X.mean(0)) / np.where(spread > 0, spread, 1.0)
            linear = min(_fitted(network, scaled, y, penalized=True), constant)
        group = np.unique(X, axis=0, return_inverse=True)[1].ravel()
        groups = int(group.max()) + 1
        if groups < len(y) and groups <= GROUPS:
            best = min(_fitted(network, np.eye(groups)[group], y), constant)
    return Marks(constant, linear, best)


def _fitted(network: Network, X: Array, y: Array, *, penalized: bool = False) -> float:
    """The smallest mean loss of a row that the output layer alone reaches on these rows."""
    last = replace(network.layers[-1], bias=True)
    alone = Network([last], network.loss, BACKWARD)
    if penalized:
        alone = replace(alone, l1=network.l1, l2=network.l2)
    names, outputs, rows = alone.names[0], y.shape[1], Rows(X, y)
    start = {names.weights: np.zeros((X.shape[1], outputs)), names.bias: np.zeros((1, outputs))}
    found = minimize(
        alone.backward(), start, rows, told=Told(FITTED, 10 * FITTED, 1e-7),
        gradients={names.weights: names.d_weights, names.bias: names.d_bias},
    )  # fmt: skip
    return mean_loss(engine().trace(alone.program(), {**found.values, **rows.batch(None, 0)}))


# -- curvature -------------------------------------------------------------------------------------


def sharpness(network: Network, rows: Rows, weights: Mapping[str, Array]) -> float:
    """The largest curvature (eigenvalue of the Hessian) of the network's loss on these rows.

    By power iteration on differences of gradients, at weights nudged along a direction (LeCun et
    al. 1998, section 7.1).
    """
    found = _largest(network, rows, weights, 0.0)
    if found < 0:  # the largest in size is a downward curve: look for the largest above it
        found += _largest(network, rows, weights, -found)
    return found


def _largest(network: Network, rows: Rows, weights: Mapping[str, Array], shift: float) -> float:
    names = [
        (word, gradient) for layer in network.names
        for word, gradient in ((layer.weights, layer.d_weights), (layer.bias, layer.d_bias))
        if word in weights
    ]  # fmt: skip
    run = engine().prepare(network.backward(), [gradient for _, gradient in names])
    given, sign = rows.batch(None, 0), network.convention.direction
    packed = np.concatenate([np.ravel(weights[word]) for word, _ in names])

    def gradient(at: Array) -> Array:
        out = run({**given, **_unpacked(at, names, weights)})
        return sign * np.concatenate([np.ravel(out[word]) for _, word in names])

    direction = np.random.default_rng(0).normal(size=packed.size)
    direction /= np.linalg.norm(direction)
    far, found = NUDGE * max(1.0, float(np.linalg.norm(packed))), 0.0
    for _ in range(ROUNDS):
        bent = (gradient(packed + far * direction) - gradient(packed - far * direction)) / (2 * far)
        bent = bent + shift * direction
        before, found = found, float(direction @ bent)
        size = float(np.linalg.norm(bent))
        if not size or not math.isfinite(size) or abs(found - before) <= SETTLED * abs(found):
            break
        direction = bent / size
    return found


def _unpacked(packed: Array, names: list[tuple[str, str]], like: Mapping[str, Array]) -> Values:
    ends = np.cumsum([np.size(like[word]) for word, _ in names])[:-1]
    pieces = zip(names, np.split(packed, ends), strict=True)
    return {word: piece.reshape(np.shape(like[word])) for (word, _), piece in pieces}
