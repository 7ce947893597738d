"""What cannot go together in a network, refused with the reason.

check_pair(loss, last)     a loss that includes its activation, after another one
check_names(ops)           two ops of one name
"""

from __future__ import annotations

from collections.abc import Sequence

from workings.activations import activations
from workings.errors import SettingError
from workings.language import Expr, Op, defined, name
from workings.lookup import rows
from workings.losses import Loss, losses
from workings.network.layers import Dense


def check_pair(row: Loss, last: Dense) -> None:
    """Refuses a loss after an activation that it was not made for."""
    word = last.op.name
    if row.activation and word != row.activation:
        raise SettingError(
            f"cannot use the loss {row.name} after the activation {word}: it is taken from the "
            f"output layer's input and includes {row.activation}",
            hint=f"Give the output layer the activation {row.activation!r}, or use another loss.",
            loss=row.name, activation=word,
        )  # fmt: skip


def check_names(ops: Sequence[Op]) -> None:
    """Engines and files know ops by their names, so no name may mean two things."""
    known: dict[str, Op] = {**rows(defined, Op), **activations(), **losses()}
    for op in ops:
        other = known.setdefault(op.name, op)
        if other is not op and _formula(other) != _formula(op):
            raise SettingError(
                f"cannot use {op.name!r} as the name of an op of your own: it is taken",
                hint="Give yours a name of its own.", name=op.name,
            )  # fmt: skip


def _formula(op: Op) -> Expr | None:
    if op.formula is None or not op.elementwise:
        return None
    stand_ins = [name(f"x{place}") for place in range(max(len(op.slopes), len(op.owed), 1))]
    return op.formula(*stand_ins)
