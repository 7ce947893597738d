"""A Parquet file -> a table, group of rows by group of rows.

`read_parquet`    the whole way

Numbers go over as numbers and texts as texts; dates and times as `frames` would have them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from workings.data import headers, sources
from workings.data.column import Column, Origin
from workings.data.growing import Buffer, Growing
from workings.data.rows import no_rows
from workings.data.stored import NumberCells
from workings.data.table import Table
from workings.errors import DataError
from workings.files import PathLike, clean

Arrow = Any  # pyarrow says nothing of its types
BATCH = 65536  # rows


def read_parquet(path: PathLike, name: str) -> Table:
    """The table in the Parquet file at `path`, which is called `name` in messages.

    Raises `DataError` for a damaged file, for lists and other cells that are no single values,
    for infinite numbers, and for what needs more memory than is free.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
        _check(file, name)
        columns = [_Taken(name, field) for field in file.schema_arrow]
        for batch in file.iter_batches(BATCH):
            for column, block in zip(columns, batch.columns, strict=True):
                column.add(block)
    except (pa.ArrowException, OSError) as error:
        reason = clean(str(error).splitlines()[0][:200])
        raise DataError(
            f"cannot read {name}: it is a damaged Parquet file ({reason})",
            hint="Fetch or write the file again.", file=name, found=reason,
        ) from error  # fmt: skip
    notes: list[str] = []
    titled = headers.named(file.schema_arrow.names, [column.cells() for column in columns], notes)
    origin = Origin(name, range(1, file.metadata.num_rows + 1), "row")
    return Table(origin, tuple(Column(t, cells, origin) for t, cells in titled), tuple(notes))


def _check(file: Arrow, name: str) -> None:
    """The file says how much it holds before it is read."""
    rows, width = file.metadata.num_rows, len(file.schema_arrow)
    need, free = rows * width * 8, sources.free_bytes()
    if not rows or not width:
        raise no_rows(name, 0)
    if need > free:
        raise DataError(
            f"cannot read {name}: its {rows} rows need about {sources.in_words(need)} "
            f"of memory, and {sources.in_words(free)} are free",
            hint="Take part of its rows or columns.", file=name, found=need,
        )  # fmt: skip


class _Taken:
    """One column as it grows: numbers as numbers, all else as words."""

    def __init__(self, source: str, field: Arrow) -> None:
        import pyarrow as pa

        kind = field.type
        self.source, self.name, self.kind = source, field.name, kind
        self.numbers = (
            pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        )
        if pa.types.is_nested(kind) or pa.types.is_binary(kind):
            raise DataError(
                f"cannot read {source}: column {field.name!r} holds {clean(str(kind))}, expected "
                "numbers, words, booleans or dates",
                hint="Leave the column out, or make one column of each of its parts.",
                file=source, column=field.name, found=str(kind),
            )  # fmt: skip
        self.buffer, self.growing = Buffer(np.float64), Growing(0, as_text=True)

    def add(self, block: Arrow) -> None:
        """The next rows."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self.numbers:
            texts = block if pa.types.is_dictionary(self.kind) else pc.cast(block, pa.string())
            if pa.types.is_dictionary(self.kind):
                texts = pc.cast(block.dictionary_decode(), pa.string())
            self.growing.add(pc.fill_null(texts, ""))
            return
        values = pc.cast(block, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        self._check_finite(values)
        self.buffer.add(values)

    def cells(self) -> Sequence[str]:
        """All cells."""
        return NumberCells(self.buffer.whole()) if self.numbers else self.growing.cells()

    def _check_finite(self, values: np.ndarray[Any, Any]) -> None:
        infinite = np.flatnonzero(np.isinf(values))
        if len(infinite):
            row = self.buffer.used + int(infinite[0]) + 1
            value = math.copysign(math.inf, values[infinite[0]])
            raise DataError(
                f"cannot use column {self.name!r} of {self.source}: row {row} holds {value}, "
                "expected a finite number or nothing",
                hint="Correct the value, or leave it out if it is unknown.",
                file=self.source, row=row, column=self.name, found=value,
            )  # fmt: skip
