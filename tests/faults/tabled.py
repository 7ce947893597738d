"""A table, its file, and what is said of those that are none: for the tests of tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faults.saying import checked
from workings.data import Table
from workings.data.reading import read_bytes
from workings.errors import DataError, SettingError, UnknownName
from workings.jobs.fitting import train
from workings.models import Model

ROWS = [["size", "colour", "weight", "kind"]] + [
    [f"{place * 37 % 23 / 4}", ["red", "green", "blue"][place % 3],
     "" if place % 11 == 5 else f"{place * place % 17}.25", "yes" if place % 4 > 1 else "no, not"]
    for place in range(40)
]  # fmt: skip
SMALL: dict[str, Any] = {"hidden": [3], "epochs": 3, "seed": 3}


def spelled(rows: list[list[str]] = ROWS, **dialect: Any) -> str:
    """A table as text."""
    file = io.StringIO(newline="")
    csv.writer(file, **{"lineterminator": "\n", **dialect}).writerows(rows)
    return file.getvalue()


def learnt(path: Path) -> Model:
    return train(path, "kind", **SMALL).model


def written(folder: Path, data: bytes) -> Path:
    path = folder / "t.csv"
    path.write_bytes(data)
    return path


def bits(x: Any) -> bytes:
    return np.asarray(x).tobytes()


def of(text: str, name: str = "t.csv") -> Table:
    return read_bytes(text.encode(), name)


def refused(work: Callable[[], object], *words: str) -> str:
    with pytest.raises((DataError, SettingError, UnknownName)) as caught:
        work()
    said = checked(caught.value)
    for word in words:
        assert word in said, said
    return said
