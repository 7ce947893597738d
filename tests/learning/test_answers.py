"""The page of answers: it runs, every answer is short and shown, and no number is typed in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from learning import test_pages
from workings.learning.notebook import Cell, Prose
from workings.learning.pages import page
from workings.learning.running import Output, Ran

PAGE = Path(__file__).parents[2] / "docs" / "answers.md"
QUESTIONS = 25
LINES = range(2, 6)  # of an answer
WIDTH = 100  # of an answer's lines
LINK = re.compile(r"\]\(([^)]*)\)")


pytestmark = pytest.mark.xdist_group("answers")


def ran() -> Ran:
    return test_pages.ran(PAGE)


def sections() -> dict[str, list[tuple[Prose | Cell, Output | None]]]:
    """What stands below each question, with what came out of it."""
    found: dict[str, list[tuple[Prose | Cell, Output | None]]] = {}
    for piece, output in zip(ran().lesson.pieces, ran().outputs, strict=True):
        if isinstance(piece, Prose) and (heading := re.search(r"^## (.*)$", piece.text, re.M)):
            found[heading[1]] = []
        if found:
            list(found.values())[-1].append((piece, output))
    return found


def said(piece: Prose | Cell) -> list[str]:
    """The lines of an answer's prose, without its heading."""
    lines = piece.text.splitlines() if isinstance(piece, Prose) else []
    return [line for line in lines if line and not line.startswith("#")]


def test_every_question_is_there_once() -> None:
    headings = re.findall(r"^## (.*)$", PAGE.read_text(encoding="utf-8"), re.M)
    assert len(headings) == len(set(headings)) == len(sections()) == QUESTIONS


def test_every_answer_is_short_and_shown_by_something_that_ran() -> None:
    for question, pieces in sections().items():
        lines = [line for piece, _ in pieces for line in said(piece)]
        assert len(lines) in LINES, (question, lines)
        assert max(map(len, lines)) <= WIDTH, question
        shown = [output for piece, output in pieces if isinstance(piece, Cell)]
        assert shown, question
        assert all(one and one.text and "Traceback" not in one.text for one in shown), question


def test_no_number_is_typed_in_its_prose() -> None:
    for piece in ran().lesson.pieces:
        if isinstance(piece, Prose):
            for line in piece.text.splitlines():
                plain = LINK.sub("", re.sub(r"`[^`]*`", "", line))
                assert not re.search(r"\d", plain), line


def test_what_it_links_to_is_there() -> None:
    links = LINK.findall(PAGE.read_text(encoding="utf-8"))
    assert any(link.startswith("lessons/") for link in links)
    assert [link for link in links if not (PAGE.parent / link).is_file()] == []


@pytest.mark.parametrize("word", ["right", "identity", "tanh"])
def test_what_the_prose_says_of_the_exclusive_or_is_so(word: str) -> None:
    (asked,) = (one for one in sections() if "not" in one and "second" in one)
    texts = "".join(output.text for _, output in sections()[asked] if output)
    answers = {line.split(maxsplit=1)[0]: line for line in texts.splitlines()}
    found = [float(x) > 0.75 for x in re.findall(r"[\d.]+", answers[word].split("[")[1])]
    assert found == ([False] * 4 if word == "identity" else [False, True, True, False])


def test_nothing_on_its_page_comes_from_elsewhere() -> None:
    asked = re.findall(r"""(?:src|href)=["'](?!#|data:)([^"']*)""", page(ran()))
    assert not [one for one in asked if "//" in one]
