"""What the catalogue draws, each as SVG with a sentence that is read in its place.

Curves are computed by an engine from the formulas; nothing is sketched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from workings.engines import engine
from workings.initializers import Initializer
from workings.language import Expr, Program, Step, sum_of
from workings.schedules import Schedule
from workings.trace import Array
from workings.views import figures, plots
from workings.views.figures import COLOURS, axes, drawn, legend, words

SIZE = (3.6, 2.6)  # inches
EPOCHS, RATE = 60, 0.1
DRAWN = (400, 100)  # inputs and outputs of a layer whose starting weights are counted


def values(expr: Expr, points: Array, given: Callable[[float], Mapping[str, Any]]) -> Array:
    """An expression of one number at each of the points; `given` says what a point stands for."""
    prepared = engine().prepare(Program((Step("value", sum_of(expr)),)))
    found = [prepared({word: np.asarray(x, float) for word, x in given(point).items()})["value"]
             for point in points]  # fmt: skip
    return np.array(found, float)


def activation(name: str, x: Array, curve: tuple[Array, Array]) -> str:
    """An activation and its slope over its input `x` (m,)."""
    ax = plots.plot_activations(x, {name: curve}, ax=axes(None, SIZE))
    low, high = curve[0].min(), curve[0].max()
    return figures.svg(
        ax, f"{name} from {x[0]:g} to {x[-1]:g}: {_course(curve[0])}, between {low:.3g} and "
        f"{high:.3g}; its slope is dashed.",
    )  # fmt: skip


def losses(x: Array, curves: Sequence[tuple[str, Array]], *, over: str, name: str) -> str:
    """Losses over what they read (m,), a line for each target."""
    ax = axes(None, SIZE)
    for place, (label, y) in enumerate(curves):
        style = ("-", "--", ":")[place % 3]
        ax.plot(x, y, style, color=COLOURS[place % len(COLOURS)], label=label)
    words(ax, over, "loss")
    legend(ax, *drawn(ax))
    said = "; ".join(f"{label}: {_course(y)}" for label, y in curves)
    return figures.svg(ax, f"The loss {name} over the {over}. {said}.")


def schedule(one: Schedule) -> str:
    """The learning rate from epoch to epoch; the loss falls for half of them, then no more."""
    fallen = [1 / (1 + min(epoch, EPOCHS // 2)) for epoch in range(EPOCHS)]
    rates = [one.rule(RATE, epoch, EPOCHS, fallen[:epoch]) for epoch in range(EPOCHS)]
    ax = axes(None, SIZE)
    ax.step(range(1, EPOCHS + 1), rates, where="mid", color=COLOURS[0])
    ax.set_ylim(0, RATE * 1.1)
    words(ax, "epoch", "learning rate")
    return figures.svg(
        ax, f"The rate of {one.name} over {EPOCHS} epochs: {_course(np.asarray(rates))}, from "
        f"{rates[0]:g} to {rates[-1]:.3g}.",
    )  # fmt: skip


def initializer(one: Initializer) -> tuple[str, Array]:
    """How often which weight is drawn for a layer of the size `DRAWN`; and the weights."""
    found = one.draw(np.random.default_rng(0), *DRAWN)
    ax = axes(None, SIZE)
    ax.hist(found.ravel(), bins=41, color=COLOURS[0])
    words(ax, "weight", "how often")
    said = f"{found.size} weights of {one.name}, from {found.min():.3g} to {found.max():.3g}."
    return figures.svg(ax, said), found


def path(weights: Array, valley: Any, said: str) -> str:
    """The way of two weights (iterations, 2) down a valley, over its lines of equal height."""
    ax = axes(None, SIZE)
    across, down = np.meshgrid(np.linspace(-1.2, 1.2, 81), np.linspace(-1.2, 1.2, 81))
    ax.contour(across, down, valley(across, down), 12, colors=figures.FAINT, linewidths=0.6)
    ax.plot(*weights.T, "o-", color=COLOURS[0], markersize=2.5, linewidth=1)
    ax.set_xlim(-1.2, 1.2)
    ax.set_ylim(-1.2, 1.2)
    words(ax, "first weight", "second weight")
    return figures.svg(ax, said)


def _course(y: Array) -> str:
    """How a curve goes, in a word or two."""
    turns = [float(step) for step in np.diff(y) if abs(step) > 1e-12]
    if not turns:
        return "it stays the same"
    ups = ["rises" if step > 0 else "falls" for step in turns]
    kept = [ups[0], *(now for before, now in pairwise(ups) if now != before)]
    return "it " + " and then ".join(kept[:3])
