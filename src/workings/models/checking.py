"""What a model file says beside its program, held to what it has to be.

check_sizes(network, preparation, values)     weights, layers and columns fit each other
check_record(record, network)                 how it came about, as far as anybody reads it
check_layers(network, values)                 no more layers than there are weights
check_work(program, values)                   what a row will cost, before one is computed

Each raises TypeError or ValueError saying what cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workings import facts
from workings.engines import _work
from workings.engines.numpy import ENGINE as REFERENCE
from workings.facts import (
    Check,
    any_number,
    listed,
    mapped,
    number,
    one_of,
    optional,
    text,
    texts,
    whole,
)  # fmt: skip
from workings.language import Program
from workings.language.shapes import bound
from workings.network import Network
from workings.preparation import Preparation
from workings.trace import Array

Record = Mapping[str, Any]

# Of what is computed for a row, to what the file holds: a row meets each weight once, and what is
# done to inputs and neurons besides takes some dozens of operations.
MOST_TIMES, SPARE = 100, 10**6

OPTIONS: dict[str, Check] = {
    **dict.fromkeys(("activation", "task", "optimizer", "schedule", "dtype", "engine"), text),
    **dict.fromkeys(("loss", "start"), optional(text)),
    **dict.fromkeys(("test_size", "l1", "l2", "dropout"), number),
    **dict.fromkeys(("lr", "validation_size", "clip"), optional(number)),
    **dict.fromkeys(("batch_size", "patience"), optional(whole)),
    **dict.fromkeys(("ignore", "categories", "keep"), texts),
    "hidden": listed(whole), "epochs": whole, "seed": whole,
}  # fmt: skip
HISTORY: dict[str, Check] = {
    **dict.fromkeys(("loss", "rate"), listed(number)),
    **dict.fromkeys(("iterations", "best_epoch", "kept_epoch"), whole),
    "validation_loss": listed(any_number), "metrics": mapped(listed(any_number)),
    "stopped": text, "seconds": number,
}  # fmt: skip
RAN: dict[str, Check] = {  # files from before there was a choice do not say it
    "engine": one_of("numpy", "compiled"), "machine": text, "fallback": text,
}  # fmt: skip
TABLE: dict[str, Check] = {"source": text, "rows": whole, "digest": text}
AGREEMENT: dict[str, Check] = {
    "rows": whole, "seed": whole, "tolerance": number, "largest": number,
}  # fmt: skip
SCORES = mapped(mapped(any_number))
RECORD: dict[str, Check] = {
    "task": text, "columns": texts, "origin": text, "scores": SCORES, "baselines": SCORES,
    "rows": mapped(whole), "test_rows": listed(whole), "cross_validation": facts.table,
}  # fmt: skip
REPLAYED: dict[str, dict[str, Check]] = {"options": OPTIONS, "table": TABLE, "history": HISTORY}


def check_sizes(
    network: Network, preparation: Preparation, values: Mapping[str, Array]
) -> None:  # fmt: skip
    """Whether each layer has the neurons it says, and as many inputs as there are before it."""
    before = preparation.inputs_count
    for layer, names in zip(network.layers, network.names, strict=True):
        weights, _ = layer.taken_apart(values, names, network.convention)
        inputs, neurons = weights.shape
        if inputs != before or layer.units not in (None, neurons):
            raise ValueError(
                f"the {names.title} reads {before} values and has {layer.units} neurons, "
                f"and its weights are {inputs} x {neurons}"
            )
        before = neurons


def check_layers(network: Any, values: Mapping[str, Array]) -> None:
    """Whether each layer can have weights; before anything is made of the layers."""
    layers = facts.listed(facts.table)(facts.table(network)["layers"])
    if len(layers) > len(values):
        raise ValueError(f"it has {len(layers)} layers, and {len(values)} matrices of weights")


def check_work(program: Program, values: Mapping[str, Array]) -> None:
    """Whether a row costs no more than a network with these weights can; nothing is computed.

    Raises ValueError for a program that makes more cells, or multiplies more, than the numbers in
    the file account for, and for one that sets rows against each other, whose cost grows with the
    square of the rows.
    """
    plan = REFERENCE.prepare(program, ["answer"])
    if any(one.expr.shape.count("n") > 1 for one in plan.instructions):
        raise ValueError("its program sets every row against every other")
    sizes = bound(program.given, {word: np.shape(x) for word, x in values.items()})
    most = MOST_TIMES * sum(np.size(x) for x in values.values()) + SPARE
    if (cost := sum(_work.counted(plan, sizes))) > most:
        raise ValueError(
            f"its program takes {cost} operations for a row, and with these weights no network "
            f"takes more than {most}"
        )


def check_record(record: Record, network: Network) -> None:
    """Whether each fact that is read of a record is what it is read as."""
    _check("record", record, RECORD)
    if "agreement" in record:
        _check("agreement", record["agreement"], AGREEMENT, every=True)
    whole_run = set(record) >= set(REPLAYED)
    for word, checks in REPLAYED.items():
        if word in record:
            _check(word, record[word], checks, every=whole_run and word != "options")
    _check("history", record.get("history", {}), RAN)
    if whole_run:
        _check_run(record, network)


def _check(what: str, told: Any, checks: Mapping[str, Check], *, every: bool = False) -> None:
    """Each fact that is told; with `every`, none may be lacking."""
    told = facts.table(told)
    lacking = [word for word in checks if word not in told]
    if every and lacking:
        raise ValueError(f"its {what} does not say {lacking[0]}")
    for word, check in checks.items():
        if word in told:
            try:
                check(told[word])
            except (TypeError, ValueError) as error:
                raise ValueError(f"{what}: {word}: {error}") from None


def _check_run(record: Record, network: Network) -> None:
    """Whether the training that is told of can have been."""
    history = record["history"]
    epochs = len(history["loss"])
    if not len(history["rate"]) == epochs >= history["kept_epoch"]:
        raise ValueError(
            f"its history keeps epoch {history['kept_epoch']} of {epochs} losses and "
            f"{len(history['rate'])} learning rates"
        )
    if network.weighted:
        raise ValueError("it was trained on a table, where no row has a weight of its own")
