"""What can be chosen when a network is made: layers, conventions, starting weights, rates."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from types import ModuleType
from typing import Any

from workings import initializers, lookup, schedules
from workings.catalogue import pictures
from workings.catalogue.entries import Entry, Said
from workings.catalogue.spelling import equations
from workings.conventions import CHOICES, Convention
from workings.initializers import Initializer
from workings.language import Step
from workings.network import Dense, Network
from workings.schedules import Schedule

# a value of each option of a layer, and what it does; the steps beside are made with it
OPTIONS: Mapping[str, tuple[Any, str]] = {
    "units": (3, "How many neurons. The output layer may leave it open: one for each column of the "
              "target."),
    "activation": ("tanh", "The bend: a name of the catalogue's activations, or a row of one's "
                   "own."),
    "bias": (False, "Whether each neuron adds a number of its own."),
    "dropout": (0.5, "The share of neurons that sit out in each iteration of a training; which, is "
                "said by masks that the program is given."),
}  # fmt: skip


def of_layers() -> Iterator[Entry]:
    """Every option of a layer, with the steps of a hidden layer that has it."""
    for option in fields(Dense):
        value, use = OPTIONS[option.name]
        layer = Dense(**{"units": 3, option.name: value})
        default = "" if option.default is MISSING else str(option.default)
        yield Entry(option.name, [
            ("use", use),
            ("without it", default),
            (f"with {option.name} = {value!r}", equations(_steps_of(layer))),
        ])  # fmt: skip


def _steps_of(layer: Dense) -> list[Step]:
    """The forward steps of a hidden layer in a training."""
    network = Network([layer, Dense(1)])
    program = network.program(dropping=True)
    after = program.names.index(network.names[1].input)
    return list(program)[:after]


def of_conventions() -> Iterator[Entry]:
    """Every choice of a convention, with the same steps under each of its options."""
    for choice, options in CHOICES.items():
        facts: list[tuple[str, Said]] = [
            (f"{choice} = {option}", equations(_told(Convention(**{choice: option}))))
            for option in options
        ]
        yield Entry(choice, [("options", ", ".join(options)),
                             ("where nothing is said", str(getattr(Convention(), choice))),
                             *facts])  # fmt: skip


def _told(how: Convention) -> list[Step]:
    """The steps in which conventions differ: sums, loss, what is owed, and the update."""
    network = Network([Dense(3), Dense(1)], convention=how)
    program, (hidden, out) = network.training("sgd"), network.names
    words = [hidden.input, "loss", out.d_output, out.d_weights, f"new_{out.weights}"]
    return [program[word] for word in words if word in program.names]


def of_initializers() -> Iterator[Entry]:
    """Every way of drawing starting weights."""
    for one in _rows(initializers, Initializer):
        drawn, found = pictures.initializer(one)
        inputs, outputs = pictures.DRAWN
        yield Entry(one.name, [
            ("use", one.use),
            ("biases", "drawn likewise" if one.draws_bias else "0"),
            (f"{inputs} inputs, {outputs} outputs",
             f"from {found.min():.4f} to {found.max():.4f}, standard deviation {found.std():.4f}"),
        ], drawn)  # fmt: skip


def of_schedules() -> Iterator[Entry]:
    """Every learning-rate schedule."""
    for one in _rows(schedules, Schedule):
        looks = "the losses so far" if one.looks_back else "the number of the epoch alone"
        yield Entry(one.name, [("use", one.use), ("goes by", looks)], pictures.schedule(one))


def _rows(module: ModuleType, kind: type[Any]) -> list[Any]:
    return list(lookup.rows(sys.modules[module.__name__], kind).values())
