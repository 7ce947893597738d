"""Where to begin: a table of rows, each a whole spec with a sentence about what it teaches.

preset("moons").spec        the spec of one
presets()                   all of them
table_of(source)            the rows of one of the tables they are about
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workings import lookup
from workings.data import Table
from workings.data.builtin import BUILTIN, builtin_table
from workings.diagnosing import presets as diagnosed
from workings.diagnosing.presets import CURVE
from workings.diagnosing.toys import curve
from workings.errors import UnknownName
from workings.play.fetching import carried
from workings.play.specs import ARTICLE, Data, Layer, Net, Spec, Train, Until


@dataclass(frozen=True)
class Preset:
    """A spec to begin with: what it is called, what it is, and what can be seen with it.

    `disease` is what the doctor finds in it; none in a healthy one.
    """

    name: str
    title: str
    summary: str
    teaches: str
    spec: Spec
    group: str = "problem"
    disease: str = ""


@dataclass(frozen=True)
class Source:
    """A small table of the playground's own, in rows and a target."""

    name: str
    summary: str
    make: Callable[[], Table]


def preset(word: str) -> Preset:
    """The preset called `word`; raises `UnknownName` with a suggestion."""
    return lookup.row(sys.modules[__name__], Preset, word)


def presets() -> dict[str, Preset]:
    """Every preset by its name."""
    return lookup.rows(sys.modules[__name__], Preset)


def tables() -> dict[str, str]:
    """Every table that can be named, with what it is."""
    own = {row.name: row.summary for row in lookup.rows(sys.modules[__name__], Source).values()}
    return {**own, **{name: row.summary for name, row in BUILTIN.items()}}


def table_of(source: str) -> Table:
    """The table called `source`; raises `UnknownName` with a suggestion."""
    own = lookup.rows(sys.modules[__name__], Source)
    if source in own:
        return own[source].make()
    if source not in BUILTIN:
        raise UnknownName("table", source, tables())
    return carried(source) if BUILTIN[source].carried else builtin_table(source)


# -- tables ----------------------------------------------------------------------------------------


def _and() -> Table:
    return Table.from_arrays(
        [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1], target="y", source="and"
    )


def _sine() -> Table:
    x = np.linspace(-3.0, 3.0, 61).round(3)
    return Table.from_arrays(x[:, None], np.sin(x), names=["x"], target="y", source="sine")


def _far() -> Table:
    """The moons, moved and stretched, as raw measurements often are."""
    moons = builtin_table("moons")
    X = np.column_stack([moons[word].numbers() for word in ("x1", "x2")])
    y = moons["y"].cells
    return Table.from_arrays(
        (X * [1.0, 40.0] + [20.0, 0.0]).round(4), list(y), target="y", source="unscaled-moons"
    )


def _curve() -> Table:
    X, y = curve(CURVE)
    return Table.from_arrays(X, y[:, 0], names=["x"], target="y", source="curve")


AND_TABLE = Source("and", "both or not: all 4 rows", _and)
SINE_TABLE = Source("sine", "61 points of y = sin x", _sine)
CURVE_TABLE = Source("curve", f"{CURVE} points of a sine with a little noise", _curve)
FAR_TABLE = Source("unscaled-moons", "the moons in raw units: one column far off, one wide", _far)

# -- presets ---------------------------------------------------------------------------------------


def _spec(
    title: str, source: str, hidden: str, train: Train, *, loss: str | None = None,
    start: str | None = None, reduction: str = "mean", test: float = 0.0, scale: str = "none",
    seed: int = 0, task: str = "auto",
) -> Spec:  # fmt: skip
    """A spec from few words; `hidden` is written "8 tanh, 4 relu"."""
    pairs = [one.split() for one in hidden.split(",") if one.strip()]
    layers = tuple(Layer(int(units), word) for units, word in pairs)
    return Spec(
        title, Data(source, test=test, scale=scale, task=task),
        Net(layers, loss=loss, start=start, reduction=reduction, seed=seed), train,
    )  # fmt: skip


def _of_case(title: str, source: str, ill: diagnosed.Preset, start: str | None = None) -> Spec:
    """The spec of a case of the doctor's, whose rows are the table `source`."""
    case = ill.make()
    layers, told = case.network.layers, case.settings
    hidden = tuple(Layer(int(layer.units or 1), layer.op.name) for layer in layers[:-1])
    net = Net(hidden, layers[-1].op.name, case.network.loss_row.name, start=start,
              reduction=case.network.convention.reduction, seed=told.seed)  # fmt: skip
    train = Train(case.update.name, told.rate, told.batch_size, until=Until(told.epochs))
    return Spec(title, Data(source, task=case.task), net, train)


def _until(steps: int) -> Until:
    return Until(steps)


THE_ARTICLE = Preset(
    ARTICLE, "The article", "3 rows of 4 bits through 3 hidden neurons: every number fits.",
    "All twelve parts of one step of training, to be redone by hand.",
    _spec("The article", "article", "3 sigmoid", Train(until=_until(5000)),
          loss="half_squared_error", start=ARTICLE, reduction="sum"),
    group="article",
)  # fmt: skip
AND = Preset(
    "and", "AND", "Four rows, and no hidden neuron is needed.",
    "What one neuron can do: a straight line between two classes.",
    _spec("AND", "and", "", Train(lr=1.0, until=_until(2000)), loss="half_squared_error"),
)  # fmt: skip
XOR = Preset(
    "xor", "XOR", "Four rows that no straight line can part.",
    "Why hidden neurons, and why they must not be linear.",
    _spec("XOR", "xor", "4 tanh", Train(lr=0.5, until=_until(5000)), seed=1),
)  # fmt: skip
CIRCLES = Preset(
    "circles", "Circles", "One circle inside another.",
    "How a few straight lines together close a ring.",
    _spec("Circles", "circles", "6 tanh", Train("adam", 0.02, 64, until=_until(4000)), test=0.2),
)  # fmt: skip
MOONS = Preset(
    "moons", "Moons", "Two half circles, a thousand points.",
    "A boundary that bends, and test points beside training points.",
    _spec("Moons", "moons", "8 tanh, 8 tanh", Train("adam", 0.02, 64, until=_until(4000)),
          test=0.2),
)  # fmt: skip
SPIRAL = Preset(
    "spiral", "Spiral", "Two arms wound into each other.",
    "What depth and patience bring.",
    _spec("Spiral", "spiral", "16 tanh, 16 tanh", Train("adam", 0.02, 64, until=_until(12_000)),
          test=0.2),
)  # fmt: skip
SINE = Preset(
    "sine", "y = sin x", "A curve to be drawn by bent lines.",
    "Regression: a linear output and squared errors.",
    _spec("y = sin x", "sine", "8 tanh", Train("adam", 0.01, until=_until(6000)),
          task="regression"),
)  # fmt: skip
IRIS = Preset(
    "iris", "Iris", "150 flowers, four measurements, three species.",
    "Several classes, scaled inputs, softmax.",
    _spec("Iris", "iris", "8 tanh", Train("adam", 0.02, 32, until=_until(3000)), test=0.2,
          scale="standard"),
)  # fmt: skip
HUNDRED = Preset(
    "hundred-neurons", "100 neurons", "The article's rows with 100 hidden neurons.",
    "Saturation: why the output is 1 for every row and learns nothing.",
    _of_case("100 neurons", "article", diagnosed.HUNDRED_NEURONS, start="uniform"),
    disease=diagnosed.HUNDRED_NEURONS.disease,
)  # fmt: skip
DEAD = Preset(
    "dead-relus", "Dead ReLUs", "First updates that are too long.",
    "How neurons die: off for every row, so nothing ever wakes them.",
    _spec("Dead ReLUs", "moons", "8 relu", Train("adam", 0.5, until=_until(2000)), test=0.2),
    disease="dead-relu",
)  # fmt: skip
TOO_LARGE = Preset(
    "lr-too-large", "Learning rate too large", "Steps that leap over the valley.",
    "Divergence: the last finite step, the cell that overflowed, and a rate that works.",
    _of_case("Learning rate too large", "curve", diagnosed.RUNAWAY),
    disease="rate-too-large",
)  # fmt: skip
