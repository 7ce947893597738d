"""Tables that need no file: small ones to learn with, and real ones that scikit-learn carries.

`BUILTIN`             the table of them: name, what it is, target, task, source
`builtin_table`       one of them by name
`table_or_builtin`    a built-in name or a path, as a command line takes it

scikit-learn is imported when one of its tables is asked for, not before.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workings.data import draws
from workings.data.decoding import near_files
from workings.data.reading import read_table
from workings.data.sources import STANDARD_INPUT
from workings.data.table import Table
from workings.data.tasks import Task
from workings.errors import DataError, SettingError, UnknownName
from workings.files import PathLike, clean

Array = npt.NDArray[Any]
Made = tuple[Any, Any, Sequence[str] | None]  # X (n x m), y (n,), names of the columns of X


@dataclass(frozen=True)
class Builtin:
    """One built-in table: what it is called and is about, and how its numbers are made."""

    name: str
    summary: str
    target: str
    task: Task
    source: str
    make: Callable[[], Made]
    carried: bool = False  # by scikit-learn, which is imported to read it


def _moons() -> Made:
    return *draws.moons(1000, noise=0.1, seed=42), None


def _blobs() -> Made:
    return *draws.blobs(300, groups=3, seed=42), None


def _circles() -> Made:
    return *draws.circles(500, noise=0.1, inner=0.4, seed=42), None


def _spiral() -> Made:
    """Two arms of 200 points, one and a half turns each, the second opposite the first."""
    random = np.random.default_rng(42)
    arm = np.repeat([0, 1], 200)
    radius = np.tile(np.linspace(0.1, 1, 200), 2)
    angle = 3 * np.pi * radius + np.pi * arm
    X = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    X += random.normal(0, 0.02, X.shape)
    order = random.permutation(len(X))
    return X[order], arm[order], None


def _xor() -> Made:
    return [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], None


def _article() -> Made:
    return [[1, 0, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]], [1, 1, 0], None


def _classes(loader: str) -> Callable[[], Made]:
    """The scikit-learn table that `loader` loads, with its classes as words."""

    def make() -> Made:
        from sklearn import datasets

        bunch = getattr(datasets, loader)()
        words = np.array([str(word) for word in bunch.target_names], dtype=object)
        return _whole(bunch.data), words[bunch.target], [str(n) for n in bunch.feature_names]

    return make


def _diabetes() -> Made:
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    return _whole(bunch.data), bunch.target.astype(int), list(bunch.feature_names)


def _whole(X: Array) -> Array:
    """Columns of whole numbers spelled without decimals, as they were measured."""
    columns = [c.astype(int).tolist() if (c == np.rint(c)).all() else c.tolist() for c in X.T]
    return np.array(columns, dtype=object).T


_MADE = "as made by scikit-learn"
BUILTIN = {
    row.name: row
    for row in (
        Builtin("moons", "two half circles, 1000 points", "y", "classification",
                f"{_MADE}: make_moons(n_samples=1000, random_state=42, noise=0.1)", _moons),
        Builtin("blobs", "three round groups, 300 points", "y", "classification",
                f"{_MADE}: make_blobs(n_samples=300, centers=3, random_state=42)", _blobs),
        Builtin("circles", "one circle inside another, 500 points", "y", "classification",
                f"{_MADE}: make_circles(n_samples=500, noise=0.1, factor=0.4, random_state=42)",
                _circles),
        Builtin("spiral", "two arms of a spiral, 400 points", "y", "classification",
                "made by workings with seed 42", _spiral),
        Builtin("xor", "exclusive or, all 4 rows", "y", "classification",
                "the truth table", _xor),
        Builtin("article", "3 rows of 4 bits, to follow by hand", "y", "classification",
                "a worked example of back-propagation", _article),
        Builtin("iris", "150 iris flowers of 3 species", "species", "classification",
                "Fisher 1936, UCI doi 10.24432/C56C76", _classes("load_iris"), carried=True),
        Builtin("wine", "178 wines of 3 cultivars", "cultivar", "classification",
                "Aeberhard & Forina 1991, UCI doi 10.24432/C5PC7J", _classes("load_wine"),
                carried=True),
        Builtin("breast-cancer", "569 tumours, malignant or benign", "diagnosis",
                "classification", "Wolberg et al. 1993, UCI doi 10.24432/C5DW2B",
                _classes("load_breast_cancer"), carried=True),
        Builtin("digits", "1797 written digits of 8 x 8 pixels", "digit", "classification",
                "Alpaydin & Kaynak 1998, UCI doi 10.24432/C50P49", _classes("load_digits"),
                carried=True),
        Builtin("diabetes", "442 patients a year later", "progression", "regression",
                "Efron, Hastie, Johnstone & Tibshirani 2004, Least Angle Regression", _diabetes,
                carried=True),
    )
}  # fmt: skip


def builtin_table(name: str) -> Table:
    """The built-in table called `name`, with its usual target; raises `UnknownName`.

    >>> table = builtin_table("article")
    >>> table.names, table.target, table["y"].cells
    (('x1', 'x2', 'x3', 'x4', 'y'), 'y', ('1', '1', '0'))
    """
    if name not in BUILTIN:
        raise UnknownName("built-in table", name, BUILTIN)
    return made(name, BUILTIN[name].make())


def made(name: str, rows: Made) -> Table:
    """The built-in table called `name`, of what was made for it."""
    facts, (X, y, names) = BUILTIN[name], rows
    return Table.from_arrays(X, y, names=names, target=facts.target, source=name)


def table_or_builtin(
    word: PathLike, *, delimiter: str | None = None, sheet: str | None = None
) -> Table:
    """The built-in table that `word` names, or else the file at that path; "-" is standard input.

    A file named like a built-in table is meant only with a folder or an ending: `./iris`.
    Raises `DataError` for a word that is neither, listing what is near, `SettingError` for a
    delimiter or a sheet together with a built-in table, and all that `read_table` raises.
    """
    if isinstance(word, str) and word in BUILTIN:
        for what, value in (("delimiter", delimiter), ("sheet", sheet)):
            if value is not None:
                raise SettingError(
                    f"cannot use {what} {value!r}: {word!r} is a built-in table, not a file",
                    hint=f"Write ./{word} to mean a file.", found=value,
                )  # fmt: skip
        return builtin_table(word)
    if isinstance(word, str) and word != STANDARD_INPUT and not os.path.lexists(word):
        raise _neither(word)
    return read_table(word, delimiter=delimiter, sheet=sheet)


def _neither(word: str) -> DataError:
    near = difflib.get_close_matches(word.lower(), BUILTIN, n=2) + near_files(Path(word))
    guess = f"Did you mean {' or '.join(near)}? " if near else ""
    return DataError(
        f"cannot read {clean(word)}: there is no such file and no built-in table of that name",
        hint=f"{guess}Built-in tables: {', '.join(BUILTIN)}.",
        file=clean(word), near=near, known=list(BUILTIN),
    )  # fmt: skip
