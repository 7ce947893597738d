"""A Parquet file -> a table, group of rows by group of rows.

`read_parquet`    the whole way

Numbers go over as numbers and texts as texts; dates, times, spans of time and categories become
what they would become in a data frame (`values`). Words are never written out for each row while
they are read: a file of a hundred kilobytes may say one long word a million times.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from workings.data import headers, sources
from workings.data.column import Column, Origin
from workings.data.growing import Buffer, Growing
from workings.data.rows import no_rows
from workings.data.spellings import Spelling
from workings.data.stored import NumberCells
from workings.data.table import Table
from workings.data.values import DATES, EXACT, MICROSECONDS, TIMES, Values
from workings.errors import DataError
from workings.files import PathLike, clean

FloatArray = npt.NDArray[np.float64]
Arrow = Any  # pyarrow says nothing of its types
BATCH = 65536  # rows
WRITTEN_OUT = 32  # bytes that are needed for a while where a byte of text is written out
LONGEST = 2**31  # bytes of text that Arrow holds in one array


def read_parquet(path: PathLike, name: str) -> Table:
    """The table in the Parquet file at `path`, which is called `name` in messages.

    Raises `DataError` for a damaged file, for lists and other cells that are no single values,
    for infinite numbers, and for what needs more memory than is free.
    """
    import pyarrow as pa

    try:
        file = _opened(path)
        _check(file, name)
        columns = [_Taken(name, one, _is_category(file, one.name)) for one in file.schema_arrow]
        for batch in file.iter_batches(BATCH):
            for column, block in zip(columns, batch.columns, strict=True):
                column.add(block)
    except (pa.ArrowException, OSError) as error:
        reason = clean((str(error).splitlines() or [type(error).__name__])[0][:200])
        raise DataError(
            f"cannot read {name}: it is a damaged Parquet file ({reason})",
            hint="Fetch or write the file again.", file=name, found=reason,
        ) from error  # fmt: skip
    return _table(columns, Origin(name, range(1, file.metadata.num_rows + 1), "row"))


def _opened(path: PathLike) -> Arrow:
    """The file, whose words are read as places in a list of words."""
    import pyarrow as pa
    from pyarrow import parquet

    plain = parquet.ParquetFile(path)
    texts = [
        one.name for one in plain.schema_arrow
        if pa.types.is_string(one.type) or pa.types.is_large_string(one.type)
    ]  # fmt: skip
    return parquet.ParquetFile(path, metadata=plain.metadata, read_dictionary=texts)


def _is_category(file: Arrow, name: str) -> bool:
    """Whether the column was one of categories when it was written; of those that are no words
    Parquet itself keeps only the values."""
    import pyarrow as pa

    written = (file.metadata.metadata or {}).get(b"ARROW:schema")
    if not written:
        return False
    try:
        schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(written)))
    except (pa.ArrowException, OSError, ValueError):
        return False
    place = schema.get_field_index(name)
    return place >= 0 and bool(pa.types.is_dictionary(schema.field(place).type))


def _table(columns: Sequence[_Taken], origin: Origin) -> Table:
    notes: list[str] = []
    cells = [column.cells() for column in columns]
    by_cells = {id(one): column for one, column in zip(cells, columns, strict=True)}
    titled = headers.named([column.name for column in columns], cells, notes)
    made = tuple(by_cells[id(one)].column(title, one, origin) for title, one in titled)
    return Table(origin, made, tuple(notes))


def _check(file: Arrow, name: str) -> None:
    """The file says how much it holds before it is read."""
    rows, width = file.metadata.num_rows, len(file.schema_arrow)
    need, free = rows * width * 8, sources.free_bytes()
    if not rows or not width:
        raise no_rows(name, 0)
    if need > free:
        raise _too_large(name, f"its {rows} rows need about {sources.in_words(need)}", need)


class _Taken:
    """One column as it grows: numbers as numbers, all else as words."""

    def __init__(self, source: str, field: Arrow, category: bool) -> None:
        import pyarrow as pa

        kind, types = field.type, pa.types
        self.source, self.name, self.category = source, field.name, category
        self.spelling = None if category else _spelling(kind)
        # Whole numbers and decimals may have more digits than float64 keeps.
        self.digits = types.is_integer(kind) or types.is_decimal(kind)
        numbers = self.digits or types.is_floating(kind) or self.spelling is not None
        self.numbers = numbers and not category
        if types.is_nested(kind) or "binary" in str(kind) or types.is_interval(kind):
            raise DataError(
                f"cannot read {source}: column {field.name!r} holds {clean(str(kind))}, expected "
                "numbers, words, booleans or dates",
                hint="Leave the column out, or make one column of each of its parts.",
                file=source, column=field.name, found=str(kind),
            )  # fmt: skip
        self.buffer, self.growing = Buffer(np.float64), Growing(0, as_text=True, once=category)
        self.written_out = 0  # bytes, if each row had a text of its own

    def add(self, block: Arrow) -> None:
        """The next rows."""
        if self.numbers:
            values = _numbers(block, self.spelling)
            if not self.digits or not (np.abs(values) >= EXACT).any():
                self._check_finite(values)
                self.buffer.add(values)
                return
            self._turn_to_words()
        self._add_words(_words(block))

    def column(self, title: str, cells: Sequence[str], origin: Origin) -> Column:
        """The column, once all rows are there."""
        declared: Literal["category"] | None = "category" if self.category else None
        return Column(title, cells, origin, declared=declared, spelling=self.spelling)

    def cells(self) -> Sequence[str]:
        """All cells; nothing may be added any more."""
        return NumberCells(self.buffer.whole()) if self.numbers else self.growing.cells()

    def _turn_to_words(self) -> None:
        import pyarrow as pa

        self.numbers, values = False, self.buffer.whole()
        for first in range(0, len(values), BATCH):
            self._add_words(_words(pa.array(list(NumberCells(values[first : first + BATCH])))))

    def _add_words(self, block: Arrow) -> None:
        """The next rows. Where their text could not be written out, each word is kept once."""
        import pyarrow.compute as pc

        times = np.bincount(block.indices.to_numpy(), minlength=len(block.dictionary))
        size = int(times @ pc.binary_length(block.dictionary).to_numpy())
        self.written_out += size
        free, need = sources.free_bytes(), self.written_out
        if self.growing.state == "packed" and (need > free or size >= LONGEST):
            raise _too_large(
                self.source, f"column {self.name!r} needs {sources.in_words(need)}", need
            )
        self.growing.once |= need > free // WRITTEN_OUT
        self.growing.add(block)

    def _check_finite(self, values: FloatArray) -> None:
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


def _spelling(kind: Arrow) -> Spelling | None:
    """What dates, times and spans of time are as numbers."""
    import pyarrow as pa

    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return DATES
    return TIMES if pa.types.is_time(kind) or pa.types.is_duration(kind) else None


def _numbers(block: Arrow, spelling: Spelling | None) -> FloatArray:
    """An Arrow array as numbers, nulls as NaN."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if spelling is not None:
        fine = next(
            kind for is_one, kind in (
                (pa.types.is_time, pa.time64("us")), (pa.types.is_duration, pa.duration("us")),
                (lambda _: True, pa.timestamp("us", getattr(block.type, "tz", None))),
            ) if is_one(block.type)
        )  # fmt: skip
        block = pc.cast(pc.cast(block, fine, safe=False), pa.int64())
    values: FloatArray = pc.cast(block, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return values if spelling is None else values / MICROSECONDS[spelling]


def _words(block: Arrow) -> Arrow:
    """An Arrow array as places in a list of texts, nulls as an empty one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = block if pa.types.is_dictionary(block.type) else block.dictionary_encode()
    words, places = coded.dictionary, pc.cast(coded.indices, pa.int32())
    if len(words) > len(places):  # those of other rows
        used = pc.drop_null(pc.unique(places))
        words, places = words.take(used), pc.index_in(places, used)
    if pa.types.is_string(words.type) or pa.types.is_large_string(words.type):
        texts = pc.fill_null(pc.cast(words, pa.string()), "")
    else:
        texts = pa.array([Values.of(value).text for value in words.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(
        pc.fill_null(places, len(texts)), pa.concat_arrays([texts, pa.array([""])])
    )


def _too_large(name: str, what: str, need: int) -> DataError:
    return DataError(
        f"cannot read {name}: {what} of memory, and {sources.in_words(sources.free_bytes())} are "
        "free",
        hint="Take part of its rows or columns.", file=name, found=need,
    )  # fmt: skip
