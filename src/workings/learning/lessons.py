"""Which lessons there are: files `01-a-neuron.md` and so on, beside the documentation.

lessons()        every lesson, by its number
lesson("3")      by its number, or by its word: lesson("forward")
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from workings.errors import DataError, UnknownName
from workings.learning.notebook import Cell, Piece, Prose, pieces

HERE = Path(__file__).parent / "lessons"  # where an installed copy has them
SOURCE = Path(__file__).parents[3] / "docs" / "lessons"  # and a clone
NAMED = re.compile(r"^(\d\d)-([a-z0-9-]+)\.md$")
WORDS_A_MINUTE, CELL_MINUTES = 150, 0.3  # slowly read; a cell is looked at for some 20 seconds


@dataclass(frozen=True)
class Lesson:
    """A lesson: its number, its word, and its file."""

    number: int
    word: str
    path: Path

    @cached_property
    def pieces(self) -> list[Piece]:
        """Prose and cells in order."""
        return pieces(self.path.read_text(encoding="utf-8"), self.path.name)

    @cached_property
    def title(self) -> str:
        """Its heading, without the number."""
        first = next((one.text for one in self.pieces if isinstance(one, Prose)), self.word)
        return re.sub(r"^#\s*(\d+\.\s*)?", "", first.splitlines()[0])

    @property
    def minutes(self) -> int:
        """How long it takes to read, about."""
        words = sum(len(one.text.split()) for one in self.pieces if isinstance(one, Prose))
        cells = sum(1 for one in self.pieces if isinstance(one, Cell))
        return max(1, round(words / WORDS_A_MINUTE + cells * CELL_MINUTES))


def lessons() -> dict[int, Lesson]:
    """Every lesson by its number; raises `DataError` where their files are missing."""
    folder = HERE if HERE.is_dir() else SOURCE
    found = [(NAMED.match(path.name), path) for path in sorted(folder.glob("*.md"))]
    known = {int(m[1]): Lesson(int(m[1]), m[2], path) for m, path in found if m}
    if not known:
        raise DataError(
            "cannot find the lessons: this copy of workings has none beside it",
            hint="Install workings anew, or run it from a clone.",
        )
    return known


def lesson(word: str) -> Lesson:
    """The lesson of a number or a word; raises `UnknownName` with a suggestion."""
    known = lessons()
    if word.isdecimal() and int(word) in known:
        return known[int(word)]
    by_word = {one.word: one for one in known.values()}
    if word not in by_word:
        raise UnknownName("lesson", word, [*map(str, known), *by_word])
    return by_word[word]
