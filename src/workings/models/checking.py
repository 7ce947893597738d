"""What a model file says beside its program, held to what it has to be.

check_sizes(network, preparation, values)     weights, layers and columns fit each other
check_record(record, network)                 how it came about, as far as anybody reads it

Each raises TypeError or ValueError saying what cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workings import facts
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
from workings.network import Network
from workings.preparation import Preparation
from workings.trace import Array

Record = Mapping[str, Any]

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
