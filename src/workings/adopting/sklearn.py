"""scikit-learn's MLPClassifier or MLPRegressor, fitted, as a model here; and what stands before it.

Scaling, filling and one-hot coding in a pipeline become steps of the preparation, so that a
prediction is followed from the raw columns on. The weights are the estimator's own, to the last
digit. Anything that has the same fitted attributes (`coefs_`, `intercepts_`, `activation`,
`out_activation_`) can be adopted.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any

import numpy as np

from workings.adopting._columns import Made, units
from workings.adopting._proof import Theirs, drawn, origin, precision, proven
from workings.adopting._targets import Names, named, target_of
from workings.errors import NotSupported, SettingError
from workings.language import Op
from workings.models import Model
from workings.models.assembling import Layer, assembled
from workings.preparation import Preparation
from workings.preparation.columns import Target
from workings.trace import Array

NAMES = {"logistic": "sigmoid", "exp": "exponential"}
LOSSES = {"identity": "half_squared_error"}


def from_sklearn(
    fitted: Any, *, columns: Sequence[str] | None = None, target: Names = None
) -> Model:
    """The fitted estimator, pipeline or search as a `Model`.

    `columns` name the columns it reads, where it does not know their names itself; `target` names
    what is predicted (a list for several). An estimator of our own has its model already, with the
    names it knows. Raises `NotSupported` naming the step that cannot be
    adopted, or where predictions differ.
    """
    own = getattr(fitted, "model_", None)
    if isinstance(own, Model):
        return own
    whole = _taken_apart(fitted)
    network, title = whole.network, origin(fitted)
    known = getattr(fitted, "feature_names_in_", None)
    count = int(getattr(fitted, "n_features_in_", len(network.coefs_[0])))
    default = [f"x{place}" for place in range(1, count + 1)] if known is None else list(known)
    names = named(columns, count, default)
    made = Made.of(count, title)
    for word, step in whole.steps:
        made.through(word, step)
    prepared = made.preparation(names, _target(whole, target, names, title))
    layers = _layers(network)
    if len(layers[0].weights) != len(made.outs):
        raise NotSupported(
            f"cannot adopt {title}: its network has {len(layers[0].weights)} inputs and reads "
            f"{len(made.outs)} columns",
            hint="Does it prepare columns itself? Adopt it without steps before it.",
        )
    alpha = _alpha(network)
    weights, bias = made.first_layer(layers[0].weights, np.asarray(layers[0].bias))
    kept, had = (np.square(x, dtype=float).sum() for x in (weights, layers[0].weights))
    if not np.isclose(kept, had, rtol=1e-9):
        alpha = 0.0  # it was a penalty on other weights than these
    layers[0] = replace(layers[0], weights=weights, bias=bias)
    last = layers[-1].activation
    loss, record = LOSSES.get(str(last)), {"columns": names}
    model = assembled(layers, prepared, loss=loss, l2=alpha, record=record)
    dtype = precision([np.asarray(x) for x in network.coefs_])
    arrays = drawn(prepared, dtype)
    rows = _rows(made, prepared, arrays, names, dtype, known=known)
    theirs = Theirs(title, dtype, lambda: _answers(fitted, rows), lambda: _inside(whole, rows))
    return proven(model, arrays, theirs)


@dataclass
class _Whole:
    """What an estimator is made of: steps, the network, and what scales its target."""

    network: Any
    steps: list[tuple[str, Any]] = field(default_factory=list)
    scaler: Any = None
    scales: bool = False


def _taken_apart(fitted: Any) -> _Whole:
    whole = _Whole(fitted)
    while not hasattr(whole.network, "coefs_"):
        inside = whole.network
        if hasattr(inside, "best_estimator_"):
            whole.network = inside.best_estimator_
        elif hasattr(inside, "steps"):
            whole.steps += inside.steps[:-1]
            whole.network = inside.steps[-1][1]
        elif hasattr(inside, "regressor_") and not whole.scales:
            whole.network, whole.scaler, whole.scales = inside.regressor_, inside.transformer_, True
        elif {"coefs_", "intercepts_"} & set(dir(inside)) or _unfitted(inside):
            raise SettingError(
                f"cannot adopt {origin(inside)}: it is not fitted", hint="Call its fit(X, y) first."
            )
        else:
            raise NotSupported(
                f"cannot adopt {origin(inside)}: it is no multi-layer perceptron",
                hint="MLPClassifier and MLPRegressor can be adopted, alone or in a pipeline.",
            )
    return whole


def _unfitted(inside: Any) -> bool:
    return hasattr(inside, "hidden_layer_sizes") or (
        hasattr(inside, "regressor") and not hasattr(inside, "estimators_")
    )


def _alpha(network: Any) -> float:
    """The penalty on weights that it was trained with, as far as it tells."""
    told = getattr(network, "alpha", 0.0)
    alpha = float(told) if isinstance(told, Real) else 0.0
    return alpha if 0 < alpha < float("inf") else 0.0


def _activation(word: Any) -> str | Op:
    return NAMES.get(word, word) if isinstance(word, str) else word


def _layers(network: Any) -> list[Layer]:
    pairs = list(zip(network.coefs_, network.intercepts_, strict=True))
    hidden = network.activation
    each = list(hidden) if isinstance(hidden, list | tuple) else [hidden] * (len(pairs) - 1)
    bent = [_activation(one) for one in (*each, network.out_activation_)]
    return [Layer(np.asarray(w), np.asarray(b), op)
            for (w, b), op in zip(pairs, bent, strict=True)]  # fmt: skip


def _target(whole: _Whole, target: Names, columns: Sequence[str], title: str) -> Target:
    network, outputs = whole.network, len(whole.network.intercepts_[-1])
    last = str(_activation(network.out_activation_))
    classes = getattr(network, "classes_", None)
    if outputs > 1 and last != "softmax":
        classes = None  # scikit-learn numbers the labels; each applies or not
    goal = target_of(outputs, last, target=target, classes=classes, columns=columns)
    if not whole.scales or whole.scaler is None:
        return goal
    means, scales = (np.broadcast_to(x, outputs) for x in units(whole.scaler, title))
    parts = [replace(one, mean=float(mean), scale=float(scale))
             for one, mean, scale in zip(goal.columns, means, scales, strict=True)]  # fmt: skip
    return replace(goal, parts=tuple(parts)) if goal.parts else parts[0]


# -- the proof -------------------------------------------------------------------------------------


def _rows(
    made: Made, prepared: Preparation, arrays: dict[str, Array], names: Sequence[str],
    dtype: str, *, known: Any,
) -> Any:  # fmt: skip
    """The drawn rows as the estimator was given its own: an array, or a data frame."""
    count = len(next(iter(arrays.values())))
    columns: dict[str, Any] = {word: np.zeros(count, dtype) for word in names}
    for place, number in enumerate(prepared.numbers):
        columns[number.name] = arrays["numbers"][:, place].astype(dtype)
    for place, (at, words) in enumerate(sorted(made.words.items())):
        holds = [*words, float("nan")]  # which stands for what is filled
        codes = arrays["categories"][:, place].astype(int)
        columns[names[at]] = np.array([holds[code] for code in codes], object)
    if known is not None:
        with suppress(ImportError):
            import pandas  # type: ignore[import-untyped, import-not-found, unused-ignore]

            return pandas.DataFrame(columns).set_axis(list(known), axis=1)
    if prepared.categories:
        return np.column_stack([np.asarray(x, object) for x in columns.values()])
    return np.column_stack(list(columns.values()))


def _answers(fitted: Any, rows: Any) -> Array:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about names of columns
        if hasattr(fitted, "classes_"):
            found = np.asarray(fitted.predict_proba(rows), float)
            two = len(fitted.classes_) == 2 and found.shape[1] == 2 and _one_output(fitted)
            return found[:, 1:] if two else found
        return np.asarray(fitted.predict(rows), float).reshape(len(rows), -1)


def _one_output(fitted: Any) -> bool:
    return len(_taken_apart(fitted).network.intercepts_[-1]) == 1


def _inside(whole: _Whole, rows: Any) -> list[Array]:
    """What each layer of the network gives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _, step in whole.steps:
            rows = rows if step is None or isinstance(step, str) else step.transform(rows)
        cells: list[Any] = [np.asarray(rows, float), *[None] * len(whole.network.coefs_)]
        return list(whole.network._forward_pass(cells)[1:])
