"""`workings`: a neural-network library and tool that shows its workings.

    workings.train("penguins.csv", target="species")     a table -> a trained, scored model
    workings.load("model.workings")                      a model from its file
    workings.Network([Dense(3), Dense(1)])               a network -> a program of named steps
    workings.backprop(program, "loss", ["wh"])           a program -> a longer one with gradients
    workings.run(program, values)                        the value of every step
    workings.check("tanh")                               stated slope = derived slope = nudge
    workings.show(trace)                                 every matrix, labelled, as text
    workings.explain(trace, "wh[1,3]")                   why one number is what it is
    workings.system("article")                           the article's networks by name

Names are loaded when asked for, so importing this costs little more than importing NumPy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from workings.activations import Activation as Activation
    from workings.activations import activation as activation
    from workings.adopting import from_keras as from_keras
    from workings.adopting import from_sklearn as from_sklearn
    from workings.adopting import from_torch as from_torch
    from workings.checking import check as check
    from workings.conventions import Convention as Convention
    from workings.cross_validation import cross_validate as cross_validate
    from workings.data import Table as Table
    from workings.data import read_table as read_table
    from workings.errors import WorkingsError as WorkingsError
    from workings.estimators import MLPClassifier as MLPClassifier
    from workings.estimators import MLPRegressor as MLPRegressor
    from workings.explaining import explain as explain
    from workings.fitting import replay as replay
    from workings.fitting import train as train
    from workings.language import Program as Program
    from workings.language import Step as Step
    from workings.language import backprop as backprop
    from workings.language import name as name
    from workings.layers import Dense as Dense
    from workings.losses import Loss as Loss
    from workings.losses import loss as loss
    from workings.models import Model as Model
    from workings.models import load as load
    from workings.network import Network as Network
    from workings.optimizers import optimizer as optimizer
    from workings.showing import run as run
    from workings.showing import show as show
    from workings.sizing import size as size
    from workings.systems import system as system
    from workings.trace import Trace as Trace

HOMES = {
    "adopting": "from_keras from_sklearn from_torch",
    "activations": "Activation activation", "checking": "check", "conventions": "Convention",
    "cross_validation": "cross_validate",
    "data": "Table read_table", "errors": "WorkingsError",
    "estimators": "MLPClassifier MLPRegressor", "explaining": "explain",
    "fitting": "replay train",
    "language": "Program Step backprop name", "layers": "Dense", "losses": "Loss loss",
    "models": "Model load", "network": "Network", "optimizers": "optimizer",
    "showing": "run show", "sizing": "size", "systems": "system", "trace": "Trace",
}  # fmt: skip
_HOME = {word: module for module, words in HOMES.items() for word in words.split()}

__all__ = ["__version__", *_HOME]


def __getattr__(word: str) -> Any:
    if word not in _HOME:
        raise AttributeError(f"workings has no {word!r}; it has {', '.join(sorted(_HOME))}")
    return getattr(importlib.import_module(f"workings.{_HOME[word]}"), word)


def __dir__() -> list[str]:
    return sorted(__all__)
