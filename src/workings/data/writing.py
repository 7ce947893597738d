"""A table of results -> a CSV file, whole or not at all.

`write_csv`    names and columns as UTF-8, separated by commas, quoted where needed
"""

from __future__ import annotations

import csv
from collections.abc import Sequence

from workings.errors import DataError
from workings.files import PathLike, clean, replacing


def write_csv(path: PathLike, names: Sequence[str], columns: Sequence[Sequence[object]]) -> None:
    """Write `columns`, each of the same length, under `names`; None becomes an empty cell.

    Numbers are written so that they read back the same; texts are kept as they are, but for line
    breaks inside them, which become line feeds.

    A text that begins with = + - or @ is written as it stands, although a spreadsheet program
    that opens the file may take it for a formula: CSV has no sign for "this is text", and a quote
    put before it would make another label of it, that no longer equals the one in the user's own
    table. Workbooks do have such a sign, and `exports` writes every text as a text.

    Raises `DataError` when the lengths differ and `SettingError` when `path` cannot be written.

    >>> import tempfile, pathlib; path = pathlib.Path(tempfile.mkdtemp()) / "out.csv"
    >>> write_csv(path, ["x", "label"], [[0.1, None], ["a, b", "c"]])
    >>> path.read_text().splitlines()
    ['x,label', '0.1,"a, b"', ',c']
    """
    lengths = [len(column) for column in columns]
    if len(names) != len(columns) or len(set(lengths)) > 1:
        name = clean(str(path))
        raise DataError(
            f"cannot write {name}: {len(names)} names for columns of lengths {lengths}, "
            "expected one name for each column and columns of one length",
            file=name, found=lengths,
        )  # fmt: skip
    with replacing(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        # A name that begins with # must not read as a remark.
        remark = bool(names) and names[0].startswith("#")
        header = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL) if remark else writer
        header.writerow(map(_cell, names))
        writer.writerows(map(_cell, row) for row in zip(*columns, strict=True))


def _cell(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    return value
