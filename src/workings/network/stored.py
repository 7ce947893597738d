"""A network as plain data for a model file, and back.

    to_data(network)           layers, loss, convention and penalties by name
    from_data(data, ops)       the network; names are looked up in tables and in `ops`

`ops` are those that the file itself defines: an activation or a loss of somebody's own comes back
from its formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workings import facts
from workings.activations import activations
from workings.conventions import Convention
from workings.language import Op
from workings.losses import Loss, losses
from workings.network.layers import Dense
from workings.network.network import Network

MOST_OPS = 10_000  # of an activation or a loss, when the definitions it uses are written out


def to_data(network: Network) -> dict[str, Any]:
    """A network as plain data."""
    row = network.loss_row
    return {
        "layers": [
            {
                "units": layer.units,
                "activation": layer.op.name,
                "bias": layer.bias,
                "dropout": layer.dropout,
            }
            for layer in network.layers
        ],
        "loss": {"name": row.name, "activation": row.activation, "task": row.task},
        "convention": dict(vars(network.convention)),
        "l1": network.l1,
        "l2": network.l2,
        "weighted": network.weighted,
        "shared_penalty": network.shared_penalty,
    }


def from_data(data: Mapping[str, Any], ops: Mapping[str, Op]) -> Network:
    """The reverse of `to_data`; raises whatever malformed data causes."""
    layers = [
        Dense(
            facts.optional(facts.whole)(one["units"]),
            _activation(facts.text(one["activation"]), ops),
            facts.flag(one["bias"]), facts.number(one.get("dropout", 0.0)),
        )
        for one in facts.listed(facts.table)(data["layers"])
    ]  # fmt: skip
    return Network(
        layers, _loss(facts.table(data["loss"]), ops),
        Convention(**facts.mapped(facts.text)(data["convention"])),
        facts.number(data["l1"]), facts.number(data["l2"]),
        weighted=facts.flag(data.get("weighted", False)),
        shared_penalty=facts.flag(data.get("shared_penalty", False)),
    )  # fmt: skip


def _activation(word: str, ops: Mapping[str, Op]) -> str | Op:
    return _short(ops[word]) if word in ops and word not in activations() else word


def _short(op: Op) -> Op:
    """An op that can be computed, and its slopes taken, in the time of an op."""
    if op.length > MOST_OPS:
        raise ValueError(f"{op.name!r} takes more than {MOST_OPS} ops, written out")
    return op


def _loss(data: Mapping[str, Any], ops: Mapping[str, Op]) -> str | Loss:
    word, task = facts.text(data["name"]), facts.text(data["task"])
    activation, own = facts.optional(facts.text)(data["activation"]), ops.get(word)
    if word in losses() or own is None or own.formula is None:
        return word
    _short(own)
    return Loss(own.name, own.formula, activation=activation, task=task)
