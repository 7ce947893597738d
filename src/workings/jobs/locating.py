"""Which table is meant, and which of its columns is to be predicted.

located(table, target)      a path, a built-in table's name, a frame, a pair of arrays -> a Table
"""

from __future__ import annotations

from typing import Any

from workings.data import Table, table_or_builtin
from workings.data.frames import is_frame, table_of_frame
from workings.errors import SettingError


def located(table: Any, target: str | None) -> tuple[Table, str]:
    """The table that is meant, and the name of its target column."""
    if isinstance(table, tuple) and len(table) == 2:
        table = Table.from_arrays(*table, target=target or "target")
    elif is_frame(table):
        table = table_of_frame(table)
    elif not isinstance(table, Table):
        if not is_path(table):
            raise SettingError(
                f"cannot train on a {type(table).__name__}: a path, a data frame, a Table or a "
                "pair of arrays (X, y) was expected"
            )
        table = table_or_builtin(table)
    target = table.target if target is None else str(target)
    if target is None:
        raise SettingError(
            f"cannot train on {table.source}: it was not said which column to predict",
            hint=f"Name one of its columns as target: {', '.join(table.names)}.",
        )
    return table, table[target].name


def is_path(table: Any) -> bool:
    """Whether this names a table, and is none itself."""
    return isinstance(table, str) or hasattr(table, "__fspath__")
