"""A model read from its file, and held to what a model has to be.

    load(path)      -> Model

Everything in a file is looked up in tables and checked, and a row of zeros goes through it, before
anybody is handed a model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from workings import __version__
from workings.activations import activations
from workings.errors import WorkingsError
from workings.files import PathLike
from workings.language import Op, Program, json_form
from workings.language.shapes import bound
from workings.losses import losses
from workings.models import files as model_files
from workings.models.checking import check_layers, check_record, check_sizes, check_work
from workings.models.model import Model
from workings.network import stored as network_data
from workings.preparation import stored as preparation_data
from workings.trace import Array

MALFORMED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


def load(path: PathLike) -> Model:
    """The model in a file; its predictions are those of before it was saved, bit for bit.

    Raises `ModelFileError` for a file that is damaged, foreign, or of a newer version.
    """
    spec, values = model_files.read(path)
    try:
        model = _model(spec, values)
        _check(model)
    except MALFORMED as error:
        why = f"its description is malformed ({_said(error)})"
        raise model_files.bad(path, why, hint=_version_hint(spec)) from None
    except RecursionError:
        why = "its description is nested too deeply"
        raise model_files.bad(path, why, hint=_version_hint(spec)) from None
    except MemoryError:
        raise model_files.bad(path, model_files.NO_MEMORY, hint=model_files.ROOM) from None
    return model


def _model(spec: Mapping[str, Any], values: Mapping[str, Array]) -> Model:
    known: dict[str, Op] = {**activations(), **losses()}
    check_layers(spec["network"], values)
    ops = json_form.read_definitions(spec["definitions"], known)
    stored = Program.from_json(json.dumps(spec["program"]), known)
    prepared = preparation_data.from_data(spec["preparation"])
    record = spec["record"]
    if not isinstance(record, dict) or not isinstance(record.get("table", {}), dict):
        raise WorkingsError("it has no record of how it came about")
    return Model(network_data.from_data(spec["network"], ops), prepared, values, record, stored)


def _check(model: Model) -> None:
    """Whether weights, program and columns fit each other: one row of zeros goes through them."""
    prepared, program = model.preparation, model.program
    wanted = set(model.network.parameters)
    if set(model.values) != wanted:
        raise WorkingsError(f"its weights are {sorted(model.values)}, not {sorted(wanted)}")
    for word, x in model.values.items():
        if x.dtype not in (np.float64, np.float32) or not np.isfinite(x).all():
            raise WorkingsError(f"{word} holds what is not a finite floating-point number")
    bound(model.network.parameters, {word: x.shape for word, x in model.values.items()})
    check_sizes(model.network, prepared, model.values)
    check_record(model.record, model.network)
    row = {"numbers": np.zeros((1, len(prepared.numbers)))} if prepared.numbers else {}
    if prepared.categories:
        row["categories"] = np.zeros((1, len(prepared.categories)))
    if set(program.given) - set(model.all_values(row)):
        raise WorkingsError("its program reads what is not there")
    check_work(program, model.all_values(row))
    if model.answers_of(row).shape != (1, prepared.target.outputs):
        raise WorkingsError("its program gives other answers than its target has")


def _said(error: Exception) -> str:
    """What was wrong; Python's own words for a fact that is lacking or of another kind are none."""
    if isinstance(error, KeyError):
        return f"{error} is lacking"
    ours = isinstance(error, ValueError) or "was expected" in str(error)
    return str(error) if ours else "a fact is lacking, of another kind, or one too many"


def _version_hint(spec: Mapping[str, Any]) -> str:
    if spec.get("version") == __version__:
        return "It was not written by this version as it is: do not trust it."
    return f"{model_files.version_hint(spec)[:-1]}; this is {__version__}."
