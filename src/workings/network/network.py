"""A network: layers, a loss and a convention, lowered to a program.

    network = Network([Dense(3, "sigmoid"), Dense(1, "sigmoid")])
    network.program()                 forward and loss
    network.training("sgd")           forward, loss, back-propagation and update
    network.start(inputs=4, outputs=1, random=...)    starting weights

With one hidden layer the stages of the training program are the article's twelve steps, 0 to 11,
by the article's names. Every size has a name (`n`, `inputs`, `hidden`, `outputs`), so the program
is the same for every table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from workings.conventions import Convention, LayerNames, layer_names
from workings.errors import SettingError
from workings.initializers import Initializer, Numbers, Random, initializer
from workings.language import (
    Expr,
    Program,
    Shape,
    Size,
    Stage,
    Step,
    backprop,
    name,
    size_of,
    spread,
    sum_of,
)  # fmt: skip
from workings.language.defined import ABSOLUTE, SQUARE
from workings.losses import Loss, loss_row
from workings.network.checking import check_names, check_pair
from workings.network.headings import Headings
from workings.network.layers import SUITED, Dense, Lowering, dropped, mask_of, without_biases
from workings.network.updating import Learnt, updated
from workings.optimizers import Optimizer, optimizer
from workings.shows import Brief, ShowsItself

INPUTS, TARGET, RATE, SAMPLE_WEIGHTS = "X", "y", "lr", "sample_weights"


@dataclass(frozen=True, repr=False)
class Network(Brief, ShowsItself):
    """Fully connected layers and a loss, under a convention.

    `l1` and `l2` add a penalty on the weights (never on biases) to the loss:
    `l1 * sum |w| + l2 / 2 * sum w^2`; with `shared_penalty` all samples of a batch share it, so
    it is divided by their number. With `weighted` each sample has a weight of its own, given as
    `sample_weights`; a mean is then a weighted one. Raises `SettingError` where loss and output
    cannot go together.

    >>> network = Network([Dense(3), Dense(1)])
    >>> network.training("sgd").names[:4]
    ['hidden_layer_input', 'hiddenlayer_activations', 'output_layer_input', 'output']
    """

    layers: Sequence[Dense]
    loss: str | Loss = "half_squared_error"
    convention: Convention = Convention()
    l1: float = 0.0
    l2: float = 0.0
    weighted: bool = False
    shared_penalty: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        if not self.layers:
            raise SettingError("cannot make a network of no layers: 1 or more were expected")
        for place, layer in enumerate(self.layers[:-1], 1):
            if layer.units is None:
                raise SettingError(f"hidden layer {place} does not say how many units it has")
        for penalty in ("l1", "l2"):
            if not 0 <= getattr(self, penalty) < float("inf"):
                raise SettingError(
                    f"cannot use {penalty} = {getattr(self, penalty):g}: 0 or more was expected"
                )
        check_pair(self.loss_row, self.layers[-1])
        check_names([*(layer.op for layer in self.layers), self.loss_row])

    @property
    def loss_row(self) -> Loss:
        """The loss's row."""
        return loss_row(self.loss)

    @cached_property
    def names(self) -> list[LayerNames]:
        """What the steps of each layer are called."""
        count = len(self.layers)
        return [layer_names(self.convention.names, place, count) for place in range(count)]

    @property
    def output(self) -> str:
        """The name of the step that holds the network's output."""
        return self.names[-1].output

    def under(self, convention: Convention) -> Network:
        """The same network under another convention."""
        return replace(self, convention=convention)

    @cached_property
    def headings(self) -> Headings:
        """Where the steps stand, and what the derived ones are called."""
        return Headings(self.names)

    @cached_property
    def parameters(self) -> dict[str, Shape]:
        """The names and shapes of what is learnt, layer by layer."""
        shapes = {}
        for layer, names, x, how in self._lowerings():
            shapes.update(layer.shapes(names, x, how))
        return shapes

    def program(self, *, dropping: bool = False) -> Program:
        """The forward steps and the loss; with `dropping`, through the masks of dropout."""
        steps = [step for layer, names, x, how in self._lowerings(dropping)
                 for step in layer.lower(x, names, how)]  # fmt: skip
        forward = Program(tuple(steps), stages=self._stages(dropping))
        return forward.then(self._loss_steps(forward))

    def backward(self, *, dropping: bool = False) -> Program:
        """The forward steps, the loss, and what every parameter is owed."""
        return backprop(
            self.program(dropping=dropping), "loss", reversed(self.parameters),
            sign=self.convention.direction, label=self.headings.label,
        ).by_stage()  # fmt: skip

    def training(self, optimize: str | Optimizer = "sgd", *, clip: float | None = None) -> Program:
        """Forward, loss, back-propagation and update: one iteration.

        Given are `X`, `y`, the parameters, the learning rate `lr`, what the optimizer remembers
        (`Program.updates` says which of them change), `sample_weights` where they count, and the
        masks of dropout. With `clip`, gradients whose norm (over all parameters together) is
        larger are scaled down to it (Pascanu et al. 2013).
        """
        if clip is not None and not 0 < clip < float("inf"):
            raise SettingError(f"cannot clip gradients to a norm of {clip:g}: above 0 was expected")
        optimize = optimizer(optimize) if isinstance(optimize, str) else optimize
        backward = self.backward(dropping=True)
        adds = self.convention.direction < 0
        return updated(backward, self._learnt(backward), optimize, adds, clip).by_stage()

    @property
    def drops(self) -> bool:
        """Whether any neurons sit out in an iteration of a training."""
        return any(layer.dropout for layer in self.layers[:-1])

    def masks(self, random: np.random.Generator, samples: int) -> dict[str, Numbers]:
        """For each layer with dropout, which outputs stay in one iteration; {} without any.

        0 where a neuron is dropped for a sample, 1 / (1 - dropout) where it stays, so that the
        sums that follow keep their size (Srivastava et al. 2014, in its inverted form).
        """
        return {
            mask_of(names.output): layer.mask(random, samples, self.convention)
            for layer, names in zip(self.layers[:-1], self.names, strict=False)
            if layer.dropout
        }

    def start(
        self, *, inputs: int, outputs: int, random: Random, draw: str | Initializer | None = None
    ) -> dict[str, Numbers]:
        """Starting values for every parameter, drawn layer by layer, weights before biases.

        Without `draw`, each layer is started as suits its activation: He for ReLU-like ones,
        LeCun for SELU, Glorot for all others.
        """
        sizes = [inputs, *(layer.units for layer in self.layers[:-1]), outputs]
        values: dict[str, Numbers] = {}
        for place, (layer, names) in enumerate(zip(self.layers, self.names, strict=True)):
            row = draw or SUITED.get(layer.op.name, "glorot")
            row = initializer(row) if isinstance(row, str) else row
            between = (int(sizes[place] or 0), int(sizes[place + 1] or 0))
            learnt = layer.start(between, row, random, biased=self.convention.bias != "none")
            values.update(layer.laid_out(learnt, names, self.convention))
        return values

    def translated(self, values: Mapping[str, Any], to: Network) -> dict[str, Numbers]:
        """The parameters `values` of this network as `to`, under its convention, keeps them."""
        moved: dict[str, Numbers] = {}
        for layer, mine, other in zip(self.layers, self.names, to.names, strict=True):
            learnt = layer.taken_apart(values, mine, self.convention)
            if learnt[1] is not None and to.convention.bias == "none":
                raise SettingError(
                    f"cannot show this network without biases: it has learnt {mine.bias}",
                    hint="Choose bias=own or bias=folded.",
                )
            moved.update(layer.laid_out(learnt, other, to.convention))
        return moved

    def count_weights(self, inputs: int, outputs: int) -> int:
        """How many numbers the network learns, biases among them."""
        sizes = [inputs, *(int(layer.units or 0) for layer in self.layers[:-1]), outputs]
        biases = [layer.bias and self.convention.bias != "none" for layer in self.layers]
        return sum((a + has) * b for a, b, has in zip(sizes[:-1], sizes[1:], biases, strict=True))

    def described(self, inputs: int, outputs: int) -> str:
        """The network in a line: its layers, how many weights, its loss."""
        hidden = [f"{layer.units} {layer.op.name}" for layer in self.layers[:-1]]
        ends = f"{outputs} output{'s' * (outputs > 1)} ({self.layers[-1].op.name})"
        layers = " - ".join([f"{inputs} input{'s' * (inputs > 1)}", *hidden, ends])
        weights = self.count_weights(inputs, outputs)
        return f"{layers}; {weights} weights; loss {self.loss_row.name}"

    # -- how it is lowered -------------------------------------------------------------------------

    def _lowerings(
        self, dropping: bool = False
    ) -> Iterator[tuple[Dense, LayerNames, Expr, Lowering]]:
        x = name(INPUTS, *self._laid("inputs"))
        last = len(self.layers) - 1
        for place, (layer, names) in enumerate(zip(self.layers, self.names, strict=True)):
            size = "outputs" if place == last else "hidden" if last == 1 else f"hidden{place + 1}"
            stages, drops = self.headings.stages(place), dropping and place < last
            yield layer, names, x, Lowering(self.convention, size, stages, drops)
            out = dropped(names.output) if drops and layer.dropout else names.output
            x = name(out, *self._laid(size))

    def _laid(self, size: Size) -> Shape:
        return ("n", size) if self.convention.samples == "rows" else (size, "n")

    def _loss_steps(self, forward: Program) -> list[Step]:
        row, last = self.loss_row, self.names[-1]
        read = forward[last.input if row.activation else last.output].ref
        y = name(TARGET, *read.shape)
        facts = {} if row.elementwise else {"axis": 1 - self.convention.sample_axis}
        stage = self.headings.titles["error"]
        losses = Step("losses", row(read, y, **facts), stage, row.reason)
        steps, samples = [losses], size_of(losses.ref, self.convention.sample_axis)
        if self.weighted:
            weights = name(SAMPLE_WEIGHTS, *self._laid(1))
            each = losses.ref * spread(weights, losses.shape)
            steps.append(Step("weighted_losses", each, stage, "Some samples count more."))
            samples = sum_of(weights)
        total = sum_of(steps[-1].ref)
        if self.convention.reduction == "mean":
            total = total / samples
        why = f"The {self.convention.reduction} over the samples."
        penalty = self._penalty(forward)
        if penalty is None:
            return [*steps, Step("loss", total, stage, why)]
        cost = "Large weights cost something."
        if self.shared_penalty:
            penalty, cost = penalty / samples, cost[:-1] + ", shared among the samples."
        data = Step("data_loss", total, stage, why)
        extra = Step("penalty", penalty, stage, cost)
        both = Step("loss", data.ref + extra.ref, stage, "Both are made small together.")
        return [*steps, data, extra, both]

    def _penalty(self, forward: Program) -> Expr | None:
        total: Expr | None = None
        for names in self.names:
            w = without_biases(forward.ref(names.weights))
            terms = [0.5 * self.l2 * sum_of(SQUARE(w))] if self.l2 else []
            terms += [self.l1 * sum_of(ABSOLUTE(w))] if self.l1 else []
            for term in terms:
                total = term if total is None else total + term
        return total

    def _learnt(self, program: Program) -> list[Learnt]:
        """What the optimizer changes, layer by layer from behind."""
        titles = self.headings.titles
        return [
            Learnt(word, gradient, titles[stage])
            for names in reversed(self.names)
            for word, gradient, stage in (
                (names.weights, names.d_weights, "weights"), (names.bias, names.d_bias, "biases")
            )
            if word in program.given
        ]  # fmt: skip

    # -- the stages --------------------------------------------------------------------------------

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The headings of the working; twelve, 0 to 11, with one hidden layer and biases."""
        return self._stages(dropping=False)

    def _stages(self, dropping: bool) -> tuple[Stage, ...]:
        weights = [names.weights for names in self.names]
        biases = [names.bias for names in self.names if names.bias in self.parameters]
        shows: dict[str, tuple[str, ...]] = {
            "data": (INPUTS, TARGET), "start": tuple(self.parameters),
            "weights": (*reversed(weights), RATE), "biases": (*reversed(biases), RATE),
        }  # fmt: skip
        if dropping:
            for place, layer in enumerate(self.layers[:-1]):
                masks = (mask_of(self.names[place].output),) if layer.dropout else ()
                shows[f"bent {place}"] = masks
        return tuple(
            Stage(title, shows.get(key, ())) for key, title in self.headings.titles.items()
            if key != "biases" or biases
        )  # fmt: skip
