"""What a remedy changes, as a spec has it: settings by the names that the doctor gives them.

ALIVE       settings that may change on the way, and what a spec calls them
CHANGES     for each other setting, what makes of a spec the same with another value
EPOCHS      for how long it is trained: a step to go to, in the same run
may(..)     whether a change can be made here
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from workings.play.specs import Layer, Spec

EPOCHS = "epochs"
ALIVE = {"lr": "lr", "batch_size": "batch", "l1": "l1", "l2": "l2", "clip": "clip"}


def _net(word: str) -> Callable[[Spec, Any], Spec]:
    return lambda spec, value: replace(spec, network=replace(spec.network, **{word: value}))


def _train(word: str) -> Callable[[Spec, Any], Spec]:
    return lambda spec, value: replace(spec, train=replace(spec.train, **{word: value}))


def _activation(spec: Spec, value: str) -> Spec:
    hidden = tuple(replace(layer, activation=value) for layer in spec.network.hidden)
    return _net("hidden")(spec, hidden)


def _hidden(spec: Spec, value: Any) -> Spec:
    word = spec.network.hidden[0].activation if spec.network.hidden else "tanh"
    spec = _net("hidden")(spec, tuple(Layer(int(units), word) for units in value))
    return spec if spec.network.start != "article" else _net("start")(spec, None)


def _output(spec: Spec, value: Any) -> Spec:
    ends, loss = value
    return _net("loss")(_net("output")(spec, ends), loss)


def _scale(spec: Spec, value: Any) -> Spec:
    return replace(spec, data=replace(spec.data, scale="standard" if value else "none"))


CHANGES: dict[str, Callable[[Spec, Any], Spec]] = {
    "activation": _activation, "hidden": _hidden, "output": _output, "scale": _scale,
    "start": _net("start"), "loss": _net("loss"), "reduction": _net("reduction"),
    "optimizer": _train("optimizer"), "schedule": _train("schedule"),
    "ignore": lambda spec, value: replace(
        spec, data=replace(spec.data, ignore=(*spec.data.ignore, *value))),
}  # fmt: skip


def may(change: Mapping[str, Any]) -> bool:
    """Whether a change can be made here: settings and what makes a new run, or a step to go to."""
    return bool(change) and (set(change) <= {*ALIVE, *CHANGES} or set(change) == {EPOCHS})
