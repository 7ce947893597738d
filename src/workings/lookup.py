"""One way from a word to a thing: a row of a module, or a module of a package.

`rows(module, kind)`         every row of that kind which the module holds, by its `name`
`row(module, kind, word)`    one of them, or an error that says what was probably meant
`modules(package)`           the names of the modules in a package's folder
`module(package, word)`      one of them, imported when asked for

Nothing is registered: a row is found because it stands in its module, a file because it lies in
its folder.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Protocol, TypeVar

from workings.errors import UnknownName


class Named(Protocol):
    """Something with a name."""

    @property
    def name(self) -> str:
        """The word it is asked for by."""


Row = TypeVar("Row", bound=Named)


def rows(module: ModuleType, kind: type[Row]) -> dict[str, Row]:
    """Every row of type `kind` in `module`, by name, in the order they stand there."""
    return {value.name: value for value in vars(module).values() if isinstance(value, kind)}


def row(module: ModuleType, kind: type[Row], word: str) -> Row:
    """The row called `word`; raises `UnknownName` with a suggestion."""
    found = rows(module, kind)
    if word not in found:
        raise UnknownName(kind.__name__.lower(), word, found)
    return found[word]


def modules(package: ModuleType) -> list[str]:
    """The names of the public modules that lie in the folder of `package`."""
    return [m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")]


def module(package: ModuleType, word: str) -> ModuleType:
    """The module `word` of `package`, imported now; raises `UnknownName` with a suggestion."""
    if word not in modules(package):
        raise UnknownName(package.__name__.rpartition(".")[2].rstrip("s"), word, modules(package))
    return importlib.import_module(f"{package.__name__}.{word}")
