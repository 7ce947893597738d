"""Stand-ins for what is asked of PyTorch and Keras, with the same names, computed by NumPy.

    nn.Sequential(nn.Linear(4, 3), nn.ReLU())          as torch.nn has them
    keras.Sequential([keras.layers.Dense(3, ...)])     as keras has them

They compute in single precision as the originals do. Where the originals are installed, the same
tests run on them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

F = np.float32
random = np.random.default_rng(7)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _softplus(x: Any) -> Any:
    return np.logaddexp(x, 0)


def _softmax(x: Any) -> Any:
    powers = np.exp(x - x.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def _gelu(x: Any) -> Any:
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def _selu(x: Any) -> Any:
    return 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0)))


# -- torch -----------------------------------------------------------------------------------------


class Tensor:
    """An array that is asked as a tensor is."""

    def __init__(self, x: Any, dtype: Any = F) -> None:
        self.x = np.asarray(x, dtype)

    def detach(self) -> Tensor:
        return self

    cpu = detach

    def numpy(self) -> Any:
        return self.x

    def new_tensor(self, x: Any) -> Tensor:
        return Tensor(x, self.x.dtype)


class Half(Tensor):
    """A tensor of a type that NumPy has not."""

    def numpy(self) -> Any:
        raise TypeError("Got unsupported ScalarType BFloat16")

    def float(self) -> Tensor:
        return Tensor(self.x)


class Module:
    """A part with nothing to learn, which does what its class says."""

    training = True
    rule: Callable[..., Any] = staticmethod(lambda x: x)

    def __init__(self, **facts: Any) -> None:
        vars(self).update(facts)

    def eval(self) -> None:
        self.training = False

    def train(self, mode: bool = True) -> None:
        self.training = mode

    def __call__(self, x: Tensor) -> Tensor:
        return Tensor(self.forward(x.x), x.x.dtype)

    def forward(self, x: Any) -> Any:
        return type(self).rule(x)

    def double(self) -> Any:
        for word, value in vars(self).items():
            if isinstance(value, Tensor):
                setattr(self, word, Tensor(value.x, float))
        return self


def _plain(word: str, rule: Callable[[Any], Any], **facts: Any) -> Any:
    def start(self: Any, *args: Any, **given: Any) -> None:
        Module.__init__(self, **{**facts, **dict(zip(facts, args, strict=False)), **given})

    return type(word, (Module,), {"rule": staticmethod(rule), "__init__": start})


class Linear(Module):
    def __init__(self, inputs: int, outputs: int, bias: bool = True) -> None:
        self.weight = Tensor(random.normal(size=(outputs, inputs)) / math.sqrt(inputs))
        self.bias = Tensor(random.normal(size=outputs)) if bias else None

    def forward(self, x: Any) -> Any:
        return x @ self.weight.x.T + (0 if self.bias is None else self.bias.x)


class BatchNorm1d(Module):
    def __init__(self, size: int, affine: bool = True, track_running_stats: bool = True) -> None:
        self.eps = 1e-5
        self.weight = Tensor(np.ones(size)) if affine else None
        self.bias = Tensor(np.zeros(size)) if affine else None
        self.running_mean = Tensor(np.zeros(size)) if track_running_stats else None
        self.running_var = Tensor(np.ones(size)) if track_running_stats else None

    def forward(self, x: Any) -> Any:
        y = (x - self.running_mean.x) / np.sqrt(self.running_var.x + self.eps)
        return y if self.weight is None else y * self.weight.x + self.bias.x


class Dropout(Module):
    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def forward(self, x: Any) -> Any:
        return np.zeros_like(x) if self.training else x


class PReLU(Module):
    def __init__(self, count: int = 1) -> None:
        self.weight = Tensor(np.full(count, 0.25))

    def forward(self, x: Any) -> Any:
        return np.where(x > 0, x, self.weight.x * x)


class LeakyReLU(Module):
    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, x: Any) -> Any:
        return np.where(x > 0, x, F(self.negative_slope) * x)


class ELU(Module):
    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        return np.where(x > 0, x, F(self.alpha) * np.expm1(np.minimum(x, 0)))


class Hardtanh(Module):
    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        self.min_val, self.max_val = min_val, max_val

    def forward(self, x: Any) -> Any:
        return np.clip(x, self.min_val, self.max_val)


class Sequential(Module):
    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def named_children(self) -> Iterator[tuple[str, Any]]:
        return ((str(place), part) for place, part in enumerate(self.parts))

    def train(self, mode: bool = True) -> None:
        self.training = mode
        for part in self.parts:
            part.train(mode)

    def eval(self) -> None:
        self.train(False)

    def double(self) -> Any:
        for part in self.parts:
            part.double()
        return self

    def forward(self, x: Any) -> Any:
        for part in self.parts:
            x = part.forward(x)
        return x


nn = SimpleNamespace(
    Module=Module, Linear=Linear, BatchNorm1d=BatchNorm1d, Dropout=Dropout, PReLU=PReLU,
    LeakyReLU=LeakyReLU, ELU=ELU, Hardtanh=Hardtanh, Sequential=Sequential,
    Identity=_plain("Identity", lambda x: x), Flatten=_plain("Flatten", lambda x: x),
    ReLU=_plain("ReLU", lambda x: np.maximum(x, 0)), Tanh=_plain("Tanh", np.tanh),
    Sigmoid=_plain("Sigmoid", _sigmoid), SELU=_plain("SELU", _selu),
    SiLU=_plain("SiLU", lambda x: x * _sigmoid(x)),
    Mish=_plain("Mish", lambda x: x * np.tanh(_softplus(x))),
    Softsign=_plain("Softsign", lambda x: x / (1 + np.abs(x))),
    Softplus=_plain("Softplus", _softplus, beta=1.0),
    GELU=_plain("GELU", _gelu, approximate="none"),
    ReLU6=_plain("ReLU6", lambda x: np.clip(x, 0, 6)),
    Hardsigmoid=_plain("Hardsigmoid", lambda x: np.clip(x / 6 + 0.5, 0, 1)),
    Softmax=_plain("Softmax", _softmax, dim=None),
    LogSoftmax=_plain("LogSoftmax", lambda x: np.log(_softmax(x)), dim=None),
    LayerNorm=_plain("LayerNorm", lambda x: x, shape=None),
)  # fmt: skip


# -- keras -----------------------------------------------------------------------------------------


class Layer:
    """A layer that knows what it reads and what it gives, as those of a functional model do."""

    name = "layer"
    input: Any = None
    output: Any = None

    def get_weights(self) -> list[Any]:
        return []

    def built(self, inputs: int) -> int:
        return inputs

    def __call__(self, before: Any) -> Any:
        self.input = before
        self.size = self.built(before.size)
        self.output = SimpleNamespace(size=self.size, layers=[*before.layers, self])
        return self.output

    def run(self, x: Any) -> Any:
        return x


def softmax(x: Any) -> Any:
    return _softmax(x)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "linear": lambda x: x, "relu": lambda x: np.maximum(x, 0), "tanh": np.tanh,
    "sigmoid": _sigmoid, "softmax": _softmax, "selu": _selu, "silu": lambda x: x * _sigmoid(x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), "softplus": _softplus,
    "softsign": lambda x: x / (1 + np.abs(x)), "exponential": np.exp,
    "mish": lambda x: x * np.tanh(_softplus(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "leaky_relu": lambda x: np.where(x > 0, x, F(0.2) * x), "relu6": lambda x: np.clip(x, 0, 6),
    "gelu": lambda x, approximate=False: _gelu(x) if approximate else _exact_gelu(x),
}  # fmt: skip


def _exact_gelu(x: Any) -> Any:
    erf = np.vectorize(math.erf, otypes=[float])
    return 0.5 * x * (1 + erf(np.asarray(x, float) / math.sqrt(2)))


def _function(word: Any) -> Any:
    if callable(word):
        return word
    rule = FUNCTIONS[word or "linear"]
    named = lambda x, **facts: rule(x, **facts)  # noqa: E731 - it gets another name
    named.__name__ = word or "linear"
    return named


class Dense(Layer):
    def __init__(
        self, units: int, activation: Any = None, use_bias: bool = True, name: str = "dense"
    ) -> None:
        self.units, self.activation, self.name = units, _function(activation), name
        self.use_bias = use_bias

    def built(self, inputs: int) -> int:
        self.weights = [F(random.normal(size=(inputs, self.units)) / math.sqrt(inputs))]
        self.weights += [F(random.normal(size=self.units))] * self.use_bias
        return self.units

    def get_weights(self) -> list[Any]:
        return self.weights

    def run(self, x: Any) -> Any:
        return self.activation(x @ self.weights[0] + sum(self.weights[1:]))


class BatchNormalization(Layer):
    epsilon = 1e-3

    def __init__(self, center: bool = True, scale: bool = True) -> None:
        self.center, self.scale = center, scale

    def built(self, inputs: int) -> int:
        self.weights = [np.ones(inputs, F)] * self.scale + [np.zeros(inputs, F)] * self.center
        self.weights += [np.zeros(inputs, F), np.ones(inputs, F)]
        return inputs

    def get_weights(self) -> list[Any]:
        return self.weights

    def set_weights(self, weights: list[Any]) -> None:
        self.weights = weights

    def run(self, x: Any) -> Any:
        *own, mean, variance = self.weights
        y = (x - mean) / np.sqrt(variance + self.epsilon)
        y = y * own.pop(0) if self.scale else y
        return y + own.pop(0) if self.center else y


class Normalization(Layer):
    def __init__(self, mean: Any = None, variance: Any = None) -> None:
        self.mean, self.variance = np.array([mean], F), np.array([variance], F)

    def run(self, x: Any) -> Any:
        return (x - self.mean) / np.sqrt(self.variance)


class Rescaling(Layer):
    def __init__(self, scale: Any, offset: Any = 0.0) -> None:
        self.scale, self.offset = scale, offset

    def run(self, x: Any) -> Any:
        return x * F(self.scale) + F(self.offset)


def _layer(kind: str, rule: Callable[..., Any], **facts: Any) -> Any:
    def start(self: Any, *args: Any, **given: Any) -> None:
        vars(self).update({**facts, **dict(zip(facts, args, strict=False)), **given})

    def run(self: Any, x: Any) -> Any:
        return rule(self, x)

    return type(kind, (Layer,), {"run": run, "__init__": start})


class Activation(Layer):
    def __init__(self, activation: Any) -> None:
        self.activation = _function(activation)

    def run(self, x: Any) -> Any:
        return self.activation(x)


class Concatenate(Layer):
    name = "concatenate"

    def __call__(self, before: Any) -> Any:
        both = SimpleNamespace(size=sum(one.size for one in before), layers=before[0].layers)
        return super().__call__(both)


def _input(shape: Any) -> Any:
    layer = type("InputLayer", (Layer,), {})()
    layer.output = SimpleNamespace(size=math.prod(shape), layers=[layer])
    return layer.output


class _Keras:
    loss: Any = None
    name = "model"
    input_shape: Any = None

    def compile(self, loss: Any) -> None:
        self.loss = loss

    def predict_on_batch(self, x: Any) -> Any:
        x = np.asarray(x, F)
        for layer in self.layers:
            x = F(layer.run(x) if not hasattr(layer, "layers") else layer.predict_on_batch(x))
        return x


class Functional(_Keras):
    def __init__(self, inputs: Any, outputs: Any) -> None:
        self.layers = outputs.layers
        self.input_shape = (None, inputs.size)


def _sequential(parts: list[Any]) -> Any:
    made = type("Sequential", (_Keras,), {})()
    made.layers, before = [], parts[0]
    made.input_shape = (None, before.size)
    for part in parts[1:]:
        made.layers.append(part)
        before = part(before) if isinstance(part, Layer) else _nested(part, before)
    return made


def _nested(part: Any, before: Any) -> Any:
    return SimpleNamespace(size=part.layers[-1].size, layers=before.layers)


keras = SimpleNamespace(
    Input=_input, Model=Functional, Sequential=_sequential,
    activations=SimpleNamespace(**{word: _function(word) for word in ("gelu", "relu", "tanh")}),
    layers=SimpleNamespace(
        Dense=Dense, BatchNormalization=BatchNormalization, Normalization=Normalization,
        Rescaling=Rescaling, Activation=Activation, Concatenate=Concatenate,
        Dropout=_layer("Dropout", lambda self, x: x, rate=0.5),
        Flatten=_layer("Flatten", lambda self, x: x.reshape(len(x), -1)),
        GaussianNoise=_layer("GaussianNoise", lambda self, x: x, stddev=0.1),
        LayerNormalization=_layer("LayerNormalization", lambda self, x: x, name="norm"),
        ReLU=_layer(
            "ReLU", lambda s, x: np.clip(np.where(x > 0, x, F(s.negative_slope) * x), None,
                                         s.max_value), max_value=None, negative_slope=0.0,
            threshold=0.0,
        ),
        LeakyReLU=_layer(
            "LeakyReLU", lambda s, x: np.where(x > 0, x, F(s.negative_slope) * x),
            negative_slope=0.3,
        ),
        ELU=_layer("ELU", lambda s, x: np.where(x > 0, x, F(s.alpha) * np.expm1(np.minimum(x, 0))),
                   alpha=1.0),
        Softmax=_layer("Softmax", lambda s, x: _softmax(x), axis=-1),
    ),
)  # fmt: skip
