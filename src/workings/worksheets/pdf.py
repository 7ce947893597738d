"""A sheet as PDF: the LaTeX document, set by pdflatex where that is installed.

content(exercise, key=False, hints=False, with_key=False)      the file, as bytes
available()                                                    whether there is a pdflatex
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from workings.errors import SettingError
from workings.worksheets import latex
from workings.worksheets.exercises import Exercise

PROGRAM, SECONDS = "pdflatex", 120


def available() -> bool:
    """Whether this machine can make PDF files."""
    return shutil.which(PROGRAM) is not None


def content(
    exercise: Exercise, *, key: bool = False, hints: bool = False, with_key: bool = False
) -> bytes:
    """The document as PDF; raises `SettingError` where there is no pdflatex."""
    return typeset(latex.content(exercise, key=key, hints=hints, with_key=with_key))


def typeset(text: str) -> bytes:
    """A document of ours set by pdflatex, in a folder of its own that is removed again."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise SettingError(
            "cannot make a PDF: there is no pdflatex on this machine",
            hint="Write a .tex file and set it elsewhere, or write .html and print it.",
        )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sheet.tex").write_text(text, encoding="ascii")
        command = [program, "-halt-on-error", "-no-shell-escape", "-interaction=nonstopmode",
                   "sheet.tex"]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - the words are ours, and the text is escaped
                command, cwd=folder, capture_output=True, check=False, timeout=SECONDS
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SettingError(
                f"cannot make a PDF: pdflatex did not finish ({error})", hint="Make HTML instead."
            ) from error
        made = Path(folder) / "sheet.pdf"
        if done.returncode or not made.exists():
            log = done.stdout.decode("latin-1")
            first = next((line for line in log.splitlines() if line.startswith("!")), "no reason")
            raise SettingError(
                f"cannot make a PDF: pdflatex refused the document ({first})",
                hint="Write a .tex file to see what it is.",
            )
        return made.read_bytes()
