"""Optimizers, written as steps: old values and gradients in, new values out.

    optimizer("adam")            one by its name, with its usual settings
    Momentum(momentum=0.8)       one with settings of its own

Each is a class with one method, `update`, which writes the steps for one parameter. What it must
remember (a velocity, a mean of squares) is carried from iteration to iteration like the weights.
Under the convention `error` gradients point downhill and are added, under `gradient` they are
subtracted; `Update.moved` knows which.

Sources: Polyak 1964 (momentum); Nesterov 1983 in the form of Sutskever et al. 2013; Duchi et al.
2011 (AdaGrad); Tieleman & Hinton 2012 (RMSProp); Kingma & Ba 2015 (Adam, algorithm 1, and the
order of section 2); Loshchilov & Hutter 2019 (AdamW).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Protocol, cast

from workings.errors import SettingError, UnknownName
from workings.language import Expr, Step, name, number
from workings.language.defined import SQRT

RATE = name("lr")
ITERATION = "iteration"


@dataclass
class Update:
    """The update of one parameter while it is being written: its steps, and what is carried on.

    `carried` maps each old name to the new one; every old name but the parameter starts at 0.
    """

    parameter: Expr
    gradient: Expr
    adds: bool
    stage: str = ""
    steps: list[Step] = field(default_factory=list)
    carried: dict[str, str] = field(default_factory=dict)

    def let(self, what: str, expr: Expr, why: str = "") -> Expr:
        """A step of this update, called after `what` and the parameter."""
        step = Step(f"{what}_{self.parameter['name']}", expr, self.stage, why)
        self.steps.append(step)
        return step.ref

    def remember(self, what: str, new: Callable[[Expr], Expr], why: str) -> Expr:
        """Something carried on besides the parameter, from 0: `new` makes the next from the old."""
        old = name(f"{what}_{self.parameter['name']}", *self.parameter.shape)
        step = self.let(f"new_{what}", new(old), why)
        self.carried[old["name"]] = step["name"]
        return step

    def counted(self) -> Expr:
        """The number of this iteration, from 1; all parameters share it."""
        self.carried[ITERATION] = f"new_{ITERATION}"
        return name(f"new_{ITERATION}")

    def moved(self, start: Expr, change: Expr) -> Expr:
        """`start` moved downhill by `change`."""
        return start + change if self.adds else start - change

    def finish(self, new: Expr, why: str) -> None:
        """The last step: the new value of the parameter."""
        word = self.parameter["name"]
        self.carried[word] = self.let("new", new, why)["name"]


class Optimizer(Protocol):
    """Something that writes the update of one parameter."""

    name: ClassVar[str]
    rate: ClassVar[float]

    def update(self, w: Update) -> None:
        """Writes the steps from `w.gradient` to the new value of `w.parameter`."""


@dataclass(frozen=True)
class GradientDescent:
    """Downhill by the gradient times the learning rate."""

    name: ClassVar[str] = "sgd"
    rate: ClassVar[float] = 0.1

    def update(self, w: Update) -> None:
        """new = old - gradient * lr."""
        w.finish(w.moved(w.parameter, w.gradient * RATE), "The gradient times the learning rate.")


@dataclass(frozen=True)
class Momentum:
    """Gradient descent with a velocity that keeps `momentum` of itself."""

    momentum: float = 0.9
    name: ClassVar[str] = "momentum"
    rate: ClassVar[float] = 0.01

    def update(self, w: Update) -> None:
        """velocity = momentum * velocity + gradient * lr; new = old - velocity."""
        velocity = _velocity(w, self.momentum)
        w.finish(w.moved(w.parameter, velocity), "It goes on with its velocity.")


@dataclass(frozen=True)
class Nesterov:
    """Momentum that looks where its velocity is about to take it."""

    momentum: float = 0.9
    name: ClassVar[str] = "nesterov"
    rate: ClassVar[float] = 0.01

    def update(self, w: Update) -> None:
        """velocity as in momentum; new = old - (momentum * velocity + gradient * lr)."""
        ahead = self.momentum * _velocity(w, self.momentum) + w.gradient * RATE
        w.finish(w.moved(w.parameter, ahead), "One velocity ahead, then the gradient.")


@dataclass(frozen=True)
class AdaGrad:
    """Each weight has a rate of its own, less the more it has moved so far."""

    epsilon: float = 1e-8
    name: ClassVar[str] = "adagrad"
    rate: ClassVar[float] = 0.05

    def update(self, w: Update) -> None:
        """squares += gradient^2; new = old - lr * gradient / (sqrt(squares) + epsilon)."""
        squares = w.remember(
            "squares", lambda old: old + w.gradient * w.gradient, "All squared gradients so far."
        )
        w.finish(_scaled(w, w.gradient, squares, self.epsilon), SCALED)


@dataclass(frozen=True)
class RMSProp:
    """AdaGrad that forgets: a running mean of squares instead of their sum."""

    decay: float = 0.9
    epsilon: float = 1e-8
    name: ClassVar[str] = "rmsprop"
    rate: ClassVar[float] = 0.001

    def update(self, w: Update) -> None:
        """squares = decay * squares + (1 - decay) * gradient^2; the rest as AdaGrad."""
        squares = w.remember("squares", _running(self.decay, w.gradient * w.gradient), SQUARES)
        w.finish(_scaled(w, w.gradient, squares, self.epsilon), SCALED)


@dataclass(frozen=True)
class Adam:
    """Momentum and RMSProp together, both corrected for having started at 0."""

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    name: ClassVar[str] = "adam"
    rate: ClassVar[float] = 0.005

    def update(self, w: Update) -> None:
        """mean and squares run on; new = old - lr * mean' / (sqrt(squares') + epsilon)."""
        w.finish(_adam(w, w.parameter, (self.beta1, self.beta2, self.epsilon)), SCALED)


@dataclass(frozen=True)
class AdamReordered:
    """Adam in the cheaper order of its paper's section 2, where both corrections are in the rate.

    Epsilon then stands beside the root of the squares as they are: scikit-learn's Adam.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    name: ClassVar[str] = "adam_reordered"
    rate: ClassVar[float] = 0.001

    def update(self, w: Update) -> None:
        """new = old - lr * sqrt(1 - beta2^t) / (1 - beta1^t) * mean / (sqrt(squares) + epsilon)."""
        count = w.counted()
        mean, squares = _mean_and_squares(w, self.beta1, self.beta2)
        rate = w.let(
            "corrected_rate", RATE * SQRT(1.0 - self.beta2**count) / (1.0 - self.beta1**count),
            "As if mean and squares had not begun at 0.",
        )  # fmt: skip
        change = rate * mean / (SQRT(squares) + self.epsilon)
        w.finish(w.moved(w.parameter, change), SCALED)


@dataclass(frozen=True)
class AdamW:
    """Adam, with weights that also shrink by themselves (decoupled weight decay)."""

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01
    name: ClassVar[str] = "adamw"
    rate: ClassVar[float] = 0.005

    def update(self, w: Update) -> None:
        """As Adam, from old * (1 - lr * weight_decay)."""
        shrunk = w.let(
            "shrunk", w.parameter * (1.0 - RATE * self.weight_decay), "Weights fade by themselves."
        )
        w.finish(_adam(w, shrunk, (self.beta1, self.beta2, self.epsilon)), SCALED)


SQUARES = "A running mean of the squared gradient."
SCALED = "Scaled by the typical size of its own gradient, so that each weight has a fair rate."


def optimizer(word: str, **settings: float) -> Optimizer:
    """The optimizer called `word`; raises `UnknownName` or `SettingError`."""
    known = optimizers()
    if word not in known:
        raise UnknownName("optimizer", word, known)
    allowed = [setting.name for setting in fields(known[word])]
    for setting, value in settings.items():
        if setting not in allowed:
            raise UnknownName(f"setting of {word}", setting, allowed)
        if not 0 <= value < 1:
            raise SettingError(
                f"cannot use {setting} = {value:g} in {word}: 0 or more, and less than 1, "
                "was expected"
            )
    return cast("Optimizer", known[word](**settings))


def optimizers() -> dict[str, type[Any]]:
    """Every optimizer class there is, by its name."""
    found = [v for v in vars(sys.modules[__name__]).values() if isinstance(v, type)]
    words = [(getattr(v, "name", None), v) for v in found]
    return {word: v for word, v in words if isinstance(word, str)}


def _velocity(w: Update, momentum: float) -> Expr:
    return w.remember(
        "velocity", lambda old: momentum * old + w.gradient * RATE, "What it keeps of its velocity."
    )


def _running(share: float, new: Expr) -> Callable[[Expr], Expr]:
    rest = number(1.0) - share  # written out, since 1 - 0.9 is 0.09999999999999998
    return lambda old: share * old + rest * new


def _scaled(w: Update, change: Expr, squares: Expr, epsilon: float) -> Expr:
    return w.moved(w.parameter, RATE * change / (SQRT(squares) + epsilon))


def _adam(w: Update, start: Expr, settings: tuple[float, float, float]) -> Expr:
    beta1, beta2, epsilon = settings
    count = w.counted()
    mean, squares = _mean_and_squares(w, beta1, beta2)
    mean = w.let("corrected_mean", mean / (1.0 - beta1**count), "As if it had not begun at 0.")
    squares = w.let("corrected_squares", squares / (1.0 - beta2**count), "Likewise.")
    return w.moved(start, RATE * mean / (SQRT(squares) + epsilon))


def _mean_and_squares(w: Update, beta1: float, beta2: float) -> tuple[Expr, Expr]:
    mean = w.remember("mean", _running(beta1, w.gradient), "A running mean of the gradient.")
    return mean, w.remember("squares", _running(beta2, w.gradient * w.gradient), SQUARES)
