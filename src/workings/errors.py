"""What can go wrong: few classes, each with its facts, a hint and an exit code.

Every message says what was attempted, what was found and where, what was expected; the `hint`
says what to do. The same facts are fields of the exception, so that programs can read what
people can.

    ShapeError       matrices that do not fit each other
    ProgramError     a program that cannot be: a name assigned twice, a loss that reaches nothing
    SettingError     an option outside its range, or two that exclude each other
    UnknownName      a word that names nothing, with what was probably meant
    DataError        a table that cannot be read or used: file, row, column
    ModelFileError   a model file that is damaged, foreign or too new
    NotFinite        training met a value that is not a finite number
    NotSupported     possible in principle, and not there yet
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class WorkingsError(ValueError):
    """Anything `workings` says no to.

    `message` says what is wrong, `hint` what to do; further facts become fields.

    >>> error = WorkingsError("cannot read x.csv: it is empty", hint="Name another file.", file="x")
    >>> str(error), error.file, error.exit_code
    ('cannot read x.csv: it is empty. Name another file.', 'x', 2)
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.message, self.hint, self.facts = message, hint, facts

    def __getattr__(self, name: str) -> Any:
        facts = self.__dict__.get("facts", {})
        if name in facts:
            return facts[name]
        raise AttributeError(f"{type(self).__name__} has no fact called {name!r}")

    def __str__(self) -> str:
        ending = "" if not self.hint or self.message.endswith((".", "?", "!")) else "."
        return f"{self.message}{ending} {self.hint}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.hint, self.facts)


def _rebuild(kind: type[WorkingsError], message: str, hint: str, facts: dict[str, Any]) -> Any:
    error = kind.__new__(kind)
    WorkingsError.__init__(error, message, hint=hint, **facts)
    return error


class ShapeError(WorkingsError):
    """Matrices that do not fit each other."""


class ProgramError(WorkingsError):
    """A program that cannot be."""


class SettingError(WorkingsError):
    """An option outside its range, or two that exclude each other."""


class DataError(WorkingsError):
    """A table that cannot be read or used; says the file, the row and the column."""


class ModelFileError(WorkingsError):
    """A model file that is damaged, foreign or written by a newer version."""


class NotSupported(WorkingsError):
    """Possible in principle, and not there yet."""


class NotFinite(WorkingsError):
    """Training met infinity or a value that is not a number; the last finite values are kept.

    Facts: `step` (the step that made it) and `iteration` (from 1); `training`, when the training
    loop raises it, is the run up to the last finite iteration.
    """

    exit_code = 3


class UnknownName(WorkingsError):
    """A word that names nothing; says what is there and what was probably meant.

    >>> str(UnknownName("activation", "sigmod", ["sigmoid", "tanh"]))
    "there is no activation called 'sigmod'. Did you mean 'sigmoid'? There are: sigmoid, tanh."
    """

    def __init__(self, kind: str, word: str, known: Iterable[str]) -> None:
        known = list(known)
        folded = [name for name in known if name.lower() == word.lower()]
        near = folded or difflib.get_close_matches(word, known, n=1)
        guess = near[0] if near else None
        hint = f"Did you mean {guess!r}? " if guess else ""
        listed = ", ".join(known[:30]) + (", ..." if len(known) > 30 else "")
        super().__init__(
            f"there is no {kind} called {word!r}",
            hint=f"{hint}There are: {listed}.",
            kind=kind, word=word, known=known, guess=guess,
        )  # fmt: skip
