"""Matrices to be filled in, and marked: an exercise at a lesson's end.

    practise(on_system(system("article"), blank="deltas"))      whatever `worksheets` makes

It shows what is given with the blanks, and the key behind a fold. `mark` takes the matrices that
were filled in, by name, or the file of a worksheet; the verdict is the one of `workings check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from workings.errors import DataError, UnknownName
from workings.learning.asking import Verdict
from workings.marking import Working, mark, of_problem
from workings.marking import report as marked_text
from workings.marking.reading import read
from workings.views import html, parts, table
from workings.worksheets import Exercise
from workings.worksheets.pages import Page, page


@dataclass(frozen=True)
class Practice:
    """An exercise of `worksheets` with the words it is set with."""

    asked: str
    exercise: Exercise

    def mark(self, answer: Mapping[str, Any] | str | Path) -> Verdict:
        """What is right in the matrices that were filled in, and the first that is not.

        Raises `DataError` where a matrix is none, and `UnknownName` for a name that is not asked.
        """
        if isinstance(answer, str | Path):
            working = read(answer)
        else:
            working = Working({word: self._matrix(word, x) for word, x in answer.items()},
                              source="your matrices")  # fmt: skip
        set_so = replace(self.exercise.problem, blank=self.exercise.blank)
        marked = mark(working, of_problem(set_so))
        missing = [word for word in self.exercise.blank if word not in working.values]
        text = marked_text.text(marked)
        if marked.right and missing:
            return Verdict(False, f"{text}\nStill to be filled in: {', '.join(missing)}.")
        return Verdict(marked.right, text)

    def right_answer(self) -> dict[str, Any]:
        """What is to be filled in, rounded to the digits of the sheet."""
        return dict(self.exercise.answers)

    def _matrix(self, word: str, value: Any) -> np.ndarray[Any, Any]:
        if word not in self.exercise.trace.program.names:
            raise UnknownName("step of this exercise", word, self.exercise.blank)
        try:
            return np.atleast_2d(np.asarray(value, float))
        except (TypeError, ValueError):
            raise DataError(
                f"cannot mark {word}: rows of numbers, all of one length, were expected",
                hint="Write it as [[1, 2], [3, 4]].",
            ) from None

    def __str__(self) -> str:
        laid = page(self.exercise)
        said = "\n".join(f"- {line}" for line in laid.said)
        return f"{self.asked}\n\n{said}\n\n{table.text(laid.sheet)}"

    __repr__ = __str__

    def reveal(self) -> str:
        """The sheet with its answers."""
        return str(table.text(page(self.exercise, key=True).sheet))

    def _repr_html_(self) -> str:
        key = page(self.exercise, key=True)
        return (
            f"<style>{html.SCOPED}</style><div class='workings'>\n"
            f"<p><strong>Exercise.</strong> {escape(self.asked)}</p>\n"
            f"{_laid(page(self.exercise))}"
            f"<details><summary>Show the answers</summary>\n{_laid(key)}</details>\n</div>"
        )


def practise(asked: str, exercise: Exercise) -> Practice:
    """An exercise of `worksheets`, set in a lesson.

    >>> from workings.systems import system
    >>> from workings.worksheets import on_system
    >>> asked = practise("Fill in the slopes.", on_system(system("article"), blank="slopes"))
    >>> asked.mark(asked.right_answer()).right
    True
    """
    return Practice(asked, exercise)


def _laid(laid: Page) -> str:
    return parts.bullets(laid.said) + html.fragment(laid.sheet)
