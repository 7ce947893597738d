"""`workings`: a neural-network library and tool that shows its workings.

    workings.train("penguins.csv", target="species")     a table -> a trained, scored model
    workings.resume("run")                               one that was stopped, kept in a folder
    workings.load("model.workings")                      a model from its file
    workings.Network([Dense(3), Dense(1)])               a network -> a program of named steps
    workings.backprop(program, "loss", ["wh"])           a program -> a longer one with gradients
    workings.run(program, values)                        the value of every step
    workings.check("tanh")                               stated slope = derived slope = nudge
    workings.show(trace)                                 every matrix, labelled, as text
    workings.explain(trace, "wh[1,3]")                   why one number is what it is
    workings.system("article")                           the article's networks by name
    workings.widget("moons")                             the playground in a notebook's cell

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
    from workings.conventions import Convention as Convention
    from workings.data import Table as Table
    from workings.data import read_table as read_table
    from workings.errors import WorkingsError as WorkingsError
    from workings.estimators import MLPClassifier as MLPClassifier
    from workings.estimators import MLPRegressor as MLPRegressor
    from workings.explaining.checking import check as check
    from workings.explaining.finding import explain as explain
    from workings.jobs.cross_validation import cross_validate as cross_validate
    from workings.jobs.fitting import replay as replay
    from workings.jobs.fitting import resume as resume
    from workings.jobs.fitting import train as train
    from workings.jobs.sizing import size as size
    from workings.language import Program as Program
    from workings.language import Step as Step
    from workings.language import backprop as backprop
    from workings.language import name as name
    from workings.losses import Loss as Loss
    from workings.losses import loss as loss
    from workings.models import Model as Model
    from workings.models import load as load
    from workings.network import Dense as Dense
    from workings.network import Network as Network
    from workings.optimizers import optimizer as optimizer
    from workings.play.widget import widget as widget
    from workings.showing import run as run
    from workings.showing import show as show
    from workings.systems import system as system
    from workings.trace import Trace as Trace

HOMES = {
    "activations": "Activation activation", "adopting": "from_keras from_sklearn from_torch",
    "conventions": "Convention", "data": "Table read_table", "errors": "WorkingsError",
    "estimators": "MLPClassifier MLPRegressor", "explaining.checking": "check",
    "explaining.finding": "explain", "jobs.cross_validation": "cross_validate",
    "jobs.fitting": "replay resume train", "jobs.sizing": "size",
    "language": "Program Step backprop name", "losses": "Loss loss", "models": "Model load",
    "network": "Dense Network", "optimizers": "optimizer", "play.widget": "widget",
    "showing": "run show", "systems": "system", "trace": "Trace",
}  # fmt: skip
_HOME = {word: module for module, words in HOMES.items() for word in words.split()}

__all__ = ["__version__", *_HOME]


def __getattr__(word: str) -> Any:
    if word not in _HOME:
        raise AttributeError(f"workings has no {word!r}; it has {', '.join(sorted(_HOME))}")
    return getattr(importlib.import_module(f"workings.{_HOME[word]}"), word)


def __dir__() -> list[str]:
    return sorted(__all__)
