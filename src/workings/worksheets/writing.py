"""A sheet as a file; the ending of its name says in which form.

forms()                                   the endings there are
write(exercise, "sheet.xlsx", hints=True)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workings import files
from workings.errors import SettingError, UnknownName
from workings.worksheets import html, latex, pdf, xlsx
from workings.worksheets.exercises import Exercise

CONTENTS: dict[str, Callable[..., str | bytes]] = {
    ".xlsx": xlsx.content, ".tex": latex.content, ".pdf": pdf.content, ".html": html.content,
}  # fmt: skip


def forms() -> list[str]:
    """The endings that a sheet can have."""
    return list(CONTENTS)


def ending(path: files.PathLike) -> str:
    """The form that a name asks for; raises `UnknownName` with a suggestion."""
    found = Path(path).suffix.lower()
    if not found:
        raise SettingError(
            f"cannot write a worksheet to {files.clean(str(path))}: its name has no ending",
            hint=f"There are: {', '.join(CONTENTS)}.",
        )
    if found not in CONTENTS:
        raise UnknownName("form of a worksheet", found, CONTENTS)
    return found


def write(
    exercise: Exercise, path: files.PathLike, *, key: bool = False, hints: bool = False,
    with_key: bool = False,
) -> None:  # fmt: skip
    """Writes a sheet, whole or not at all.

    With `key` the answers stand in the cells; with `with_key` they follow behind the sheet. With
    `hints` each formula has its index form beside it.
    """
    made = CONTENTS[ending(path)](exercise, key=key, hints=hints, with_key=with_key)
    save(path, made)


def save(path: files.PathLike, made: str | bytes) -> None:
    """Writes text or bytes, whole or not at all."""
    with files.replacing(path, "wb") as file:
        file.write(made.encode() if isinstance(made, str) else made)
