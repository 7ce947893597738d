"""Conventions: the choices that two correct books make differently.

The article that `workings` began with changes them half-way; so do course and book. A convention
is a value, chosen when the program is built, and the trained network is the same under each:

    sign        error (E = y - output, updates are added) or gradient (updates are subtracted)
    reduction   the loss is the sum over the samples, or the mean
    samples     are rows or columns
    bias        a row of its own, none, or folded into the weights as a row that meets ones
    names       article (hidden_layer_input, wh, E ..), short (z1, W1, dz1 ..), or partials
                (error_wrt_output, output_wrt_output_layer_input ..)
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from workings.errors import SettingError, UnknownName

CHOICES: dict[str, tuple[str, ...]] = {
    "sign": ("error", "gradient"),
    "reduction": ("sum", "mean"),
    "samples": ("rows", "columns"),
    "bias": ("own", "none", "folded"),
    "names": ("article", "short", "partials"),
}


@dataclass(frozen=True)
class Convention:
    """One choice of each; the defaults are those of the article's first half.

    >>> Convention(samples="columns").samples
    'columns'
    """

    sign: str = "error"
    reduction: str = "sum"
    samples: str = "rows"
    bias: str = "own"
    names: str = "article"

    def __post_init__(self) -> None:
        for choice in fields(self):
            if getattr(self, choice.name) not in CHOICES[choice.name]:
                raise UnknownName(
                    f"convention for {choice.name}",
                    str(getattr(self, choice.name)),
                    CHOICES[choice.name],
                )

    @property
    def direction(self) -> int:
        """-1 where back-propagation follows the falling loss (`error`), 1 where the rising."""
        return -1 if self.sign == "error" else 1

    @property
    def sample_axis(self) -> int:
        """The axis along which the samples lie."""
        return 0 if self.samples == "rows" else 1


def convention(text: str, start: Convention | None = None) -> Convention:
    """A convention as it is written on a command line; what is not named is as in `start`.

    >>> convention("names=short,sign=gradient").sign
    'gradient'
    """
    chosen = dict(vars(start or Convention()))
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = part.partition("=")
        if not equals:
            raise SettingError(
                f"cannot read the convention {part!r}: it has no '='",
                hint=f"Write for instance {key or 'names'}=short; there are: {', '.join(CHOICES)}.",
            )
        if key not in CHOICES:
            raise UnknownName("convention", key, CHOICES)
        chosen[key] = value
    return Convention(**chosen)


TRAINED_UNDER = Convention(sign="gradient", reduction="mean")  # what tables are learnt under


@dataclass(frozen=True)
class LayerNames:
    """What the steps of one layer are called, forward and backward."""

    title: str
    weights: str
    bias: str
    input: str
    output: str
    d_input: str
    d_output: str
    slope: str
    d_weights: str
    d_bias: str


def layer_names(style: str, place: int, count: int) -> LayerNames:
    """The names for layer `place` (from 0) of `count`; the last one is the output layer."""
    last = place == count - 1
    index = "" if count == 2 else str(place + 1)
    title = "output layer" if last else f"hidden layer{' ' * bool(index)}{index}"
    if style == "short":
        return _short(title, place + 1)
    known = (
        LayerNames(title, "wout", "bout", "output_layer_input", "output", "d_output", "E",
                   "slope_output_layer", "d_wout", "d_bout")
        if last else
        LayerNames(title, f"wh{index}", f"bh{index}", f"hidden_layer_input{index}",
                   f"hiddenlayer_activations{index}", f"d_hiddenlayer{index}",
                   f"Error_at_hidden_layer{index}", f"slope_hidden_layer{index}",
                   f"d_wh{index}", f"d_bh{index}")
    )  # fmt: skip
    return known if style == "article" else _partials(known)


def _short(title: str, k: int) -> LayerNames:
    return LayerNames(title, f"W{k}", f"b{k}", f"z{k}", f"a{k}", f"dz{k}", f"da{k}", f"slope{k}",
                      f"dW{k}", f"db{k}")  # fmt: skip


def _partials(known: LayerNames) -> LayerNames:
    forward = (known.title, known.weights, known.bias, known.input, known.output)
    return LayerNames(
        *forward, f"error_wrt_{known.input}", f"error_wrt_{known.output}",
        f"{known.output}_wrt_{known.input}", f"error_wrt_{known.weights}",
        f"error_wrt_{known.bias}",
    )  # fmt: skip
