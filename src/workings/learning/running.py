"""A lesson's cells, run in order in one namespace, with what came out of them.

    ran = run(lesson)
    ran.outputs[4].text, ran.outputs[4].html      of the fifth piece, where that is a cell
    ran.exercises                                 what `first`, `second` and `third` stand for

A cell's last line is shown if it is an expression, as in a notebook. A picture is kept as SVG. A
cell that fails ends the run with a sentence that names its line.
"""

from __future__ import annotations

import ast
import io
import os
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workings.errors import WorkingsError
from workings.learning.asking import Question
from workings.learning.lessons import Lesson
from workings.learning.notebook import Cell
from workings.learning.pictures import framed
from workings.learning.practising import Practice
from workings.views.figures import svg, titled
from workings.views.html import preformatted

EXERCISES = ("first", "second", "third")


class LessonError(WorkingsError):
    """A cell of a lesson that failed."""


@dataclass(frozen=True)
class Output:
    """What a cell printed and showed, as text and, where it has one, as HTML."""

    text: str = ""
    html: str = ""


@dataclass(frozen=True)
class Ran:
    """A lesson with the outputs of its pieces (None for prose) and the names it left."""

    lesson: Lesson
    outputs: tuple[Output | None, ...]
    names: Mapping[str, Any] = field(repr=False)

    @property
    def exercises(self) -> tuple[Question | Practice, ...]:
        """What is asked at its end."""
        return tuple(self.names[word] for word in EXERCISES if word in self.names)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question it asks on the way."""
        return tuple(x for word, x in self.names.items()
                     if isinstance(x, Question) and word not in EXERCISES)  # fmt: skip


def run(lesson: Lesson) -> Ran:
    """Runs a lesson in a folder of its own; raises `LessonError` where a cell fails."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with _elsewhere():
        outputs = tuple(
            _output(one, lesson, names) if isinstance(one, Cell) else None for one in lesson.pieces
        )
    return Ran(lesson, outputs, names)


def _output(cell: Cell, lesson: Lesson, names: dict[str, Any]) -> Output:
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            last = _run(cell, str(lesson.path), names)
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)
        lines = [one.lineno for one in at if one.filename == str(lesson.path) and one.lineno]
        where = lines[-1] if lines else cell.line
        raise LessonError(
            f"cannot run {lesson.path.name}: line {where} ends with {type(error).__name__}: {error}"
        ) from error
    text = printed.getvalue().rstrip("\n")
    pictures = "".join(_pictures())
    if last is None:
        return Output(text, pictures)
    shown = str(last) if isinstance(last, str) else repr(last)
    draw = getattr(last, "_repr_html_", None)
    made = draw() if draw else None
    if made is None:  # no page of its own: as text it is
        return Output("\n".join(filter(None, [text, shown])), pictures)
    said = preformatted(text) + "\n" if text else ""
    return Output("\n".join(filter(None, [text, shown])), said + made + pictures)


def _run(cell: Cell, path: str, names: dict[str, Any]) -> Any:
    """Runs the lines; returns what the last of them is, if it is an expression."""
    tree = ast.parse(cell.source, path)
    ast.increment_lineno(tree, cell.line - 1)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or cell.source.rstrip().endswith(";"):
        exec(compile(tree, path, "exec"), names)  # noqa: S102 - a lesson of ours
        return None
    tree.body.pop()
    exec(compile(tree, path, "exec"), names)  # noqa: S102
    return eval(compile(ast.Expression(last.value), path, "eval"), names)  # noqa: S307


def _pictures() -> Iterator[str]:
    """The figures of matplotlib that are open, as `picture` draws them; they are closed."""
    import sys

    plots = sys.modules.get("matplotlib.pyplot")
    if plots is None:
        return
    for number in plots.get_fignums():
        figure = plots.figure(number)
        plots.close(figure)
        yield framed(svg(figure, titled(figure), tight=True))


@contextmanager
def _elsewhere() -> Iterator[None]:
    """A folder for what the cells write, gone afterwards."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
