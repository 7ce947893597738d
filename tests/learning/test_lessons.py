"""Every lesson: it runs, it asks, what it asks can be answered, and no number is typed in it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tools import needed
from workings.learning import Practice, Question, lessons
from workings.learning.notebook import Cell, Prose
from workings.learning.pages import page
from workings.learning.running import EXERCISES, Ran, run
from workings.learning.terminal import text

LESSONS = lessons()
# a lesson is run once: all that is asked of it is asked in one process
EVERY = pytest.mark.parametrize(
    "number",
    [pytest.param(one, marks=pytest.mark.xdist_group(f"lesson {one}")) for one in LESSONS],
)
LONGEST = 20  # minutes
PARTS = ("Watch", "Predict the next number", "The formula", "Where it comes from",
         "Beside it in R", "Exercises")  # fmt: skip


@cache
def ran(number: int) -> Ran:
    return run(LESSONS[number])


def test_there_are_seventeen_and_none_is_missing() -> None:
    assert list(LESSONS) == list(range(1, 18))


@EVERY
def test_it_runs_and_every_cell_that_ends_in_an_expression_shows_something(number: int) -> None:
    found = ran(number)
    for piece, output in zip(found.lesson.pieces, found.outputs, strict=True):
        if isinstance(piece, Cell) and output is not None:
            assert "Traceback" not in output.text


@EVERY
def test_it_is_made_as_all_are(number: int) -> None:
    headings = re.findall(r"^## (.*)$", "\n".join(prose(number)), re.MULTILINE)
    assert [one for one in headings if one in PARTS] == list(PARTS)
    assert LESSONS[number].minutes <= LONGEST


@EVERY
def test_it_asks_on_the_way_and_three_times_at_its_end(number: int) -> None:
    found = ran(number)
    assert len(found.exercises) == len(EXERCISES)
    assert len(found.questions) >= 2


@EVERY
def test_what_is_right_is_marked_right_and_what_is_not_is_not(number: int) -> None:
    for one in (*ran(number).exercises, *ran(number).questions):
        verdict = one.mark(one.right_answer())  # type: ignore[arg-type]
        assert verdict.right, (one, verdict)
        assert not one.mark(wrong(one)).right, one  # type: ignore[arg-type]
        assert one.reveal()


def wrong(one: Question | Practice) -> object:
    """An answer that is off by much."""
    if isinstance(one, Question):
        return f"{one.value * 3 + 7:.4f}"
    answers = {word: x.copy() for word, x in one.right_answer().items()}
    answers[min(answers)] += 7.0
    return answers


@EVERY
def test_no_number_is_typed_in_its_prose(number: int) -> None:
    for text_ in prose(number):
        for line in text_.splitlines():
            said = re.sub(r"`[^`]*`|\]\([^)]*\)", "", line)
            said = re.sub(r"^#+ \d+\. ", "", said)
            assert not re.search(r"\d", said), f"{LESSONS[number].path.name}: {line}"


@EVERY
def test_nothing_on_its_page_comes_from_elsewhere(number: int) -> None:
    made = page(ran(number))
    asked = re.findall(r"""(?:src|href)=["'](?!#|data:)([^"']*)""", made)
    assert not [one for one in asked if "//" in one], asked
    assert f"{number}. " in made


@EVERY
def test_its_r_side_ran(number: int) -> None:
    needed("Rscript", "r-base-core")
    assert "What R printed" in page(ran(number))
    assert "R is not installed" not in page(ran(number))


@EVERY
def test_it_can_be_read_in_a_terminal(number: int) -> None:
    assert LESSONS[number].title in text(ran(number), width=80)


def prose(number: int) -> list[str]:
    return [one.text for one in LESSONS[number].pieces if isinstance(one, Prose)]
